from contextlib import suppress
from datetime import timedelta

from odoo import api, fields, models

from ..connectors.base import BankError
from ..models.bank_consent import WAITING

#: Seconds between two questions to the bank while a person looks on.
QUESTION_SECONDS = {"received": 3, "partiallyAuthorised": 60}


class BankConnectionWizard(models.TransientModel):
    """What moves by itself while the guide is on the screen: the approval, and the first read."""

    _inherit = "bank.connection.wizard"

    asked_at = fields.Datetime(readonly=True)
    run_ids = fields.Many2many("bank.sync.run", compute="_compute_progress")
    last_run_id = fields.Integer(readonly=True, help="The last run before this first reading.")
    is_begun = fields.Boolean(readonly=True)
    progress = fields.Integer(compute="_compute_progress")
    progress_text = fields.Char(compute="_compute_progress")
    is_good = fields.Boolean(compute="_compute_progress")
    result_text = fields.Char(compute="_compute_progress")
    next_attempt_at = fields.Datetime(related="connection_id.next_attempt_at")
    suggestion_count = fields.Integer(related="connection_id.suggestion_count")

    def poll(self):
        """Look whether something has moved; return whether the screen is to be drawn again.

        Called by the screen every few seconds. Only the bank's own answer moves anything.
        """
        self.ensure_one()
        self.connection_id.check_access("write")
        if self.step == "approve":
            return self._poll_approval()
        return self.step == "reading"

    def _poll_approval(self):
        consent, now = self._newest_consent(), fields.Datetime.now()
        before = consent.status
        pause = timedelta(seconds=QUESTION_SECONDS.get(before, 0))
        if before in WAITING and (not self.asked_at or self.asked_at + pause <= now):
            self.asked_at = now
            with suppress(BankError):
                self.connection_id._finish_consent(consent)
            self.invalidate_recordset()
        if consent.status == "valid":
            self._after_approval()
        return self.step != "approve" or consent.status != before

    def _after_approval(self):
        """Show what comes next once the bank has said yes."""
        self._go(self._step_of(self.connection_id))
        if self.step == "access":
            # Renewed: every account has its journal already.
            self.step = "reading"

    def read_first(self):
        """Read every account for the first time while the person looks on; then show the result.

        Another screen, or the schedule, may be reading already: then there is nothing to do but
        to wait for it.
        """
        self.ensure_one()
        connection = self.connection_id
        connection.check_access("write")
        if not self.is_begun:
            last = max(connection.run_ids.ids, default=0)
            self.write({"is_begun": True, "last_run_id": last})
            connection._checkpoint()
        connection._sync(origin="user", user_ip=connection._user_ip())
        if not self.run_ids.filtered(lambda run: run.state == "running"):
            self.step = "result"
        return True

    @api.depends("connection_id.run_ids.state", "is_begun", "last_run_id")
    @api.depends_context("lang", "tz")
    def _compute_progress(self):
        for wizard in self:
            accounts = wizard.connection_id._accounts_to_read()
            runs = wizard.connection_id.run_ids.filtered(
                lambda run, guide=wizard: guide.is_begun and run.id > guide.last_run_id
            )
            done = runs.filtered(lambda run: run.state != "running")
            wizard.run_ids = runs
            wizard.progress = round(100 * len(done) / len(accounts)) if accounts else 0
            wizard.progress_text = wizard._progress_text(accounts, runs, done)
            wizard.is_good = bool(done) and set(done.mapped("state")) == {"done"}
            wizard.result_text = wizard._result_text(done)

    def _progress_text(self, accounts, runs, done):
        running = runs - done
        if running:
            return self.env._(
                "%(account)s: page %(page)s",
                account=running[0].account_id.name,
                page=running[0].page_count,
            )
        return self.env._("%(done)s of %(all)s accounts read", done=len(done), all=len(accounts))

    def _result_text(self, done):
        failed = done.filtered(lambda run: run.state != "done")
        if failed:
            return " ".join(filter(None, failed.mapped("problem")))
        if not done:
            return self.connection_id._why_nothing_was_read()
        return self.env._(
            "New entries: %(entries)s. Accounts read: %(accounts)s.",
            entries=sum(done.mapped("added_count")),
            accounts=len(done),
        )

    def action_retry(self):
        """Read once more after a first read that failed."""
        self.ensure_one()
        self.write({"is_begun": False, "step": "reading"})
        return True

    def action_decide(self):
        """Open what the first read leaves to decide."""
        return self.connection_id.action_open_suggestions()
