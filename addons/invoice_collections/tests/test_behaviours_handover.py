import io
import json
import zipfile
from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from odoo.addons.invoice_collections.core import sealed_archive
from odoo.addons.invoice_collections.models.collection_handover_package import _csv

from .common import NOON, TODAY
from .interrupts_common import InterruptsCommon


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestBehaviourHandover(InterruptsCommon):
    """Nothing goes to an agency before a delivered notice, its days, and a manager's word."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agency = (
            cls.env["collection.agency"]
            .sudo()
            .create(
                {
                    "partner_id": cls._customer("Recover All").id,
                    "company_id": cls.company.id,
                    "commission_rate": 10.0,
                    "delivery": "email",
                }
            )
        )
        with freeze_time(NOON):
            template = cls.env.ref("invoice_collections.mail_template_firm")
            steps = cls.policy.cadence_id.sudo().step_ids
            steps.filtered(lambda step: step.offset_days > 14).unlink()
            cls.notice_step = steps.create(
                {
                    "cadence_id": cls.policy.cadence_id.id,
                    "name": "Final notice",
                    "offset_days": 30,
                    "tone": "5",
                    "outcome": "final_notice",
                    "channel": "email",
                    "template_id": template.id,
                }
            )

    def _noticed(self, amount=100.0, **row):
        """An invoice about which a final notice went out today."""
        invoice = self._invoice(30, amount, **row)
        self.assertEqual(self._run()["sent"], 1)
        self._send_queue()
        return invoice

    def _proposal(self, invoice):
        case = self._opened_case().with_user(self.manager)
        case.action_handover()
        [handover] = case.handover_ids.filtered(lambda one: one.state == "draft")
        self.assertEqual(handover.line_ids.move_id, invoice)
        return handover

    def _handed_over(self, amount=100.0):
        invoice = self._noticed(amount)
        with self._day(15):
            handover = self._proposal(invoice)
            handover.action_approve()
            handover.action_send()
        return invoice, handover

    def test_a_final_notice_shows_in_the_state_until_its_days_are_over(self):
        self._noticed()
        self.company._collection_evaluate()
        case = self._case()
        self.assertEqual(
            (case.state, case.next_action_date), ("final_notice", TODAY + timedelta(15))
        )
        with self._day(15):
            self.company._collection_evaluate()
            self.assertEqual(case.state, "dunning")

    def test_behaviour_37_without_a_delivered_notice_nothing_is_approved(self):
        invoice = self._invoice(60)
        handover = self._proposal(invoice)
        with self.assertRaisesRegex(UserError, "final notice has not been delivered"):
            handover.action_approve()

    def test_behaviour_37_a_notice_that_bounced_was_not_delivered(self):
        invoice = self._noticed()
        self._touchpoints()._transition("bounced")
        with self._day(20), self.assertRaisesRegex(UserError, "not been delivered"):
            self._proposal(invoice).action_approve()

    def test_behaviour_37_the_days_of_the_notice_have_to_be_over(self):
        invoice = self._noticed()
        with self._day(14):
            handover = self._proposal(invoice)
            with self.assertRaisesRegex(UserError, "days of the final notice"):
                handover.action_approve()
        with self._day(15):
            handover.action_approve()
            self.assertEqual((handover.state, handover.approved_by_id), ("approved", self.manager))

    def test_behaviour_37_only_a_manager_decides(self):
        handover = self._proposal(self._noticed()).with_user(self.collector)
        with self._day(15):
            for button in ("action_approve", "action_send", "action_cancel", "action_accept"):
                with self.subTest(button=button), self.assertRaises(AccessError):
                    getattr(handover, button)()

    def test_behaviour_37_the_archive_holds_invoices_log_and_charges_and_is_sealed(self):
        invoice, handover = self._handed_over(1234.5)
        content = handover.package_id.sudo().raw
        key = self.company._collection_public_key()
        self.assertEqual(sealed_archive.verify(content, key), [])
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            claims = json.loads(archive.read("claims.json"))
            log = json.loads(archive.read("log.json"))
            pdf = archive.read("summary.pdf")
            tampered = archive.read("claims.csv").replace(b"1234.50", b"9999.99")
        self.assertLessEqual(
            {"claims.csv", "claims.json", "charges.csv", "log.csv", "log.json", "summary.pdf"},
            names,
        )
        self.assertEqual(len([name for name in names if name.startswith("invoices/")]), 1)
        [claim] = claims["claims"]
        self.assertEqual((claim["document"], claim["open"]), (invoice.name, "1234.50"))
        self.assertEqual(claim["final_notice_on"], str(TODAY))
        self.assertEqual(claims["debtor"]["name"], "Corner Bookshop")
        self.assertEqual(len(log), 1)
        self.assertTrue(pdf.startswith(b"%PDF"))
        self.assertEqual(
            sealed_archive.verify(self._with(content, "claims.csv", tampered), key),
            ["claims.csv was changed"],
        )

    def _with(self, content, name, replacement):
        stream = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
            for one in old.namelist():
                new.writestr(one, replacement if one == name else old.read(one))
        return stream.getvalue()

    def test_behaviour_37_a_payment_after_the_hand_over_is_reported_and_stops_the_claim(self):
        invoice, handover = self._handed_over(200.0)
        with self._day(16):
            self._pay_on(invoice, 80.0, TODAY + timedelta(days=16))
            self._run()
            [told] = handover.payment_ids
            self.assertEqual(
                (told.amount, told.open_amount, told.commission_amount), (80.0, 120.0, 8.0)
            )
            news = handover.message_ids.filtered(
                lambda message: self.agency.partner_id in message.partner_ids
            )
            self.assertIn("120.00", news[0].body)
            self._run()
            self.assertEqual(len(handover.payment_ids), 1)
        with self._day(20):
            self._pay_on(invoice, 120.0, TODAY + timedelta(days=20))
            self.assertEqual((handover.state, handover.commission_amount), ("collected", 20.0))
            self.assertIn("stop collecting", handover.message_ids[0].body + str(news[0].body))
            self.assertEqual(self._case().state, "clear")

    def test_behaviour_37_money_that_came_since_the_approval_is_noticed_before_sending(self):
        invoice = self._noticed(200.0)
        with self._day(15):
            handover = self._proposal(invoice)
            handover.action_approve()
            self._pay_on(invoice, 50.0, TODAY + timedelta(days=15))
            with self.assertRaisesRegex(UserError, "has changed"):
                handover.action_send()
            handover.action_draft()
            handover.action_approve()
            handover.action_send()
            self.assertEqual((handover.state, handover.amount), ("sent", 150.0))

    def test_behaviour_38_the_customer_hears_nothing_from_us(self):
        self._handed_over()
        case = self._case()
        self.assertEqual(case.state, "handed_over")
        for days in range(15, 60, 5):
            with self._day(days):
                self.assertEqual(self._run()["sent"], 0)
        self.assertEqual(case.state, "handed_over")

    def test_behaviour_38_other_invoices_are_still_ours_to_remind_of(self):
        old, _handover = self._handed_over()
        with self._day(16):
            newer = self._invoice(-9)
            self._run()
            touchpoint = self._touchpoints(date=TODAY + timedelta(days=16))
            due = touchpoint.item_ids.filtered(lambda item: item.block == "due")
            self.assertEqual(due.move_id, newer)
            self.assertNotIn(old.name, touchpoint.message_id.body)
            self.assertEqual(self._case().state, "dunning")

    def test_behaviour_38_when_recalled_it_restarts_at_the_chosen_step(self):
        invoice, handover = self._handed_over()
        step = self.policy.cadence_id.step_ids.filtered(lambda step: step.offset_days == 7)
        with self._day(40):
            recall = self.env["collection.handover.recall"].with_user(self.manager)
            recall.create(
                {
                    "handover_id": handover.id,
                    "note": "They called us",
                    "step_id": step.id,
                    "date": TODAY + timedelta(days=41),
                }
            ).action_apply()
            self.assertEqual(handover.state, "recalled")
            self.assertEqual(self._run()["sent"], 0)
        with self._day(41):
            self._run()
            touchpoint = self._touchpoints(date=TODAY + timedelta(days=41))
            self.assertEqual((touchpoint.state, touchpoint.tone), ("queued", "3"))
            self.assertEqual(touchpoint.item_ids.move_id, invoice)

    def test_recalled_without_a_step_waits_for_a_person(self):
        _invoice, handover = self._handed_over()
        handover.sudo()._end("returned", "Moved abroad")
        case = self._case()
        self.assertEqual(
            (handover.state, case.state, case.hold_reason), ("returned", "on_hold", "hold")
        )

    def test_behaviour_31_insolvency_blocks_the_hand_over(self):
        invoice = self._noticed()
        with self._day(15):
            handover = self._proposal(invoice)
            self.customer.sudo().collection_insolvency_date = TODAY
            self.assertIn("insolvent", handover.obstacles)
            with self.assertRaisesRegex(UserError, "insolvent"):
                handover.action_approve()

    def test_what_is_disputed_promised_or_maybe_paid_is_not_handed_over(self):
        invoice = self._noticed()
        with self._day(15):
            handover = self._proposal(invoice)
            dispute = self._dispute({invoice: 10.0})
            with self.assertRaisesRegex(UserError, "dispute or a promise"):
                handover.action_approve()
            dispute.action_withdraw()
            with (
                self._held(invoice, "pending_money"),
                self.assertRaisesRegex(UserError, "on its way"),
            ):
                handover.action_approve()
            with self._feed("stale_feed"), self.assertRaisesRegex(UserError, "up to date"):
                handover.action_approve()
            handover.action_approve()

    def test_proposing_twice_makes_one_proposal(self):
        invoice = self._noticed()
        case = self._opened_case().with_user(self.manager)
        case.action_handover()
        case.action_handover()
        self.assertEqual(len(case.handover_ids), 1)
        self.assertEqual(case.handover_ids.line_ids.move_id, invoice)
        self.assertEqual(len(case.handover_ids.sudo().activity_ids), 1)

    def test_nothing_is_sent_while_everything_is_stopped(self):
        invoice = self._noticed()
        with self._day(15):
            handover = self._proposal(invoice)
            handover.action_approve()
            self.policy.sudo().kill_switch = True
            with self.assertRaisesRegex(UserError, "stops everything"):
                handover.action_send()

    def test_every_step_of_a_hand_over_is_an_event(self):
        _invoice, handover = self._handed_over()
        handover.action_accept()
        kinds = self._case().event_ids.sorted("id").mapped("kind")
        self.assertEqual(
            [kind for kind in kinds if kind.startswith("handover")],
            [
                "handover_draft",
                "handover_approved",
                "handover_packed",
                "handover_sent",
                "handover_accepted",
            ],
        )

    def test_a_cell_that_would_run_as_a_formula_is_quoted(self):
        self.customer.name = "=HYPERLINK(1)"
        self.assertIn(b"'=HYPERLINK", _csv([{"a": self.customer.name}], ("a",)))
