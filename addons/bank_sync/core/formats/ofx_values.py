"""Dates and amounts as OFX files write them."""

import re
from collections.abc import Callable
from datetime import date

from ..errors import StatementError
from ..money import MAX_DIGITS, PrecisionError, exponent, to_minor

_DATE = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})(?:[^0-9].*|[0-9]{2}.*)?", re.DOTALL)
_PLAIN = re.compile(r"([+-]?[0-9]*)(?:[.,]([0-9]*))?")
#: Thousands set apart, by the sign that is not the decimal one; only with decimals is it certain.
_GROUPED = re.compile(
    r"[+-]?[0-9]{1,3}(?:(?:,[0-9]{3})+\.[0-9]{1,4}|(?:[. \u00a0'][0-9]{3})+,[0-9]{1,4})"
)
#: A comma with three digits after it: the tenths of a cent, or thousands?
_AMBIGUOUS = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")
#: From this many digits beyond the currency's on, noughts or nines are a binary float, printed.
_NOISE_DIGITS = 6


def read_day(written: str, place: str) -> date:
    """Return the bank's calendar date of a time stamp.

    The date is the one written: the time behind it is the bank's own, in the zone it may name, and
    a statement of that day holds the entry. Without a zone the specification says GMT; banks that
    leave it out mean their own day.

    >>> read_day("20171231235959.000[-5:EST]", "DTPOSTED")
    datetime.date(2017, 12, 31)

    :raise StatementError: ``bad_date``
    """
    match = _DATE.fullmatch(written)
    if match is not None:
        try:
            return date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            pass
    raise StatementError("bad_date", place, written)


def read_amount(written: str, currency: str, place: str, warn: Callable[[str, str], None]) -> int:
    """Return an amount in minor units.

    The decimal sign is a point or a comma, as the specification has it. ``1,234`` could be either
    one thousand or hardly more than one and is refused. Sixteen decimals that are a binary float
    in print (``9.9900000000000002``) are read as what was meant, with a warning; other surplus
    decimals are refused, because nothing is rounded here.

    >>> read_amount("-130,00", "USD", "TRNAMT", print), read_amount("+1,234.50", "USD", "", print)
    (-13000, 123450)
    >>> read_amount("9.9900000000000002", "USD", "TRNAMT", print)
    amount_rounded 9.9900000000000002
    999

    :param warn: called with code and detail
    :raise StatementError: ``bad_amount``, ``amount_precision``, ``bad_currency``
    """
    try:
        decimals = exponent(currency)
    except ValueError as error:
        raise StatementError("bad_currency", place, currency) from error
    text = written.replace(" ", "").replace("\u2212", "-")
    if _GROUPED.fullmatch(written):
        whole, fraction = re.split(r"[.,](?=[0-9]+$)", text)
        text = re.sub(r"[^0-9+-]", "", whole) + "." + fraction
    elif _AMBIGUOUS.fullmatch(text) and decimals != len(text.partition(",")[2]):
        raise StatementError("bad_amount", place, written)
    match = _PLAIN.fullmatch(text)
    if match is None:
        raise StatementError("bad_amount", place, written)
    whole, fraction = match[1], match[2] or ""
    try:
        return to_minor(f"{whole}.{fraction}", currency)
    except PrecisionError as error:
        minor = _without_noise(whole, fraction, decimals)
        if minor is None:
            raise StatementError("amount_precision", place, f"{written} {currency}") from error
        warn("amount_rounded", written)
        return minor
    except ValueError as error:
        raise StatementError("bad_amount", place, written) from error


def _without_noise(whole: str, fraction: str, decimals: int) -> int | None:
    """Return the amount a printed float meant; ``None`` where the digits say something.

    >>> _without_noise("-34", "5100000000000016", 2), _without_noise("0", "98999999999999999", 2)
    (-3451, 99)
    >>> _without_noise("115", "8331", 2)
    """
    surplus = fraction[decimals:]
    run = surplus[:_NOISE_DIGITS]
    if (
        len(whole) > MAX_DIGITS
        or len(surplus) <= _NOISE_DIGITS
        or run not in ("0" * _NOISE_DIGITS, "9" * _NOISE_DIGITS)
    ):
        return None
    digits = int((whole.lstrip("+-") or "0") + fraction[:decimals]) + (run[0] == "9")
    return -digits if whole.startswith("-") else digits
