"""The words of the reconciliation report."""

from odoo.tools.translate import LazyTranslate

from ..core.reconciliation_statement import Part

_lt = LazyTranslate(__name__)

#: What each part is called on the way from the bank to the ledger.
PART_LABELS = {
    Part.BEFORE: _lt("Balance at the bank before its first entry here"),
    Part.GAP: _lt("Statements that did not come"),
    Part.DOUBTFUL: _lt("Entries that may be new or known, not decided yet"),
    Part.UNBOOKED: _lt("At the bank, without a line in the journal"),
    Part.LATER: _lt("At the bank, in the ledger only after this day"),
    Part.SINCE: _lt("In the ledger, after the bank's last balance"),
    Part.REMOVED: _lt("In the ledger, taken back by the bank"),
    Part.BY_HAND: _lt("Lines the bank has not told: entered by hand, or before it was connected"),
    Part.OTHER: _lt("Entries on the account without a bank line"),
}

#: Who says what the bank's balance was.
ORIGINS = {
    "file": _lt("Statement %(name)s of %(day)s"),
    "reading": _lt("Reading of %(name)s of %(day)s"),
    "counted": _lt("Counted back from the balance of %(name)s of %(day)s"),
    "statement": _lt("Bank statement %(name)s of %(day)s"),
}

#: Whether the bank's own figures add up.
PROOFS = {
    "proved": _lt("adds up"),
    "baseline": _lt("first balance, believed as told"),
    "unproven": _lt("cannot be proved"),
    "failed": _lt("does not add up"),
}

AGE_LABELS = (
    _lt("Not due"),
    _lt("1 to 30 days"),
    _lt("31 to 60 days"),
    _lt("61 to 90 days"),
    _lt("Older"),
)

SIDES = {
    "asset_receivable": _lt("Owed by customers"),
    "liability_payable": _lt("Owed to suppliers"),
}
