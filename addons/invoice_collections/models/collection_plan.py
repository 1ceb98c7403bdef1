from odoo import api, fields, models
from odoo.exceptions import AccessError

from .collection_promise import SOURCES

#: Allowed transitions: state -> states it may move to. A payment that comes back reopens a
#: completed plan.
TRANSITIONS = {
    "quote": {"offered", "cancelled"},
    "offered": {"quote", "accepted", "cancelled"},
    "accepted": {"active", "cancelled"},
    "active": {"paused", "arrears", "completed", "defaulted", "cancelled", "refinanced"},
    "paused": {"active", "arrears", "completed", "defaulted", "cancelled", "refinanced"},
    "arrears": {"active", "paused", "completed", "defaulted", "cancelled", "refinanced"},
    "completed": {"active", "arrears"},
    "defaulted": set(),
    "cancelled": set(),
    "refinanced": set(),
}

#: States in which the plan takes the place of the due dates of its invoices.
RUNNING = ("accepted", "active", "paused", "arrears")

#: States in which something can still become of it.
LIVING = ("quote", "offered", *RUNNING)


class CollectionPlan(models.Model):
    """An agreement to pay open invoices in installments, laid over them.

    Due dates and residuals of the invoices stay what they are; interest and fees become invoices
    of their own when they fall due. What was agreed stands in versions, each disclosed, frozen and
    accepted; what was paid follows from the books (``core.plan``).
    """

    _name = "collection.plan"
    _inherit = ["collection.lifecycle", "mail.thread"]
    _description = "Payment Plan"
    _order = "id desc"
    _transitions = TRANSITIONS
    _mail_post_access = "read"

    name = fields.Char("Number", required=True, readonly=True, copy=False, default="/")
    case_id = fields.Many2one(
        "collection.case", required=True, readonly=True, index=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    offer_id = fields.Many2one(
        "collection.plan.offer", required=True, readonly=True, index=True, ondelete="restrict"
    )
    state = fields.Selection(
        [
            ("quote", "Quote"),
            ("offered", "Offered"),
            ("accepted", "Waiting for the deposit"),
            ("active", "Active"),
            ("paused", "Paused"),
            ("arrears", "In arrears"),
            ("completed", "Completed"),
            ("defaulted", "In default"),
            ("cancelled", "Cancelled"),
            ("refinanced", "Refinanced"),
        ],
        default="quote",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    source = fields.Selection(SOURCES, required=True, readonly=True, default="phone")
    user_id = fields.Many2one("res.users", "Prepared by", readonly=True, ondelete="restrict")
    note = fields.Char(readonly=True)
    end_reason = fields.Char("Ended because", readonly=True, copy=False)
    needs_approval = fields.Boolean("A manager has to approve", readonly=True, copy=False)

    line_ids = fields.One2many("collection.plan.line", "plan_id", "Invoices", readonly=True)
    version_ids = fields.One2many("collection.plan.version", "plan_id", "Versions", readonly=True)
    version_id = fields.Many2one(
        "collection.plan.version",
        "Version in force",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="The accepted one; before, the latest.",
    )
    proposed_id = fields.Many2one(
        "collection.plan.version",
        "Version to accept",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="Offered to the customer and not accepted yet.",
    )
    installment_ids = fields.One2many(related="version_id.installment_ids", string="Schedule")
    all_installment_ids = fields.One2many(
        "collection.plan.installment", "plan_id", "Installments of all versions", readonly=True
    )
    move_ids = fields.One2many(
        "account.move", "collection_plan_id", "Interest and fees", readonly=True
    )

    principal = fields.Monetary("Debt", readonly=True, help="What the installments pay off.")
    total_cost = fields.Monetary(related="version_id.total_cost")
    total_payable = fields.Monetary(related="version_id.total_payable", store=True)
    apr = fields.Float(related="version_id.apr", store=True)
    rate = fields.Float(related="version_id.rate")
    frequency = fields.Selection(related="version_id.frequency")
    count = fields.Integer(related="version_id.count", store=True)
    first_due = fields.Date(related="version_id.first_due", store=True)
    last_due = fields.Date(related="version_id.last_due", store=True)
    deposit_amount = fields.Monetary("Deposit", related="version_id.deposit")

    paid_amount = fields.Monetary("Paid", readonly=True, copy=False)
    open_amount = fields.Monetary(
        "Still to pay", readonly=True, copy=False, help="With interest and fees to come."
    )
    late_amount = fields.Monetary("Late", readonly=True, copy=False)
    credited_amount = fields.Monetary("Credited since", readonly=True, copy=False)
    next_due_date = fields.Date("Next due", readonly=True, copy=False, index="btree_not_null")
    next_amount = fields.Monetary("Next installment", readonly=True, copy=False)
    days_late = fields.Integer(readonly=True, copy=False)

    valid_until = fields.Date("Offer valid until", readonly=True, copy=False)
    accepted_on = fields.Date(readonly=True, copy=False)
    activated_on = fields.Date(readonly=True, copy=False)
    withdrawal_until = fields.Date("Withdrawal until", readonly=True, copy=False)
    paused_until = fields.Date(readonly=True, copy=False)
    settled_on = fields.Date("Ended on", readonly=True, copy=False)
    refinances_id = fields.Many2one(
        "collection.plan", "Takes the place of", readonly=True, copy=False, index="btree_not_null"
    )
    refinanced_by_id = fields.Many2one(
        "collection.plan", "Replaced by", readonly=True, copy=False, index="btree_not_null"
    )
    accrued_amount = fields.Monetary(
        "Interest of the plan before",
        readonly=True,
        copy=False,
        help="Part of the debt; invoiced when this plan takes the place of the other.",
    )
    charges_wait = fields.Boolean(
        readonly=True,
        copy=False,
        help="More is paid than is due, whatever of it: interest and fees are not asked for.",
    )
    charge_count = fields.Integer(compute="_compute_charge_count")

    _name_uniq = models.Constraint(
        "UNIQUE(company_id, name)", "The number of a plan exists once in a company."
    )
    _positive = models.Constraint("CHECK(principal > 0)", "A plan is about more than nothing.")

    # === COMPUTE METHODS === #

    @api.depends("name", "partner_id.name", "principal", "currency_id")
    def _compute_display_name(self):
        for plan in self:
            amount = plan.currency_id.format(plan.principal) if plan.currency_id else ""
            plan.display_name = f"{plan.name}, {plan.partner_id.name or ''}: {amount}"

    @api.depends("move_ids")
    def _compute_charge_count(self):
        counts = dict(
            self.env["account.move"]._read_group(
                [("collection_plan_id", "in", self.ids)], ["collection_plan_id"], ["__count"]
            )
        )
        for plan in self:
            plan.charge_count = counts.get(plan, 0)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Create plans, each with its number."""
        sequence = self.env["ir.sequence"].sudo()
        for values in vals_list:
            if values.get("name", "/") == "/":
                company = values["company_id"]
                values["name"] = sequence.with_company(company).next_by_code(self._name) or "/"
        return super().create(vals_list)

    def write(self, vals):
        """Refuse to have a plan written past its methods.

        :raise AccessError: for whoever is not the server
        """
        if not self.env.su:
            raise AccessError(
                self.env._("A plan is not changed by hand: use its buttons, each is recorded.")
            )
        return super().write(vals)

    # === ACTION METHODS === #

    def action_view_charges(self):
        """Open the invoices of interest and fees."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Interest and fees"),
            "res_model": "account.move",
            "views": [(False, "list"), (False, "form")],
            "domain": [("collection_plan_id", "=", self.id)],
            "context": {"create": False},
        }

    def action_view_case(self):
        """Open the case of the customer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "collection.case",
            "res_id": self.case_id.id,
            "views": [(False, "form")],
        }

    # === BUSINESS METHODS === #

    def _transition(self, target, values=None, payload=None):
        """Move all records to ``target``, or none, and record it: the only writer of ``state``.

        :raise UserError: when one record may not go there
        """
        self._check_may_become(target)
        rows = [
            (f"plan_{target}", plan, {"from": plan.state, **plan._told(), **(payload or {})})
            for plan in self
        ]
        self.write({"state": target, **(values or {})})
        self.line_ids._follow_plans()
        self.env["collection.event"]._log_many(rows)

    def _told(self):
        """Return what an event keeps of a plan."""
        self.ensure_one()
        places = self.currency_id.decimal_places
        version = self.proposed_id or self.version_id
        return {
            "plan": self.name,
            "version": version.number,
            "hash": version.sha256 or None,
            "principal": f"{self.principal:.{places}f}",
            "payable": f"{version.total_payable:.{places}f}",
            "paid": f"{self.paid_amount:.{places}f}",
            "currency": self.currency_id.name,
            "documents": self.line_ids.mapped("label"),
        }

    def _minor(self, amount):
        """Return an amount in minor units of the plan's currency."""
        return round(amount * 10**self.currency_id.decimal_places)

    def _major(self, minor):
        """Return minor units as an amount of the plan's currency."""
        return minor / 10**self.currency_id.decimal_places
