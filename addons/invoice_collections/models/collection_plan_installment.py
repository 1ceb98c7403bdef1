from odoo import api, fields, models


class CollectionPlanInstallment(models.Model):
    """One payment of a version's schedule, and what of it is paid according to the books."""

    _name = "collection.plan.installment"
    _description = "Installment"
    _order = "due_date, number, id"
    _log_access = False

    version_id = fields.Many2one(
        "collection.plan.version", required=True, readonly=True, index=True, ondelete="cascade"
    )
    plan_id = fields.Many2one(
        "collection.plan", required=True, readonly=True, index=True, ondelete="cascade"
    )
    case_id = fields.Many2one(related="plan_id.case_id")
    partner_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    number = fields.Integer(readonly=True, help="0: what is paid before the first installment.")
    due_date = fields.Date("Due", required=True, readonly=True, index=True)
    principal = fields.Monetary("Of the debt", readonly=True)
    interest = fields.Monetary(readonly=True)
    fee = fields.Monetary(readonly=True)
    total = fields.Monetary("To pay", readonly=True)
    balance = fields.Monetary("Debt left after", readonly=True)
    paid_amount = fields.Monetary("Paid", readonly=True)
    open_amount = fields.Monetary("Open", readonly=True)
    paid_on = fields.Date(readonly=True)
    state = fields.Selection(
        [
            ("draft", "Not agreed yet"),
            ("open", "Open"),
            ("part", "Paid in part"),
            ("paid", "Paid"),
            ("superseded", "Superseded"),
            ("waived", "Not needed any more"),
        ],
        default="draft",
        required=True,
        readonly=True,
        index=True,
    )
    days_late = fields.Integer(compute="_compute_days_late")
    move_id = fields.Many2one(
        "account.move",
        "Interest and fee",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    _number_uniq = models.Constraint(
        "UNIQUE(version_id, number)", "An installment has its number once in a version."
    )
    _sum = models.Constraint(
        "CHECK(principal >= 0 AND interest >= 0 AND fee >= 0)",
        "The parts of an installment are not negative.",
    )

    @api.depends("number", "plan_id.name")
    def _compute_display_name(self):
        for installment in self:
            installment.display_name = f"{installment.plan_id.name}/{installment.number}"

    @api.depends("due_date", "state")
    def _compute_days_late(self):
        today = {company: company._collection_today() for company in self.company_id}
        for installment in self:
            late = installment.state in ("open", "part") and installment.due_date
            days = (today[installment.company_id] - installment.due_date).days if late else 0
            installment.days_late = max(0, days)
