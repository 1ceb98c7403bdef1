"""A bank file as read: its statements, and what was odd about it. Reads any format we know."""

from dataclasses import dataclass

from .statement import Statement


@dataclass(frozen=True, slots=True)
class ReadWarning:
    """Something odd that did not stop the reading; the accountant should know.

    Codes: ``booking_date_from_value_date``, ``booking_date_from_balance`` and
    ``booking_date_missing`` (the entry carries no booking date; which day was taken instead),
    ``foreign_currency`` (entries in another currency than the account: not part of the balance),
    ``account_missing``, ``details_differ`` (the details of a batch do not add up to the entry),
    ``not_proved`` (opening + entries is not closing), ``several_balances``.

    :param place: element path, see :class:`~.errors.StatementError`
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

    :param format: ``camt.052``, ``camt.053`` or ``camt.054``
    :param version: the full message name such as ``camt.053.001.08``; ``None`` where the file
        does not say it
    """

    format: str
    version: str | None
    statements: tuple[Statement, ...]
    warnings: tuple[ReadWarning, ...] = ()
