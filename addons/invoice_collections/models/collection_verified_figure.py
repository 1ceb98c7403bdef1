from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class CollectionVerifiedFigure(models.AbstractModel):
    """A figure of the law: where it stands, and who compared it with a second source.

    Nothing is ever claimed by a figure that is not verified. Whoever changes one afterwards makes
    it unverified again.
    """

    _name = "collection.verified.figure"
    _description = "Verified Figure"

    source_url = fields.Char("Source", help="Where the figure stands.")
    second_source = fields.Char(help="Another place where it stands, independent of the first.")
    source_date = fields.Date("Read on")
    note = fields.Char()
    verified = fields.Boolean(
        readonly=True, copy=False, help="Compared with two sources. Only then is it used."
    )
    verified_by_id = fields.Many2one("res.users", "Verified by", readonly=True, copy=False)
    verified_on = fields.Date(readonly=True, copy=False)

    #: Fields that may change without making the figure unverified.
    _HARMLESS = {"note", "second_source"}

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Create figures; a user's are not verified yet."""
        self._refuse_verdict(*vals_list)
        return super().create(vals_list)

    def write(self, vals):
        """Write, and take the verification back when the figure itself changes."""
        self._refuse_verdict(vals)
        if not self.env.su and set(vals) - self._HARMLESS:
            vals = {**vals, "verified": False, "verified_by_id": False, "verified_on": False}
        return super().write(vals)

    def _refuse_verdict(self, *vals_list):
        """Refuse to have a verification written by hand: there is a button, and it is recorded."""
        verdict = {"verified", "verified_by_id", "verified_on"}
        if not self.env.su and any(verdict & set(vals) for vals in vals_list):
            raise AccessError(self.env._("A figure is verified by its button only."))

    # === ACTION METHODS === #

    def action_verify(self):
        """Say that these figures were compared with both of their sources."""
        self.check_access("write")
        for figure in self:
            if not figure.source_url or not figure.second_source:
                raise UserError(
                    self.env._(
                        "%(figure)s has no two sources. Enter both, then verify it.",
                        figure=figure.display_name,
                    )
                )
        self.sudo().write(
            {
                "verified": True,
                "verified_by_id": self.env.uid,
                "verified_on": self.env.company._collection_today(),
            }
        )
        self.env["collection.event"]._log_many(
            [("figure_verified", figure, figure._evidence()) for figure in self],
            company=self.env.company,
        )

    def _evidence(self):
        """Return what an event keeps of a figure."""
        self.ensure_one()
        return {"figure": self.display_name, "sources": [self.source_url, self.second_source]}
