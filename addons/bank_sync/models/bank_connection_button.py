from odoo import fields, models


class BankConnection(models.Model):
    """What people do with a connection by hand, and what they are told of it."""

    _inherit = "bank.connection"

    def action_sync(self):
        """Read the bank now and tell the user what came of it.

        A person waits for the answer, and the bank is told so: such a read is not one of the
        few a day that are allowed without anybody there.
        """
        user_ip = self._user_ip()
        runs = self._sync(origin="user", user_ip=user_ip)
        failed = runs.filtered(lambda run: run.state != "done")
        if not runs:
            message = self._why_nothing_was_read()
        elif failed:
            message = " ".join(filter(None, failed.mapped("problem")))
        else:
            message = self.env._(
                "New entries: %(entries)s. Accounts read: %(accounts)s.",
                entries=sum(runs.mapped("added_count")),
                accounts=len(runs),
            )
        if runs and user_ip and self._is_quota_used_up():
            message = self.env._(
                "%(message)s The reads the bank allows without you are used up for now; this one "
                "was possible because you are here.",
                message=message,
            )
        return self._notify(message, good=bool(runs) and not failed)

    def _notify(self, message, *, good):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if good else "warning",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _is_quota_used_up(self):
        """Return whether the schedule may not read any account of these at the moment."""
        quota, now = self.env["bank.quota"], fields.Datetime.now()
        return any(quota._left(account, now) == 0 for account in self._accounts_to_read())

    def _why_nothing_was_read(self):
        """Return in one sentence why pressing the button read nothing."""
        connection = self[:1]
        if connection.breaker_state == "open":
            return self.env._(
                "The bank has not answered %(failures)s times in a row. It is left alone until "
                "%(until)s, then asked once. Press Try Now to ask at once.",
                failures=connection.breaker_failures,
                until=connection._local_time(connection.breaker_until),
            )
        if connection._accounts_to_read() and connection._is_quota_used_up():
            return self.env._(
                "The reads the bank allows without a person are used up. The next one is at "
                "%(time)s; press the button in your browser to read at once.",
                time=connection._local_time(connection.next_attempt_at),
            )
        return self.env._("Nothing to read: no account is connected, or it is being read.")

    def _local_time(self, moment):
        """Return a moment in UTC as the user's clock shows it."""
        local = fields.Datetime.context_timestamp(self, moment)
        return local.strftime("%Y-%m-%d %H:%M")

    # === OPENING === #

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

    def action_open_import(self):
        """Open the import of statement files, which closes gaps the bank leaves."""
        imports = self.env["bank.statement.import"]
        return imports.with_company(self.company_id[:1] or self.env.company).action_new()

    def action_open_wizard(self):
        """Open the guide where this connection stands in it; files are set up on their own page."""
        self.ensure_one()
        if self.needs_no_approval:
            return self.get_formview_action()
        return self.env["bank.connection.wizard"]._open_for(self)

    def action_open_new_guide(self):
        """Open the guide from its first step."""
        return self.env["bank.connection.wizard"].create({})._reopen()

    def _open(self, action, domain):
        return {**self.env["ir.actions.actions"]._for_xml_id(action), "domain": domain}
