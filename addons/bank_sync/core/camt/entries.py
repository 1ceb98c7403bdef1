"""``Ntry`` -> :class:`Entry`."""

from typing import Any

from ..errors import StatementError
from ..statement import Entry, EntryDetail
from .amounts import NOTHING, Original, charges, original
from .details import bank_transaction_code, read_detail, reference
from .values import ValueReader, child, children, descend, direction, indicator, single, text

_BOOKED = "BOOK"
_NOTHING = EntryDetail(None, None)
#: ISO 20022 allows 15 digits for a number of transactions; no database column takes so many.
_DIGITS, _MOST_TRANSACTIONS = 15, 999_999_999


def read_entry(
    node: Any,
    *,
    currency: str | None,
    own_account: str | None,
    values: ValueReader,
    turned: bool = False,
) -> Entry:
    """Return one entry; ``place`` of an error is relative to ``Ntry``.

    ``CdtDbtInd`` is the direction the money really took, also for a reversal (ISO 20022 message
    definition report: "if CRDT and reversal, the original operation was a debit").

    Some banks give that of the original all the same; ``turned`` reads it so.

    The references, the counterparty and the text of the only transaction are the entry's own; a
    batch of several keeps them in its details alone. Without transactions, the bank's description
    (``AddtlNtryInf``) is the text.

    :param currency: currency of the account so far as known, taken where ``Amt`` has none
    :param own_account: the account the statement is about
    :raise StatementError: when an amount, date, direction or indicator cannot be read
    """
    sign, minor, entry_currency = _money(node, currency, values)
    sign = -sign if turned else sign
    reversal = "RvslInd" in node and indicator(node, "RvslInd")
    details = _details(
        node,
        sign=sign,
        reversal=reversal,
        currency=entry_currency,
        own_account=own_account,
        values=values,
        turned=turned,
    )
    only = details[0] if len(details) == 1 else _NOTHING
    remittance, description = _texts(node, only)
    batch_reference, batch_size = _batch(node)
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
        remittance,
        bank_transaction_code(node, values) or only.bank_transaction_code,
        only.return_reason,
        reversal,
        _status(node) != _BOOKED,
        details,
        description,
        batch_reference,
        batch_size,
        *_original(node, sign, entry_currency, only, values),
        (charges(node, entry_currency, values) if "Chrgs" in node else ()) or only.charges,
        only.ultimate_name,
    )


def _money(node: Any, currency: str | None, values: ValueReader) -> tuple[int, int, str]:
    """Return direction, amount without sign, and currency."""
    if type(node) is not dict:
        raise StatementError("missing", "Amt", "the amount")
    minor, found = values.amount(node.get("Amt"), "Amt", currency)
    if minor < 0:
        raise StatementError("negative_amount", "Amt", text(node["Amt"]))
    return direction(node, None), minor, found


def _original(
    node: dict, sign: int, currency: str, only: EntryDetail, values: ValueReader
) -> Original:
    """Return what was ordered, of the entry, else of its only transaction."""
    own = original(node, sign, currency, values) if "AmtDtls" in node else NOTHING
    if own[0] is not None:
        return own
    return only.original_amount, only.original_currency, only.exchange_rate


def _texts(node: dict, only: EntryDetail) -> tuple[tuple[str, ...], str | None]:
    """Return the lines of text, and what the bank says of entry or transaction beside them.

    :param only: the only transaction, or one without anything
    """
    description = text(node.get("AddtlNtryInf"))
    if not description and only is not _NOTHING:
        description = text(descend(node, "NtryDtls", "TxDtls", "AddtlTxInf"))
    if not description:
        return only.remittance, None
    if not only.remittance:
        return (description,), None
    return only.remittance, None if (description,) == only.remittance else description


def _batch(node: dict) -> tuple[str | None, int | None]:
    """Return name and size of the batch: of the first ``Btch`` the name, of all the size.

    ``PmtInfId`` is the name of the customer who sent it, ``MsgId`` that of the message. Without
    ``Btch`` several transactions of one ``PmtInfId`` are a batch of that name.
    """
    holders = node.get("NtryDtls")
    holders = holders if type(holders) is list else [holders]
    batches = [child(holder, "Btch") for holder in holders if type(holder) is dict]
    batches = [batch for batch in (*batches, child(node, "Btch")) if type(batch) is dict]
    if not batches:
        return _shared_name(holders), None
    names = (text(child(batch, name)) for name in ("PmtInfId", "MsgId") for batch in batches)
    sizes = [text(child(batch, "NbOfTxs")) or "" for batch in batches]
    readable = all(size.isascii() and size.isdigit() and len(size) <= _DIGITS for size in sizes)
    size = sum(map(int, sizes)) if readable else None
    if size is not None and size > _MOST_TRANSACTIONS:
        size = None
    return next(filter(None, names), None), size


def _shared_name(holders: list) -> str | None:
    """Return the ``PmtInfId`` that all of several transactions share."""
    found = [part for holder in holders for part in children(holder, "TxDtls")]
    if len(found) < 2:
        return None
    names = {text(descend(part, "Refs", "PmtInfId")) for part in found}
    return names.pop() if len(names) == 1 else None


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
