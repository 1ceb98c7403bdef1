"""House rules that no linter knows: sizes, names, and files nobody would miss until it is late."""

import ast
import pathlib
import re
import subprocess

import pytest

from . import house

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 40
#: Models without a record of their own, or whose rows belong to nobody's company.
NO_COMPANY_RULE = set()

#: Data that is not text for people; everything else is searched for what must not stand here.
BINARY_SUFFIXES = {".png", ".jpg", ".ico", ".zip", ".gz", ".sqlite"}


def _tracked_files():
    """Return what git tracks or would track."""
    command = ["git", "-C", str(house.ROOT), "ls-files", "-z", "--cached", "--others"]
    listed = subprocess.run([*command, "--exclude-standard"], capture_output=True, check=True)
    paths = [house.ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


def test_no_file_outgrows_its_concept():
    long = {
        str(path.relative_to(house.ROOT)): lines
        for path in house.python_files()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MAX_FILE_LINES
    }
    assert not long


def test_no_function_outgrows_a_screen():
    """Docstrings do not count: explaining more is never a fault."""
    long = {}
    for path in house.python_files(house.ADDONS, house.ROOT / "sandbox_bank", house.ROOT / "bin"):
        for name, node in house.functions(path):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            lines = (node.end_lineno - body[0].lineno + 1) if body else 0
            if lines > MAX_FUNCTION_LINES:
                long[f"{path.relative_to(house.ROOT)}:{name}"] = lines
    assert not long


def test_what_is_public_in_a_core_says_what_it_promises():
    silent = []
    for addon in house.ADDON_NAMES:
        for folder in ("core", "connectors"):
            for path in house.python_files(house.ADDONS / addon / folder):
                module = house.tree(path)
                if path.name != "__init__.py" and not ast.get_docstring(module):
                    silent.append(str(path.relative_to(house.ROOT)))
                silent += [
                    f"{path.relative_to(house.ROOT)}:{node.name}"
                    for node in module.body
                    if isinstance(node, ast.ClassDef | ast.FunctionDef)
                    and not node.name.startswith("_")
                    and not ast.get_docstring(node)
                ]
    assert not silent


def test_every_model_class_says_what_it_is():
    silent = [
        f"{path.relative_to(house.ROOT)}:{node.name}"
        for addon in house.ADDON_NAMES
        for path in house.python_files(house.ADDONS / addon / "models")
        for node in house.tree(path).body
        if isinstance(node, ast.ClassDef)
        and "_name" in house.class_values(node)
        and not ast.get_docstring(node)
    ]
    assert not silent


@pytest.mark.parametrize("addon", house.ADDON_NAMES)
def test_a_model_lives_in_the_file_that_bears_its_name(addon):
    misplaced = {
        str(path.relative_to(house.ROOT)): names
        for folder in ("models", "wizards")
        for path in house.python_files(house.ADDONS / addon / folder)
        if (names := [name for name, _kinds in house.own_models(path)])
        and (len(names) > 1 or names[0].replace(".", "_") != path.stem)
    }
    assert not misplaced


@pytest.mark.parametrize("addon", house.ADDON_NAMES)
def test_every_model_has_access_rights(addon):
    folder = house.ADDONS / addon
    granted = (folder / "security" / "ir.model.access.csv").read_text(encoding="utf-8")
    missing = [
        name
        for path in house.python_files(folder)
        for name, kinds in house.own_models(path)
        if "AbstractModel" not in kinds and f"model_{name.replace('.', '_')}," not in granted
    ]
    assert not missing


@pytest.mark.parametrize("addon", house.ADDON_NAMES)
def test_every_model_with_a_company_has_a_company_rule(addon):
    folder = house.ADDONS / addon
    rules = "".join(
        path.read_text(encoding="utf-8") for path in (folder / "security").glob("*.xml")
    )
    missing = [
        name
        for path in house.python_files(folder / "models")
        for name, kinds in house.own_models(path)
        if "Model" in kinds
        and "company_id = fields." in path.read_text(encoding="utf-8")
        and name not in NO_COMPANY_RULE
        and f'ref="model_{name.replace(".", "_")}"' not in rules
    ]
    assert not missing


@pytest.mark.parametrize("addon", house.ADDON_NAMES)
def test_every_data_file_on_disk_is_loaded(addon):
    folder = house.ADDONS / addon
    manifest = house.manifest(addon)
    listed = set(manifest.get("data", [])) | set(manifest.get("demo", []))
    on_disk = {
        str(path.relative_to(folder))
        for path in folder.rglob("*.xml")
        if not {"static", "tests"} & set(path.relative_to(folder).parts)
    }
    assert on_disk <= listed, on_disk - listed
    missing = [name for name in listed if not (folder / name).exists()]
    assert not missing


@pytest.mark.parametrize("addon", house.ADDON_NAMES)
def test_an_addon_is_complete_for_whoever_installs_it(addon):
    folder = house.ADDONS / addon
    manifest = house.manifest(addon)
    assert manifest["version"].startswith("19.0.")
    assert manifest["license"] == "LGPL-3"
    assert manifest["summary"]
    for name in (
        "README.rst",
        "static/description/icon.png",
        "static/description/index.html",
        f"i18n/{addon}.pot",
    ):
        assert (folder / name).is_file(), name


def test_what_odoo_19_silently_ignores_is_not_written():
    """``_sql_constraints`` is only warned about; ``<tree>``, ``attrs`` and ``states`` are gone."""
    gone = {".py": r"^\s+_sql_constraints\b", ".xml": r"<tree\b|\battrs=|\bstates="}
    found = [
        str(path.relative_to(house.ROOT))
        for suffix, pattern in gone.items()
        for path in house.ADDONS.rglob(f"*{suffix}")
        if re.search(pattern, path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert not found


def test_the_tree_names_no_machine_and_no_package_host():
    here = pathlib.PurePath(house.ROOT)
    machine = {str(here), str(pathlib.Path.home()) + "/"} - {"/", "//"}
    hosts = re.compile(
        r"https?://[^/\s\"']*(pypi|pythonhosted|deb\.debian|registry\.npm)[^/\s\"']*", re.IGNORECASE
    )
    found = []
    for path in _tracked_files():
        if path.suffix in BINARY_SUFFIXES:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [f"{path.relative_to(house.ROOT)}: {word}" for word in machine if word in text]
        found += [f"{path.relative_to(house.ROOT)}: {match[0]}" for match in hosts.finditer(text)]
    assert not found


def test_markdown_links_lead_somewhere():
    links = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
    broken = [
        f"{path.relative_to(house.ROOT)} -> {target}"
        for path in _tracked_files()
        if path.suffix == ".md"
        for target in links.findall(path.read_text(encoding="utf-8"))
        if not re.match(r"[a-z]+:", target) and not (path.parent / target).exists()
    ]
    assert not broken


def test_no_name_of_data_is_given_twice():
    """The second one would overwrite the first in silence."""
    given = [
        (f"{addon}.{name}", path.name)
        for addon in house.ADDON_NAMES
        for path in sorted((house.ADDONS / addon).rglob("*.xml"))
        if not {"static", "tests"} & set(path.parts)
        for name in _data_names(path)
    ]
    files = {}
    for name, file in given:
        files.setdefault(name, set()).add(file)
    assert not {name: sorted(where) for name, where in files.items() if len(where) > 1}


def _data_names(path):
    """Return the names of records, templates and menus of an XML file."""
    text = re.sub(r"<!--.*?-->", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.findall(r"<(?:record|template|menuitem)\b[^>]*?\bid=\"([^\"]+)\"", text)
