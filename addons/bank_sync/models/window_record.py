"""Writing down what a reading means for the mirror; ``bank_window`` decides it."""

from odoo import Command

from ..core.entry_window import REMOVED_AFTER_MISSES
from ..core.window_days import OVERLAP_DAYS, twice_covered
from .bank_entry_values import entry_to_values


class WindowRecord:
    """The writing half of ``BankWindow``."""

    def record(self, documents):
        """Write the plan down and return the rows that are booked now and were not before."""
        if self.plan.untrusted_ids:
            self._distrust_ids()
        self._write_moves()
        self._write_came_back()
        self._write_missing()
        another = self._write_decided()
        self._write_pending(documents)
        # One after the other: the rows of a large file do not all stand in memory at once.
        added = self._create(
            ({**self._values(new), **self._state_of(new)} for new in self.new), documents
        )
        self._write_flags(added)
        (added | another)._note_reversals()
        self._create_doubtful(documents)
        self.account.reread_from = self._reread_from()
        return added._only_booked() | another

    def touched(self):
        """Return the rows that this reading has told again."""
        keys = [key for key, _index in (*self.plan.matched, *self.plan.changed)]
        return self.entries.browse([*keys, *(one.key for one in self.presumed)])

    # === NEW ROWS === #

    def _values(self, new):
        return {
            **entry_to_values(self.booked[new.index], self.currencies),
            "told_digest": self.digests[new.index],
            "fingerprint": new.fingerprint,
            "occurrence": new.occurrence,
        }

    def _state_of(self, new):
        """Return the state of a new row: booked, unless Odoo does not know its currency."""
        if self.booked[new.index].currency in self.currencies:
            return {"state": "booked"}
        return {"state": "quarantined", "doubt": "currency_unknown"}

    def _create(self, values_of_rows, documents):
        common = {
            "account_id": self.account.id,
            "company_id": self.account.company_id.id,
            "run_id": self.run.id,
            "raw_document_id": documents[:1].id,
        }
        return self.entries._create_in_portions({**common, **values} for values in values_of_rows)

    def _create_doubtful(self, documents):
        """Keep doubtful entries apart, and those the balance knows again as other wordings."""
        doubtful = [
            {
                **self._values(one),
                "state": "doubtful",
                "doubt": one.reason,
                "doubt_entry_id": one.candidates[0],
                "doubt_entry_ids": [Command.set(one.candidates)],
            }
            for one in self.doubtful
        ]
        known = [
            {**self._values(one), "state": "superseded", "same_entry_id": one.candidates[0]}
            for one in self.plan.doubtful
            if one.index in self.verdict.same
        ]
        rows = self._create([*doubtful, *known], documents)
        rows.filtered(lambda row: row.state == "doubtful")._ask_about_doubts()
        return rows

    # === KNOWN ROWS === #

    def _write_moves(self):
        """Record new content of known entries, and what they said before where that was open."""
        changes = {}
        tentative = {one.key for one in self.presumed if one.tentative}
        pairs = [*self.plan.changed, *((one.key, one.index) for one in self.presumed)]
        for key, index in pairs:
            row = self.entries.browse(key)
            values = entry_to_values(self.booked[index], self.currencies)
            for name in ("entry_reference", "servicer_reference"):
                # A bank that makes up ids anew says nothing new with them, and the number of a
                # line in a file is no id of the interface.
                if row[name] and (not self.trust_ids or not values[name]):
                    values[name] = row[name]
            # Nor does an interface take back what a file has told.
            values["ultimate_name"] = values["ultimate_name"] or row.ultimate_name
            before = row._content(values)
            changes[key] = {
                "before": {name: before[name] for name in values},
                "after": {name: _plain(value) for name, value in values.items()},
                "run": self.run.id,
            }
            if key in tentative:
                values |= {"told_before": before, "confirm_count": 0}
            row.write({**values, "told_digest": self.digests[index]})
        if changes:
            self.entries.env["bank.event"]._record(
                "entry_changed", self.entries.browse(changes), changes
            )

    def _write_came_back(self):
        """Let entries count again which a reading shows, and forget what it has confirmed."""
        keys = [key for key, _index in (*self.plan.matched, *self.plan.changed)]
        keys += [one.key for one in self.presumed]
        domain = [("id", "in", keys), "|", ("miss_count", ">", 0), ("state", "=", "removed")]
        rows = self.entries.search(domain)
        rows.filtered(lambda row: row.state == "removed")._transition("booked")
        self.came_back = bool(rows)
        rows.miss_count = 0
        for row in self.entries.browse(self.plan.confirmed):
            row.confirm_count += 1

    def _write_missing(self):
        removed = self.verdict.removed
        for row in self.missing:
            row.miss_count = REMOVED_AFTER_MISSES if row.id in removed else row.miss_count + 1
        gone = self.missing.filtered(
            lambda row: (
                row.id in removed
                or (not self.account.baseline_date and row.miss_count >= REMOVED_AFTER_MISSES)
            )
        )
        if gone:
            gone._transition("removed")
            gone._ask_about_removed()

    def _write_decided(self):
        """Carry out what this reading decides about doubtful entries; return those booked now."""
        another = self.entries
        for decision in self.plan.decided:
            row = self.entries.browse(decision.key)
            if row.state != "doubtful":
                continue
            if decision.same_as is None:
                row._decide_another()
                another |= row
            else:
                row._decide_same(self.entries.browse(decision.same_as))
        return another

    def _write_flags(self, added):
        """Note on presumed entries what a person may ask about."""
        new = {one.index: row for one, row in zip(self.new, added, strict=True)}
        for one in self.presumed:
            row = self.entries.browse(one.key)
            if one.reason == "came_back":
                row.told_before = False
            if not one.reason:
                continue
            rivals = [*one.rivals, *(new[i].id for i in one.rival_indexes if i in new)]
            row.write(
                {
                    "doubt": one.reason,
                    "doubt_decision": False,
                    "doubt_entry_id": rivals[0] if rivals else False,
                    "doubt_entry_ids": [Command.set(rivals)],
                }
            )

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

    def _distrust_ids(self):
        self.account.trust_ids = False
        self.entries.env["bank.event"]._record(
            "entry_ids_untrusted", self.account, {"ids": sorted(self.plan.untrusted_ids)[:20]}
        )

    def _reread_from(self):
        """Return the day the next reading of the interface starts from, to settle what is open."""
        account, day = self.account, self.plan.reread_from
        if self.complete:
            return twice_covered(day, account.covered_until or None, OVERLAP_DAYS) or False
        return min((one for one in (account.reread_from, day) if one), default=False)


def _plain(value):
    return value if isinstance(value, (str, int, float, bool, list, type(None))) else str(value)
