from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .cadence_common import CadenceCommon, day
from .common import NOON, TODAY


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestBehaviourCadence(CadenceCommon):
    """Steps: repeats, conditions, versions, approval, and what a manager sees beforehand."""

    def test_a_step_comes_again_so_many_times_and_then_never(self):
        self._cadence({"offset_days": 7, "repeat_days": 7, "repeat_times": 2})
        self._invoice(7)
        self.policy.cap_count = 0
        told = []
        for number in range(40):
            with freeze_time(day(number)):
                if self._run()["sent"]:
                    told.append(number)
        self.assertEqual(told, [0, 7, 14])

    def test_what_comes_again_is_announced(self):
        self._cadence({"offset_days": 7, "repeat_days": 10, "repeat_times": 1})
        self._invoice(7)
        self._run()
        self.company._collection_evaluate()
        self.assertEqual(self._case().next_action_date, TODAY + timedelta(days=10))

    def test_a_step_for_consumers_passes_businesses_by(self):
        self._cadence(
            {"offset_days": 7, "segment": "b2c", "tone": "2"},
            {"offset_days": 7, "segment": "b2b", "tone": "4"},
        )
        person = self._customer("Jo Person", is_company=False)
        office = self._customer("Town Hall", collection_segment="public")
        for partner in (self.customer, person, office):
            self._invoice(7, partner=partner)
        self._run()
        self.assertEqual(self._touchpoints(partner_id=person.id).tone, "2")
        self.assertEqual(self._touchpoints(partner_id=self.customer.id).tone, "4")
        self.assertFalse(self._touchpoints(partner_id=office.id))

    def test_a_step_from_an_amount_on_counts_what_is_owed_after_credits(self):
        self._cadence({"offset_days": 7, "min_amount": 100.0})
        short = self._customer("A Cent Short")
        for customer, credit in ((self.customer, 50.0), (short, 50.01)):
            self._invoices([{"days_overdue": 7, "amount": 150.0}], customer)
            self._invoice(1, credit, customer, move_type="out_refund")
        self._run()
        self.assertEqual(self._touchpoints().partner_id, self.customer)

    def test_a_step_for_a_country_and_a_risk(self):
        germany, france = self.env.ref("base.de"), self.env.ref("base.fr")
        self._cadence({"offset_days": 7, "country_ids": germany.ids, "min_risk": "high"})
        customers = {
            name: self._customer(name, country_id=country.id)
            for name, country in (("risky", germany), ("unknown", germany), ("abroad", france))
        }
        for customer in customers.values():
            self._invoice(7, partner=customer)
        self.company._collection_evaluate()
        self._case(customers["risky"]).with_user(self.collector).risk_band = "high"
        self._case(customers["abroad"]).risk_band = "high"
        self._run()
        self.assertEqual(self._touchpoints().partner_id, customers["risky"])

    def test_behaviour_26_a_note_before_the_due_date_moves_to_the_working_day_before(self):
        # Friday 13 March 2026; the invoice is due on Monday, the day before is a Sunday.
        self._cadence({"offset_days": -1, "tone": "1"})
        self._invoice(-6)
        with freeze_time(day(3)):
            self.assertEqual(self._run()["sent"], 1)
        self.assertEqual(self._touchpoints().date, TODAY + timedelta(days=3))

    # === VERSIONS === #

    def test_what_is_in_use_is_not_edited(self):
        cadence = self.cadence.with_user(self.manager)
        for change in (
            lambda: cadence.step_ids[0].write({"offset_days": -3}),
            cadence.step_ids[0].unlink,
            lambda: cadence.write({"step_ids": [Command.create({"name": "x", "offset_days": 3})]}),
            cadence.unlink,
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                change()
        with self.assertRaises(AccessError):
            cadence.state = "draft"

    def _new_version(self):
        action = self.cadence.with_user(self.manager).action_new_version()
        draft = self.env["collection.cadence"].with_user(self.manager).browse(action["res_id"])
        self.assertEqual((draft.state, draft.version), ("draft", 2))
        return draft

    def test_a_running_case_keeps_its_version_and_others_take_the_new_one(self):
        self._invoice(7)
        self._run()
        self.assertEqual(self._case().state, "dunning")
        draft = self._new_version()
        draft.step_ids.filtered(lambda step: step.offset_days == 14).offset_days = 9
        draft.action_activate()
        self.assertEqual((self.cadence.state, self.policy.cadence_id), ("archived", draft))
        self._invoice(7, partner=(fresh := self._customer("Fresh")))
        with freeze_time(day(2)):
            # Nine days over: the new version's step, which the running case does not know.
            self._invoice(7, partner=fresh)
            self._run()
        self.assertEqual(self._touchpoints(partner_id=fresh.id).step_id.cadence_id, draft)
        with freeze_time(day(7)):
            self._run()
        steps = self._touchpoints(partner_id=self.customer.id).step_id
        self.assertEqual(steps.cadence_id, self.cadence)
        self.assertEqual(steps.mapped("offset_days"), [7, 14])

    def test_a_case_that_is_clear_takes_the_new_version_next_time(self):
        invoice = self._invoice(7)
        self._run()
        self._new_version().action_activate()
        self.assertEqual(self._case().running_cadence_id, self.cadence)
        self._pay(invoice)
        self._run()
        self.assertFalse(self._case().running_cadence_id)

    def test_a_manager_moves_running_cases_on(self):
        self._invoice(7)
        self._run()
        draft = self._new_version()
        draft.action_activate()
        self.assertEqual(self.cadence.running_case_count, 1)
        draft.action_move_running_cases()
        self.assertFalse(self._case().running_cadence_id)
        self.assertIn("case_version_moved", self._case().event_ids.mapped("kind"))

    def test_a_cadence_of_nothing_is_not_put_into_use(self):
        draft = self._new_version()
        draft.step_ids.unlink()
        with self.assertRaises(UserError):
            draft.action_activate()

    def test_the_cadence_of_the_policy_cannot_be_archived(self):
        with self.assertRaises(UserError):
            self.cadence.with_user(self.manager).action_archive()

    def test_a_message_needs_words_and_a_note_ahead_does_not_come_again_late(self):
        draft = self._new_version()
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            draft.step_ids[0].template_id = False
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            draft.step_ids[0].write({"repeat_days": 7, "repeat_times": 1})

    def test_three_cadences_come_ready(self):
        names = self.env["collection.cadence"].sudo().search([("company_id", "=", self.company.id)])
        self.assertEqual(names.mapped("name"), ["Standard", "Friendly", "Firm"])
        self.assertEqual(set(names.mapped("state")), {"active"})

    # === BEFOREHAND === #

    def test_the_preview_of_a_draft_shows_the_month_on_real_books_and_changes_nothing(self):
        self._invoice(7, 100.0)
        self._invoice(-3, 40.0, partner=(later := self._customer("Later")))
        draft = self.cadence.sudo().copy({"company_id": self.company.id, "name": "Tried"})
        draft = draft.sudo(False).with_user(self.manager)
        keep = draft.step_ids.filtered(lambda step: step.offset_days == 7)
        (draft.step_ids - keep).unlink()
        action = draft.action_preview()
        preview = self.env["collection.run.preview"].with_user(self.manager)
        preview = preview.browse(action["res_id"])
        told = {
            (line.case_id.partner_id, line.date): (line.amount, line.step_id)
            for line in preview.line_ids
        }
        self.assertEqual(
            told,
            {
                (self.customer, TODAY): (100.0, keep),
                (later, TODAY + timedelta(days=10)): (40.0, keep),
            },
        )
        self.assertEqual((preview.sending_count, preview.ahead_count), (1, 2))
        self.assertFalse(self._touchpoints())
        with self.assertRaises(AccessError):
            draft.with_user(self.collector).action_preview()

    def test_behaviour_40_one_screen_tells_why_and_what_comes_next(self):
        blocked = self._customer("On Hold")
        self._invoice(7, 100.0)
        self._invoice(7, partner=blocked)
        self.company._collection_evaluate()
        self._case(blocked).with_user(self.collector)._hold("hold", TODAY + timedelta(days=3))
        self._run()
        why = self.env["collection.why"].with_user(self.collector)
        for customer, words in (
            (self.customer, ("Reminder", "corner.bookshop@customer.example", "Firm reminder")),
            (blocked, ("On hold", "Not before", "03/14/2026")),
        ):
            with self.subTest(customer=customer.name), Form(why) as form:
                form.case_id = self._case(customer).with_user(self.collector)
                form.date = TODAY
                for word in words:
                    self.assertIn(word, form.answer)
        asked = why.create({"case_id": self._case().id, "date": TODAY - timedelta(days=1)})
        self.assertIn("No run took place", asked.answer)
        asked.date = TODAY + timedelta(days=3)
        self.assertIn("still to come", asked.answer)
        self.assertEqual(asked.action_verify()["params"]["type"], "success")
