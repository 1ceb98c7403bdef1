from odoo import api, fields, models


class CollectionAgency(models.Model):
    """A collection agency: who it is, what it takes, and how it is told."""

    _name = "collection.agency"
    _description = "Collection Agency"
    _rec_name = "partner_id"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    partner_id = fields.Many2one("res.partner", "Agency", required=True, ondelete="restrict")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    commission_rate = fields.Float(
        "Commission (%)", digits=(5, 2), help="Of what is paid after the hand-over."
    )
    delivery = fields.Selection(
        [("email", "By e-mail"), ("manual", "A person passes it on")],
        "Hand-overs and news",
        required=True,
        default="manual",
        help="By e-mail: archive and news go to the agency's address. Else whoever is responsible"
        " gets a task, and downloads the archive.",
    )
    public_key = fields.Char(
        "Key to check archives",
        compute="_compute_public_key",
        help="Pass it on once, by another way than the archives: whoever has it can check that an"
        " archive is ours and was not changed.",
    )
    handover_ids = fields.One2many("collection.handover", "agency_id", readonly=True)

    _rate = models.Constraint(
        "CHECK(commission_rate BETWEEN 0 AND 100)", "A commission lies between 0 and 100 percent."
    )
    _once = models.Constraint("UNIQUE(company_id, partner_id)", "The agency is listed already.")

    @api.depends("company_id")
    def _compute_public_key(self):
        for agency in self:
            agency.public_key = agency.company_id and agency.company_id._collection_public_key()
