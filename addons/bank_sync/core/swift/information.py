"""``:86:`` -> who paid, why, with which references; German, Dutch and free texts."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..formats.belgian import structured_communication

#: ``166?00SEPA-GUTSCHRIFT?20EREF+…``; Polish banks use ``~`` or ``<``, others ``^`` for ``?``.
_SUBFIELDS = re.compile(r"(\d{3})([?~<>^@#|])(?=\d\d)", re.ASCII)
#: ``999PN5477SCHECK``: the code, and text without subfields.
_CODE = re.compile(r"(\d{3})(?=[A-Z ])", re.ASCII)
_SEPA = "EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|PURP|DDAT|SQTP|ORCR|ORMR|MDAT|IBAN|BIC"
_SEPA_PLUS = re.compile(rf"\s?({_SEPA})\s?\+ ?", re.ASCII)
_SEPA_COLON = re.compile(rf"(?:^|(?<=\s))({_SEPA}): ?", re.ASCII)
_WORDS = re.compile(
    r"/(TRTP|IBAN|BIC|NAME|REMI|EREF|PREF|IREF|MARF|CSID|ISDT|ORDP|BENM|RTRN|CNTP|ULTD|ULTC|ULTB"
    r"|ULBE|PURP|ADDR|CHGS|OCMT|EXCH|TRCD|ACCW|SVCL|ACCT|ID|CITY|ISO|TR)/",
    re.ASCII,
)
#: Words that open a party of its own: names that follow are not the counterparty's.
_ULTIMATE = {"ULTD", "ULTC", "ULTB", "ULBE"}
_PARTIES = {*_ULTIMATE, "ORDP", "BENM", "CNTP"}
_MONEY = re.compile(r"([A-Z]{3})?(\d[\d.]*(?:,\d*)?)([A-Z]{3})?", re.ASCII)
_CHARGES = re.compile(r"\bCHG[S0-9]/([A-Z]{3})([\d.,]+)", re.ASCII)
_ORDERED = re.compile(r"\bOCMT/([A-Z]{3})([\d.,]+)", re.ASCII)
_RATE = re.compile(r"\bEXCH/([\d.,]+)", re.ASCII)
_ACCOUNT = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}|P?\d{7,10}", re.ASCII)
_BANK_CODE = re.compile(r"/TRCD/([0-9A-Z]+)", re.ASCII)
_REASON = re.compile(r"[A-Z]{2}\d{2}", re.ASCII)
_NAMED_REASON = re.compile(
    r"(?:/RTRN/|RETURN REASON\W+|R(?:UE|Ü)CKGABEGRUND\W+)([A-Z]{2}\d{2})\b", re.ASCII
)
#: Codes of returned direct debits and transfers, and the keys of their reasons (``?34``).
_RETURNS = {"108", "109", "159"}
_KEY = re.compile(r"9\d\d", re.ASCII)
#: Placeholders for "no reference", and pointers to a reference given elsewhere.
_NONE = {"", "NONREF", "NOTPROVIDED", "KREF", "EREF", "PREF", "MARF", "NOREF"}
#: Length at which a bank breaks a line of ``:86:`` or a subfield, in the middle of a word.
_LINE, _SUBFIELD = 65, 27


@dataclass(slots=True)
class Information:
    """What ``:86:`` and the lines below ``:61:`` say, still as text."""

    code: str | None = None
    prima_nota: str | None = None
    posting_text: str | None = None
    remittance: list[str] = field(default_factory=list)
    name: str | None = None
    account: str | None = None
    end_to_end_id: str | None = None
    mandate_id: str | None = None
    creditor_reference: str | None = None
    return_reason: str | None = None
    #: (currency, amount) as written, the currency ``None`` for that of the account.
    ordered: tuple[str | None, str] | None = None
    charges: list[tuple[str | None, str]] = field(default_factory=list)
    exchange_rate: str | None = None
    #: The German key of a reason, where the text does not name the SEPA one.
    return_key: str | None = None


def reference(written: str | None) -> str | None:
    """Return a reference, ``None`` for the words that say there is none.

    >>> reference("NONREF"), reference("KREF+"), reference("INV-77")
    (None, None, 'INV-77')
    """
    bare = (written or "").strip()
    return None if bare.rstrip("+").upper() in _NONE else bare


def read_information(values: Iterable[list[str]], supplement: str | None) -> Information:
    """Return what the ``:86:`` fields of one entry say.

    :param values: the lines of each ``:86:``; old Dutch files have one for every line of text
    :param supplement: what stands below ``:61:``
    """
    fields = [lines for lines in values if any(line.strip() for line in lines)]
    found = Information()
    glued = _glue(fields[0]) if fields else ""
    subfields = _SUBFIELDS.match(glued)
    if subfields:
        _read_subfields(found, glued, subfields)
    elif _WORDS.match(glued):
        _read_words(found, glued)
    else:
        _read_text(found, fields)
    _read_supplement(found, supplement or "")
    _read_amounts(found, supplement or "")
    _read_amounts(found, " ".join(found.remittance) if subfields else glued)
    _read_references(found)
    return found


def read_own_fields(found: Information, lines: list[str]) -> None:
    """Read ``:NS:``, which some German banks send instead of ``:86:``, into ``found``."""
    for line in lines:
        number, value = line[:2], line[2:].strip()
        if not value:
            continue
        if "01" <= number <= "14":
            found.remittance.append(value)
        elif number in ("15", "16"):
            found.name = f"{found.name} {value}" if found.name else value
        elif number == "17":
            found.posting_text = value
        elif number == "18":
            found.prima_nota = value


def _read_supplement(found: Information, text: str) -> None:
    """Read what stands below ``:61:``: the counterparty's account, a code, or words of the bank."""
    if code := _BANK_CODE.search(text):
        found.code = found.code or code[1]
    elif _ACCOUNT.fullmatch(text.strip()):
        found.account = found.account or text.strip()
    elif text and not text.startswith("/"):
        found.posting_text = found.posting_text or text


