from dataclasses import dataclass

import pytz

from odoo import api, models

from ..core import conditions, work_calendar, zones


@dataclass(frozen=True)
class Debtor:
    """What a run knows of one customer: who it is for conditions, days off, and whose clock."""

    facts: conditions.Debtor
    calendar: work_calendar.WorkCalendar
    zones: tuple[str, ...]


class CollectionEngine(models.AbstractModel):
    _inherit = "collection.engine"

    # === GATHER === #

    @api.model
    def _steps_by_cadence(self, company):
        """Return ``{cadence id: core steps}`` of the cadences customers may be on.

        Archived versions are among them: a case that is being reminded keeps its version.
        """
        cadences = (
            self.env["collection.cadence"]
            .with_context(active_test=False)
            .search([("company_id", "in", [company.id, False]), ("state", "!=", "draft")])
        )
        return {record.id: record._core_steps() for record in cadences}

    @api.model
    def _debtors(self, company, items, calendars):
        """Return ``{customer id: Debtor}``; a fixed number of queries.

        :param items: all open items of these customers, credits included
        """
        owed = dict.fromkeys((item.customer for item in items), 0)
        for item in items:
            owed[item.customer] += item.worth
        cases = self.env["collection.case"].search(
            [("company_id", "=", company.id), ("partner_id", "in", list(owed))]
        )
        risks = {case.partner_id.id: case.risk_band or None for case in cases}
        return {
            customer.id: Debtor(
                conditions.Debtor(
                    max(0, owed[customer.id]),
                    customer._collection_kind(),
                    customer.country_id.id or None,
                    risks.get(customer.id),
                ),
                calendars.of(customer.country_id.id, customer.state_id.id),
                self._zones(company, customer),
            )
            for customer in self.env["res.partner"].browse(owed)
        }

    @api.model
    def _zones(self, company, customer):
        """Return the time zones a customer of a company may be in."""
        return zones.zones(
            customer.tz or None,
            customer.country_id.code,
            company.partner_id.tz or None,
            pytz.country_timezones,
        )
