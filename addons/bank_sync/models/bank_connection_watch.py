import logging
from contextlib import suppress
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..connectors.base import BankError
from .bank_connection_sync import READABLE
from .bank_consent import WAITING

_logger = logging.getLogger(__name__)

#: Days before the end of a consent on which its responsible person is told, once each.
WARNING_DAYS = (14, 7, 1)
#: Hours without a complete reading after which somebody must know: one day and a little.
SILENT_HOURS = 26
#: Kinds of activities on a connection → their type.
ACTIVITIES = {
    "renew": "bank_sync.activity_type_renew_consent",
    "silent": "bank_sync.activity_type_silent_feed",
    "certificate": "bank_sync.activity_type_renew_certificate",
    "host_key": "bank_sync.activity_type_host_key",
}


class BankConnection(models.Model):
    """What must be noticed although nobody presses a button and no reading fails."""

    _inherit = "bank.connection"

    @api.model
    def _cron_watch(self):
        """Look after approvals, ends of consents and silent feeds; never raises."""
        self._suspend_copies()
        watched = self.search([("state", "in", [*READABLE, "authorizing"])])
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(watched))
        for connection in watched:
            try:
                connection._watch()
            except Exception:
                self.env.cr.rollback()
                _logger.exception("Bank connection %s could not be looked after", connection.id)
            if not cron._commit_progress(1):
                break

    def _watch(self):
        """Ask after approvals that are due, and tell people what they must know."""
        self.ensure_one()
        now = fields.Datetime.now()
        for consent in self.consent_ids.filtered(
            lambda consent: (
                consent.status in WAITING and consent.next_check_at and consent.next_check_at <= now
            )
        ):
            self._ask_after(consent)
        if self.state in READABLE:
            self._watch_end_of_consent()
            self._watch_silence(now)

    def _ask_after(self, consent):
        """Ask the bank what became of a consent whose person has not come back."""
        with suppress(BankError):
            self._finish_consent(consent)
        if consent.status in WAITING:
            consent._plan_question()
            if consent.status not in WAITING and self.state == "authorizing":
                self._note_not_valid(consent)

    # === THE END OF A CONSENT === #

    def _watch_end_of_consent(self):
        consent = self.consent_id
        if consent.status != "valid" or not consent.valid_until:
            return
        if consent.days_left < 0:
            self._note_expired(consent)
            return
        due = [days for days in WARNING_DAYS if consent.days_left <= days]
        if due and (not consent.warned_days or min(due) < consent.warned_days):
            consent.sudo().warned_days = min(due)
            self._warn_of_end(consent)

    def _note_expired(self, consent):
        """Believe the bank about a consent past its last day; without an answer, the calendar."""
        with suppress(BankError, UserError):
            consent._refresh()
        if consent.status == "valid" and consent.days_left >= 0:
            return
        if consent.status == "valid":
            consent._transition("expired")
        self._transition(
            "attention",
            problem_code="consent",
            problem=self.env._("The consent has ended. Renew it at the bank; nothing is lost."),
        )

    def _warn_of_end(self, consent):
        """Tell the responsible person, by a task and a message, that the consent ends."""
        person = self._responsible()
        env = self.with_context(lang=person.lang).env
        date = fields.Date.to_string(consent.valid_until)
        summary = env._("Renew the bank's consent before %(date)s", date=date)
        text = env._(
            "The consent for %(bank)s ends on %(date)s, in %(days)s days. Press Renew on the "
            "connection and approve at the bank; until then everything goes on as it is.",
            bank=self.name,
            date=date,
            days=consent.days_left,
        )
        self._ask_person("renew", summary, consent.valid_until, text)
        self.message_notify(partner_ids=person.partner_id.ids, subject=summary, body=text)

    # === SILENCE === #

    def _watch_silence(self, now):
        """Say so when no account has been read completely for too long, and take it back."""
        oldest = now - timedelta(hours=SILENT_HOURS)
        silent = self._accounts_to_read().filtered(
            lambda account: (account.last_complete_at or account.create_date) < oldest
        )
        if not silent:
            self._activities_done("silent")
            return
        person = self._responsible()
        env = self.with_context(lang=person.lang).env
        summary = env._("No complete reading for %(hours)s hours", hours=SILENT_HOURS)
        text = env._(
            "%(accounts)s: reminders may wait and payments may be missing until this works again. "
            "%(problem)s",
            accounts=", ".join(silent.mapped("name")),
            problem=self.problem or "",
        )
        self._ask_person("silent", summary, fields.Date.today(), text)

    # === PEOPLE === #

    def _responsible(self):
        """Return who looks after the connection; never nobody."""
        self.ensure_one()
        named = self.responsible_id or self.create_uid
        return named if named.active else self.env.ref("base.user_admin")

    def _ask_person(self, kind, summary, deadline, note):
        """Leave one task of its kind on the connection; an open one is brought up to date."""
        self.ensure_one()
        activity_type = ACTIVITIES[kind]
        values = {"summary": summary, "note": note, "date_deadline": deadline}
        if open_one := self.sudo().activity_search([activity_type])[:1]:
            open_one.write(values)
            return
        self.sudo().activity_schedule(activity_type, user_id=self._responsible().id, **values)

    def _activities_done(self, *kinds):
        """Take back the tasks of these kinds: what they ask for has happened."""
        self.sudo().activity_unlink([ACTIVITIES[kind] for kind in kinds])
