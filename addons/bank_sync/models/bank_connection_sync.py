import logging
from contextlib import contextmanager
from datetime import timedelta
from random import SystemRandom

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.modules import module

from ..connectors.base import REGISTRY
from . import bank_backoff
from .bank_connection_account_coverage import ACCOUNT_ENDED
from .problems import PERSON_CODES

_logger = logging.getLogger(__name__)

#: First key of the PostgreSQL advisory locks of this addon; the second is the connection's id.
LOCK_SPACE = 0x62616E6B
#: States in which a bank is read.
READABLE = ("active", "attention")
#: Minutes for which a reading that was begun is not begun again, should the server die in it.
LEASE_MINUTES = 15

_chance = SystemRandom().random


class BankConnection(models.Model):
    """When and how a connection is read, and what a reading means for it."""

    _inherit = "bank.connection"

    failure_count = fields.Integer(string="Failures in a Row", readonly=True, copy=False)
    next_attempt_at = fields.Datetime(
        string="Next Read", readonly=True, copy=False, index=True, default=fields.Datetime.now
    )
    last_complete_at = fields.Datetime(
        string="Last Complete Read",
        readonly=True,
        copy=False,
        help="Since then every account has been read completely at least once.",
    )
    reads_per_day = fields.Integer(
        string="Reads a Day",
        default=0,
        help="Unattended reads of one account your agreement with the bank allows; 0 for what is "
        "usual for this kind of interface.",
    )

    @api.model
    def _derived_fields(self):
        return super()._derived_fields() | {"failure_count", "last_complete_at"}

    def _capabilities(self):
        """Return what this kind of bank can do."""
        return REGISTRY[self.adapter].capabilities

    def _reads_per_day(self):
        """Return how often the schedule may read one account a day, ``None`` for no limit."""
        return self.reads_per_day or self._capabilities().reads_per_day

    # === READING === #

    def _sync(self, origin="cron", user_ip=None):
        """Bring all accounts of the connections up to date and return the runs.

        Never raises for what a bank does: the run is recorded as failed, nothing is lost, and
        the next run catches up. What has been read is committed before it is understood. A
        connection another worker is reading is left alone at once.

        :param user_ip: address of the person who waits for the answer; ``None`` when nobody does
        """
        runs = self.env["bank.sync.run"]
        for connection in self.filtered(lambda connection: connection.state in READABLE):
            with connection._exclusive() as free:
                if free and connection._breaker_lets_pass():
                    runs |= connection._sync_exclusively(origin, user_ip)
        return runs

    @contextmanager
    def _exclusive(self):
        """Hold the connection against every other worker; yields whether it was free.

        The lock lives on a database connection of its own, so that commits in between do not
        release it and a dead worker does.
        """
        self.ensure_one()
        with self.env.registry.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK_SPACE, self.id])
            yield cursor.fetchone()[0]

    def _sync_exclusively(self, origin, user_ip):
        """Read what the connection offers and return the runs."""
        lease = fields.Datetime.now() + timedelta(minutes=LEASE_MINUTES)
        self.sudo().next_attempt_at = max(lease, self.next_attempt_at or lease)
        self._checkpoint()
        runs = self._read_everything(origin, user_ip)
        self._note_outcome(runs)
        self._checkpoint()
        if runs:
            self.env["bank.match.suggestion"]._run(self.company_id)
            self._checkpoint()
        return runs

    def _read_everything(self, origin, user_ip):
        """Read account by account, until all are done or the breaker opens; return the runs.

        An interface that delivers whole files overrides this.
        """
        runs = self.env["bank.sync.run"]
        for account in self._accounts_to_read():
            if self.breaker_state == "open":
                break
            runs |= account._sync(origin, user_ip)
        return runs

    def _accounts_to_read(self):
        """Return the accounts that lead to a journal in use and that the consent covers."""
        return self.account_ids.filtered(
            lambda account: account.journal_id.active and account.coverage == "covered"
        )

    def _note_outcome(self, runs):
        """Keep on the connection what its runs mean for it.

        A bank that asks for a pause is well, and so is the connection: nothing failed, but
        nothing was read either.
        """
        self.ensure_one()
        if not runs:
            return
        unread = runs.filtered(
            lambda run: run.state in {"failed", "partial"} and run.problem_code != ACCOUNT_ENDED
        )
        paused = unread.filtered(lambda run: run.problem_code == "quota")
        failed = (unread - paused)[:1]
        quarantined = runs.filtered(lambda run: run.state == "quarantined")[:1]
        worst = failed or quarantined or paused[:1]
        now = fields.Datetime.now()
        complete = self._accounts_to_read().mapped("last_complete_at")
        failures = self.failure_count + 1 if failed or quarantined else self.failure_count
        values = {"failure_count": failures if worst else 0}
        if complete and all(complete):
            values["last_complete_at"] = min(complete)
        self.sudo().write(
            {**values, "next_attempt_at": self._next_attempt(now, values["failure_count"], worst)}
        )
        needs_person = quarantined or failed.problem_code in PERSON_CODES
        state = "attention" if needs_person else "active"
        self._transition(state, problem_code=worst.problem_code, problem=worst.problem)

    def _next_attempt(self, now, failures, worst):
        """Return when to read again after a reading whose worst run is ``worst``."""
        asked = max(filter(None, (self.wait_until, self.breaker_until)), default=None)
        if worst.state == "quarantined":
            return max(bank_backoff.after_quarantine(now, failures), asked or now)
        if worst.problem_code == "quota":
            return asked or bank_backoff.after_success(now, self._reads_per_day())
        if worst:
            return bank_backoff.after_failure(now, failures, asked, _chance())
        return bank_backoff.after_success(now, self._reads_per_day())

    def _throttle(self, free_at):
        """Note that the schedule has used up its reads of an account until ``free_at``."""
        self.sudo().next_attempt_at = free_at

    def _checkpoint(self):
        """Commit what is safe so far, so that a crash cannot lose it; not inside a test."""
        if not module.current_test:
            self.env.cr.commit()  # pylint: disable=invalid-commit

    # === THE SCHEDULE === #

    @api.model
    def _due_domain(self):
        """Return which connections the schedule reads now."""
        free = [
            code
            for code, adapter in REGISTRY.items()
            if adapter.capabilities.link == frozenset({"none"})
        ]
        return (
            Domain("state", "in", READABLE)
            & (Domain("consent_id.status", "=", "valid") | Domain("adapter", "in", free))
            & Domain("next_attempt_at", "<=", fields.Datetime.now())
        )

    @api.model
    def _cron_sync(self, batch_size=50):
        """Read the connections that are due, each one for itself; never raises.

        Odoo switches off a job that keeps raising, and a silent feed is worse than a loud one.
        """
        self._suspend_copies()
        due = self._due_domain()
        connections = self.search(due, order="next_attempt_at, id", limit=batch_size)
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self.search_count(due))
        for connection in connections:
            try:
                connection._sync()
            except Exception:
                self.env.cr.rollback()
                _logger.exception("Bank connection %s failed", connection.id)
                connection.sudo().write(
                    {
                        "failure_count": connection.failure_count + 1,
                        "next_attempt_at": fields.Datetime.now() + timedelta(hours=1),
                        "problem_code": "internal",
                        "problem": self.env._("Internal error, see the server log."),
                    }
                )
            if not cron._commit_progress(1):
                break
