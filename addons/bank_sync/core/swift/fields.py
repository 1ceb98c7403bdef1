"""The fields of a message: account, balance, statement line, with all that banks do to them."""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache

from ..errors import StatementError
from ..formats.guard import guarded, load
from ..formats.text import line_place
from ..formats.values import full_year

#: The form of an IBAN; its check digits are another matter.
IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_AMOUNT = re.compile(r"\d[\d.]*(?:,\d*)?|,\d+", re.ASCII)
#: Thousands set apart by commas: certain only where a point and two decimals follow.
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+\.\d{2}", re.ASCII)
#: What would be read as the type of an entry, and is the exponent of its amount.
_EXPONENT = re.compile(r"E[+-]?\d+[.,]", re.ASCII | re.IGNORECASE)
_BALANCE = re.compile(r"([DC])R?(\d{6})([A-Z]{3})?([\d.,]+)", re.ASCII)
_LINE = re.compile(
    r"(?P<value>\d{6})(?P<entry>\d{4}|\s{1,4})?(?P<mark>E?R?[DC])(?P<funds>[A-Z])?\s?"
    r"(?P<amount>[\d.,]+)\s?(?P<rest>[\s\S]*)",
    re.ASCII,
)
#: Fields of the library's pattern for ``:61:`` that we take.
_PARTS = ("id", "customer_reference", "bank_reference", "extra_details")


@dataclass(frozen=True, slots=True)
class Balance:
    """``:60x:`` or ``:62x:``; ``currency`` is ``None`` where the bank leaves it out."""

    positive: bool
    day: date
    currency: str | None
    amount: str
    #: The day as written, where the calendar does not have it.
    impossible_day: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """``:61:``: ``sign`` is the real direction, also for a reversal (RC is a debit)."""

    value_date: date
    booking_date: date | None
    sign: int
    reversal: bool
    expected: bool
    amount: str
    type: str | None
    reference: str | None
    bank_reference: str | None
    #: On the same line, behind the reference (old Rabobank: the counterparty's name).
    behind: str | None
    #: On lines of its own.
    supplement: str | None
    impossible_day: str | None = None


def account(written: str) -> tuple[str | None, str | None]:
    """Return account and currency of ``:25:``: the IBAN where there is one.

    >>> account("DEUTDEFF/DE89370400440532013000"), account("NL77INGB0574908765EUR")
    (('DE89370400440532013000', None), ('NL77INGB0574908765', 'EUR'))
    >>> account("37040044/0532013000EUR"), account("//12345678/1020304050/EUR")
    (('37040044/0532013000', 'EUR'), ('12345678/1020304050', 'EUR'))
    >>> account("0067-00763/93984487"), account("")
    (('0067-00763/93984487', None), (None, None))
    """
    text = "".join(written.split()).strip("/")
    for part in reversed(text.split("/")):
        for end in (len(part), -3):
            if _is_iban(part[:end]):
                return part[:end], part[end:] if end < 0 and _CURRENCY.fullmatch(
                    part[end:]
                ) else None
    currency = text[-3:]
    if _CURRENCY.fullmatch(currency) and (text[-4:-3] == "/" or text[-4:-3].isdigit()):
        return text[:-3].rstrip("/") or None, currency
    return text or None, None


def _is_iban(text: str) -> bool:
    if not IBAN.fullmatch(text):
        return False
    turned = text[4:] + text[:4]
    return int("".join(str(int(char, 36)) for char in turned)) % 97 == 1


def balance(written: str, line: int) -> Balance:
    """Return one balance; its amount is in minor units only once the currency is known.

    :raise StatementError: ``bad_record``, ``bad_amount``, ``bad_date``
    """
    match = _BALANCE.match("".join(written.split()))
    if match is None:
        raise StatementError("bad_record", line_place(line), written)
    day, impossible = _day(match[2], line)
    return Balance(match[1] == "C", day, match[3], plain_amount(match[4], line), impossible)


