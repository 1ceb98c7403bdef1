from datetime import timedelta

from odoo import fields, models

#: Odoo's states of a text that left us.
_LEFT = ("success", "sent", "processing", "delivered")
#: Reasons of Odoo's own provider that mean the number never gets one.
_DEAD = ("wrong_number_format", "sms_number_missing")
#: Hours for which a text is tried again while the gateway says "not now".
_PATIENCE = timedelta(hours=24)


class CollectionTouchpoint(models.Model):
    _inherit = "collection.touchpoint"

    # === BUSINESS METHODS - TEXT MESSAGES === #

    def _record_text_result(self, result, texts):
        """Carry what a provider answered at once about one text."""
        self.ensure_one()
        answer = result.get("collection_answer")
        text = texts.filtered(lambda one: one.uuid == result["uuid"])
        if answer and answer.state == "later" and self._is_patient(text):
            text.write({"state": "outgoing", "failure_type": False, "to_delete": False})
            again = fields.Datetime.now() + timedelta(minutes=5)
            self.env.ref("sms.ir_cron_sms_scheduler_action")._trigger(at=again)
        elif answer and answer.state == "later":
            self._record_failure("later", f"{answer.code} {answer.reason}".strip())
        elif answer:
            self._record_answer(answer)
        elif result["state"] in _LEFT:
            self._record_sent()
        elif result["state"] in _DEAD:
            self._record_bounce(permanent=True, reason=result["state"])
        else:
            self._record_failure(result["state"], result.get("failure_reason"))

    def _is_patient(self, text):
        """Return whether a text may still wait for its gateway."""
        since = max(filter(None, (text.create_date, self.next_try_at)), default=None)
        return bool(text) and since > fields.Datetime.now() - _PATIENCE
