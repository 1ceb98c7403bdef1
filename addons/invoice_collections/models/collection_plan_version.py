from odoo import api, fields, models
from odoo.exceptions import AccessError

from .collection_plan_offer import DAY_COUNTS, FREQUENCIES, METHODS

#: Allowed transitions: state -> states it may move to.
TRANSITIONS = {
    "draft": {"offered", "lapsed"},
    "offered": {"draft", "accepted", "lapsed"},
    "accepted": {"superseded"},
    "superseded": set(),
    "lapsed": set(),
}


class CollectionPlanVersion(models.Model):
    """One wording of a plan: terms, schedule and cost, disclosed, frozen, and perhaps accepted.

    From the moment it is offered, what it says stands in ``snapshot`` and is known by its hash;
    the acceptance names that hash, and keeps who accepted which words when and from where.
    """

    _name = "collection.plan.version"
    _inherit = "collection.lifecycle"
    _description = "Version of a Payment Plan"
    _order = "plan_id, number desc"
    _transitions = TRANSITIONS

    plan_id = fields.Many2one(
        "collection.plan", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True)
    case_id = fields.Many2one(related="plan_id.case_id")
    currency_id = fields.Many2one(related="plan_id.currency_id")
    number = fields.Integer(required=True, readonly=True)
    kind = fields.Selection(
        [
            ("start", "First agreement"),
            ("pause", "Pause"),
            ("reschedule", "Rescheduled"),
            ("settled", "Paid early"),
        ],
        required=True,
        readonly=True,
        default="start",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("offered", "Offered"),
            ("accepted", "Accepted"),
            ("superseded", "Superseded"),
            ("lapsed", "Lapsed"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    terms = fields.Json(required=True, readonly=True, help="As core.plan.terms knows them.")
    installment_ids = fields.One2many(
        "collection.plan.installment", "version_id", "Schedule", readonly=True
    )
    principal = fields.Monetary("Debt", readonly=True)
    deposit = fields.Monetary(readonly=True)
    rate = fields.Float("Interest a year (%)", digits=(16, 4), readonly=True)
    method = fields.Selection(
        [*METHODS, ("irregular", "Amounts of their own"), ("seasonal", "Seasonal")], readonly=True
    )
    frequency = fields.Selection(FREQUENCIES, readonly=True)
    day_count = fields.Selection(DAY_COUNTS, readonly=True)
    count = fields.Integer("Number of installments", readonly=True)
    first_due = fields.Date("First due", readonly=True)
    last_due = fields.Date("Last due", readonly=True)
    installment_amount = fields.Monetary("Installment", readonly=True)
    total_interest = fields.Monetary("Interest in all", readonly=True)
    total_fees = fields.Monetary("Fees in all", readonly=True)
    total_cost = fields.Monetary("Cost in all", readonly=True)
    total_payable = fields.Monetary("To pay in all", readonly=True)
    apr = fields.Float(
        "Annual percentage rate (%)", digits=(16, 6), readonly=True, aggregator="avg"
    )
    extra_cost = fields.Monetary(
        "More than before", readonly=True, help="What the change costs, compared with going on."
    )
    paused_until = fields.Date(readonly=True)
    capitalized = fields.Monetary(
        "Interest added to the debt",
        readonly=True,
        help="Invoiced when the version comes in force.",
    )
    base_open = fields.Monetary(
        "Open at the start", readonly=True, help="In the books when it came into force."
    )
    returned_amount = fields.Monetary(
        "Came back", readonly=True, help="Payments of earlier versions, taken back since."
    )
    lang = fields.Char("Language", readonly=True)
    snapshot = fields.Text("What was disclosed", readonly=True, copy=False)
    sha256 = fields.Char("Hash", readonly=True, copy=False)
    document_id = fields.Many2one(
        "ir.attachment", "Disclosure", readonly=True, copy=False, ondelete="restrict"
    )
    document_hash = fields.Char("Hash of the document", readonly=True, copy=False)
    offered_at = fields.Datetime(readonly=True, copy=False)
    valid_until = fields.Date(readonly=True, copy=False)

    accepted_at = fields.Datetime("Accepted at (UTC)", readonly=True, copy=False)
    accepted_name = fields.Char("Accepted by", readonly=True, copy=False)
    accepted_text = fields.Text("Words accepted", readonly=True, copy=False)
    accepted_ip = fields.Char("From (IP address)", readonly=True, copy=False)
    accepted_hash = fields.Char("Hash accepted", readonly=True, copy=False)

    _number_uniq = models.Constraint(
        "UNIQUE(plan_id, number)", "A version has its number once in a plan."
    )
    _one_accepted = models.UniqueIndex(
        "(plan_id) WHERE state = 'accepted'", "One version of a plan is in force at a time."
    )
    _one_offered = models.UniqueIndex(
        "(plan_id) WHERE state = 'offered'", "One version of a plan is offered at a time."
    )

    @api.depends("plan_id.name", "number")
    def _compute_display_name(self):
        for version in self:
            version.display_name = self.env._(
                "%(plan)s, version %(number)s", plan=version.plan_id.name, number=version.number
            )

    # === CRUD METHODS === #

    def write(self, vals):
        """Refuse to have a version written past its methods.

        :raise AccessError: for whoever is not the server
        """
        if not self.env.su:
            raise AccessError(self.env._("What was disclosed and accepted is not changed."))
        return super().write(vals)

    # === BUSINESS METHODS === #

    def _transition(self, target, values=None):
        """Move all records to ``target``, or none: the only writer of ``state``.

        The plan records it as an event of its own.
        """
        self._check_may_become(target)
        self.write({"state": target, **(values or {})})
