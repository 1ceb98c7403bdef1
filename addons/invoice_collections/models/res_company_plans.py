from odoo import models


class ResCompany(models.Model):
    _inherit = "res.company"

    def _collection_setup(self):
        """Give companies without any offer of payment plans a modest one to start with."""
        result = super()._collection_setup()
        offers_sudo = self.env["collection.plan.offer"].sudo().with_context(active_test=False)
        missing = self - offers_sudo.search([("company_id", "in", self.ids)]).company_id
        offers_sudo.create(
            [
                {
                    "name": self.env._("Two to six months without interest"),
                    "company_id": company.id,
                    "count_max": 6,
                }
                for company in missing
            ]
        )
        return result
