from odoo import api, fields, models
from odoo.exceptions import UserError


class CollectionPlanBulkRow(models.TransientModel):
    """What one customer would get."""

    _name = "collection.plan.bulk.row"
    _description = "Customer of a Bulk Offer"
    _order = "bulk_id, id"

    bulk_id = fields.Many2one("collection.plan.bulk", required=True, ondelete="cascade")
    partner_id = fields.Many2one("res.partner", "Customer", required=True, ondelete="cascade")
    line_ids = fields.Many2many("account.move.line", string="Invoices")
    currency_id = fields.Many2one(related="bulk_id.company_id.currency_id")
    is_chosen = fields.Boolean("Take", default=True)
    principal = fields.Monetary("Debt", compute="_compute_figures")
    offer_id = fields.Many2one("collection.plan.offer", compute="_compute_figures")
    count = fields.Integer("Installments", compute="_compute_figures")
    installment = fields.Monetary(compute="_compute_figures")
    total_cost = fields.Monetary("Cost in all", compute="_compute_figures")
    last_due = fields.Date("Last due", compute="_compute_figures")
    refusal = fields.Char("Not possible because", compute="_compute_figures")

    # === COMPUTE METHODS === #

    @api.depends("bulk_id.offer_id", "bulk_id.count", "line_ids")
    def _compute_figures(self):
        for row in self:
            found, row.refusal = row._found()
            lines = row.line_ids._origin
            row.principal = lines._collection_amount() if len(lines.currency_id) == 1 else 0.0
            row.offer_id = found and found.offer
            row.count = found and found.count
            row.installment = found and found.installment
            row.total_cost = found and found.total_cost
            row.last_due = found and found.last_due

    # === BUSINESS METHODS === #

    def _is_possible(self):
        """Return whether this customer can get a plan and is meant to."""
        return self.is_chosen and not self.refusal

    def _found(self):
        """Return the scenario, and the sentence that refuses it; one of both is false."""
        self.ensure_one()
        try:
            return self._scenario(), False
        except UserError as refusal:
            return False, str(refusal)

    def _scenario(self):
        """Return what the customer would get.

        :raise UserError: with one sentence, when there is nothing to offer
        """
        plans, lines = self.env["collection.plan"], self.line_ids._origin
        waiting = plans.search_count(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.bulk_id.company_id.id),
                ("state", "in", ("quote", "offered")),
            ],
            limit=1,
        )
        if waiting:
            raise UserError(self.env._("A plan waits for an answer already."))
        case_sudo = plans._plan_case(lines)
        plans._check_plan_lines(case_sudo, lines.sudo())
        offers = self.bulk_id.offer_id._origin or plans._suiting_offers(case_sudo, lines)
        found, refusals = [], []
        for offer in offers:
            try:
                found.append(plans._scenario(offer, lines, self.bulk_id.count or offer.count_min))
            except UserError as refusal:
                refusals.append(refusal)
        if found:
            return min(found, key=lambda one: (one.total_cost, one.last_due))
        if refusals:
            raise refusals[0]
        raise UserError(self.env._("No offer is for this customer and amount."))

    def _offer(self):
        """Offer the plan and return it; one a manager has to approve waits as a quote."""
        scenario = self._scenario()
        plans = self.env["collection.plan"]
        plan = plans._quote(self.line_ids, scenario.offer, scenario.count, source="email")
        if not plan.needs_approval:
            plan.action_offer()
        return plan
