"""``Ntry`` -> :class:`Entry`."""

from typing import Any

from ..errors import StatementError
from ..statement import Entry, EntryDetail
from .details import bank_transaction_code, read_detail, reference
from .values import ValueReader, child, direction, indicator, single, text

_BOOKED = "BOOK"
_NOTHING = EntryDetail(None, None)


def read_entry(
    node: Any, *, currency: str | None, own_account: str | None, values: ValueReader
) -> Entry:
    """Return one entry; ``place`` of an error is relative to ``Ntry``.

    ``CdtDbtInd`` is the direction the money really took, also for a reversal (ISO 20022 message
    definition report: "if CRDT and reversal, the original operation was a debit").

    The references, the counterparty and the text of the only transaction are the entry's own; a
    batch of several keeps them in its details alone. Without transactions, the bank's description
    (``AddtlNtryInf``) is the text.

    :param currency: currency of the account so far as known, taken where ``Amt`` has none
    :param own_account: the account the statement is about
    :raise StatementError: when an amount, date, direction or indicator cannot be read
    """
    if type(node) is not dict:
        raise StatementError("missing", "Amt", "the amount")
    minor, entry_currency = values.amount(node.get("Amt"), "Amt", currency)
    if minor < 0:
        raise StatementError("negative_amount", "Amt", text(node["Amt"]))
    sign = direction(node, None)
    reversal = "RvslInd" in node and indicator(node, "RvslInd")
    details = _details(
        node,
        sign=sign,
        reversal=reversal,
        currency=entry_currency,
        own_account=own_account,
        values=values,
    )
    only = details[0] if len(details) == 1 else _NOTHING
    description = None if only.remittance else text(node.get("AddtlNtryInf"))
    return Entry(
        values.date(node, "BookgDt"),
        values.date(node, "ValDt"),
        sign * minor,
        entry_currency,
        reference(node.get("NtryRef")),
        text(node.get("AcctSvcrRef")) or only.servicer_reference,
        only.end_to_end_id,
        only.mandate_id,
        only.creditor_reference,
        only.counterparty_name,
        only.counterparty_account,
        (description,) if description else only.remittance,
        bank_transaction_code(node, values) or only.bank_transaction_code,
        only.return_reason,
        reversal,
        _status(node) != _BOOKED,
        details,
    )


def details_difference(entry: Entry) -> int:
    """Return entry - sum of its details in minor units; 0 where they cannot be compared."""
    if not entry.details:
        return 0
    total = 0
    for detail in entry.details:
        if detail.amount is None or detail.currency != entry.currency:
            return 0
        total += detail.amount
    return entry.amount - total


def _status(node: dict) -> str:
    """Return ``Sts``: a word up to version 07, ``Cd`` or ``Prtry`` inside since; booked if absent.

    Everything but BOOK (PDNG, INFO, FUTR, a bank's own word) is not in the books.
    """
    status = single(node, "Sts")
    if type(status) is dict:
        status = text(child(status, "Cd")) or text(child(status, "Prtry")) or text(status)
    return status or _BOOKED


def _details(node: dict, **context: Any) -> tuple[EntryDetail, ...]:
    """Return all transactions, of all ``NtryDtls`` (version 01 had no ``NtryDtls``)."""
    found: list[EntryDetail] = []
    if "NtryDtls" in node:
        holders = node["NtryDtls"]
        for number, holder in enumerate(holders if type(holders) is list else (holders,), 1):
            _append_details(found, holder, f"NtryDtls[{number}]/", context)
    elif "TxDtls" in node:
        _append_details(found, node, "", context)
    return tuple(found)


def _append_details(found: list[EntryDetail], holder: Any, place: str, context: dict) -> None:
    if type(holder) is not dict or "TxDtls" not in holder:
        return
    nodes = holder["TxDtls"]
    for number, node in enumerate(nodes if type(nodes) is list else (nodes,), 1):
        try:
            found.append(read_detail(node, **context))
        except StatementError as error:
            inside = f"{place}TxDtls[{number}]/{error.place}"
            raise StatementError(error.code, inside, error.detail) from error
