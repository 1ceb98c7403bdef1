from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.tests import freeze_time, tagged

from .cadence_common import CadenceCommon, day
from .common import NOON, TODAY


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestBehaviourMoments(CadenceCommon):
    """Days off, hours, counts and people who decide."""

    def assertHeld(self, code, retry, partner=None):
        touchpoint = self._touchpoints(partner_id=(partner or self.customer).id)
        self.assertEqual(
            (touchpoint.state, touchpoint.block_reason, touchpoint.retry_date),
            ("blocked", code, retry),
        )

    def test_behaviour_25_epiphany_stops_bavaria_and_not_berlin(self):
        germany = self.env.ref("base.de")
        states = {
            code: self.env["res.country.state"].search(
                [("country_id", "=", germany.id), ("code", "in", (code, f"DE-{code}"))]
            )
            for code in ("BY", "BE")
        }
        self.assertTrue(states["BY"] and states["BE"])
        # The day is a Tuesday, as 6 January 2026 is.
        self._day_off(TODAY, country_id=germany.id, state_id=states["BY"].id)
        customers = {
            code: self._customer(code, country_id=germany.id, state_id=state.id)
            for code, state in states.items()
        }
        for customer in customers.values():
            self._invoice(7, partner=customer)
        self._run()
        self.assertHeld("holiday", TODAY + timedelta(days=1), customers["BY"])
        free = self._touchpoints(partner_id=customers["BE"].id)
        self.assertEqual((free.state, free.block_reason), ("queued", False))

    def test_our_own_day_off_stops_everybody_but_another_companys_nobody(self):
        other = self._create_company(name="Second Seller")
        self._day_off(TODAY, company_id=other.id)
        self._invoice(7)
        self.assertEqual(self._run()["sent"], 1)
        self._day_off(TODAY + timedelta(days=7), company_id=self.company.id)
        with freeze_time(day(7)):
            self.assertEqual(self._run()["blocked"], {"holiday": 1})

    def test_a_step_that_stays_is_taken_on_a_day_off(self):
        self._cadence({"offset_days": 7, "shift": "none"})
        self._day_off(TODAY, company_id=self.company.id)
        self._invoice(7)
        self.assertEqual(self._run()["sent"], 1)

    def test_behaviour_25_at_half_past_nine_in_the_evening_the_message_waits_for_the_morning(self):
        self._rule(channel="email", has_hours=True, hour_from=8.0, hour_to=20.0)
        self.customer.tz = "Europe/Paris"
        self._invoice(7)
        with freeze_time("2026-03-10 20:30:00"):
            self._run()
        self.assertHeld("quiet_hours", TODAY + timedelta(days=1))
        self.assertEqual(str(self._case().wake_at), "2026-03-11 07:00:00")
        with freeze_time("2026-03-11 06:59:00"), self.enter_registry_test_mode():
            self.env.ref("invoice_collections.collection_case_cron_wake").method_direct_trigger()
        self.assertEqual(len(self._touchpoints()), 1)
        with freeze_time("2026-03-11 07:00:00"), self.enter_registry_test_mode():
            self.env.ref("invoice_collections.collection_case_cron_wake").method_direct_trigger()
        self.assertEqual(self._touchpoints().mapped("state"), ["blocked", "queued"])
        self.assertFalse(self._case().wake_at)

    def test_e_mail_knows_no_hours_by_itself(self):
        self._invoice(7)
        with freeze_time("2026-03-10 03:00:00"):
            self.assertEqual(self._run()["sent"], 1)

    def test_behaviour_27_of_two_companies_that_share_the_limit_one_gets_through(self):
        other = self._create_company(name="Second Seller")
        (self.policy | other._collection_policy()).cap_shared = True
        self._invoice(7)
        self._run()
        journal = (
            self.env["account.journal"]
            .sudo()
            .search([("company_id", "=", other.id), ("type", "=", "sale")], limit=1)
        )
        self.env["account.move"].with_company(other).sudo().create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "journal_id": journal.id,
                "invoice_date": TODAY - timedelta(days=40),
                "invoice_date_due": TODAY - timedelta(days=7),
                "invoice_line_ids": [
                    Command.create({"name": "Work", "price_unit": 100.0, "tax_ids": False})
                ],
            }
        ).action_post()
        self.assertEqual(other._collection_run()["blocked"], {"frequency_cap": 1})
        with freeze_time(day(1)):
            self.assertEqual(other._collection_run()["sent"], 1)

    def test_a_rule_caps_the_contacts_of_a_channel(self):
        self._cadence({"offset_days": 1}, {"offset_days": 4}, {"offset_days": 6})
        self._rule(channel="email", cap_count=1, cap_days=5)
        self._invoice(1)
        self.assertEqual(self._run()["sent"], 1)
        with freeze_time(day(3)):
            self.assertEqual(self._run()["blocked"], {"frequency_cap": 1})
        touchpoint = self._touchpoints(date=TODAY + timedelta(days=3))
        self.assertEqual(touchpoint.retry_date, TODAY + timedelta(days=5))

    def test_behaviour_28_no_call_within_seven_days_after_a_conversation(self):
        self._cadence(
            {"offset_days": 7}, {"offset_days": 13, "outcome": "call", "template_id": False}
        )
        self.customer.phone = "+33612345678"
        self._invoice(7)
        self._run()
        self._touchpoints().write({"channel": "call", "replied_at": NOON})
        with freeze_time(day(6)):
            self.assertEqual(self._run()["blocked"], {"frequency_cap": 1})
        held = self._touchpoints(date=TODAY + timedelta(days=6))
        # The day of the conversation is the first of the seven.
        self.assertEqual(held.retry_date, TODAY + timedelta(days=7))

    def test_behaviour_28_a_call_nobody_answered_counts(self):
        self._cadence(
            {"offset_days": 7}, {"offset_days": 13, "outcome": "call", "template_id": False}
        )
        self._rule(channel="call", cap_count=1, cap_days=7)
        self.customer.phone = "+33612345678"
        self._invoice(7)
        self._run()
        rang = self._touchpoints()
        rang.write({"channel": "call", "state": "bounced"})
        with freeze_time(day(6)):
            self.assertEqual(self._run()["blocked"], {"frequency_cap": 1})

    def test_a_consumer_has_two_weeks_after_the_first_reminder_where_the_law_says_so(self):
        self._cadence({"offset_days": 1}, {"offset_days": 8, "tone": "4"})
        person = self._customer(
            "Jan Klant", is_company=False, country_id=self.env.ref("base.nl").id
        )
        self._invoice(1, partner=person)
        self.assertEqual(self._run()["sent"], 1)
        with freeze_time(day(7)):
            self.assertEqual(self._run()["blocked"], {"prerequisite": 1})
        held = self._touchpoints(date=TODAY + timedelta(days=7))
        self.assertEqual(held.retry_date, TODAY + timedelta(days=14))

    def test_a_step_that_asks_first_waits_for_a_person_and_is_asked_once(self):
        self._cadence({"offset_days": 7, "needs_approval": True})
        self._invoice(7)
        self.assertEqual(self._run()["blocked"], {"approval": 1})
        self.assertEqual(self._touchpoints().state, "waiting")
        self.assertEqual(self._send_queue(), [])
        with freeze_time(day(1)):
            self.assertEqual(self._run()["planned"], 0)

    def test_behaviour_04_one_task_while_the_books_are_stale_and_none_after(self):
        self.policy.user_id = self.collector
        self._invoice(14)
        with self._feed("stale_feed"):
            self._run()
            self._run()
            self.assertEqual(self.policy.activity_ids.user_id, self.collector)
            self.assertEqual(len(self.policy.activity_ids), 1)
        self._run()
        self.assertFalse(self.policy.activity_ids)

    def test_a_proposal_to_hand_over_speaks_to_us_and_not_to_the_customer(self):
        self._cadence({"offset_days": 50, "outcome": "handover", "template_id": False})
        self._invoice(50)
        counts = [self._run()["planned"] for _again in range(2)]
        proposals = self.env["collection.handover"].sudo()
        proposals = proposals.search([("case_id", "=", self._case().id)])
        self.assertEqual((counts, proposals.mapped("state")), ([0, 0], ["draft"]))

    def test_public_holidays_are_noted_once_and_people_keep_their_word(self):
        france = self.env.ref("base.fr")
        holidays = self.env["collection.holiday"].sudo()
        nothing = self.env["res.country.state"]
        found = {TODAY: "Jour de test"}
        module = "odoo.addons.invoice_collections.core.public_holidays.days"
        with patch(module, lambda country, part, years: found if country == "FR" else {}):
            holidays._fill(france, nothing, (2026,))
            noted = holidays.search([("country_id", "=", france.id), ("date", "=", TODAY)])
            self.assertEqual((noted.name, noted.company_id.id), ("Jour de test", False))
            noted.active = False
            holidays._fill(france, nothing, (2026,))
            self.assertFalse(
                holidays.search([("country_id", "=", france.id), ("date", "=", TODAY)])
            )
