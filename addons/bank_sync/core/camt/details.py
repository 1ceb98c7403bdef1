"""``TxDtls`` -> :class:`EntryDetail`: who paid, why, and with which references."""

from typing import Any

from ..errors import StatementError
from ..statement import EntryDetail
from .amounts import NOTHING, charges, original
from .values import ValueReader, child, children, descend, direction, text

#: What ISO 20022 (EPC implementation guidelines) prescribes where the payer gave no reference.
_NO_REFERENCE = "NOTPROVIDED"
_DEBTOR, _CREDITOR = "Dbtr", "Cdtr"
#: Name and account of a party, and the name of another one on whose behalf it acts.
_Party = tuple[str | None, str | None, str | None]
_NOBODY: _Party = (None, None, None)


def reference(node: Any) -> str | None:
    """Return a reference, ``None`` also for the placeholder ``NOTPROVIDED``."""
    found = text(node)
    return None if found is None or found.upper() == _NO_REFERENCE else found


def account_identifier(account: Any) -> str | None:
    """Return the IBAN of an account, else the bank's own number; an IBAN without blanks.

    Version 01 also knew ``BBAN``, ``UPIC`` and ``PrtryAcct``.

    >>> account_identifier({"Id": {"IBAN": "DE89 3704 0044 0532 0130 00"}})
    'DE89370400440532013000'
    >>> account_identifier({"Id": {"Othr": {"Id": "12-345"}}})
    '12-345'
    """
    identifier = child(account, "Id")
    if type(identifier) is not dict:
        return text(identifier)
    if iban := text(identifier.get("IBAN")):
        return iban.replace(" ", "").upper() if " " in iban or not iban.isupper() else iban
    return (
        text(descend(identifier, "Othr", "Id"))
        or text(identifier.get("BBAN"))
        or text(descend(identifier, "PrtryAcct", "Id"))
        or text(identifier.get("UPIC"))
    )


def bank_transaction_code(node: Any, values: ValueReader) -> str | None:
    """Return ``BkTxCd`` of an entry or a transaction as one word, the ISO code before the bank's.

    >>> iso = {"Cd": "PMNT", "Fmly": {"Cd": "RCDT", "SubFmlyCd": "ESCT"}}
    >>> bank_transaction_code({"BkTxCd": {"Domn": iso}}, ValueReader())
    'PMNT-RCDT-ESCT'
    """
    code = child(node, "BkTxCd")
    if code is None:
        return None
    domain = child(code, "Domn")
    if domain is None:
        own = text(descend(code, "Prtry", "Cd"))
        return values.share(own) if own else None
    family = child(domain, "Fmly")
    parts = (text(child(domain, "Cd")), text(child(family, "Cd")), text(child(family, "SubFmlyCd")))
    joined = "-".join(part for part in parts if part)
    return values.share(joined) if joined else None


def return_reason(node: Any) -> str | None:
    """Return why a payment came back: the ISO code, else the bank's own words."""
    information = child(node, "RtrInf")
    if information is None:
        return None
    reason = child(information, "Rsn") or child(information, "RtrRsn")
    return text(child(reason, "Cd")) or text(child(reason, "Prtry"))


def read_detail(
    node: Any,
    *,
    sign: int,
    reversal: bool,
    currency: str,
    own_account: str | None,
    values: ValueReader,
    turned: bool = False,
) -> EntryDetail:
    """Return one transaction of an entry.

    :param sign: direction of the entry, taken where the transaction has none of its own
    :param currency: currency of the entry
    :param own_account: the account the statement is about, never the counterparty
    :param turned: whether the bank gives the direction of the payment a reversal undoes
    :raise StatementError: when an amount or a direction cannot be read
    """
    if type(node) is not dict:
        return EntryDetail(None, None)
    if "CdtDbtInd" in node:
        sign = -direction(node, sign) if turned else direction(node, sign)
    amount, amount_currency = _amount(node, currency, values)
    name, account, ultimate = _counterparty(node.get("RltdPties"), sign, reversal, own_account)
    references = child(node, "Refs")
    if type(references) is not dict:
        references = {}
    creditor_reference, remittance = _remittance(node)
    return EntryDetail(
        amount if amount is None else sign * amount,
        amount_currency,
        text(references.get("AcctSvcrRef")),
        reference(references.get("EndToEndId")),
        reference(references.get("MndtId")),
        creditor_reference,
        name,
        account,
        remittance,
        bank_transaction_code(node, values),
        return_reason(node),
        *(
            original(node, sign, currency, values)
            if _may_be_converted(node, amount_currency, currency)
            else NOTHING
        ),
        charges(node, currency, values) if "Chrgs" in node else (),
        ultimate,
    )


