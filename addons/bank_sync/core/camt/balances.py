"""``Bal`` -> opening and closing balance of a statement."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..errors import StatementError
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
    """Return the balance of the first of ``types`` there is, in the currency of the account.

    Of several of one type, the one of the earliest day, or with ``last`` of the latest day; on
    the same day the first, or the last, the bank gives.
    """
    candidates = [balance for balance in balances if balance.currency == currency]
    for wanted in types:
        found = [balance for balance in candidates if balance.type == wanted]
        if found:
            ordered = sorted(found, key=lambda balance: balance.day or date.min)
            return ordered[-1] if last else ordered[0]
    return None
