"""One translated sentence for every reason to refuse a bank file."""

from odoo.tools.translate import LazyTranslate

from ..core.formats.names import readable

_lt = LazyTranslate(__name__)

#: Codes of ``core.errors`` → what is wrong and what to do.
SENTENCES = {
    "bad_amount": _lt("the amount “%(detail)s” is not a plain decimal number"),
    "amount_precision": _lt("the amount %(detail)s has more decimals than its currency"),
    "negative_amount": _lt("the amount %(detail)s is negative, which its format does not allow"),
    "bad_archive": _lt("the ZIP archive cannot be read; download it again"),
    "bad_currency": _lt("“%(detail)s” is no currency code"),
    "bad_date": _lt("“%(detail)s” is no date of the calendar"),
    "bad_direction": _lt("the direction must be credit or debit, not “%(detail)s”"),
    "bad_indicator": _lt("an indicator must be true or false, not “%(detail)s”"),
    "bad_record": _lt("the line does not follow its format (%(detail)s)"),
    "bad_table_amount": _lt(
        "the cell “%(detail)s” is no amount as the mapping writes them; look at the column and at "
        "the decimal mark"
    ),
    "bad_table_date": _lt(
        "the cell “%(detail)s” is no day as the mapping writes them; look at the column and at the "
        "date format"
    ),
    "bad_workbook": _lt("the workbook cannot be read; save it again as XLSX or CSV"),
    "bank_error": _lt("the bank answers with an error instead of a statement (%(detail)s)"),
    "doctype": _lt("the file carries a DOCTYPE, which no bank statement needs"),
    "empty": _lt("the file is empty; download it again"),
    "encoding": _lt("the text is not written in the encoding the file declares"),
    "entity": _lt("the file declares XML entities, which no bank statement needs"),
    "investment_only": _lt("the file holds no statement of a bank account, only investments"),
    "library_missing": _lt("the program part that reads this format is missing (%(detail)s)"),
    "missing": _lt("%(detail)s is missing"),
    "mixed_messages": _lt("the file mixes different messages (%(detail)s)"),
    "needs_mapping": _lt("this is a table whose columns nobody has explained yet"),
    "no_statement": _lt("the file holds no statement"),
    "not_camt": _lt("this XML is no camt.052, camt.053 or camt.054 statement"),
    "not_table": _lt("this is no table of entries; export it as CSV or XLSX"),
    "not_xml": _lt("this is no camt bank statement"),
    "out_of_place": _lt("%(detail)s does not belong at this place of the file"),
    "payment_status": _lt("this is a bank's answer about payments you sent, no bank statement"),
    "repeated": _lt("%(detail)s is given more than once"),
    "too_deep": _lt("elements are nested more than %(detail)s levels deep"),
    "too_large": _lt("the file is larger than the limit of %(detail)s"),
    "too_many_members": _lt("the ZIP archive holds more than %(detail)s files"),
    "too_many_rows": _lt("the table has more than %(detail)s rows; export shorter periods"),
    "truncated": _lt("the file ends too early; download it again"),
    "unknown_format": _lt("this is no bank file we can read: %(detail)s; we read %(formats)s"),
    "unreadable": _lt("this is no readable %(detail)s"),
    "xml_broken": _lt("the XML is broken; download the file again"),
}
_OTHER = _lt("the file cannot be read (%(detail)s)")


def file_problem(env, name, error):
    """Return file, place and reason of a :class:`StatementError` in one sentence."""
    # The value comes from the file: it is put in after translation, never formatted itself.
    reason = env._(SENTENCES.get(error.code, _OTHER)).replace("%(formats)s", readable())
    reason = reason.replace("%(detail)s", error.detail or "")
    if error.place:
        return env._(
            "%(file)s, %(place)s: %(reason)s. Nothing was imported.",
            file=name,
            place=error.place,
            reason=reason,
        )
    return env._("%(file)s: %(reason)s. Nothing was imported.", file=name, reason=reason)