def _amount(node: dict, currency: str, values: ValueReader) -> tuple[int | None, str | None]:
    """Return the transaction's amount, unsigned, and its currency.

    ``Amt`` since version 04, ``AmtDtls/TxAmt`` before; the instructed amount only where it is in
    the currency of the entry, because only then nothing was converted.
    """
    amount, place = node.get("Amt"), "Amt"
    if amount is None and "AmtDtls" in node:
        amount, place = descend(node, "AmtDtls", "TxAmt", "Amt"), "AmtDtls/TxAmt/Amt"
        if amount is None:
            place = "AmtDtls/InstdAmt/Amt"
            amount = descend(node, "AmtDtls", "InstdAmt", "Amt")
            if type(amount) is dict and amount.get("@Ccy") != currency:
                return None, None
    if amount is None:
        return None, None
    minor, found = values.amount(amount, place, currency)
    if minor < 0:
        raise StatementError("negative_amount", place, text(amount))
    return minor, found


def _may_be_converted(node: dict, found: str | None, currency: str) -> bool:
    return "AmtDtls" in node or (found is not None and found != currency)


def _counterparty(parties: Any, sign: int, reversal: bool, own_account: str | None) -> _Party:
    """Return name and account of the other side, and on whose behalf it acts.

    Money in comes from the debtor. A reversal keeps the roles of the payment it undoes. Where a
    bank does neither, the account of the statement itself tells which side is ours.
    """
    if type(parties) is list:
        parties = parties[0]
    if type(parties) is not dict:
        return _NOBODY
    first, second = (_DEBTOR, _CREDITOR) if (sign > 0) != reversal else (_CREDITOR, _DEBTOR)
    name, account, ultimate = _party(parties, first)
    if (name is None and account is None) or (account is not None and account == own_account):
        other = _party(parties, second)
        if other[0] is not None or other[1] is not None:
            return other
        if account == own_account:
            return _NOBODY
    return name, account, ultimate


def _party(parties: dict, role: str) -> _Party:
    """Return name and account of one role; the ultimate party where the other has no name."""
    account = account_identifier(parties.get(role + "Acct"))
    name, ultimate = _name(parties.get(role)), _name(parties.get("Ultmt" + role))
    return name or ultimate, account, ultimate if name and ultimate != name else None


def _name(party: Any) -> str | None:
    """Return the name of a party: ``Nm``, since version 08 ``Pty/Nm`` or the bank ``Agt``."""
    if party is None:
        return None
    found = text(child(party, "Nm"))
    if found:
        return found
    return text(descend(party, "Pty", "Nm")) or text(descend(party, "Agt", "FinInstnId", "Nm"))


def _remittance(node: dict) -> tuple[str | None, tuple[str, ...]]:
    """Return the structured reference, and the lines of text.

    The text of the structured part, its document numbers and further references follow the free
    text, but for what that says already. Only where the payer wrote nothing the bank's own
    description stands in.
    """
    information = child(node, "RmtInf")
    if information is None:
        lines: tuple[str, ...] = ()
        creditor_reference = None
    else:
        lines = tuple(filter(None, map(text, children(information, "Ustrd"))))
        creditor_reference = None
        if "Strd" in information:
            creditor_reference, lines = _structured(children(information, "Strd"), lines)
    if not lines and (description := text(node.get("AddtlTxInf"))):
        lines = (description,)
    return creditor_reference, lines


def _structured(parts: list, lines: tuple[str, ...]) -> tuple[str | None, tuple[str, ...]]:
    """Return the first creditor reference, and ``lines`` with whatever else the parts say."""
    creditor_reference = None
    more: list[str | None] = []
    for part in parts:
        found = reference(descend(part, "CdtrRefInf", "Ref"))
        if creditor_reference is None:
            creditor_reference = found
        elif found != creditor_reference:
            more.append(found)
        more += [text(child(document, "Nb")) for document in children(part, "RfrdDocInf")]
        more += map(text, children(part, "AddtlRmtInf"))
    said = list(lines)
    for line in more:
        if line and not any(line in known for known in said):
            said.append(line)
    return creditor_reference, tuple(said)
