"""References that prove themselves by their check digits, told apart from other numbers."""

from functools import lru_cache

from stdnum import iso11649
from stdnum.ch import esr

from .text import glued

#: Digits of the Belgian structured communication, its check included.
BELGIAN_DIGITS = 12
#: Digits of a Swiss QR reference.
SWISS_DIGITS = 27
#: A Nordic reference shorter than this is one in ten of all numbers: it proves nothing.
NORDIC_DIGITS = range(7, 26)


def _is_creditor_reference(reference: str) -> bool:
    return reference.startswith("RF") and iso11649.is_valid(reference)


def _is_belgian(digits: str) -> bool:
    return len(digits) <= BELGIAN_DIGITS and int(digits[:-2] or 0) % 97 in {
        int(digits[-2:]),
        int(digits[-2:]) % 97,
    }


def _is_swiss(digits: str) -> bool:
    return len(digits) <= SWISS_DIGITS and esr.is_valid(digits.zfill(SWISS_DIGITS))


def _is_731(digits: str) -> bool:
    """Finland and Estonia: weights 7, 3, 1 from the right."""
    total = sum((7, 3, 1)[place % 3] * int(c) for place, c in enumerate(reversed(digits[:-1])))
    return -total % 10 == int(digits[-1])


def _is_luhn(digits: str) -> bool:
    """Norway's KID and Sweden's OCR: modulo 10."""
    total = 0
    for place, character in enumerate(reversed(digits)):
        value = int(character) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


@lru_cache(maxsize=65_536)
def proves_itself(reference: str) -> bool:
    """Tell whether a reference has the check digits of a standard for payment references.

    RF (ISO 11649), Belgium, Switzerland, Finland and Estonia, Norway and Sweden, Slovenia and
    Croatia (by their prefix). Leading zeros, which banks add and take away, do not matter.

    >>> proves_itself("RF18 5390 0754 7034"), proves_itself("+++090/9337/55493+++")
    (True, True)
    >>> proves_itself("INV/2026/00012")
    False
    """
    key = glued(reference)
    if not key.isdigit():
        return _is_creditor_reference(key) or (
            key[:2] in {"SI", "HR"} and key[2:].isdigit() and len(key) >= 8
        )
    if len(key) > 13:
        return _is_swiss(key) or _is_731(key) or _is_luhn(key)
    if len(key) not in NORDIC_DIGITS:
        return False
    return _is_belgian(key) or _is_731(key) or _is_luhn(key)
