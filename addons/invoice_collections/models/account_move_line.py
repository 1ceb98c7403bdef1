from collections import defaultdict

from odoo import fields, models
from odoo.tools import SQL

from ..core.withheld import Withheld, total


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    collection_shift_days = fields.Integer(
        "Cadence shifted by (days)",
        readonly=True,
        copy=False,
        groups="invoice_collections.group_user",
        help="By how many days the reminders of this item lag behind the calendar: a dispute stops"
        " their clock. Negative: a broken promise turned it forward.",
    )

    collection_restart_date = fields.Date(
        "Reminders anew since",
        readonly=True,
        copy=False,
        groups="invoice_collections.group_user",
        help="A person chose the step with which reminders go on: what was said before does not"
        " count.",
    )

    # === BUSINESS METHODS === #

    def _collection_amount(self):
        """Return what is open on these lines, in their one currency, rounded once."""
        return self.currency_id.round(sum(self.mapped("amount_residual_currency"))) if self else 0.0

    def _collection_withheld(self):
        """Return ``{line id: minor units not to be chased}`` of the lines that have any.

        It may exceed what is open: a customer may pay more than what is not disputed.
        """
        return {line: total(parts) for line, parts in self._collection_withholdings().items()}

    def _collection_withholdings(self):
        """Return ``{line id: list of Withheld}``: what of each line must not be chased, and why.

        Codes are those of ``core.guard.HOLD_ORDER``. One query, whatever the number of lines.
        Raw SQL: callers decide who may see the answer.
        """
        parts = defaultdict(list)
        if not self:
            return parts
        sources = self._collection_withheld_sources()
        rows = self.env.execute_query(
            SQL(
                "SELECT * FROM (%s) source WHERE source.line_id = ANY(%s) AND source.minor > 0",
                SQL(" UNION ALL ").join(sources),
                list(self.ids),
            )
        )
        for line, code, minor, until in rows:
            parts[line].append(Withheld(code, minor, until))
        return parts

    def _collection_withheld_customers(self, company, customer_ids):
        """Return ids of the customers of whose open items something is withheld. One query."""
        self.flush_model(["company_id", "partner_id", "reconciled"])
        return [
            row[0]
            for row in self.env.execute_query(
                SQL(
                    """
                    SELECT DISTINCT contact.commercial_partner_id
                      FROM (%s) source
                      JOIN account_move_line line ON line.id = source.line_id
                      JOIN res_partner contact ON contact.id = line.partner_id
                     WHERE source.minor > 0
                       AND line.company_id = %s
                       AND line.reconciled IS NOT TRUE
                       AND contact.commercial_partner_id = ANY(%s)
                    """,
                    SQL(" UNION ALL ").join(self._collection_withheld_sources()),
                    company.id,
                    list(customer_ids),
                )
            )
        ]

    def _collection_withheld_sources(self):
        """Return queries of ``line_id, code, minor, until``: one for each thing that withholds.

        Hook: an addon that withholds parts of items for a reason of its own adds a query.
        """
        return [
            self.env["collection.dispute.line"]._withheld_query(),
            self.env["collection.promise.line"]._withheld_query(),
            self.env["collection.handover.line"]._withheld_query(),
            self.env["collection.plan.line"]._withheld_query(),
            self.env["account.payment"]._collection_withheld_query(),
        ]

    def _collection_changed(self):
        """Follow what changed about these items: withdraw waiting reminders that have nothing left
        to ask for, correct the others, and bring the cases up to date.
        """
        lines_sudo = self.sudo()
        self.env["collection.plan"].sudo()._of_items(lines_sudo)._follow_books(posting=False)
        for company, lines in lines_sudo.grouped("company_id").items():
            self.env["collection.handover.payment"]._observe(company, lines.ids)
        self.env["collection.touchpoint"].sudo().search(
            [
                ("state", "in", ("waiting", "queued")),
                ("item_ids.move_line_id", "in", lines_sudo.ids),
            ]
        )._follow_books()
        self.env["collection.case"].sudo().search(
            [
                ("company_id", "in", lines_sudo.company_id.ids),
                ("partner_id", "in", lines_sudo.partner_id.commercial_partner_id.ids),
            ]
        )._evaluate()
