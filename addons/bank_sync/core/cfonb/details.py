"""Records 05: what is known of an entry beyond its line, each under three letters."""

import contextlib
import re
from dataclasses import dataclass, field
from decimal import Decimal

from ..errors import StatementError
from ..formats.values import minor, scaled
from ..statement import Charge
from .records import Record

#: Currency, number of decimals, amount.
_MONEY = re.compile(r"([A-Z]{3})(\d)(\d{14})", re.ASCII)
_RATE = re.compile(r"(\d)(\d{1,11})", re.ASCII)
_NOT_PROVIDED = "NOTPROVIDED"


@dataclass(slots=True)
class Details:
    """All 05 records of one entry; qualifiers we do not know are passed over."""

    end_to_end_id: str | None = None
    mandate_id: str | None = None
    creditor_reference: str | None = None
    bank_reference: str | None = None
    labels: list[str] = field(default_factory=list)
    remittance: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    original_amount: int | None = None
    original_currency: str | None = None
    exchange_rate: Decimal | None = None
    charges: list[Charge] = field(default_factory=list)

    def take(self, record: Record) -> None:
        """Take one record."""
        qualifier, first = record.text[45:48], record.column(48, 83)
        if qualifier == "LIB" and (label := record.column(48, 118)):
            self.labels.append(label)
        elif qualifier in ("LCC", "LC2") and (line := record.column(48, 118)):
            self.remittance.append(line)
        elif qualifier == "LCS":
            self.creditor_reference = self.creditor_reference or first
        elif qualifier == "RCN" and first != _NOT_PROVIDED:
            self.end_to_end_id = first
        elif qualifier == "RUM":
            self.mandate_id = first
        elif qualifier == "REF":
            self.bank_reference = first
        elif qualifier in ("NPY", "NBE", "NPO", "NBU") and first:
            self.names.setdefault(qualifier, first)
        elif qualifier in ("MMO", "FEE"):
            self._take_money(qualifier, record)

    def counterparty_name(self, *, credit: bool) -> str | None:
        """Return who paid us (``credit``) or whom we paid; some banks know only one qualifier."""
        order = ("NPY", "NPO", "NBE", "NBU") if credit else ("NBE", "NBU", "NPY", "NPO")
        return next((self.names[name] for name in order if name in self.names), None)

    def _take_money(self, qualifier: str, record: Record) -> None:
        """Take a fee or an original amount; no part of a balance, so it refuses no file."""
        match = _MONEY.match(record.text, 48)
        if match is None:
            return
        with contextlib.suppress(StatementError):
            amount = minor(scaled(match[3], int(match[2])), match[1], record.line)
            if qualifier == "FEE":
                self.charges += [Charge(amount, match[1])] if amount else []
                return
            self.original_amount, self.original_currency = amount, match[1]
            if rate := _RATE.match(record.text, match.end()):
                self.exchange_rate = Decimal(scaled(rate[2], int(rate[1]))) or None
