"""``AmtDtls`` and ``Chrgs``: what was ordered before conversion, at which rate, at what fee.

Nothing here is part of a balance: what cannot be read is left out, and refuses no file.
"""

import re
from decimal import Decimal
from typing import Any

from ..errors import StatementError
from ..statement import Charge
from .values import ValueReader, child, children, descend, direction, indicator, text

_RATE = re.compile(r"\d{1,18}(?:\.\d{1,18})?", re.ASCII)
#: Where the amount before conversion stands, the payer's order first.
_ORDERED = ("InstdAmt", "TxAmt", "CntrValAmt")
#: Also these may give the rate.
_CONVERTED = (*_ORDERED, "AnncdPstngAmt", "PrtryAmt")

#: Original amount, its currency, the rate.
Original = tuple[int | None, str | None, Decimal | None]
NOTHING: Original = (None, None, None)


def original(node: dict, sign: int, currency: str, values: ValueReader) -> Original:
    """Return what was ordered, where it was in another currency than ``currency``.

    Version 04 moved the amount of a transaction to ``Amt``; a foreign one there is the order too.

    :param node: ``Ntry`` or ``TxDtls``
    :param sign: direction of the entry or transaction
    """
    details = child(node, "AmtDtls")
    candidates = [descend(details, name, "Amt") for name in _ORDERED] if details else []
    if type(own := child(node, "Amt")) is dict and own.get("@Ccy") not in (None, currency):
        candidates.append(own)
    for candidate in candidates:
        if type(candidate) is not dict or candidate.get("@Ccy") in (None, currency):
            continue
        try:
            minor, found = values.amount(candidate, "Amt", None)
        except StatementError:
            continue
        return sign * abs(minor), found, _rate(details)
    return NOTHING


def _rate(details: Any) -> Decimal | None:
    """Return the first rate there is, as the bank quotes it."""
    for name in _CONVERTED:
        rate = text(descend(details, name, "CcyXchg", "XchgRate"))
        if rate and _RATE.fullmatch(rate) and (number := Decimal(rate)):
            return number
    return None


def charges(node: dict, currency: str, values: ValueReader) -> tuple[Charge, ...]:
    """Return the fees of an entry or a transaction, the total where there are no single ones.

    Up to version 02 every ``Chrgs`` was one fee, since then each has records ``Rcrd``.
    """
    found: list[Charge] = []
    for holder in children(node, "Chrgs"):
        if type(holder) is not dict:
            continue
        records = children(holder, "Rcrd") or ([holder] if "Amt" in holder else [])
        read = [_charge(record, record.get("Amt"), currency, values) for record in records]
        if not any(read) and "TtlChrgsAndTaxAmt" in holder:
            read = [_charge(holder, holder["TtlChrgsAndTaxAmt"], currency, values)]
        found += filter(None, read)
    return tuple(found)


def _charge(record: Any, amount: Any, currency: str, values: ValueReader) -> Charge | None:
    """Return one fee; a credit is a fee given back. A fee of nothing is none."""
    if type(record) is not dict or amount is None:
        return None
    try:
        minor, found = values.amount(amount, "Amt", currency)
        if not minor:
            return None
        included = indicator(record, "ChrgInclInd") if "ChrgInclInd" in record else None
        return Charge(-direction(record, -1) * minor, found, included)
    except StatementError:
        return None
