"""Weeks of readings from banks with bad habits: our books end up as the bank's.

`bin/bench identity` does the same thousands of times; see ``identity_simulation``.
"""

import pathlib
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from identity_simulation import PROFILES, simulate

#: Habits under which nothing has to be asked.
SURE = (
    "stable ids", "no ids", "blank ids", "ids per session", "one id for many",
    "back-dated entries", "elements sent twice", "fetches break off", "statements alone",
    "statements and interface, ids", "overlapping files",
)  # fmt: skip


@pytest.mark.parametrize("profile", PROFILES)
@settings(max_examples=max(4, settings.default.max_examples // 25))
@given(seed=st.integers(0, 2**32))
def test_our_books_end_up_as_the_banks(profile, seed):
    result = simulate(seed, profile)
    assert not result.wrong_books
    assert not result.wrong_links
    assert not result.undecided


@pytest.mark.parametrize("profile", SURE)
@pytest.mark.parametrize("seed", range(3))
def test_nobody_is_asked_without_need(profile, seed):
    assert not simulate(seed, profile).flags


def test_a_run_is_the_same_every_time():
    profile = "everything, ids per session"
    assert simulate(7, profile) == simulate(7, profile)
