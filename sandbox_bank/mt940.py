"""Account statements as SWIFT MT940, in two habits: German subfields, or plain text."""

import datetime
import unicodedata

from . import entries, identifiers, ledger, money
from .entries import Entry
from .ledger import ONE_DAY, Account
from .web import Bank

NAMES = ("mt940", "mt940.plain")
LINE = 65
SUBFIELD = 27
TEXT_SUBFIELDS = (*range(20, 30), *range(60, 64))
# What SWIFT can carry, besides letters and digits.
SIGNS = set(" /-?:().,'+")
REPLACED = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "AE", "Ö": "OE", "Ü": "UE", "ß": "ss"}
)
# Business transaction code of German banks, and the SWIFT type, by our own code.
CODES = {
    "PMNT-RCDT-ESCT": ("166", "NTRF"),
    "PMNT-ICDT-ESCT": ("116", "NTRF"),
    "ACMT-MDOP-CHRG": ("808", "NCHG"),
    "ACMT-MCOP-INTR": ("814", "NINT"),
}
OTHER_CODE = ("835", "NMSC")


def statement(
    bank: Bank, account: Account, date_from: datetime.date, date_to: datetime.date, name: str
) -> bytes:
    """Return the statement of a period, both days included, with the line ends of SWIFT."""
    number = (date_from - account.opened_on).days + 1
    lines = [
        f":20:{date_to:%y%m%d}{account.id:06d}",
        f":25:{identifiers.BIC[:8]}/{account.iban}",
        f":28C:{number:05d}/001",
        _balance("60F", bank, account, date_from - ONE_DAY),
    ]
    for entry in entries.booked(bank.connection, account, date_from, date_to):
        lines.append(_line(entry, account))
        lines += _structured(entry) if name == "mt940" else _plain(entry)
    lines += [_balance("62F", bank, account, date_to), "-"]
    return ("\r\n".join(lines) + "\r\n").encode("ascii")


def _balance(tag: str, bank: Bank, account: Account, day: datetime.date) -> str:
    minor = ledger.balance(bank.connection, account.id, day)
    mark = "D" if minor < 0 else "C"
    return f":{tag}:{mark}{day:%y%m%d}{account.currency}{_amount(minor, account.currency)}"


def _amount(minor: int, currency: str) -> str:
    text = money.to_text(abs(minor), currency).replace(".", ",")
    return text if "," in text else f"{text},"


def _line(entry: Entry, account: Account) -> str:
    mark = "D" if entry.amount < 0 else "C"
    if entry.extra.get("reversal"):
        # A credit that takes a debit back is a reversed debit, and the other way round.
        mark = "RC" if mark == "D" else "RD"
    swift_type = CODES.get(entry.bank_transaction_code, OTHER_CODE)[1]
    reference = carried(entry.end_to_end_id or "NONREF")[:16].strip("/ ") or "NONREF"
    return (
        f":61:{entry.value_date:%y%m%d}{entry.booking_date:%m%d}{mark}"
        f"{_amount(entry.amount, account.currency)}{swift_type}{reference}"
        f"//{entry.entry_reference[-16:]}"
    )


def _texts(entry: Entry) -> list[str]:
    """Return the text of an entry; of a batch, the texts of its payments."""
    texts = [*entry.remittance]
    if entry.creditor_reference:
        texts.append(entry.creditor_reference)
    for detail in entry.details:
        texts += [*detail.remittance, detail.counterparty_name or ""]
    return [carried(text) for text in texts if text]


def _structured(entry: Entry) -> list[str]:
    """Return field 86 as German banks write it: a code, then numbered subfields of 27 signs."""
    code = CODES.get(entry.bank_transaction_code, OTHER_CODE)[0]
    parts = [f"{code}?00{'GUTSCHRIFT' if entry.amount > 0 else 'LASTSCHRIFT'}"]
    texts = [f"SVWZ+{' '.join(_texts(entry))}"] if _texts(entry) else []
    if entry.end_to_end_id:
        texts.insert(0, f"EREF+{carried(entry.end_to_end_id)}")
    if entry.extra.get("mandate_id"):
        texts.insert(1, f"MREF+{carried(entry.extra['mandate_id'])}")
    pieces = [piece for text in texts for piece in _cut(text.replace("?", "."), SUBFIELD)]
    parts += [f"?{number}{piece}" for number, piece in zip(TEXT_SUBFIELDS, pieces, strict=False)]
    if entry.counterparty_iban:
        parts.append(f"?31{entry.counterparty_iban}")
    name = carried(entry.counterparty_name or "").replace("?", ".")
    parts += [f"?{32 + index}{piece}" for index, piece in enumerate(_cut(name, SUBFIELD)[:2])]
    return _field_86("".join(parts))


def _plain(entry: Entry) -> list[str]:
    """Return field 86 as free text."""
    parts = [carried(entry.counterparty_name or ""), entry.counterparty_iban or "", *_texts(entry)]
    return _field_86(" ".join(filter(None, parts)) or "NO TEXT")


def _field_86(text: str) -> list[str]:
    lines = _cut(text, LINE)[:6]
    # A line must not look like the end of the message or the next field.
    safe = [
        f".{line[1:]}" if line[0] in "-:" and index else line for index, line in enumerate(lines)
    ]
    return [f":86:{safe[0]}", *safe[1:]]


def _cut(text: str, length: int) -> list[str]:
    return [text[start : start + length] for start in range(0, len(text), length)]


def carried(text: str) -> str:
    """Return a text in the characters SWIFT can carry.

    >>> carried("Müller & Søn, Straße 7")
    'Mueller . S.n, Strasse 7'
    """
    plain = unicodedata.normalize("NFKD", text.translate(REPLACED))
    kept = "".join(c for c in plain if not unicodedata.combining(c))
    return "".join(c if (c.isascii() and c.isalnum()) or c in SIGNS else "." for c in kept)
