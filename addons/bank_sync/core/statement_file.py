"""A bank file as read: its statements, and what was odd about it. Reads any format we know."""

from dataclasses import dataclass

from .payment_status import PaymentStatusReport
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
    ``reversal_direction``
        reversals in which the bank gives the direction of the payment they undo, as only then
        the balances add up; they are read so
    ``totals_differ``
        the bank announces other totals (``detail``) than it gives
    ``account_missing``
        the statement does not say which account it is about
    ``account_differs``
        a part of the statement names another account (``detail``) than its beginning
    ``amount_rounded``
        an amount (``detail``) is a binary float in print; what it meant was taken
    ``balance_date_ignored``
        the day (``detail``) of the closing balance cannot be right
    ``bank_error``
        the bank answers for one of several accounts with an error (``detail``)
    ``control_total_differs``, ``record_count_differs``, ``part_count_differs``
        a trailer states another total or number than there is (``detail``: both)
    ``correction``
        the bank says that this takes the place of something it sent before
    ``currency_assumed``
        no currency is given; that of the format (``detail``) was taken
    ``date_order_assumed``
        whether day or month comes first could not be told for ``count`` dates; ``detail`` was taken
    ``interim_report``
        the bank says that the day is not over; the entries of MT942 are pending
    ``investment_only``, ``not_a_bank_statement``
        the file holds investments or loans, which were passed over
    ``line_joined``
        a line without a record code was taken for more of the text before it
    ``opening_balance_entry``
        the first entry calls itself an opening balance
    ``record_not_closed``
        the last record has no end
    ``sign_assumed``
        the opening or closing balance (``detail``) does not say whether it is credit or debit
    ``trailer_missing``
        the record (``detail``) that ends an account, a group or the file is missing
    ``unknown_section``
        a section (``detail``) we do not know was passed over

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

    :param format: one of ``formats/names.py``, or ``table``
    :param version: the full message name such as ``camt.053.001.08``, the version number of other
        formats; ``None`` where the file does not say it
    :param payment_statuses: what became of payments we ordered; a file has these or statements
    """

    format: str
    version: str | None
    statements: tuple[Statement, ...]
    warnings: tuple[ReadWarning, ...] = ()
    payment_statuses: tuple[PaymentStatusReport, ...] = ()
