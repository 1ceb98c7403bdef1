"""Statements, reports and notices as ISO 20022 camt.053, .052 and .054, in several versions.

Written with the standard library. What differs between the versions is gathered in `Form`.
"""

import datetime
import xml.etree.ElementTree as ET
from dataclasses import dataclass

from . import clock, entries, identifiers, ledger, money
from .entries import Detail, Entry
from .ledger import ONE_DAY, Account
from .web import Bank

SUMMARY = (("TtlCdtNtries", 1), ("TtlDbtNtries", -1))
VERSIONS = (2, 4, 6, 8, 10, 13)
# Message and body of each kind, and the codes of its opening and closing balance.
KINDS = {
    52: ("BkToCstmrAcctRpt", "Rpt", ("OPBD", "ITBD")),
    53: ("BkToCstmrStmt", "Stmt", ("OPBD", "CLBD")),
    54: ("BkToCstmrDbtCdtNtfctn", "Ntfctn", ()),
}
FORMATS = tuple(f"camt.0{kind}.001.{version:02d}" for kind in KINDS for version in VERSIONS)
USUAL = "camt.053.001.08"


@dataclass(frozen=True)
class Form:
    """How a kind and version of the message is written."""

    kind: int
    version: int

    @classmethod
    def named(cls, name: str) -> "Form":
        """Return the form of one of `FORMATS`."""
        _camt, kind, _variant, version = name.split(".")
        return cls(int(kind), int(version))

    @property
    def namespace(self) -> str:
        """Return the XML namespace."""
        return f"urn:iso:std:iso:20022:tech:xsd:camt.0{self.kind}.001.{self.version:02d}"

    @property
    def bic(self) -> str:
        """Return the name of the element for a BIC."""
        return "BICFI" if self.version > 2 else "BIC"

    @property
    def has_choices(self) -> bool:
        """Tell whether parties and statuses stand one level deeper."""
        return self.version >= 8

    @property
    def has_detail_amounts(self) -> bool:
        """Tell whether a detail has an amount of its own, not only inside ``AmtDtls``."""
        return self.version > 2


def statement(
    bank: Bank,
    account: Account,
    date_from: datetime.date,
    date_to: datetime.date,
    name: str = USUAL,
) -> bytes:
    """Return the statement of a period, both days included, in UTF-8.

    The opening balance is the one booked at the end of the day before ``date_from``, the closing
    balance the one at the end of ``date_to``: both come from the ledger, not from the entries.
    A statement of a single day has the sequence number of that day since the account was opened.

    :param name: one of `FORMATS`
    """
    form = Form.named(name)
    message_tag, body_tag, balance_codes = KINDS[form.kind]
    found = entries.booked(bank.connection, account, date_from, date_to)
    identification = f"{account.iban[-10:]}-{account.currency}-{date_from:%Y%m%d}-{date_to:%Y%m%d}"
    created = clock.at_cut_off(bank.connection, bank.today)
    document = ET.Element("Document", xmlns=form.namespace)
    message = ET.SubElement(document, message_tag)
    header = ET.SubElement(message, "GrpHdr")
    _text(header, "MsgId", f"M{date_to:%Y%m%d}-{account.resource_id[:8]}-{len(found)}")
    _text(header, "CreDtTm", created)
    body = ET.SubElement(message, body_tag)
    _text(body, "Id", identification)
    if date_from == date_to:
        _text(body, "ElctrncSeqNb", str((date_from - account.opened_on).days + 1))
    _text(body, "CreDtTm", created)
    period = ET.SubElement(body, "FrToDt")
    _text(period, "FrDtTm", f"{date_from.isoformat()}T00:00:00Z")
    _text(period, "ToDtTm", clock.at_cut_off(bank.connection, date_to))
    _account(body, account, form)
    if balance_codes:
        opening = ledger.balance(bank.connection, account.id, date_from - ONE_DAY)
        closing = ledger.balance(bank.connection, account.id, date_to)
        _balance(body, balance_codes[0], opening, account.currency, date_from)
        _balance(body, balance_codes[1], closing, account.currency, date_to)
    _summary(body, found, account.currency)
    for entry in found:
        _entry(body, entry, account, form)
    ET.indent(document)
    return ET.tostring(document, encoding="UTF-8", xml_declaration=True)


