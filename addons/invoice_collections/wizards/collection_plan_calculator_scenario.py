from odoo import api, fields, models
from odoo.exceptions import UserError

#: Figures a scenario takes over from ``collection.plan._scenario`` as they are.
_FIGURES = (
    "last_due",
    "installment",
    "deposit",
    "total_interest",
    "total_fees",
    "total_cost",
    "total_payable",
    "apr",
)


class CollectionPlanCalculatorScenario(models.TransientModel):
    """One way to pay: an offer, how many installments, from when; and what it costs."""

    _name = "collection.plan.calculator.scenario"
    _description = "Scenario of a Payment Plan"
    _order = "calculator_id, id"

    calculator_id = fields.Many2one("collection.plan.calculator", required=True, ondelete="cascade")
    offer_id = fields.Many2one("collection.plan.offer", required=True, ondelete="cascade")
    count = fields.Integer("Installments", required=True, default=3)
    first_due = fields.Date("First due", help="Empty: as the offer says.")
    currency_id = fields.Many2one(related="calculator_id.currency_id")
    frequency = fields.Selection(related="offer_id.frequency")
    last_due = fields.Date("Last due", compute="_compute_figures")
    installment = fields.Monetary(compute="_compute_figures")
    deposit = fields.Monetary(compute="_compute_figures")
    total_interest = fields.Monetary("Interest in all", compute="_compute_figures")
    total_fees = fields.Monetary("Fees in all", compute="_compute_figures")
    total_cost = fields.Monetary("Cost in all", compute="_compute_figures")
    total_payable = fields.Monetary("To pay in all", compute="_compute_figures")
    apr = fields.Float(
        "APR (%)",
        digits=(16, 2),
        compute="_compute_figures",
        help="Annual percentage rate: interest and all fees, as a rate a year.",
    )
    schedule = fields.Json(compute="_compute_figures")
    refusal = fields.Char("Not possible because", compute="_compute_figures")

    # === COMPUTE METHODS === #

    @api.depends(
        "offer_id", "count", "first_due", "calculator_id.line_ids", "calculator_id.case_id"
    )
    def _compute_figures(self):
        for row in self:
            found, row.refusal = row._found()
            row.schedule = found and row._schedule(found)
            for name in _FIGURES:
                row[name] = found and getattr(found, name)

    def _found(self):
        """Return the scenario, and the sentence that refuses it; one of both is false."""
        self.ensure_one()
        lines = self.calculator_id.line_ids._origin
        if not lines or not self.offer_id:
            return False, False
        plans = self.env["collection.plan"]
        try:
            plans._check_plan_lines(self.calculator_id.case_id.sudo(), lines.sudo())
            return (
                plans._scenario(self.offer_id._origin, lines, self.count, self.first_due or None),
                False,
            )
        except UserError as refusal:
            return False, str(refusal)

    def _schedule(self, found):
        """Return the installments, and what is owed from which day on, as the chart draws it."""
        factor = 10**self.currency_id.decimal_places
        quote = found.quote
        start = quote.terms.start
        owed = quote.terms.financed / factor
        return {
            "rows": [
                {
                    "number": one.number,
                    "due": str(one.due),
                    **{
                        name: getattr(one, name) / factor
                        for name in ("total", "principal", "interest", "fee", "balance")
                    },
                }
                for one in quote.installments
            ],
            "points": [
                [0, owed],
                *([(one.due - start).days, one.balance / factor] for one in quote.installments),
            ],
        }

    def _label(self):
        """Return the scenario in a few words."""
        self.ensure_one()
        return self.env._(
            "%(count)s of %(amount)s (%(offer)s)",
            count=self.count,
            amount=self.currency_id.format(self.installment),
            offer=self.offer_id.name,
        )