def _glue(lines: list[str]) -> str:
    """Return the lines as one text. Banks break in the middle of a word, at column 65 or so.

    A line one shorter than the longest has lost the blank it ended with.
    """
    longest = max(len(line) for line in lines)
    pieces = []
    for line in lines:
        lost = longest >= _LINE and len(line) == longest - 1 and not line.endswith(" ")
        pieces.append(f"{line} " if lost else line)
    return "".join(pieces)


def _read_subfields(found: Information, glued: str, match: re.Match) -> None:
    found.code = match[1]
    pieces = glued[match.end() - 1 :]
    purposes: list[str] = []
    names: list[str] = []
    for piece in re.split(rf"\{match[2]}(?=\d\d)", pieces)[1:]:
        number, value = piece[:2], piece[2:]
        if number == "00":
            found.posting_text = value.strip() or None
        elif number == "10":
            found.prima_nota = value.strip() or None
        elif "20" <= number <= "29" or "60" <= number <= "63":
            purposes.append(value)
        elif number == "31":
            found.account = value.replace(" ", "") or None
        elif number in ("32", "33"):
            names.append(value)
        elif number == "34" and found.code in _RETURNS and _KEY.fullmatch(value.strip()):
            found.return_key = value.strip()
    found.name = _join(names) or None
    _read_purposes(found, purposes)


def _join(pieces: list[str]) -> str:
    """Return subfields as one text; a full one goes on in the next without a blank."""
    text = ""
    for piece in pieces:
        text += piece if len(piece) >= _SUBFIELD or piece.endswith(" ") else f"{piece} "
    return " ".join(text.split())


def _marked(text: str, pattern: re.Pattern) -> list[tuple[str, str]]:
    """Return what stands before the first mark as ``("", text)``, then every mark's value."""
    marks = list(pattern.finditer(text))
    if not marks:
        return []
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    values = [
        (mark[1], text[mark.end() : end].strip()) for mark, end in zip(marks, ends, strict=True)
    ]
    return [("", text[: marks[0].start()].strip()), *values]


