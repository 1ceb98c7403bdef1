"""Movements and information of the library -> entries."""

import re
from collections import defaultdict
from decimal import Decimal
from typing import Any

from ..errors import StatementError
from ..formats.belgian import is_communication, structured_communication
from ..formats.values import minor, scaled
from ..statement import Charge, Entry, EntryDetail
from .records import Group

#: Communications whose text begins with a structured reference, after the four digits of the type.
_WITH_REFERENCE = {"100", "101", "102"}
_SEPA_DEBIT, _CONVERTED, _CHARGED, _NAME = "127", "105", "106", "001"
#: Original amount (three decimals), rate (eight decimals), original currency.
_ORIGINAL = re.compile(r"(\d{15})(\d{12})([A-Z]{3})", re.ASCII)
#: Totals, whose details are the payments: made up by the customer, or by the bank.
_TOTALS = ("1", "2")
_REASON = re.compile(r"[A-Z]{2}\d{2}", re.ASCII)
_NOT_PROVIDED = "NOTPROVIDED"


class EntryReader:
    """Reads the movements of one statement.

    :param currency: of the account
    :param group: the records they were read from
    """

    def __init__(self, statement: Any, currency: str, group: Group) -> None:
        self._currency = currency
        self._group = group
        #: A movement and its information share the sequence number and the bank's reference.
        self._information: dict[tuple[str, str], list[Any]] = defaultdict(list)
        for reference, found in statement.informations.items():
            for information in found:
                self._information[information.sequence, reference].append(information)

    def entry(self, move: Any) -> Entry:
        """Return one movement with its details."""
        information = self._take_information(move)
        details = tuple(self._detail(detail) for detail in move.moves)
        return Entry(
            move.entry_date,
            self._value_date(move),
            **self._payment(move, information),
            reversal=False,
            details=details,
            description=" ".join(_texts(information)) or None,
            batch_size=len(details) or None if self._is_total(move) else None,
            charges=tuple(
                Charge(-detail.amount, detail.currency, True)
                for moved, detail in zip(move.moves, details, strict=True)
                if moved.communication_type == _CHARGED
            ),
        )

    def _detail(self, move: Any) -> EntryDetail:
        return EntryDetail(**self._payment(move, self._take_information(move)))

    def _payment(self, move: Any, information: list[Any]) -> dict[str, Any]:
        """Return what an entry and a detail have in common."""
        kind = move.communication_type
        raw = move._communication or ""
        reference, remittance = _communication(kind, move, raw)
        account = next(iter((move.counterparty_account or "").split()), "")
        end_to_end = (move.customer_reference or "").strip()
        return {
            "amount": self._minor(move),
            "currency": self._currency,
            "servicer_reference": move.bank_reference.strip() or None,
            "end_to_end_id": None if end_to_end in ("", _NOT_PROVIDED) else end_to_end,
            "mandate_id": raw[48:83].strip() or None if kind == _SEPA_DEBIT else None,
            "creditor_reference": reference,
            "counterparty_name": (move.counterparty_name or "").strip() or _name(information),
            "counterparty_account": account if account.strip("0") else None,
            "remittance": remittance,
            "bank_transaction_code": self._code(move),
            "return_reason": _return_reason(kind, move, raw),
            **self._conversion(kind, move, raw),
        }

    def _conversion(self, kind: str | None, move: Any, raw: str) -> dict[str, Any]:
        """Return original amount and rate of communication 105; they refuse no file."""
        match = _ORIGINAL.match(raw, 19)
        if kind != _CONVERTED or match is None or match[3] == self._currency:
            return {}
        try:
            amount = minor(scaled(match[1], 3), match[3], self._group.lines[_key(move)])
        except StatementError:
            return {}
        rate = Decimal(scaled(match[2], 8).rstrip("0"))
        return {
            "original_amount": amount if move.amount >= 0 else -amount,
            "original_currency": match[3],
            "exchange_rate": rate or None,
        }

    def _minor(self, move: Any) -> int:
        return minor(format(move.amount, "f"), self._currency, self._group.lines[_key(move)])

    def _value_date(self, move: Any) -> Any:
        return None if _key(move) in self._group.undated else move.value_date

    def _is_total(self, move: Any) -> bool:
        return self._code(move)[:1] in _TOTALS

    def _code(self, move: Any) -> str:
        kind = self._group.types.get(_key(move), move.transaction_code[:1])
        return f"{kind}{move.transaction_code[1:]}".strip()

    def _take_information(self, move: Any) -> list[Any]:
        """Return what the bank adds to a movement; the first that asks has it."""
        return self._information.pop((move.sequence, move.bank_reference), [])


def _name(information: list[Any]) -> str | None:
    """Return the name the bank gives apart from the movement."""
    named = (found.name for found in information if found.communication_type == _NAME)
    return next(filter(None, named), None)


def _texts(information: list[Any]) -> list[str]:
    """Return the bank's own words, free of structure."""
    free = (found._communication or "" for found in information if not found.communication_type)
    return [text for written in free if (text := " ".join(written[1:].split()))]


def _key(move: Any) -> str:
    return move.sequence + move.detail_sequence


def _communication(kind: str | None, move: Any, raw: str) -> tuple[str | None, tuple[str, ...]]:
    """Return the structured reference and the text."""
    text = " ".join((raw[1:] if kind is None else move.communication or "").split())
    if kind in _WITH_REFERENCE:
        return text or None, ()
    if kind == _CONVERTED:
        return (text, ()) if is_communication(text) else (None, ())
    return structured_communication(text), (text,) if text else ()


def _return_reason(kind: str | None, move: Any, raw: str) -> str | None:
    """Return why a payment came back: of record 22, else of a SEPA direct debit."""
    reasons = (move.r_reason or "", raw[146:150] if kind == _SEPA_DEBIT else "")
    return next((reason for reason in reasons if _REASON.fullmatch(reason)), None)
