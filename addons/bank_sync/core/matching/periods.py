"""The month a payer says the money is for."""

import re
from functools import lru_cache

from babel import Locale

from .text import plain

#: Languages whose months are read: those of Europe that are written in Latin letters.
LANGUAGES = (
    *("ca", "cs", "cy", "da", "de", "en", "es", "et", "eu", "fi", "fr", "ga", "gl", "hr", "hu"),
    *("is", "it", "lb", "lt", "lv", "mt", "nb", "nl", "nn", "pl", "pt", "ro", "sk", "sl", "sq"),
    *("sv", "tr"),
)

_NUMERIC = re.compile(r"(?<![0-9./-])(0[1-9]|1[0-2])[./](20\d\d|\d\d)(?![0-9./-])")
_WORDS = re.compile(r"[A-Z?]{3,}")


@lru_cache(maxsize=1)
def month_names() -> dict[str, int]:
    """Return the names of the months in all languages, as plain upper case.

    A word that names different months in different languages names none.
    """
    found: dict[str, set[int]] = {}
    for code in LANGUAGES:
        months = Locale.parse(code).months
        for form in ("format", "stand-alone"):
            for number, name in months[form]["wide"].items():
                word = plain(name)
                if len(word) >= 3 and word.isalpha() and word.isascii():
                    found.setdefault(word, set()).add(number)
    return {word: numbers.pop() for word, numbers in found.items() if len(numbers) == 1}


def months_named(text: str) -> frozenset[int]:
    """Return the months named in a plain text, a letter some bank lost included.

    >>> sorted(months_named("MIETE MARZ 2026")), sorted(months_named("ABO 04/2026"))
    ([3], [4])
    >>> sorted(months_named("WARTUNG M?RZ"))
    [3]
    """
    known = month_names()
    found = _WORDS.findall(text)
    named = {known[word] for word in found if word in known}
    for word in found:
        if "?" in word and word.count("?") < 2:
            named |= {known[month] for month in known if _reads(word, month)}
    return frozenset(named | {int(found[0]) for found in _NUMERIC.findall(text)})


def _reads(word: str, month: str) -> bool:
    """Tell whether a word is a month whose one letter was lost."""
    return len(word) == len(month) and all(
        written in {"?", meant} for written, meant in zip(word, month, strict=True)
    )
