"""Buckets have no gap and no overlap; DSO is what its definition says."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.invoice_collections.core.aging import (
    BUCKETS,
    aged_totals,
    bucket,
    days_sales_outstanding,
)

TODAY = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("days", "code"),
    [
        (-5, "not_due"),
        (0, "not_due"),
        (1, "1_30"),
        (30, "1_30"),
        (31, "31_60"),
        (60, "31_60"),
        (61, "61_90"),
        (90, "61_90"),
        (91, "over_90"),
        (4000, "over_90"),
    ],
)
def test_both_sides_of_every_boundary(days, code):
    assert bucket(TODAY - timedelta(days=days), TODAY) == code


@given(st.lists(st.tuples(st.integers(-900, 900), st.integers(-10_000, 10_000))))
def test_the_buckets_add_up_to_the_whole(rows):
    items = [(TODAY + timedelta(days=days), amount) for days, amount in rows]
    totals = aged_totals(items, TODAY)
    assert list(totals) == [code for code, _first, _last in BUCKETS]
    assert sum(totals.values()) == sum(amount for _days, amount in rows)


@pytest.mark.parametrize(
    ("receivables", "sales", "dso"),
    [
        # IBM late-payment data as of 2012-12-31 and 2013-06-30, 90-day sales.
        (5_725_06, 19_196_81, "26.8"),
        (5_119_85, 19_903_70, "23.2"),
        (0, 100, "0.0"),
    ],
)
def test_dso_of_known_books(receivables, sales, dso):
    assert days_sales_outstanding(receivables, sales, 90) == Decimal(dso)


@pytest.mark.parametrize("sales", [0, -5])
def test_without_sales_there_is_no_dso(sales):
    assert days_sales_outstanding(100, sales, 90) is None
