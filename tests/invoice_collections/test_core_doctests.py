"""The examples in the docstrings of the core are true."""

import doctest
import importlib
import pathlib

import pytest

CORE = pathlib.Path(__file__).parents[2] / "addons" / "invoice_collections" / "core"


MODULES = sorted(
    ".".join(path.relative_to(CORE).with_suffix("").parts) for path in CORE.rglob("[a-z]*.py")
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_are_true(name):
    module = importlib.import_module(f"odoo.addons.invoice_collections.core.{name}")
    result = doctest.testmod(module)
    assert result.attempted
    assert not result.failed
