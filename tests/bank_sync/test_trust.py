"""Earned automation: released on evidence, taken back on a failure, figures from mathematics."""

import random
from math import comb

import pytest

from odoo.addons.bank_sync.core.matching.trust import (
    AUTOMATIC_WRONG,
    EXPERIENCED,
    FIRST,
    SLOWLY,
    WORST,
    Trust,
    beta_cdf,
    beta_quantile,
)


@pytest.mark.parametrize(("right", "wrong"), [(1, 1), (3, 8), (40, 2), (2, 40), (60, 60)])
@pytest.mark.parametrize("value", [0.001, 0.1, 0.5, 0.93, 0.999])
def test_the_beta_distribution_is_the_sum_of_its_binomial(right, wrong, value):
    n = right + wrong - 1
    tail = sum(comb(n, k) * value**k * (1 - value) ** (n - k) for k in range(right, n + 1))
    assert beta_cdf(value, right, wrong) == pytest.approx(tail, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("count", [1, 7, 300, 3000, 1_000_000])
def test_without_failures_the_bound_is_the_root_of_the_doubt(count):
    assert beta_quantile(0.05, count, 1) == pytest.approx(0.05 ** (1 / count), rel=1e-9)


def test_the_ends_are_certain():
    assert beta_cdf(0, 2, 3) == 0
    assert beta_cdf(1, 2, 3) == 1


@pytest.mark.parametrize("target", [0.9, 0.99, 0.999])
def test_a_company_that_has_decided_nothing_lets_situations_err_least(target):
    chance = random.Random(7)  # noqa: S311
    for _ in range(60):
        right, wrong = chance.randint(1, 5000), chance.choice([0, 0, 1, 5])
        trust = Trust(target, {"s": (right, wrong)})
        assert trust.released("s") == (wrong / (right + wrong) <= FIRST * (1 - target))


def test_with_its_own_decisions_a_company_lets_a_single_situation_err_more():
    trust = Trust(0.999, {"seldom wrong": (995, 5), "often wrong": (950, 50)})
    assert not trust.released("seldom wrong")
    for _ in range(EXPERIENCED):
        trust.record("another", right=True)
    assert trust.allowed == pytest.approx(WORST * 0.001)
    assert trust.released("seldom wrong")
    assert not trust.released("often wrong")


def test_the_larger_the_amount_the_less_may_err():
    trust = Trust(0.999, {"seldom wrong": (990, 10)})
    trust.record("another", right=True, weight=EXPERIENCED)
    released = [trust.released("seldom wrong", size=size) for size in (0.1, 1, 2, 4, 100)]
    assert released == [True, True, True, False, False]
    sure = Trust(0.999, {"sure": (10_000, 1)})
    assert sure.released("sure", size=1_000_000)


def test_a_situation_nobody_has_seen_is_not_released():
    assert not Trust(0.9).released("unnamed")


def test_enough_right_decisions_release_and_one_fewer_does_not():
    trust, needed = Trust(0.99), 0
    while not trust.released("s"):
        trust.record("s", right=True)
        needed += 1
    trust.forget("s", right=True)
    assert not trust.released("s")
    # Half a wrong one among n + 1 against the share allowed after n own decisions.
    n = needed
    allowed = 0.01 * (FIRST + (WORST - FIRST) * (n / EXPERIENCED) ** SLOWLY)
    assert 0.5 / (n + 1) <= allowed < 0.5 / n


def test_a_wrong_automatic_booking_takes_a_long_proven_situation_back():
    trust = Trust(0.999, {"s": (5000, 0)})
    assert trust.released("s")
    trust.record("s", right=False, weight=AUTOMATIC_WRONG)
    assert not trust.released("s")


def test_forgetting_a_failure_gives_back_what_it_took():
    trust = Trust(0.999, {"s": (5000, 0)})
    trust.record("s", right=False, weight=AUTOMATIC_WRONG)
    trust.forget("s", right=False, weight=AUTOMATIC_WRONG)
    assert trust.released("s")
    assert list(trust.rows()) == []


def test_a_failure_lowers_and_a_success_raises_the_level():
    trust = Trust(prior={"s": (10, 1)})
    before = trust.level("s")
    trust.record("s", right=True)
    assert trust.level("s") > before
    trust.record("s", right=False)
    trust.record("s", right=False)
    assert trust.level("s") < before


def test_more_is_never_forgotten_than_was_recorded():
    trust = Trust()
    trust.forget("s", right=True, weight=9)
    trust.record("s", right=True)
    assert list(trust.rows()) == [("s", 1.0, 0.0)]


def test_situations_do_not_touch_each_other():
    trust = Trust(0.9)
    for _ in range(100):
        trust.record("a", right=True)
        trust.record("b", right=False)
    assert trust.released("a")
    assert not trust.released("b")


def test_rows_bring_back_the_same_trust():
    trust = Trust(0.9, {"a": (3, 1)})
    for situation, right in [("b", True), ("a", True), ("a", False), ("b", False)]:
        trust.record(situation, right=right)
    again = Trust.from_rows(trust.rows(), 0.9, {"a": (3, 1)})
    assert list(again.rows()) == list(trust.rows()) == [("a", 1, 1), ("b", 1, 1)]
    assert again.level("a") == trust.level("a")
