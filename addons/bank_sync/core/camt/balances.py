"""``Bal`` -> opening and closing balance of a statement."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..errors import StatementError
from ..money import to_decimal_text, to_minor
from .values import ValueReader, child, descend, direction, text

#: Balance types in the order they are believed. ``PRCD`` (previously closed booked) is the
#: opening balance where ``OPBD`` is left out; 010 and 015 are BAI codes which some North American
#: banks carry over into camt.
OPENING_TYPES = ("OPBD", "PRCD", "010")
CLOSING_TYPES = ("CLBD", "015")


@dataclass(frozen=True, slots=True)
class Balance:
    """One balance, signed minor units of ``currency``, as of ``day``."""

    type: str | None
    amount: int
    currency: str
    day: date | None


def read_balance(node: Any, *, currency: str | None, values: ValueReader) -> Balance:
    """Return one balance; ``place`` of an error is relative to ``Bal``.

    Only ``Amt`` itself counts: ``CdtLine`` and ``Avlbty`` hold amounts of their own. Without
    ``CdtDbtInd`` the amount stands as written, and there a minus sign is an overdraft.

    :raise StatementError: when amount, direction or date cannot be read
    """
    if type(node) is not dict:
        raise StatementError("missing", "Amt", "the amount")
    amount, currency = values.amount(node.get("Amt"), "Amt", currency)
    if amount < 0 and "CdtDbtInd" in node:
        raise StatementError("negative_amount", "Amt", text(node["Amt"]))
    kind = descend(node, "Tp", "CdOrPrtry") or child(node, "Tp")
    code = text(child(kind, "Cd")) or text(child(kind, "Prtry"))
    return Balance(code, direction(node, 1) * amount, currency, values.date(node, "Dt"))


def choose(
    balances: Iterable[Balance], types: tuple[str, ...], currency: str | None, *, last: bool
) -> Balance | None:
    """Return the balance of the first of ``types`` there is, if possible in ``currency``.

    Of several of one type, the one of the earliest day, or with ``last`` of the latest day; on
    the same day the first, or the last, the bank gives. A balance in another currency than the
    account's is an error of the bank; it is returned where there is no other, because a balance
    that cannot be right must fail the proof, not be overlooked.
    """
    balances = [balance for balance in balances if balance.type in types]
    in_currency = [balance for balance in balances if balance.currency == currency]
    for wanted in types:
        found = [balance for balance in in_currency or balances if balance.type == wanted]
        if found:
            ordered = sorted(found, key=lambda balance: balance.day or date.min)
            return ordered[-1] if last else ordered[0]
    return None


def amount_in(balance: Balance | None, currency: str | None) -> int | None:
    """Return the figure of a balance in minor units of ``currency``, without converting it.

    >>> amount_in(Balance("CLBD", -2700, "SEK", None), "EUR")
    -2700
    >>> amount_in(Balance("CLBD", 2700, "JPY", None), "EUR")
    270000

    :return: ``None`` where there is no balance, or the figure has too many decimals
    """
    if balance is None or currency is None:
        return None
    if balance.currency == currency:
        return balance.amount
    try:
        return to_minor(to_decimal_text(balance.amount, balance.currency), currency)
    except ValueError:
        return None
