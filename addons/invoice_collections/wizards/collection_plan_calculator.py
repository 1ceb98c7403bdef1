from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class CollectionPlanCalculator(models.TransientModel):
    """Compares the ways in which open invoices may be paid in installments, and quotes one."""

    _name = "collection.plan.calculator"
    _description = "Calculator of Payment Plans"

    case_id = fields.Many2one("collection.case", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="case_id.company_id")
    open_item_ids = fields.Many2many(related="case_id.item_ids", string="Open items of the case")
    line_ids = fields.Many2many("account.move.line", string="Invoices", required=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary("Debt", compute="_compute_amount")
    offer_ids = fields.Many2many(
        "collection.plan.offer", string="Offers that suit", compute="_compute_offers"
    )
    offer_id = fields.Many2one(
        "collection.plan.offer",
        required=True,
        domain="[('id', 'in', offer_ids)]",
    )
    count = fields.Integer("Number of installments", required=True, default=3)
    first_due = fields.Date("First installment on", help="Empty: as the offer says.")
    note = fields.Char()
    installment = fields.Monetary(compute="_compute_scenario")
    deposit = fields.Monetary(compute="_compute_scenario")
    total_cost = fields.Monetary("Cost in all", compute="_compute_scenario")
    total_payable = fields.Monetary("To pay in all", compute="_compute_scenario")
    apr = fields.Float("Annual percentage rate (%)", digits=(16, 2), compute="_compute_scenario")
    last_due = fields.Date("Last installment on", compute="_compute_scenario")
    problem = fields.Char(compute="_compute_scenario")
    comparison = fields.Html(compute="_compute_comparison", sanitize=False)

    @api.model
    def default_get(self, fields):
        """Propose all that is overdue, and the first offer the customer may get."""
        values = super().default_get(fields)
        case = self.env["collection.case"].browse(values.get("case_id"))
        if case and not values.get("line_ids"):
            today = case.company_id._collection_today()
            debts = case.item_ids.filtered(
                lambda item: (
                    item.amount_residual_currency > 0
                    and item.currency_id == case.company_id.currency_id
                )
            )
            overdue = debts.filtered(lambda item: (item.date_maturity or item.date) < today)
            chosen = overdue or debts
            values["line_ids"] = [Command.set(chosen.ids)]
            plans = self.env["collection.plan"]
            offers = plans._suiting_offers(case.sudo(), chosen.sudo()) if chosen else plans
            if offers:
                values["offer_id"] = offers[0].id
                values["count"] = offers[0].count_min
        return values

    # === COMPUTE METHODS === #

    @api.depends("line_ids")
    def _compute_amount(self):
        for wizard in self:
            lines = wizard.line_ids
            wizard.amount = lines._collection_amount() if len(lines.currency_id) == 1 else 0.0

    @api.depends("line_ids", "case_id")
    def _compute_offers(self):
        plans = self.env["collection.plan"]
        for wizard in self:
            lines = wizard.line_ids._origin.sudo()
            one = len(lines.currency_id) == 1
            wizard.offer_ids = plans._suiting_offers(wizard.case_id.sudo(), lines) if one else False

    @api.depends("line_ids", "offer_id", "count", "first_due")
    def _compute_scenario(self):
        for wizard in self:
            wizard.update(
                dict.fromkeys(
                    (
                        "installment",
                        "deposit",
                        "total_cost",
                        "total_payable",
                        "apr",
                        "last_due",
                        "problem",
                    ),
                    False,
                )
            )
            if not wizard.line_ids or not wizard.offer_id:
                continue
            try:
                found = self.env["collection.plan"]._scenario(
                    wizard.offer_id, wizard.line_ids._origin, wizard.count, wizard.first_due
                )
            except UserError as error:
                wizard.problem = error.args[0]
                continue
            for name in ("installment", "deposit", "total_cost", "total_payable", "apr"):
                wizard[name] = getattr(found, name)
            wizard.last_due = found.last_due

    @api.depends("line_ids")
    def _compute_comparison(self):
        for wizard in self:
            wizard.comparison = False
            if not wizard.line_ids:
                continue
            try:
                found = self.env["collection.plan"]._scenarios(
                    wizard.line_ids._origin, wizard.company_id._collection_today()
                )
            except UserError as error:
                wizard.problem = error.args[0]
                continue
            wizard.comparison = self.env["ir.qweb"]._render(
                "invoice_collections.plan_comparison",
                {
                    "scenarios": found,
                    "currency": wizard.currency_id,
                    "most": max((one.total_payable for one in found), default=0) or 1,
                },
            )

    # === ACTION METHODS === #

    def action_quote(self):
        """Prepare the plan and open it."""
        self.ensure_one()
        plan = self.env["collection.plan"]._quote(
            self.line_ids, self.offer_id, self.count, self.first_due or None, note=self.note
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "collection.plan",
            "res_id": plan.id,
            "views": [(False, "form")],
        }
