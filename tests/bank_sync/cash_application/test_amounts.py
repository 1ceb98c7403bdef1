"""A share of changing amounts, beside what sorting them all says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.bank_sync.core.matching.amounts import Amounts

SOME = st.lists(st.integers(0, 200) | st.integers(0, 10**12), min_size=1, max_size=80)


@given(SOME, SOME, st.floats(0, 1), st.randoms(use_true_random=False))
def test_it_is_what_sorting_everything_says(stay, go, share, chance):
    every = stay + go
    chance.shuffle(every)
    amounts = Amounts()
    for amount in every:
        amounts.add(amount)
    for amount in go:
        amounts.remove(amount)
    assert len(amounts) == len(stay)
    assert amounts.below(share) == sorted(stay)[int(share * (len(stay) - 1))]


def test_what_came_and_went_leaves_no_trace():
    amounts = Amounts()
    amounts.add(70_000)
    amounts.remove(70_000)
    assert amounts == Amounts()
    with pytest.raises(ValueError, match="no amounts"):
        amounts.below(0.5)
    with pytest.raises(KeyError):
        amounts.remove(70_000)
