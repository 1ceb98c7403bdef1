"""MT940 and MT942 -> statements: one message, one statement."""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import BinaryIO

from ..errors import StatementError
from ..formats.text import decode, line_place, read_bytes, split_lines
from ..formats.values import minor
from ..limits import Limits
from ..money import NO_CURRENCY
from ..reversals import turn_reversals
from ..statement import Charge, Entry, Statement
from ..statement_file import ReadWarning, StatementFile
from .blocks import Block, Field, split
from .encoding import central_encoding
from .fields import IBAN, Balance, Line, account, balance, plain_amount, statement_line
from .information import Information, read_information, read_own_fields, reference

_OPENING = ("60", "60F", "60M", "60E")
_CLOSING = ("62", "62F", "62M")
#: Fields that only MT942 has.
_INTERIM = {"34F", "13", "13C", "13D", "90", "90C", "90D"}
#: One of them must be there, or the file says nothing.
_CONTENT = {*_OPENING, *_CLOSING, "61", "34F", "90", "90C", "90D"}
_START, _INDENTED = re.compile(r":20:"), re.compile(r"[ \t]+:20:")
#: ``:90D:``: number of entries, currency, sum.
_SUM = re.compile(r"\d*([A-Z]{3})", re.ASCII)


def read_swift(stream: BinaryIO, limits: Limits) -> StatementFile:
    """Read a whole MT940 or MT942 file; every ``:20:`` begins a statement.

    Amounts are signed by the mark of ``:61:``: RC, the reversal of a credit, is a debit. The
    booking date is the entry date of ``:61:`` in the year nearest to the value date; where the
    bank gives none it is the value date. The entries of MT942 are announced, not yet in the
    books, so they are pending; MT940 brings them again. A day the calendar does not have (30
    February) is the last of its month. All three with a warning.

    :raise StatementError: when the file is refused
    """
    data = read_bytes(stream, limits)
    lines = _lines(split_lines(decode(data, central_encoding(data)), limits))
    blocks = list(split(lines))
    if not blocks:
        raise StatementError("no_statement", None, ":20: is missing")
    if not any(field.tag in _CONTENT for block in blocks for field in block.fields):
        raise StatementError("no_statement", None, ":60F: and :61: are missing")
    _refuse_torn_amount(blocks[-1], lines)
    builders = [_StatementBuilder(block) for block in blocks]
    interim = all(builder.interim for builder in builders)
    statements = tuple(builder.build() for builder in builders)
    warnings = tuple(warning for builder in builders for warning in builder.warnings)
    return StatementFile("MT942" if interim else "MT940", None, statements, warnings)


def _lines(lines: list[str]) -> list[str]:
    """Return the lines; German banks of old wrote ``@@`` for the end of one, others indent all."""
    if any("@@:" in line for line in lines):
        lines = [part for line in lines for part in line.split("@@")]
    if any(_INDENTED.match(line) for line in lines) and not any(map(_START.match, lines)):
        lines = [line.lstrip() for line in lines]
    return lines


def _refuse_torn_amount(block: Block, lines: list[str]) -> None:
    """Refuse a file that was cut off inside its last ``:61:``, where an amount may be torn.

    :raise StatementError: ``truncated``
    """
    last = block.fields[-1] if block.fields else None
    if last is None or last.tag != "61" or last.line != len(lines):
        return
    if lines[-1][-1:] in ("", *"0123456789,."):
        raise StatementError("truncated", line_place(last.line))


