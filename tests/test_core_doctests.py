"""The examples in the docstrings of the pure parts are true."""

import doctest
import importlib
import pathlib

import pytest

ADDONS = pathlib.Path(__file__).parents[1] / "addons"


def _modules():
    for package in ("core", "connectors"):
        for path in sorted(ADDONS.glob(f"*/{package}/**/*.py")):
            parts = path.relative_to(ADDONS).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.mark.parametrize("name", _modules())
def test_the_examples_in_the_docstrings_are_true(name):
    module = importlib.import_module(f"odoo.addons.{name}")
    failed, _tried = doctest.testmod(module)
    assert failed == 0
