"""One journal of the reconciliation report: its figures with their words."""

from dataclasses import dataclass, field

from odoo.tools import format_date

from ..core.reconciliation_statement import MISSING, Part, Position
from ..models.match_advice import waiting_label
from ..models.reconciliation_books import ReconciliationBooks
from ..models.reconciliation_waiting import ReconciliationWaiting
from .reconciliation_labels import ORIGINS, PART_LABELS, PROOFS

#: Sentences of one sort in a section.
MAX_NOTES = 5


@dataclass
class Section:
    """What the report says of one journal; amounts in minor units of ``currency``."""

    journal: object
    currency: object
    account: str
    way: object
    source: str
    rows: list
    position: Position
    waiting_count: int
    since: tuple
    outstanding: list
    differences: list = field(default_factory=list)
    waiting: list = field(default_factory=list)
    notes: list = field(default_factory=list)

    @property
    def difference_count(self):
        """Return how many movements bank and ledger differ in."""
        sums = {Part.BEFORE, *MISSING}
        return sum(count for part, _label, count, _amount in self.rows if part not in sums)


class SectionMaker:
    """Gather one journal; the number of queries does not depend on how many lines it has.

    :param env: of the user, for the language
    :param limit: how many rows of each list; ``None`` for all
    """

    def __init__(self, env, journal, day, limit=None):
        self.env, self.journal, self.day, self.limit = env, journal, day, limit
        self.books = ReconciliationBooks(journal, day)
        self.waits = ReconciliationWaiting(self.books)

    def make(self):
        """Return the section."""
        way = self.books.reconcile()
        unmatched, count, since, later = self.waits.unmatched_totals()
        outstanding = self.waits.outstanding()
        return Section(
            journal=self.journal,
            currency=self.books.currency,
            account=self.books.account.with_company(self.books.company).display_name,
            way=way,
            source=self._source(),
            rows=[
                (part, self.env._(PART_LABELS[part]), total.count, total.amount)
                for part, total in way.parts.items()
            ],
            position=Position(
                way.ledger,
                unmatched,
                sum(one.amount for one in outstanding if one.amount > 0),
                sum(one.amount for one in outstanding if one.amount < 0),
            ),
            waiting_count=count,
            since=(since, later),
            outstanding=outstanding,
            differences=self.books.differences(self.limit) if self.books.balance else [],
            waiting=self.waits.unmatched(self.limit),
            notes=self._notes(way),
        )

    def _source(self):
        """Say where the bank's balance comes from, and whether it is proved."""
        balance = self.books.balance
        if not balance:
            return self.env._("The bank has told no balance by this day.")
        sentence = self.env._(ORIGINS[balance.origin])
        told = sentence % {"name": balance.name, "day": format_date(self.env, balance.told_on)}
        proof = PROOFS.get(balance.proof)
        return f"{told} ({self.env._(proof)})" if proof else told

    def _notes(self, way):
        """Return sentences on what weakens the figures or lies outside of them."""
        notes = []
        balance = self.books.balance
        if balance and balance.day < self.day:
            notes.append(
                self.env._(
                    "Days between the bank's last balance and this report: %(days)s.",
                    days=(self.day - balance.day).days,
                )
            )
        if balance and balance.proof in {"failed", "unproven"}:
            notes.append(self.env._("The bank's own figures for this balance are not proved."))
        if Part.GAP in way.parts:
            notes += self._notes_on_gaps()
        notes += self._notes_on_files()
        if number := self.books.other_currencies():
            notes.append(
                self.env._(
                    "%(number)s items on the account are in another currency than the journal and "
                    "in no figure here.",
                    number=number,
                )
            )
        return notes

    def _notes_on_gaps(self):
        """Return a sentence on each statement that did not come."""
        gaps = self.env["bank.file.statement"].search(
            [
                ("account_id.journal_id", "=", self.journal.id),
                ("chain_state", "=", "gap"),
                ("document_state", "in", ["booking", "parsed"]),
                ("gap_until", "<=", self.books.balance.day),
            ],
            limit=MAX_NOTES,
        )
        return [told._gap_sentence() for told in gaps]

    def _notes_on_files(self):
        """Return sentences on files and entries that wait for a decision."""
        waiting = self.env["bank.file.statement"].search(
            [
                ("document_state", "=", "quarantined"),
                "|",
                ("journal_id", "=", self.journal.id),
                ("account_id.journal_id", "=", self.journal.id),
                "|",
                ("date_from", "<=", self.day),
                ("date_from", "=", False),
            ],
            limit=MAX_NOTES,
        )
        notes = [
            self.env._(
                "%(statement)s waits in quarantine: %(count)s entries over %(amount)s are in no "
                "figure here.",
                statement=told.display_name,
                count=told.entry_count,
                amount=self.books.currency.format(told.total),
            )
            for told in waiting
        ]
        entries = self.env["bank.entry"]._read_group(
            [
                ("account_id.journal_id", "=", self.journal.id),
                ("state", "in", ["quarantined", "doubtful"]),
                "|",
                ("booking_date", "<=", self.day),
                ("booking_date", "=", False),
            ],
            aggregates=["__count"],
        )
        if entries[0][0]:
            notes.append(
                self.env._(
                    "%(count)s entries of the bank wait for a decision and have no line.",
                    count=entries[0][0],
                )
            )
        return notes


def proposal_text(env, waiting):
    """Return kind and chance of the best proposal for a line that waits."""
    if not waiting.kind:
        return ""
    kinds = dict(env["bank.match.suggestion"]._fields["kind"]._description_selection(env))
    return f"{kinds.get(waiting.kind, waiting.kind)} · {int(100 * waiting.score)} %"


def state_text(env, waiting):
    """Return why a line waits, or when it was matched."""
    if waiting.since:
        return env._("Matched on %(day)s", day=format_date(env, waiting.since))
    return proposal_text(env, waiting) or waiting_label(env, waiting.reason)
