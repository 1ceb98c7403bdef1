"""Which statements are missing between those in the books and those on the import page."""

from collections import defaultdict

from odoo import fields

from ..core.account_number import compact
from ..core.statement_chain import link_statements
from ..models.bank_entry_values import to_float


def gap_sentences(documents):
    """Return ``bank.file.statement`` id → what is missing before it, in words.

    The files of a page are laid on the chain together with what is booked already: three months
    dropped at once have no gap, in whichever order they lie.
    """
    on_page = documents.filtered(lambda one: one.state == "received").file_statement_ids
    by_account = defaultdict(on_page.browse)
    for told in on_page:
        key = told.account_id or (compact(told.account_number), told.currency_id)
        by_account[key] |= told
    sentences = {}
    for account, told in by_account.items():
        booked = account._told_statements() if told.account_id else told.browse()
        by_id = {one.id: one for one in told | booked}
        for link in link_statements(one._mark() for one in told | booked):
            if link.status == "gap" and link.key in told.ids:
                sentences[link.key] = _sentence(by_id[link.key], link)
    return sentences


def _sentence(told, link):
    env, currency = told.env, told.currency_id
    values = {
        "first": fields.Date.to_string(link.gap_from),
        "last": fields.Date.to_string(link.gap_until),
        "amount": currency.format(to_float(link.difference, currency.name)),
        "numbers": ", ".join(link.missing_numbers),
    }
    if link.missing_numbers:
        return env._(
            "Before it, statement %(numbers)s is missing: %(amount)s between %(first)s and "
            "%(last)s. You may book this one first.",
            **values,
        )
    return env._(
        "Before it, a statement over %(amount)s is missing, between %(first)s and %(last)s. You "
        "may book this one first.",
        **values,
    )
