"""docker-compose.yml and Dockerfile, checked without an engine."""

import configparser
import re
import shlex

import pytest
import yaml

from .shell import ROOT, sourced

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_everything_the_product_needs_is_there():
    assert set(SERVICES) == {"db", "bank", "mail", "odoo", "main-job"}
    assert SERVICES["db"]["image"] == "postgres:16"
    assert re.search(r"^FROM odoo:19 AS odoo$", DOCKERFILE, re.MULTILINE)


@pytest.mark.parametrize("name", SERVICES)
def test_ports_are_published_on_this_machine_only(name):
    for port in SERVICES[name].get("ports", []):
        assert port.startswith("127.0.0.1:"), port


def test_the_published_ports_are_those_of_bin_run(tmp_path):
    published = {port.split(":")[1] for port in SERVICES["bank"]["ports"]}
    script = 'echo "$ODOO_PORT $SANDBOX_BANK_PORT $MAIL_WEB_PORT"'
    ports = sourced(script, tmp_path, "setup", "services", "demo").stdout.split()
    assert published == set(ports)


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"main-job"}))
def test_every_server_tells_whether_it_is_well(name):
    assert SERVICES[name]["healthcheck"]["test"]


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_waits_for_exists_and_has_a_healthcheck(name):
    for other, condition in SERVICES[name].get("depends_on", {}).items():
        assert condition["condition"] == "service_healthy"
        assert "healthcheck" in SERVICES[other]


@pytest.mark.parametrize("name", SERVICES)
def test_mounted_files_and_volumes_exist(name):
    for volume in SERVICES[name].get("volumes", []):
        source = volume.split(":")[0]
        if source.startswith("."):
            assert (ROOT / source).exists(), source
        else:
            assert source in COMPOSE["volumes"]


@pytest.mark.parametrize("name", ["bank", "mail", "main-job"])
def test_programs_of_the_sandbox_image_exist(name):
    command = SERVICES[name]["command"]
    assert command[0] == "python"
    if command[1] == "-m":
        assert (ROOT / command[2] / "__main__.py").is_file()
    else:
        assert (ROOT / command[1]).is_file()


def test_odoo_runs_with_the_configuration_of_bin_run(tmp_path):
    assert "./odoo.conf:/etc/odoo/odoo.conf:ro" in SERVICES["odoo"]["volumes"]
    result = sourced(
        'ODOO_PATH=/o; configure_odoo; echo "$ODOO_RC"', tmp_path, "setup"
    ).stdout.strip()
    assert result == str(ROOT / "odoo.conf")


def test_odoo_installs_the_same_modules_and_languages_as_bin_run(tmp_path):
    options = dict(word[2:].split("=", 1) for word in SERVICES["odoo"]["command"] if "=" in word)
    script = 'echo "$BASE_MODULES,$(our_addons) $LANGUAGES"'
    modules, languages = sourced(script, tmp_path, "setup").stdout.split()
    assert set(options["init"].split(",")) >= set(modules.split(","))
    assert options["load-language"] == languages


def test_the_configuration_holds_no_secret_and_hides_the_database_list():
    config = configparser.ConfigParser()
    config.read(ROOT / "odoo.conf", encoding="utf-8")
    options = config["options"]
    assert options["http_interface"] == "127.0.0.1"
    assert options.getboolean("list_db") is False
    assert not [key for key in options if "passw" in key]


def test_what_the_images_copy_exists_and_reaches_the_build():
    allowed = [
        line[1:]
        for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line.startswith("!")
    ]
    for line in re.findall(r"^COPY (.+)$", DOCKERFILE, re.MULTILINE):
        for source in shlex.split(line)[:-1]:
            assert (ROOT / source).exists(), source
            assert source in allowed


def test_the_odoo_image_installs_what_the_addons_import():
    assert "-r /tmp/addons.txt" in DOCKERFILE
    asked = (ROOT / "requirements" / "addons.txt").read_text(encoding="utf-8")
    for manifest in ROOT.glob("addons/*/__manifest__.py"):
        text = manifest.read_text(encoding="utf-8")
        declared = re.search(r'"external_dependencies":\s*\{\s*"python":\s*\[([^]]*)\]', text)
        for name in re.findall(r'"([^"]+)"', declared[1]) if declared else ():
            assert re.search(rf"^{re.escape(name)}\b", asked, re.MULTILINE), name


def test_the_sandbox_image_is_hash_locked():
    assert "--require-hashes -r /tmp/sandbox.txt" in DOCKERFILE