def _text(parent: ET.Element, tag: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, tag, attributes).text = text


def _at(parent: ET.Element, path: str) -> ET.Element:
    """Return a new element below ``parent``, with new elements on the way to it."""
    for tag in path.split("/"):
        parent = ET.SubElement(parent, tag)
    return parent


def _amount(parent: ET.Element, minor: int, currency: str, tag: str = "Amt") -> None:
    """Write amount and direction: camt amounts have no sign."""
    _text(parent, tag, money.to_text(abs(minor), currency), Ccy=currency)
    _text(parent, "CdtDbtInd", _direction(minor))


def _direction(minor: int) -> str:
    return "DBIT" if minor < 0 else "CRDT"


def _account(parent: ET.Element, account: Account, form: Form) -> None:
    element = ET.SubElement(parent, "Acct")
    _text(ET.SubElement(element, "Id"), "IBAN", account.iban)
    _text(element, "Ccy", account.currency)
    _text(ET.SubElement(element, "Ownr"), "Nm", account.owner)
    institution = _at(element, "Svcr/FinInstnId")
    _text(institution, form.bic, identifiers.BIC)
    _text(institution, "Nm", identifiers.BANK_NAME)


def _balance(parent: ET.Element, code: str, minor: int, currency: str, day: datetime.date) -> None:
    element = ET.SubElement(parent, "Bal")
    _text(_at(element, "Tp/CdOrPrtry"), "Cd", code)
    _amount(element, minor, currency)
    _text(ET.SubElement(element, "Dt"), "Dt", day.isoformat())


def _summary(parent: ET.Element, found: list[Entry], currency: str) -> None:
    element = ET.SubElement(parent, "TxsSummry")
    total = ET.SubElement(element, "TtlNtries")
    _text(total, "NbOfNtries", str(len(found)))
    for tag, sign in SUMMARY:
        amounts = [abs(entry.amount) for entry in found if entry.amount * sign > 0]
        side = ET.SubElement(element, tag)
        _text(side, "NbOfNtries", str(len(amounts)))
        _text(side, "Sum", money.to_text(sum(amounts), currency))


def _entry(parent: ET.Element, entry: Entry, account: Account, form: Form) -> None:
    element = ET.SubElement(parent, "Ntry")
    _text(element, "NtryRef", entry.entry_reference)
    _amount(element, entry.amount, account.currency)
    if entry.extra.get("reversal"):
        _text(element, "RvslInd", "true")
    status = ET.SubElement(element, "Sts")
    if form.has_choices:
        _text(status, "Cd", "BOOK")
    else:
        status.text = "BOOK"
    _text(ET.SubElement(element, "BookgDt"), "Dt", entry.booking_date.isoformat())
    _text(ET.SubElement(element, "ValDt"), "Dt", entry.value_date.isoformat())
    _text(element, "AcctSvcrRef", entry.entry_reference)
    _transaction_code(element, entry.bank_transaction_code)
    _charges(element, entry, account, form)
    details = ET.SubElement(element, "NtryDtls")
    if entry.details:
        batch = ET.SubElement(details, "Btch")
        _text(batch, "NbOfTxs", str(len(entry.details)))
        _amount(batch, entry.amount, account.currency, "TtlAmt")
    for item in entry.details or (entry,):
        _payment(ET.SubElement(details, "TxDtls"), item, entry, account, form)
    if entry.extra.get("additional_information"):
        _text(element, "AddtlNtryInf", entry.extra["additional_information"])


