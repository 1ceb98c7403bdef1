"""One translated sentence for everything odd a reader of bank files tells."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

#: Codes of ``core.statement_file.ReadWarning`` → what is odd and what was done.
SENTENCES = {
    "account_differs": _lt("part of the file names another account (%(detail)s)"),
    "account_missing": _lt("the file does not say which account it is about"),
    "amount_rounded": _lt("an amount is badly printed (%(detail)s); what it meant was taken"),
    "balance_currency_differs": _lt("a balance is in another currency than the account"),
    "balance_date_ignored": _lt("the day of the closing balance cannot be right (%(detail)s)"),
    "bank_error": _lt("the bank answers for one account with an error (%(detail)s)"),
    "booking_date_from_balance": _lt(
        "%(count)s entries have no booking date; the day of the closing balance was taken"
    ),
    "booking_date_from_value_date": _lt(
        "%(count)s entries have no booking date; their value date was taken"
    ),
    "booking_date_missing": _lt("%(count)s entries have no date at all"),
    "control_total_differs": _lt("a control total is another than the entries give (%(detail)s)"),
    "correction": _lt("the bank says that this takes the place of something it sent before"),
    "currency_assumed": _lt("no currency is given; %(detail)s was taken"),
    "date_order_assumed": _lt(
        "whether day or month comes first could not be told for %(count)s dates; %(detail)s was "
        "taken"
    ),
    "details_differ": _lt("the transactions of a batch do not add up to it (%(detail)s)"),
    "entry_count_differs": _lt("the bank announces another number of entries (%(detail)s)"),
    "foreign_currency": _lt(
        "%(count)s entries are in another currency than the account (%(detail)s)"
    ),
    "impossible_date": _lt(
        "%(count)s dates are not in the calendar (%(detail)s); the last day of their month was "
        "taken"
    ),
    "interim_report": _lt("the day is not over for the bank; entries may still change"),
    "investment_only": _lt("the file also holds investments or loans, which were passed over"),
    "line_joined": _lt("a line without a record code was taken for more of the text before it"),
    "not_a_bank_statement": _lt("a part of the file is no bank statement and was passed over"),
    "opening_balance_entry": _lt("the first entry calls itself an opening balance"),
    "part_count_differs": _lt("the bank announces another number of parts (%(detail)s)"),
    "record_count_differs": _lt("the bank announces another number of records (%(detail)s)"),
    "record_not_closed": _lt("the last record has no end; the file may be cut off"),
    "reversal_direction": _lt(
        "%(count)s reversals were turned round, as only then the balances add up"
    ),
    "sign_assumed": _lt("a balance does not say whether it is credit or debit (%(detail)s)"),
    "totals_differ": _lt("the bank announces other totals (%(detail)s) than the entries give"),
    "trailer_missing": _lt("a closing record is missing (%(detail)s); the file may be cut off"),
    "unknown_section": _lt("an unknown section was passed over (%(detail)s)"),
}
_OTHER = _lt("something is odd (%(detail)s)")


def file_warnings(env, warnings):
    """Return one sentence for every kind of ``ReadWarning``, with the place of the first."""
    by_code = {}
    for warning in warnings:
        by_code.setdefault(warning.code, []).append(warning)
    return [_sentence(env, found) for found in by_code.values()]


def _sentence(env, found):
    first = found[0]
    # Values come from the file: they are put in after translation, never formatted themselves.
    text = env._(SENTENCES.get(first.code, _OTHER))
    text = text.replace("%(count)s", str(sum(warning.count for warning in found)))
    text = text.replace("%(detail)s", first.detail)
    return env._("%(place)s: %(warning)s.", place=first.place, warning=text)
