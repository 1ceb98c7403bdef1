"""Whatever is proposed, the entry of a line stays worth what the bank booked."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.bank_sync.core.booking import (
    NotBalancedError,
    Owed,
    Role,
    Suspense,
    portions,
)
from odoo.addons.bank_sync.core.matching.values import Claim, Proposal

amounts = st.integers(1, 10**9)


def _proposal(*claims, **rest):
    return Proposal(tuple(claims), 1.0, (), **rest)


@given(st.lists(amounts, min_size=1, max_size=6), amounts, st.integers(50, 200), st.data())
def test_claims_of_one_currency_make_up_the_line_in_both_currencies(owed, over, rate, data):
    discounts = [data.draw(st.integers(0, amount // 2)) for amount in owed]
    fee, write_off = data.draw(st.integers(0, 500)), data.draw(st.integers(-50, 50))
    claims = [Claim(n, a, d) for n, (a, d) in enumerate(zip(owed, discounts, strict=True))]
    total = sum(owed) - sum(discounts) - fee - write_off + over
    if total <= 0:
        return
    line = Suspense("USD", -total, "EUR", -int(Fraction(total * rate, 100)))
    proposal = _proposal(*claims, fee=fee, write_off=write_off, on_account=over)
    made = portions(proposal, line, {n: Owed("USD") for n in range(len(owed))})
    assert sum(portion.amount for portion in made) == line.amount
    assert sum(portion.balance for portion in made) == line.balance
    paid = {portion.item: portion.amount for portion in made if portion.role is Role.ITEM}
    assert paid == {n: -amount for n, amount in enumerate(owed)}


@given(st.lists(amounts, min_size=1, max_size=6), st.integers(80, 120))
def test_items_of_another_currency_take_exactly_the_money(owed, rate):
    worth = [amount * rate // 100 + 1 for amount in owed]
    line = Suspense("EUR", -sum(worth) - 3, "EUR", -sum(worth) - 3)
    claims = [Claim(number, amount) for number, amount in enumerate(owed)]
    known = {n: Owed("USD", worth[n]) for n in range(len(owed))}
    made = portions(_proposal(*claims), line, known)
    assert sum(portion.balance for portion in made) == line.balance
    assert [portion.amount for portion in made] == [-amount for amount in owed]


def test_what_is_owed_here_and_paid_in_dollars_leaves_an_exchange_difference():
    line = Suspense("USD", -10000, "EUR", -9000)
    made = portions(_proposal(Claim(1, 9100)), line, {1: Owed("EUR", 9100)})
    assert [(p.role, p.currency, p.amount, p.balance) for p in made] == [
        (Role.ITEM, "EUR", -9100, -9100),
        (Role.EXCHANGE, "EUR", 100, 100),
    ]


def test_a_discount_entered_at_the_rate_of_the_invoice_leaves_an_exchange_difference():
    line = Suspense("USD", -9800, "EUR", -9800)
    made = portions(
        _proposal(Claim(1, 10000, discount=200)), line, {1: Owed("USD", discount_worth=160)}
    )
    assert [(p.role, p.balance) for p in made] == [
        (Role.ITEM, -10000),
        (Role.DISCOUNT, 160),
        (Role.EXCHANGE, 40),
    ]


def test_money_out_mirrors_money_in():
    line = Suspense("EUR", 9800, "EUR", 9800)
    made = portions(_proposal(Claim(1, -10000, discount=-200)), line, {1: Owed("EUR")})
    assert [(p.role, p.balance) for p in made] == [(Role.ITEM, 10000), (Role.DISCOUNT, -200)]


def test_a_rest_stays_open():
    line = Suspense("EUR", -10000, "EUR", -10000)
    made = portions(_proposal(Claim(1, 4000)), line, {1: Owed("EUR")}, rest=6000)
    assert [(p.role, p.balance) for p in made] == [(Role.ITEM, -4000), (Role.REST, -6000)]


@pytest.mark.parametrize(
    ("claim", "owed"),
    [
        (Claim(1, 9999), Owed("EUR")),
        (Claim(1, -10000), Owed("EUR")),
        (Claim(1, -10000), Owed("USD", -9000)),
    ],
)
def test_what_is_not_worth_the_line_is_refused(claim, owed):
    with pytest.raises(NotBalancedError):
        portions(_proposal(claim), Suspense("EUR", -10000, "EUR", -10000), {1: owed})


def test_a_wrong_currency_is_not_booked_away_as_an_exchange_difference():
    line = Suspense("USD", -10000, "EUR", -9000)
    with pytest.raises(NotBalancedError):
        portions(_proposal(Claim(1, 2000)), line, {1: Owed("EUR", 2000)})
