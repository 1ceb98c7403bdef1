import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.http import request
from odoo.modules import module
from odoo.tools import config

from ..connectors.base import REGISTRY, BankError
from ..connectors.transport import Transport
from . import bank_backoff
from .problems import PERSON_CODES, problem_sentence

_logger = logging.getLogger(__name__)

#: Allowed transitions: state -> states it may move to.
TRANSITIONS = {
    "draft": {"authorizing", "revoked"},
    "authorizing": {"active", "attention", "revoked"},
    "active": {"authorizing", "attention", "revoked"},
    "attention": {"authorizing", "active", "revoked"},
    "revoked": {"authorizing"},
}
#: What the bank and the buttons decide: no form and no remote call writes it.
_DERIVED = {"state", "problem_code", "problem", "failure_count", "consent_id", "last_complete_at"}
#: odoo.conf option: names of hosts that may be reached without TLS, besides this machine.
INSECURE_HOSTS_OPTION = "bank_sync_insecure_hosts"


class BankConnection(models.Model):
    """A company's connection to one bank, and how well it is."""

    _name = "bank.connection"
    _description = "Bank Connection"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    adapter = fields.Selection(
        [("berlin_group", "Berlin Group (NextGenPSD2)")],
        string="Interface",
        required=True,
        default="berlin_group",
    )
    base_url = fields.Char(
        string="Address", required=True, help="Where the bank's interface begins, without /v1."
    )
    access_token = fields.Char(
        compute="_compute_access_token",
        inverse="_inverse_access_token",
        groups="bank_sync.group_manager",
        help="Kept encrypted. It can be replaced here, never read.",
    )
    state = fields.Selection(
        [
            ("draft", "Not connected"),
            ("authorizing", "Waiting for approval"),
            ("active", "Connected"),
            ("attention", "Needs attention"),
            ("revoked", "Ended"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    problem_code = fields.Char(readonly=True, copy=False)
    problem = fields.Char(readonly=True, copy=False)
    failure_count = fields.Integer(string="Failures in a Row", readonly=True, copy=False)
    next_attempt_at = fields.Datetime(
        string="Next Read", readonly=True, copy=False, index=True, default=fields.Datetime.now
    )
    last_complete_at = fields.Datetime(string="Last Complete Read", readonly=True, copy=False)
    account_ids = fields.One2many("bank.connection.account", "connection_id")
    consent_ids = fields.One2many("bank.consent", "connection_id", readonly=True)
    run_ids = fields.One2many("bank.sync.run", "connection_id", readonly=True)
    consent_id = fields.Many2one("bank.consent", string="Consent in Use", readonly=True, copy=False)
    consent_valid_until = fields.Date(related="consent_id.valid_until", string="Consent Until")
    entry_count = fields.Integer(compute="_compute_counts")
    suggestion_count = fields.Integer(compute="_compute_counts")
    run_count = fields.Integer(compute="_compute_counts")
    advice = fields.Char(compute="_compute_advice", string="What to Do Now")

    # === CRUD METHODS === #

    def write(self, vals):
        """Write what people decide. A secret given for one address is not sent to another.

        :raise AccessError: for a user who writes what the bank decides
        """
        if "company_id" in vals and self.account_ids:
            raise UserError(self.env._("A connection with accounts stays with its company."))
        if not self.env.su and (derived := _DERIVED.intersection(vals)):
            names = ", ".join(sorted(derived))
            raise AccessError(self.env._("%(fields)s cannot be written by hand.", fields=names))
        if address := vals.get("base_url"):
            for connection in self.filtered(lambda connection: connection.base_url != address):
                self.env["bank.secret"]._store(connection, "access_token", None)
        return super().write(vals)

    # === COMPUTE METHODS === #

    def _compute_access_token(self):
        self.access_token = False

    def _inverse_access_token(self):
        for connection in self:
            if connection.access_token:
                self.env["bank.secret"]._store(connection, "access_token", connection.access_token)
        self.invalidate_recordset(["access_token"])

    def _compute_counts(self):
        entries = self._counts("bank.entry", "account_id", self.account_ids)
        runs = self._counts("bank.sync.run", "connection_id", self)
        suggestions = self._counts(
            "bank.match.suggestion",
            "journal_id",
            self.account_ids.journal_id,
            [("state", "=", "open"), ("rank", "=", 1)],
        )
        for connection in self:
            accounts = connection.account_ids
            connection.entry_count = sum(entries.get(account, 0) for account in accounts)
            connection.run_count = runs.get(connection, 0)
            connection.suggestion_count = sum(
                suggestions.get(journal, 0) for journal in accounts.journal_id
            )

    def _counts(self, model, field, records, domain=()):
        """Return record → number of rows of ``model`` that point to it."""
        pointing = [(field, "in", records.ids), *domain]
        return dict(self.env[model]._read_group(pointing, [field], ["__count"]))

    @api.depends("state", "problem_code", "account_ids.last_proof", "consent_valid_until")
    def _compute_advice(self):
        for connection in self:
            connection.advice = connection._advice()

    def _advice(self):
        """Return in one sentence what a person should do now; empty when nothing."""
        self.ensure_one()
        today = self.company_id._bank_today()
        if self.state in {"draft", "revoked"}:
            return self.env._("Connect, and approve the access on the bank's page.")
        if self.state == "authorizing":
            return self.env._("Finish the approval on the bank's page, or connect again.")
        if "failed" in self.account_ids.mapped("last_proof"):
            return self.env._(
                "The bank's balance and its entries disagree. Nothing was booked; the next read "
                "tries again. If it stays, ask the bank for a statement and compare."
            )
        if self.state == "attention":
            return self.problem or self.env._("Connect again.")
        if self.consent_valid_until and self.consent_valid_until <= today + timedelta(days=14):
            return self.env._(
                "The consent ends on %(date)s. Connect again before; nothing is interrupted.",
                date=fields.Date.to_string(self.consent_valid_until),
            )
        return self.problem or ""

    def _transition(self, target, *, problem_code=False, problem=False):
        """Move to ``target`` with the reason and record it.

        Being there already only updates the reason.

        :raise UserError: when one may not go there
        """
        for connection in self:
            if connection.state != target and target not in TRANSITIONS[connection.state]:
                raise UserError(
                    self.env._(
                        "Connection %(name)s is %(state)s and cannot become %(target)s.",
                        name=connection.name,
                        state=connection.state,
                        target=target,
                    )
                )
        moved = self.filtered(lambda connection: connection.state != target)
        payload = {"to": target, "problem_code": problem_code or None}
        self.env["bank.event"]._record("connection_state", moved, payload)
        self.sudo().write({"state": target, "problem_code": problem_code, "problem": problem})

    # === ACTIONS === #

    def action_connect(self):
        """Ask the bank for a consent and send the user to the bank's page to approve it.

        Repeating is harmless: a consent nobody approves ends by itself. A consent in use stays
        in use until the new one is valid.
        """
        self.ensure_one()
        self.check_access("write")
        try:
            consent = self.env["bank.consent"]._start(self, user_ip=_user_ip())
        except BankError as error:
            raise UserError(problem_sentence(self.env, error)) from error
        if self.state != "active":
            self._transition("authorizing")
        return {"type": "ir.actions.act_url", "url": consent.redirect_url, "target": "self"}

    def action_sync(self):
        """Read the bank now and tell the user what came of it."""
        runs = self._sync(origin="user", user_ip=_user_ip())
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

    def action_revoke(self):
        """End the consent at the bank and stop reading; everything already read stays."""
        for connection in self:
            connection.check_access("write")
            if connection.consent_id.status == "valid":
                try:
                    connection._adapter().revoke_consent(connection.consent_id.external_id)
                except BankError as error:
                    raise UserError(problem_sentence(self.env, error)) from error
                connection.consent_id._transition("terminatedByTpp")
            connection._transition("revoked")

    def action_open_entries(self):
        """Open the entries of this connection's accounts."""
        return self._open(
            "bank_sync.bank_entry_action", [("account_id", "in", self.account_ids.ids)]
        )

    def action_open_runs(self):
        """Open the runs of this connection."""
        return self._open("bank_sync.bank_sync_run_action", [("connection_id", "in", self.ids)])

    def action_open_suggestions(self):
        """Open what waits for a decision on this connection's journals."""
        return self._open(
            "bank_sync.bank_match_suggestion_action",
            [("journal_id", "in", self.account_ids.journal_id.ids)],
        )

    def _open(self, action, domain):
        return {**self.env["ir.actions.actions"]._for_xml_id(action), "domain": domain}

    # === THE BANK === #

    def _adapter(self):
        """Return the adapter that talks to this bank."""
        self.ensure_one()
        hosts = config.get(INSECURE_HOSTS_OPTION) or ""
        transport = Transport(
            self.base_url,
            token=self.env["bank.secret"]._reveal(self, "access_token"),
            insecure_hosts=frozenset(host.strip() for host in hosts.split(",") if host.strip()),
        )
        return REGISTRY[self.adapter](transport)

    def _finish_consent(self, consent):
        """Take over an answered consent: read the accounts, link journals. Safe to repeat.

        :return: True when the connection can be read now
        :raise BankError: when the bank does not answer
        """
        self.ensure_one()
        consent._refresh()
        if consent.status != "valid":
            if self.state == "authorizing":
                self._transition(
                    "attention",
                    problem_code="consent_not_given",
                    problem=self.env._("The access was not approved at the bank. Connect again."),
                )
            return False
        self.sudo().consent_id = consent
        self.env["bank.connection.account"]._link(
            self, self._adapter().accounts(consent.external_id)
        )
        self._transition("active")
        self.sudo().write({"failure_count": 0, "next_attempt_at": fields.Datetime.now()})
        return True

    def _post_connected(self):
        """Tell the followers which accounts are connected and where they lead."""
        self.ensure_one()
        accounts = "; ".join(
            f"{account.name} → {account.journal_id.display_name}" for account in self.account_ids
        )
        self.message_post(body=self.env._("Connected: %(accounts)s", accounts=accounts))

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


def _user_ip():
    """Return the address of the person who clicked, ``None`` when nobody did."""
    return request.httprequest.remote_addr if request else None
