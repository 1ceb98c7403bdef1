from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import NOON, TODAY
from .law_common import LawCommon


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestClaimingStep(LawCommon):
    """A step claims interest and costs once a person has approved it, and never by itself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cadence = (
            cls.env["collection.cadence"]
            .sudo()
            .create(
                {
                    "name": "Claiming",
                    "company_id": cls.company.id,
                    "state": "active",
                    "step_ids": [
                        Command.create(
                            {
                                "name": "Claim",
                                "offset_days": 30,
                                "tone": "4",
                                "needs_approval": True,
                                "claims_charges": True,
                                "template_id": cls.env.ref(
                                    "invoice_collections.mail_template_firm"
                                ).id,
                            }
                        )
                    ],
                }
            )
        )
        cls.policy.cadence_id = cls.cadence

    def _waiting(self, partner=None):
        self._late(TODAY - timedelta(days=30), 1_000, partner)
        self._run()
        touchpoint = self._touchpoints()
        self.assertEqual(touchpoint.state, "waiting")
        return touchpoint

    def _claims(self):
        return self.env["account.move"].search(
            [("collection_is_claim", "=", True), ("company_id", "=", self.company.id)]
        )

    def test_nothing_is_claimed_before_a_person_has_approved(self):
        self._waiting()
        self.assertFalse(self._claims())

    def test_approval_claims_and_the_message_lists_the_claim(self):
        touchpoint = self._waiting()
        touchpoint.with_user(self.manager).action_approve()
        claim = self._claims()
        # 30 days at 9 points over the German base rate, and 40 euros (BGB § 288).
        charges = self.env["collection.charge"].sudo().search([("claim_move_id", "=", claim.id)])
        self.assertEqual(set(charges.mapped("kind")), {"interest", "fixed_sum"})
        self.assertEqual(set(charges.mapped("state")), {"claimed"})
        self.assertEqual(claim.state, "posted")
        self.assertEqual(touchpoint.state, "queued")
        self.assertEqual(touchpoint.due_amount, 1_000 + claim.amount_total)
        self.assertEqual(touchpoint.net_amount, touchpoint.due_amount)
        self.assertIn(claim.name, touchpoint.mail_id.body_html)
        event = (
            self.env["collection.event"]
            .sudo()
            .search([("kind", "=", "touchpoint_charges_claimed")])
        )
        self.assertEqual(len(event), 1)

    def test_the_mail_still_says_so_at_the_last_look(self):
        touchpoint = self._waiting()
        touchpoint.with_user(self.manager).action_approve()
        asked = touchpoint.net_amount
        self.assertEqual(self._send_queue(), ["corner.bookshop@customer.example"])
        self.assertEqual((touchpoint.state, touchpoint.net_amount), ("sent", asked))

    def test_a_second_approval_claims_nothing_more(self):
        touchpoint = self._waiting()
        touchpoint.with_user(self.manager).action_approve()
        touchpoint.with_user(self.manager).action_approve()
        self.assertEqual(len(self._claims()), 1)

    def test_a_collector_claims_nothing(self):
        touchpoint = self._waiting()
        with self.assertRaises(AccessError):
            touchpoint.with_user(self.collector).action_approve()
        self.assertFalse(self._claims())

    def test_what_is_paid_while_it_waits_is_not_claimed(self):
        touchpoint = self._waiting()
        self._pay_on(touchpoint.move_line_ids.move_id, TODAY)
        touchpoint.with_user(self.manager).action_approve()
        self.assertEqual(touchpoint.state, "superseded")
        self.assertFalse(self._claims())

    def test_where_the_law_allows_nothing_the_message_goes_without(self):
        # A Dutch consumer who has had no free notice yet owes no costs; no rate, no interest.
        consumer = self._consumer("Jan", "nl")
        touchpoint = self._waiting(consumer)
        found = self._record(touchpoint.move_line_ids.move_id)
        touchpoint.with_user(self.manager).action_approve()
        self.assertEqual(touchpoint.state, "queued")
        self.assertEqual(bool(self._claims()), bool(found))

    def test_a_claiming_step_must_ask_first(self):
        step = self.cadence.step_ids
        for values in ({"needs_approval": False}, {"offset_days": -3}, {"outcome": "call"}):
            with self.subTest(values), self.assertRaises(ValidationError):
                step.sudo().write(values)
