"""camt.052, camt.053 and camt.054 -> statements, in one pass and without holding the XML."""

from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any, BinaryIO

from ..entry_store import details_difference
from ..errors import StatementError
from ..limits import Limits
from ..money import to_decimal_text
from ..proof import prove_statement
from ..reversals import turn_reversals
from ..statement import Entry, Statement
from ..statement_file import ReadWarning, StatementFile
from .balances import (
    CLOSING_TYPES,
    OPENING_TYPES,
    Balance,
    amount_in,
    choose,
    read_balance,
)
from .details import account_identifier
from .entries import read_entry
from .values import ValueReader, child, descend, text
from .xml_stream import Message, XmlStream, message_format


def read_camt(stream: BinaryIO, *, limits: Limits | None = None) -> StatementFile:
    """Read a whole camt.052, camt.053 or camt.054 file of any version.

    ``stream`` is read once, in pieces, and not closed. Nothing is returned before the file has
    been read to its end, so a truncated file gives an error and no entries. No network, no other
    file and no entity is ever touched.

    An entry without a booking date takes its value date, else the day of the closing balance,
    else none; each with a warning.

    :raise StatementError: when the file is refused; see there for code and place
    """
    source = XmlStream(stream, limits or Limits())
    message = source.find_message()
    collector = _Collector(message)
    source.items(message.depth + 2, collector.take)
    return collector.finish()


class _Collector:
    """Gathers the statements of a message from the elements the stream hands over."""

    def __init__(self, message: Message) -> None:
        self._message = message
        self._values = ValueReader()
        self._statements: list[Statement] = []
        self._warnings: list[ReadWarning] = []
        self._builder: _StatementBuilder | None = None
        #: The path element of the statement being read; a new object for every element.
        self._element: object = None

    def take(self, path: list, item: Any) -> None:
        """Take one child of a statement; other elements at the same depth are passed over."""
        depth = self._message.depth
        holder = message_format(path[depth - 1][0])
        if holder is None:
            return
        if holder[0] != self._message.format:
            raise StatementError("mixed_messages", None, f"{self._message.format}, {holder[0]}")
        element = path[depth]
        if element[0] != self._message.tag:
            return
        if element is not self._element:
            self._close()
            self._element = element
            place = f"{self._message.tag}[{len(self._statements) + 1}]"
            self._builder = _StatementBuilder(place, self._values)
        self._builder.take(path[-1][0], item)

    def finish(self) -> StatementFile:
        """Return the file, once it has been read to its end."""
        self._close()
        message = self._message
        if not self._statements:
            raise StatementError("no_statement", None, f"{message.tag} is missing")
        return StatementFile(
            message.format, message.version, tuple(self._statements), tuple(self._warnings)
        )

    def _close(self) -> None:
        if self._builder is not None:
            self._statements.append(self._builder.build())
            self._warnings += self._builder.warnings
            self._builder = None


