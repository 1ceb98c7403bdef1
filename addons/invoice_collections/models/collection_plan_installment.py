from odoo import api, fields, models

from ..core.plan.schedule import Installment


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
    carried_interest = fields.Monetary(
        readonly=True, help="Of the interest: what fell due in an earlier version, and is invoiced."
    )
    carried_fee = fields.Monetary(
        readonly=True, help="Of the fee: what fell due in an earlier version, and is invoiced."
    )
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

    # === BUSINESS METHODS === #

    def _told(self):
        """Return what a disclosure says of an installment; amounts as text."""
        self.ensure_one()
        places = self.currency_id.decimal_places
        parts = ("principal", "interest", "fee", "total", "balance")
        return {
            "number": self.number,
            "due": str(self.due_date),
            **{name: f"{self[name]:.{places}f}" for name in parts},
        }

    def _to_bill(self):
        """Return interest and fee of these installments that no invoice asks for yet."""
        currency = self.currency_id
        return (
            currency.round(sum(one.interest - one.carried_interest for one in self)),
            currency.round(sum(one.fee - one.carried_fee for one in self)),
        )

    def _as_core(self):
        """Return these installments as the core knows them."""
        found = []
        for one in self.sorted(lambda one: (one.due_date, one.number)):
            minor = one.plan_id._minor
            found.append(
                Installment(
                    one.number,
                    one.due_date,
                    minor(one.principal),
                    minor(one.interest),
                    minor(one.fee),
                    minor(one.balance),
                    minor(one.carried_interest),
                    minor(one.carried_fee),
                )
            )
        return tuple(found)
