"""What the entry of a bank line must hold, so that a proposal is booked to the cent.

The suspense item of a line is replaced by portions: what pays each item, the discount, charges,
a small difference, credit, and what the exchange rates leave over. Together they are worth
exactly what the suspense item was worth, in the company's currency and, where only one currency
is concerned, in that one too. Money is int minor units; debits are positive, as in a ledger.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from fractions import Fraction

from .matching.values import Claim, Proposal

#: Largest share of a line that may be left over between exchange rates; more is a mistake.
MAX_EXCHANGE = Fraction(1, 5)


class NotBalancedError(ValueError):
    """A proposal that is not worth what the bank line is worth.

    :param missing: minor units of the receipt's currency that the line has more than the proposal
    """

    def __init__(self, missing: int) -> None:
        super().__init__(f"proposal and receipt differ by {missing}")
        self.missing = missing


class Role(str, Enum):
    """What a portion is for."""

    ITEM = "item"
    DISCOUNT = "discount"
    FEE = "fee"
    WRITE_OFF = "write_off"
    ON_ACCOUNT = "on_account"
    REST = "rest"
    EXCHANGE = "exchange"


@dataclass(frozen=True, slots=True)
class Suspense:
    """The open item of a bank line; a receipt makes it a credit, so it is negative.

    :param amount: minor units of ``currency``
    :param balance: minor units of the company's currency
    """

    currency: str
    amount: int
    company_currency: str
    balance: int

    def balance_of(self, amount: int) -> int:
        """Return the worth of ``amount`` at the bank's own rate.

        >>> Suspense("USD", -10000, "EUR", -9137).balance_of(-5001)
        -4569
        """
        if self.currency == self.company_currency or not self.amount:
            return amount
        return _rounded(Fraction(amount * self.balance, self.amount))


@dataclass(frozen=True, slots=True)
class Owed:
    """What must be known of a claimed item.

    :param worth: the company's currency for what is claimed less the discount, at the item's rate
    :param discount_worth: the same for the discount, where its entry keeps the item's rate
    """

    currency: str
    worth: int = 0
    discount_worth: int | None = None


@dataclass(frozen=True, slots=True)
class Portion:
    """One journal item of the entry.

    :param item: the claimed item, for ITEM and DISCOUNT
    :param amount: minor units of ``currency``
    :param balance: minor units of the company's currency
    """

    role: Role
    currency: str
    amount: int
    balance: int
    item: int | None = None


def portions(
    proposal: Proposal, suspense: Suspense, owed: Mapping[int, Owed], *, rest: int = 0
) -> tuple[Portion, ...]:
    """Return what replaces the suspense item, in the order of the claims.

    >>> paid = Proposal((Claim(7, 10000, discount=200),), 1.0, (), fee=500)
    >>> for portion in portions(paid, Suspense("EUR", -9300, "EUR", -9300), {7: Owed("EUR")}):
    ...     print(portion.role.value, portion.balance)
    item -10000
    discount 200
    fee 500

    Items in another currency share what is left of the money by their worth; what their rate and
    the bank's make different is the exchange difference of the items' own reconciliation:

    >>> paid = Proposal((Claim(7, 10000),), 1.0, ())
    >>> line = Suspense("EUR", -9137, "EUR", -9137)
    >>> [(p.currency, p.amount, p.balance) for p in portions(paid, line, {7: Owed("USD", 9000)})]
    [('USD', -10000, -9137)]

    :param owed: of every claimed item
    :param rest: what stays open on suspense, signed like the receipt
    :raise NotBalancedError: when the proposal is not worth the line
    """
    found: list[Portion] = []
    foreign: list[Claim] = []
    for claim in proposal.claims:
        if owed[claim.item].currency == suspense.currency:
            found += _claimed(claim, owed[claim.item], suspense)
        else:
            foreign.append(claim)
    others = (
        (Role.FEE, proposal.fee),
        (Role.WRITE_OFF, proposal.write_off),
        (Role.ON_ACCOUNT, -proposal.on_account),
        (Role.REST, -rest),
    )
    found += [
        Portion(role, suspense.currency, amount, suspense.balance_of(amount))
        for role, amount in others
        if amount
    ]
    left = suspense.amount - sum(portion.amount for portion in found)
    if foreign:
        found += _shared(foreign, -left, suspense, owed)
    elif left:
        raise NotBalancedError(-left)
    return _settled(found, suspense)


def _claimed(claim: Claim, owed: Owed, suspense: Suspense) -> list[Portion]:
    made = [
        Portion(
            Role.ITEM,
            suspense.currency,
            -claim.applied,
            suspense.balance_of(-claim.applied),
            claim.item,
        )
    ]
    if claim.discount:
        worth = owed.discount_worth
        if worth is None or suspense.currency == suspense.company_currency:
            worth = suspense.balance_of(claim.discount)
        made.append(Portion(Role.DISCOUNT, suspense.currency, claim.discount, worth, claim.item))
    return made


def _shared(
    claims: list[Claim], money: int, suspense: Suspense, owed: Mapping[int, Owed]
) -> list[Portion]:
    """Share ``money`` of the receipt between items of other currencies, by their worth."""
    total = sum(owed[claim.item].worth for claim in claims)
    if not total or (money > 0) != (total > 0):
        raise NotBalancedError(money)
    made, given, reached = [], 0, 0
    for claim in claims:
        item = owed[claim.item]
        reached += item.worth
        share = _rounded(Fraction(money * reached, total)) - given
        given += share
        made += _in_its_currency(claim, item, suspense.balance_of(share), suspense)
    return made


def _in_its_currency(claim: Claim, item: Owed, paid: int, suspense: Suspense) -> list[Portion]:
    """Return the portions of one claim that ``paid`` of the company's currency pays."""
    net = claim.applied - claim.discount
    if item.currency == suspense.company_currency:
        balance, discount = -claim.applied, claim.discount
    else:
        gross = _rounded(Fraction(paid * claim.applied, net)) if net else paid
        balance = -gross
        discount = gross - paid if item.discount_worth is None else item.discount_worth
    made = [Portion(Role.ITEM, item.currency, -claim.applied, balance, claim.item)]
    if claim.discount:
        made.append(Portion(Role.DISCOUNT, item.currency, claim.discount, discount, claim.item))
    return made


def _settled(found: list[Portion], suspense: Suspense) -> tuple[Portion, ...]:
    """Make the portions worth the suspense item: rounding into the largest, else an exchange."""
    missing = suspense.balance - sum(portion.balance for portion in found)
    if not missing:
        return tuple(found)
    company = suspense.company_currency
    movable = [portion for portion in found if portion.currency != company]
    if movable and abs(missing) <= len(found):
        largest = max(movable, key=lambda portion: abs(portion.balance))
        place = found.index(largest)
        found[place] = replace(largest, balance=largest.balance + missing)
        return tuple(found)
    if abs(missing) > abs(suspense.balance) * MAX_EXCHANGE:
        raise NotBalancedError(-missing)
    return (*found, Portion(Role.EXCHANGE, company, missing, missing))


def _rounded(value: Fraction) -> int:
    """Round half away from zero, as money is.

    >>> _rounded(Fraction(5, 2)), _rounded(Fraction(-5, 2)), _rounded(Fraction(7, 3))
    (3, -3, 2)
    """
    whole = int(abs(value) + Fraction(1, 2))
    return whole if value >= 0 else -whole