class _StatementBuilder:
    """One statement in the making."""

    def __init__(self, place: str, values: ValueReader) -> None:
        self.warnings: list[ReadWarning] = []
        self._place = place
        self._values = values
        self._texts: dict[str, str | None] = {}
        self._account: str | None = None
        self._account_currency: str | None = None
        self._balances: list[Balance] = []
        self._entries: list[Entry] = []
        #: Reversals read the other way round: index -> entry.
        self._turned: dict[int, Entry] = {}
        self._announced_entries: str | None = None

    def take(self, name: str, item: Any) -> None:
        """Take one child of the statement; what we do not use is passed over."""
        if name == "Ntry":
            self._take_entry(item)
        elif name == "Bal":
            place = f"{self._place}/Bal[{len(self._balances) + 1}]"
            currency = self._account_currency
            try:
                balance = read_balance(item, currency=currency, values=self._values)
            except StatementError as error:
                raise _inside(place, error) from error
            self._balances.append(balance)
        elif name == "Acct":
            self._account = account_identifier(item)
            self._account_currency = text(child(item, "Ccy"))
        elif name in ("Id", "ElctrncSeqNb", "LglSeqNb"):
            self._texts[name] = (text(item) or "").strip() or None
        elif name == "TxsSummry":
            self._announced_entries = text(descend(item, "TtlNtries", "NbOfNtries"))

    def build(self) -> Statement:
        """Return the statement, with what only its end can tell."""
        currency = self._currency()
        opening = choose(self._balances, OPENING_TYPES, currency, last=False)
        closing = choose(self._balances, CLOSING_TYPES, currency, last=True)
        closing_date = closing.day if closing else None
        self._date_entries(closing_date)
        self._warn_about_entries(currency)
        statement = Statement(
            self._texts.get("Id"),
            self._account,
            currency,
            amount_in(opening, currency),
            amount_in(closing, currency),
            tuple(self._entries),
            opening.day if opening else None,
            closing_date,
            self._texts.get("ElctrncSeqNb") or self._texts.get("LglSeqNb"),
        )
        statement = self._without_false_proof(statement, opening, closing)
        if turned := turn_reversals(statement, self._turned):
            self._warn("reversal_direction", len(self._turned))
            return turned
        return statement

    def _warn(self, code: str, count: int) -> None:
        self.warnings.append(ReadWarning(code, self._place, count=count))

    def _without_false_proof(
        self, statement: Statement, opening: Balance | None, closing: Balance | None
    ) -> Statement:
        """Drop balances in another currency than the account's should they add up by chance."""
        foreign = {
            name: None
            for name, balance in (("opening", opening), ("closing", closing))
            if balance is not None and balance.currency != statement.currency
        }
        for name in foreign:
            self.warnings.append(ReadWarning("balance_currency_differs", self._place, name))
        if foreign and prove_statement(statement).status == "proved":
            return replace(statement, **foreign)
        return statement

    def _take_entry(self, item: Any) -> None:
        place = f"{self._place}/Ntry[{len(self._entries) + 1}]"
        currency = self._account_currency
        if currency is None and self._balances:
            currency = self._balances[0].currency
        context = {"currency": currency, "own_account": self._account, "values": self._values}
        try:
            entry = read_entry(item, **context)
            if entry.reversal:
                self._turned[len(self._entries)] = read_entry(item, turned=True, **context)
        except StatementError as error:
            raise _inside(place, error) from error
        self._entries.append(entry)
        if not entry.details:
            return
        if difference := details_difference(entry.amount, entry.currency, entry.details):
            amount = f"{to_decimal_text(difference, entry.currency)} {entry.currency}"
            self.warnings.append(ReadWarning("details_differ", place, amount))

    def _currency(self) -> str | None:
        """Return the account's currency: as stated, else of its booked balances, else of any
        balance, else of all entries if they share one."""
        if self._account_currency:
            return self._values.share(self._account_currency)
        booked = [b for b in self._balances if b.type in OPENING_TYPES + CLOSING_TYPES]
        for balance in booked or self._balances:
            return balance.currency
        currencies = {entry.currency for entry in self._entries}
        return currencies.pop() if len(currencies) == 1 else None

    def _date_entries(self, closing_date: date | None) -> None:
        """Give booked entries without a booking date the best day the statement knows."""
        reasons: Counter[str] = Counter()
        for index, entry in enumerate(self._entries):
            if entry.booking_date is not None or entry.pending:
                continue
            if entry.value_date is not None:
                reasons["booking_date_from_value_date"] += 1
            elif closing_date is not None:
                reasons["booking_date_from_balance"] += 1
            else:
                reasons["booking_date_missing"] += 1
                continue
            day = entry.value_date or closing_date
            self._entries[index] = replace(entry, booking_date=day)
        for code, count in sorted(reasons.items()):
            self._warn(code, count)

    def _warn_about_entries(self, currency: str | None) -> None:
        if self._account is None:
            self.warnings.append(ReadWarning("account_missing", self._place))
        foreign = Counter(e.currency for e in self._entries if e.currency != currency)
        for code, count in sorted(foreign.items()):
            self.warnings.append(ReadWarning("foreign_currency", self._place, code, count))
        announced = self._announced_entries
        if announced is not None and announced != str(len(self._entries)):
            self.warnings.append(ReadWarning("entry_count_differs", self._place, announced))


def _inside(place: str, error: StatementError) -> StatementError:
    return StatementError(error.code, f"{place}/{error.place}", error.detail)
