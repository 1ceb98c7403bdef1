from collections import defaultdict

from odoo import Command, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL


class BankEntry(models.Model):
    """Entries of a file whose import is undone: withdrawn, or handed over to who tells them too.

    A withdrawn entry is no part of the mirror: no reading is laid against it.
    """

    _inherit = "bank.entry"

    def _told_elsewhere(self, told):
        """Return id of the entries which another source tells → that file statement, or a run.

        The interface tells those that its last complete readings did not miss.

        :param told: statements of the file that made the entries
        """
        elsewhere = self._told_by_interface(told)
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT COALESCE(entry.same_entry_id, entry.id), MIN(other.id)
                  FROM bank_file_statement_retold_rel rel
                  JOIN bank_file_statement other ON other.id = rel.statement_id
                  JOIN bank_raw_document document ON document.id = other.document_id
                  JOIN bank_entry entry ON entry.id = rel.entry_id
                 WHERE entry.raw_document_id IN %s
                   AND other.id NOT IN %s
                   AND document.state IN ('booking', 'parsed')
                 GROUP BY 1
                """,
                tuple(told.document_id.ids) or (0,),
                tuple(told.ids) or (0,),
            )
        )
        statements = self.env["bank.file.statement"].sudo()
        made = set(self.ids)
        elsewhere |= {key: statements.browse(other) for key, other in rows if key in made}
        return elsewhere

    def _told_by_interface(self, told):
        found = {}
        runs_sudo = self.env["bank.sync.run"].sudo()
        for account, rows in self.grouped("account_id").items():
            since = max(told.filtered(lambda one, on=account: one.account_id == on).run_id.ids)
            domain = [("account_id", "=", account.id), ("origin", "!=", "file")]
            domain += [("state", "=", "done"), ("id", ">", since)]
            last = runs_sudo.search(domain, order="id desc", limit=1)
            if not last:
                continue
            [[first, dated, runs]] = runs_sudo._read_group(
                domain, aggregates=["date_from:min", "date_from:count", "__count"]
            )
            found |= {
                row.id: last
                for row in rows
                if row.state in {"booked", "quarantined"}
                and not row.miss_count
                and (dated < runs or not row.booking_date or row.booking_date >= first)
            }
        return found

    # === WHAT STANDS IN THE WAY === #

    def _check_may_withdraw(self, made):
        """Refuse where a person has built on the entries: a decision, a match, a closed period.

        :param made: all entries of the file, those that stay included
        """
        self._check_undecided(made)
        lines = self.statement_line_ids | self.statement_line_id
        if matched := lines._matched_one():
            raise UserError(
                self.env._(
                    "%(text)s of %(date)s over %(amount)s is matched. Undo that match first, then "
                    "the import.",
                    **matched._words(),
                )
            )
        if locked := (lines - lines._filtered_unlocked())[:1]:
            raise UserError(
                self.env._(
                    "%(text)s of %(date)s over %(amount)s lies in a locked period. Open the "
                    "period, then undo the import.",
                    **locked._words(),
                )
            )

    def _check_undecided(self, made):
        """Refuse where one of the entries was decided about, or another one waits for one."""
        resembles = Domain("doubt_entry_id", "in", self.ids)
        resembles |= Domain("doubt_entry_ids", "in", self.ids)
        resembles |= Domain("same_entry_id", "in", self.ids)
        others = Domain("id", "not in", self.ids) & Domain("state", "!=", "withdrawn") & resembles
        others &= Domain("doubt_decision", "!=", "another")
        decided = Domain("id", "in", made.ids) & (
            Domain("doubt_decision", "!=", False)
            | (Domain("state", "=", "superseded") & Domain("doubt", "!=", False))
        )
        if found := self.search(decided, limit=1):
            raise UserError(
                self.env._(
                    "%(entry)s was decided to be new or known. Take the decision back in Entries "
                    "to Decide, then undo the import.",
                    entry=found.payment_text,
                )
            )
        if found := self.search(others, limit=1):
            raise UserError(
                self.env._(
                    "%(entry)s, which came otherwise, resembles an entry of this file. Decide "
                    "about it, or undo the import of its file, first.",
                    entry=found.payment_text,
                )
            )

    # === LEAVING THE MIRROR === #

    def _withdraw(self):
        """Delete the lines of the entries and take these out of the mirror; return the lines."""
        lines = self.statement_line_ids | self.statement_line_id
        deleted = lines.ids
        self.statement_line_id = False
        self.reverses_entry_id = False
        self.reversed_by_ids.reverses_entry_id = False
        lines.write({"bank_entry_id": False, "statement_id": False})
        lines._delete_with_moves()
        if self:
            self.sudo(False)._transition("withdrawn")
        return deleted

    def _hand_over(self, elsewhere):
        """Make entries those of the source that tells them too, with all that it says of them."""
        by_source = defaultdict(self.browse)
        for row in self:
            by_source[elsewhere[row.id]] |= row
        for source, rows in by_source.items():
            if source._name == "bank.sync.run":
                document = source.raw_document_ids.sorted("id")[:1]
                values = {"run_id": source.id, "file_statement_id": False}
            else:
                document = source.document_id
                values = {"run_id": source.run_id.id, "file_statement_id": source.id}
                source.retold_entry_ids -= rows
            rows.write({**values, "raw_document_id": document.id})
        # What the undone file said is no longer something an entry may have been.
        before = self.filtered("told_before")
        before.write(
            {
                "told_before": False,
                "confirm_count": 0,
                "doubt": False,
                "doubt_entry_id": False,
                "doubt_entry_ids": [Command.clear()],
            }
        )

    def _restore_content(self, runs):
        """Give entries back what they said before these readings, unless told anew since."""
        events_sudo = self.env["bank.event"].sudo()
        events_sudo = events_sudo.search(
            [
                ("kind", "=", "entry_changed"),
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
            ],
            order="id",
        )
        first = {}
        for event in events_sudo:
            if event.payload.get("run") in runs.ids:
                first.setdefault(event.res_id, event.payload)
            else:
                first.pop(event.res_id, None)
        for row in self.filtered(lambda row: row.id in first):
            row.write({**first[row.id]["before"], "told_digest": False})
        if first:
            changes = {
                key: {"before": payload["after"], "after": payload["before"]}
                for key, payload in first.items()
            }
            events_sudo._record("entry_changed", self.browse(changes), changes)