def _read_purposes(found: Information, purposes: list[str]) -> None:
    """Tell the SEPA parts of the purpose apart; without any, its lines are the text."""
    text = _join(purposes)
    parts = _marked(text, _SEPA_PLUS) or _marked(text, _SEPA_COLON)
    if not parts:
        found.remittance += [line.strip() for line in purposes if line.strip()]
    first: dict[str, str] = {}
    for word, value in parts:
        first.setdefault(word, value)
        if word in ("", "SVWZ") and value:
            found.remittance.append(value)
        elif word == "COAM" and (money := _money(value)):
            found.charges.append(money)
    found.end_to_end_id = reference(first.get("EREF"))
    found.mandate_id = reference(first.get("MREF"))
    found.account = found.account or first.get("IBAN", "").replace(" ", "") or None
    found.name = found.name or first.get("ABWA") or first.get("ABWE") or None
    found.ordered = _money(first.get("OAMT", ""))


def _read_words(found: Information, text: str) -> None:
    """Read ``/EREF/…/REMI/…``; a name behind an ultimate party is not the counterparty's."""
    ultimate = False
    first: dict[str, str] = {}
    for word, value in _marked(text, _WORDS):
        if word in _PARTIES:
            ultimate = word in _ULTIMATE
        if word == "REMI":
            _read_remittance(found, value)
        elif not (ultimate and word in ("NAME", "IBAN")):
            first.setdefault(word, value.strip("/ "))
    party = [part.strip() for part in first.get("CNTP", "").split("/")] + ["", "", ""]
    found.account = (party[0] or first.get("IBAN", "")).replace(" ", "") or None
    found.name = party[2] or first.get("NAME") or None
    found.end_to_end_id = reference(first.get("EREF"))
    found.mandate_id = reference(first.get("MARF"))
    found.posting_text = found.posting_text or first.get("TRTP") or None
    if reason := _REASON.match(first.get("RTRN", "")):
        found.return_reason = reason[0]


def _read_remittance(found: Information, value: str) -> None:
    """Read ``USTD//text/`` and ``STRD/CUR/reference/``, else plain text."""
    kind, _slash, rest = value.partition("/")
    if kind == "USTD":
        value = rest
    elif kind == "STRD":
        _issuer, _slash, structured = rest.partition("/")
        found.creditor_reference = structured.strip("/ ") or None
        return
    if clean := value.strip("/ "):
        found.remittance.append(clean)


def _read_text(found: Information, fields: list[list[str]]) -> None:
    for lines in fields:
        text = [line.strip() for line in lines if line.strip()]
        if not found.remittance and (code := _CODE.match(text[0])):
            found.code = code[1]
            text[0] = text[0][code.end() :].strip()
        found.remittance += [line for line in text if line]


def _read_amounts(found: Information, text: str) -> None:
    """Read what SWIFT foresees for ``:61:`` and ``:86:``; what is known already stays."""
    if (ordered := _ORDERED.search(text)) and not found.ordered:
        found.ordered = (ordered[1], ordered[2])
    if not found.charges:
        found.charges = [(match[1], match[2]) for match in _CHARGES.finditer(text)]
    if (rate := _RATE.search(text)) and not found.exchange_rate:
        found.exchange_rate = rate[1]


def _read_references(found: Information) -> None:
    """Take from the text what has a form of its own."""
    text = " ".join(found.remittance)
    if found.return_reason is None and (named := _NAMED_REASON.search(text.upper())):
        found.return_reason = named[1]
    found.return_reason = found.return_reason or found.return_key
    found.creditor_reference = found.creditor_reference or structured_communication(text)


def _money(written: str) -> tuple[str | None, str] | None:
    match = _MONEY.match(written.replace(" ", ""))
    return (match[1] or match[3], match[2]) if match else None
