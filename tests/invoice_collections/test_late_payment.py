"""Fixed sums, scales, fees and notices: the amounts the sources print."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from odoo.addons.invoice_collections.core.late_payment import (
    Reference,
    RuleLine,
    fixed_sum,
    interest_rates,
    recovery_scale,
    recovery_sum,
)
from odoo.addons.invoice_collections.core.late_payment_notice import (
    FeeRule,
    NoticeRule,
    chargeable,
    notice_deadline,
    notice_starts,
)

DAY = date(2026, 3, 10)
POUNDS = [
    RuleLine(1, "fixed_sum", Decimal(40_00), "b2b"),
    RuleLine(2, "fixed_sum", Decimal(70_00), "b2b", amount_from=1_000_00),
    RuleLine(3, "fixed_sum", Decimal(100_00), "b2b", amount_from=10_000_00),
]
SCALE = [
    RuleLine(11, "recovery_share", Decimal(15)),
    RuleLine(12, "recovery_share", Decimal(10), amount_from=2_500_00),
    RuleLine(13, "recovery_share", Decimal(5), amount_from=5_000_00),
    RuleLine(14, "recovery_share", Decimal(1), amount_from=10_000_00),
    RuleLine(15, "recovery_share", Decimal("0.5"), amount_from=200_000_00),
    RuleLine(16, "recovery_min", Decimal(40_00)),
    RuleLine(17, "recovery_max", Decimal(6_775_00)),
]


@pytest.mark.parametrize(
    ("debt", "published"),
    [
        (100, 40),
        (1_000, 150),
        (2_500, 375),
        (5_000, 625),
        (10_000, 875),
        (200_000, 2_775),
        (1_000_000, 6_775),
        (2_000_000, 6_775),
    ],
)
def test_the_dutch_scale_of_recovery_costs(debt, published):
    assert recovery_scale(debt * 100, SCALE[:5], SCALE[5], SCALE[6]).amount == published * 100
    assert recovery_sum(debt * 100, SCALE, "b2c", DAY).amount == published * 100


@pytest.mark.parametrize(
    ("debt", "published"),
    [(1, 40_00), (999_99, 40_00), (1_000_00, 70_00), (9_999_99, 70_00), (10_000_00, 100_00)],
)
def test_the_british_tiers(debt, published):
    assert fixed_sum(debt, POUNDS).amount == published


def test_published_5000_pounds_cost_105_interest_and_70():
    assert 5_000 + 105 + fixed_sum(5_000_00, POUNDS).amount // 100 == 5_175


def test_fixed_sum_and_scale_are_never_both_owed():
    both = [*SCALE, RuleLine(21, "fixed_sum", Decimal(40_00), "b2b")]
    assert recovery_sum(1_000_00, both, "b2b", DAY).amount == 150_00
    assert recovery_sum(50_00, both, "b2b", DAY).amount == 40_00
    assert recovery_sum(1_000_00, [], "b2b", DAY) is None
    assert recovery_sum(0, both, "b2b", DAY) is None


def test_a_consumer_never_pays_what_businesses_pay():
    assert recovery_sum(1_000_00, POUNDS, "b2c", DAY) is None


def test_a_line_out_of_its_time_does_not_apply():
    old = [RuleLine(1, "fixed_sum", Decimal(470_00), last=date(2025, 12, 31))]
    assert recovery_sum(1_000_00, old, "b2b", DAY) is None
    assert recovery_sum(1_000_00, old, "b2b", date(2025, 12, 31)).amount == 470_00


def test_rates_end_where_the_line_or_its_reference_ends():
    known = {"X": [Reference(date(2025, 1, 1), date(2025, 6, 30), Decimal("3.15"))]}
    line = RuleLine(1, "interest", Decimal(8), first=date(2025, 3, 1), reference="X")
    [period] = interest_rates([line], known)
    assert (period.first, period.last) == (date(2025, 3, 1), date(2025, 6, 30))
    assert period.percent == Decimal("11.15")
    assert interest_rates([line], {}) == ()


def test_a_danish_creditor_charges_three_reminders_ten_days_apart():
    rule = FeeRule(100_00, most=3, gap_days=10)
    days = [DAY + timedelta(days=n) for n in (0, 9, 10, 20, 40)]
    assert chargeable(days, DAY - timedelta(days=30), rule) == (0, 2, 3)


def test_a_belgian_consumer_gets_the_first_reminder_for_nothing():
    days = [DAY, DAY + timedelta(days=20)]
    assert chargeable(days, DAY, FeeRule(7_50, free=1)) == (1,)
    assert chargeable(days[:1], DAY, FeeRule(7_50, free=1)) == ()


def test_a_norwegian_reminder_is_free_before_a_debt_is_fourteen_days_late():
    rule = FeeRule(35_00, most=2, late_days=14)
    due = DAY - timedelta(days=13)
    days = [DAY, DAY + timedelta(days=1), DAY + timedelta(days=15), DAY + timedelta(days=30)]
    assert chargeable(days, due, rule) == (1, 2)


def test_a_letter_starts_on_the_third_working_day_and_mail_on_the_next_day():
    rule = NoticeRule(14, post_days=3)
    friday = date(2026, 3, 13)
    assert notice_starts(friday, True, rule) == date(2026, 3, 18)
    assert notice_starts(friday, True, rule, {date(2026, 3, 16)}) == date(2026, 3, 19)
    assert notice_deadline(friday, True, rule) == date(2026, 3, 31)
    assert notice_deadline(friday, False, rule) == date(2026, 3, 27)
