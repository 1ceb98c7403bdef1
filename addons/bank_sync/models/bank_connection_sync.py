import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.modules import module

from . import bank_backoff
from .problems import PERSON_CODES

_logger = logging.getLogger(__name__)


class BankConnection(models.Model):
    """When and how a connection is read, and what a reading means for it."""

    _inherit = "bank.connection"

    failure_count = fields.Integer(string="Failures in a Row", readonly=True, copy=False)
    next_attempt_at = fields.Datetime(
        string="Next Read", readonly=True, copy=False, index=True, default=fields.Datetime.now
    )
    last_complete_at = fields.Datetime(string="Last Complete Read", readonly=True, copy=False)

    @api.model
    def _derived_fields(self):
        return super()._derived_fields() | {"failure_count", "last_complete_at"}

    def action_sync(self):
        """Read the bank now and tell the user what came of it."""
        runs = self._sync(origin="user", user_ip=self._user_ip())
        failed = runs.filtered(lambda run: run.state != "done")
        if not runs:
            message = self.env._("Nothing to read: no account is connected, or it is being read.")
        elif failed:
            message = " ".join(failed.mapped("problem"))
        else:
            message = self.env._(
                "%(added)s new entries in %(accounts)s accounts.",
                added=sum(runs.mapped("added_count")),
                accounts=len(runs),
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if failed or not runs else "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _sync(self, origin="cron", user_ip=None):
        """Bring all accounts of the connections up to date and return the runs.

        Never raises for what a bank does: the run is recorded as failed, nothing is lost, and
        the next run catches up. What has been read is committed before it is understood.
        """
        runs = self.env["bank.sync.run"]
        for connection in self.filtered(lambda c: c.state in {"active", "attention"}):
            found = connection.account_ids.filtered("journal_id")._sync(origin, user_ip)
            connection._note_outcome(found)
            runs |= found
            connection._checkpoint()
            self.env["bank.match.suggestion"]._run(connection.company_id)
            connection._checkpoint()
        return runs

    def _note_outcome(self, runs):
        """Keep on the connection what its runs mean for it."""
        self.ensure_one()
        if not runs:
            return
        failed = runs.filtered(lambda run: run.state == "failed")[:1]
        quarantined = runs.filtered(lambda run: run.state == "quarantined")[:1]
        worst = failed or quarantined
        now = fields.Datetime.now()
        if worst:
            failures = self.failure_count + 1
            values = {
                "failure_count": failures,
                "next_attempt_at": bank_backoff.after_failure(now, failures, self.next_attempt_at),
            }
        else:
            values = {
                "failure_count": 0,
                "next_attempt_at": bank_backoff.after_success(now),
                "last_complete_at": now,
            }
        self.sudo().write(values)
        needs_person = quarantined or failed.problem_code in PERSON_CODES
        self._transition(
            "attention" if needs_person else "active",
            problem_code=worst.problem_code,
            problem=worst.problem,
        )

    def _wait(self, error):
        """Honour the time a bank asks to wait."""
        if wait := bank_backoff.asked_wait(error):
            self.sudo().next_attempt_at = fields.Datetime.now() + wait

    def _checkpoint(self):
        """Commit what is safe so far, so that a crash cannot lose it; not inside a test."""
        if not module.current_test:
            self.env.cr.commit()  # pylint: disable=invalid-commit

    @api.model
    def _cron_sync(self, batch_size=50):
        """Read the connections that are due, each one for itself; never raises.

        Odoo switches off a job that keeps raising, and a silent feed is worse than a loud one.
        """
        due = [
            ("state", "in", ["active", "attention"]),
            ("consent_id.status", "=", "valid"),
            ("next_attempt_at", "<=", fields.Datetime.now()),
        ]
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
