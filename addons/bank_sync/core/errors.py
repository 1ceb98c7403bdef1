"""Why a bank file is refused: a code for programs, a place and a sentence for people."""

from .formats.names import readable

#: One sentence per code: what is wrong and what to do. ``%(detail)s`` is the offending value or
#: the parser's own words, ``%(formats)s`` all we read. The Odoo models translate by code and do
#: not use these.
SENTENCES = {
    "bad_amount": 'the amount "%(detail)s" is not a plain decimal number such as 1234.56; '
    "ask the bank for a corrected file",
    "amount_precision": "the amount %(detail)s has more decimals than its currency; "
    "ask the bank for a corrected file",
    "negative_amount": "the amount %(detail)s is negative although its direction is given apart; "
    "ask the bank for a corrected file",
    "bank_error": "the bank answers with an error instead of a statement (%(detail)s); "
    "ask it for the statement again",
    "bad_archive": "the ZIP archive cannot be read (%(detail)s); download it again",
    "bad_currency": 'the currency "%(detail)s" is not a three-letter ISO 4217 code; '
    "ask the bank for a corrected file",
    "bad_date": 'the date "%(detail)s" does not exist in the calendar or is not written '
    "as its format wants; ask the bank for a corrected file",
    "bad_direction": 'the direction must be credit or debit, not "%(detail)s"; '
    "ask the bank for a corrected file",
    "bad_indicator": 'an indicator must be true or false, not "%(detail)s"; '
    "ask the bank for a corrected file",
    "bad_table_amount": 'the cell "%(detail)s" is not an amount in the notation of the mapping; '
    "correct the decimal mark, or the column",
    "bad_table_date": 'the cell "%(detail)s" is not a day in the notation of the mapping; '
    "correct the date format, or the column",
    "bad_workbook": "the workbook cannot be read (%(detail)s); save it again as XLSX or CSV",
    "bad_record": "the line does not follow its format (%(detail)s); download the file again or "
    "ask the bank for a corrected one",
    "doctype": "the file carries a DOCTYPE, which a bank statement never needs and which can "
    "smuggle in other files; it is refused unread",
    "empty": "the file is empty; download it again",
    "encoding": "the text is not written in the encoding the file declares (%(detail)s); "
    "download it again or ask the bank for a UTF-8 file",
    "entity": "the file declares XML entities, which a bank statement never needs; "
    "it is refused unread",
    "investment_only": "the file holds no statement of a bank account, only investments or loans; "
    "export the bank account",
    "library_missing": "the program part that reads this format is not installed (%(detail)s); "
    "ask your administrator",
    "missing": "%(detail)s is missing; ask the bank for a complete file",
    "mixed_messages": "one file mixes different messages (%(detail)s); import them one by one",
    "needs_mapping": "this is a table whose columns nobody has explained yet; make a mapping",
    "no_statement": "the message holds no statement (%(detail)s); ask the bank for a complete file",
    "not_camt": "this XML is no camt.052, camt.053 or camt.054 statement (%(detail)s)",
    "not_table": "this is no table of entries (%(detail)s); export it as CSV or XLSX",
    "not_xml": "this is no camt bank statement: %(detail)s",
    "out_of_place": "%(detail)s does not belong at this place of the file; "
    "download it again or ask the bank for a corrected file",
    "payment_status": "this is a bank's answer about payments you sent, no bank statement",
    "repeated": "%(detail)s is given more than once; ask the bank for a corrected file",
    "too_deep": "elements are nested more than %(detail)s levels deep; no bank statement is",
    "too_large": "the file is larger than the limit of %(detail)s; "
    "ask the bank for shorter periods",
    "too_many_members": "the ZIP archive holds more than %(detail)s files; unpack it and "
    "import them in smaller groups",
    "too_many_rows": "the table has more than %(detail)s rows; export shorter periods",
    "truncated": "the file ends too early, so part of it is missing; download it again",
    "unknown_format": "this is no bank file we can read: %(detail)s; we read %(formats)s",
    "unreadable": "this is no readable %(detail)s; download it again or ask the bank for another "
    "format",
    "xml_broken": "the XML is broken (%(detail)s); download the file again",
}


class StatementError(Exception):
    """A bank file that is refused as a whole; nothing of it may be used.

    :param code: key of :data:`SENTENCES`
    :param place: where in the file: ``line 12, column 3`` where the XML itself is broken, the
        element's path such as ``Stmt[1]/Ntry[3]/Amt`` otherwise, ``line 12`` where the file is no
        XML; ``None`` for the whole file
    :param detail: the offending value, shortened; may be shown to the user

    >>> str(StatementError("bad_date", "Stmt[1]/Ntry[3]/BookgDt/Dt", "2026-02-30"))
    'Stmt[1]/Ntry[3]/BookgDt/Dt: the date "2026-02-30" does not exist in the calendar or is \
not written as its format wants; ask the bank for a corrected file'
    """

    #: Longest value quoted from a file, in characters.
    MAX_DETAIL = 80
    #: Longest place; the name of a file in an archive may be anything.
    MAX_PLACE = 200

    def __init__(self, code: str, place: str | None = None, detail: str | None = None) -> None:
        self.code = code
        self.place = _shorten(place, self.MAX_PLACE) if place else None
        self.detail = _shorten(detail or "", self.MAX_DETAIL)
        super().__init__(code, self.place, self.detail)

    def __str__(self) -> str:
        sentence = SENTENCES[self.code] % {"detail": self.detail, "formats": readable()}
        return f"{self.place}: {sentence}" if self.place else sentence


def _shorten(text: str, length: int) -> str:
    """Return ``text`` on one line, printable, and at most ``length`` characters long."""
    clean = "".join(char if char.isprintable() else "\ufffd" for char in text)
    return clean if len(clean) <= length else clean[: length - 1] + "…"
