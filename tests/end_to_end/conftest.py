"""The running house of a module of tests.

``bin/test`` makes the database (a clone of the template with the demo company) and names it in
``END_TO_END_DATABASE``; the environment already leads Odoo to its configuration and PostgreSQL.
"""

import os

import pytest

from .servers import House


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """Start a house of its own; stop it when the module is done."""
    database = os.environ.get("END_TO_END_DATABASE")
    if not database:
        pytest.skip("END_TO_END_DATABASE is not set: bin/test makes it and runs this test")
    house = House(database, tmp_path_factory.mktemp("house"))
    try:
        house.start()
        yield house
    finally:
        house.stop()
