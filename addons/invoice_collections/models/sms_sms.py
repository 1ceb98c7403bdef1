import logging
from functools import partial

import requests

from odoo import api, models

from odoo.addons.sms.tools.sms_api import SmsApiBase

from ..connectors import gateway

_logger = logging.getLogger(__name__)


class SmsApiGateway(SmsApiBase):
    """Odoo's door to text messages, leading to the gateway a company has set up."""

    PROVIDER_TO_SMS_FAILURE_TYPE = {
        **SmsApiBase.PROVIDER_TO_SMS_FAILURE_TYPE,
        "refused": "sms_server",
        "unknown": "sms_server",
    }

    def _send_sms_batch(self, messages, delivery_reports_url=False):
        """Hand each message over; see the base for what comes in and goes out."""
        channel = self.env["collection.channel"]._of(self.company, "sms")
        credentials = (channel.account or "", channel._reveal_secret())
        uuids = [number["uuid"] for message in messages for number in message["numbers"]]
        touchpoints = self.env["collection.touchpoint"].sudo().search([("sms_uuid", "in", uuids)])
        by_uuid = touchpoints.grouped("sms_uuid")
        results, session = [], requests.Session()
        for message in messages:
            for number in message["numbers"]:
                message_fields = {
                    "From": channel.sender or "",
                    "To": number["number"] or "",
                    "Body": message["content"],
                }
                if touchpoint := by_uuid.get(number["uuid"]):
                    message_fields["StatusCallback"] = touchpoint[:1]._receipt_url()
                answer = gateway.send_text(session, channel.url, credentials, message_fields)
                results.append(self._result(number["uuid"], answer))
        return results

    def _result(self, uuid, answer):
        """Return an answer in Odoo's words; our own go along."""
        states = {"taken": "sent", "later": "server_error"}
        state = "wrong_number_format" if answer.dead_address else states.get(answer.state)
        return {
            "uuid": uuid,
            "state": state or answer.state,
            "failure_reason": answer.reason or False,
            "collection_answer": answer,
        }


class SmsSms(models.Model):
    _inherit = "sms.sms"

    def send(self, unlink_failed=False, unlink_sent=True, raise_exception=False):
        """Look at the books once more before a reminder leaves; what is settled is not sent."""
        touchpoints = self._collection_touchpoints()
        if touchpoints:
            kept = set(touchpoints._recheck_waiting().mapped("sms_uuid"))
            # Odoo's way to narrow a recordset.
            self = self.filtered(lambda sms: sms.uuid not in kept)  # noqa: PLW0642
        return super().send(
            unlink_failed=unlink_failed, unlink_sent=unlink_sent, raise_exception=raise_exception
        )

    @api.model
    def _process_queue(self):
        """Send what waits company by company: Odoo's own loop stops at the second company.

        Each reminder is a transaction of its own: neither a worker that is killed nor a text that
        fails touches another one.
        """
        domain = [("state", "=", "outgoing"), ("to_delete", "!=", True)]
        size = int(self.env["ir.config_parameter"].sudo().get_param("sms.session.batch.size", 500))
        records = self.search(domain, limit=size, order="id")
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self.search_count(domain) if records else 0)
        for company, texts in records.grouped(lambda sms: sms._get_sms_company()).items():
            uuids = set(texts._collection_touchpoints().mapped("sms_uuid"))
            reminders = texts.filtered(lambda sms, uuids=uuids: sms.uuid in uuids)
            for batch in filter(None, (*reminders, texts - reminders)):
                batch.with_company(company)._send_in_queue()
                cron._commit_progress(len(batch))

    def _send_in_queue(self):
        """Send these from the queue, which commits; what fails here leaves the others alone."""
        try:
            self.with_context(collection_claims=True).send()
        except Exception:
            self.env.cr.rollback()
            _logger.exception("Texts %s could not be sent", self.ids)

    def _send(self, *args, **how):
        """Claim a reminder before it is handed to the server.

        Only in the queue, which commits after each text: a transaction of somebody else stays
        whole.
        """
        in_queue = self.env.context.get("collection_claims")
        touchpoints = self._collection_touchpoints() if in_queue else None
        if not touchpoints:
            return super()._send(*args, **how)
        return touchpoints._hand_over(partial(super()._send, *args, **how))

    @api.model
    def _gateway_of(self, company):
        """Return the channel of a company that has a gateway of its own, or an empty one."""
        channel = self.env["collection.channel"]._of(company, "sms")
        return channel.filtered(lambda one: one.enabled and one.url)

    def _split_by_api(self):
        """Send the texts of companies with a gateway of their own through it."""
        others = self.browse()
        for company, texts in self.grouped(lambda sms: sms._get_sms_company()).items():
            if self._gateway_of(company):
                api_of_company = SmsApiGateway(self.env)
                api_of_company._set_company(company)
                yield api_of_company, texts
            else:
                others |= texts
        if others:
            yield from super(SmsSms, others)._split_by_api()

    def _handle_call_result_hook(self, results):
        """Carry the outcome to the touchpoints, whoever sent the text."""
        result_of_hook = super()._handle_call_result_hook(results)
        by_uuid = self._collection_touchpoints().grouped("sms_uuid")
        for result in results:
            touchpoint = by_uuid.get(result["uuid"])
            if touchpoint:
                touchpoint._record_text_result(result, self)
        return result_of_hook

    def _collection_touchpoints(self):
        """Return the touchpoints (sudo) of these texts that have not left."""
        return (
            self.env["collection.touchpoint"]
            .sudo()
            .search(
                [
                    ("sms_uuid", "in", self.mapped("uuid")),
                    ("state", "in", ("queued", "failed")),
                ]
            )
        )
