"""What the package of public holidays is asked, and what becomes of its answers."""

import sys
import types
from datetime import date

import pytest

from odoo.addons.invoice_collections.core import public_holidays

EPIPHANY = date(2026, 1, 6)


@pytest.fixture
def package(monkeypatch):
    """Put a package of our own in place: it knows Germany, and Epiphany in Bavaria."""
    module = types.ModuleType("holidays")
    module.asked = []

    def country_holidays(country, subdiv=None, years=()):
        module.asked.append((country, subdiv, years))
        if country != "DE" or subdiv not in (None, "BY"):
            raise NotImplementedError(country)
        return {EPIPHANY: "Epiphany"} if subdiv == "BY" else {date(2026, 1, 1): "New Year"}

    module.country_holidays = country_holidays
    monkeypatch.setitem(sys.modules, "holidays", module)
    return module


@pytest.mark.parametrize("part", ["BY", "DE-BY"])
def test_a_part_is_asked_for_by_its_own_code(package, part):
    assert public_holidays.days("DE", part, [2026]) == {EPIPHANY: "Epiphany"}
    assert package.asked == [("DE", "BY", (2026,))]


def test_a_part_nobody_knows_keeps_the_days_of_the_country(package):
    assert public_holidays.days("DE", "XX", [2026]) == {date(2026, 1, 1): "New Year"}
    assert len(package.asked) == 2


def test_a_country_nobody_knows_is_told_apart_from_a_package_that_is_missing(package, monkeypatch):
    with pytest.raises(public_holidays.UnknownPlace):
        public_holidays.days("ZZ", None, [2026])
    assert package
    monkeypatch.setitem(sys.modules, "holidays", None)
    with pytest.raises(ImportError):
        public_holidays.days("DE", None, [2026])
