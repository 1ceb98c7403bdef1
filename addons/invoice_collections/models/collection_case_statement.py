from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.exceptions import UserError

from ..core import aging
from ..core.account_statement import Movement, statement
from . import paper

#: Months a statement goes back unless somebody asks for other days.
STATEMENT_MONTHS = 3
#: Rows of one currency; what is older is in the opening balance then.
MAX_ROWS = 2000

_REPORT = "invoice_collections.statement_report"


class CollectionCase(models.Model):
    _inherit = "collection.case"

    # === ACTION METHODS === #

    def action_statement(self):
        """Ask for which days the statements of account of these customers are made."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Statement of account"),
            "res_model": "collection.statement",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_case_ids": self.ids},
        }

    # === BUSINESS METHODS - STATEMENT OF ACCOUNT === #

    def _statement_days(self, since=None, until=None):
        """Return first and last day of a statement: those asked for, else the last months."""
        self.ensure_one()
        until = fields.Date.to_date(until) or self.company_id._collection_today()
        since = fields.Date.to_date(since) or until - relativedelta(months=STATEMENT_MONTHS, day=1)
        return min(since, until), until

    def _statements(self, since, until):
        """Return the statement of account, one dict a currency, the company's own first.

        Call it on a sudo case in the customer's language: nothing here filters by the user.
        Writes nothing; a fixed number of queries.

        :return: list of dict: ``currency``, ``account`` (``core.account_statement.Statement``),
            ``rows`` (dict ``row``, ``move``, ``what``), ``open`` (items open at the end) and
            ``aged`` (``(code, label, minor units)`` of what is open then)
        """
        self.ensure_one()
        lines = self.env["account.move.line"]
        domain = [
            ("account_type", "=", "asset_receivable"),
            ("parent_state", "=", "posted"),
            ("company_id", "=", self.company_id.id),
            ("partner_id.commercial_partner_id", "=", self.partner_id.id),
        ]
        before = lines._read_group(
            [*domain, ("date", "<", since)], ["currency_id"], ["amount_currency:sum"]
        )
        opening = dict(before)
        told = lines.search([*domain, ("date", ">=", since), ("date", "<=", until)])
        items = self._statement_items(until)
        currencies = told.currency_id | items.currency_id
        currencies |= currencies.union(*(one for one in opening if not one.is_zero(opening[one])))
        own = self.company_id.currency_id
        return [
            self._statement_of(
                currency,
                opening.get(currency, 0.0),
                told.filtered(lambda line, currency=currency: line.currency_id == currency),
                items.filtered(lambda item, currency=currency: item.currency_id == currency),
            )
            for currency in currencies.sorted(lambda one: (one != own, one.name))
        ]

    def _statement_items(self, until):
        """Return what is open at the end of the day, as ``collection.aged.item``."""
        company = self.company_id
        return (
            self.env["collection.aged.item"]
            .with_context(allowed_company_ids=company.ids, as_of=fields.Date.to_string(until))
            .search(
                [
                    ("partner_id", "=", self.partner_id.id),
                    ("company_id", "=", company.id),
                    ("residual_currency", "!=", 0),
                ],
                order="due_date, id",
            )
        )

    def _statement_of(self, currency, opening, lines, items):
        factor = 10**currency.decimal_places
        account = statement(
            round(opening * factor),
            [
                Movement(line.date, line.move_id.id, round(line.amount_currency * factor))
                for line in lines
            ],
        )
        moves = {move.id: move for move in lines.move_id}
        aged = dict.fromkeys((code for code, _first, _last in aging.BUCKETS), 0)
        for item in items.filtered(lambda item: item.residual_currency > 0):
            aged[item.age] += round(item.residual_currency * factor)
        labels = self.env["collection.dashboard"]._bucket_labels()
        return {
            "currency": currency,
            "account": account,
            "rows": [
                {
                    "row": row,
                    "move": moves[row.movement.key],
                    "what": self._statement_label(moves[row.movement.key]),
                }
                for row in account.rows[-MAX_ROWS:]
            ],
            "open": items,
            "aged": [(code, label, aged[code]) for code, label in labels],
        }

    def _statement_label(self, move):
        """Return what a document is, as the customer calls it."""
        if move.move_type in ("out_invoice", "out_receipt"):
            return self.env._("Invoice")
        if move.move_type == "out_refund":
            return self.env._("Credit note")
        if move.origin_payment_id or move.statement_line_id:
            return self.env._("Payment")
        return self.env._("Entry")

    def _statement_money(self, minor, currency):
        """Return minor units as people read them."""
        return currency.format(minor / 10**currency.decimal_places)

    def _statement_document(self, since=None, until=None):
        """Return the statement in the customer's language as ``(name, bytes, media type)``."""
        self.ensure_one()
        since, until = self._statement_days(since, until)
        lang = self._debtor_lang()
        data = {"date_from": str(since), "date_to": str(until)}
        content, media_type = paper.render(
            self.with_context(lang=lang).env, _REPORT, self.ids, data
        )
        suffix = "pdf" if media_type == "application/pdf" else "html"
        what = self.with_context(lang=lang).env._("Statement")
        return f"{what}-{until}.{suffix}", content, media_type

    def _send_statements(self, since=None, until=None, note=None):
        """Send each customer the statement of account by e-mail.

        :param note: plain text above the usual words
        :return: ``(cases it went to, cases without an address, cases that do not want e-mails)``
        :raise AccessError: for who may not write the cases
        :raise UserError: when everything is stopped
        """
        self.check_access("write")
        cases_sudo = self.sudo()
        for company in cases_sudo.company_id:
            policy = company._collection_policy()
            if policy.kill_switch or policy.dry_run:
                raise UserError(self.env._("Nothing is sent: the policy stops everything."))
        unwilling = cases_sudo.filtered(lambda case: case._is_opted_out("email"))
        contacts = cases_sudo.partner_id._collection_contacts()
        mute = (cases_sudo - unwilling).filtered(lambda case: not contacts[case.partner_id].email)
        told = cases_sudo - unwilling - mute
        template = self.env.ref("invoice_collections.mail_template_statement").sudo()
        for case in told:
            case._send_statement(template, contacts[case.partner_id], since, until, note)
        self.env["collection.event"]._log_many(
            [("statement_sent", case, {"to": contacts[case.partner_id].email}) for case in told]
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
        return told, mute, unwilling

    def _send_statement(self, template, contact, since, until, note):
        """Post the statement on the case, addressed to the contact (sudo)."""
        self.ensure_one()
        first, last = self._statement_days(since, until)
        template = template.with_context(lang=self._debtor_lang(), statement_note=note)
        name, content, _media_type = self._statement_document(first, last)
        self.with_context(mail_notify_force_send=False).message_post(
            author_id=self.env.user.partner_id.id,
            body=template._render_field("body_html", self.ids)[self.id],
            subject=template._render_field("subject", self.ids)[self.id],
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=contact.ids,
            attachments=[(name, content)],
            email_layout_xmlid="mail.mail_notification_light",
        )
