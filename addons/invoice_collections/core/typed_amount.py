"""Reads an amount as people type it, in whatever country they learned to write numbers."""

import re
from decimal import Decimal, InvalidOperation

#: More than any invoice holds; beyond it the cents of a float are no longer exact.
_MAX_DIGITS = 13


def parse_amount(text: str, decimals: int) -> int | None:
    """Return a typed amount in minor units, or ``None`` when it is none or can be read two ways.

    The last of two different separators is the decimal one. A lone separator before exactly three
    digits groups thousands only where the currency has other decimals than three, and then it is
    refused, since nobody can tell 1.234 from 1,234.

    >>> [parse_amount(text, 2) for text in ("1.234,56", "1,234.56", "1 234,5", "1'234", "12")]
    [123456, 123456, 123450, 123400, 1200]
    >>> [parse_amount(text, 2) for text in ("1.234", "-5", "", "12,345.6.7", "1e5")]
    [None, None, None, None, None]
    """
    text = re.sub(r"[\s'\u2019]", "", text)
    if not re.fullmatch(r"\d[\d.,]*", text) or sum(map(str.isdigit, text)) > _MAX_DIGITS:
        return None
    text = _with_point(text, decimals)
    try:
        value = Decimal(text) if text is not None else None
    except InvalidOperation:
        return None
    if value is None or value != round(value, decimals):
        return None
    return int(value.scaleb(decimals))


def _with_point(text: str, decimals: int) -> str | None:
    separators = [char for char in text if char in ".,"]
    if not separators:
        return text
    if len(set(separators)) == 2:
        last = separators[-1]
        if separators.count(last) > 1:
            return None
        whole, _, cents = text.rpartition(last)
        other = "," if last == "." else "."
        if not re.fullmatch(rf"\d{{1,3}}(\{other}\d{{3}})+", whole):
            return None
        return f"{whole.replace(other, '')}.{cents}"
    [separator] = set(separators)
    if len(separators) > 1:
        grouped = re.fullmatch(rf"\d{{1,3}}(\{separator}\d{{3}})+", text)
        return text.replace(separator, "") if grouped else None
    if len(text.split(separator)[1]) == 3 and decimals != 3:
        return None
    return text.replace(separator, ".")
