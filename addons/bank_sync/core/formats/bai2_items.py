"""Summary items and transactions inside BAI2 records."""

from dataclasses import dataclass
from datetime import date

from ..errors import StatementError
from ..money import MAX_DIGITS
from ..statement import Entry
from .bai2_records import Record
from .values import full_year

#: Fields of a funds type after it: ``S`` three amounts, ``V`` date and time; ``D`` says itself.
_FUNDS_FIELDS = {"S": 3, "V": 2}
#: Most days over which one amount can become available.
_MAX_DISTRIBUTIONS = 999
#: Loan codes that are credits; all other codes are in ranges. Source: ANSI X9.121.
_LOAN_CREDITS = {"706", "708", "720", "721", "722", "723", "724", "725", "726", "727", "728"}
_LOAN_DEBITS = {"760"}
_CREDITS = (("100", "399"), ("920", "959"))
_DEBITS = (("400", "699"), ("960", "999"))
#: Names some banks give the lines of their text: reference, name and account of debtor, creditor.
_LABELS = ("EREF", "DBNM", "DACT", "CRNM", "CACT")


@dataclass(frozen=True, slots=True)
class SummaryItem:
    """A balance or a total of a 03 record; ``amount`` in minor units, ``None`` where empty."""

    code: str
    amount: int | None


def read_number(text: str, place: str) -> int:
    """Return an amount or a count: BAI2 writes whole numbers, an empty one is nought.

    >>> read_number("+000000000208500", "line 3"), read_number("", "line 3")
    (208500, 0)

    :raise StatementError: ``bad_amount``
    """
    digits = text[1:] if text[:1] in ("+", "-") else text
    if not text:
        return 0
    significant = digits.lstrip("0")
    if not (digits.isascii() and digits.isdigit()) or len(significant) > MAX_DIGITS:
        raise StatementError("bad_amount", place, text)
    number = int(significant or "0")
    return -number if text[0] == "-" else number


def read_date(text: str, place: str) -> date:
    """Return the day of ``YYMMDD``, or ``YYYYMMDD`` as some banks write it.

    :raise StatementError: ``bad_date``
    """
    try:
        if text.isascii() and text.isdigit():
            month_day = int(text[-4:-2] or "0"), int(text[-2:])
            if len(text) == len("YYMMDD"):
                return date(full_year(int(text[:2])), *month_day)
            if len(text) == len("YYYYMMDD"):
                return date(int(text[:4]), *month_day)
    except ValueError:
        pass
    raise StatementError("bad_date", place, text)


def read_summary(record: Record) -> list[SummaryItem]:
    """Return the items behind account and currency of a 03 record.

    :raise StatementError: ``bad_amount``, ``bad_record``
    """
    fields = record.fields()
    items = []
    position = 2
    while position < len(fields):
        code = fields[position]
        position += 1
        if not code:
            continue  # an empty item, or one comma too many at the end of a line
        amount = fields[position] if position < len(fields) else ""
        position += 2
        funds = fields[position] if position < len(fields) else ""
        position += 1 + _availability(funds, fields[position + 1 : position + 2], record.place)
        items.append(SummaryItem(code, read_number(amount, record.place) if amount else None))
    return items


def _availability(funds: str, following: list[str], place: str) -> int:
    """Return how many fields tell when the funds are available."""
    if funds.upper() != "D":
        return _FUNDS_FIELDS.get(funds.upper(), 0)
    count = read_number(following[0], place) if following else 0
    if not 0 <= count <= _MAX_DISTRIBUTIONS:
        raise StatementError("bad_record", place, f"D,{count}")
    return 1 + 2 * count


def read_transaction(record: Record, *, day: date, currency: str) -> tuple[Entry, int]:
    """Return a 16 record as an entry, and its amount as the control totals count it.

    :param day: of the group; BAI2 has no other booking date
    :raise StatementError: ``bad_amount``, ``bad_date``, ``bad_direction``, ``bad_record``
    """
    place = record.place
    fields, texts = _split(record)
    fields += [""] * (3 - len(fields))
    code, funds = fields[0].strip(), fields[2].strip().upper()
    written = read_number(fields[1].strip(), place)
    after = 3 + _availability(funds, fields[3:4], place)
    value_date = None
    if funds == "V" and fields[3:4] and fields[3].strip():
        value_date = read_date(fields[3].strip(), place)
    references = [field.strip() or None for field in fields[after : after + 2]] + [None, None]
    direction = _direction(code, written, place)
    lines = tuple(line for line in texts if line)
    labelled = _labelled(lines)
    name, account = ("DBNM", "DACT") if direction * written >= 0 else ("CRNM", "CACT")
    entry = Entry(
        booking_date=day,
        value_date=value_date,
        amount=direction * written,
        currency=currency,
        servicer_reference=references[0],
        end_to_end_id=labelled.get("EREF") or references[1],
        counterparty_name=labelled.get(name),
        counterparty_account=labelled.get(account),
        remittance=lines,
        bank_transaction_code=code or None,
    )
    return entry, written


def _split(record: Record) -> tuple[list[str], list[str]]:
    """Return the fields before the text, and the text's lines.

    A record can be continued before its text begins: then the next line goes on with fields.
    """
    fields: list[str] = []
    parts = iter(record.parts)
    for part in parts:
        fields += part.split(",")
        wanted = 5 + _availability(fields[2] if len(fields) > 2 else "", fields[3:4], record.place)
        if len(fields) > wanted:
            first = ",".join(fields[wanted:]).strip()
            return fields[:wanted], [first, *(part.strip() for part in parts)]
    return fields, []


def _direction(code: str, amount: int, place: str) -> int:
    """Return 1 for a credit code and -1 for a debit code.

    :raise StatementError: ``bad_direction`` where an amount has neither
    """
    if len(code) == 3 and code.isascii() and code.isdigit():
        if code in _LOAN_CREDITS or any(low <= code <= high for low, high in _CREDITS):
            return 1
        if code in _LOAN_DEBITS or any(low <= code <= high for low, high in _DEBITS):
            return -1
    if amount:
        raise StatementError("bad_direction", place, code)
    return 1


def _labelled(lines: tuple[str, ...]) -> dict[str, str]:
    """Return the values of lines such as ``EREF: 4711``.

    >>> _labelled(("ACH Credit", "EREF: 4711", "DBNM: "))
    {'EREF': '4711'}
    """
    found: dict[str, str] = {}
    for line in lines:
        label, colon, value = line.partition(":")
        if colon and label in _LABELS and value.strip():
            found.setdefault(label, value.strip())
    return found
