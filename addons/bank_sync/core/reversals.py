"""Which way a reversal went, where a bank means its direction the other way round."""

from collections.abc import Mapping
from dataclasses import replace

from .proof import prove_statement
from .statement import Entry, Statement


def turn_reversals(statement: Statement, turned: Mapping[int, Entry]) -> Statement | None:
    """Return the statement with its reversals turned, ``None`` unless that alone makes it prove.

    By the standards the direction of a reversal is the one the money really took; some banks give
    that of the payment it undoes. The balances know.

    >>> entry = Entry(None, None, 1000, "EUR", reversal=True)
    >>> statement = Statement("S1", None, "EUR", 0, -1000, (entry,))
    >>> turn_reversals(statement, {0: replace(entry, amount=-1000)}).entries[0].amount
    -1000

    :param turned: index of every reversal -> the entry read the other way round
    """
    if not turned or prove_statement(statement).status != "failed":
        return None
    entries = list(statement.entries)
    for index, entry in turned.items():
        # A day the statement as a whole has given is kept.
        entries[index] = replace(
            entry, booking_date=entry.booking_date or entries[index].booking_date
        )
    candidate = replace(statement, entries=tuple(entries))
    return candidate if prove_statement(candidate).status == "proved" else None
