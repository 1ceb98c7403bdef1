import logging
from collections import defaultdict
from datetime import date, timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..core import public_holidays, work_calendar

_logger = logging.getLogger(__name__)

#: Days before and after today whose days off are read for a run: no row of days off is longer.
_SPAN = timedelta(days=60)


class CollectionHoliday(models.Model):
    """A day on which nobody is written to: in a country, a part of it, or our own closing day.

    Public holidays are kept here once a month for this year and the next, so that no night depends
    on a library. What people add or archive stays as they left it.
    """

    _name = "collection.holiday"
    _description = "Day Off"
    _order = "date, country_id, state_id, id"

    name = fields.Char(required=True)
    date = fields.Date(required=True, index=True)
    active = fields.Boolean(default=True)
    country_id = fields.Many2one("res.country", index="btree_not_null", ondelete="cascade")
    state_id = fields.Many2one(
        "res.country.state",
        "Part of the country",
        domain="[('country_id', '=', country_id)]",
        ondelete="cascade",
        help="Empty: the whole country.",
    )
    company_id = fields.Many2one(
        "res.company",
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
        help="Only this company keeps the day.",
    )
    source = fields.Char(readonly=True, help="Empty: entered by a person.")

    _where = models.Constraint(
        "CHECK(country_id IS NOT NULL OR company_id IS NOT NULL)",
        "A day off belongs to a country or to a company.",
    )
    _once = models.UniqueIndex(
        "(date, country_id, COALESCE(state_id, 0)) WHERE company_id IS NULL",
        "A public holiday is listed once for a country and its part.",
    )

    # === CRON === #

    @api.model
    def _cron_fill(self):
        """Note the public holidays of this year and the next where our customers are."""
        today = fields.Date.today()
        states = self._places()
        for country, of_country in states.items():
            self._fill(country, of_country, (today.year, today.year + 1))

    @api.model
    def _places(self):
        """Return ``{country: parts of it}`` where companies and customers with cases are."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT country_id, array_remove(array_agg(DISTINCT state_id), NULL)
                  FROM res_partner
                 WHERE country_id IS NOT NULL
                   AND id IN (SELECT partner_id FROM collection_case
                              UNION SELECT partner_id FROM res_company)
                 GROUP BY country_id
                """
            )
        )
        states = self.env["res.country.state"]
        return {
            self.env["res.country"].browse(country): states.browse(parts) for country, parts in rows
        }

    @api.model
    def _fill(self, country, states, years):
        """Add the public holidays of a country that are not listed yet, archived ones included."""
        known = {
            (day.date, day.state_id.id)
            for day in self.sudo()
            .with_context(active_test=False)
            .search([("country_id", "=", country.id), ("company_id", "=", False)])
        }
        rows = []
        for state in [states.browse(), *states]:
            for day, name in self._public(country, state, years).items():
                # What the whole country keeps is not repeated for its parts.
                if not {(day, False), (day, state.id)} & known:
                    known.add((day, state.id))
                    rows.append((day, name, state))
        self.sudo().create(
            [
                {
                    "name": name,
                    "date": day,
                    "country_id": country.id,
                    "state_id": state.id,
                    "company_id": False,
                    "source": public_holidays.SOURCE,
                }
                for day, name, state in rows
            ]
        )

    @api.model
    def _public(self, country, state, years):
        """Return ``{date: name}``, empty for a place the library does not know."""
        try:
            return public_holidays.days(country.code, state.code or None, years)
        except public_holidays.UnknownPlace:
            _logger.info("No public holidays known for %s %s", country.code, state.code or "")
        except ImportError:
            _logger.warning("Public holidays need the Python package 'holidays'")
        return {}

    # === BUSINESS METHODS === #

    @api.model
    def _calendars(self, company, today):
        """Return the days off around ``today`` for whoever writes in the name of ``company``.

        :return: a :class:`WorkCalendars`; one query
        """
        days_off = defaultdict(set)
        for day in self.sudo().search(
            [
                ("date", ">=", today - _SPAN),
                ("date", "<=", today + _SPAN),
                ("company_id", "in", [company.id, False]),
            ]
        ):
            place = day.country_id.id, day.state_id.id
            days_off[place].add(day.date)
        return WorkCalendars(days_off, company._collection_policy().working_days_only)


class WorkCalendars:
    """The calendars of one company, by the place of the customer; our own closing days in all.

    :param days_off: ``{(country id, part id): dates}``, ``False`` where there is none
    :param is_kept: whether days off are kept at all
    """

    def __init__(self, days_off, is_kept):
        self._days_off, self._is_kept, self._made = days_off, is_kept, {}

    def of(self, country, state):
        """Return the calendar for a customer in this country and part of it (ids or ``False``)."""
        if not self._is_kept:
            return work_calendar.EVERY_DAY
        places = {(False, False), (country, False), (country, state)} & self._days_off.keys()
        key = frozenset(places)
        if key not in self._made:
            days = frozenset[date]().union(*(self._days_off[place] for place in places))
            self._made[key] = work_calendar.WorkCalendar(days)
        return self._made[key]

    def all(self):
        """Return every calendar there may be: what a step could move by, anywhere."""
        return {self.of(False, False), *(self.of(*place) for place in list(self._days_off))}
