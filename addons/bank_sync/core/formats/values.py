"""Amounts and days of text formats, refused with the line they stand in."""

from datetime import date

from ..errors import StatementError
from ..money import PrecisionError, to_minor
from .text import line_place

#: Two-digit years from here on are of the last century.
_FIRST_YEAR = 70


def minor(amount: str, currency: str | None, line: int) -> int:
    """Return a plain decimal amount in minor units.

    :raise StatementError: ``missing``, ``bad_currency``, ``amount_precision``, ``bad_amount``
    """
    if not currency:
        raise StatementError("missing", line_place(line), "the currency")
    if len(currency) != 3 or not (currency.isascii() and currency.isalpha() and currency.isupper()):
        raise StatementError("bad_currency", line_place(line), currency)
    try:
        return to_minor(amount, currency)
    except PrecisionError as error:
        words = f"{amount} {currency}"
        raise StatementError("amount_precision", line_place(line), words) from error
    except ValueError as error:
        raise StatementError("bad_amount", line_place(line), amount) from error


def scaled(digits: str, decimals: int) -> str:
    """Return digits with a point put in, as formats of fixed columns need it.

    >>> scaled("0000001234", 2), scaled("5", 3), scaled("12", 0)
    ('00000012.34', '0.005', '12')
    """
    if not decimals:
        return digits
    digits = digits.rjust(decimals + 1, "0")
    return f"{digits[:-decimals]}.{digits[-decimals:]}"


def full_year(short: int) -> int:
    """Return the year of a two-digit year.

    >>> full_year(26), full_year(99)
    (2026, 1999)
    """
    return short + (1900 if short >= _FIRST_YEAR else 2000)


def day_month_year(written: str, line: int) -> date:
    """Return DDMMYY as a day.

    :raise StatementError: ``bad_date``
    """
    if len(written) == 6 and written.isascii() and written.isdigit():
        try:
            return date(full_year(int(written[4:])), int(written[2:4]), int(written[:2]))
        except ValueError as error:
            raise StatementError("bad_date", line_place(line), written) from error
    raise StatementError("bad_date", line_place(line), written)
