"""The database of a module of fault tests: ``bin/test`` makes it and names it."""

import os

import pytest


@pytest.fixture(scope="session")
def database():
    """Return the name of a database with the demo company, which the tests may use up."""
    name = os.environ.get("END_TO_END_DATABASE")
    if not name:
        pytest.skip("END_TO_END_DATABASE is not set: bin/test makes it and runs this test")
    return name
