from datetime import timedelta

import psycopg2

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .learning_common import LearningCommon


@tagged("post_install", "-at_install")
class TestBankMatchPayer(LearningCommon):
    def test_accepting_teaches_whose_account_and_name_it_is(self):
        self.decide(self.paid())
        customer = self.customer.id
        self.assertEqual(
            self.known(),
            [
                ("account", "DE8937040044", customer, 1),
                ("alias", "BOULANGERIE MARTIN", customer, 1),
            ],
        )
        knowledge = self.payers._knowledge(self.company)
        self.assertEqual(dict(knowledge.accounts("de89-3704-0044")), {customer: 1})
        self.assertEqual(dict(knowledge.aliases("Martin Boulangerie SARL")), {customer: 1})

    def test_the_same_payer_is_counted_and_not_repeated(self):
        for _ in range(3):
            self.decide(self.paid())
        self.assertEqual({row[-1] for row in self.known()}, {3})
        self.assertEqual(len(self.known()), 2)

    def test_matching_by_hand_and_correcting_teach_too(self):
        self.decide(self.paid(), "manual", shown=[])
        self.decide(self.paid(), "corrected")
        self.assertEqual({row[-1] for row in self.known()}, {2})

    def test_what_booked_itself_teaches_nothing(self):
        self.decide(self.paid(), "automatic")
        for action in ("rejected", "exception", "written_off", "undone"):
            self.decide(self.paid(), action)
        self.assertEqual(self.known(), [])

    def test_an_undone_decision_leaves_no_trace(self):
        self.decide(self.paid())
        second = self.decide(self.paid())
        second.sudo().write({"outcome": "undone"})
        self.assertEqual({row[-1] for row in self.known()}, {1})
        second.sudo().write({"outcome": "undone"})
        self.assertEqual({row[-1] for row in self.known()}, {1})
        self.decisions.search([]).sudo().write({"outcome": "undone"})
        self.assertEqual(self.known(), [])

    def test_a_third_party_becomes_nobodys_account(self):
        self.decide(self.paid(), kind="third_party")
        self.assertEqual({row[0] for row in self.known()}, {"paid_for"})
        knowledge = self.payers._knowledge(self.company)
        self.assertFalse(knowledge.accounts("DE8937040044"))
        self.assertEqual(dict(knowledge.paid_for("DE8937040044")), {self.customer.id: 1})

    def test_whose_account_is_on_file_pays_for_somebody_else(self):
        parent = self.env["res.partner"].create({"name": "Holding AG"})
        self.decide(self.paid(partner_id=parent.id))
        self.assertEqual({row[0] for row in self.known()}, {"paid_for"})

    def test_transfers_and_payouts_have_no_payer(self):
        for kind in ("transfer", "payout", "collection", "return"):
            self.decide(self.paid(), kind=kind)
        self.assertEqual(self.known(), [])

    def test_having_paid_for_somebody_is_forgotten_after_a_year(self):
        old = self.today - timedelta(days=400)
        self.decide(self.paid(bank_booking_date=old), kind="third_party")
        self.assertFalse(self.payers._knowledge(self.company).paid_for("DE8937040044"))

    def test_an_account_on_file_is_believed(self):
        self.env["res.partner.bank"].sudo().create(
            {"acc_number": "FR76 1234", "partner_id": self.customer.id}
        )
        knowledge = self.payers._knowledge(self.company)
        self.assertEqual(knowledge.accounts("FR761234")[self.customer.id], 100)

    def test_a_contact_teaches_about_its_company(self):
        contact = self.env["res.partner"].create(
            {"name": "Accounts payable", "parent_id": self.customer.id}
        )
        self.decide(self.paid(), partner_id=contact.id)
        self.assertEqual({row[2] for row in self.known()}, {self.customer.id})

    def test_many_decisions_learn_in_constant_queries(self):
        lines = [self.paid(account_number=f"DE{n}", partner_name=f"Name{n}") for n in range(60)]
        few = [self.prepared(line) for line in lines[:10]]
        many = [self.prepared(line) for line in lines[10:]]
        self.env.flush_all()
        counted = []
        for batch in (few, many):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.decisions.sudo().create(batch)
            self.env.flush_all()
            counted.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counted[1], counted[0] + 2)
        self.assertEqual(len(self.known()), 120)

    def test_a_payer_of_a_hundred_kilobytes_is_learnt_and_unlearnt(self):
        endless = {"partner_name": "wörd ✓ " * 15_000, "account_number": "DE" + "1" * 100_000}
        decision = self.decide(self.paid(**endless))
        self.assertEqual({row[-1] for row in self.known()}, {1})
        decision.sudo().write({"outcome": "undone"})
        self.assertEqual(self.known(), [])

    def test_a_partner_shows_who_pays_for_it(self):
        contact = self.env["res.partner"].create({"name": "AP", "parent_id": self.customer.id})
        self.decide(self.paid())
        self.assertEqual(self.customer.bank_payer_count, 2)
        self.assertEqual(contact.bank_payer_count, 2)
        action = contact.action_open_bank_payers()
        self.assertEqual(self.payers.search_count(action["domain"]), 2)

    # === BY HAND === #

    def test_what_people_enter_is_believed_at_once(self):
        payer = self.payers.create(
            {"text": "Martin & Fils", "thing": "alias", "partner_id": self.customer.id}
        )
        self.assertTrue(payer.declared)
        aliases = self.payers._knowledge(self.company).aliases("fils martin")
        self.assertEqual(aliases[self.customer.id], 100)
        payer.text = "Durand"
        self.assertEqual(payer.key, "DURAND")
        self.assertFalse(self.payers._knowledge(self.company).aliases("fils martin"))

    def test_forgetting_is_deleting_and_is_remembered_as_an_event(self):
        self.decide(self.paid())
        self.payers.search([("company_id", "=", self.company.id)]).unlink()
        self.assertFalse(self.payers._knowledge(self.company).accounts("DE8937040044"))
        events = self.env["bank.event"].search([("kind", "=", "payer_forgotten")], limit=2)
        self.assertEqual(
            {event.payload["text"] for event in events}, {"DE89 3704 0044", "MARTIN BOULANGERIE"}
        )

    def test_undoing_does_not_delete_what_a_person_entered(self):
        self.payers.create(
            {"text": "DE8937040044", "thing": "account", "partner_id": self.customer.id}
        )
        self.decide(self.paid()).sudo().write({"outcome": "undone"})
        self.assertEqual(self.known(), [("account", "DE8937040044", self.customer.id, 0)])

    def test_a_manager_can_have_a_decision_forgotten(self):
        decision = self.decide(self.paid())
        with self.assertRaises(AccessError):
            decision.action_forget()
        decision.with_user(self.manager).action_forget()
        self.assertEqual(self.known(), [])
        self.assertTrue(decision.forgotten)

    def test_counts_are_not_written_by_hand(self):
        self.decide(self.paid())
        payer = self.payers.search([("company_id", "=", self.company.id)], limit=1)
        for values in ({"count": 99}, {"declared": True}, {"key": "X"}, {"last_day": self.today}):
            with self.subTest(values), self.assertRaises(AccessError):
                payer.write(values)
            with self.subTest(values), self.assertRaises(AccessError):
                self.payers.create({"text": "X1", "partner_id": self.customer.id, **values})

    def test_a_name_that_tells_nobody_apart_is_refused(self):
        for text in ("GmbH", "...", " "):
            with self.subTest(text), self.assertRaisesRegex(ValidationError, "tells nobody apart"):
                self.payers.create({"text": text, "partner_id": self.customer.id})

    def test_nothing_is_known_twice(self):
        values = {"text": "DE 1", "thing": "account", "partner_id": self.customer.id}
        self.payers.create(values)
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError):
            self.payers.create({**values, "text": "de-1"})

    def test_another_company_knows_nothing_of_it(self):
        self.decide(self.paid())
        other = self.env["res.company"].sudo().create({"name": "Theirs"})
        self.assertFalse(self.payers._knowledge(other).accounts("DE8937040044"))
        self.assertFalse(self.payers._knowledge(other).aliases("MARTIN BOULANGERIE"))
