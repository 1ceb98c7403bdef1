"""How a document's number may be quoted: whole, by its digits, shortened, or by its tail.

Nothing here knows a prefix or a layout; the parts are told apart by the date of the document.
"""

import re
from collections.abc import Mapping
from datetime import date
from enum import IntEnum
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from .checked_references import proves_itself
from .text import plain

_PART = re.compile(r"[A-Z]+|[0-9]+")
_YEAR = re.compile(r"(?:19|20)\d\d")
#: Shorter keys are found in any text.
MIN_LENGTH = 4
#: A number of digits alone stands for itself from this length on.
MIN_DIGITS_ALONE = 10


class Strength(IntEnum):
    """How surely a quoted text means a document, weakest first."""

    TAIL = 1
    DAMAGED = 2
    CUT = 3
    ORDER = 4
    SHORTENED = 5
    DIGITS = 6
    NUMBER = 7
    CHECKED = 8


class Numbering(NamedTuple):
    """A number taken apart: the series it belongs to and its place there.

    :param series: the number with its running part replaced
    """

    series: str
    sequence: int
    width: int


@lru_cache(maxsize=4096)
def parts(reference: str) -> tuple[str, ...]:
    """Return the runs of letters and of digits; a number is looked at several times in a row.

    >>> parts("R26-00012a")
    ('R', '26', '00012', 'A')
    """
    return tuple(_PART.findall(plain(reference)))


def _roles(pieces: tuple[str, ...], issued: date | None) -> tuple[dict[int, str], int | None]:
    """Return which parts are year and month, and which one counts."""
    numbers = [place for place, piece in enumerate(pieces) if piece.isdigit()]
    if len(numbers) < 2:
        return {}, numbers[0] if numbers else None
    years = _years(issued.year) if issued else ()
    roles: dict[int, str] = {}
    for place in numbers:
        if pieces[place] in years or (not issued and _YEAR.fullmatch(pieces[place])):
            roles[place] = "year"
            break
    rest = [place for place in numbers if place not in roles]
    if issued and len(rest) > 1:
        month = next((place for place in rest if pieces[place] == f"{issued.month:02}"), None)
        if month is not None:
            roles[month] = "month"
            rest.remove(month)
    return roles, rest[-1] if rest else None


def taken_apart(reference: str, issued: date | None = None) -> Numbering | None:
    """Return series and running number, or nothing where no part counts.

    >>> taken_apart("INV/2026/00012", date(2026, 3, 1))
    Numbering(series='INV-2026-#', sequence=12, width=5)
    >>> taken_apart("R2600012", date(2026, 3, 1))
    Numbering(series='R-26#', sequence=12, width=5)
    >>> taken_apart("1234/26", date(2026, 3, 1))
    Numbering(series='#-26', sequence=1234, width=4)
    """
    pieces = list(parts(reference))
    counter = _roles(parts(reference), issued)[1]
    if counter is None:
        return None
    head, tail = _year_inside(pieces[counter], issued)
    pieces[counter] = f"{head}#"
    return Numbering("-".join(pieces), int(tail), len(tail))


@lru_cache(maxsize=256)
def _years(year: int) -> tuple[str, str]:
    """Return how a year is written: in four digits and in two."""
    return str(year), f"{year % 100:02}"


def _year_inside(digits: str, issued: date | None) -> tuple[str, str]:
    """Split a year off the front of a running number, where it is there."""
    for year in _years(issued.year) if issued else ():
        if digits.startswith(year) and len(digits) - len(year) >= 3:
            return year, digits[len(year) :]
    return "", digits


def _shortened(pieces: tuple[str, ...], issued: date | None) -> set[str]:
    """Return the digits of a number as people shorten them: years, zeros and letters left out."""
    roles, counter = _roles(pieces, issued)
    if counter is None:
        return set()
    spellings = []
    for place, piece in enumerate(pieces):
        if not piece.isdigit():
            continue
        if place == counter:
            head, tail = _year_inside(piece, issued)
            spellings.append(_running(head, tail))
        elif roles.get(place) == "year":
            spellings.append({piece, piece[-2:]} | ({str(issued.year)} if issued else set()))
        else:
            spellings.append({piece})
    return {"".join(choice) for choice in product(*spellings)}


def _running(year: str, tail: str) -> set[str]:
    years = {year, f"20{year}"[-4:], year[-2:]} if year else {""}
    return {f"{spelt}{digits}" for spelt in years for digits in (tail, str(int(tail)))}


@lru_cache(maxsize=8192)
def forms(references: tuple[str, ...], issued: date | None) -> Mapping[str, Strength]:
    """Return every key a document may be quoted by, with its strength; not to be changed.

    The first reference is the document's own number; the others were printed beside it. An item
    that is claimed, settled or paid in part comes back within the batch.

    >>> found = forms(("INV/2026/00012",), date(2026, 3, 1))
    >>> found["INV202600012"].name, found["202600012"].name, found["202612"].name
    ('NUMBER', 'DIGITS', 'SHORTENED')
    """
    found: dict[str, Strength] = {}
    for place, reference in enumerate(references):
        text = "".join(parts(reference))
        key = (text.lstrip("0") or text) if text.isdigit() else text
        if len(key) < MIN_LENGTH:
            continue
        found[key] = max(found.get(key, Strength.TAIL), _own_strength(key, reference))
        if place == 0 and not proves_itself(reference):
            _add_digits(found, parts(reference), issued)
    return found


def _own_strength(key: str, reference: str) -> Strength:
    digits = sum(map(str.isdigit, key))
    if key.isdigit():
        if digits >= MIN_DIGITS_ALONE:
            return Strength.CHECKED if proves_itself(reference) else Strength.NUMBER
        return Strength.SHORTENED
    if len(key) >= 6 and digits >= 3:
        return Strength.CHECKED if proves_itself(reference) else Strength.NUMBER
    return Strength.SHORTENED


def _add_digits(found: dict[str, Strength], pieces: tuple[str, ...], issued: date | None) -> None:
    digits = "".join(filter(str.isdigit, pieces)).lstrip("0")
    if len(digits) >= 6 and len(pieces) > 1:
        found.setdefault(digits, Strength.DIGITS)
    for short in _shortened(pieces, issued):
        key = short.lstrip("0")
        if len(key) >= MIN_LENGTH + 1:
            found.setdefault(key, Strength.SHORTENED)
