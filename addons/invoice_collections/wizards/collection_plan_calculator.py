from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..models.collection_promise import SOURCES

#: Ways to pay a new calculator starts with.
FIRST_SCENARIOS = 3


class CollectionPlanCalculator(models.TransientModel):
    """Lays several ways to pay the same invoices beside each other, and makes a plan of one."""

    _name = "collection.plan.calculator"
    _description = "Payment Plan Calculator"

    case_id = fields.Many2one("collection.case", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="case_id.company_id")
    open_item_ids = fields.Many2many(related="case_id.item_ids", string="Open items of the case")
    line_ids = fields.Many2many("account.move.line", string="Invoices")
    currency_id = fields.Many2one("res.currency", compute="_compute_principal")
    principal = fields.Monetary(
        "Debt", compute="_compute_principal", help="What is open of the invoices chosen."
    )
    offer_ids = fields.Many2many(
        "collection.plan.offer",
        compute="_compute_offer_ids",
        string="What may be offered",
        help="The offers that are for this kind of customer, risk and amount.",
    )
    scenario_ids = fields.One2many(
        "collection.plan.calculator.scenario", "calculator_id", string="Scenarios"
    )
    chart = fields.Json("Scenarios side by side", compute="_compute_chart")
    chosen = fields.Integer(default=0, help="Which scenario is taken, counted from zero.")
    chosen_text = fields.Char("Scenario chosen", compute="_compute_chart")
    has_refusals = fields.Boolean(compute="_compute_chart")
    source = fields.Selection(
        [source for source in SOURCES if source[0] != "customer"],
        "Asked for by",
        required=True,
        default="phone",
    )
    note = fields.Char()

    @api.model
    def default_get(self, fields):
        """Propose all that is overdue and free to be in a plan, in a few scenarios."""
        values = super().default_get(fields)
        case = self.env["collection.case"].browse(values.get("case_id"))
        if not case:
            return values
        lines = self.env["account.move.line"].browse(self.env.context.get("plan_line_ids", ()))
        lines = lines or self._free_lines(case)
        values["line_ids"] = [Command.set(lines.ids)]
        values["scenario_ids"] = self._prepare_scenarios(lines)
        return values

    @api.model
    def _free_lines(self, case):
        """Return the debts of a case nothing hinders: the overdue ones, else all of a currency."""
        debts = case.item_ids.filtered(
            lambda item: item.amount_residual_currency > 0 and item.currency_id == case.currency_id
        )
        debts = debts.browse(debts.ids) - debts.browse(debts._collection_withholdings())
        today = case.company_id._collection_today()
        return debts.filtered(lambda item: (item.date_maturity or item.date) < today) or debts

    @api.model
    def _prepare_scenarios(self, lines):
        """Return the commands of the first scenarios: few, some and many installments."""
        if not lines:
            return []
        today = lines.company_id._collection_today()
        try:
            found = self.env["collection.plan"]._scenarios(lines, today)
        except UserError:
            # The calculator says so itself, where the invoices can be changed.
            return []
        found = sorted(found, key=lambda one: (one.count, one.total_cost))
        steps = max(1, min(FIRST_SCENARIOS, len(found)) - 1)
        chosen = dict.fromkeys(round(step * (len(found) - 1) / steps) for step in range(steps + 1))
        return [
            Command.create({"offer_id": found[index].offer.id, "count": found[index].count})
            for index in chosen
            if found
        ]

    # === COMPUTE METHODS === #

    @api.depends("line_ids", "case_id")
    def _compute_principal(self):
        for wizard in self:
            lines = wizard.line_ids._origin
            wizard.currency_id = lines[:1].currency_id or wizard.case_id.currency_id
            wizard.principal = lines._collection_amount() if len(lines.currency_id) == 1 else 0.0

    @api.depends("line_ids", "case_id")
    def _compute_offer_ids(self):
        plans = self.env["collection.plan"]
        for wizard in self:
            lines = wizard.line_ids._origin
            usable = len(lines.currency_id) == 1
            wizard.offer_ids = plans._suiting_offers(wizard.case_id, lines) if usable else False

    @api.depends("scenario_ids.schedule", "scenario_ids.refusal", "currency_id", "chosen")
    def _compute_chart(self):
        for wizard in self:
            rows = wizard.scenario_ids
            chosen = rows[wizard.chosen : wizard.chosen + 1]
            wizard.chosen_text = chosen.schedule and chosen._label()
            wizard.has_refusals = any(row.refusal for row in rows)
            wizard.chart = {
                "currency_id": wizard.currency_id.id,
                "start": str(wizard.company_id._collection_today()),
                "series": [
                    {**row.schedule, "label": row._label(), "index": index}
                    for index, row in enumerate(rows)
                    if row.schedule
                ],
            }

    # === ACTION METHODS === #

    def action_prepare(self):
        """Make a plan of the chosen scenario, to be looked at before it is offered."""
        return self._prepare().get_formview_action()

    def action_offer(self):
        """Make a plan of the chosen scenario and offer it to the customer at once.

        One that a manager has to approve waits as a quote.
        """
        plan = self._prepare()
        if not plan.needs_approval:
            plan.action_offer()
        return plan.get_formview_action()

    # === BUSINESS METHODS === #

    def _prepare(self):
        """Return a plan of the chosen scenario.

        :raise UserError: when there is none, or it is refused
        """
        self.ensure_one()
        row = self.scenario_ids[self.chosen : self.chosen + 1]
        if not row:
            raise UserError(self.env._("Please choose a scenario first."))
        return self.env["collection.plan"]._quote(
            self.line_ids, row.offer_id, row.count, row.first_due or None, self.source, self.note
        )
