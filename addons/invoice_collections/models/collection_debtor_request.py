from datetime import timedelta

from markupsafe import escape

from odoo import fields, models
from odoo.exceptions import UserError

#: How often a customer can tell us one kind of thing in a day; more is noise, and costs us time.
MOST_A_DAY = 10

#: For how long nothing goes out by itself once a customer says they are in difficulty: by then a
#: person has talked to them and decided.
HARDSHIP_DAYS = 30

#: What a customer may say is wrong; that it is paid already has a form of its own.
_CATEGORIES = (
    "price",
    "quantity",
    "quality",
    "not_received",
    "not_ordered",
    "duplicate",
    "wrong_recipient",
    "missing_document",
    "other",
)


class CollectionCase(models.Model):
    _inherit = "collection.case"

    paid_claim_ids = fields.One2many(
        "collection.paid.claim", "case_id", "Reported payments", readonly=True
    )

    # === BUSINESS METHODS - WHAT THE CUSTOMER TELLS US === #

    def _debtor_ask(self, summary, note):
        """Leave a person a task about something the customer said, unless it is there already."""
        self.ensure_one()
        user = (
            self.user_id
            or self.company_id._collection_policy().user_id
            or self.env.ref("base.user_admin")
        )
        same = self.activity_ids.filtered(lambda activity: activity.summary == summary)
        if note in same.mapped(lambda activity: activity.note and activity.note.striptags()):
            return
        self.with_context(mail_activity_quick_update=True).activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=self.company_id._collection_today(),
            summary=summary,
            note=escape(note),
            user_id=user.id,
        )

    def _debtor_say(self, text):
        """Keep on the case, as the customer's own words, what they told us on their page."""
        self.ensure_one()
        self.message_post(
            body=text,
            author_id=self.partner_id.id,
            message_type="comment",
            subtype_xmlid="mail.mt_note",
        )

    def _debtor_not_too_often(self, kind):
        """Refuse what a visitor tells us over and over.

        :param kind: of the event that records it
        :raise UserError: with a sentence for the customer
        """
        self.ensure_one()
        told = self.env["collection.event"].search_count(
            [
                ("case_id", "=", self.id),
                ("kind", "=", kind),
                ("user_id", "=", self.env.uid),
                ("at", ">", fields.Datetime.now() - timedelta(days=1)),
            ]
        )
        if told >= MOST_A_DAY:
            raise UserError(self.env._("That is a lot for one day: please talk to us."))

    def _debtor_chosen_lines(self, choice):
        """Return the open items of the chosen documents."""
        return self.env["account.move.line"].union(*(row["lines"] for row in choice["rows"]))

    def _debtor_report_paid(self, choice, paid_date, reference, source):
        """Record that the customer has paid the chosen documents.

        :param choice: a section with ``rows`` and ``total``
        :return: the claim (sudo)
        """
        self.ensure_one()
        self._debtor_not_too_often("paid_claimed")
        lines = self._debtor_chosen_lines(choice)
        claims = self.env["collection.paid.claim"]
        claim = claims._take(self, lines, choice["total"], paid_date, reference, source)
        if claim.repeated_line_ids:
            self._debtor_ask(
                self.env._("Reported as paid once more"),
                ", ".join(claim.repeated_line_ids.move_id.mapped("name")),
            )
        return claim

    def _debtor_promise(self, choice, date, amount=None):
        """Take the customer's promise to pay the chosen documents, or a part of them.

        :param amount: the part; ``None``: all of it
        :raise UserError: with a sentence for the customer, when it cannot be meant so
        """
        self.ensure_one()
        lines = self._debtor_chosen_lines(choice)
        amount = choice["total"] if amount is None else amount
        return self.env["collection.promise"]._take(self, lines, amount, date, "customer")

    def _debtor_dispute_categories(self):
        """Return ``[(code, label)]`` of what the customer may say is wrong."""
        field = self.env["collection.dispute"]._fields["category"]
        labels = dict(field._description_selection(self.env))
        return [(code, labels[code]) for code in _CATEGORIES if code in labels]

    def _debtor_dispute(self, row, amount, category, note, files):
        """Take down what the customer does not agree with on one document.

        :param row: see :meth:`_debtor_row`
        :param amount: the part that is disputed; ``None``: all that is open
        :param files: ``(name, bytes)`` pairs
        :raise UserError: with a sentence for the customer, when it cannot be disputed
        """
        self.ensure_one()
        self._debtor_not_too_often("dispute_new")
        parts = dict.fromkeys(row["lines"])
        if amount is not None:
            parts = self._debtor_parts(row["lines"], amount)
        return self.env["collection.dispute"]._open(self, parts, category, note, "customer", files)

    def _debtor_parts(self, lines, amount):
        """Return ``{item: its part of the amount}``, the latest due date first.

        What is disputed is seldom what was due first.
        """
        parts, currency = {}, lines.currency_id
        for line in reversed(lines):
            part = currency.round(min(amount, line.amount_residual_currency))
            if currency.compare_amounts(part, 0) > 0:
                parts[line] = part
                amount -= part
        return parts

    def _debtor_ask_plan(self, choice, count, first, note):
        """Leave a person the customer's request to pay in installments; nothing is agreed by it.

        Where an offer foresees it, a quote is ready for them.
        """
        self.ensure_one()
        self._debtor_not_too_often("plan_requested")
        currency = choice["currency"]
        numbers = ", ".join(row["move"].name for row in choice["rows"])
        text = self.env._(
            "Asks to pay %(amount)s in %(count)s monthly payments from %(day)s on (%(invoices)s).",
            amount=currency.format(choice["total"]),
            count=count,
            day=self._format_date(first),
            invoices=numbers,
        )
        text = f"{text} {note}".strip()
        lines = self._debtor_chosen_lines(choice)
        self._debtor_ready_quote(lines, count, first, note)
        self._debtor_ask(self.env._("Asks for installments"), text)
        self._debtor_say(text)
        self.env["collection.event"]._log(
            "plan_requested",
            self,
            payload={
                "amount": f"{choice['total']:.{currency.decimal_places}f}",
                "currency": currency.name,
                "payments": count,
                "first": str(first),
                "invoices": [row["move"].name for row in choice["rows"]],
            },
        )

    def _debtor_tell_hardship(self):
        """Stop what goes out by itself, and have a person talk to the customer, who then decides.

        A pause a person has made stands: it is not shortened, nor its reason changed.
        """
        self.ensure_one()
        self._debtor_ask(
            self.env._("Says to be in serious difficulty"),
            self.env._("Talk to the customer, or their debt adviser, and decide what stops."),
        )
        if not self._is_paused(self.company_id._collection_today()):
            until = self.company_id._collection_today() + timedelta(days=HARDSHIP_DAYS)
            self._hold("reply", until, self.env._("Told by the customer on their page"))
