from odoo import fields, models


class AccountPayment(models.Model):
    """What a bank says of a payment that is part of a run or of a processor's payout."""

    _inherit = "account.payment"

    bank_run_reference = fields.Char(
        string="Run or Payout",
        copy=False,
        index="btree_not_null",
        help="What the bank calls the run of collections, or the processor the payout, that this "
        "payment is part of. The bank line that names it pays all of its payments.",
    )
    bank_end_to_end_id = fields.Char(
        string="End-to-End ID",
        copy=False,
        help="The id given to the bank with the payment, by which it is known when it comes back.",
    )
    bank_fee_amount = fields.Monetary(
        string="Kept by the Processor",
        copy=False,
        help="What a card processor keeps of the payment, as its report says.",
    )
