from odoo import fields, models


class CollectionCasePaper(models.AbstractModel):
    """What stands in the file of one case: whose it is, in which books and in which currency.

    Kept, not looked up in the case: lists, rules of companies and unique keys read them in SQL.
    """

    _name = "collection.case.paper"
    _description = "Paper of a Case"

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
