from odoo import api, fields, models
from odoo.exceptions import UserError

#: What is compared before and after: field suffix → how it follows from installments.
_COMPARED = ("installment", "count", "next_due", "last_due", "total")


class CollectionPlanChange(models.TransientModel):
    """Shows what a change of a running plan costs, beside going on as agreed; then proposes it."""

    _name = "collection.plan.change"
    _description = "Change of a Payment Plan"

    plan_id = fields.Many2one("collection.plan", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="plan_id.company_id")
    currency_id = fields.Many2one(related="plan_id.currency_id")
    kind = fields.Selection(
        [
            ("pause", "Pause"),
            ("reschedule", "Reschedule"),
            ("refinance", "Refinance"),
            ("settle", "Pay early"),
        ],
        "What if",
        required=True,
        default="pause",
    )
    months = fields.Integer("Months of pause", default=1)
    how = fields.Selection(
        "_selection_how",
        "Pause costs",
        compute="_compute_how",
        store=True,
        readonly=False,
        precompute=True,
    )
    by = fields.Selection(
        [("count", "So many installments"), ("amount", "Installments of so much")],
        "Pay the rest in",
        default="count",
        required=True,
    )
    count = fields.Integer(
        "Number of installments",
        compute="_compute_count",
        store=True,
        readonly=False,
        precompute=True,
    )
    amount = fields.Monetary("Amount of an installment")
    first_due = fields.Date("First installment on", help="Empty: the next day due, or as offered.")
    offer_ids = fields.Many2many("collection.plan.offer", compute="_compute_offer_ids")
    offer_id = fields.Many2one(
        "collection.plan.offer",
        "New offer",
        compute="_compute_offer_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="cascade",
    )
    refusal = fields.Char("Not possible because", compute="_compute_change")

    before_installment = fields.Monetary(compute="_compute_change")
    before_count = fields.Integer(compute="_compute_change")
    before_next_due = fields.Date(compute="_compute_change")
    before_last_due = fields.Date(compute="_compute_change")
    before_total = fields.Monetary(compute="_compute_change")
    before_apr = fields.Float(digits=(16, 2), related="plan_id.apr")
    after_installment = fields.Monetary(compute="_compute_change")
    after_count = fields.Integer(compute="_compute_change")
    after_next_due = fields.Date(compute="_compute_change")
    after_last_due = fields.Date(compute="_compute_change")
    after_total = fields.Monetary(compute="_compute_change")
    after_apr = fields.Float(digits=(16, 2), compute="_compute_change")
    extra_cost = fields.Monetary("More than before", compute="_compute_change")
    total_since_origin = fields.Monetary(
        "Paid in all since the plan began", compute="_compute_change"
    )
    chart = fields.Json("Before and after", compute="_compute_change")

    settle_principal = fields.Monetary("Of the debt", compute="_compute_settlement")
    settle_interest = fields.Monetary("Interest until today", compute="_compute_settlement")
    settle_fees = fields.Monetary("Fees due", compute="_compute_settlement")
    settle_total = fields.Monetary("To pay today", compute="_compute_settlement")
    settle_saving = fields.Monetary("Saved", compute="_compute_settlement")

    @api.model
    def _selection_how(self):
        """Return the ways to pay for a pause that offers know."""
        return (
            self.env["collection.plan.offer"]._fields["pause_how"]._description_selection(self.env)
        )

    # === COMPUTE METHODS === #

    @api.depends("plan_id")
    def _compute_how(self):
        for wizard in self:
            wizard.how = wizard.plan_id.offer_id.pause_how

    @api.depends("plan_id")
    def _compute_count(self):
        """Propose as many installments as are left, and one more."""
        for wizard in self:
            left = wizard.plan_id.installment_ids.filtered(lambda one: one.state != "paid")
            wizard.count = len(left) + 1

    @api.depends("plan_id")
    def _compute_offer_ids(self):
        for wizard in self:
            plan = wizard.plan_id
            lines = plan.line_ids.move_line_id
            wizard.offer_ids = self.env["collection.plan"]._suiting_offers(plan.case_id, lines)

    @api.depends("plan_id")
    def _compute_offer_id(self):
        for wizard in self:
            offers = wizard.offer_ids
            wizard.offer_id = offers.filtered("rate")[:1] or offers[:1]

    @api.depends(
        "plan_id", "kind", "months", "how", "by", "count", "amount", "first_due", "offer_id"
    )
    def _compute_change(self):
        for wizard in self:
            found, wizard.refusal = wizard._found()
            wizard.update(wizard._figures(found))

    @api.depends("plan_id", "kind")
    def _compute_settlement(self):
        for wizard in self:
            found = wizard.kind == "settle" and wizard.plan_id.sudo()._settlement()
            major = wizard.plan_id._major
            wizard.settle_principal = found and major(found.principal)
            wizard.settle_interest = found and major(found.accrued_interest)
            wizard.settle_fees = found and major(found.fees)
            wizard.settle_total = found and major(found.total)
            wizard.settle_saving = found and major(found.saving)

    # === BUSINESS METHODS === #

    def _found(self):
        """Return the core's change, and the sentence that refuses it; one of both is false."""
        self.ensure_one()
        try:
            return self._asked("preview"), False
        except UserError as refusal:
            return False, str(refusal)

    def _asked(self, verb):
        """Preview or propose the change that is asked for; nothing where nothing is asked."""
        plan = self.plan_id.sudo()
        if self.kind == "pause" and self.how:
            return getattr(plan, f"_{verb}_pause")(self.months, self.how)
        if self.kind == "reschedule":
            return getattr(plan, f"_{verb}_reschedule")(**self._reschedule_values())
        if self.kind == "refinance" and self.offer_id:
            method = getattr(plan, f"_{verb}_refinance")
            return method(self.offer_id, self.count, self.first_due or None)
        return False

    def _reschedule_values(self):
        """Return the arguments of a rescheduling."""
        by_amount = self.by == "amount"
        return {
            "count": None if by_amount else self.count,
            "amount": self.amount if by_amount else None,
            "first_due": self.first_due or None,
        }

    def _figures(self, found):
        """Return the values of the fields that tell before from after."""
        values = {f"{side}_{name}": False for side in ("before", "after") for name in _COMPARED}
        values.update(after_apr=False, extra_cost=False, total_since_origin=False, chart=False)
        if not found:
            return values
        major = self.plan_id._major
        for side, rows in (("before", found.before), ("after", found.after)):
            values[f"{side}_installment"] = major(max((one.total for one in rows), default=0))
            values[f"{side}_count"] = len(rows)
            values[f"{side}_next_due"] = rows[0].due if rows else False
            values[f"{side}_last_due"] = rows[-1].due if rows else False
        return {
            **values,
            "before_total": major(found.total_before),
            "after_total": major(found.total_after),
            "after_apr": float(100 * (found.apr_after or 0)),
            "extra_cost": major(found.extra_cost),
            "total_since_origin": major(found.total_since_origin),
            "chart": self._chart(found),
        }

    def _chart(self, found):
        """Return both schedules, as the chart draws them."""
        today = self.company_id._collection_today()
        return {
            "currency_id": self.currency_id.id,
            "start": str(today),
            "series": [
                {
                    "label": self.env._("After the change"),
                    "index": 0,
                    **self._series(found.after, today),
                },
                {
                    "label": self.env._("As agreed"),
                    "index": 1,
                    "dashed": True,
                    **self._series(found.before, today),
                },
            ],
        }

    def _series(self, rows, today):
        """Return a schedule: its rows, and what is owed from which day on."""
        major = self.plan_id._major
        owed = rows[0].balance + rows[0].principal if rows else 0
        return {
            "rows": [
                {
                    "number": one.number,
                    "due": str(one.due),
                    **{
                        name: major(getattr(one, name))
                        for name in ("total", "principal", "interest", "fee", "balance")
                    },
                }
                for one in rows
            ],
            "points": [
                [0, major(owed)],
                *([max(0, (one.due - today).days), major(one.balance)] for one in rows),
            ],
        }

    # === ACTION METHODS === #

    def action_propose(self):
        """Propose the change to the customer; it counts when they have accepted it.

        :raise AccessError: for whoever may not work on the case
        :raise UserError: when it is refused by now
        """
        self.ensure_one()
        self.plan_id.case_id.check_access("write")
        found = self._asked("propose")
        is_new_plan = found and found._name == self.plan_id._name
        plan = self.plan_id.browse(found.id) if is_new_plan else self.plan_id
        return plan.get_formview_action()
