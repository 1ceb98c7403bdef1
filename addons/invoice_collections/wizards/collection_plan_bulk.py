from odoo import Command, api, fields, models
from odoo.exceptions import UserError

#: Customers of one bulk offer: as many as a page of a list.
MOST_ROWS = 80


class CollectionPlanBulk(models.TransientModel):
    """Offers a plan to many customers at once, after showing what each would get."""

    _name = "collection.plan.bulk"
    _description = "Offer Payment Plans to Several Customers"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    offer_id = fields.Many2one(
        "collection.plan.offer",
        domain="[('company_id', '=', company_id)]",
        ondelete="cascade",
        help="Empty: the cheapest of those each customer may get.",
    )
    count = fields.Integer("Number of installments", help="Zero: as few as the offer allows.")
    row_ids = fields.One2many("collection.plan.bulk.row", "bulk_id", "Customers")
    possible_count = fields.Integer("Plans", compute="_compute_possible_count")
    has_refusals = fields.Boolean(compute="_compute_possible_count")

    # === COMPUTE METHODS === #

    @api.depends("row_ids.refusal", "row_ids.is_chosen")
    def _compute_possible_count(self):
        for bulk in self:
            bulk.possible_count = len(bulk.row_ids.filtered(lambda row: row._is_possible()))
            bulk.has_refusals = any(row.refusal for row in bulk.row_ids)

    # === BUSINESS METHODS === #

    @api.model
    def _open(self, lines):
        """Open the bulk offer for these open items, a row for each customer.

        :raise UserError: when there are none, or too many customers
        """
        by_customer = lines.grouped(lambda line: line.partner_id.commercial_partner_id)
        if not by_customer:
            raise UserError(self.env._("Nothing of this is open and free to be in a plan."))
        if len(by_customer) > MOST_ROWS:
            raise UserError(
                self.env._("Please choose at most %(most)s customers at once.", most=MOST_ROWS)
            )
        if len(lines.company_id) > 1:
            raise UserError(self.env._("Please choose customers of one company."))
        bulk = self.create(
            {
                "company_id": lines.company_id.id,
                "row_ids": [
                    Command.create({"partner_id": partner.id, "line_ids": [Command.set(own.ids)]})
                    for partner, own in by_customer.items()
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Offer payment plans"),
            "res_model": self._name,
            "res_id": bulk.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    # === ACTION METHODS === #

    def action_offer(self):
        """Offer the plans; who cannot get one any more is told, and the others get theirs."""
        self.ensure_one()
        plans, refused = self.env["collection.plan"], []
        for row in self.row_ids.filtered(lambda row: row._is_possible()):
            try:
                with self.env.cr.savepoint():
                    plans |= row._offer()
            except UserError as refusal:
                refused.append(f"{row.partner_id.name}: {refusal}")
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Payment plans"),
            "res_model": "collection.plan",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", plans.ids)],
        }
        if not refused:
            return action
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "message": "\n".join(refused[:10]),
                "next": action if plans else {"type": "ir.actions.act_window_close"},
            },
        }
