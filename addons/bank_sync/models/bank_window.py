"""One reading of one account, laid against what we know of it.

Not a model: it lives for one reading. The decisions are ``core.identity`` and ``core.proof``;
this class gathers what they need in a few queries and writes down what they say.
"""

from datetime import timedelta

from ..core.entry_window import MAX_ID_MOVE_DAYS, REMOVED_AFTER_MISSES
from ..core.identity import reconcile_window
from ..core.proof import prove
from .bank_entry_values import clean, entry_to_values, known_entry, to_float, to_minor


class BankWindow:
    """The entries seen in one reading and the rows they concern.

    :param seen: core entries in the bank's order, pending ones included
    :param complete: whether this is the whole stretch from ``run.date_from`` on
    :param trust_ids: whether ids of this source mean anything from one reading to the next
    """

    def __init__(self, account, run, seen, *, complete, trust_ids):
        self.account, self.run, self.complete = account.sudo(), run, complete
        self.currency = account.currency_id.name
        self.entries = self.account.env["bank.entry"]
        self.currencies = self._currencies(seen)
        cleaned = [clean(entry) for entry in seen if entry.currency in self.currencies]
        self.booked = [entry for entry in cleaned if not entry.pending]
        self.pending = [entry for entry in cleaned if entry.pending]
        self.known = self._known()
        self.plan = reconcile_window(
            [known_entry(row) for row in self.known],
            self.booked,
            complete=complete,
            trust_ids=trust_ids and account.trust_ids,
            window_start=run.date_from or None,
        )
        # A file is no window: what merely resembles a known entry is another one. A reading of
        # the interface that was cut short leaves such entries to the next, whole one.
        self.new = self.plan.added if complete else (*self.plan.added, *self.plan.deferred)
        self.added = [self.booked[new.index] for new in self.new]
        self.missing = self.entries.browse(self.plan.missing)
        self.removal_confirmed = False

    def _currencies(self, seen):
        return self.account._currencies({entry.currency for entry in seen})

    def _known(self):
        days = [entry.booking_date for entry in self.booked if entry.booking_date]
        if self.run.date_from:
            days.append(self.run.date_from)
        domain = [("account_id", "=", self.account.id), ("state", "!=", "pending")]
        if days:
            first = min(days) - timedelta(days=MAX_ID_MOVE_DAYS)
            domain += ["|", ("booking_date", ">=", first), ("booking_date", "=", False)]
        return self.entries.search(domain, order="id")

    # === PROOF === #

    def prove(self, closing, closing_date):
        """Return status and difference (minor units) of the books against the bank's balance.

        An entry the bank no longer shows counts as booked, unless its balance is right exactly
        without it: then it is gone.
        """
        dated = any(entry.booking_date for entry in self.booked)
        if closing is None or not (dated or closing_date or self.run.date_from):
            return "unproven", 0
        if not self.account.baseline_date:
            return "baseline", 0
        opening = to_minor(self.account.baseline_balance, self.currency) + self._known_total(
            closing_date
        )
        came_back = [row for row in self._touched() if row.state == "removed"]
        opening += self._total_of(came_back, closing_date)
        added = self._until(self.added, closing_date)
        proof = prove(opening, closing, added, currency=self.currency)
        if proof.status == "failed" and self._is_right_without_lookalikes(proof, closing_date):
            return "proved", 0
        if proof.status == "failed" and self.missing:
            gone = self._total_of(self.missing, closing_date)
            self.removal_confirmed = gone == -proof.difference
        if self.removal_confirmed:
            return "proved", 0
        return proof.status, proof.difference or 0

    def _is_right_without_lookalikes(self, proof, closing_date):
        """Return whether what resembles known entries of a file is them, and then keep it out.

        An intraday report and the statement of the day tell the same entry in two texts; a
        customer may also pay the same twice. The bank's balance knows which it is.
        """
        if self.complete or not self.plan.deferred:
            return False
        alike = [self.booked[new.index] for new in self.plan.deferred]
        total = prove(0, 0, self._until(alike, closing_date), currency=self.currency).total
        if proof.difference != -total:
            return False
        self.new = self.plan.added
        self.added = [self.booked[new.index] for new in self.new]
        return True

    def last_balance(self, closing, closing_date):
        """Return the balance after the last entry; the bank's own may be of an earlier day.

        :param closing: minor units, ``None`` where the bank gives none
        """
        if closing is None or not closing_date:
            return closing
        return closing + self._booked_total([("booking_date", ">", closing_date)])

    def _known_total(self, closing_date):
        """Return the sum of the mirror from its first day up to ``closing_date``."""
        domain = [("booking_date", ">=", self.account.baseline_date)]
        if closing_date:
            domain.append(("booking_date", "<=", closing_date))
        return self._booked_total(domain)

    def _booked_total(self, days):
        domain = [
            ("account_id", "=", self.account.id),
            ("state", "=", "booked"),
            ("currency_id", "=", self.account.currency_id.id),
            *days,
        ]
        [[total]] = self.entries._read_group(domain, aggregates=["amount:sum"])
        return to_minor(total or 0.0, self.currency)

    def _until(self, entries, closing_date):
        first = self.account.baseline_date
        return [
            entry
            for entry in entries
            if entry.booking_date
            and (not first or entry.booking_date >= first)
            and (not closing_date or entry.booking_date <= closing_date)
        ]

    def _total_of(self, rows, closing_date):
        return sum(
            to_minor(row.amount, self.currency)
            for row in self._until(rows, closing_date)
            if row.currency_id == self.account.currency_id
        )

    def _touched(self):
        return self.entries.browse(
            [key for key, _index in (*self.plan.matched, *self.plan.changed)]
        )

    # === WRITING === #

    def record(self, documents):
        """Write the plan down and return the new booked rows."""
        env = self.entries.env
        if self.plan.untrusted_ids:
            self.account.trust_ids = False
            env["bank.event"]._record(
                "entry_ids_untrusted", self.account, {"ids": sorted(self.plan.untrusted_ids)[:20]}
            )
        self._write_changed()
        self._touched().filtered(lambda row: row.miss_count or row.state == "removed").write(
            {"miss_count": 0, "state": "booked"}
        )
        self._write_missing()
        self._write_pending(documents)
        return self._create(
            [
                {
                    **entry_to_values(self.booked[new.index], self.currencies),
                    "state": "booked",
                    "fingerprint": new.fingerprint,
                    "occurrence": new.occurrence,
                }
                for new in self.new
            ],
            documents,
        )

    def _create(self, values_list, documents):
        common = {
            "account_id": self.account.id,
            "company_id": self.account.company_id.id,
            "run_id": self.run.id,
            "raw_document_id": documents[:1].id,
        }
        return self.entries.create([{**common, **values} for values in values_list])

    def _write_changed(self):
        changes = {}
        for key, index in self.plan.changed:
            row, values = (
                self.entries.browse(key),
                entry_to_values(self.booked[index], self.currencies),
            )
            for name in ("entry_reference", "servicer_reference"):
                # A bank that makes up ids anew says nothing new with them.
                values[name] = values[name] or row[name]
            before = row.read(list(values), load=None)[0]
            changes[key] = {
                "before": {name: _plain(before[name]) for name in values},
                "after": {name: _plain(value) for name, value in values.items()},
            }
            row.write(values)
        if changes:
            rows = self.entries.browse(changes)
            self.entries.env["bank.event"]._record("entry_changed", rows, changes)

    def _write_missing(self):
        for row in self.missing:
            row.miss_count += 1
        gone = self.missing.filtered(
            lambda row: (
                self.removal_confirmed
                or (not self.account.baseline_date and row.miss_count >= REMOVED_AFTER_MISSES)
            )
        )
        if gone:
            gone.write({"state": "removed"})
            self.entries.env["bank.event"]._record("entry_removed", gone)
            gone._ask_about_removed()

    def _write_pending(self, documents):
        """Replace the forecast: pending entries have no identity from one reading to the next."""
        if not self.complete:
            return
        self.entries.search(
            [("account_id", "=", self.account.id), ("state", "=", "pending")]
        ).unlink()
        self._create(
            [
                {**entry_to_values(entry, self.currencies), "state": "pending"}
                for entry in self.pending
            ],
            documents,
        )

    # === THE ACCOUNT === #

    def note_baseline(self, closing, closing_date):
        """Take the bank's balance as the point our copy of the books begins from."""
        seen = self._until(self.booked, closing_date)
        total = sum(entry.amount for entry in seen if entry.currency == self.currency)
        days = [entry.booking_date for entry in seen] + [self.run.date_from, closing_date]
        first = min(day for day in days if day)
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
            "changed_count": len(self.plan.changed),
            "missing_count": len(self.plan.missing),
        }


def _plain(value):
    return value if isinstance(value, (str, int, float, bool, list, type(None))) else str(value)
