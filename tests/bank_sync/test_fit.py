"""Fitted weights: what speaks for a proposal, near the shipped ones, never the other way round."""

import random
from math import exp, inf, log

import pytest

from odoo.addons.bank_sync.core.matching.fit import BIAS, ENOUGH, fit, loss, score
from odoo.addons.bank_sync.core.matching.shadow import (
    FEWEST,
    Figures,
    disappoints,
    measure,
    not_worse,
)

SHIPPED = {BIAS: -2.0, "reference": 4.0, "amount": 2.0, "rival": -3.0}


def drawn(weights, count, seed=1):
    """Return rows drawn from known weights."""
    chance, rows = random.Random(seed), []  # noqa: S311 (figures, not secrets)
    names = [name for name in weights if name != BIAS]
    for _ in range(count):
        reasons = tuple(name for name in names if chance.random() < 0.5)
        logit = weights[BIAS] + sum(weights[name] for name in reasons)
        rows.append((reasons, chance.random() < 1 / (1 + exp(-logit)), 1.0))
    return rows


def test_few_decisions_change_nothing():
    assert fit(drawn(SHIPPED, ENOUGH - 1), SHIPPED) == SHIPPED


def test_many_decisions_find_the_weights_they_were_drawn_from():
    truth = {BIAS: -1.0, "reference": 3.0, "amount": 1.0, "rival": -1.5}
    fitted = fit(drawn(truth, 20_000), SHIPPED)
    for name, weight in truth.items():
        assert fitted[name] == pytest.approx(weight, abs=0.2)


def test_one_reason_alone_is_the_logarithm_of_its_odds():
    rows = [((), True, 1.0)] * 300 + [((), False, 1.0)] * 100
    assert fit(rows, {}, pulls=(1e-9,))[BIAS] == pytest.approx(log(3), abs=1e-6)


def test_a_weight_never_changes_its_sign_whatever_people_decide():
    against = {BIAS: 2.0, "reference": -3.0, "amount": -2.0, "rival": 3.0}
    fitted = fit(drawn(against, 5_000), SHIPPED)
    assert fitted["reference"] == 0
    assert fitted["amount"] == 0
    assert fitted["rival"] == 0


def test_more_evidence_never_lowers_a_score():
    for seed in range(5):
        fitted = fit(drawn({BIAS: 0, "reference": -1, "amount": 2, "rival": 1}, 500, seed), SHIPPED)
        for held in ((), ("amount",), ("rival",), ("amount", "rival")):
            assert score(fitted, (*held, "reference")) >= score(fitted, held)
            assert score(fitted, (*held, "rival")) <= score(fitted, held)


def test_a_strong_pull_stays_near_the_shipped_weights():
    rows = drawn({BIAS: -1.0, "reference": 3.0, "amount": 1.0, "rival": -1.5}, 1_000)
    near, far = (fit(rows, SHIPPED, pulls=(pull,)) for pull in (1e6, 1e-3))
    assert abs(near["reference"] - 4.0) < 0.01 < abs(far["reference"] - 4.0)


def test_a_reason_nobody_used_keeps_its_shipped_weight():
    fitted = fit(drawn(SHIPPED, 400), {**SHIPPED, "unheard_of": 1.5})
    assert fitted["unheard_of"] == 1.5


def test_a_reason_that_came_later_is_learnt_from_nothing():
    rows = [(("new",), True, 1.0)] * 200 + [((), False, 1.0)] * 200
    assert fit(rows, {BIAS: 0.0})["new"] > 1


def test_same_rows_same_weights_in_whatever_order_reasons_stand():
    rows = drawn(SHIPPED, 600)
    turned = [(reasons[::-1], right, weight) for reasons, right, weight in rows]
    assert fit(rows, SHIPPED) == fit(turned, SHIPPED)


def test_a_row_that_counts_twenty_fold_is_like_twenty_rows():
    rows = drawn(SHIPPED, 400)
    once = [*rows, (("amount",), False, 20.0)]
    often = [*rows, *[(("amount",), False, 1.0)] * 20]
    one, other = (fit(given, SHIPPED, pulls=(3.0,)) for given in (once, often))
    assert one == pytest.approx(other, abs=1e-5)


@pytest.mark.parametrize("weight", [1e6, -1e6, 1e300])
def test_scores_and_losses_stay_finite(weight):
    assert 0 <= score({BIAS: weight}, ()) <= 1
    assert loss({BIAS: weight}, [((), True, 1.0)]) < inf
    assert loss({BIAS: weight}, []) == 0


def test_perfectly_separable_decisions_do_not_run_away():
    rows = [(("reference",), True, 1.0)] * 500 + [((), False, 1.0)] * 500
    assert abs(fit(rows, SHIPPED)["reference"]) < 20


# === SHADOW === #


def case(*shown):
    """Return a case; the right proposal bears a star."""
    return [(tuple(s.strip("*").split("+")), s.endswith("*")) for s in shown]


def test_the_measure_counts_first_right_and_surely_wrong():
    weights = {BIAS: 0.0, "a": 8.0, "b": 1.0}
    cases = [case("a*", "b"), case("b*", "a"), case("b", "c*"), case("b"), []]
    figures = measure(weights, cases, threshold=0.99)
    assert (figures.cases, figures.first_right, figures.sure_wrong) == (4, 1, 1)


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (Figures(500, 0.05, 480, 2), True),
        (Figures(500, 0.04, 485, 0), True),
        (Figures(500, 0.051, 490, 0), False),
        (Figures(500, 0.01, 479, 0), False),
        (Figures(500, 0.01, 499, 3), False),
        (Figures(499, 0.01, 499, 0), False),
    ],
)
def test_new_weights_must_not_be_worse_in_any_figure(new, expected):
    assert not_worse(new, Figures(500, 0.05, 480, 2)) is expected


def test_the_roll_back_follows_the_binomial_tail():
    # P(X >= 6 | 100, 0.02) = 0.0155, P(X >= 7 | 100, 0.02) = 0.0041 (binomial tables).
    assert not disappoints(6, 100, 0.02)
    assert disappoints(7, 100, 0.02)


def test_a_handful_of_decisions_rolls_nothing_back():
    assert not disappoints(FEWEST - 1, FEWEST - 1, 0.01)
    assert not disappoints(0, 10_000, 0.01)
    assert not disappoints(10, 100, 1.0)
    assert disappoints(5, FEWEST, 0.0)


@pytest.mark.parametrize("names", ["abc", "xyz", "pqr", "klm", "uvw", "dgt"])
def test_the_chance_is_exact_in_whatever_order_a_set_gives_its_reasons(names):
    great, small, less = names
    weights = {great: 1e16, small: 1.0, less: -1e16}
    alone = score({small: 1.0}, [small])
    assert {score(weights, names), score(weights, names[::-1])} == {alone}
