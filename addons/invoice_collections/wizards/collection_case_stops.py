from odoo import api, fields, models

from ..models.res_partner_stops import STOP_FIELDS

_FIELDS = (*STOP_FIELDS, "collection_stop_note")


class CollectionCaseStops(models.TransientModel):
    """Asks what is known of a customer that stops collections: hardship, insolvency and the like.

    The facts are the customer's: they count for every company.
    """

    _name = "collection.case.stops"
    _description = "Stops of a Customer"

    case_id = fields.Many2one("collection.case", required=True, ondelete="cascade")
    partner_id = fields.Many2one(related="case_id.partner_id")
    collection_hardship = fields.Boolean("Hardship")
    collection_adviser_id = fields.Many2one("res.partner", "Debt adviser")
    collection_moratorium_until = fields.Date("Moratorium until")
    collection_insolvency_date = fields.Date("Insolvent since")
    collection_deceased = fields.Boolean("Deceased")
    collection_stop_note = fields.Char("Note")

    @api.model
    def default_get(self, fields):
        """Show what is known."""
        values = super().default_get(fields)
        partner = self.env["collection.case"].browse(values.get("case_id")).partner_id
        values.update({name: partner[name] for name in _FIELDS if name != "collection_adviser_id"})
        values["collection_adviser_id"] = partner.collection_adviser_id.id
        return values

    def action_apply(self):
        """Keep what is known now; collections obey at once."""
        self.ensure_one()
        self.case_id.check_access("write")
        values = {name: self[name] for name in _FIELDS}
        values["collection_adviser_id"] = self.collection_adviser_id.id
        self.case_id.sudo().partner_id.write(values)
        return {"type": "ir.actions.act_window_close"}
