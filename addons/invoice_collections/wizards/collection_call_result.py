from odoo import fields, models

#: What a call brought. Reached: somebody spoke with the customer.
RESULTS = [
    ("reached", "Spoke with the customer"),
    ("payment_sent", "They say it is paid"),
    ("not_received", "They have not got the invoice"),
    ("waiting_approval", "It waits for approval on their side"),
    ("dispute", "They say something is wrong"),
    ("voicemail", "Left a message"),
    ("unreachable", "Nobody answered"),
    ("wrong_number", "Wrong number"),
]

_SPOKE = ("reached", "payment_sent", "not_received", "waiting_approval", "dispute")


class CollectionCallResult(models.TransientModel):
    """Asks what a call brought, and carries it to the touchpoint and the case."""

    _name = "collection.call.result"
    _description = "Result of a Call"

    touchpoint_id = fields.Many2one("collection.touchpoint", required=True, readonly=True)
    result = fields.Selection(RESULTS, required=True)
    note = fields.Text()

    def action_save(self):
        """Take the result down: one line on the case, the fate of the touchpoint, the number.

        Whoever says it is paid is asked when, and with which text.
        """
        self.ensure_one()
        self.touchpoint_id.case_id.check_access("write")
        touchpoint_sudo = self.touchpoint_id.sudo()
        if touchpoint_sudo.state != "queued":
            return None
        touchpoint_sudo.activity_id.unlink()
        label = dict(self._fields["result"]._description_selection(self.env))[self.result]
        touchpoint_sudo.case_id.message_post(
            body=self.env._(
                "Call: %(result)s. %(note)s", result=label, note=self.note or ""
            ).strip(),
            subtype_xmlid="mail.mt_note",
        )
        self.env["collection.event"]._log(
            "call_made", touchpoint_sudo, payload={"result": self.result, "note": self.note or ""}
        )
        if self.result == "wrong_number":
            touchpoint_sudo._record_bounce(permanent=True, reason=label)
        elif self.result == "unreachable":
            touchpoint_sudo._record_bounce(permanent=False, reason=label)
        else:
            touchpoint_sudo._record_sent()
            if self.result in _SPOKE:
                touchpoint_sudo._record_delivered()
                touchpoint_sudo._record_reply()
        if self.result == "payment_sent":
            return self.touchpoint_id.case_id.action_paid_claim()
        return None
