import logging
from datetime import UTC, timedelta

import requests

from odoo import api, fields, models
from odoo.tools.misc import hash_sign, verify_hash_signed

from ..connectors import gateway
from .collection_channel_gateway import SIGNED

_logger = logging.getLogger(__name__)

#: Attempts at handing over before a person is told, and minutes before the second one; each
#: further one waits twice as long.
MOST_TRIES = 8
FIRST_WAIT = 5
#: What a receipt is signed for, and for how long one is taken.
RECEIPT_SCOPE = "invoice_collections.receipt"
RECEIPT_DAYS = 30


class CollectionTouchpoint(models.Model):
    _inherit = "collection.touchpoint"

    tries = fields.Integer(readonly=True, copy=False)
    next_try_at = fields.Datetime(
        "Waits until", readonly=True, copy=False, help="It stays in the queue so long. In UTC."
    )
    gateway_reference = fields.Char(readonly=True, copy=False)

    # === CRON === #

    @api.model
    def _cron_relay(self):
        """Hand what waits for another system over, one at a time, each in its own transaction.

        A worker that is killed between handing over and committing does it again: the receiver
        knows the event by its id, which stays the same.
        """
        cron = self.env["ir.cron"]
        waiting = self._relay_waiting()
        cron._commit_progress(remaining=len(waiting))
        session = requests.Session()
        for touchpoint in waiting:
            try:
                touchpoint.with_company(touchpoint.company_id)._relay(session)
            except Exception:
                self.env.cr.rollback()
                _logger.exception("Touchpoint %s could not be handed over", touchpoint.id)
            if not cron._commit_progress(1):
                break

    # === BUSINESS METHODS === #

    @api.model
    def _relay_waiting(self):
        """Return what may be tried now."""
        by_hand = self.env["collection.channel"].search(
            [("code", "=", "call"), ("url", "=", False)]
        )
        return self.search(
            [
                ("state", "=", "queued"),
                ("channel", "in", SIGNED),
                "|",
                ("next_try_at", "=", False),
                ("next_try_at", "<=", fields.Datetime.now()),
                "|",
                ("channel", "!=", "call"),
                ("company_id", "not in", by_hand.company_id.ids),
            ],
            order="id",
        )

    def _relay(self, session):
        """Look once more, then hand this one over. Another worker at it is not waited for."""
        self.ensure_one()
        if not self.try_lock_for_update() or self.state != "queued":
            return
        self._recheck()
        if self.state != "queued" or self._postpone():
            return
        channel = self.env["collection.channel"]._of(self.company_id, self.channel)
        answer = gateway.post_event(
            session,
            channel.url or "",
            channel._reveal_secret(),
            self._event_id(),
            self._event_body(),
            fields.Datetime.now().replace(tzinfo=UTC),
        )
        self._record_answer(answer)

    def _event_id(self):
        """Return the id the receiver knows this contact by, the same for every attempt."""
        database = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        return f"{database}-{self.id}"

    def _event_body(self):
        """Return what another system is told: enough to reach the customer and say it."""
        self.ensure_one()
        return {
            "type": f"collection.{'call' if self.channel == 'call' else 'reminder'}",
            "timestamp": f"{fields.Datetime.now().isoformat()}Z",
            "data": {
                "id": self._event_id(),
                "channel": self.channel,
                "to": self.address,
                "customer": {"name": self.partner_id.name, "reference": self.partner_id.ref or ""},
                "language": self.lang,
                "tone": int(self.tone or 1),
                "subject": self.subject or "",
                "text": self.short_text or "",
                "currency": self.currency_id.name,
                "amount": self._exact(self.net_amount),
                "documents": [
                    {
                        "number": item.label,
                        "due_date": str(item.due_date),
                        "amount": self._exact(item.amount),
                    }
                    for item in self.item_ids
                    if item.block in ("due", "upcoming")
                ],
                "page_url": self.debtor_url,
                "receipt_url": self._receipt_url(),
            },
        }

    def _record_answer(self, answer):
        """Carry what a gateway answered at once.

        What nobody knows is asked again only where the receiver knows the event by its id.
        """
        self.ensure_one()
        if answer.state == "taken":
            self.gateway_reference = answer.reference
            self._record_sent()
        elif answer.state == "unknown" and self.channel not in SIGNED:
            self._record_unknown()
        elif answer.state in ("later", "unknown") and self.tries + 1 < MOST_TRIES:
            wait = timedelta(minutes=FIRST_WAIT * 2**self.tries)
            self.write({"tries": self.tries + 1, "next_try_at": fields.Datetime.now() + wait})
        elif answer.opted_out:
            self._record_bounce(permanent=False, reason=answer.reason)
            self.case_id._opt_out([self.channel], "gateway")
        elif answer.dead_address:
            self._record_bounce(permanent=True, reason=f"{answer.code} {answer.reason}".strip())
        else:
            self._record_failure(answer.state, f"{answer.code} {answer.reason}".strip())

    # === RECEIPTS === #

    def _receipt_url(self):
        """Return where a gateway says what became of this contact; signed, for a month."""
        self.ensure_one()
        token = hash_sign(
            self.sudo().env, RECEIPT_SCOPE, self.id, expiration_hours=RECEIPT_DAYS * 24
        )
        return f"{self.company_id.get_base_url()}/collections/receipt/{token}"

    @api.model
    def _from_receipt_token(self, token):
        """Return the touchpoint (sudo) a receipt is about; an empty one for any wrong token."""
        try:
            touchpoint_id = verify_hash_signed(self.sudo().env, RECEIPT_SCOPE, token)
        except (ValueError, TypeError, IndexError):
            touchpoint_id = None
        return self.sudo().browse(touchpoint_id or []).exists()

    def _record_receipt(self, status, reason="", permanent=False):
        """Carry what a gateway said later. Said twice, or too late, it changes nothing.

        :param status: ``delivered``, ``failed`` or ``replied``
        """
        self.ensure_one()
        if status == "delivered":
            self._record_delivered()
        elif status == "failed" and self.state in ("queued", "sent", "unknown"):
            self._record_bounce(permanent, reason[:200])
        elif status == "replied":
            self.case_id._record_answer(self.address, self.channel)