def _charges(element: ET.Element, entry: Entry, account: Account, form: Form) -> None:
    charges = entry.extra.get("charges")
    if not charges:
        return
    parent = _at(element, "Chrgs/Rcrd" if form.version > 2 else "Chrgs")
    _text(parent, "Amt", money.to_text(charges, account.currency), Ccy=account.currency)


def _transaction_code(parent: ET.Element, code: str) -> None:
    domain_code, family_code, sub_family_code = code.split("-")
    domain = _at(parent, "BkTxCd/Domn")
    _text(domain, "Cd", domain_code)
    family = ET.SubElement(domain, "Fmly")
    _text(family, "Cd", family_code)
    _text(family, "SubFmlyCd", sub_family_code)


def _payment(
    element: ET.Element, item: Entry | Detail, entry: Entry, account: Account, form: Form
) -> None:
    references = ET.SubElement(element, "Refs")
    _text(references, "AcctSvcrRef", entry.entry_reference)
    _text(references, "EndToEndId", item.end_to_end_id or "NOTPROVIDED")
    if entry.extra.get("mandate_id"):
        _text(references, "MndtId", entry.extra["mandate_id"])
    if form.has_detail_amounts:
        _amount(element, item.amount, account.currency)
    _amount_details(element, item, entry, account, form)
    if item.counterparty_name or item.counterparty_iban:
        _parties(element, item, account, form)
    if entry.purpose_code:
        _text(ET.SubElement(element, "Purp"), "Cd", entry.purpose_code)
    if item.remittance or item.creditor_reference:
        _remittance(element, item)
    if entry.extra.get("return_reason"):
        _text(_at(element, "RtrInf/Rsn"), "Cd", entry.extra["return_reason"])


def _amount_details(
    element: ET.Element, item: Entry | Detail, entry: Entry, account: Account, form: Form
) -> None:
    """Write the amount ordered in another currency, and in version 2 the amount itself."""
    exchange = entry.extra.get("exchange")
    if not exchange and form.has_detail_amounts:
        return
    details = ET.SubElement(element, "AmtDtls")
    if exchange:
        ordered = ET.SubElement(details, "InstdAmt")
        currency = exchange["currency"]
        _text(ordered, "Amt", money.to_text(exchange["amount"], currency), Ccy=currency)
    booked = ET.SubElement(details, "TxAmt")
    _text(booked, "Amt", money.to_text(abs(item.amount), account.currency), Ccy=account.currency)
    if exchange:
        rate = ET.SubElement(booked, "CcyXchg")
        _text(rate, "SrcCcy", exchange["currency"])
        _text(rate, "TrgtCcy", account.currency)
        _text(rate, "UnitCcy", exchange["currency"])
        _text(rate, "XchgRate", exchange["rate"])


def _parties(element: ET.Element, item: Entry | Detail, account: Account, form: Form) -> None:
    """Write both parties in the order of the schema; the account's owner is the other one."""
    parties = ET.SubElement(element, "RltdPties")
    other = (item.counterparty_name, item.counterparty_iban)
    owner = (account.owner, account.iban)
    debtor, creditor = (other, owner) if item.amount > 0 else (owner, other)
    for tag, (name, iban) in (("Dbtr", debtor), ("Cdtr", creditor)):
        if name:
            _text(_at(parties, f"{tag}/Pty" if form.has_choices else tag), "Nm", name)
        if iban:
            _text(_at(parties, f"{tag}Acct/Id"), "IBAN", iban)


def _remittance(element: ET.Element, item: Entry | Detail) -> None:
    information = ET.SubElement(element, "RmtInf")
    for line in item.remittance:
        _text(information, "Ustrd", line)
    if item.creditor_reference:
        reference = _at(information, "Strd/CdtrRefInf")
        _text(_at(reference, "Tp/CdOrPrtry"), "Cd", "SCOR")
        _text(reference, "Ref", item.creditor_reference)
