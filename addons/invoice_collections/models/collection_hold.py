from odoo import fields, models

#: Why people stop a case themselves.
PAUSE_REASONS = [
    ("hold", "Paused by us"),
    ("reply", "The customer wrote to us"),
]

#: Why nothing is chased; the codes are those the guard tells. Only the first ones are people's.
HOLD_REASONS = [
    *PAUSE_REASONS,
    ("pending_money", "Money is on its way or not assigned yet"),
    ("legal_stop", "Insolvency or legal stop"),
    ("dispute", "Disputed"),
    ("promise", "Payment promised"),
    ("plan", "Payment plan"),
    ("hardship", "Hardship"),
]


class CollectionHold(models.AbstractModel):
    """What stops a case: a person's pause, or what the facts say (see ``core.standing``)."""

    _name = "collection.hold"
    _description = "Hold"

    pause_reason = fields.Selection(PAUSE_REASONS, readonly=True, copy=False)
    pause_until = fields.Date(readonly=True, copy=False, help="The last day; empty: no end.")
    pause_note = fields.Char("Note", readonly=True, copy=False)
    hold_reason = fields.Selection(HOLD_REASONS, readonly=True, copy=False, tracking=True)
    hold_until = fields.Date(
        readonly=True, copy=False, tracking=True, help="The last day on hold; empty: no end."
    )

    # === ACTION METHODS === #

    def action_hold(self):
        """Ask for the last day of a pause."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Hold"),
            "res_model": "collection.case.hold",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_case_ids": self.ids},
        }

    def action_resume(self):
        """End the pause; the facts decide where the case stands."""
        self.check_access("write")
        cases_sudo = self.sudo()
        cases_sudo._end_pause()
        cases_sudo._evaluate()

    # === BUSINESS METHODS === #

    def _hold(self, reason="hold", until=None, note=None):
        """Pause the cases: no reminder until the day after ``until``, or until resumed.

        :param reason: a code of ``PAUSE_REASONS``
        :raise AccessError: for who may not write the cases
        """
        self.check_access("write")
        cases_sudo = self.sudo()
        cases_sudo.write({"pause_reason": reason, "pause_until": until, "pause_note": note})
        self.env["collection.event"]._log_many(
            [
                ("case_held", case, {"reason": reason, "until": str(until or ""), "note": note})
                for case in self
            ]
        )
        cases_sudo._evaluate()

    def _end_pause(self):
        """Forget the pauses of these cases, and record it."""
        paused = self.filtered("pause_reason")
        paused.write({"pause_reason": False, "pause_until": False, "pause_note": False})
        self.env["collection.event"]._log_many([("case_resumed", case, None) for case in paused])

    def _is_paused(self, today):
        """Return whether a person's pause covers ``today``."""
        self.ensure_one()
        return bool(self.pause_reason) and (not self.pause_until or today <= self.pause_until)
