"""On whose behalf was paid was read only later: what is kept without it stays known."""

from dataclasses import replace
from datetime import date

from odoo.addons.bank_sync.core.entry_content import told_digest
from odoo.addons.bank_sync.core.identity import Coverage, KnownEntry, reconcile_window
from odoo.addons.bank_sync.core.statement import Entry, EntryDetail

DAY = date(2026, 3, 10)


def entry(**fields):
    return Entry(DAY, DAY, 450, "EUR", remittance=("COFFEE",), **fields)


def plan(kept, seen):
    return reconcile_window([KnownEntry(1, kept)], [seen], Coverage("whole", None, None))


def test_the_digest_of_what_is_kept_stays_as_it_was():
    old = Entry(None, None, 1000, "EUR", entry_reference="A", details=(EntryDetail(1000, "EUR"),))
    kept = "846334361ad49970397b146cb22da109d4635e04869a71b3b82ef6a3e48ca7d4"
    assert told_digest(old) == kept
    assert told_digest(replace(old, ultimate_name="Real Payer")) != kept


def test_told_later_it_is_new_content_of_the_same_entry():
    result = plan(entry(), entry(ultimate_name="Real Payer"))
    assert (result.changed, result.added, result.presumed) == (((1, 0),), (), ())


def test_not_told_again_it_is_nothing_new():
    result = plan(entry(ultimate_name="Real Payer"), entry())
    assert (result.matched, result.changed) == (((1, 0),), ())
