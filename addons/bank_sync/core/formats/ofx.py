"""OFX 1 (SGML) and 2 (XML), as banks write it.

Own reader: the strict library refuses half of the files real banks write, the tolerant one is
unmaintained and takes quadratic time. Tags are those of the OFX specification, 2.3.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from ..errors import StatementError
from ..limits import Limits
from ..money import NO_CURRENCY
from ..statement import Entry, Statement
from ..statement_file import ReadWarning, StatementFile
from .ofx_entry import is_currency, read_account, read_entry
from .ofx_text import Node, build_node, ofx_text, ofx_version, read_tags
from .ofx_values import read_amount, read_day
from .text import read_bytes

#: Statements of a bank account and of a credit card.
_STATEMENTS = ("STMTRS", "CCSTMTRS")
#: Statements we do not read: they are about securities, or debts without a bank account.
_OTHER_STATEMENTS = ("INVSTMTRS", "LOANSTMTRS")
_TRANSACTIONS = ("STMTTRN", "STMTTRNP")
#: What is read as a whole, from its tag to its end tag.
_RECORDS = (*_TRANSACTIONS, "LEDGERBAL", "BANKACCTFROM", "CCACCTFROM", "STATUS")
#: Tags that cannot stand inside a record: one of them there means its end is missing.
_STRUCTURE = {
    *_STATEMENTS,
    *_OTHER_STATEMENTS,
    *_RECORDS,
    "OFX",
    "BANKTRANLIST",
    "BANKTRANLISTP",
    "STMTTRNRS",
    "CCSTMTTRNRS",
}
#: Most tags inside one record; the specification knows some sixty.
_MAX_TAGS = 1000
_MAX_STATEMENTS = 10_000
#: Lines an entry has at least where tags stand on lines; an OFX file need not have any.
_LINES_PER_ENTRY = 3
_STRUCTURE |= {"/" + name for name in _STRUCTURE}


class OfxFormat:
    """Keeps :class:`~.base.StatementFormat`."""

    names = ("OFX",)

    def recognises(self, head: bytes) -> bool:
        """Return whether the file has the OFX header, or begins with ``<OFX>`` without one."""
        text = head.replace(b"\0", b"").upper()
        return b"OFXHEADER" in text or b"<OFX>" in text or b"<OFX " in text

    def read(self, stream: BinaryIO, limits: Limits) -> StatementFile:
        """Return what the file says.

        :raise StatementError: when the file is refused
        """
        return read_ofx(stream, limits)


OFX = OfxFormat()


def read_ofx(stream: BinaryIO, limits: Limits) -> StatementFile:
    """Read a whole OFX file: bank and credit card statements.

    ``LEDGERBAL`` is the closing balance; OFX has no opening one. Investment and loan statements
    are not bank statements and are passed over with a warning.

    :raise StatementError: when the file is refused: also where the bank answers with an error
        (``bank_error``), or where there is no bank statement in it (``investment_only``)
    """
    text = ofx_text(read_bytes(stream, limits))
    collector = _Collector(limits.max_lines // _LINES_PER_ENTRY)
    version = ofx_version(text)
    _walk(read_tags(text), collector)
    statements = collector.finish()
    return StatementFile("OFX", version, statements, tuple(collector.warnings))


def _walk(tags: Iterator[tuple[str, str]], collector: "_Collector") -> None:
    """Hand over statements and records; refuse a file that ends before ``</OFX>``."""
    ended = False
    for tag, text in tags:
        if tag in _RECORDS:
            if text:
                raise StatementError("bad_record", collector.place(tag), text)
            collector.take(tag, _record(tag, tags, collector))
        elif tag in _STATEMENTS or tag in _OTHER_STATEMENTS:
            collector.open(tag)
        elif tag == "CURDEF":
            collector.set_currency(text)
        elif tag in ("/STMTTRNRS", "/CCSTMTTRNRS"):
            collector.end()
        ended = tag == "/OFX" or (ended and tag != "OFX")
    if not ended:
        raise StatementError("truncated")


def _record(name: str, tags: Iterator[tuple[str, str]], collector: "_Collector") -> Node:
    place = collector.place(name)
    inside = []
    for tag, text in tags:
        if tag == "/" + name:
            return build_node(inside, place)
        if tag in _STRUCTURE:
            raise StatementError("bad_record", place, f"{name} has no end tag")
        inside.append((tag, text))
        if len(inside) > _MAX_TAGS:
            raise StatementError("too_large", place, f"{_MAX_TAGS} tags")
    raise StatementError("truncated")


class _Collector:
    """Gathers the statements of a file, and at most so many ``entries``."""

    def __init__(self, entries: int) -> None:
        self._most = self._left = entries
        self.warnings: list[ReadWarning] = []
        self._statements: list[Statement] = []
        self._builder: _StatementBuilder | None = None
        self._errors: list[str] = []
        self._others = 0
        #: Inside a statement of another kind, whose transactions are passed over.
        self._passing = False
        self._ended = False

    def place(self, record: str) -> str:
        """Return where a record stands."""
        return self._builder.place_of(record) if self._builder else record

    def open(self, tag: str) -> None:
        """Begin the statement of a ``STMTRS``; another kind of statement has no builder."""
        self.close()
        self._passing, self._ended = tag in _OTHER_STATEMENTS, False
        if len(self._statements) + self._others >= _MAX_STATEMENTS:
            raise StatementError("too_large", None, f"{_MAX_STATEMENTS} statements")
        if tag in _STATEMENTS:
            self._builder = _StatementBuilder(f"{tag}[{len(self._statements) + 1}]")
        else:
            self._others += 1
            self.warnings.append(ReadWarning("not_a_bank_statement", tag))

    def end(self) -> None:
        """Note the end of a response: from here on only a balance can belong to the statement."""
        self._ended = True

    def close(self) -> None:
        """Finish a statement; not at any end tag, because its balance may stand behind it."""
        if self._builder is not None:
            self._statements.append(self._builder.build())
            self.warnings += self._builder.warnings
            self._builder = None

    def set_currency(self, text: str) -> None:
        """Take ``CURDEF``."""
        if self._builder is not None and not self._ended:
            self._builder.currency = text.upper() or None

    def take(self, tag: str, node: Node) -> None:
        """Take one record; outside a bank statement only an error of the bank counts."""
        self._left -= 1
        if self._left < 0:
            raise StatementError("too_large", None, f"{self._most} entries")
        if tag == "STATUS":
            if _word(node, "SEVERITY").upper() == "ERROR":
                words = f"{_word(node, 'CODE')} {_word(node, 'MESSAGE')}".strip()
                self._errors.append(words or "ERROR")
        elif tag in _TRANSACTIONS and (self._ended or self._builder is None):
            if not self._passing:
                raise StatementError("out_of_place", tag, tag)
        elif self._builder is not None and not (self._ended and tag != "LEDGERBAL"):
            self._builder.take(tag, node)

    def finish(self) -> tuple[Statement, ...]:
        """Return the statements of a file that has been read to its end."""
        self.close()
        if not self._statements:
            if self._errors:
                raise StatementError("bank_error", None, self._errors[0])
            if self._others:
                raise StatementError("investment_only")
            raise StatementError("no_statement", None, "STMTRS is missing")
        self.warnings += [ReadWarning("bank_error", "STATUS", words) for words in self._errors]
        return tuple(self._statements)


def _word(node: Node, name: str) -> str:
    found = node.get(name, "")
    return found if isinstance(found, str) else ""


class _StatementBuilder:
    """One statement in the making."""

    def __init__(self, place: str) -> None:
        self.currency: str | None = None
        self.warnings: list[ReadWarning] = []
        self._place = place
        self._account: str | None = None
        self._balance: Node | None = None
        self._records: list[tuple[str, Node]] = []

    def place_of(self, record: str) -> str:
        """Return the place of the next ``record``."""
        if record in _TRANSACTIONS:
            return f"{self._place}/{record}[{len(self._records) + 1}]"
        return f"{self._place}/{record}"

    def take(self, tag: str, node: Node) -> None:
        """Keep one record until the currency is known, which may stand behind it."""
        if tag in _TRANSACTIONS:
            self._records.append((tag, node))
        elif tag == "LEDGERBAL":
            if self._balance is not None and self._balance != node:
                raise StatementError("repeated", self.place_of(tag), "LEDGERBAL")
            self._balance = node
        elif self._account is None:
            self._account = read_account(node)

    def build(self) -> Statement:
        """Return the statement."""
        if self.currency is not None and not is_currency(self.currency):
            raise StatementError("bad_currency", f"{self._place}/CURDEF", self.currency)
        entries = self._entries()
        if self.currency is None:
            currencies = {entry.currency for entry in entries} - {NO_CURRENCY}
            self.currency = currencies.pop() if len(currencies) == 1 else None
        if self._account is None:
            self._warn("account_missing")
        own = self.currency or NO_CURRENCY
        foreign = Counter(e.currency for e in entries if e.currency != own)
        for code, count in sorted(foreign.items()):
            self.warnings.append(ReadWarning("foreign_currency", self._place, code, count))
        statement = Statement(None, self._account, self.currency, None, None, tuple(entries))
        return self._with_balance(statement)

    def _entries(self) -> list[Entry]:
        entries = []
        for number, (tag, node) in enumerate(self._records, 1):
            place = f"{self._place}/{tag}[{number}]"
            entries.append(
                read_entry(
                    node,
                    currency=self.currency,
                    pending=tag == "STMTTRNP",
                    place=place,
                    warn=lambda code, detail, place=place: self._warn(code, detail, place),
                )
            )
        self._records.clear()
        return entries

    def _with_balance(self, statement: Statement) -> Statement:
        """Add the closing balance; an empty one is none."""
        node, place = self._balance or {}, f"{self._place}/LEDGERBAL"
        written = _word(node, "BALAMT")
        if not written or self.currency is None:
            return statement
        closing = read_amount(written, self.currency, f"{place}/BALAMT", self._warn)
        day = None
        if _word(node, "DTASOF"):
            try:
                day = read_day(_word(node, "DTASOF"), place)
            except StatementError:
                self._warn("balance_date_ignored", _word(node, "DTASOF"), place)
        booked = [e.booking_date for e in statement.entries if e.booking_date is not None]
        if day is not None and booked and day < min(booked):
            # A filler such as 1900-01-01: no balance after these entries is that old.
            self._warn("balance_date_ignored", day.isoformat(), place)
            day = None
        return replace(statement, closing=closing, closing_date=day)

    def _warn(self, code: str, detail: str = "", place: str | None = None) -> None:
        self.warnings.append(ReadWarning(code, place or self._place, detail))
