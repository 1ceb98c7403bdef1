"""Whatever is done to a sealed chain behind our back shows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.invoice_collections.core.seal import GENESIS, first_broken, seal


def chain(bodies):
    rows, previous = [], GENESIS
    for sequence, body in enumerate(bodies, start=1):
        value = seal(previous, body)
        rows.append((sequence, previous, value, body))
        previous = value
    return rows


ROWS = chain([{"kind": kind} for kind in ("opened", "queued", "sent", "paid")])


def test_a_whole_chain_holds():
    assert first_broken(ROWS) is None
    assert first_broken([]) is None


def test_a_changed_body_shows_at_its_place():
    sequence, previous, value, _body = ROWS[1]
    changed = [ROWS[0], (sequence, previous, value, {"kind": "blocked"}), *ROWS[2:]]
    assert first_broken(changed) == 2


@pytest.mark.parametrize("position", [0, 1, 2])
def test_a_removed_row_shows(position):
    assert first_broken(ROWS[:position] + ROWS[position + 1 :]) == position + 1


def test_a_row_sealed_anew_breaks_the_one_after_it():
    body = {"kind": "blocked"}
    forged = (2, ROWS[0][2], seal(ROWS[0][2], body), body)
    assert first_broken([ROWS[0], forged, *ROWS[2:]]) == 3


def test_exchanged_rows_show():
    assert first_broken([ROWS[1], ROWS[0], *ROWS[2:]]) == 1


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
bodies = st.lists(st.dictionaries(st.text(max_size=5), values, max_size=4), max_size=8)


@given(bodies)
def test_every_chain_we_make_holds(parts):
    assert first_broken(chain(parts)) is None
