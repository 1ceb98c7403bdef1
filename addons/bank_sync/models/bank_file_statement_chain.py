from odoo import fields, models

from ..core.statement_chain import StatementMark
from .bank_entry_values import to_float, to_minor


class BankFileStatement(models.Model):
    """A statement's place among the other statements of its account, and what is missing."""

    _inherit = "bank.file.statement"

    chain_state = fields.Selection(
        [
            ("first", "First"),
            ("follows", "Follows"),
            ("gap", "Gap before it"),
            ("overlap", "Days told twice"),
            ("repeated", "Told again"),
            ("unproven", "Proves nothing"),
        ],
        string="Chain",
        readonly=True,
        index="btree_not_null",
        help="Whether it opens with the balance the statement before it closed with.",
    )
    chain_previous_id = fields.Many2one(
        "bank.file.statement", string="Laid On", readonly=True, ondelete="set null"
    )
    gap_from = fields.Date(readonly=True, help="Last day known before the gap.")
    gap_until = fields.Date(readonly=True, help="First day known after it.")
    gap_amount = fields.Monetary(
        string="Missing Amount", readonly=True, help="What must have been booked in the gap."
    )
    missing_numbers = fields.Char(
        readonly=True, help="Numbers the bank must have given to statements that did not come."
    )
    chain_advice = fields.Char(compute="_compute_chain_advice", string="What to Do")

    def _mark(self):
        """Return the statement as the chain wants it."""
        self.ensure_one()
        code = self.currency_id.name or self.account_id.currency_id.name
        first, last = self.date_from, self.closing_date or self.date_to
        if self.date_to and last:
            last = max(last, self.date_to)
        return StatementMark(
            self.id,
            first,
            last,
            to_minor(self.opening, code) if self.has_opening else None,
            to_minor(self.closing, code) if self.has_closing else None,
            self.sequence or None,
            self.proof == "proved",
        )

    def _note_link(self, link):
        """Keep the statement's place; write nothing where nothing has changed."""
        code = self.currency_id.name or self.account_id.currency_id.name
        values = {
            "chain_state": link.status,
            "chain_previous_id": link.previous or False,
            "gap_from": link.gap_from or False,
            "gap_until": link.gap_until or False,
            "gap_amount": to_float(link.difference, code) if code else 0.0,
            "missing_numbers": ", ".join(link.missing_numbers) or False,
        }
        current = self.read(list(values), load=None)[0]
        if any(current[name] != value for name, value in values.items()):
            self.sudo().write(values)

    def _gap_problem(self):
        """Return the values of a run after which something is missing before this statement."""
        return {"problem_code": "gap", "problem": self._gap_sentence()}

    def _gap_sentence(self):
        """Say what is missing before this statement."""
        self.ensure_one()
        if self.chain_state != "gap":
            return self.env._("Between this statement and the last one another is missing.")
        amount = self.currency_id.format(self.gap_amount)
        if self.missing_numbers:
            return self.env._(
                "Between %(first)s and %(last)s %(amount)s are missing: statement %(numbers)s.",
                first=fields.Date.to_string(self.gap_from),
                last=fields.Date.to_string(self.gap_until),
                amount=amount,
                numbers=self.missing_numbers,
            )
        return self.env._(
            "Between %(first)s and %(last)s a statement over %(amount)s is missing.",
            first=fields.Date.to_string(self.gap_from),
            last=fields.Date.to_string(self.gap_until),
            amount=amount,
        )

    def _compute_chain_advice(self):
        for told in self:
            told.chain_advice = told._advice()

    def _advice(self):
        if self.chain_state == "gap":
            return self.env._("%(gap)s Import it.", gap=self._gap_sentence())
        if self.chain_state == "follows" and self.missing_numbers:
            return self.env._(
                "Number %(numbers)s did not come; the balances agree, so nothing is lost.",
                numbers=self.missing_numbers,
            )
        if self.chain_state == "overlap":
            return self.env._("Its days are in other statements, too; nothing was booked twice.")
        if self.chain_state == "unproven":
            return self.env._("It has no balances that prove it. Import a statement that has.")
        return False
