from odoo import api, fields, models
from odoo.exceptions import UserError

from .collection_plan import RUNNING


class AccountMove(models.Model):
    _inherit = "account.move"

    collection_plan_id = fields.Many2one(
        "collection.plan",
        "Payment plan of this charge",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups="invoice_collections.group_user",
    )
    collection_plan_due = fields.Date(
        "Installment of this charge",
        readonly=True,
        copy=False,
        groups="invoice_collections.group_user",
    )
    collection_plan_count = fields.Integer(
        "Payment plans",
        compute="_compute_collection_plan_count",
        groups="invoice_collections.group_user",
    )

    _collection_plan_once = models.UniqueIndex(
        "(collection_plan_id, collection_plan_due)"
        " WHERE collection_plan_id IS NOT NULL AND move_type = 'out_invoice'"
        " AND state != 'cancel'",
        "Interest and fee of an installment are invoiced once.",
    )

    # === COMPUTE METHODS === #

    @api.depends("line_ids")
    def _compute_collection_plan_count(self):
        for move in self:
            move.collection_plan_count = len(move._collection_plans())

    # === ACTION METHODS === #

    def action_view_collection_plans(self):
        """Open the payment plans this invoice is in, or belongs to as interest or fee."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Payment plans"),
            "res_model": "collection.plan",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", self._collection_plans().ids)],
        }

    def button_draft(self):
        """Refuse to take back an invoice while a running plan pays it off."""
        self._collection_check_no_plan()
        return super().button_draft()

    def button_cancel(self):
        """Refuse to cancel an invoice while a running plan pays it off."""
        self._collection_check_no_plan()
        return super().button_cancel()

    # === BUSINESS METHODS === #

    def _collection_plans(self):
        """Return the plans these invoices are in, or belong to as interest or fee."""
        lines = self.env["collection.plan.line"].search(
            [("move_line_id.move_id", "in", self._origin.ids)]
        )
        return lines.plan_id | self.collection_plan_id

    def _collection_check_no_plan(self):
        """Refuse where an invoice is in a running plan.

        :raise UserError: with one sentence that says which, and what to do
        """
        lines_sudo = (
            self.env["collection.plan.line"]
            .sudo()
            .search([("move_line_id.move_id", "in", self.ids), ("is_running", "=", True)], limit=1)
        )
        charges_sudo = self.sudo().filtered(
            lambda move: move.collection_plan_id.state in RUNNING and move.state == "posted"
        )[:1]
        plan_sudo = lines_sudo.plan_id or charges_sudo.collection_plan_id
        if plan_sudo:
            raise UserError(
                self.env._(
                    "%(invoice)s is in the payment plan %(plan)s: end the plan first.",
                    invoice=lines_sudo.label or charges_sudo.name,
                    plan=plan_sudo.name,
                )
            )
