from unittest.mock import patch

from odoo.tests import tagged

from .order_desk import Killed, OrderDesk
from .outbox_common import OutboxCommon


@tagged("post_install", "-at_install")
class TestOutboxKilled(OutboxCommon):
    """The proof by dying: at every step of the relay, after Odoo has repeated the business."""

    def test_case_100_killed_at_every_step_and_repeated_by_odoo_there_is_one_effect(self):
        banks = {
            "remembers keys": {"remembers": 24 * 3600},
            "can be searched": {"searchable": True},
            "neither": {},
        }
        steps = ("before the lease", "after the lease", "after sending", "after the answer")
        for bank, abilities in banks.items():
            for step in steps:
                for conflicts in range(5):
                    with self.subTest(bank=bank, killed=step, conflicts=conflicts):
                        desk = OrderDesk(**abilities)
                        self._killed_at(step, desk, conflicts, f"{bank}; {step}; {conflicts}")
                        # Nothing of this round is left for the next one.
                        self.outbox.sudo().search([]).next_at = False

    def _killed_at(self, step, desk, conflicts, about):
        with desk.open():
            self.assertEqual(self.business_with_conflicts(conflicts, about), conflicts + 1)
            intent = self.outbox.sudo().search([("next_at", "!=", False)])
            self.assertEqual(len(intent), 1)
            self._kill(step, desk)
            executed = len(desk.executed)
            self.assertEqual(executed, int(step in {"after sending", "after the answer"}))
            for pause in ({"minutes": 6}, {"minutes": 6}, {"hours": 2}, {"hours": 4}):
                self.later(**pause)
        self.assertLessEqual(len(desk.executed), 1)
        if step == "before the lease" or desk.searchable or desk.capabilities.idempotency_seconds:
            self.assertEqual((intent.state, len(desk.executed)), ("sent", 1))
        else:
            self.assertEqual((intent.state, len(desk.executed)), ("unknown", executed))

    def _kill(self, step, desk):
        model = type(self.env["bank.outbox"])
        methods = {
            "before the lease": "_step",
            "after the lease": "_channel",
            "after the answer": "_note_answer",
        }
        if step == "after sending":
            desk.after = [Killed()]
            self._die()
            return
        with patch.object(model, methods[step], side_effect=Killed):
            self._die()

    def _die(self):
        """Run the relay until it dies; what it has committed stays, as assertRaises would not."""
        try:
            self.relay()
        except Killed:
            self.env.invalidate_all()
        else:
            self.fail("the relay survived")
