from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.entry_content import fingerprint
from .bank_entry_values import row_to_entry

#: Allowed transitions: state -> states it may move to. Pending entries are replaced, not moved.
TRANSITIONS = {
    "pending": set(),
    "booked": {"removed", "doubtful", "superseded", "withdrawn"},
    "doubtful": {"booked", "superseded", "withdrawn"},
    "superseded": {"doubtful", "booked", "withdrawn"},
    "quarantined": {"removed", "withdrawn"},
    "removed": {"booked", "withdrawn"},
    "withdrawn": set(),
}
#: Doubts about an entry that is booked: its sum is right, its identity is presumed.
PRESUMED = ("moved", "reworded", "ambiguous", "came_back")
#: What the bank says; everything else of a row is ours.
CONTENT = (
    "entry_reference",
    "servicer_reference",
    "end_to_end_id",
    "mandate_id",
    "creditor_reference",
    "counterparty_name",
    "counterparty_account",
    "ultimate_name",
    "bank_transaction_code",
    "return_reason",
    "description",
    "batch_reference",
    "original_currency",
    "booking_date",
    "value_date",
    "currency_id",
    "currency_code",
    "amount",
    "remittance",
    "reversal",
    "batch_size",
    "original_amount",
    "exchange_rate",
    "charges",
    "details",
)


