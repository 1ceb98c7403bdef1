from odoo import api, fields, models

#: What a person may set, as kept with every decision.
POLICY_FIELDS = (
    "bank_auto_threshold",
    "bank_auto_margin",
    "bank_auto_max_amount",
    "bank_four_eyes_amount",
    "bank_tolerance_amount",
    "bank_charge_limit",
    "bank_discount_grace_days",
    "bank_review_share",
)


class ResCompany(models.Model):
    _inherit = "res.company"

    bank_auto_threshold = fields.Float(
        string="Chance to Be Right",
        default=0.999,
        digits=(6, 5),
        help="The chance to be right, 0 to 1, that a match needs to book itself.",
    )
    bank_auto_margin = fields.Float(
        string="Ahead of the Next by",
        default=0.2,
        digits=(6, 5),
        help="How far the best proposal must be ahead of the next one to book itself, 0 to 1.",
    )
    bank_auto_max_amount = fields.Monetary(
        string="Amount up to",
        help="Larger amounts are always left to a person. 0: no limit.",
    )
    bank_auto_kind_ids = fields.Many2many(
        "bank.match.kind",
        string="Kinds That Book Themselves",
    )
    bank_four_eyes_amount = fields.Monetary(
        string="Two People from",
        help="From this amount on, a second person must accept too. 0: never.",
    )
    bank_tolerance_amount = fields.Monetary(
        string="Tolerance",
        default=0.5,
        help="Differences up to this amount may be written off with the match.",
    )
    bank_charge_limit = fields.Monetary(
        string="Charges up to",
        default=30.0,
        help="What a payment may be short of because banks on the way took charges.",
    )
    bank_discount_grace_days = fields.Integer(
        string="Discount Days of Grace",
        default=3,
        help="Days after its last day on which an early-payment discount is still granted.",
    )
    bank_charge_account_id = fields.Many2one(
        "account.account",
        string="Charges Account",
        check_company=True,
        help="Expenses for charges that customers' payments are short of.",
    )
    bank_review_share = fields.Float(
        string="Share to Review",
        default=0.03,
        digits=(6, 5),
        help="Share of what books itself that a person looks at afterwards, chosen by chance. It "
        "is the only honest measure of how often automation is right.",
    )

    _bank_shares = models.Constraint(
        "CHECK(bank_auto_threshold BETWEEN 0 AND 1 AND bank_auto_margin BETWEEN 0 AND 1"
        " AND bank_review_share BETWEEN 0 AND 1)",
        "Shares and chances lie between 0 and 1.",
    )
    _bank_limits = models.Constraint(
        "CHECK(bank_auto_max_amount >= 0 AND bank_four_eyes_amount >= 0"
        " AND bank_tolerance_amount >= 0 AND bank_charge_limit >= 0"
        " AND bank_discount_grace_days >= 0)",
        "Limits cannot be negative.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Let new companies book the first kinds; who makes a company need not know of kinds."""
        companies = super().create(vals_list)
        without = companies.sudo().filtered(lambda company: not company.bank_auto_kind_ids)
        without.bank_auto_kind_ids = self._bank_first_kinds()
        return companies

    @api.model
    def _bank_first_kinds(self):
        return self.env["bank.match.kind"].sudo().search([("allowed_at_first", "=", True)])

    @api.model
    def _bank_allow_first_kinds(self):
        """Let companies without any kind start with those of a new company."""
        without = self.sudo().search([("bank_auto_kind_ids", "=", False)])
        without.bank_auto_kind_ids = self._bank_first_kinds()

    def _bank_match_policy(self):
        """Return what the company has set for matching, as plain values for the evidence."""
        self.ensure_one()
        company_sudo = self.sudo()
        return {
            **{name.removeprefix("bank_"): company_sudo[name] for name in POLICY_FIELDS},
            "auto_kinds": sorted(company_sudo.bank_auto_kind_ids.mapped("code")),
        }
