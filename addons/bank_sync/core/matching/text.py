"""Cut what a payer wrote into words and numbers, however bank and payer have torn them apart."""

import re
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from typing import NamedTuple

#: Text beyond this is not read; the longest remittance of ISO 20022 is 8 lines of 140.
MAX_TEXT = 20_000

_WORD = re.compile(r"[A-Z]+|[0-9]+")
#: Day, month and year, or year, month and day: numbers that are no document's.
_DATE = re.compile(
    r"(?<![0-9A-Z])(?:(?:0?[1-9]|[12]\d|3[01])([./-])(?:0?[1-9]|1[0-2])\1(?:20\d\d|\d\d)"
    r"|20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))(?![0-9A-Z])"
)


class _Plain(dict):
    """Upper case without accents, one character for one, so that positions stay."""

    def __missing__(self, code: int) -> str:
        letter = unicodedata.normalize("NFKD", chr(code))[:1].upper()[:1]
        self[code] = letter or " "
        return self[code]


_PLAIN = _Plain({ord("Ø"): "O", ord("ø"): "O", ord("Ł"): "L", ord("ł"): "L", ord("ß"): "S",
                 ord("Đ"): "D", ord("đ"): "D", ord("№"): "N"})  # fmt: skip


class Word(NamedTuple):
    """A run of letters or of digits, with its place in the text and its distance to the last."""

    text: str
    start: int
    end: int
    gap: int

    @property
    def is_number(self) -> bool:
        """Tell whether the word is made of digits."""
        return self.text[0] <= "9"


def plain(text: str) -> str:
    """Return the text in upper case without accents, every character at its old place.

    >>> plain("Société Générale № 7")
    'SOCIETE GENERALE N 7'
    """
    return text.translate(_PLAIN)


def joined(texts: Iterable[str]) -> str:
    """Return all lines as one plain text, as far as it is read."""
    return plain(" ".join(texts)[:MAX_TEXT])


def words(text: str) -> list[Word]:
    """Return letters and digits of a plain text, leaving dates out.

    >>> [word.text for word in words("INV-2026/00012 VOM 03.02.2026, KD10012")]
    ['INV', '2026', '00012', 'VOM', 'KD', '10012']
    """
    found, last = [], 0
    dates = [match.span() for match in _DATE.finditer(text)]
    for match in _WORD.finditer(text):
        start, end = match.span()
        if dates and any(left <= start < right for left, right in dates):
            continue
        found.append(Word(match.group(), start, end, start - last))
        last = end
    return found


def dates(text: str) -> frozenset[date]:
    """Return the days named in a plain text, day before month.

    >>> dates("RE 12 VOM 03.02.26, 2026-02-30")
    frozenset({datetime.date(2026, 2, 3)})
    """
    found = set()
    for match in _DATE.finditer(text):
        numbers = [int(part) for part in re.split(r"[./-]", match.group())]
        year, month, day = numbers if numbers[0] > 31 else reversed(numbers)
        with suppress(ValueError):
            found.add(date(year if year > 99 else 2000 + year, month, day))
    return frozenset(found)


def glued(reference: str) -> str:
    """Return letters and digits alone, upper case; numbers without leading zeros.

    >>> glued("Inv/2026/00012"), glued("+++000/0012/34567+++")
    ('INV202600012', '1234567')
    """
    text = "".join(_WORD.findall(plain(reference)))
    return (text.lstrip("0") or text) if text.isdigit() else text


def span_in_lines(texts: tuple[str, ...], start: int, end: int) -> tuple[int, int, int] | None:
    """Return a place in the joined text as (line, start, end) of the first line it touches.

    >>> span_in_lines(("Invoice", "INV 12"), 8, 14)
    (1, 0, 6)
    """
    offset = 0
    for number, line in enumerate(texts):
        if start < offset + len(line):
            return number, max(0, start - offset), min(len(line), end - offset)
        offset += len(line) + 1
    return None
