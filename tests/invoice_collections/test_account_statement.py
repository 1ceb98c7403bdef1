"""Opening balance, movements and closing balance always add up."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.invoice_collections.core.account_statement import Movement, statement

DAY = date(2026, 3, 1)
movements = st.lists(
    st.builds(
        Movement,
        st.integers(0, 30).map(lambda days: DAY + timedelta(days=days)),
        st.integers(1, 8),
        st.integers(-(10**9), 10**9),
    )
)


@given(st.integers(-(10**9), 10**9), movements)
def test_what_was_owed_plus_charges_less_payments_is_what_is_owed(opening, told):
    result = statement(opening, told)
    assert result.opening + result.charged - result.paid == result.closing
    assert result.closing == opening + sum(movement.amount for movement in told)
    assert [row.movement.on for row in result.rows] == sorted(
        row.movement.on for row in result.rows
    )
    assert result.closing == (result.rows[-1].balance if result.rows else opening)


def test_the_parts_of_one_invoice_are_one_row_and_what_cancels_out_is_none():
    told = [Movement(DAY, 7, 400), Movement(DAY, 7, 600), Movement(DAY, 8, 5), Movement(DAY, 8, -5)]
    [row] = statement(0, told).rows
    assert (row.charged, row.paid, row.balance) == (1_000, 0, 1_000)


def test_without_movements_the_balance_stays():
    assert statement(250, []).closing == 250
