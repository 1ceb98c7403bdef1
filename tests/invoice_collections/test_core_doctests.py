"""The examples in the docstrings of the core are true."""

import doctest
import importlib
import pathlib

import pytest

CORE = pathlib.Path(__file__).parents[2] / "addons" / "invoice_collections" / "core"


@pytest.mark.parametrize("name", sorted(path.stem for path in CORE.glob("[a-z]*.py")))
def test_examples_are_true(name):
    module = importlib.import_module(f"odoo.addons.invoice_collections.core.{name}")
    result = doctest.testmod(module)
    assert result.attempted
    assert not result.failed
