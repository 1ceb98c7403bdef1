from odoo import fields, models

_USER = "invoice_collections.group_user"


class ResPartner(models.Model):
    _inherit = "res.partner"

    collection_why = fields.Char(
        "Where the case stands", compute="_compute_collection_story", groups=_USER
    )
    collection_what_next = fields.Char(
        "Next step", compute="_compute_collection_story", groups=_USER
    )
    collection_last_contact_date = fields.Date(
        "Last contact by collections", compute="_compute_collection_story", groups=_USER
    )
    collection_promised_text = fields.Char(
        "Open promise", compute="_compute_collection_story", groups=_USER
    )
    collection_disputed_text = fields.Char(
        "Disputed", compute="_compute_collection_story", groups=_USER
    )

    def _compute_collection_story(self):
        """Tell of the case with the current company; nothing where nothing is open."""
        for partner in self:
            case = partner.collection_case_id
            case = case.filtered(lambda one: one.state != "clear")
            partner.collection_why = case.why
            partner.collection_what_next = case.what_next
            partner.collection_last_contact_date = case.last_contact_date
            partner.collection_promised_text = case.promised_text
            partner.collection_disputed_text = case.disputed_text
