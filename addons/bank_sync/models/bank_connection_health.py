from datetime import timedelta

from odoo import api, fields, models

#: Days before its end from which a consent is worth mentioning.
NOTICE_DAYS = 14
#: Hours without a complete reading after which a connection is no longer called well.
FRESH_HOURS = 26


class BankConnection(models.Model):
    """What people see of a connection at a glance: how well it is, and what to do now."""

    _inherit = "bank.connection"

    entry_count = fields.Integer(compute="_compute_counts")
    suggestion_count = fields.Integer(compute="_compute_counts")
    run_count = fields.Integer(compute="_compute_counts")
    health = fields.Selection(
        [
            ("off", "Not connected"),
            ("good", "All is well"),
            ("notice", "Worth a look"),
            ("problem", "Needs you"),
        ],
        compute="_compute_health",
    )
    health_text = fields.Char(compute="_compute_health", string="In One Sentence")
    advice = fields.Char(compute="_compute_health", string="What to Do Now")
    next_step = fields.Selection(
        [
            ("wizard", "Continue"),
            ("renew", "Renew"),
            ("sync", "Read Now"),
            ("probe", "Try Now"),
            ("import", "Import Statements"),
            ("confirm", "This Is the Real Database"),
        ],
        compute="_compute_health",
    )
    consent_days_left = fields.Integer(related="consent_id.days_left", string="Days Left")
    certificate_valid_until = fields.Date(
        compute="_compute_certificate_valid_until", string="Certificate Until"
    )
    account_count = fields.Integer(compute="_compute_account_count", string="Accounts")
    needs_no_approval = fields.Boolean(compute="_compute_needs_no_approval")
    quota_ids = fields.One2many("bank.quota", "connection_id", readonly=True)
    quota_text = fields.Char(compute="_compute_quota_text", string="Reads Left Today")

    # === COUNTS === #

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

    @api.depends("account_ids")
    def _compute_account_count(self):
        for connection in self:
            connection.account_count = len(connection.account_ids)

    @api.depends("adapter")
    def _compute_needs_no_approval(self):
        for connection in self:
            link = connection._capabilities().link if connection.adapter else ()
            connection.needs_no_approval = link == frozenset({"none"})

    def _compute_quota_text(self):
        now, quota = fields.Datetime.now(), self.env["bank.quota"]
        for connection in self:
            limit = connection._reads_per_day()
            accounts = connection._accounts_to_read()
            left = [quota._left(account, now, recovery=True) for account in accounts]
            if limit is None or not accounts:
                connection.quota_text = self.env._("No limit") if limit is None else False
            else:
                connection.quota_text = self.env._(
                    "%(left)s of %(limit)s an account", left=min(left), limit=limit
                )

    def _compute_certificate_valid_until(self):
        for connection in self:
            connection.certificate_valid_until = connection._certificate_valid_until()

    def _certificate_valid_until(self):
        """Return the last day of the certificate we show the bank; ``False`` where we show none."""
        return False

    # === HEALTH === #

    @api.depends(
        "state",
        "problem_code",
        "breaker_state",
        "last_complete_at",
        "account_ids.last_proof",
        "account_ids.journal_id",
        "account_ids.coverage",
        "consent_id.valid_until",
    )
    @api.depends_context("lang", "tz")
    def _compute_health(self):
        for connection in self:
            health, text, advice, step = connection._assess()
            connection.health, connection.health_text = health, text
            connection.advice, connection.next_step = advice, step

    def _assess(self):
        """Return health, one sentence on it, one on what to do, and the step of the one button.

        The first thing that is wrong in the order of its weight is told, and nothing else.
        """
        self.ensure_one()
        if self.state in {"draft", "revoked", "authorizing", "suspended"}:
            return self._assess_unconnected()
        return (
            self._assess_accounts()
            or self._assess_trouble()
            or self._assess_notices()
            or ("good", self._praise(), "", "sync")
        )

    def _assess_unconnected(self):
        if self.state == "suspended":
            return (
                "problem",
                self.env._("This database is a copy: nothing is read or sent."),
                self.env._(
                    "If this database has replaced the one it was copied from, say so. If it is "
                    "for trying out, leave it as it is."
                ),
                "confirm",
            )
        if self.state == "authorizing":
            return (
                "notice",
                self.problem or self.env._("The bank waits for your approval."),
                self.env._("Finish the approval on the bank's page, or connect again."),
                "wizard",
            )
        ended = self.state == "revoked"
        return (
            "off",
            self.env._("The access was ended; what was read stays.")
            if ended
            else self.env._("Not connected yet."),
            self.env._("Connect, and approve the access on the bank's page."),
            "wizard",
        )

    def _assess_accounts(self):
        """Assess whether the books of the accounts can be believed, and led to a journal."""
        covered = self.account_ids.filtered(lambda account: account.coverage == "covered")
        if gap := covered.filtered("gap_from")[:1]:
            return (
                "problem" if gap.last_proof == "failed" else "notice",
                self.env._(
                    "%(account)s: the bank gave nothing from %(first)s to %(last)s.",
                    account=gap.name,
                    first=fields.Date.to_string(gap.gap_from),
                    last=fields.Date.to_string(gap.gap_until),
                ),
                self.env._("If the account was in use then, import statement files of these days."),
                "import",
            )
        if failed := covered.filtered(lambda account: account.last_proof == "failed")[:1]:
            return (
                "problem",
                self.env._(
                    "%(account)s: the bank's balance and its entries disagree.", account=failed.name
                ),
                self.env._(
                    "Nothing was booked; the next read tries again. If it stays, ask the bank for "
                    "a statement and compare."
                ),
                "sync",
            )
        if not self.account_ids.journal_id and self.account_ids and self.state == "active":
            return (
                "notice",
                self.env._("The bank has approved. No account leads to a journal yet."),
                self.env._("Choose a journal for each account; then the first read can begin."),
                "wizard",
            )
        return None

    def _assess_trouble(self):
        """Assess whether the bank lets us read, and answers."""
        if self.state == "attention":
            step = "sync" if self.consent_id.status == "valid" else "renew"
            problem = self.problem or self.env._("The bank no longer lets us read.")
            return "problem", problem, self.env._("Connect again."), step
        if self.breaker_state == "open":
            return (
                "notice",
                self.env._(
                    "The bank does not answer. It is left alone until %(until)s.",
                    until=self._local_time(self.breaker_until),
                ),
                self.env._("Nothing: it is tried again by itself."),
                "probe",
            )
        oldest = fields.Datetime.now() - timedelta(hours=FRESH_HOURS)
        if self.last_complete_at and self.last_complete_at < oldest:
            return (
                "problem",
                self.env._(
                    "No complete reading since %(time)s. %(problem)s",
                    time=self._local_time(self.last_complete_at),
                    problem=self.problem or "",
                ).strip(),
                self.env._("Read it now; if that fails, give the bank the request id of the run."),
                "sync",
            )
        return None

    def _assess_notices(self):
        """Assess what will need somebody soon."""
        until = self.consent_id.valid_until
        if until and self.consent_days_left <= NOTICE_DAYS:
            return (
                "problem" if self.consent_days_left < 1 else "notice",
                self.env._(
                    "The consent ends on %(date)s; days left: %(days)s.",
                    date=fields.Date.to_string(until),
                    days=self.consent_days_left,
                ),
                self.env._("Renew it before; nothing is interrupted."),
                "renew",
            )
        left_out = self.account_ids.filtered(
            lambda account: account.coverage == "not_covered" and account.journal_id
        )
        if left_out:
            return (
                "notice",
                self.env._(
                    "%(accounts)s: not in the consent, so no longer read.",
                    accounts=", ".join(left_out.mapped("name")),
                ),
                self.env._("Renew the consent and choose the account at the bank, or archive it."),
                "renew",
            )
        if self.problem:
            return (
                "notice",
                self.problem,
                self.env._("Nothing: it is tried again by itself."),
                "sync",
            )
        return None

    def _praise(self):
        """Return one sentence for a connection that is well."""
        if not self.last_complete_at:
            return self.env._("Connected. The first read begins by itself.")
        proofs = set(self._accounts_to_read().mapped("last_proof"))
        time = self._local_time(self.last_complete_at)
        if proofs == {"proved"}:
            return self.env._(
                "Complete as of %(time)s, and the bank's balance agrees to the cent.", time=time
            )
        if proofs <= {"proved", "baseline"}:
            return self.env._(
                "Complete as of %(time)s; the bank's balance is the starting point, and the next "
                "read proves against it.",
                time=time,
            )
        return self.env._(
            "Complete as of %(time)s; the bank gave no balance to prove it.", time=time
        )
