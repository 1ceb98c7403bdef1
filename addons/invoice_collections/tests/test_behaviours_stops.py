from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, new_test_user, tagged

from .common import NOON, TODAY
from .interrupts_common import InterruptsCommon


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestBehaviourStops(InterruptsCommon):
    """Hardship and the law stop everything at once, for every invoice of the customer."""

    def _note(self, **values):
        case = self._opened_case()
        wizard = self.env["collection.case.stops"].with_user(self.collector)
        with Form(wizard.with_context(default_case_id=case.id)) as form:
            for name, value in values.items():
                setattr(form, f"collection_{name}", value)
        form.save().action_apply()
        return case

    def test_behaviour_30_hardship_stops_automation(self):
        self._invoice(7)
        case = self._note(hardship=True)
        self.assertEqual((case.state, case.hold_reason), ("on_hold", "hardship"))
        self.assertEqual(self._run()["blocked"], {"hardship": 1})
        case.message_post(body="A person may talk to them")
        with self._day(30):
            self._invoice(20)
            self.assertEqual(self._run()["sent"], 0)

    def test_behaviour_30_a_debt_adviser_stops_automation(self):
        self._invoice(7)
        adviser = self._customer("Debt Advice")
        case = self._note(adviser_id=adviser)
        self.assertEqual((case.state, case.hold_reason), ("on_hold", "hardship"))
        self.assertEqual(self._run()["blocked"], {"hardship": 1})

    def test_behaviour_30_when_the_hardship_is_over_reminders_go_on(self):
        self._invoice(7)
        self._note(hardship=True)
        self.assertEqual(self._run()["sent"], 0)
        self._note(hardship=False)
        self.assertEqual(self._case().state, "dunning")
        self.assertEqual(self._run()["sent"], 1)

    def test_behaviour_31_insolvency_stops_what_waits_in_the_queue_too(self):
        self._invoice(7)
        self._run()
        case = self._note(insolvency_date=TODAY)
        self.assertEqual((case.state, case.hold_reason), ("on_hold", "legal_stop"))
        touchpoint = self._touchpoints()
        self.assertEqual((touchpoint.state, touchpoint.block_reason), ("blocked", "legal_stop"))
        self.assertEqual(self._send_queue(), [])

    def test_behaviour_31_charges_freeze_from_the_day_of_insolvency(self):
        self._invoice(7)
        day = TODAY - timedelta(days=3)
        self._note(insolvency_date=day)
        frozen = self.env["res.partner"]._collection_frozen_from(self.customer.ids)
        self.assertEqual(frozen, {self.customer.id: day})

    def test_behaviour_31_insolvency_outranks_a_dispute_a_promise_and_a_pause(self):
        self._promise(self._invoice(7), TODAY + timedelta(days=3))
        case = self._note(insolvency_date=TODAY)
        case._hold("hold")
        self.assertEqual((case.state, case.hold_reason), ("on_hold", "legal_stop"))

    def test_the_stop_counts_in_every_company(self):
        self._invoice(7)
        self._note(deceased=True)
        other = self._create_company(name="Second Seller")
        stops = self.customer.with_company(other)._collection_stops(TODAY)
        self.assertEqual(stops, {self.customer.id: {"legal_stop"}})

    def test_a_moratorium_ends_by_itself(self):
        self._invoice(4)
        self._note(moratorium_until=TODAY + timedelta(days=3))
        with self._day(3):
            self.assertEqual(self._run()["sent"], 0)
        with self._day(6):
            self.assertEqual(self._run()["sent"], 1)
            self.assertEqual(self._case().state, "dunning")

    def test_what_was_noted_is_an_event_with_the_person_who_did(self):
        self._invoice(7)
        self._note(hardship=True)
        event = self._case().event_ids.filtered(lambda e: e.kind == "customer_stops_changed")
        self.assertEqual(event.user_id, self.collector)
        self.assertEqual(event.payload, {"collection_hardship": [False, True]})

    def test_people_who_do_not_collect_cannot_read_it(self):
        self._invoice(7)
        self._note(hardship=True)
        employee = new_test_user(self.env, "emma", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.customer.with_user(employee).read(["collection_hardship"])


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestStandings(InterruptsCommon):
    """A case on hold says for what and until when; a person's pause is one reason among others."""

    def test_a_promise_on_part_of_the_overdue_leaves_the_case_in_dunning(self):
        first, _second = self._invoices([{"days_overdue": 7}, {"days_overdue": 3}])
        self._promise(first, TODAY + timedelta(days=3))
        self.assertEqual(self._case().state, "dunning")

    def test_all_withheld_for_two_reasons_tells_the_first_one(self):
        first, second = self._invoices([{"days_overdue": 7}, {"days_overdue": 3}])
        self._promise(first, TODAY + timedelta(days=3))
        self._dispute({second: None})
        case = self._case()
        self.assertEqual((case.state, case.hold_reason), ("on_hold", "dispute"))

    def test_a_pause_outlives_a_promise(self):
        promise = self._promise(self._invoice(7), TODAY + timedelta(days=3))
        case = self._case()
        case._hold("hold", TODAY + timedelta(days=30))
        self.assertEqual(case.hold_reason, "promise")
        promise.action_cancel()
        self.assertEqual((case.hold_reason, case.hold_until), ("hold", TODAY + timedelta(days=30)))

    def test_a_promise_that_is_paid_clears_the_case(self):
        invoice = self._invoice(7)
        self._promise(invoice, TODAY + timedelta(days=3))
        self._pay_on(invoice, 100.0, TODAY)
        self.assertEqual(self._case().state, "clear")

    def test_nobody_writes_a_hold_past_the_facts(self):
        case = self._opened_case_with_invoice()
        for values in ({"pause_reason": "hold"}, {"hold_reason": "dispute"}):
            with self.assertRaises(AccessError):
                case.write(values)

    def _opened_case_with_invoice(self):
        self._invoice(7)
        return self._opened_case()

    def test_a_foreign_collector_takes_no_promise(self):
        case = self._opened_case_with_invoice()
        stranger = new_test_user(self.env, "stranger", groups="base.group_portal")
        with self.assertRaises(AccessError):
            self.env["collection.promise"].with_user(stranger)._take(
                case.with_user(stranger), self.env["account.move.line"], 1.0, TODAY, "phone"
            )

    def test_the_wizard_takes_the_promise_a_collector_types(self):
        case = self._opened_case_with_invoice()
        wizard = self.env["collection.promise.take"].with_user(self.collector)
        with Form(wizard.with_context(default_case_id=case.id)) as form:
            self.assertEqual((form.amount, form.date), (100.0, TODAY + timedelta(days=7)))
            form.amount = 60.0
            form.note = "Mr Page, on the phone"
        form.save().action_apply()
        [promise] = case.promise_ids
        self.assertEqual(
            (promise.amount, promise.user_id, promise.source), (60.0, self.collector, "phone")
        )

    def test_the_wizard_opens_the_dispute_a_collector_types(self):
        case = self._opened_case_with_invoice()
        wizard = self.env["collection.dispute.open"].with_user(self.collector)
        with Form(wizard.with_context(default_case_id=case.id)) as form:
            form.category = "quantity"
            with form.line_ids.edit(0) as line:
                line.is_disputed = True
                self.assertEqual(line.amount, 100.0)
                line.amount = 25.0
        form.save().action_apply()
        self.assertEqual(case.dispute_ids.amount, 25.0)
        with self.assertRaises(UserError):
            wizard.with_context(default_case_id=case.id).create({}).action_apply()
