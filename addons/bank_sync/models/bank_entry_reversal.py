from datetime import timedelta

from odoo import fields, models

from ..core.reversal import MARKED_DAYS, pair_reversals
from .bank_entry_values import row_to_entry


class BankEntry(models.Model):
    """Entries that take another one back: both stay, and each shows the other."""

    _inherit = "bank.entry"

    reverses_entry_id = fields.Many2one(
        "bank.entry",
        string="Takes Back",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The entry of the opposite amount that this one reverses, as far as can be told.",
    )
    reversed_by_ids = fields.One2many(
        "bank.entry", "reverses_entry_id", string="Taken Back By", readonly=True
    )

    def _note_reversals(self):
        """Link new entries that reverse another one with it; a handful is looked at closely.

        Only amounts that occur the other way round are read: most readings hold none.
        """
        # Of a large file no more than that is in memory.
        self.fetch(["state", "booking_date", "amount", "account_id"])
        rows = self.filtered(lambda row: row.state == "booked" and row.booking_date)
        if not rows:
            return
        first = min(rows.mapped("booking_date")) - timedelta(days=MARKED_DAYS)
        turned = {-amount for amount in rows.mapped("amount")}
        known = self.sudo().search(
            [
                ("account_id", "in", rows.account_id.ids),
                ("state", "=", "booked"),
                ("booking_date", ">=", first),
                ("booking_date", "<=", max(rows.mapped("booking_date"))),
                ("amount", "in", list(turned)),
                ("reversed_by_ids", "=", False),
                ("id", "not in", rows.ids),
            ]
        )
        amounts = turned & (set(rows.mapped("amount")) | set(known.mapped("amount")))
        new = rows.filtered(lambda row: -row.amount in amounts or row.amount in amounts)
        pairs = pair_reversals(
            {row.id: row_to_entry(row) for row in new},
            {row.id: row_to_entry(row) for row in known},
        )
        for key, other in pairs.items():
            self.browse(key).sudo().reverses_entry_id = other
