from psycopg2 import errors

from odoo import api, fields, models
from odoo.tools import SQL

from .collection_touchpoint import CONTACTED

#: Days for which it is kept who had a customer: no question goes further back.
_KEPT_DAYS = 92


class CollectionContactDay(models.Model):
    """Which of our companies a customer hears of on a day, where they share their limit.

    Two companies that are planned at the same moment see nothing of each other: the database lets
    one of them have the customer's day.
    """

    _name = "collection.contact.day"
    _description = "Day of a Contact"
    _log_access = False
    _order = "date desc, id"

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    date = fields.Date("Day", required=True, readonly=True, index=True)

    _one_company = models.Constraint(
        "UNIQUE(partner_id, date)", "A customer hears of one of our companies a day."
    )

    # === BUSINESS METHODS === #

    @api.model
    def _take(self, company, day, partner_ids):
        """Take a day of these customers for a company.

        A company that was about to write and did not after all loses the day to the next one.
        Whoever takes the same day at this moment is waited for.

        :return: ids of the customers whose day the company has now
        """
        partner_ids = sorted(partner_ids)
        taken = self._take_now(company, day, partner_ids)
        if taken is None:
            # Somebody else was quicker with at least one of them.
            taken = set().union(*(self._take_now(company, day, [one]) or () for one in partner_ids))
        return taken

    @api.model
    def _take_now(self, company, day, partner_ids):
        """Take the days of all these; ``None`` where another transaction has just taken one."""
        try:
            with self.env.cr.savepoint():
                self.env.cr.execute(
                    self._take_query(company, day, partner_ids), log_exceptions=False
                )
                return {partner_id for (partner_id,) in self.env.cr.fetchall()}
        except errors.SerializationFailure:
            return None

    @api.model
    def _take_query(self, company, day, partner_ids):
        return SQL(
            """
            INSERT INTO collection_contact_day AS mine (partner_id, company_id, date)
                 SELECT partner_id, %(company)s, %(day)s
                   FROM unnest(%(partners)s) AS partner_id
                  ORDER BY partner_id
            ON CONFLICT (partner_id, date) DO UPDATE SET company_id = EXCLUDED.company_id
                  WHERE mine.company_id = EXCLUDED.company_id
                     OR NOT EXISTS (
                        SELECT FROM collection_touchpoint told
                         WHERE told.partner_id = mine.partner_id AND told.date = mine.date
                           AND told.company_id = mine.company_id AND told.state IN %(contacted)s)
              RETURNING partner_id
            """,
            company=company.id,
            day=day,
            partners=partner_ids,
            contacted=CONTACTED,
        )

    @api.autovacuum
    def _gc_old_days(self):
        """Forget days nobody asks about any more."""
        self.env.cr.execute(
            SQL(
                "DELETE FROM collection_contact_day WHERE date < now()::date - %s::integer",
                _KEPT_DAYS,
            )
        )
