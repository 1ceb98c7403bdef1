"""Statements of formats that name no currency, once it is known which account they are of."""

from dataclasses import replace

from .money import NO_CURRENCY, to_decimal_text, to_minor
from .statement import Statement


def denominate(statement: Statement, currency: str) -> Statement:
    """Return the statement in ``currency`` where its entries have none; else as it is.

    >>> from .statement import Entry
    >>> entry = Entry(None, None, 1250, NO_CURRENCY)
    >>> statement = Statement(None, "A1", None, None, None, (entry,))
    >>> one = denominate(statement, "KWD")
    >>> one.currency, one.entries[0].amount, one.entries[0].currency
    ('KWD', 12500, 'KWD')

    :param currency: of the account, or of the journal the statement is for
    :raise PrecisionError: when an amount has more decimals than the currency
    """
    if all(entry.currency != NO_CURRENCY for entry in statement.entries):
        return statement
    entries = tuple(
        replace(entry, amount=_scale(entry.amount, currency), currency=currency)
        if entry.currency == NO_CURRENCY
        else entry
        for entry in statement.entries
    )
    return replace(statement, currency=currency, entries=entries)


def _scale(minor: int, currency: str) -> int:
    return to_minor(to_decimal_text(minor, NO_CURRENCY), currency)
