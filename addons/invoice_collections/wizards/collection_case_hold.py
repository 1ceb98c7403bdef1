from odoo import fields, models
from odoo.exceptions import ValidationError

from ..models.collection_hold import PAUSE_REASONS


class CollectionCaseHold(models.TransientModel):
    """Asks why cases go on hold, and until when."""

    _name = "collection.case.hold"
    _description = "Hold Cases"

    case_ids = fields.Many2many("collection.case", required=True)
    reason = fields.Selection(PAUSE_REASONS, required=True, default="hold")
    until = fields.Date(help="The last day on hold. Empty: until somebody resumes the case.")
    note = fields.Char()

    def action_apply(self):
        """Put the cases on hold."""
        self.ensure_one()
        self.case_ids.check_access("write")
        for company in self.case_ids.company_id:
            if self.until and self.until < company._collection_today():
                raise ValidationError(self.env._("The last day of a hold cannot be in the past."))
        self.case_ids._hold(self.reason, self.until, self.note)
        return {"type": "ir.actions.act_window_close"}
