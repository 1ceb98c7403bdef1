"""The bank's books as values: what a statement file or a bank's API says, and nothing more.

Amounts are ``int`` minor units of the currency beside them (EUR 12.30 is 1230, JPY 12 is 12).
Positive is money in, seen from the account holder; the sign already includes the bank's
credit/debit indicator. Dates are the bank's calendar dates. What the bank does not say is
``None``, or an empty tuple.

Field names follow ISO 20022 (camt.053); the tag is given where it helps.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Charge:
    """A fee the bank took for one payment (``Chrgs/Rcrd``).

    :param amount: minor units of ``currency``; positive is a cost to the account holder
    :param included: whether the entry's amount already contains it (``ChrgInclInd``); ``None``
        where the bank does not say
    """

    amount: int
    currency: str
    included: bool | None = None


@dataclass(frozen=True, slots=True)
class EntryDetail:
    """One transaction inside an entry (``NtryDtls/TxDtls``); a batch has several.

    ``amount`` is signed like the entry's and ``None`` where the bank gives none. The original
    amount, the exchange rate and the ultimate party mean what they mean in :class:`Entry`.
    """

    amount: int | None
    currency: str | None
    servicer_reference: str | None = None
    end_to_end_id: str | None = None
    mandate_id: str | None = None
    creditor_reference: str | None = None
    counterparty_name: str | None = None
    counterparty_account: str | None = None
    remittance: tuple[str, ...] = ()
    bank_transaction_code: str | None = None
    return_reason: str | None = None
    original_amount: int | None = None
    original_currency: str | None = None
    exchange_rate: Decimal | None = None
    charges: tuple[Charge, ...] = ()
    ultimate_name: str | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the bank's books (``Ntry``).

    :param booking_date: ``BookgDt``; ``None`` while pending, and where the bank leaves it out
    :param entry_reference: ``NtryRef``, or the id an API gives the entry; neither always present
        nor always unique
    :param servicer_reference: ``AcctSvcrRef``, the bank's own reference
    :param creditor_reference: structured reference (``RmtInf/Strd/CdtrRefInf/Ref``, ISO 11649 …)
    :param remittance: unstructured text lines, as the payer wrote them
    :param description: what the bank itself says about the entry (``AddtlNtryInf``), where it is
        not already the remittance text
    :param batch_reference: the bank's or our own name of a batch (``Btch/PmtInfId``, ``MsgId``)
    :param batch_size: how many transactions the batch has (``Btch/NbOfTxs``), also where the bank
        gives none of them
    :param original_amount: what was ordered before conversion (``AmtDtls/InstdAmt``), signed like
        ``amount``, in minor units of ``original_currency``; only where that currency differs
    :param exchange_rate: as the bank quotes it (``XchgRate``); never used to compute an amount
    :param charges: fees of the bank, see :class:`Charge`
    :param pending: not booked yet; must never become a statement line
    :param currency: ``money.NO_CURRENCY`` in files that name none, see ``denominate``
    :param ultimate_name: on whose behalf the counterparty paid or was paid (``UltmtDbtr``,
        ``UltmtCdtr``), where it is somebody else; no part of how an entry is known again
    """

    booking_date: date | None
    value_date: date | None
    amount: int
    currency: str
    entry_reference: str | None = None
    servicer_reference: str | None = None
    end_to_end_id: str | None = None
    mandate_id: str | None = None
    creditor_reference: str | None = None
    counterparty_name: str | None = None
    counterparty_account: str | None = None
    remittance: tuple[str, ...] = ()
    bank_transaction_code: str | None = None
    return_reason: str | None = None
    reversal: bool = False
    pending: bool = False
    details: tuple[EntryDetail, ...] = ()
    description: str | None = None
    batch_reference: str | None = None
    batch_size: int | None = None
    original_amount: int | None = None
    original_currency: str | None = None
    exchange_rate: Decimal | None = None
    charges: tuple[Charge, ...] = ()
    ultimate_name: str | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Statement:
    """A stretch of one account's books, in the order the bank gives it.

    ``account`` is the IBAN where there is one, else the bank's own number. ``opening`` and
    ``closing`` are signed minor units of ``currency``, ``None`` where the bank gives none;
    ``opening_date`` and ``closing_date`` are the days those balances stand for.

    :param account_text: the account as the file writes it, without blanks, where ``account`` is
        only a part of it: MT940 may add the bank's BIC before and the currency behind
    """

    id: str | None
    account: str | None
    currency: str | None
    opening: int | None
    closing: int | None
    entries: tuple[Entry, ...] = ()
    opening_date: date | None = None
    closing_date: date | None = None
    sequence: str | None = None
    account_text: str | None = None
