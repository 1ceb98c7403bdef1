"""Read the references a payer quotes, however the bank and the payer have torn them apart.

A reference is compared by its letters and digits alone. Looking up costs the length of the text,
never the number of open items.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

#: Longest run of neighbouring parts glued together in the search for one reference.
MAX_PARTS = 8
#: A reference needs so many letters and digits to be looked up at all, ...
MIN_LENGTH = 4
#: ... and a number without letters so many digits to identify an invoice by itself: shorter
#: numbers are customer, order and article numbers often enough.
MIN_DIGITS_ALONE = 10
#: Text beyond this is not searched; the longest remittance of ISO 20022 is 8 lines of 140.
MAX_TEXT = 20_000

_PART = re.compile(r"[A-Z0-9]+")


def normalise(reference: str) -> str:
    """Return letters and digits, upper case, without accents; numbers without leading zeros.

    >>> normalise("Inv/2026/00012"), normalise("+++000/0012/34567+++"), normalise("№ 7")
    ('INV202600012', '1234567', 'NO7')
    """
    glued = "".join(_parts(reference))
    return glued.lstrip("0") if glued.isdigit() else glued


def is_strong(reference: str) -> bool:
    """Tell whether a reference identifies one invoice without further evidence.

    >>> is_strong("INV/2026/00012"), is_strong("+++000/0012/34567+++")
    (True, True)
    >>> is_strong("00012"), is_strong("2026-0012")
    (False, False)
    """
    glued = "".join(_parts(reference))
    digits = sum(character.isdigit() for character in glued)
    if digits == len(glued):
        return digits >= MIN_DIGITS_ALONE
    return len(glued) >= 6 and digits >= 3


def quoted(texts: Iterable[str], known: Mapping[str, object]) -> set[str]:
    """Return the keys of ``known`` that the texts quote.

    Neighbouring parts are glued, so blanks, line breaks and separators inside a number do not
    matter. The longest run wins and hides what lies inside it: ``RINV/2026/00123`` does not
    quote ``INV/2026/00123``, and ``INV/2026/00012`` does not quote an invoice named ``00012``.

    >>> known = {"INV202600012": 1, "12": 2, "INV202600013": 3}
    >>> sorted(quoted(["Payment of INV/2026/", "00012 thanks"], known))
    ['INV202600012']
    >>> quoted(["00012"], known)
    set()
    """
    parts = list(_parts(" ".join(texts)[:MAX_TEXT]))
    found: set[str] = set()
    taken = [False] * len(parts)
    for start, end, key in _runs(parts):
        if key in known and not any(taken[start:end]):
            found.add(key)
            taken[start:end] = [True] * (end - start)
    return found


def _runs(parts: list[str]) -> Iterator[tuple[int, int, str]]:
    """Yield every run of neighbouring parts as a key, longest runs first, then from the left."""
    for size in range(min(MAX_PARTS, len(parts)), 0, -1):
        for start in range(len(parts) - size + 1):
            key = "".join(parts[start : start + size])
            if key.isdigit():
                key = key.lstrip("0")
            if len(key) >= MIN_LENGTH:
                yield start, start + size, key


def _parts(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text)
    return _PART.findall("".join(c for c in plain if not unicodedata.combining(c)).upper())
