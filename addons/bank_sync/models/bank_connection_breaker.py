from odoo import api, fields, models
from odoo.exceptions import UserError

from . import bank_backoff

#: Allowed transitions of the breaker: state -> states it may move to.
TRANSITIONS = {
    "closed": {"open"},
    "open": {"half_open", "closed"},
    "half_open": {"open", "closed"},
}


class BankConnection(models.Model):
    """A bank that does not answer is left alone for a while, and then asked once."""

    _inherit = "bank.connection"

    breaker_state = fields.Selection(
        [("closed", "Normal"), ("open", "Resting"), ("half_open", "One try")],
        string="Breaker",
        default="closed",
        required=True,
        readonly=True,
        copy=False,
    )
    breaker_failures = fields.Integer(readonly=True, copy=False)
    breaker_trips = fields.Integer(readonly=True, copy=False)
    breaker_until = fields.Datetime(string="Left Alone Until", readonly=True, copy=False)
    wait_until = fields.Datetime(
        string="Bank Asks to Wait Until", readonly=True, copy=False, help="The bank's own word."
    )

    @api.model
    def _derived_fields(self):
        return super()._derived_fields() | {
            "breaker_state",
            "breaker_failures",
            "breaker_trips",
            "breaker_until",
            "wait_until",
        }

    def _breaker_transition(self, target, **values):
        """Move the breaker to ``target`` and record it; being there already changes values only.

        :raise ValueError: when one may not go there
        """
        self.ensure_one()
        if self.breaker_state != target:
            if target not in TRANSITIONS[self.breaker_state]:
                message = f"breaker is {self.breaker_state} and cannot become {target}"
                raise ValueError(message)
            self.env["bank.event"]._record(
                "breaker_state", self, {"from": self.breaker_state, "to": target}
            )
        self.sudo().write({"breaker_state": target, **values})

    def _breaker_lets_pass(self):
        """Return whether the bank may be asked; the first to ask after a pause is the probe."""
        self.ensure_one()
        if self.breaker_state != "open":
            return True
        if self.breaker_until and self.breaker_until > fields.Datetime.now():
            return False
        self._breaker_transition("half_open")
        return True

    def _breaker_note_answer(self):
        """The bank answered, whatever it said: forget the failures before."""
        self.ensure_one()
        if self.breaker_failures or self.breaker_state != "closed":
            self._breaker_transition(
                "closed", breaker_failures=0, breaker_trips=0, breaker_until=False
            )

    def _breaker_note_silence(self):
        """The bank did not answer once more: after some times, or in the probe, leave it alone."""
        self.ensure_one()
        failures = self.breaker_failures + 1
        self.sudo().breaker_failures = failures
        if self.breaker_state == "half_open" or failures >= bank_backoff.BREAKER_FAILURES:
            trips = self.breaker_trips + 1
            until = fields.Datetime.now() + bank_backoff.breaker_pause(trips)
            self._breaker_transition("open", breaker_trips=trips, breaker_until=until)

    def _wait(self, error):
        """Honour the time a bank asks to wait."""
        now = fields.Datetime.now()
        if wait := bank_backoff.asked_wait(error, now):
            self.sudo().wait_until = max(now + wait, self.wait_until or now)

    def action_probe(self):
        """Ask a bank that is left alone once, now, on the word of a person."""
        self.ensure_one()
        if self.breaker_state != "open":
            raise UserError(self.env._("The bank is not being left alone: read it now."))
        self._breaker_transition("half_open")
        return self.action_sync()