class _StatementBuilder:
    """One message in the making."""

    def __init__(self, block: Block) -> None:
        self.warnings: list[ReadWarning] = []
        self._block = block
        self._place = line_place(block.line)
        tags = {field.tag for field in block.fields}
        self.interim = bool(tags & _INTERIM) and not tags & {*_OPENING, *_CLOSING}
        self._impossible: list[str] = []
        self._undated = 0
        self._first: dict[str, Field] = {}
        for field in block.fields:
            self._first.setdefault(field.tag.rstrip("CP") if field.tag[:2] != "90" else "", field)
        written = "".join((self._text("25") or "").split())
        self._account, self._account_currency = account(written)
        self._account_text = written if written != self._account else None

    def build(self) -> Statement:
        """Return the statement, and fill the warnings."""
        opening, opening_line = self._balance(_OPENING, last=False)
        closing, closing_line = self._balance(_CLOSING, last=True)
        currency = self._currency(opening, closing)
        statement = Statement(
            self._text("20"),
            self._account,
            currency,
            _signed(opening, currency, opening_line),
            _signed(closing, currency, closing_line),
            tuple(self._entries(currency)),
            opening.day if opening else None,
            closing.day if closing else None,
            self._text("28"),
            self._account_text or None,
        )
        return self._with_warnings(statement, opening, closing)

    def _text(self, tag: str) -> str | None:
        field = self._first.get(tag)
        if field is None:
            return None
        # Below the account of :25P: stands the bank's BIC.
        lines = field.lines[:1] if field.tag == "25P" else field.lines
        return "".join(line.strip() for line in lines) or None

    def _balance(self, tags: tuple[str, ...], *, last: bool) -> tuple[Balance | None, int]:
        found = [field for field in self._block.fields if field.tag in tags]
        if not found:
            return None, self._block.line
        field = found[-1 if last else 0]
        read = balance("".join(field.lines), field.line)
        if read.impossible_day:
            self._impossible.append(read.impossible_day)
        return read, field.line

    def _currency(self, *balances: Balance | None) -> str | None:
        """Return the currency of the balances, else of the account, else of MT942's own fields."""
        for read in balances:
            if read is not None and read.currency:
                return read.currency
        if self._account_currency:
            return self._account_currency
        for field in self._block.fields:
            if field.tag in ("34F", "90", "90C", "90D") and (found := _SUM.match(field.lines[0])):
                return found[1]
        return None

    def _entries(self, currency: str | None) -> Iterator[Entry]:
        """Yield the entries; the ``:86:`` and ``:NS:`` that follow a ``:61:`` are its own."""
        field: Field | None = None
        texts: list[Field] = []
        for other in self._block.fields:
            if other.tag in ("86", "NS"):
                texts.append(other)
                continue
            if field is not None:
                yield self._entry(field, texts, currency)
            field, texts = (other if other.tag == "61" else None), []
        if field is not None:
            yield self._entry(field, texts, currency)

    def _entry(self, field: Field, texts: list[Field], currency: str | None) -> Entry:
        line = statement_line(field.lines, field.line)
        information = read_information(
            [text.lines for text in texts if text.tag == "86"], line.supplement
        )
        for text in texts:
            if text.tag == "NS":
                read_own_fields(information, text.lines)
        if line.impossible_day:
            self._impossible.append(line.impossible_day)
        self._undated += line.booking_date is None
        # Without balances nothing may name the currency: then it is that of the account's books.
        return _entry(line, information, currency or NO_CURRENCY, field.line, self.interim)

    def _with_warnings(
        self, statement: Statement, opening: Balance | None, closing: Balance | None
    ) -> Statement:
        def warn(code: str, detail: str = "", count: int = 1) -> None:
            self.warnings.append(ReadWarning(code, self._place, detail, count))

        if self.interim:
            warn("interim_report", count=len(statement.entries))
        if self._undated:
            warn("booking_date_from_value_date", count=self._undated)
        if self._impossible:
            warn("impossible_date", self._impossible[0], len(self._impossible))
        if statement.account is None:
            warn("account_missing")
        for name, read in (("opening", opening), ("closing", closing)):
            if read is not None and read.currency not in (None, statement.currency):
                warn("balance_currency_differs", name)
                statement = replace(statement, **{name: None})
        turned = {
            index: replace(entry, amount=-entry.amount)
            for index, entry in enumerate(statement.entries)
            if entry.reversal
        }
        if decided := turn_reversals(statement, turned):
            warn("reversal_direction", count=len(turned))
            return decided
        return statement


def _signed(read: Balance | None, currency: str | None, line: int) -> int | None:
    if read is None:
        return None
    amount = minor(read.amount, currency, line)
    return amount if read.positive else -amount


def _entry(
    line: Line, information: Information, currency: str, number: int, interim: bool
) -> Entry:
    amount = line.sign * minor(line.amount, currency, number)
    code = (line.type, information.code, information.prima_nota)
    own_reference = reference(line.reference)
    # Old Rabobank and ASN: the account of the other side stands where others have a reference.
    is_account = bool(line.behind or (own_reference and IBAN.fullmatch(own_reference)))
    original_currency, original_amount = _ordered(information, currency, number)
    return Entry(
        line.booking_date or line.value_date,
        line.value_date,
        amount,
        currency,
        servicer_reference=line.bank_reference,
        end_to_end_id=information.end_to_end_id or (None if is_account else own_reference),
        mandate_id=information.mandate_id,
        creditor_reference=information.creditor_reference,
        counterparty_name=information.name or line.behind,
        counterparty_account=information.account or (own_reference if is_account else None),
        remittance=tuple(information.remittance),
        bank_transaction_code="+".join(part for part in code if part) or None,
        return_reason=information.return_reason,
        reversal=line.reversal,
        pending=interim or line.expected,
        description=information.posting_text,
        original_amount=None if original_amount is None else line.sign * original_amount,
        original_currency=original_currency,
        exchange_rate=_rate(information, number),
        charges=_charges(information, currency, abs(amount), number),
    )


def _charges(
    information: Information, currency: str | None, amount: int, number: int
) -> tuple[Charge, ...]:
    """Return the fees; they are in the amount where it is the original amount and the fees."""
    fees = [
        (fee, charged or currency)
        for charged, written in information.charges
        if (fee := _aside(written, charged or currency, number))
    ]
    included = None
    if fees and information.ordered and all(charged == currency for _fee, charged in fees):
        ordered, written = information.ordered
        base = _aside(written, currency, number) if ordered in (None, currency) else None
        if base is not None and base + sum(fee for fee, _charged in fees) == amount:
            included = True
    return tuple(Charge(fee, charged, included) for fee, charged in fees)


def _ordered(
    information: Information, currency: str | None, number: int
) -> tuple[str | None, int | None]:
    """Return currency and amount of the order, where it was in another currency."""
    ordered, written = information.ordered or (None, "")
    amount = _aside(written, ordered, number) if ordered not in (None, currency) else None
    return (None, None) if amount is None else (ordered, amount)


def _aside(written: str, currency: str | None, number: int) -> int | None:
    """Return an amount that is no part of a balance: where it cannot be read there is none."""
    try:
        return minor(plain_amount(written, number), currency, number)
    except StatementError:
        return None


def _rate(information: Information, number: int) -> Decimal | None:
    try:
        written = plain_amount((information.exchange_rate or "").rstrip(".,"), number)
    except StatementError:
        return None
    return Decimal(written) or None
