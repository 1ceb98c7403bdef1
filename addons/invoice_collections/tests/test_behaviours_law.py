from datetime import date

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import NOON, TODAY
from .law_common import LawCommon

_START, _PAID = date(2024, 5, 31), date(2024, 8, 30)


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestBehavioursLaw(LawCommon):
    """What a late debt costs: behaviours 32 to 36."""

    # === 32: RATES OVER TIME === #

    def test_behaviour_32_germany_counts_each_half_year_by_its_days(self):
        move = self._late(_START, 10_000)
        # 12.62 % for 30 days, 12.37 % for 61: 103.7260 + 206.7315.
        self.assertEqual(self._told(move, _PAID), {"interest": 310_46, "fixed_sum": 40_00})

    def test_behaviour_32_spain_gives_the_published_sum(self):
        self._seller_in("es")
        move = self._late(_START, 10_000)
        self.assertEqual(self._told(move, _PAID)["interest"], 307_47)

    def test_behaviour_32_britain_keeps_the_rate_of_the_start(self):
        self._seller_in("uk")
        move = self._late(_START, 10_000, currency=self.gbp)
        # 13.25 % for all 91 days, and the highest tier.
        self.assertEqual(self._told(move, _PAID), {"interest": 330_34, "fixed_sum": 100_00})

    def test_behaviour_32_ireland_takes_the_rate_of_the_payment(self):
        self._seller_in("ie")
        move = self._late(_START, 10_000)
        self.assertEqual(self._told(move, _PAID)["interest"], 305_41)

    def test_interest_stops_on_the_day_of_payment(self):
        move = self._late(_START, 10_000)
        self.policy.fee_policy = "enforce"
        self._pay_on(move, _PAID)
        self.assertEqual(self._told(move)["interest"], 310_46)

    def test_a_part_payment_lowers_what_bears_interest(self):
        self._seller_in("es")
        move = self._late(_START, 10_000)
        self._pay_on(move, date(2024, 6, 30), 4_000)
        # 4,000 for 30 days at 12.50: 41.0959; 6,000: 61.6438 and 61 days at 12.25: 122.8356.
        self.assertEqual(self._told(move, _PAID)["interest"], 225_58)

    def test_a_credit_note_was_never_owed(self):
        self._seller_in("es")
        move = self._late(_START, 10_000)
        refund = move._reverse_moves([{"invoice_date": date(2024, 8, 1)}])
        refund.invoice_line_ids.price_unit = 4_000
        refund.action_post()
        (self._item(move) | self._item(refund)).reconcile()
        self.assertEqual(self._told(move, _PAID)["interest"], round(307_47 * 0.6))

    def test_nothing_is_added_before_the_day_after_the_due_date(self):
        self.assertFalse(self._told(self._late(TODAY, 10_000)))

    def test_a_consumer_in_germany_pays_interest_and_no_sum(self):
        move = self._late(_START, 10_000, self._consumer("Erika", "de"))
        # 8.62 % for 30 days, 8.37 % for 61.
        self.assertEqual(self._told(move, _PAID), {"interest": 210_73})

    # === 33: UNKNOWN RATES === #

    def test_behaviour_33_without_a_rate_no_interest_and_the_letter_says_so(self):
        with freeze_time("2026-08-03 12:00:00"):
            move = self._late(date(2026, 7, 27), 1_000)
            today = date(2026, 8, 3)
            self.assertEqual(self._told(move, today), {"interest": 0, "fixed_sum": 40_00})
            self._run(today)
            [touchpoint] = self._touchpoints(state="queued")
            body = touchpoint.message_id.body
            self.assertIn("No interest is claimed: the rate of 07/28/2026 is not known yet.", body)
            self.assertFalse(self._case().charge_ids.filtered(lambda c: c.kind == "interest"))
            self.assertIn("not known yet", self._case().with_user(self.collector).charge_note)

    def test_behaviour_33_a_person_enters_the_rate_and_interest_runs(self):
        move = self._late(date(2026, 7, 27), 1_000)
        rate = (
            self.env["collection.reference.rate"]
            .with_user(self.manager)
            .create(
                {
                    "code": "DE_BASE",
                    "date_from": "2026-07-01",
                    "date_to": "2026-12-31",
                    "value": 1.27,
                    "source_url": "https://example.com/rate",
                }
            )
        )
        self.assertEqual(self._told(move, date(2026, 8, 6))["interest"], 0)
        with self.assertRaisesRegex(UserError, "no two sources"):
            rate.action_verify()
        rate.second_source = "The gazette"
        rate.action_verify()
        # 10.27 % for ten days.
        self.assertEqual(self._told(move, date(2026, 8, 6))["interest"], 2_81)
        rate.value = 9.0
        self.assertFalse(rate.verified)
        self.assertEqual(self._told(move, date(2026, 8, 6))["interest"], 0)

    def test_unverified_rules_claim_nothing(self):
        for country in ("ch", "at", "pl", "be", "us"):
            self._seller_in(country)
            self.assertFalse(self._told(self._late(_START, 1_000), _PAID), country)

    # === 34: CONSUMERS === #

    def test_behaviour_34_no_costs_before_the_free_notice_has_run(self):
        for name, country in (("Noor", "nl"), ("Bea", "be"), ("Nils", "no")):
            with self.subTest(country=country):
                self._seller_in(country)
                self.policy.write({"reminder_fee": 50.0, "fees_agreed": True})
                move = self._late(date(2026, 3, 3), 1_000, self._consumer(name, country))
                told = self._told(move, date(2026, 6, 1))
                self.assertFalse(told.get("fixed_sum") or told.get("fee"))
                self.assertFalse(self._record(move, date(2026, 6, 1)))

    def _notice(self, move):
        """Send the reminder of an invoice that gives notice; return the touchpoint."""
        self._run()
        self._send_queue()
        return self._touchpoints(partner_id=move.partner_id.id)

    def test_behaviour_34_the_letter_gives_notice_and_its_days_must_pass(self):
        self._seller_in("nl")
        move = self._late(date(2026, 3, 3), 1_000, self._consumer("Noor", "nl"))
        touchpoint = self._notice(move)
        self.assertEqual(touchpoint.state, "sent")
        # Fourteen days from the eleventh, and one to spare; the scale on 1,000.
        self.assertIn("03/25/2026", touchpoint.message_id.body)
        self.assertIn("150.00", touchpoint.message_id.body)
        self.assertFalse(self._told(move, date(2026, 3, 25)).get("fixed_sum"))
        self.assertEqual(self._told(move, date(2026, 3, 26))["fixed_sum"], 150_00)

    def test_behaviour_34_a_notice_by_post_leaves_time_to_arrive(self):
        self._seller_in("be")
        customer = self._consumer("Bea", "be", email=False, street="Rue Haute 1", zip="1000")
        customer.city = "Brussels"
        self.policy.reminder_fee = 7.5
        self._late(date(2026, 3, 3), 1_000, customer)
        self._run()
        touchpoint = self._touchpoints(partner_id=customer.id)
        self.assertEqual(touchpoint.channel, "letter")
        # Posted on Friday 13th at the latest: from Wednesday 18th, fourteen days.
        self.assertEqual(touchpoint.notice_terms["deadline"], "2026-03-31")
        self.assertEqual(touchpoint.notice_terms["total"], 7_50)

    def test_behaviour_34_a_letter_without_the_words_gives_no_notice(self):
        self._seller_in("nl")
        move = self._late(date(2026, 3, 3), 1_000, self._consumer("Noor", "nl"))
        self._run()
        touchpoint = self._touchpoints()
        touchpoint.message_id.body = "Please pay."
        self._send_queue()
        self.assertEqual(touchpoint.state, "sent")
        self.assertFalse(touchpoint.notice_ids)
        self.assertFalse(self._told(move, date(2026, 6, 1)).get("fixed_sum"))

    def test_behaviour_34_a_letter_that_left_late_gives_no_notice(self):
        self._seller_in("nl")
        move = self._late(date(2026, 3, 3), 1_000, self._consumer("Noor", "nl"))
        self._run()
        with freeze_time("2026-03-12 12:00:00"):
            self._send_queue()
        self.assertFalse(self._touchpoints().notice_ids)
        self.assertFalse(self._told(move, date(2026, 6, 1)).get("fixed_sum"))

    def test_a_belgian_consumer_pays_at_most_7_50_for_later_reminders(self):
        self._seller_in("be")
        self.policy.reminder_fee = 12.0
        move = self._late(date(2026, 3, 3), 1_000, self._consumer("Bea", "be"))
        self._notice(move)
        self.assertFalse(self._told(move, date(2026, 4, 20)))
        firm = self.policy.cadence_id.step_ids.sudo().filtered(lambda s: s.offset_days == 14)
        firm.copy({"cadence_id": firm.cadence_id.id, "offset_days": 28})
        with freeze_time("2026-03-31 12:00:00"):
            self._notice(move)
        self.assertEqual(self._told(move, date(2026, 4, 20)), {"fee": 7_50})

    # === 35: PRINCIPAL PAID === #

    def _paid_with_charges(self, fee_policy):
        self.policy.fee_policy = fee_policy
        move = self._late(date(2026, 2, 8), 10_000)
        self.company._collection_evaluate()
        charges = self._record(move)
        self._pay_on(move, TODAY)
        self.env["collection.charge"].sudo()._follow_payments(self.company, TODAY)
        return move, charges

    def test_behaviour_35_waive(self):
        move, charges = self._paid_with_charges("waive")
        self.assertEqual(set(charges.mapped("state")), {"waived"})
        self.assertEqual(
            {row["state"] for row in self._case().with_user(self.collector)._charge_statement()},
            {"waived"},
        )
        self.assertFalse(self._told(move))

    def test_behaviour_35_enforce(self):
        _move, charges = self._paid_with_charges("enforce")
        self.assertEqual(set(charges.mapped("state")), {"claimed"})
        claim = charges.claim_move_id
        self.assertEqual(claim.state, "posted")
        # 10.27 % for 30 days on 10,000, and the fixed sum.
        self.assertAlmostEqual(claim.amount_residual, 84.41 + 40)
        self.assertFalse(self._item(claim).no_followup)
        rows = self._case().with_user(self.collector)._charge_statement()
        self.assertEqual({row["claim"] for row in rows}, {claim.name})
        self._pay(claim)
        self.assertEqual(set(charges.mapped("state")), {"paid"})

    def test_behaviour_35_keep(self):
        _move, charges = self._paid_with_charges("keep")
        self.assertEqual(set(charges.mapped("state")), {"computed"})
        self.assertEqual(len(self._case().with_user(self.collector)._charge_statement()), 2)
        charges.with_user(self.manager).action_claim()
        self.env["collection.charge"].sudo()._follow_payments(self.company, TODAY)
        self.assertTrue(self._item(charges.claim_move_id).no_followup)

    def test_what_was_claimed_is_credited_when_charges_are_waived_on_payment(self):
        move = self._late(date(2026, 2, 8), 10_000)
        charges = self._record(move)
        charges.with_user(self.manager).action_claim()
        claim = charges.claim_move_id
        self._pay_on(move, TODAY)
        self.env["collection.charge"].sudo()._follow_payments(self.company, TODAY)
        self.assertEqual(set(charges.mapped("state")), {"credited"})
        self.assertFalse(claim.amount_residual)

    # === 36: ONCE === #

    def test_behaviour_36_the_fixed_sum_is_claimed_once_for_an_invoice(self):
        move = self._late(date(2026, 2, 8), 10_000)
        charges = self._record(move)
        charges.with_user(self.manager).action_claim()
        later = date(2026, 3, 20)
        # Ten more days at 10.27 %.
        self.assertEqual(self._told(move, later), {"interest": 28_14})
        with self.assertRaises(UserError):
            charges.with_user(self.manager).action_claim()
        again = self._record(move, later)
        self.assertEqual(again.mapped("kind"), ["interest"])
        self.assertEqual(again.date_from, date(2026, 3, 11))

    def test_behaviour_36_a_sum_that_was_waived_does_not_come_back(self):
        move = self._late(date(2026, 2, 8), 10_000)
        self._record(move).with_user(self.manager).action_waive()
        self.assertFalse(self._told(move))
        self.assertEqual(self._told(move, date(2026, 3, 20)), {"interest": 28_14})

    def test_behaviour_36_the_letters_of_all_levels_leave_one_sum(self):
        move = self._late(date(2026, 3, 3), 1_000)
        self._run()
        with freeze_time("2026-03-17 12:00:00"):
            self._run()
        charges = self.env["collection.charge"].sudo().search([("move_id", "=", move.id)])
        self.assertEqual(sorted(charges.mapped("kind")), ["fixed_sum", "interest"])

    def test_a_claim_bears_neither_interest_nor_sum(self):
        self.policy.fee_policy = "enforce"
        move = self._late(date(2026, 2, 8), 10_000)
        charges = self._record(move)
        charges.with_user(self.manager).action_claim()
        self.assertFalse(self._told(charges.claim_move_id, date(2026, 6, 1)))

    # === WHAT STOPS CHARGES === #

    def test_behaviour_31_charges_freeze_from_the_day_of_insolvency(self):
        self._seller_in("es")
        move = self._late(_START, 10_000)
        self.customer.sudo().collection_insolvency_date = date(2024, 7, 1)
        # June alone: 30 days at 12.50 %.
        self.assertEqual(self._told(move, _PAID), {"interest": 102_74, "fixed_sum": 40_00})
        self.customer.sudo().collection_insolvency_date = date(2024, 5, 31)
        self.assertFalse(self._told(move, _PAID))

    def test_what_is_disputed_bears_nothing(self):
        self._seller_in("es")
        move = self._late(_START, 10_000)
        self.company._collection_evaluate()
        dispute = self.env["collection.dispute"].with_user(self.collector)
        dispute._open(
            self._case().with_user(self.collector),
            {self._item(move): 4_000.0},
            "price",
            "",
            "phone",
        )
        self.assertEqual(self._told(move, _PAID)["interest"], round(307_47 * 0.6))
