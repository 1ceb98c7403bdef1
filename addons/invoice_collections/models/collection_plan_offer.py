from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .collection_cadence_step import RISKS, SEGMENTS

#: Codes are those of ``core.plan.terms``.
FREQUENCIES = [
    ("week", "Weekly"),
    ("fortnight", "Every two weeks"),
    ("month", "Monthly"),
    ("two_months", "Every two months"),
    ("quarter", "Quarterly"),
]
METHODS = [
    ("interest_free", "Equal parts, no interest"),
    ("annuity", "Equal installments"),
    ("linear", "Equal parts of the debt, interest on the rest"),
    ("balloon", "Small installments, the rest at the end"),
]
DAY_COUNTS = [
    ("act_365", "Days of the calendar / 365"),
    ("act_act", "Days of the calendar / days of the year"),
    ("30_360", "Months of 30 days / 360"),
]


class CollectionPlanOffer(models.Model):
    """What may be offered to whom: the customers it is for, its range, its price, its conduct."""

    _name = "collection.plan.offer"
    _description = "Offer of Payment Plans"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    segment = fields.Selection(SEGMENTS, "For", help="Empty: for every kind of customer.")
    risk_max = fields.Selection(
        RISKS, "Risk up to", help="Empty: whatever the risk. Who is not judged counts as medium."
    )
    amount_min = fields.Monetary("From")
    amount_max = fields.Monetary("Up to", help="Zero: no limit.")
    count_min = fields.Integer("Installments from", default=2, required=True)
    count_max = fields.Integer("Installments up to", default=12, required=True)
    frequency = fields.Selection(FREQUENCIES, required=True, default="month")
    method = fields.Selection(METHODS, required=True, default="interest_free")
    rate = fields.Float("Interest a year (%)", digits=(16, 4))
    day_count = fields.Selection(DAY_COUNTS, "Days counted as", required=True, default="act_365")
    upfront_fee = fields.Monetary("Fee at the start")
    upfront_percent = fields.Float("Fee at the start (%)", digits=(16, 4), help="Of the debt.")
    fee_financed = fields.Boolean(
        "Fee is paid in installments too", help="It is added to what the installments pay off."
    )
    installment_fee = fields.Monetary("Fee of an installment")
    deposit_percent = fields.Float(
        "Deposit (%)", digits=(16, 4), help="Paid before the plan becomes active."
    )
    balloon_percent = fields.Float("Left for the end (%)", digits=(16, 4))
    grace = fields.Integer("Installments of interest only")
    first_days = fields.Integer(
        "First installment after (days)", default=30, help="Counted from the day of the offer."
    )
    third_party_funded = fields.Boolean(
        "Funded by a bank", help="A third party provides or buys the credit. The law asks more."
    )
    auto_amount = fields.Monetary(
        "Offered at once up to",
        help="Customers get such a plan on their page without a person's approval. Zero: never.",
    )
    approval_amount = fields.Monetary(
        "Manager approves above", help="Zero: a collector may offer any amount of the range."
    )
    valid_days = fields.Integer("Offers are valid for (days)", default=14)
    withdrawal_days = fields.Integer(
        "Consumers may withdraw within (days)",
        default=14,
        help="For plans that are consumer credit: with interest, fee or a bank behind them.",
    )
    arrears_days = fields.Integer(
        "In arrears after (days)", default=5, help="So many days after an installment was due."
    )
    default_days = fields.Integer(
        "In default after (days)",
        default=30,
        help="So many days after an installment was due the plan ends: what is left of the invoices"
        " is due at once.",
    )
    pause_months = fields.Integer("Pause up to (months)", default=2)
    pause_how = fields.Selection(
        [
            ("shift", "Interest of the pause is added at the end"),
            ("relevel", "Installments are leveled anew"),
            ("waive", "No interest during the pause"),
        ],
        "Pause costs",
        required=True,
        default="waive",
    )
    journal_id = fields.Many2one(
        "account.journal",
        "Journal of interest and fees",
        domain="[('type', '=', 'sale'), ('company_id', '=', company_id)]",
        help="Empty: that of the policy.",
    )
    interest_account_id = fields.Many2one(
        "account.account",
        "Account of interest",
        domain="[('account_type', 'in', ('income', 'income_other'))]",
        help="Empty: that of the policy.",
    )
    fee_account_id = fields.Many2one(
        "account.account",
        "Account of fees",
        domain="[('account_type', 'in', ('income', 'income_other'))]",
        help="Empty: that of the policy.",
    )
    interest_tax_id = fields.Many2one(
        "account.tax",
        "Tax of interest",
        domain="[('type_tax_use', '=', 'sale'), ('company_id', '=', company_id)]",
        help="Included in the interest. Empty: that of the policy.",
    )
    fee_tax_id = fields.Many2one(
        "account.tax",
        "Tax of fees",
        domain="[('type_tax_use', '=', 'sale'), ('company_id', '=', company_id)]",
        help="Included in the fee. Empty: that of the policy.",
    )

    _range = models.Constraint(
        "CHECK(count_min > 0 AND count_max >= count_min AND count_max <= 600"
        " AND amount_min >= 0 AND amount_max >= 0 AND auto_amount >= 0 AND approval_amount >= 0)",
        "Counts and amounts of an offer are not negative, and the highest is not below the lowest.",
    )
    _price = models.Constraint(
        "CHECK(rate >= 0 AND rate <= 1000 AND upfront_fee >= 0 AND installment_fee >= 0"
        " AND upfront_percent BETWEEN 0 AND 100 AND deposit_percent >= 0 AND deposit_percent < 100"
        " AND balloon_percent >= 0 AND balloon_percent < 100)",
        "Rates and fees of an offer are not negative, and a rate is at most 1000 %.",
    )
    _conduct = models.Constraint(
        "CHECK(grace >= 0 AND first_days >= 0 AND valid_days > 0 AND withdrawal_days >= 0"
        " AND arrears_days >= 0 AND default_days > arrears_days AND pause_months >= 0)",
        "Days of an offer are not negative, and default comes after arrears.",
    )

    @api.constrains("interest_tax_id", "fee_tax_id")
    def _check_taxes(self):
        for offer in self:
            for tax in offer.interest_tax_id | offer.fee_tax_id:
                if tax.amount and not tax.price_include:
                    raise ValidationError(
                        self.env._(
                            "“%(tax)s” is added on top of the price: customers would pay more than"
                            " was disclosed. Choose a tax that is included, or of 0 %%.",
                            tax=tax.name,
                        )
                    )

    # === BUSINESS METHODS === #

    @api.model
    def _suiting(self, company, kind, risk, amount):
        """Return the offers a customer may get, for an amount in company currency.

        :param kind: ``b2b``, ``b2c`` or ``public``
        :param risk: a code of ``RISKS``; not judged counts as medium
        """
        ranks = {code: rank for rank, (code, _label) in enumerate(RISKS)}
        rank = ranks[risk or "medium"]
        offers = self.search([("company_id", "=", company.id)])
        return offers.filtered(
            lambda offer: (
                offer.segment in (False, kind)
                and (not offer.risk_max or rank <= ranks[offer.risk_max])
                and company.currency_id.compare_amounts(amount, offer.amount_min) >= 0
                and (
                    not offer.amount_max
                    or company.currency_id.compare_amounts(amount, offer.amount_max) <= 0
                )
            )
        )

    def _rate(self):
        """Return the yearly rate as a share of one."""
        self.ensure_one()
        return Decimal(str(round(self.rate, 4))) / 100
