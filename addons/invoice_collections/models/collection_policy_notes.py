from odoo import fields, models

from .collection_policy_plans import CollectionPolicy as Base

#: Texts among which the notes are chosen.
_TEXTS = "[('model', '=', 'collection.touchpoint')]"


class CollectionPolicy(models.Model):
    _inherit = "collection.policy"

    promise_text_id = fields.Many2one(
        "mail.template",
        "Note on the promised day",
        domain=_TEXTS,
        ondelete="restrict",
        default=lambda self: self.env.ref(
            "invoice_collections.mail_template_promise_day", raise_if_not_found=False
        ),
        help="One friendly word on the day for which a payment is promised, where it is not in yet."
        " Empty: none.",
    )
    thanks_text_id = fields.Many2one(
        "mail.template",
        "Thanks for a late payment",
        domain=_TEXTS,
        ondelete="restrict",
        help="To a customer who was reminded and has paid all that was overdue. Empty: none.",
    )

    _RECORDED = (*Base._RECORDED, "promise_text_id", "thanks_text_id")
