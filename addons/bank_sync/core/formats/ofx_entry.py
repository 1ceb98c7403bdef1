"""``STMTTRN`` -> one entry."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from ..errors import StatementError
from ..money import NO_CURRENCY
from ..statement import Entry
from .ofx_text import Node
from .ofx_values import read_amount, read_day

Warn = Callable[[str, str], None]

_RATE = re.compile(r"[0-9]{1,10}(?:\.[0-9]{0,20})?")
_CURRENCY = re.compile(r"[A-Z]{3}")


def is_currency(symbol: str) -> bool:
    """Return whether it is written like an ISO 4217 code."""
    return _CURRENCY.fullmatch(symbol) is not None


def read_account(node: Node) -> str | None:
    """Return ``ACCTID`` of an account aggregate."""
    return _text(node, "ACCTID")


def read_entry(node: Node, *, currency: str | None, pending: bool, place: str, warn: Warn) -> Entry:
    """Return one transaction.

    The sign of ``TRNAMT`` is its direction, whatever ``TRNTYPE`` says. ``CURRENCY`` means that
    ``TRNAMT`` is in that currency and nobody has converted it; ``ORIGCURRENCY`` that the bank has
    converted it into the account's, and from which.

    :param currency: of the account, ``None`` where the file does not say it
    :raise StatementError: ``missing``, ``bad_amount``, ``amount_precision``, ``bad_date``
    """
    original, rate = None, None
    own, foreign = _child(node, "CURRENCY"), _child(node, "ORIGCURRENCY")
    if symbol := _text(own, "CURSYM"):
        if symbol.upper() != currency:
            currency = symbol.upper()
            rate = _rate(own)
    elif is_currency((_text(foreign, "CURSYM") or "").upper()):
        original, rate = foreign["CURSYM"].upper(), _rate(foreign)
    if currency is None:
        currency = NO_CURRENCY  # that of the account the file is imported into
    written = _text(node, "TRNAMT")
    if written is None:
        raise StatementError("missing", f"{place}/TRNAMT", "the amount (TRNAMT)")
    if action := _text(node, "CORRECTACTION"):
        warn("correction", f"{action} {_text(node, 'CORRECTFITID') or ''}".strip())
    memos = (_text(node, "MEMO"), _text(node, "MEMO2"))
    return Entry(
        booking_date=_booked(node, pending, place),
        value_date=_day(node, ("DTAVAIL", "VALUEDATE"), place),
        amount=read_amount(written, currency, f"{place}/TRNAMT", warn),
        currency=currency,
        entry_reference=_text(node, "FITID"),
        servicer_reference=_text(node, "SRVRTID") or _text(node, "REFNUM"),
        counterparty_name=_name(node),
        counterparty_account=_counterparty_account(node),
        remittance=tuple(memo for memo in memos if memo),
        bank_transaction_code=_text(node, "TRNTYPE"),
        pending=pending,
        description=_description(node),
        original_currency=original,
        exchange_rate=rate,
    )


def _booked(node: Node, pending: bool, place: str) -> date | None:
    if pending:
        return None
    day = _day(node, ("DTPOSTED",), place)
    if day is None:
        raise StatementError("missing", f"{place}/DTPOSTED", "the date (DTPOSTED)")
    return day


def _day(node: Node, names: tuple[str, ...], place: str) -> date | None:
    for name in names:
        # An optional date of noughts alone is none.
        if (written := _text(node, name)) and (written.strip("0") or name == "DTPOSTED"):
            return read_day(written, f"{place}/{name}")
    return None


def _name(node: Node) -> str | None:
    """Return the longest form of the counterparty's name the bank gives."""
    payee = _child(node, "PAYEE")
    return _text(node, "EXTDNAME") or _text(node, "NAME") or _text(payee, "NAME")


def _counterparty_account(node: Node) -> str | None:
    return read_account(_child(node, "BANKACCTTO") or _child(node, "CCACCTTO"))


def _description(node: Node) -> str | None:
    """Return what no field of an entry holds, with the names of the specification."""
    said = []
    number = _text(node, "CHECKNUM")
    if number and number.strip("0"):
        said.append(f"CHECKNUM {number}")
    if _text(node, "SRVRTID") and _text(node, "REFNUM"):
        said.append(f"REFNUM {_text(node, 'REFNUM')}")
    day = _text(node, "DTUSER")
    posted = _text(node, "DTPOSTED") or ""
    if day and day[:8] != posted[:8]:
        said.append(f"DTUSER {day[:8]}")
    said += [f"{name} {_text(node, name)}" for name in ("SIC", "PAYEEID") if _text(node, name)]
    return ", ".join(said) or None


def _rate(node: Node) -> Decimal | None:
    written = (_text(node, "CURRATE") or "").replace(",", ".")
    if _RATE.fullmatch(written) is None:
        return None
    return Decimal(written) or None


def _text(node: Node, name: str) -> str | None:
    found = node.get(name)
    return found if isinstance(found, str) and found else None


def _child(node: Node, name: str) -> Node:
    found = node.get(name)
    return found if isinstance(found, dict) else {}
