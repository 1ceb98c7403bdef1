"""Imports run one way only: controllers and wizards -> models -> core; addons -> Odoo."""

import pytest

from . import house

#: Addon -> the house's addons it may import and depend on.
MAY_USE = {
    "bank_sync": set(),
    "invoice_collections": set(),
    "sponsor_bank": {"bank_sync", "invoice_collections"},
}

#: Folder of an addon -> the folders of the same addon it must never import.
NEVER = {
    "core": {"models", "controllers", "wizards", "connectors", "report", "tests"},
    "connectors": {"models", "controllers", "wizards", "report", "tests"},
    "models": {"controllers", "wizards", "tests"},
    "controllers": {"wizards", "tests"},
}


@pytest.mark.parametrize("addon", house.ADDON_NAMES)
def test_an_addon_imports_only_the_addons_below_it(addon):
    foreign = set(house.ADDON_NAMES) - MAY_USE[addon] - {addon}
    broken = [
        f"{path.relative_to(house.ROOT)} imports {name}"
        for path in house.python_files(house.ADDONS / addon)
        for name in house.imported_modules(path)
        if name.split(".")[0] == "addons" and name.split(".")[1] in foreign
    ]
    assert not broken


@pytest.mark.parametrize("addon", house.ADDON_NAMES)
def test_an_addon_depends_only_on_the_addons_below_it(addon):
    ours = set(house.manifest(addon)["depends"]) & set(house.ADDON_NAMES)
    assert ours <= MAY_USE[addon]


@pytest.mark.parametrize("addon", house.ADDON_NAMES)
@pytest.mark.parametrize("folder", sorted(NEVER))
def test_inside_an_addon_nothing_imports_upwards(addon, folder):
    broken = [
        f"{path.relative_to(house.ROOT)} imports {name}"
        for path in house.python_files(house.ADDONS / addon / folder)
        for name in house.imported_modules(path)
        if name.startswith(f"addons.{addon}.") and name.split(".")[2] in NEVER[folder]
    ]
    assert not broken


@pytest.mark.parametrize("addon", house.ADDON_NAMES)
def test_core_and_connectors_know_nothing_of_odoo(addon):
    broken = [
        f"{path.relative_to(house.ROOT)} imports {name}"
        for folder in ("core", "connectors")
        for path in house.python_files(house.ADDONS / addon / folder)
        for name in house.imported_modules(path)
        if name.split(".")[0] == "odoo"
    ]
    assert not broken


def test_the_sandbox_bank_and_the_addons_share_no_code():
    addons_use_bank = [
        str(path.relative_to(house.ROOT))
        for path in house.python_files(house.ADDONS)
        if "tests" not in path.parts
        and any(name.split(".")[0] == "sandbox_bank" for name in house.imported_modules(path))
    ]
    bank_uses_addons = [
        str(path.relative_to(house.ROOT))
        for path in house.python_files(house.ROOT / "sandbox_bank")
        if any(name.split(".")[0] in {"odoo", "addons"} for name in house.imported_modules(path))
    ]
    assert not addons_use_bank
    assert not bank_uses_addons
