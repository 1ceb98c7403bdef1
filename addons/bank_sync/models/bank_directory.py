from odoo import api, fields, models


class BankDirectory(models.Model):
    """A bank one can choose by its name, instead of typing where its interface is."""

    _name = "bank.directory"
    _description = "Known Bank"
    _order = "sequence, name, id"

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    adapter = fields.Selection(
        selection="_selection_adapter", string="Interface", required=True, default="berlin_group"
    )
    base_url = fields.Char(string="Address", required=True)
    country_id = fields.Many2one("res.country", ondelete="restrict")
    note = fields.Char(help="What a person should have at hand before connecting.")

    _name_uniq = models.Constraint("UNIQUE(name)", "There is a bank of this name already.")

    @api.model
    def _selection_adapter(self):
        return self.env["bank.connection"]._fields["adapter"]._description_selection(self.env)
