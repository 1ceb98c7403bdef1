"""One reading of one account, laid against what we know of it.

Not a model: it lives for one reading. The decisions are ``core.identity`` and
``core.balance_decision``; this class gathers what they need in a few queries, and
``window_record`` writes down what they say.
"""

from collections import defaultdict
from datetime import timedelta

from odoo.tools import SQL

from ..core.balance_decision import BalanceDecision, decide_by_balance
from ..core.entry_content import told_digest
from ..core.entry_window import MAX_ID_MOVE_DAYS, REMOVED_AFTER_MISSES, Coverage
from ..core.identity import WindowPlan, reconcile_window
from ..core.statement_chain import are_apart, coverage_of, retells, shared_day
from .bank_entry_values import clean, known_entry, row_to_entry, to_float, to_minor
from .window_record import WindowRecord


class BankWindow(WindowRecord):
    """The entries seen in one reading and the rows they concern.

    :param seen: core entries in the bank's order, pending ones included
    :param complete: whether this is the whole stretch from ``run.date_from`` on
    :param trust_ids: whether ids of this source mean anything from one reading to the next
    :param statement: the core statement of a file that tells the entries
    :param told: its ``bank.file.statement``, where it is kept already
    """

    def __init__(self, account, run, seen, *, complete, trust_ids, statement=None, told=None):
        self.account, self.run, self.complete = account.sudo(), run, complete
        self.currency = account.currency_id.name
        self.entries = self.account.env["bank.entry"]
        self.currencies = self.account._currencies({entry.currency for entry in seen})
        cleaned = [clean(entry) for entry in seen]
        self.booked = [entry for entry in cleaned if not entry.pending]
        self.pending = [
            entry for entry in cleaned if entry.pending and entry.currency in self.currencies
        ]
        self.trust_ids = trust_ids
        self.mark = statement and self.account._statement_mark(statement, told)
        self.coverage = self._coverage(statement)
        self.digests = [told_digest(entry) for entry in self.booked]
        self._apart = {}
        self.plan = self._told_alike() or self._reconcile()
        self.verdict = BalanceDecision("undecided")
        #: Whether `record` found entries again that readings of the interface had missed.
        self.came_back = False
        self._settle()

    def _coverage(self, statement):
        if self.complete:
            return Coverage("whole", self.run.date_from or None)
        if statement is None:
            days = [entry.booking_date for entry in self.booked if entry.booking_date]
            return Coverage("told", min(days, default=None), max(days, default=None))
        return coverage_of(statement, proved=self.mark.proved)

    # === WHAT IS KNOWN === #

    def _known_domain(self):
        days = [entry.booking_date for entry in self.booked if entry.booking_date]
        domain = [
            ("account_id", "=", self.account.id),
            ("state", "not in", ["pending", "withdrawn"]),
        ]
        around = timedelta(days=MAX_ID_MOVE_DAYS)
        if self.complete and self.run.date_from:
            days.append(self.run.date_from)
        if days:
            domain += [
                "|",
                ("booking_date", ">=", min(days) - around),
                ("booking_date", "=", False),
            ]
            if not self.complete:
                domain += [
                    "|",
                    ("booking_date", "<=", max(days) + around),
                    ("booking_date", "=", False),
                ]
        return domain

    def _told_alike(self):
        """Return the plan of a reading that says nothing new, without making its rows records.

        That is a reading whose every entry is told exactly as an earlier one told it, and that
        leaves out none; ``None`` for any other.
        """
        if not self.booked:
            return None
        query = self.entries._search(self._known_domain(), order="id")
        names = ("id", "told_digest", "state", "miss_count", "told_before", "confirm_count")
        names += ("booking_date", "file_statement_id")
        self.entries.flush_model(names)
        columns = SQL(", ").join(SQL.identifier(query.table, name) for name in names)
        rows = self.entries.env.execute_query(query.select(columns))
        waiting = defaultdict(list)
        for key, digest, state, misses, before, confirmed, day, told in reversed(rows):
            settled = before is None or (confirmed or 0) >= REMOVED_AFTER_MISSES
            if state in {"booked", "quarantined"} and not misses and settled:
                waiting[digest].append((key, day, told))
            elif state not in {"superseded", "removed"}:
                return None
        matched = []
        for index, digest in enumerate(self.digests):
            if not waiting.get(digest):
                return None
            key, _day, told = waiting[digest].pop()
            if self.mark and told and self._is_apart(told):
                return None
            matched.append((key, index))
        left = (day for rows in waiting.values() for _key, day, _told in rows)
        if self.complete and any(self.coverage.spans(day) for day in left):
            return None
        return WindowPlan(added=(), matched=tuple(sorted(matched)), changed=(), missing=())

    def _reconcile(self):
        rows = self.entries.search(self._known_domain(), order="id")
        apart = {told.id for told in rows.file_statement_id if self._is_apart(told.id)}
        return reconcile_window(
            [known_entry(row, settled=row.file_statement_id.id in apart) for row in rows],
            self.booked,
            self.coverage,
            trust_ids=self.trust_ids and self.account.trust_ids,
        )

    def _is_apart(self, told_id):
        """Return whether a statement told before can have no entry in common with this one."""
        if not self.mark or told_id == self.mark.key:
            return False
        if told_id not in self._apart:
            told = self.entries.env["bank.file.statement"].browse(told_id)
            mark = told._mark()
            self._apart[told_id] = are_apart(mark, self.mark) and not self._retells(told, mark)
        return self._apart[told_id]

    def _retells(self, told, mark):
        """Return whether this statement may tell again a day it shares with ``told``."""
        day = shared_day(mark, self.mark)
        if not day:
            return False
        rows = self.entries.search(
            [
                ("account_id", "=", self.account.id),
                ("booking_date", "=", day),
                ("state", "in", ["booked", "quarantined"]),
            ]
        )
        return retells(
            [(row_to_entry(row), row.file_statement_id.id or None) for row in rows],
            [entry for entry in self.booked if entry.booking_date == day],
            told.id,
        )

    def _settle(self):
        """Lay down what of the plan is new, once the balance has said what it can."""
        self.new = [
            *self.plan.added,
            *(one for one in self.plan.presumed if one.index in self.verdict.new),
            *(one for one in self.plan.doubtful if one.index in self.verdict.new),
        ]
        self.presumed = [one for one in self.plan.presumed if one.index not in self.verdict.new]
        self.doubtful = [
            one
            for one in self.plan.doubtful
            if one.index not in self.verdict.new | self.verdict.same
        ]
        self.added = [self.booked[new.index] for new in self.new]
        self.missing = self.entries.browse(self.plan.missing)

    # === PROOF === #

    def prove(self, closing, closing_date):
        """Return status and difference (minor units) of the books against the bank's balance.

        The balance also decides what the entries alone leave open: whether a doubtful or presumed
        entry is new, and whether one that is missing is gone.
        """
        dated = any(entry.booking_date for entry in self.booked)
        if closing is None or not (dated or closing_date or self.run.date_from):
            return "unproven", 0
        if not self.account.baseline_date:
            return "baseline", 0
        difference = closing - self._ours(closing_date)
        self.verdict = decide_by_balance(
            difference,
            presumed=self._amounts(self.plan.presumed, closing_date),
            doubtful=self._amounts(self.plan.doubtful, closing_date),
            missing={
                row.id: amount
                for row in self.entries.browse(self.plan.missing)
                if (amount := self._amount_of(row, closing_date))
            },
        )
        self._settle()
        if self.verdict.status == "undecided":
            return "unproven", 0
        if self.verdict.status == "failed":
            return "failed", difference
        return "proved", 0

    def would_fit_reversed(self, difference, closing_date):
        """Return whether a difference is what exchanging money in and out of the new would make."""
        total = sum(self._amounts(self.plan.added, closing_date).values())
        return bool(total) and difference == -2 * total

    def _ours(self, closing_date):
        """Return our balance of that day, the plan carried out."""
        total = to_minor(self.account.baseline_balance, self.currency)
        domain = [("booking_date", ">=", self.account.baseline_date)]
        if closing_date:
            domain.append(("booking_date", "<=", closing_date))
        total += self._booked_total(domain)
        total += sum(self._amounts(self.plan.added, closing_date).values())
        another = [one.key for one in self.plan.decided if one.same_as is None]
        total += sum(self._amount_of(row, closing_date) for row in self.entries.browse(another))
        for key, index in self._laid():
            # An entry that comes back counts again, one that moves may cross the day.
            row = self.entries.browse(key)
            if row.state == "booked":
                total -= self._amount_of(row, closing_date)
            if row.state in {"booked", "removed"}:
                total += self._counted(self.booked[index], closing_date)
        return total

    def _laid(self):
        """Return row and index of the known entries that say something else now."""
        laid = [*self.plan.changed, *((one.key, one.index) for one in self.plan.presumed)]
        back = self.entries.search(
            [("id", "in", [key for key, _index in self.plan.matched]), ("state", "=", "removed")]
        )
        return laid + [pair for pair in self.plan.matched if pair[0] in set(back.ids)]

    def last_balance(self, closing, closing_date):
        """Return the balance after the last entry; the bank's own may be of an earlier day.

        :param closing: minor units, ``None`` where the bank gives none
        """
        if closing is None or not closing_date:
            return closing
        return closing + self._booked_total([("booking_date", ">", closing_date)])

    def _booked_total(self, days):
        domain = [
            ("account_id", "=", self.account.id),
            ("state", "=", "booked"),
            ("currency_id", "=", self.account.currency_id.id),
            *days,
        ]
        [[total]] = self.entries._read_group(domain, aggregates=["amount:sum"])
        return to_minor(total or 0.0, self.currency)

    def _amounts(self, places, closing_date):
        """Return index → amount of the seen entries that are in the balance."""
        return {
            one.index: amount
            for one in places
            if (amount := self._counted(self.booked[one.index], closing_date))
        }

    def _amount_of(self, row, closing_date):
        if row.currency_id != self.account.currency_id:
            return 0
        return to_minor(row.amount, self.currency) if self._is_in(row, closing_date) else 0

    def _counted(self, entry, closing_date):
        counts = entry.currency == self.currency and self._is_in(entry, closing_date)
        return entry.amount if counts else 0

    def _is_in(self, entry, closing_date):
        """Return whether the balance of a day holds an entry, core entry or row."""
        day, first = entry.booking_date, self.account.baseline_date
        return (
            bool(day) and (not first or day >= first) and (not closing_date or day <= closing_date)
        )

    # === THE ACCOUNT === #

    def note_baseline(self, closing, closing_date):
        """Take the bank's balance as the point our copy of the books begins from."""
        total = sum(self._counted(entry, closing_date) for entry in self.booked)
        days = [entry.booking_date for entry in self.booked if self._is_in(entry, closing_date)]
        first = min(day for day in [*days, self.run.date_from, closing_date] if day)
        self.account.write(
            {
                "baseline_date": first,
                "baseline_balance": to_float(closing - total, self.currency),
            }
        )

    def figures(self):
        """Return the counts of the run."""
        return {
            "seen_count": len(self.booked) + len(self.pending),
            "added_count": len(self.new),
            "changed_count": len(self.plan.changed) + len(self.presumed),
            "missing_count": len(self.plan.missing),
            "doubtful_count": len(self.doubtful),
        }
