"""Amounts: exact decimal text outside, integer minor units inside."""

import re

# ISO 4217 minor units other than two.
EXPONENTS = {
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0,
    "RWF": 0, "UGX": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
    "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
}  # fmt: skip
AMOUNT = re.compile(r"(-?)([0-9]{1,14})(?:\.([0-9]{1,3}))?", re.ASCII)
CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


def exponent(currency: str) -> int:
    """Return the number of decimals of a currency.

    >>> exponent("EUR"), exponent("JPY"), exponent("KWD")
    (2, 0, 3)
    """
    return EXPONENTS.get(currency, 2)


def to_minor(text: str, currency: str) -> int:
    """Return an amount in minor units, exactly.

    >>> to_minor("12.3", "EUR"), to_minor("-7", "JPY")
    (1230, -7)

    :raise ValueError: not a plain decimal, or more decimals than the currency has
    """
    match = AMOUNT.fullmatch(text)
    if not match:
        raise ValueError("not a plain decimal number")
    sign, whole, fraction = match.groups(default="")
    digits = exponent(currency)
    if len(fraction) > digits:
        raise ValueError(f"{currency} has {digits} decimals")
    minor = int(whole + fraction.ljust(digits, "0"))
    return -minor if sign else minor


def to_text(minor: int, currency: str) -> str:
    """Return exact decimal text with all decimals of the currency.

    >>> to_text(-5, "EUR"), to_text(1200, "JPY")
    ('-0.05', '1200')
    """
    digits = exponent(currency)
    sign = "-" if minor < 0 else ""
    if not digits:
        return f"{minor}"
    whole, fraction = divmod(abs(minor), 10**digits)
    return f"{sign}{whole}.{fraction:0{digits}d}"


def to_human(minor: int, currency: str) -> str:
    """Return an amount for people: grouped thousands, a real minus sign, the currency code.

    >>> to_human(1234567, "EUR")
    '12,345.67 EUR'
    """
    text = to_text(abs(minor), currency)
    whole, dot, fraction = text.partition(".")
    sign = "\N{MINUS SIGN}" if minor < 0 else ""
    return f"{sign}{int(whole):,}{dot}{fraction} {currency}"
