from odoo import fields, models

#: Why a person put a case on hold; the codes are those the guard tells.
HOLD_REASONS = [
    ("hold", "Paused by us"),
    ("dispute", "Disputed"),
    ("promise", "Payment promised"),
    ("hardship", "Hardship"),
    ("legal_stop", "Insolvency or legal stop"),
]


class CollectionHold(models.AbstractModel):
    """What lets people stop the reminders of a case, with a reason and an end."""

    _name = "collection.hold"
    _description = "Hold"

    hold_reason = fields.Selection(HOLD_REASONS, readonly=True, copy=False, tracking=True)
    hold_until = fields.Date(
        readonly=True, copy=False, tracking=True, help="The last day on hold; empty: no end."
    )
    hold_note = fields.Char(readonly=True, copy=False)

    # === ACTION METHODS === #

    def action_hold(self):
        """Ask for the reason and the last day of a hold."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Hold"),
            "res_model": "collection.case.hold",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_case_ids": self.ids},
        }

    def action_resume(self):
        """End the hold; the books decide where the case stands."""
        self.check_access("write")
        held_sudo = self.sudo().filtered(lambda case: case.state == "on_hold")
        held_sudo.write({"hold_until": False, "hold_reason": False, "hold_note": False})
        held_sudo._evaluate(resume=True)

    # === BUSINESS METHODS === #

    def _hold(self, reason, until=None, note=None):
        """Put the cases on hold: no reminder until the day after ``until``, or until resumed.

        :raise AccessError: for who may not write the cases
        """
        self.check_access("write")
        values = {"hold_reason": reason, "hold_until": until, "hold_note": note}
        cases_sudo = self.sudo()
        cases_sudo.filtered(lambda case: case.state != "on_hold")._transition("on_hold", values)
        cases_sudo.write(values)
        self.env["collection.event"]._log_many(
            [
                ("case_held", case, {"reason": reason, "until": str(until or ""), "note": note})
                for case in self
            ]
        )

    def _is_held(self, today):
        """Return whether a person's hold covers ``today``."""
        self.ensure_one()
        return self.state == "on_hold" and (not self.hold_until or today <= self.hold_until)
