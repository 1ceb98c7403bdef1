from odoo import fields, models
from odoo.tools import SQL, html2plaintext

from .timeline_labels import KINDS, STATES_OF, TOPICS, TOPICS_OF

#: Characters shown of a note or mail.
_PREVIEW = 160


class CollectionTimeline(models.Model):
    """Everything that happened with a customer, the latest first: read from where it is kept.

    Events of the case, invoices and payments from the books, mails and notes of the thread. There
    is no table behind; nothing is stored twice.
    """

    _name = "collection.timeline"
    _description = "Timeline"
    _auto = False
    _order = "at desc, id desc"
    _rec_name = "what"
    _depends = {
        "account.move": ["amount_total", "invoice_date", "move_type", "name", "state"],
        "account.move.line": ["account_id", "company_id", "date", "parent_state", "partner_id"],
        "account.partial.reconcile": [
            "credit_move_id",
            "debit_amount_currency",
            "debit_move_id",
        ],
        "collection.case": ["company_id", "partner_id"],
        "collection.event": ["at", "case_id", "kind", "res_id", "res_model", "user_id"],
        "collection.touchpoint": ["message_id"],
        "mail.message": ["author_id", "date", "message_type", "model", "res_id"],
        "res.partner": ["commercial_partner_id"],
    }

    case_id = fields.Many2one("collection.case", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    at = fields.Datetime("Moment", readonly=True)
    topic = fields.Selection(TOPICS, readonly=True)
    kind = fields.Char("Code", readonly=True)
    event_id = fields.Many2one("collection.event", readonly=True)
    message_id = fields.Many2one("mail.message", readonly=True)
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True)
    name = fields.Char("Document", readonly=True)
    author_id = fields.Many2one("res.partner", "Who", readonly=True)
    amount = fields.Monetary(readonly=True, aggregator=None)
    currency_id = fields.Many2one("res.currency", readonly=True)
    what = fields.Char(compute="_compute_what")
    details = fields.Char(compute="_compute_what")

    # === COMPUTE METHODS === #

    def _compute_what(self):
        """Say what happened in words, all rows at once."""
        labels = self._labels()
        previews = {
            message.id: html2plaintext(message.body or "").strip().replace("\n", " ")
            for message in self.message_id
        }
        for row in self:
            if row.event_id:
                row.what = labels.get(row.kind) or row.kind
                row.details = row._event_details()
            elif row.message_id:
                row.what = row.message_id.subject or self.env._("Note")
                row.details = previews[row.message_id.id][:_PREVIEW]
            else:
                row.what = labels[row.kind]
                row.details = row.name

    def _labels(self):
        """Return ``{kind: what it is called}`` of all kinds there are."""
        env = self.env
        labels = {
            f"{prefix}{state}": env._(
                "%(document)s: %(state)s",
                document=env["ir.model"]._get(model).name,
                state=label,
            )
            for prefix, model in STATES_OF.items()
            for state, label in env[model]._fields["state"]._description_selection(env)
        }
        states = env["collection.case"]._fields["state"]._description_selection(env)
        labels.update(
            {f"case_{state}": env._("Status: %(state)s", state=label) for state, label in states}
        )
        labels.update({kind: env._(label) for kind, label in KINDS.items()})
        return {
            **labels,
            "out_invoice": env._("Invoice"),
            "out_refund": env._("Credit note"),
            "paid": env._("Payment"),
            "credited": env._("Credit note used"),
        }

    def _event_details(self):
        """Return in a line what the event tells beside its kind."""
        told = self.event_id.payload or {}
        codes = {}
        for field in ("channel", "block_reason"):
            touchpoint_field = self.env["collection.touchpoint"]._fields[field]
            codes.update(touchpoint_field._description_selection(self.env))
        parts = []
        if told.get("amount"):
            parts.append(f"{told['amount']} {told.get('currency', '')}".strip())
        for key in ("date", "channel", "to", "subject", "reason", "note", "until", "from"):
            value = told.get(key)
            if isinstance(value, str) and value and (key != "from" or "@" in value):
                parts.append(codes.get(value, value))
        return " · ".join(parts)[:_PREVIEW] or self.name

    # === THE QUERY === #

    @property
    def _table_query(self):
        sources = (self._events(), self._invoices(), self._payments(), self._messages())
        return SQL(" UNION ALL ").join(sources)

    def _events(self):
        topics = [
            SQL("WHEN event.kind LIKE %s THEN %s", f"{prefix.replace('_', chr(92) + '_')}%", topic)
            for prefix, topic in TOPICS_OF.items()
        ]
        return SQL(
            """
            SELECT event.id * 4::bigint AS id, event.case_id, event.company_id, event.at,
                   CASE %s ELSE 'other' END AS topic, event.kind, event.id AS event_id,
                   NULL::integer AS message_id, event.res_model, event.res_id,
                   NULL::varchar AS name, author.partner_id AS author_id,
                   NULL::numeric AS amount, NULL::integer AS currency_id
              FROM collection_event event
              JOIN res_users author ON author.id = event.user_id
             WHERE event.case_id IS NOT NULL AND event.kind != 'touchpoint_planned'
            """,
            SQL(" ").join(topics),
        )

    def _invoices(self):
        return SQL(
            """
            SELECT move.id * 4::bigint + 1, ccase.id, move.company_id,
                   move.invoice_date + interval '12 hours', 'invoice', move.move_type, NULL, NULL,
                   'account.move', move.id, move.name, NULL, move.amount_total, move.currency_id
              FROM account_move move
              JOIN collection_case ccase
                ON ccase.partner_id = move.commercial_partner_id
               AND ccase.company_id = move.company_id
             WHERE move.state = 'posted' AND move.move_type IN ('out_invoice', 'out_refund')
            """
        )

    def _payments(self):
        return SQL(
            """
            SELECT credit.id * 4::bigint + 2, ccase.id, credit.company_id,
                   credit.date + interval '12 hours', 'payment',
                   CASE WHEN move.move_type = 'out_refund' THEN 'credited' ELSE 'paid' END,
                   NULL, NULL, 'account.move', move.id, move.name, NULL,
                   SUM(partial.debit_amount_currency), debit.currency_id
              FROM account_partial_reconcile partial
              JOIN account_move_line debit ON debit.id = partial.debit_move_id
              JOIN account_move_line credit ON credit.id = partial.credit_move_id
              JOIN account_move move ON move.id = credit.move_id
              JOIN account_account account ON account.id = debit.account_id
              JOIN res_partner contact ON contact.id = debit.partner_id
              JOIN collection_case ccase
                ON ccase.partner_id = contact.commercial_partner_id
               AND ccase.company_id = debit.company_id
             WHERE account.account_type = 'asset_receivable'
               AND debit.parent_state = 'posted' AND credit.parent_state = 'posted'
               AND partial.debit_amount_currency != 0
             GROUP BY credit.id, ccase.id, move.id, debit.currency_id
            """
        )

    def _messages(self):
        return SQL(
            """
            SELECT message.id * 4::bigint + 3, ccase.id, ccase.company_id, message.date, 'note',
                   message.message_type, NULL, message.id, 'collection.case', ccase.id, NULL,
                   message.author_id, NULL, NULL
              FROM mail_message message
              JOIN collection_case ccase ON ccase.id = message.res_id
             WHERE message.model = 'collection.case'
               AND (message.message_type IN ('comment', 'email', 'email_outgoing')
                    OR message.mail_activity_type_id IS NOT NULL)
               AND NOT EXISTS (SELECT 1 FROM collection_touchpoint touchpoint
                                WHERE touchpoint.message_id = message.id)
            """
        )

    # === ACTION METHODS === #

    def action_open(self):
        """Open what the row is about."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }
