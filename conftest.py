"""Let plain ``pytest`` import the pure parts of the addons by their production names.

``addons/bank_sync/__init__.py`` imports models, hence Odoo. Without the pytest-odoo plugin each
addon is registered as an empty package that only knows its folder, so that
``from odoo.addons.bank_sync.core import money`` works with and without Odoo, and one class never
gets two names. With the plugin (``bin/test``) the real addons are loaded and nothing is done here.
"""

import importlib.util
import pathlib
import sys
import types

ADDONS = pathlib.Path(__file__).parent / "addons"


def pytest_configure(config):
    if config.pluginmanager.hasplugin("odoo"):
        return
    if importlib.util.find_spec("odoo") is None:
        _register_empty_package("odoo")
        _register_empty_package("odoo.addons")
    for manifest in ADDONS.glob("*/__manifest__.py"):
        _register_empty_package(f"odoo.addons.{manifest.parent.name}", manifest.parent)


def _register_empty_package(name, *path):
    package = types.ModuleType(name)
    package.__path__ = [str(directory) for directory in path]
    sys.modules[name] = package
