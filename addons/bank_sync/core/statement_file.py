"""A bank file as read: its statements, and what was odd about it. Reads any format we know."""

from dataclasses import dataclass

from .statement import Statement


@dataclass(frozen=True, slots=True)
class ReadWarning:
    """Something odd that did not stop the reading; the accountant should know.

    ``booking_date_from_value_date``, ``booking_date_from_balance``, ``booking_date_missing``
        booked entries without a booking date, and which day was taken instead
    ``impossible_date``
        days the calendar does not have, such as 30 February (``detail``: the first as written),
        taken as the last of their month; ``count`` dates
    ``foreign_currency``
        entries in another currency (``detail``) than the account's: no part of its balance
    ``balance_currency_differs``
        the opening or closing balance (``detail``) is in another currency than the account
    ``details_differ``
        entry - sum of its transactions is not zero (``detail``: the difference)
    ``entry_count_differs``
        the bank announces another number of entries (``detail``) than it gives
    ``account_missing``
        the statement does not say which account it is about

    :param place: element path or line, see :class:`~.errors.StatementError`
    :param count: how many entries it concerns, where it concerns entries
    :param detail: value or amount it speaks of
    """

    code: str
    place: str
    detail: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class StatementFile:
    """Everything one bank file says.

    :param format: one of ``formats/names.py``
    :param version: the full message name such as ``camt.053.001.08``, the version number of other
        formats; ``None`` where the file does not say it
    """

    format: str
    version: str | None
    statements: tuple[Statement, ...]
    warnings: tuple[ReadWarning, ...] = ()
