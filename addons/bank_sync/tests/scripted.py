"""Banks that a test scripts word for word, borrowed from the adapters' own suite."""

import importlib.util
import pathlib
import sys
import unittest

PATH = pathlib.Path(__file__).resolve().parents[3] / "tests/bank_sync/conformance/scripted_bank.py"
NAME = "bank_sync_scripted_bank"


def scripted_bank():
    """Return the module of the scripted bank.

    :raise unittest.SkipTest: where the addon is tested without the rest of the repository
    """
    if not PATH.is_file():
        raise unittest.SkipTest("the scripted bank is not beside the addons")
    if NAME not in sys.modules:
        spec = importlib.util.spec_from_file_location(NAME, PATH)
        sys.modules[NAME] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[NAME])
    return sys.modules[NAME]
