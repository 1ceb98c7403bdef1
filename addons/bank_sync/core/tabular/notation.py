"""How a table writes numbers and dates: found out over a whole column, never cell by cell.

``1.234`` may be a thousand or one, ``03/04/2026`` may be in March or in April. One cell cannot
tell; the column mostly can; where it cannot, a person decides.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

#: Notations of a date, as ``strptime`` spells them; two-digit years mean 1969 to 2068.
DATE_FORMATS = (
    "%Y-%m-%d",
    "%d.%m.%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y%m%d",
    "%d.%m.%y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%d-%m-%y",
    "%d %b %Y",
    "%d-%b-%Y",
    "%b %d, %Y",
)
_TIME = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*(Z|[AaPp][Mm]|[+-]\d{2}:?\d{2})?$")
_NUMBER = re.compile(r"\d+(?:[.,'\u2019 \u00a0\u202f]\d+)*|[.,]\d+")
_SPACES = dict.fromkeys(map(ord, " \u00a0\u202f'\u2019"))
_CREDIT = frozenset({"CR", "C", "H", "+"})  # credit, crédit, Haben
_DEBIT = frozenset({"DR", "D", "DB", "S", "-"})  # debit, débit, Soll
_MINUS = dict.fromkeys(map(ord, "\u2212\u2013"), "-")


def parse_date(text: str, date_format: str) -> date | None:
    """Return the day written in ``text``, ``None`` where it is not written that way.

    A time behind the date is left out: the bank's calendar day is what counts.

    >>> parse_date("02.03.2026 14:05", "%d.%m.%Y")
    datetime.date(2026, 3, 2)
    >>> parse_date("30.02.2026", "%d.%m.%Y")
    """
    text = _TIME.sub("", text.strip())
    try:
        return datetime.strptime(text, date_format).date()  # noqa: DTZ007
    except ValueError:
        return None


def guess_date_format(texts: Iterable[str]) -> tuple[str, ...]:
    """Return every notation in which all of ``texts`` are days; one is certainty, none a refusal.

    >>> guess_date_format(["03/04/2026", "25/04/2026"])
    ('%d/%m/%Y',)
    >>> guess_date_format(["03/04/2026"])
    ('%d/%m/%Y', '%m/%d/%Y')
    """
    left = list(DATE_FORMATS)
    met = False
    for text in texts:
        met = True
        left = [fmt for fmt in left if parse_date(text, fmt)]
        if not left:
            break
    return tuple(left) if met else ()


def parse_number(text: str, decimal_mark: str) -> Decimal | None:
    """Return the number written in ``text``, ``None`` where there is none.

    Thousands may be grouped by the other mark, blanks or apostrophes; a currency sign or code may
    stand on either side; minus, parentheses, and letters for debit and credit give the sign.

    >>> parse_number("1.234,50-", ","), parse_number("(12.00)", "."), parse_number("EUR 5", ".")
    (Decimal('-1234.50'), Decimal('-12.00'), Decimal('5'))
    >>> parse_number("12,50 D", ","), parse_number("1,5,0", ",")
    (Decimal('-12.50'), None)
    """
    text = text.strip().translate(_MINUS)
    found = _NUMBER.findall(text)
    if len(found) != 1:
        return None
    before, _number, after = text.partition(found[0])
    sign = _sign(before, after)
    plain = _plain(found[0], decimal_mark)
    if plain is None or sign is None:
        return None
    return sign * Decimal(plain)


def _sign(before: str, after: str) -> int | None:
    """Return the sign that stands around a number; ``None`` where what stands there is neither."""
    before, after = before.strip(), after.strip()
    if before.endswith("(") and after.startswith(")"):
        before, after = before[:-1].strip(), after[1:].strip()
        parenthesis = -1
    else:
        parenthesis = 1
    marks = [mark for mark in (before[:1], before[-1:], after[:1], after[-1:]) if mark in "+-"]
    words = [word.strip("+-. ").upper() for word in (*before.split(), *after.split())]
    letters = [word for word in words if word in _CREDIT | _DEBIT]
    others = [word for word in words if word and word not in _CREDIT | _DEBIT]
    if any(len(word) > 3 for word in others) or len(letters) > 1:
        return None
    minus = "-" in marks
    if letters:
        debit = letters[0] in _DEBIT
        return None if minus and not debit else (-1 if debit else 1) * parenthesis
    return -parenthesis if minus else parenthesis


def _plain(number: str, decimal_mark: str) -> str | None:
    """Return ``1.234,5`` as ``1234.5``; ``None`` where its groups are not of three digits."""
    whole, mark, fraction = number.partition(decimal_mark)
    if decimal_mark in fraction:
        return None
    other = "," if decimal_mark == "." else "."
    if other in fraction or fraction.translate(_SPACES) != fraction:
        return None
    groups = re.split(r"[.,'\u2019 \u00a0\u202f]", whole)
    if len(groups) > 1 and (
        any(len(group) != 3 for group in groups[1:]) or not 1 <= len(groups[0]) <= 3
    ):
        return None
    return "".join(groups) + ("." + fraction if mark and fraction else "")


def guess_decimal_mark(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the decimal marks with which all of ``texts`` are numbers.

    Both where the column never shows which: then it makes no difference, or a person decides.

    >>> guess_decimal_mark(["1.234", "12,50"]), guess_decimal_mark(["1.234"])
    ((',',), (',', '.'))
    """
    texts = [text for text in texts if text.strip()]
    marks = tuple(
        mark for mark in ",." if all(parse_number(text, mark) is not None for text in texts)
    )
    if len(marks) > 1 and all(parse_number(text, ",") == parse_number(text, ".") for text in texts):
        return (".",)
    return marks
