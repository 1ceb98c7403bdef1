"""What the columns of one bank's table mean; saved by a person, used for every file like it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from .sheet import Cell


class ColumnRole(str, Enum):
    """What one column holds. Only ``REMITTANCE`` may be given to several."""

    BOOKING_DATE = "booking_date"
    VALUE_DATE = "value_date"
    AMOUNT = "amount"
    MONEY_IN = "money_in"
    MONEY_OUT = "money_out"
    DIRECTION = "direction"
    CURRENCY = "currency"
    BALANCE = "balance"
    ACCOUNT = "account"
    COUNTERPARTY_NAME = "counterparty_name"
    COUNTERPARTY_ACCOUNT = "counterparty_account"
    REMITTANCE = "remittance"
    CREDITOR_REFERENCE = "creditor_reference"
    END_TO_END_ID = "end_to_end_id"
    MANDATE_ID = "mandate_id"
    ENTRY_REFERENCE = "entry_reference"
    TRANSACTION_CODE = "bank_transaction_code"
    STATE = "state"


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """How to read one bank's table.

    :param header_row: row that names the columns, counted from 0 among the rows that hold
        anything; entries begin below it. ``None`` where the table has no header
    :param columns: position from 0 → role; columns without a role are left out
    :param date_format: a member of ``notation.DATE_FORMATS``
    :param decimal_mark: ``.`` or ``,``
    :param currency: of the account; taken where no column gives one
    :param account: IBAN or number; taken where no column gives one
    :param reversed_sign: money out is positive in this table, as on some card statements
    :param out_words: what the direction column says for money out, upper case
    :param pending_words: what the state column says for entries not booked, upper case
    :param skip_words: rows whose first filled cell begins with one of these, upper case, are no
        entries (``TOTAL``, ``OPENING BALANCE``)
    """

    header_row: int | None
    columns: dict[int, ColumnRole]
    date_format: str
    decimal_mark: str = "."
    currency: str | None = None
    account: str | None = None
    reversed_sign: bool = False
    out_words: frozenset[str] = frozenset(
        {"D", "DR", "DB", "DBIT", "DEBIT", "S", "SOLL", "OUT", "AF"}
    )
    pending_words: frozenset[str] = frozenset({"PENDING", "PDNG", "VORGEMERKT"})
    skip_words: frozenset[str] = field(default_factory=frozenset)

    def problems(self) -> tuple[str, ...]:
        """Return codes of what is missing or contradicts itself; empty when it can be used.

        ``no_date``, ``no_amount``, ``amount_twice`` (one signed column and separate ones),
        ``repeated_role``, ``no_currency``
        """
        roles = list(self.columns.values())
        separate = {ColumnRole.MONEY_IN, ColumnRole.MONEY_OUT} & set(roles)
        found = []
        if not {ColumnRole.BOOKING_DATE, ColumnRole.VALUE_DATE} & set(roles):
            found.append("no_date")
        if ColumnRole.AMOUNT not in roles and not separate:
            found.append("no_amount")
        if ColumnRole.AMOUNT in roles and separate:
            found.append("amount_twice")
        if any(roles.count(role) > 1 for role in set(roles) - {ColumnRole.REMITTANCE}):
            found.append("repeated_role")
        if not self.currency and ColumnRole.CURRENCY not in roles:
            found.append("no_currency")
        return tuple(found)


def header_signature(cells: Sequence[Cell]) -> str:
    """Return what recognises the tables of one bank: its header, as 16 hexadecimal digits.

    Case and the number of blanks do not count, the order of the columns and accents do.

    >>> header_signature(("Date", " Amount ")) == header_signature(("date", "AMOUNT"))
    True
    """
    names = "\x1f".join(" ".join(str(cell).casefold().split()) for cell in cells)
    return hashlib.sha256(names.encode("utf-8", "surrogatepass")).hexdigest()[:16]
