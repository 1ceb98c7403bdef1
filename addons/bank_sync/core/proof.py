"""Balance proof: does opening + booked entries give closing?"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from .statement import Entry, Statement


@dataclass(frozen=True, slots=True)
class Proof:
    """Outcome of a balance proof, all amounts in minor units of the account currency.

    :param status: ``proved``: opening + total is closing. ``failed``: it is not.
        ``unproven``: a balance is missing, or the account currency cannot be told.
    :param difference: closing - (opening + total); ``None`` when unproven
    :param total: sum of the booked entries in the account currency; ``None`` when the currency
        cannot be told
    """

    status: Literal["proved", "failed", "unproven"]
    difference: int | None
    opening: int | None
    closing: int | None
    total: int | None


def prove(
    opening: int | None,
    closing: int | None,
    entries: Iterable[Entry],
    *,
    currency: str | None = None,
) -> Proof:
    """Prove that the entries explain the movement between two balances of one account.

    Pending entries are not in a booked balance and do not count; neither do entries in another
    currency than the account's. Currencies are never added: without ``currency`` the booked
    entries must all share one, else nothing is proved.

    >>> from datetime import date
    >>> day = date(2026, 3, 2)
    >>> receipt = Entry(day, day, 1000, "EUR")
    >>> prove(10000, 11000, [receipt], currency="EUR").status
    'proved'
    >>> prove(10000, 99999, [receipt], currency="EUR").difference
    88999
    >>> prove(None, 11000, [receipt]).status
    'unproven'

    :param opening: booked balance before the first entry, minor units, ``None`` if unknown
    :param closing: booked balance after the last entry, minor units, ``None`` if unknown
    :param currency: the account's currency
    """
    booked = [entry for entry in entries if not entry.pending]
    if currency is None:
        currencies = {entry.currency for entry in booked}
        if len(currencies) > 1:
            return Proof("unproven", None, opening, closing, None)
        total = sum(entry.amount for entry in booked)
    else:
        total = sum(entry.amount for entry in booked if entry.currency == currency)
    if opening is None or closing is None:
        return Proof("unproven", None, opening, closing, total)
    difference = closing - opening - total
    return Proof("failed" if difference else "proved", difference, opening, closing, total)


def prove_statement(statement: Statement) -> Proof:
    """Return the proof of one statement, in the statement's own currency."""
    return prove(
        statement.opening, statement.closing, statement.entries, currency=statement.currency
    )
