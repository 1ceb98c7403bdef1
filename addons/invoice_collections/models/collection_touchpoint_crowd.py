from datetime import timedelta

from odoo import models


class CollectionTouchpoint(models.Model):
    _inherit = "collection.touchpoint"

    # === BUSINESS METHODS - LIMITS SHARED BETWEEN COMPANIES === #

    def _dispatch(self):
        """Leave out those whose customers hear of another of our companies that day."""
        return super(CollectionTouchpoint, self - self._hold_crowded())._dispatch()

    def _hold_crowded(self):
        """Hold back until tomorrow those whose customer's day another of our companies has.

        :return: what was held back
        """
        held = self.browse()
        days = self.env["collection.contact.day"]
        groups = self.grouped(lambda one: (one.company_id, one.date))
        for (company, day), touchpoints in groups.items():
            if not company._collection_policy().cap_shared:
                continue
            taken = days._take(company, day, set(touchpoints.partner_id.ids))
            crowded = touchpoints.filtered(lambda one, ours=taken: one.partner_id.id not in ours)
            tomorrow = day + timedelta(days=1)
            crowded._block("frequency_cap", tomorrow)
            crowded.case_id._look_again_on(tomorrow)
            held |= crowded
        return held
