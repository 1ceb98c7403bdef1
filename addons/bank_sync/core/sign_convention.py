"""Which way round a source tells its amounts: some card and loan accounts turn every sign."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from .proof import prove
from .statement import Entry, Statement

SignConvention = Literal["as_told", "reversed"]


def told_signs(
    opening: int | None, closing: int | None, entries: Iterable[Entry], currency: str | None
) -> SignConvention | None:
    """Return the way round in which the entries explain the balances.

    ``None`` where neither does, where both do, and where a balance is missing: then nothing is
    decided, and what is known of the source stays.

    >>> from datetime import date
    >>> card = [Entry(date(2026, 3, 2), None, 1250, "EUR")]
    >>> told_signs(-1000, -2250, card, "EUR"), told_signs(1000, 2250, card, "EUR")
    ('reversed', 'as_told')
    """
    entries = list(entries)
    proof = prove(opening, closing, entries, currency=currency)
    if proof.status == "unproven" or not proof.total:
        return None
    if proof.status == "proved":
        return "as_told"
    turned = prove(opening, closing, map(turn_sign, entries), currency=currency)
    return "reversed" if turned.status == "proved" else None


def turn_sign(entry: Entry) -> Entry:
    """Return the entry with money in and money out exchanged, its transactions included.

    >>> turn_sign(Entry(None, None, 1250, "EUR")).amount
    -1250
    """
    details = tuple(
        replace(
            detail,
            amount=_turned(detail.amount),
            original_amount=_turned(detail.original_amount),
        )
        for detail in entry.details
    )
    return replace(
        entry,
        amount=-entry.amount,
        original_amount=_turned(entry.original_amount),
        details=details,
    )


def turn_statement(statement: Statement) -> Statement:
    """Return the statement with the signs of its entries turned; its balances stay."""
    return replace(statement, entries=tuple(map(turn_sign, statement.entries)))


def _turned(amount: int | None) -> int | None:
    return None if amount is None else -amount