class BankEntry(models.Model):
    """Entries whose identity nobody can tell from what the bank says, and who decides it.

    A doubtful entry has no statement line until a later reading, the bank's balance or a person
    has decided. A presumed one is booked; what is open is only whether it is the row it was
    laid on. Every decision of a person can be taken back exactly.
    """

    _inherit = "bank.entry"

    doubt = fields.Selection(
        [
            ("resembles", "Resembles a known entry that its file neither shows nor rules out"),
            ("edge", "Resembles a known entry just outside the days that were read"),
            ("moved", "Taken for a known entry of another day"),
            ("reworded", "Taken for a known entry with another text"),
            ("ambiguous", "Another entry fits as well"),
            ("came_back", "Was taken for another entry, which came back"),
            ("currency_unknown", "In a currency Odoo does not know"),
        ],
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    doubt_decision = fields.Selection(
        [("same", "Is the same"), ("another", "Is another one")],
        string="Decided",
        readonly=True,
        copy=False,
    )
    doubt_entry_id = fields.Many2one(
        "bank.entry",
        string="The Other Entry",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    doubt_entry_ids = fields.Many2many(
        "bank.entry",
        relation="bank_entry_doubt_rel",
        column1="entry_id",
        column2="other_id",
        string="Others that Fit",
        readonly=True,
        copy=False,
    )
    same_entry_id = fields.Many2one(
        "bank.entry",
        string="Another Wording of",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    told_digest = fields.Char(readonly=True, copy=False)
    told_before = fields.Json(
        readonly=True, copy=False, help="What the entry said before it was presumed to change."
    )
    confirm_count = fields.Integer(
        readonly=True, copy=False, help="Complete reads that confirmed what was presumed."
    )
    is_undecided = fields.Boolean(compute="_compute_is_undecided", search="_search_is_undecided")

    @api.depends("doubt", "doubt_decision", "state")
    def _compute_is_undecided(self):
        for entry in self:
            entry.is_undecided = (
                bool(entry.doubt)
                and not entry.doubt_decision
                and entry.state in {"booked", "doubtful", "quarantined"}
            )

    def _search_is_undecided(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = [
            ("doubt", "!=", False),
            ("doubt_decision", "=", False),
            ("state", "in", ["booked", "doubtful", "quarantined"]),
        ]
        return domain if True in value else ["!", *["&"] * 2, *domain]

    # === STATES === #

    def _transition(self, target):
        """Move entries to ``target`` and record it.

        :raise ValueError: for a transition that does not exist
        """
        for row in self:
            if target not in TRANSITIONS[row.state]:
                message = f"bank entry {row.id} is {row.state} and cannot become {target}"
                raise ValueError(message)
        before = {row.id: {"from": row.state, "to": target} for row in self}
        self.sudo().write({"state": target})
        kind = "entry_removed" if target == "removed" else "entry_state"
        self.env["bank.event"]._record(kind, self, before)

    def _content(self, names=CONTENT):
        """Return what the bank says about the entry, as plain values that can be written back."""
        self.ensure_one()
        values = self.sudo().read(list(names), load=None)[0]
        return {name: _plain(values[name]) for name in names}

    def _swap_content(self, other):
        """Exchange what two rows say; each keeps its line, its number and its history."""
        mine, theirs = self._content(), other._content()
        digests = self.told_digest, other.told_digest
        self.sudo().write({**theirs, "told_digest": digests[1]})
        other.sudo().write({**mine, "told_digest": digests[0]})

    # === DECIDING === #

    def action_same(self):
        """Decide that an entry is the known one it resembles, or the one it was taken for."""
        for row in self._to_decide():
            if row.state == "doubtful":
                if row.doubt_entry_id.state != "booked":
                    raise UserError(
                        self.env._(
                            "%(entry)s: the entry it resembles is no longer in the books, so it "
                            "cannot be the same.",
                            entry=row.payment_text,
                        )
                    )
                row._decide_same(row.doubt_entry_id)
            row._note_decision("same")

    def action_another(self):
        """Decide that an entry is another one than it resembles, or was taken for."""
        for row in self._to_decide():
            if row.state == "doubtful":
                row._decide_another()
            elif row.doubt == "ambiguous" and row.doubt_entry_id:
                row._swap_content(row.doubt_entry_id)
            else:
                row._split()
            row._note_decision("another")

    def action_undo_decision(self):
        """Take the decision back: mirror and lines are as they were before it."""
        self._check_may_decide()
        self._lock_to_decide()
        for row in self.filtered("doubt_decision"):
            if row.state == "superseded":
                row._check_is_last_wording()
                row._swap_content(row.same_entry_id)
                row.sudo().same_entry_id = False
                row._transition("doubtful")
            elif row.doubt in PRESUMED:
                row._undo_presumed()
            else:
                row._take_back_line()
                row._transition("doubtful")
            row._note_decision(False)

    def _check_is_last_wording(self):
        """Refuse to take back what a later decision about the same entry was built upon."""
        wordings = self.sudo().search(
            [("same_entry_id", "=", self.same_entry_id.id), ("state", "=", "superseded")]
        )
        domain = [("res_model", "=", self._name), ("res_id", "in", wordings.ids)]
        domain.append(("kind", "=", "entry_state"))
        last = self.env["bank.event"].sudo().search(domain, order="id desc", limit=1)
        if last and last.res_id != self.id:
            raise UserError(
                self.env._(
                    "%(entry)s: take the later decision about the same entry back first: "
                    "%(other)s.",
                    entry=self.payment_text,
                    other=self.browse(last.res_id).payment_text,
                )
            )

    def _decide_same(self, other):
        """Keep the row as another wording of ``other``, which now says what was told last."""
        self.ensure_one()
        self._swap_content(other)
        self.sudo().same_entry_id = other
        self._transition("superseded")

    def _decide_another(self):
        """Book the row as an entry of its own."""
        self.ensure_one()
        self._transition("booked")
        self._create_statement_lines()

    def _split(self):
        """Give a presumed entry back what it said before, and book what it says now as new."""
        self.ensure_one()
        before = self.told_before
        if not before:
            raise UserError(
                self.env._(
                    "%(entry)s says only one thing; nothing to split.", entry=self.payment_text
                )
            )
        again = self.sudo().search(
            [("doubt_entry_id", "=", self.id), ("same_entry_id", "=", self.id)], limit=1
        )
        now = {**self._content(), "told_digest": self.told_digest}
        self.sudo().write({**before, "told_digest": False})
        if again:
            again.write({**now, "same_entry_id": False})
        else:
            again = self._copy_as(now)
        again._transition("booked")
        again._create_statement_lines()

    def _copy_as(self, content):
        """Return a row of its own with this content, as another wording of this one."""
        again = self.sudo().create(
            {
                **content,
                "account_id": self.account_id.id,
                "company_id": self.company_id.id,
                "run_id": self.run_id.id,
                "raw_document_id": self.raw_document_id.id,
                "state": "superseded",
                "doubt_entry_id": self.id,
            }
        )
        mark = fingerprint(row_to_entry(again))
        taken = self.sudo().search(
            [("account_id", "=", self.account_id.id), ("fingerprint", "=", mark)]
        )
        number = max(taken.mapped("occurrence"), default=0) + 1
        again.write({"fingerprint": mark, "occurrence": number})
        return again

    def _undo_presumed(self):
        if self.doubt_decision == "same":
            return
        if self.doubt == "ambiguous" and self.doubt_entry_id:
            self._swap_content(self.doubt_entry_id)
            return
        again = self.sudo().search(
            [("doubt_entry_id", "=", self.id), ("state", "=", "booked")], limit=1
        )
        again._take_back_line()
        before = self._content()
        self.sudo().write({**again._content(), "told_digest": again.told_digest})
        again.write({**before, "told_digest": False, "same_entry_id": self.id})
        again._transition("superseded")

    def _take_back_line(self):
        """Remove the lines of an entry that no longer is one; matched ones stand in the way."""
        lines_sudo = self.statement_line_ids.sudo() | self.statement_line_id.sudo()
        if lines_sudo.filtered("is_reconciled"):
            raise UserError(
                self.env._(
                    "%(entry)s is matched. Take the match back first.", entry=self.payment_text
                )
            )
        self.sudo().statement_line_id = False
        lines_sudo.write({"bank_entry_id": False, "statement_id": False})
        lines_sudo.with_context(force_delete=True).unlink()

    def _to_decide(self):
        self._check_may_decide()
        self._lock_to_decide()
        return self.filtered(lambda row: row.is_undecided and row.state != "quarantined")

    def _lock_to_decide(self):
        """Let nobody else write these books meanwhile: not a reading, and no other person."""
        if not self.account_id._lock_books():
            raise UserError(
                self.env._("The account is being read at this moment. Decide again in a minute.")
            )

    def _check_may_decide(self):
        self.check_access("read")
        if not self.env.user.has_group("bank_sync.group_user"):
            raise UserError(self.env._("Only an accountant decides about bank entries."))

    def _note_decision(self, decision):
        before = self.doubt_decision
        self.sudo().doubt_decision = decision
        self.env["bank.event"]._record(
            "entry_doubt",
            self,
            {
                "doubt": self.doubt,
                "decision": decision or "undone",
                "before": before or "",
                "other": self.doubt_entry_id.id,
            },
        )

    def action_open_other(self):
        """Open the entry this one is compared with."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.doubt_entry_id.id,
            "views": [(False, "form")],
        }

    # === TELLING === #

    def _ask_about_doubts(self):
        """Leave one task on the journal for the entries that wait; the queue lists them."""
        for journal in self.account_id.journal_id:
            summary = self.env._("Bank entries: new or known?")
            open_one = journal.activity_ids.filtered(lambda one, s=summary: one.summary == s)
            if not open_one:
                journal.sudo().activity_schedule(
                    "mail.mail_activity_data_todo",
                    user_id=self.env.uid,
                    summary=summary,
                    note=self.env._(
                        "They resemble entries that are known already. Decide in Bank, Entries to "
                        "Decide; the next complete reading may decide before you do."
                    ),
                )

    @api.model
    def _doubt_problem(self, window):
        """Return problem code and sentence of a run for what it leaves open, as run values."""
        unknown = [entry for entry in window.added if entry.currency not in window.currencies]
        if unknown:
            codes = ", ".join(sorted({entry.currency for entry in unknown}))
            return {
                "problem_code": "currency_unknown",
                "problem": self.env._(
                    "%(count)s entries are in %(codes)s, which Odoo does not know; they are kept, "
                    "and not booked.",
                    count=len(unknown),
                    codes=codes,
                ),
            }
        if window.doubtful:
            return {
                "problem_code": "doubtful",
                "problem": self.env._(
                    "%(count)s entries may be new or known; they wait in Entries to Decide.",
                    count=len(window.doubtful),
                ),
            }
        return {}


def _plain(value):
    return value if isinstance(value, (str, int, float, bool, list, type(None))) else str(value)