def statement_line(lines: list[str], number: int) -> Line:
    """Return one ``:61:``.

    :raise StatementError: ``bad_record``, ``bad_amount``, ``bad_date``
    """
    match = _LINE.match("\n".join(lines).strip())
    if match is None:
        raise StatementError("bad_record", line_place(number), lines[0])
    if _EXPONENT.match(match["rest"]):
        raise StatementError("bad_amount", line_place(number), lines[0])
    value_date, impossible = _day(match["value"], number)
    booking_date, impossible_booking = None, None
    if (written := (match["entry"] or "").strip()) and written != "0000":
        booking_date, impossible_booking = _day_near(written, value_date, number)
    mark = match["mark"]
    reversal = "R" in mark
    parts = _parts(match, number)
    return Line(
        value_date,
        booking_date,
        1 if mark.endswith("C") != reversal else -1,
        reversal,
        mark.startswith("E"),
        plain_amount(match["amount"], number),
        parts["id"],
        parts["customer_reference"],
        parts["bank_reference"],
        parts["behind"],
        parts["supplement"],
        impossible or impossible_booking,
    )


def _parts(match: re.Match, number: int) -> dict[str, str | None]:
    """Return what follows the amount, told apart by the library's pattern."""
    first, *others = match["rest"].split("\n")
    canonical = f"{match['value']}{'D' if match['mark'].endswith('D') else 'C'}1,{first}"
    with guarded("MT940", line_place(number)):
        usual, *longer = _patterns()
        found = usual.match(canonical)
        if found is None or _is_cut(found):
            found = next((match for match in map(_matcher(canonical), longer) if match), found)
    if found is None:
        raise StatementError("bad_record", line_place(number), first)
    parts = {name: (found[name] or "").strip() or None for name in _PARTS}
    behind = parts.pop("extra_details")
    parts["behind"] = behind if behind and any(char.isalpha() for char in behind) else None
    parts["supplement"] = _supplement(parts, [line.strip() for line in others])
    return parts


def _matcher(text: str) -> Callable[[re.Pattern], re.Match | None]:
    return lambda pattern: pattern.match(text)


def _is_cut(found: re.Match) -> bool:
    """Return whether a reference longer than the standard allows goes on behind its end.

    One that ends in a blank is whole: the bank has put more behind it.
    """
    behind = found["extra_details"] or ""
    return "//" in behind or bool(behind.strip() and found["customer_reference"][-1:].strip())


@cache
def _patterns() -> tuple[re.Pattern, ...]:
    """Return the usual pattern, then those for references longer than the standard allows."""
    tags = load("mt940", "MT940").tags
    return tags.Statement().re, tags.StatementGLS().re, tags.StatementASNB().re


def _supplement(parts: dict[str, str | None], others: list[str]) -> str | None:
    """Return the lines below; digits that continue a broken bank reference go back to it."""
    while len(others) > 1 and parts["bank_reference"] and others[0].isdigit():
        parts["bank_reference"] += others.pop(0)
    return "".join(others) or None


def plain_amount(written: str, line: int) -> str:
    """Return an amount as plain decimal text; its decimal mark is a comma, or a lone point.

    >>> plain_amount("1234,5", 1), plain_amount("C500,".strip("C"), 1), plain_amount("12.34", 1)
    ('1234.5', '500', '12.34')
    >>> plain_amount("1.234,56", 1), plain_amount("1,234.56", 1)
    ('1234.56', '1234.56')

    :raise StatementError: ``bad_amount``
    """
    if _GROUPED.fullmatch(written):
        written = written.replace(",", "")
    whole, comma, fraction = written.partition(",")
    if not _AMOUNT.fullmatch(written):
        raise StatementError("bad_amount", line_place(line), written)
    if comma:
        groups = whole.split(".")
        if len(groups) > 1 and any(len(group) != 3 for group in groups[1:]):
            raise StatementError("bad_amount", line_place(line), written)
        return f"{''.join(groups) or '0'}.{fraction}".rstrip(".")
    if whole.count(".") > 1:
        raise StatementError("bad_amount", line_place(line), written)
    return whole.rstrip(".")


def _day(written: str, line: int) -> tuple[date, str | None]:
    """Return YYMMDD as a day. A day after the end of its month is taken as the last of it.

    Banks with months of 30 days book interest on 30 February; the month must exist.
    """
    return _clamped(full_year(int(written[:2])), written[2:], written, line)


def _day_near(written: str, other: date, line: int) -> tuple[date, str | None]:
    """Return MMDD in the year in which it is nearest to ``other``."""
    found = [_clamped(other.year + step, written, written, line) for step in (0, -1, 1)]
    return min(found, key=lambda day: abs((day[0] - other).days))


def _clamped(year: int, month_day: str, written: str, line: int) -> tuple[date, str | None]:
    month, day = int(month_day[:2]), int(month_day[2:])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        raise StatementError("bad_date", line_place(line), written)
    last = monthrange(year, month)[1]
    if day > last:
        return date(year, month, last), written
    return date(year, month, day), None
