from odoo import api, fields, models
from odoo.exceptions import UserError


class CollectionHandoverRecall(models.TransientModel):
    """Asks why a claim comes back from the agency, and where the reminders go on."""

    _name = "collection.handover.recall"
    _description = "Take a Claim Back"

    handover_id = fields.Many2one("collection.handover", required=True, ondelete="cascade")
    cadence_id = fields.Many2one("collection.cadence", compute="_compute_cadence_id")
    how = fields.Selection(
        [("recalled", "We take it back"), ("returned", "The agency gives it back")],
        required=True,
        default="recalled",
    )
    note = fields.Char("Why", required=True)
    step_id = fields.Many2one(
        "collection.cadence.step",
        "Go on with",
        domain="[('cadence_id', '=', cadence_id), ('outcome', '!=', 'handover'),"
        " ('offset_days', '>=', 0)]",
        help="Empty: the case is paused, and a person decides later.",
    )
    date = fields.Date("On", required=True)

    @api.model
    def default_get(self, fields):
        """Propose today."""
        values = super().default_get(fields)
        handover = self.env["collection.handover"].browse(values.get("handover_id"))
        values["date"] = (handover.company_id or self.env.company)._collection_today()
        return values

    @api.depends("handover_id")
    def _compute_cadence_id(self):
        for wizard in self:
            case = wizard.handover_id.case_id
            policy = case.company_id._collection_policy()
            wizard.cadence_id = case.running_cadence_id or case.cadence_id or policy.cadence_id

    def action_apply(self):
        """Take the claim back."""
        self.ensure_one()
        self.handover_id._check_manager()
        if self.date < self.handover_id.company_id._collection_today():
            raise UserError(self.env._("Reminders cannot go on in the past."))
        self.handover_id.sudo()._end(self.how, self.note, self.step_id.sudo(), self.date)
        return {"type": "ir.actions.act_window_close"}
