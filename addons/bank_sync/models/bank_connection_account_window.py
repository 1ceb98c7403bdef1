from datetime import timedelta

from odoo import fields, models

from ..connectors.base import PeriodTooOld
from ..core.window_days import OVERLAP_DAYS

#: Days of history a first read asks for, unless lines are wanted from an earlier day.
HISTORY_DAYS = 90
#: Days of history a bank may be willing to give, tried in turn after it refused a longer stretch.
SHORTER_DAYS = (90, 60, 30, 14, 7)


class BankConnectionAccount(models.Model):
    """Which days a reading asks for, and which days the bank does not give."""

    _inherit = "bank.connection.account"

    history_days = fields.Integer(
        string="Days the Bank Gives",
        readonly=True,
        help="How far back the bank lets us read; 0 as long as it has refused nothing.",
    )
    gap_from = fields.Date(string="Missing From", readonly=True)
    gap_until = fields.Date(
        string="Missing Until",
        readonly=True,
        help="The bank no longer gives these days. A statement file of them closes the gap.",
    )

    def _window_start(self):
        """Return the first booking day the next read asks for.

        Always the days since the last complete read, however many, and the overlap before them.
        """
        self.ensure_one()
        today = self.company_id._bank_today()
        start = self._first_missing_day()
        if self.covered_until:
            overlap = self._widened_start(self.covered_until - timedelta(days=OVERLAP_DAYS))
            start = max(overlap, self.baseline_date or overlap)
        if self.history_days:
            start = max(start, today - timedelta(days=self.history_days - 1))
        return start

    def _first_missing_day(self):
        """Return the first day that is not known to be complete."""
        self.ensure_one()
        if self.covered_until:
            return self.covered_until + timedelta(days=1)
        first_read = self.company_id._bank_today() - timedelta(days=HISTORY_DAYS)
        return min(self.import_from or first_read, first_read)

    def _fetch_window(self, adapter, run, user_ip):
        """Return the documents of all days from ``run.date_from`` on, in as few stretches as the
        bank's memory allows.

        Days it refuses are left out and noted; ``run.date_from`` then says what really came.

        :raise BankError: when the bank does not give a stretch whole
        """
        documents = self.env["bank.raw.document"]
        for first, last in self._stretches(run.date_from):
            try:
                documents |= self._fetch_pages(adapter, run, user_ip, first, last)
            except PeriodTooOld as error:
                documents |= self._fetch_shorter(adapter, run, user_ip, (first, last), error)
        return documents

    def _stretches(self, date_from):
        """Return first and last day of each stretch to ask for; the last one has no end.

        Some banks answer a long stretch with its last months alone, and say nothing.
        """
        longest = self.connection_id._capabilities().max_history_days
        today = self.company_id._bank_today()
        stretches = []
        while longest and (today - date_from).days > longest:
            last = date_from + timedelta(days=longest - 1)
            stretches.append((date_from, last))
            date_from = last + timedelta(days=1)
        return [*stretches, (date_from, None)]

    def _fetch_shorter(self, adapter, run, user_ip, stretch, error):
        """Ask for fewer days of a refused stretch, until the bank agrees; return the documents.

        A stretch with an end may be left out altogether: younger ones follow it.

        :raise PeriodTooOld: when it refuses even the last week up to now
        """
        first, last = stretch
        today = self.company_id._bank_today()
        starts = [today - timedelta(days=days - 1) for days in SHORTER_DAYS]
        if error.earliest:
            # It may still count from another hour of the day.
            starts = [error.earliest, error.earliest + timedelta(days=1), *starts]
        for start in starts:
            if not first < start <= (last or today):
                continue
            try:
                documents = self._fetch_pages(adapter, run, user_ip, start, last)
            except PeriodTooOld:
                continue
            self.sudo().history_days = (today - start).days + 1
            self._note_refused_days(run, start)
            return documents
        if not last:
            raise error
        self._note_refused_days(run, last + timedelta(days=1))
        return self.env["bank.raw.document"]

    def _note_refused_days(self, run, start):
        """Note that the bank gives nothing before ``start``."""
        run.sudo().write(
            {
                "date_from": start,
                "note": self.env._(
                    "The bank refuses days before %(date)s; the stretch was shortened.",
                    date=fields.Date.to_string(start),
                ),
            }
        )

    def _note_history(self, run, entries, wanted):
        """Keep which days the bank did not give, or forget the gap once the books add up.

        :param entries: what the reading brought
        :param wanted: the first day that was missing before it
        """
        if run.proof == "proved":
            self.sudo().write({"gap_from": False, "gap_until": False})
            return
        today = self.company_id._bank_today()
        days = [entry.booking_date for entry in entries if entry.booking_date]
        longest = self.connection_id._capabilities().max_history_days
        first_given = run.date_from
        if longest and (today - wanted).days > longest and run.proof != "unproven":
            # Nothing says whether an account slept or its bank forgot, except how far back it is.
            first_given = max(first_given, min(days, default=first_given))
        if first_given > wanted:
            self._note_gap(run, wanted, first_given - timedelta(days=1))

    def _note_gap(self, run, first, last):
        self.sudo().write({"gap_from": first, "gap_until": last})
        gap = self.env._(
            "The bank gave nothing from %(first)s to %(last)s. If the account was in use, import "
            "its statement files of these days.",
            first=fields.Date.to_string(first),
            last=fields.Date.to_string(last),
        )
        run.sudo().note = f"{run.note} {gap}" if run.note else gap
