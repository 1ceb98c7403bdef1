"""Addresses of Debian archives are found in the machine's own apt files, and nowhere else."""

import pytest

from .shell import sourced

DEB822 = """\
Types: deb
# http://snapshot.example/archive/debian/20250520T000000Z
URIs: http://mirror.example/debian
Suites: trixie trixie-updates
Components: main

Types: deb
URIs: http://mirror.example/debian-security
Suites: trixie-security
Components: main
"""
ONE_LINE = """\
# deb http://commented.example/debian trixie main
deb [arch=amd64 signed-by=/usr/share/keyrings/x.gpg] https://one.example/pub/debian/ trixie main
deb https://packages.example/node stable main
"""
UBUNTU = "Types: deb\nURIs: http://ubuntu.example/ubuntu/\nSuites: noble\nComponents: main\n"


def mirrors(etc, **extra):
    script = f"ARCHIVE_NAMES=({etc}/Debian.info); debian_mirrors {etc}"
    result = sourced(script, etc / "state", "common", "apt", **extra)
    assert result.returncode == 0, result.stderr
    return result.stdout.split()


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("sources.list.d/debian.sources", DEB822, ["http://mirror.example/debian"]),
        ("sources.list", ONE_LINE, ["https://one.example/pub/debian"]),
        ("mirrors/debian.list", "https://cloud.example/debian\n", ["https://cloud.example/debian"]),
        ("sources.list.d/ubuntu.sources", UBUNTU, ["http://ubuntu.example/debian"]),
        ("sources.list", "deb https://packages.example/node stable main\n", []),
    ],
)
def test_the_machines_own_archive_is_found(tmp_path, name, content, expected):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    assert mirrors(tmp_path) == expected


def test_on_ubuntu_the_archive_its_own_files_name_is_asked_last(tmp_path):
    (tmp_path / "sources.list").write_text("deb http://ubuntu.example/ubuntu noble main\n")
    (tmp_path / "Debian.info").write_text(
        "BaseURI: http://named.example/debian/\nBaseURI: http://named.example/security/\n"
    )
    assert mirrors(tmp_path) == ["http://ubuntu.example/debian", "http://named.example/debian"]


def test_a_given_mirror_is_the_only_one_asked(tmp_path):
    (tmp_path / "sources.list").write_text(ONE_LINE)
    given = mirrors(tmp_path, ODOO_DEB_MIRROR="https://given.example/debian/")
    assert given == ["https://given.example/debian"]


def test_an_archive_named_twice_is_asked_once(tmp_path):
    (tmp_path / "sources.list").write_text(ONE_LINE + ONE_LINE)
    assert mirrors(tmp_path) == ["https://one.example/pub/debian"]


def test_a_download_that_is_not_the_pinned_file_is_refused(tmp_path):
    source = tmp_path / "package.deb"
    source.write_bytes(b"not what was pinned")
    script = f"make_state_dir; fetch file://{source} {tmp_path}/got.deb {'0' * 64}"
    assert sourced(script, tmp_path / "state", "common", "apt").returncode != 0


def test_a_machine_without_an_archive_is_told_what_to_set(tmp_path):
    script = "debian_mirrors() { :; }; why_no_deb"
    result = sourced(script, tmp_path, "setup")
    assert "ODOO_DEB_MIRROR" in result.stdout
    assert "ODOO_SOURCE" in result.stdout


@pytest.mark.parametrize("package", ["pool/fonts_1_all.deb", "pool/odoo-19_19.0_all.deb"])
def test_a_package_no_archive_has_is_missing_and_all_archives_were_asked(tmp_path, package):
    script = (
        "debian_mirrors() { echo http://one.example/debian http://two.example/debian; }\n"
        "fetch() { return 1; }; fetch_newest_odoo() { return 1; }\n"
        f"fetch_from_mirrors {package} {'0' * 64} || echo missing"
    )
    result = sourced(script, tmp_path, "setup")
    assert result.stdout.split("\n")[:3] == [
        "trying http://one.example/debian",
        "trying http://two.example/debian",
        "missing",
    ]


def test_the_next_archive_is_asked_when_the_first_does_not_have_it(tmp_path):
    script = (
        "debian_mirrors() { echo http://one.example/debian http://two.example/debian; }\n"
        "fetch() { [[ $1 = http://two.example/* ]]; }\n"
        f"fetch_from_mirrors pool/fonts_1_all.deb {'0' * 64} && echo found"
    )
    assert sourced(script, tmp_path, "setup").stdout.endswith("found\n")
