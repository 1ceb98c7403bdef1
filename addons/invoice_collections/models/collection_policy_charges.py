from odoo import fields, models

from .collection_policy import CollectionPolicy as Base


class CollectionPolicy(models.Model):
    _inherit = "collection.policy"

    charge_mode = fields.Selection(
        [
            ("none", "Say nothing of interest and costs"),
            ("announce", "Letters and the customer's page say what has accrued"),
        ],
        "Interest and costs",
        default="none",
        required=True,
        help="Nothing is booked either way: charges are claimed by a manager, or when the invoice "
        "is paid.",
    )
    fee_policy = fields.Selection(
        [
            ("enforce", "Claim them"),
            ("waive", "Waive them"),
            ("keep", "Keep them on the statement, do not remind"),
        ],
        "Charges of a paid invoice",
        default="waive",
        required=True,
        help="What becomes of interest and costs once the invoice itself is paid.",
    )
    rule_set_id = fields.Many2one(
        "collection.rule.set",
        "Law",
        domain="[('state', '=', 'verified'), ('company_id', 'in', [company_id, False])]",
        help="Empty: the law of the company's country. Consumers keep the law of their own.",
    )
    reminder_fee = fields.Monetary(
        help="Asked for a reminder where the law allows one; never more than the law says."
    )
    fees_agreed = fields.Boolean(
        "Fees are agreed",
        help="Our terms agree on reminder fees before the debt arises; some laws demand it.",
    )
    charge_journal_id = fields.Many2one(
        "account.journal",
        "Journal of claims",
        domain="[('type', '=', 'sale'), ('company_id', '=', company_id)]",
        help="Empty: the company's first sales journal.",
    )
    interest_account_id = fields.Many2one(
        "account.account",
        "Account of interest",
        domain="[('account_type', 'in', ('income', 'income_other'))]",
        help="Empty: the income account of the journal.",
    )
    cost_account_id = fields.Many2one(
        "account.account",
        "Account of costs and fees",
        domain="[('account_type', 'in', ('income', 'income_other'))]",
        help="Empty: the income account of the journal.",
    )
    charge_tax_id = fields.Many2one(
        "account.tax",
        "Tax of claims",
        domain="[('type_tax_use', '=', 'sale'), ('company_id', '=', company_id),"
        " ('amount', '=', 0)]",
        help="Interest and compensation for late payment lie outside the scope of VAT. Choose a "
        "tax of 0 % if your invoices must name one; else claims carry none.",
    )

    _RECORDED = (
        *Base._RECORDED,
        "charge_mode",
        "fee_policy",
        "rule_set_id",
        "reminder_fee",
        "fees_agreed",
        "charge_journal_id",
        "interest_account_id",
        "cost_account_id",
        "charge_tax_id",
    )
