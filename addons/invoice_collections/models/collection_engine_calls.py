from odoo import api, models

from ..core import conditions
from .collection_engine_debtors import Debtor


class CollectionEngine(models.AbstractModel):
    _inherit = "collection.engine"

    # === CALLS BESIDE A MESSAGE === #

    @api.model
    def _free_to_call(self, company, touchpoints):
        """Return those whose customers may be called: not too often, not soon after a talk.

        Opt-outs and numbers are asked by the choice of the channel.
        """
        free = touchpoints.browse()
        for day, of_day in touchpoints.grouped("date").items():
            known = self._call_facts(company, of_day.partner_id, day)
            free |= of_day.filtered(
                lambda one, known=known: not self._is_worn_out(one.partner_id.id, "call", known)
            )
        return free

    @api.model
    def _call_facts(self, company, customers, day):
        """Return what :meth:`_is_worn_out` looks up, read once for all customers."""
        policy = company._collection_policy()
        calendars = self.env["collection.holiday"]._calendars(company, day)
        return {
            "today": day,
            "debtors": {
                customer.id: Debtor(
                    conditions.Debtor(
                        segment=customer._collection_kind(), country=customer.country_id.id or None
                    ),
                    calendars.of(customer.country_id.id, customer.state_id.id),
                    self._zones(company, customer),
                )
                for customer in customers
            },
            "contacts": self._contacts(company, customers, policy, day),
            "talks": self._talks(company, customers, day),
            "limits": self.env["collection.contact.rule"]._limits(company),
        }
