"""The structured communication of Belgian payments (OGM/VCS)."""

import re

_WRITTEN = re.compile(r"([+*])\1\1 ?(\d{3})/?(\d{4})/?(\d{5}) ?\1\1\1", re.ASCII)
_DIGITS = 12


def structured_communication(text: str) -> str | None:
    """Return the first one a text quotes as its twelve digits, which is how SEPA carries it.

    >>> structured_communication("paid +++090/9337/55493+++ thanks")
    '090933755493'
    >>> structured_communication("***090933755494***") is None
    True
    """
    for match in _WRITTEN.finditer(text):
        digits = match[2] + match[3] + match[4]
        if is_communication(digits):
            return digits
    return None


def is_communication(digits: str) -> bool:
    """Return whether the last two of twelve digits are the others modulo 97 (97 for 0)."""
    if len(digits) != _DIGITS or not (digits.isascii() and digits.isdigit()):
        return False
    return (int(digits[:-2]) % 97 or 97) == int(digits[-2:])
