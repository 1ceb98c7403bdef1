from odoo import api, fields, models

from .match_kinds import KIND_LABELS


class BankMatchKind(models.Model):
    """A kind of proposal that a company allows to book itself, or not."""

    _name = "bank.match.kind"
    _description = "Kind of Match"
    _order = "sequence, id"
    _rec_name = "code"

    code = fields.Selection(KIND_LABELS, string="Kind", required=True, readonly=True)
    sequence = fields.Integer(readonly=True)
    allowed_at_first = fields.Boolean(
        readonly=True, help="Whether a new company lets this kind book itself."
    )

    _code_uniq = models.UniqueIndex("(code)", "There is one record of each kind.")

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["code"]._description_selection(self.env))
        for kind in self:
            kind.display_name = labels.get(kind.code, "")
