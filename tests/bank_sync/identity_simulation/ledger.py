"""Our mirror of the bank's books, which carries out the plans as the Odoo models do."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from odoo.addons.bank_sync.core.balance_decision import decide_by_balance
from odoo.addons.bank_sync.core.entry_content import references_differ, texts_agree
from odoo.addons.bank_sync.core.entry_window import MAX_ID_MOVE_DAYS, REMOVED_AFTER_MISSES, Coverage
from odoo.addons.bank_sync.core.identity import KnownEntry, reconcile_window
from odoo.addons.bank_sync.core.statement import Entry
from odoo.addons.bank_sync.core.window_days import OVERLAP_DAYS, twice_covered


@dataclass(slots=True)
class Row:
    """One row of the mirror.

    :param numbers: the bookings it stands for in truth, as far as they can be told apart
    :param off: whether it was laid on another booking
    :param flag: why a person should look
    """

    key: int
    entry: Entry
    fingerprint: str
    occurrence: int
    numbers: frozenset
    misses: int = 0
    statement: int | None = None
    same_as: int | None = None
    doubts: tuple = ()
    flag: str | None = None
    off: bool = False
    laid: frozenset = frozenset()
    before: Entry | None = None
    confirmations: int = 0

    @property
    def counts(self):
        """Tell whether it is one of the entries of the books."""
        booked = self.misses < REMOVED_AFTER_MISSES
        return booked and not self.doubts and self.same_as is None

    def known(self, settled):
        """Return the row as the core wants it."""
        return KnownEntry(
            self.key, self.entry, self.misses, self.fingerprint, self.occurrence,
            settled, self.same_as, self.doubts, self.before,
        )  # fmt: skip


@dataclass
class Ledger:
    """Our mirror of the bank's books.

    :param covered: day of the last complete reading
    :param by_id: whether an id is part of what tells two entries apart, in truth
    """

    covered: date
    by_id: bool
    trust_ids: bool = True
    rows: dict[int, Row] = field(default_factory=dict)
    reread: object = None
    flagged: Counter = field(default_factory=Counter)
    rejected: int = 0
    failures: int = 0
    indistinct: int = 0
    _statements: int = 0

    # === READINGS === #

    def window(self, told, since, today, *, complete, balance=None):
        """Take a reading of the interface; one that does not add up changes nothing."""
        if not complete:
            return
        coverage = Coverage("whole", since)
        plan = self._plan(told, coverage, since, trust_ids=self.trust_ids)
        if self._carry_out(plan, told, balance, None):
            self.reread = twice_covered(plan.reread_from, self.covered, OVERLAP_DAYS)
            self.covered = today

    def statement(self, told, first, last):
        """Take a statement which its own balances prove."""
        self._statements += 1
        coverage = Coverage("proved", first, last)
        plan = self._plan(told, coverage, first, trust_ids=False, apart=self._statements)
        self._carry_out(plan, told, None, self._statements)

    def export(self, told, first, last):
        """Take a file without any balance."""
        plan = self._plan(told, Coverage("told", first, last), first, trust_ids=False)
        self._carry_out(plan, told, None, None)

    def _plan(self, told, coverage, since, *, trust_ids, apart=None):
        margin = min([since, *(one.entry.booking_date for one in told)])
        margin -= timedelta(MAX_ID_MOVE_DAYS)
        known = [
            row.known(settled=apart is not None and row.statement not in {None, apart})
            for row in self.rows.values()
            if row.entry.booking_date >= margin
        ]
        seen = [one.entry for one in told]
        return reconcile_window(known, seen, coverage, trust_ids=trust_ids)

    # === CARRYING OUT === #

    def _carry_out(self, plan, told, balance, statement):
        alike = self._alike(told)
        came = {key for key, _index in (*plan.matched, *plan.changed)}
        came |= {one.key for one in plan.presumed}
        verdict = self._judge(plan, told, came, balance)
        if verdict is None:
            self.rejected += 1
            self.failures += 1
            return False
        self.failures = 0
        self.trust_ids = self.trust_ids and not plan.untrusted_ids
        for decision in plan.decided:
            self._decide(decision)
        for key in plan.confirmed:
            self._confirm(self.rows[key])
        for key, index in (*plan.matched, *plan.changed):
            self._lay(self.rows[key], told[index], alike, statement)
        new = list(plan.added)
        for one in plan.presumed:
            if one.index in verdict.new:
                new.append(one)
                continue
            self._lay(self.rows[one.key], told[one.index], alike, statement, one)
        flipped = {one.key for one in plan.presumed if one.index in verdict.new}
        for key in (*plan.missing, *flipped):
            row = self.rows[key]
            row.misses = REMOVED_AFTER_MISSES if key in verdict.removed else row.misses + 1
        for one in new:
            self._add(one, told, alike, statement)
        self._keep_doubtful(plan, told, alike, statement, verdict.new)
        numbers = [(row.fingerprint, row.occurrence) for row in self.rows.values()]
        assert len(set(numbers)) == len(numbers)
        return True

    def _keep_doubtful(self, plan, told, alike, statement, new):
        for one in plan.doubtful:
            doubts = () if one.index in new else one.candidates
            self.flagged[one.reason] += bool(doubts)
            self._add(one, told, alike, statement, doubts=doubts)

    def _judge(self, plan, told, came, balance):
        """Return what the balance decides; ``None`` when nothing makes it right."""
        ours = sum(row.entry.amount for row in self.rows.values() if row.counts)
        back = [row for key in came if (row := self.rows[key]).misses >= REMOVED_AFTER_MISSES]
        ours += sum(row.entry.amount for row in back)
        ours += sum(told[one.index].entry.amount for one in plan.added)
        another = [one.key for one in plan.decided if one.same_as is None]
        ours += sum(self.rows[key].entry.amount for key in another)
        verdict = decide_by_balance(
            None if balance is None else balance - ours,
            presumed={one.index: told[one.index].entry.amount for one in plan.presumed},
            doubtful={one.index: told[one.index].entry.amount for one in plan.doubtful},
            missing={key: self.rows[key].entry.amount for key in plan.missing},
        )
        return None if verdict.status == "failed" else verdict

    def _decide(self, decision):
        row = self.rows[decision.key]
        row.doubts = ()
        if decision.same_as is not None:
            other = self.rows[decision.same_as]
            row.same_as = other.key
            row.entry, other.entry = other.entry, row.entry
            if not row.numbers & other.numbers:
                other.off = True
                self.flagged["decided"] += 1

    def _confirm(self, row):
        row.confirmations += 1
        if row.confirmations >= REMOVED_AFTER_MISSES:
            row.before = None

    def _lay(self, row, one, alike, statement, presumption=None):
        """Lay a row on what was told, and note whether it is what it stood for before."""
        row.misses, before = 0, row.entry
        reason = presumption and presumption.reason
        if reason == "came_back":
            row.before = None
        elif presumption and presumption.tentative:
            row.before, row.confirmations = row.entry, 0
        if row.same_as is None or row.entry != one.entry:
            row.entry = one.entry
        if statement is not None:
            row.statement = statement
        if reason:
            row.flag = reason
            self.flagged[reason] += 1
        if row.same_as is not None:
            row = self.rows[row.same_as]
            row.misses = 0
        numbers = alike[self._mark(one.entry)]
        if not row.off and not numbers & row.numbers and _indistinct(before, one.entry):
            row.numbers = numbers
            self.indistinct += 1
        row.off, row.laid = not numbers & row.numbers, numbers
        if not row.off:
            row.numbers = numbers

    def _add(self, new, told, alike, statement, doubts=()):
        key = len(self.rows) + 1
        entry = told[new.index].entry
        self.rows[key] = Row(
            key, entry, new.fingerprint, new.occurrence, alike[self._mark(entry)],
            statement=statement, doubts=doubts,
        )  # fmt: skip

    def _alike(self, told):
        """Return what was told → the bookings told so: nobody can tell those apart."""
        numbers = defaultdict(set)
        for one in told:
            numbers[self._mark(one.entry)].add(one.number)
        return {mark: frozenset(group) for mark, group in numbers.items()}

    def _mark(self, entry):
        if self.by_id:
            return entry
        return (entry.booking_date, entry.amount, entry.end_to_end_id, entry.remittance)

    # === AT THE END === #

    def books(self):
        """Return day, amount and number of our entries."""
        return Counter(
            (row.entry.booking_date, row.entry.amount) for row in self.rows.values() if row.counts
        )

    def wrong_links(self):
        """Return how many rows stand for another booking, without a flag and with one.

        Where two rows stand for each other's booking, a flag on one shows both.
        """
        off = [row for row in self.rows.values() if row.off and row.counts]
        shown = set().union(*(row.numbers for row in off if row.flag))
        flagged = sum(1 for row in off if row.flag or row.laid & shown)
        return len(off) - flagged, flagged

    def undecided(self):
        """Return the entries that wait for a person."""
        return [row for row in self.rows.values() if row.doubts]


def _indistinct(one, other):
    """Tell whether nothing the bank says tells two entries apart but its own additions."""
    return (one.booking_date, one.amount) == (other.booking_date, other.amount) and (
        texts_agree(one, other) and not references_differ(one, other)
    )
