import logging

import lxml.html

from odoo import fields, models
from odoo.tools import plaintext2html

_logger = logging.getLogger(__name__)

#: Channels that say it in a few words, not in a letter.
SHORT = ("portal", "push", "sms", "call", "webhook")


class CollectionTouchpoint(models.Model):
    _inherit = "collection.touchpoint"

    short_text = fields.Text("Words", readonly=True, copy=False)
    sms_uuid = fields.Char(readonly=True, copy=False, index="btree_not_null")
    activity_id = fields.Many2one(
        "mail.activity", "Call task", readonly=True, copy=False, ondelete="set null"
    )

    # === SEND === #

    def _write_letters(self):
        """Add the few words of those that go out on a short channel."""
        short = self.filtered(lambda one: one.channel in SHORT)
        letters = super(CollectionTouchpoint, self - short)._write_letters()
        for one, words in short._own_words().items():
            text = one._write_short_text(words)
            one.short_text = text
            letters[one] = (one._short_subject(), plaintext2html(text))
        return letters

    def _short_subject(self):
        """Return what the few words are called where a subject is asked for."""
        self.ensure_one()
        return self.step_id.with_context(lang=self.lang).name

    def _own_words(self):
        """Return ``{touchpoint: its few words as the text of its step has them}``.

        Empty where the text has none, and for calls: they have their script. A touchpoint whose
        words cannot be rendered is not in the answer.
        """
        words = {}
        for template, group in self.grouped(lambda one: one._text()).items():
            spoken = group.filtered(lambda one: one.channel == "call")
            words.update(dict.fromkeys(spoken, ""))
            words.update((group - spoken)._render_own_words(template))
        return words

    def _render_own_words(self, template):
        """Return ``{touchpoint: few words}`` of one text."""
        if not self or not template.collection_short_text:
            return dict.fromkeys(self, "")
        try:
            with self.env.cr.savepoint():
                ids = list(self._ids)
                words = template._render_field("collection_short_text", ids, compute_lang=True)
        except Exception:  # a template is code of its author: anything may happen in it
            _logger.exception("Few words of mail template %s cannot be rendered", template.id)
            return {}
        return {one: words[one.id] for one in self}

    def _write_short_text(self, words=""):
        """Return what a short channel says, in the customer's language.

        :param words: what the text of the step says; without it our own few words of the tone
        """
        self.ensure_one()
        template = "call_script" if self.channel == "call" else "short_text"
        touchpoint = self.with_context(lang=self.lang)
        html = touchpoint.env["ir.qweb"]._render(
            f"invoice_collections.{template}",
            {
                "touchpoint": touchpoint,
                "company": touchpoint.company_id,
                "words": words.splitlines(),
                "has_link": f"{touchpoint.company_id.get_base_url()}/collections/" in words,
            },
            minimal_qcontext=True,
        )
        lines = lxml.html.fragments_fromstring(str(html), no_leading_text=True)
        words = (" ".join(line.text_content().split()) for line in lines)
        # What follows an amount in its own tag is a sentence's end in some languages.
        return "\n".join(line.replace(" .", ".") for line in words if line)

    def _queue_short(self):
        """Write the few words of these and leave them in our own queue.

        :return: the touchpoints that are queued now
        """
        letters = self._write_letters()
        self = self._hold_unwritten(letters)  # noqa: PLW0642 the rest of them go out
        self._keep_messages(letters)
        self._record_queued()
        return self

    def _queue_posts(self):
        """Leave these for the relay, which talks to the other systems after the transaction."""
        queued = self._queue_short()
        self.env.ref("invoice_collections.collection_touchpoint_cron_relay").sudo()._trigger()
        return queued

    def _queue_notices(self):
        """Show these in the customer's portal from now on: that is all there is to sending them."""
        queued = self._queue_short()
        queued._record_sent()
        return queued

    def _queue_texts(self):
        """Write text messages into Odoo's queue, with what carries their outcome back."""
        queued = self._queue_short()
        texts = self.env["sms.sms"].create(
            [
                {
                    "number": one.address,
                    "body": one.short_text,
                    "partner_id": one.contact_id.id,
                    "mail_message_id": one.message_id.id,
                }
                for one in queued
            ]
        )
        notifications = self.env["mail.notification"].create(
            [
                {
                    "author_id": one.message_id.author_id.id,
                    "mail_message_id": one.message_id.id,
                    "res_partner_id": one.contact_id.id,
                    "sms_number": one.address,
                    "notification_type": "sms",
                    "notification_status": "ready",
                    "is_read": True,
                }
                for one in queued
            ]
        )
        self.env["sms.tracker"].create(
            [
                {"sms_uuid": text.uuid, "mail_notification_id": notification.id}
                for text, notification in zip(texts, notifications, strict=True)
            ]
        )
        for one, text in zip(queued, texts, strict=True):
            one.sms_uuid = text.uuid
        return queued

    def _queue_calls(self):
        """Give a person each call with its script; a company with a calling system uses that."""
        machine = self.browse()
        for company, calls in self.grouped("company_id").items():
            if self.env["collection.channel"]._of(company, "call").url:
                machine |= calls
        queued = machine._queue_posts() if machine else machine
        by_hand = (self - machine)._queue_short()
        for one in by_hand:
            one.activity_id = one.case_id.activity_schedule(
                "mail.mail_activity_data_call",
                one.date,
                summary=self.env._("Call %(number)s", number=one.address),
                note=plaintext2html(one.short_text),
                user_id=one.case_id._responsible().id,
            )
        return queued | by_hand

    def _rewrite_mails(self):
        """Bring the few words of waiting short messages up to date, too."""
        result = super()._rewrite_mails()
        texts = self.env["sms.sms"].sudo()
        by_uuid = texts.search(
            [
                ("uuid", "in", self.filtered("sms_uuid").mapped("sms_uuid")),
                ("state", "=", "outgoing"),
            ]
        ).grouped("uuid")
        for one in self.filtered("sms_uuid"):
            by_uuid.get(one.sms_uuid, texts).body = one.short_text
        for one in self.filtered("activity_id"):
            one.activity_id.note = plaintext2html(one.short_text)
        return result

    def _withdraw_mails(self):
        """Withdraw texts and call tasks, too."""
        result = super()._withdraw_mails()
        self.env["sms.sms"].sudo().search(
            [
                ("uuid", "in", self.filtered("sms_uuid").mapped("sms_uuid")),
                ("state", "in", ("outgoing", "error")),
            ]
        ).action_set_canceled()
        self.activity_id.unlink()
        return result
