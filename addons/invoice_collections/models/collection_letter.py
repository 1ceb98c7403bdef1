import hashlib
import logging

from odoo import Command, api, fields, models
from odoo.tools import groupby

_logger = logging.getLogger(__name__)

#: Rows of one kind in a letter: more make a mail that no program opens.
_MOST_ROWS = 100


class CollectionTouchpoint(models.Model):
    _inherit = "collection.touchpoint"

    items_html = fields.Html(
        "Table of items",
        compute="_compute_items_html",
        sanitize=False,
        help="Due, upcoming and credits as a table, for the words of a step.",
    )
    debtor_url = fields.Char(
        "Link for the customer", compute="_compute_debtor_url", groups="base.group_user"
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "item_ids.amount", "item_ids.block", "due_amount", "credit_amount", "net_amount", "date"
    )
    @api.depends_context("lang")
    def _compute_items_html(self):
        for touchpoint in self:
            touchpoint.items_html = self.env["ir.qweb"]._render(
                "invoice_collections.letter_items", {"touchpoint": touchpoint}
            )

    @api.model
    def _letter_rows(self):
        """Return how many rows a letter lists of each kind; the page of the customer has all."""
        return _MOST_ROWS

    def _compute_debtor_url(self):
        for touchpoint in self:
            touchpoint.debtor_url = touchpoint.case_id._debtor_url()

    # === PREPARE === #

    @api.model
    def _prepare_planned_values(self, plan, today, labels):
        """Return the values of a touchpoint for a planned contact.

        :param labels: ``{line id: number as the customer reads it}``
        """
        message, factor = plan.message, 10**plan.currency.decimal_places
        blocks = {
            "due": message.due,
            "upcoming": message.upcoming,
            "credit": message.credits,
            "held": message.held,
        }
        return {
            "case_id": plan.case.id,
            "partner_id": message.customer,
            "company_id": plan.case.company_id.id,
            "currency_id": plan.currency.id,
            "date": today,
            "step_id": message.step.key,
            "tone": str(message.step.tone),
            **self._prepare_channel_values(plan.choice),
            "lang": plan.lang,
            "due_amount": message.due_total / factor,
            "upcoming_amount": message.upcoming_total / factor,
            "credit_amount": message.credit_total / factor,
            "net_amount": message.asked / factor,
            "item_ids": [
                Command.create(
                    {
                        "move_line_id": item.key,
                        "block": block,
                        "label": labels[item.key],
                        "due_date": item.due_date,
                        "amount": item.residual / factor,
                        "step_id": item.step.key if item.step else False,
                        "is_step": bool(item.step) and block in ("due", "upcoming"),
                        "offset_days": item.step.offset_days if item.step else 0,
                        "hold_reasons": ",".join(sorted(item.held)) or False,
                    }
                )
                for block, items in blocks.items()
                for item in items
            ],
        }

    # === SEND === #

    def _queue_mails(self):
        """Write the mails of these touchpoints and leave them in Odoo's queue.

        One message on the case, one mail and one notification a touchpoint, each created in one
        batch; all of it is in the transaction of the touchpoint, or not there.

        :return: the touchpoints that are queued now
        """
        letters = self._write_letters()
        self = self._hold_unwritten(letters)  # noqa: PLW0642 the rest of them go out
        messages = self._keep_messages(letters)
        mails = self._create_mails(messages, letters)
        for touchpoint, mail in zip(self, mails, strict=True):
            touchpoint.mail_id = mail
        self._record_queued()
        return self

    def _keep_messages(self, letters):
        """Keep what is said on the cases, one message a touchpoint, and return the messages."""
        messages = self.env["mail.message"].create(
            [touchpoint._prepare_message_values(*letters[touchpoint]) for touchpoint in self]
        )
        for touchpoint, message in zip(self, messages, strict=True):
            touchpoint.write({"message_id": message.id, "subject": message.subject})
        return messages

    def _record_queued(self):
        """Record that these wait to leave, with what they say as evidence."""
        self._transition(
            "queued",
            {"block_reason": False, "retry_date": False},
            lambda touchpoint: touchpoint._letter_evidence(),
        )
        for day, touchpoints in self.grouped("date").items():
            touchpoints.case_id.write({"last_contact_date": day})

    def _create_mails(self, messages, letters):
        """Create a mail and a notification for each message, in the order of the touchpoints."""
        mails = self.env["mail.mail"].create(
            [
                touchpoint._prepare_mail_values(message, letters[touchpoint][1])
                for touchpoint, message in zip(self, messages, strict=True)
            ]
        )
        self.env["mail.notification"].create(
            [
                touchpoint._prepare_notification_values(message, mail)
                for touchpoint, message, mail in zip(self, messages, mails, strict=True)
            ]
        )
        return mails

    def _text(self):
        """Return the text this contact says: that of its step."""
        self.ensure_one()
        return self.step_id._text()

    def _write_letters(self):
        """Return ``{touchpoint: (subject, body)}``, each in its customer's language.

        A touchpoint whose text cannot be rendered is not in the answer: a mistake in one template
        must not silence the others.
        """
        letters = {}
        for template, group in groupby(self, lambda touchpoint: touchpoint._text()):
            ids = [touchpoint.id for touchpoint in group]
            try:
                with self.env.cr.savepoint():
                    subjects = template._render_field("subject", ids, compute_lang=True)
                    bodies = template._render_field("body_html", ids, compute_lang=True)
            except Exception:  # a template is code of its author: anything may happen in it
                _logger.exception("Mail template %s cannot be rendered", template.id)
                continue
            letters.update(
                {
                    touchpoint: (subjects[touchpoint.id], bodies[touchpoint.id])
                    for touchpoint in group
                }
            )
        return letters

    def _hold_unwritten(self, letters):
        """Hold back, and tell a person about, the touchpoints without a letter.

        :return: those that have one
        """
        unwritten = self.filtered(lambda touchpoint: touchpoint not in letters)
        unwritten._stop("broken_text")
        unwritten._ask(self.env._("The words of a reminder contain a mistake"))
        return self - unwritten

    def _prepare_mail_values(self, message, body):
        """Return the values of the mail that carries ``message``."""
        self.ensure_one()
        return {
            "mail_message_id": message.id,
            "body_html": self._in_layout(body),
            "recipient_ids": [Command.link(self.contact_id.id)],
            "is_notification": True,
            "auto_delete": False,
            "state": "outgoing",
            "references": message.message_id,
            "headers": repr(self._mail_headers()),
        }

    def _mail_headers(self):
        """Return what tells mail programs that a machine wrote, and how to be left alone."""
        self.ensure_one()
        stop = self.case_id._opt_out_url(self.channel)
        return {
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "OOF, AutoReply",
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }

    def _prepare_notification_values(self, message, mail):
        """Return the values of the row in which Odoo keeps the fate of a mail."""
        self.ensure_one()
        return {
            "author_id": message.author_id.id,
            "mail_message_id": message.id,
            "mail_mail_id": mail.id,
            "res_partner_id": self.contact_id.id,
            "notification_type": "email",
            "notification_status": "ready",
            "is_read": True,
        }

    def _prepare_message_values(self, subject, body):
        """Return the values of the message kept on the case."""
        self.ensure_one()
        company = self.company_id
        author = company.partner_id
        sender = company.email_formatted or author.email_formatted or self.env.user.email_formatted
        by_mail = self.channel == "email"
        return {
            "model": "collection.case",
            "res_id": self.case_id.id,
            "record_name": self.partner_id.name,
            "record_company_id": company.id,
            "record_alias_domain_id": company.alias_domain_id.id,
            "message_type": "email_outgoing" if by_mail else "comment",
            "subtype_id": self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_note"),
            "subject": subject,
            "body": body,
            "author_id": author.id,
            "email_from": sender,
            "reply_to": company.catchall_formatted or sender,
            "partner_ids": [Command.link(self.contact_id.id)] if by_mail else [],
        }

    def _in_layout(self, body):
        """Return the body in the frame of the mail, in the customer's language."""
        self.ensure_one()
        touchpoint = self.with_context(lang=self.lang)
        return touchpoint.env["ir.qweb"]._render(
            "invoice_collections.mail_layout",
            {"touchpoint": touchpoint, "company": touchpoint.company_id, "body": body},
            minimal_qcontext=True,
        )

    def _letter_evidence(self):
        """Return what an event keeps of a letter: words as a hash, amounts as text."""
        self.ensure_one()
        return {
            "channel": self.channel,
            "to": self.address or self.email,
            "lang": self.lang,
            "step": self.step_id.id,
            "tone": self.tone,
            "template": self._text().id,
            "subject": self.subject,
            "body_sha256": hashlib.sha256((self.message_id.body or "").encode()).hexdigest(),
            "currency": self.currency_id.name,
            "items": [
                [item.block, item.label, str(item.due_date), self._exact(item.amount)]
                for item in self.item_ids
            ],
        }

    def _exact(self, amount):
        """Return an amount as exact decimal text of the touchpoint's currency."""
        return f"{amount:.{self.currency_id.decimal_places}f}"
