"""Money as ``int`` minor units: exact decimal text in, exact decimal text out, never a float."""

import re

#: Currencies whose smallest unit is not a hundredth: code -> decimals. Source: ISO 4217 list one.
EXPONENTS = {
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
    **dict.fromkeys(["CLF", "UYW"], 4),
}

#: What ISO 4217 has for amounts without a currency; in files that name none. Two decimals.
NO_CURRENCY = "XXX"

#: Most digits of an amount; ISO 20022 ``ActiveOrHistoricCurrencyAndAmount`` allows 18.
MAX_DIGITS = 18

_DECIMAL = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


class PrecisionError(ValueError):
    """An amount with more decimals than its currency has."""


def exponent(currency: str) -> int:
    """Return the number of decimals of ``currency``, 2 for a code ISO 4217 does not list.

    >>> exponent("EUR"), exponent("JPY"), exponent("KWD")
    (2, 0, 3)

    :raise ValueError: when ``currency`` is not three capital letters
    """
    if (known := EXPONENTS.get(currency)) is not None:
        return known
    if not _CURRENCY.fullmatch(currency):
        raise ValueError(f"not a currency code: {currency!r}")
    return 2


def to_minor(text: str, currency: str) -> int:
    """Return the amount written in ``text`` in minor units of ``currency``, exactly.

    Only the lexical form of ``xs:decimal`` is read: an optional sign, digits, an optional point.
    Nothing is ever rounded: zeros after the currency's decimals are dropped, other digits refused.

    >>> to_minor("12.30", "EUR"), to_minor("-8.850", "EUR"), to_minor("1056", "JPY")
    (1230, -885, 1056)
    >>> to_minor("1.234,56", "EUR")
    Traceback (most recent call last):
    ...
    ValueError: not a plain decimal number: '1.234,56'

    :raise PrecisionError: when the amount is not a whole number of minor units
    :raise ValueError: for anything else than a plain decimal (exponent, comma, NaN, blanks),
        for more than 18 digits, and for a malformed currency code
    """
    decimals = exponent(currency)
    match = _DECIMAL.fullmatch(text)
    if match is None:
        raise ValueError(f"not a plain decimal number: {text!r}")
    sign, whole, fraction = match.group(1), match.group(2), match.group(3) or ""
    if not whole and not fraction:
        raise ValueError(f"not a plain decimal number: {text!r}")
    fraction = fraction.rstrip("0")
    if len(fraction) > decimals:
        raise PrecisionError(f"more than {decimals} decimals: {text!r}")
    digits = (whole + fraction.ljust(decimals, "0")).lstrip("0")
    if len(digits) > MAX_DIGITS:
        raise ValueError(f"more than {MAX_DIGITS} digits: {text!r}")
    minor = int(digits or "0")
    return -minor if sign == "-" else minor


def to_decimal_text(minor: int, currency: str) -> str:
    """Return ``minor`` units of ``currency`` as exact decimal text, the inverse of `to_minor`.

    >>> to_decimal_text(1230, "EUR"), to_decimal_text(-5, "EUR"), to_decimal_text(1056, "JPY")
    ('12.30', '-0.05', '1056')

    :raise ValueError: when ``currency`` is not three capital letters
    """
    decimals = exponent(currency)
    sign = "-" if minor < 0 else ""
    digits = str(abs(minor)).rjust(decimals + 1, "0")
    if not decimals:
        return sign + digits
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}"
