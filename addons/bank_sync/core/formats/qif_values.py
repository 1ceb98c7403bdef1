"""Dates and amounts of QIF, which says neither the order of a date nor its decimal sign.

Both are decided over the whole file: what one value leaves open, another often settles.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ..errors import StatementError
from ..money import PrecisionError, to_minor

#: Three numbers apart by ``/``, ``-``, ``.`` or ``'``; blanks stand where Quicken leaves a nought.
_DATE = re.compile(
    r" {0,3}([0-9]{1,4})[ ]{0,2}[/.\-'][ ]{0,2}([0-9]{1,2})[ ]{0,2}([/.\-'])[ ]{0,2}([0-9]{1,4})"
)
#: YYYYMMDD, as programs write it that know no other date.
_COMPACT = re.compile(r"((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})")
ORDERS = ("mdy", "dmy", "ymd")
_PIVOT = 70
_FIRST_YEAR, _THREE_DIGITS = 1900, 3

_COMMA_DECIMALS = re.compile(r"[+-]?[0-9.' ]*,[0-9]{1,2}")
_POINT_DECIMALS = re.compile(r"[+-]?[0-9,' ]*\.[0-9]{1,2}")
#: Three digits after the only mark: thousands, or tenths of a cent?
_DOUBTFUL = {
    True: re.compile(r"[+-]?[0-9]{1,3},[0-9]{3}"),
    False: re.compile(r"[+-]?[0-9]{1,3}\.[0-9]{3}"),
}
_POINT = re.compile(r"[+-]?(?:[0-9]{1,3}(?:[,' ][0-9]{3})+|[0-9]*)(?:\.[0-9]*)?")
_COMMA = re.compile(r"[+-]?(?:[0-9]{1,3}(?:[.' ][0-9]{3})+|[0-9]*)(?:,[0-9]*)?")


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A date as it stands in the file: three numbers, and its place."""

    numbers: tuple[str, str, str]
    apostrophe: bool
    place: str
    text: str

    def read(self, order: str) -> date | None:
        """Return the day it is in ``order``; ``None`` where it is none."""
        if self.apostrophe and order[2] != "y":
            return None  # the mark stands before a year, and only there
        by_letter = dict(zip(order, self.numbers, strict=True))
        year = self._year(by_letter["y"])
        if year is None:
            return None
        try:
            return date(year, int(by_letter["m"]), int(by_letter["d"]))
        except ValueError:
            return None

    def _year(self, digits: str) -> int | None:
        """Return the year; two digits after an apostrophe are of this century.

        Three digits are years since 1900, as programs of the time wrote them.
        """
        if len(digits) < 2:
            return None
        number = int(digits)
        if len(digits) == _THREE_DIGITS:
            return _FIRST_YEAR + number
        if len(digits) > _THREE_DIGITS:
            return number if number >= _FIRST_YEAR else None
        return number + (2000 if self.apostrophe or number < _PIVOT else _FIRST_YEAR)


def written_date(text: str, place: str) -> WrittenDate:
    """Take the numbers of a date apart; text behind it belongs to nobody.

    :raise StatementError: ``bad_date``
    """
    if compact := _COMPACT.fullmatch(text.strip()):
        return WrittenDate(compact.groups(), False, place, text)
    match = _DATE.match(text)
    if match is None:
        raise StatementError("bad_date", place, text)
    first, second, mark, third = match.groups()
    if len(third) == 4 and third[0] == "0":
        third = third[:3]
    return WrittenDate((first, second, third), mark == "'", place, text)


def decide_order(dates: list[WrittenDate]) -> tuple[str, int]:
    """Return the order all dates of a file are in, and how many of them remain in doubt.

    Where several orders are possible: the one in which the entries follow one another in time, of
    two such the one in which they lie closer together, else the American one, which the format
    comes from.

    >>> def order(*texts): return decide_order([written_date(text, "line 1") for text in texts])
    >>> order("8/12/13", "8/15/13"), order("13/04'26", "5/ 6'26"), order("13/08/12", "13/3/3")
    (('mdy', 0), ('dmy', 0), ('ymd', 0))
    >>> order("03/04/2026", "03/04/2026"), order("01/02/2026", "02/02/2026", "01/03/2026")
    (('mdy', 2), ('dmy', 2))

    :raise StatementError: ``bad_date`` for a date that does not fit the others
    """
    possible = {order: [item.read(order) for item in dates] for order in ORDERS}
    valid = {order: days for order, days in possible.items() if None not in days}
    if not valid:
        best = max(ORDERS, key=lambda order: sum(day is not None for day in possible[order]))
        bad = next(item for item in dates if item.read(best) is None)
        raise StatementError("bad_date", bad.place, bad.text)
    orders = [order for order in valid if _in_time(valid[order])] or list(valid)
    best = min(orders, key=lambda order: max(valid[order]) - min(valid[order]))
    return best, sum(len(set(days)) > 1 for days in zip(*valid.values(), strict=True))


def _in_time(days: list[date]) -> bool:
    return days in (sorted(days), sorted(days, reverse=True))


def decimal_comma(amounts: Iterable[str]) -> bool:
    """Return whether a file writes ``12,50``, and nowhere ``12.50``.

    >>> decimal_comma(["-1.000", "2,5"]), decimal_comma(["-1,000.00", "2,5"]), decimal_comma([])
    (True, False, False)
    """
    found = False
    for text in amounts:
        if _POINT_DECIMALS.fullmatch(text):
            return False
        found = found or _COMMA_DECIMALS.fullmatch(text) is not None
    return found


def read_amount(text: str, currency: str, place: str, *, comma: bool) -> int:
    """Return an amount in minor units; ``comma`` as :func:`decimal_comma` decided it.

    >>> read_amount("-1,000.00", "XXX", "", comma=False), read_amount("2,5", "XXX", "", comma=False)
    (-100000, 250)
    >>> read_amount("-1.000", "XXX", "", comma=True), read_amount("1,000", "XXX", "", comma=False)
    (-100000, 100000)

    Three digits after the decimal sign are refused: they look like thousands.

    :raise StatementError: ``bad_amount``, ``amount_precision``
    """
    written = text.strip()
    if not comma and _COMMA_DECIMALS.fullmatch(written):
        comma = True  # one or two digits after a comma are decimals in any file
    known = (_COMMA if comma else _POINT).fullmatch(written) is not None
    if not known or _DOUBTFUL[comma].fullmatch(written):
        raise StatementError("bad_amount", place, text)
    plain = re.sub(r"[.' ]" if comma else r"[,' ]", "", written).replace(",", ".")
    try:
        return to_minor(plain, currency)
    except PrecisionError as error:
        raise StatementError("amount_precision", place, text) from error
    except ValueError as error:
        raise StatementError("bad_amount", place, text) from error
