from odoo import fields, models

from .collection_policy import CollectionPolicy as Base
from .collection_policy_charges import CollectionPolicy as Charges
from .collection_policy_interrupts import CollectionPolicy as Interrupts


class CollectionPolicy(models.Model):
    _inherit = "collection.policy"

    consumer_credit = fields.Boolean(
        "We are allowed to grant consumer credit",
        help="Without it, consumers are offered plans without interest and fee only, that end 50"
        " days after the supply at the latest.",
    )
    consumer_credit_document = fields.Binary(
        "Proof of the permission", attachment=True, help="The pre-contract form or the licence."
    )
    consumer_credit_filename = fields.Char("Name of the proof")

    _RECORDED = (
        *dict.fromkeys((*Base._RECORDED, *Charges._RECORDED, *Interrupts._RECORDED)),
        "consumer_credit",
    )

    def _may_grant_consumer_credit(self):
        """Return whether the switch is on and its proof is there."""
        self.ensure_one()
        return bool(self.consumer_credit and self.consumer_credit_document)
