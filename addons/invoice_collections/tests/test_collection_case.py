from datetime import timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.invoice_collections.models.collection_case import TRANSITIONS
from odoo.addons.invoice_collections.models.collection_touchpoint import (
    TRANSITIONS as TOUCHPOINT_TRANSITIONS,
)

from .common import NOON, TODAY, CollectionCommon


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestCollectionCase(CollectionCommon):
    """The state of a case follows the books; people only decide about holds."""

    def test_a_case_opens_watches_duns_and_clears_by_itself(self):
        self.company._collection_evaluate()
        self.assertFalse(self._case())
        invoice = self._invoice(-1)
        self.company._collection_evaluate()
        case = self._case()
        self.assertEqual((case.state, case.open_amount, case.overdue_amount), ("watching", 100, 0))
        self.company._collection_evaluate(today=TODAY + timedelta(days=2))
        self.assertEqual((case.state, case.overdue_amount), ("dunning", 100))
        self._pay(invoice)
        self.assertEqual((case.state, case.open_amount, case.next_action_date), ("clear", 0, False))

    def test_what_is_due_today_is_not_overdue(self):
        self._invoice(0)
        self.company._collection_evaluate()
        self.assertEqual(self._case().state, "watching")

    def test_the_next_step_is_named_with_its_day(self):
        self._invoice(3)
        self.company._collection_evaluate()
        case = self._case()
        self.assertEqual(case.next_action_date, TODAY + timedelta(days=4))
        self.assertIn("03/14/2026", case.what_next)
        self.assertIn("100.00", case.why)

    def test_after_the_last_step_a_person_decides(self):
        self._invoice(60)
        self.company._collection_evaluate()
        self.assertFalse(self._case().next_action_date)
        self.assertIn("a person decides", self._case().what_next)

    def test_the_whole_table_of_transitions_holds(self):
        self._invoice(3)
        self.company._collection_evaluate()
        case = self._case()
        for model, record, table in (
            ("collection.case", case, TRANSITIONS),
            ("collection.touchpoint", self._planned_touchpoint(case), TOUCHPOINT_TRANSITIONS),
        ):
            states = [code for code, _label in self.env[model]._fields["state"].selection]
            self.assertEqual(set(states), set(table))
            for source in states:
                for target in states:
                    with self.subTest(model=model, source=source, target=target):
                        self.env.flush_all()
                        self.env.cr.execute(
                            f"UPDATE {record._table} SET state = %s WHERE id = %s",  # noqa: S608
                            [source, record.id],
                        )
                        record.invalidate_recordset()
                        if target in table[source]:
                            record._transition(target)
                            self.assertEqual(record.state, target)
                        else:
                            with self.assertRaises(UserError):
                                record._transition(target)

    def _planned_touchpoint(self, case):
        return (
            self.env["collection.touchpoint"]
            .sudo()
            .create(
                {
                    "case_id": case.id,
                    "partner_id": case.partner_id.id,
                    "company_id": case.company_id.id,
                    "currency_id": case.currency_id.id,
                    "date": TODAY,
                }
            )
        )

    def test_every_change_of_state_is_an_event(self):
        invoice = self._invoice(3)
        self.company._collection_evaluate()
        case = self._case()
        case.with_user(self.collector)._hold("reply", note="Wrong quantity")
        self._pay(invoice)
        kinds = case.event_ids.sorted("id").mapped("kind")
        self.assertEqual(
            kinds,
            [
                "case_opened",
                "case_dunning",
                "case_held",
                "case_on_hold",
                "case_resumed",
                "case_clear",
            ],
        )
        held = case.event_ids.filtered(lambda event: event.kind == "case_held")
        self.assertEqual(held.user_id, self.collector)
        self.assertEqual(held.payload["note"], "Wrong quantity")

    def test_a_collector_holds_and_resumes(self):
        self._invoice(3)
        self.company._collection_evaluate()
        case = self._case().with_user(self.collector)
        with Form(
            self.env["collection.case.hold"]
            .with_user(self.collector)
            .with_context(default_case_ids=case.ids)
        ) as form:
            form.reason = "reply"
            form.until = TODAY + timedelta(days=30)
        form.save().action_apply()
        self.assertEqual((case.state, case.hold_reason), ("on_hold", "reply"))
        self.assertEqual(case.next_action_date, TODAY + timedelta(days=31))
        case.action_resume()
        self.assertEqual((case.state, case.hold_reason), ("dunning", False))

    def test_a_hold_cannot_end_in_the_past(self):
        self._invoice(3)
        self.company._collection_evaluate()
        hold = (
            self.env["collection.case.hold"]
            .with_user(self.collector)
            .create(
                {"case_ids": self._case().ids, "reason": "hold", "until": TODAY - timedelta(days=1)}
            )
        )
        with self.assertRaises(ValidationError):
            hold.action_apply()

    def test_a_customer_in_two_companies_has_two_cases(self):
        other = self._create_company(name="Second Seller")
        self._invoice(3)
        self.company._collection_evaluate()
        other._collection_evaluate()
        cases = self.env["collection.case"].sudo().search([("partner_id", "=", self.customer.id)])
        self.assertEqual(cases.company_id, self.company)

    def test_amounts_in_other_currencies_count_in_company_currency(self):
        other = self.setup_other_currency("EUR", rates=[("2016-01-01", 2.0)])
        self._invoice(3, 200.0, currency=other)
        self.company._collection_evaluate()
        self.assertEqual(self._case().overdue_amount, 100.0)

    def test_every_company_has_a_policy_and_a_cadence_of_its_own(self):
        companies = self.env["res.company"].create([{"name": "One"}, {"name": "Two"}])
        policies = [company._collection_policy() for company in companies]
        self.assertTrue(all(policies))
        cadences = policies[0].cadence_id | policies[1].cadence_id
        self.assertEqual(len(cadences), 2)
        self.assertEqual(cadences.company_id, companies)
        self.assertEqual(cadences[0].step_ids.mapped("offset_days"), [-7, 0, 7, 14, 21, 35, 50])
        companies._collection_setup()
        self.assertEqual(companies[0]._collection_policy(), policies[0])

    def test_a_customers_own_cadence_wins_over_the_policys(self):
        cadence = self.policy.cadence_id.copy(
            {"company_id": self.company.id, "name": "Gentle", "state": "active"}
        )
        cadence.step_ids.filtered(lambda step: step.offset_days != 7).unlink()
        cadence.step_ids.offset_days = 20
        self._invoice(7)
        self.company._collection_evaluate()
        self._case().cadence_id = cadence
        self.assertEqual(self._run()["planned"], 0)
        self.assertEqual(self._case().next_action_date, TODAY + timedelta(days=13))
        self.assertEqual(self._run(TODAY + timedelta(days=13))["sent"], 1)

    def test_the_preview_says_who_would_get_what_and_sends_nothing(self):
        self._invoice(7)
        self._invoice(7, partner=self._customer("No Mail", email=False))
        policy = self.policy.with_user(self.manager)
        action = policy.action_preview_run()
        preview = self.env[action["res_model"]].with_user(self.manager).browse(action["res_id"])
        self.assertEqual((preview.sending_count, preview.blocked_count), (1, 1))
        self.assertFalse(self._touchpoints())
        preview.action_run()
        self.assertEqual(self._touchpoints().mapped("state").count("queued"), 1)
