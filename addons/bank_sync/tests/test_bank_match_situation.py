from unittest.mock import patch

from odoo import SUPERUSER_ID, Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.bank_sync.core.matching.trust import REVIEWED_RIGHT
from odoo.addons.bank_sync.models import bank_match_decision_learning

from .learning_common import GUESS, LearningCommon, proposal

SITUATION = "exact+exact_amount+reference_quoted"
GUESSED = "exact+amount_unique+name_similar"


@tagged("post_install", "-at_install")
class TestBankMatchSituation(LearningCommon):
    def test_accepting_the_best_proposal_counts_as_right(self):
        self.decide(self.paid())
        self.assertEqual(self.counts(), {SITUATION: (1, 0)})

    def test_choosing_another_than_the_best_counts_against_the_best_alone(self):
        shown = [proposal(), proposal(GUESS, chosen=True)]
        for action in ("corrected", "manual", "written_off", "rejected"):
            self.decide(self.paid(), action, shown)
        self.assertEqual(self.counts(), {SITUATION: (0, 4)})

    def test_whoever_finds_the_best_proposal_by_hand_agrees_with_it(self):
        self.decide(self.paid(), "manual", [proposal(chosen=True), proposal(GUESS)])
        self.assertEqual(self.counts(), {SITUATION: (1, 0)})

    def test_accepting_another_than_the_best_is_no_praise_of_the_best(self):
        self.decide(self.paid(), "accepted", [proposal(), proposal(GUESS, chosen=True)])
        self.assertEqual(self.counts(), {SITUATION: (0, 1)})

    def test_what_two_people_composed_is_no_proposal_of_ours(self):
        self.decide(self.paid(), "manual", [proposal((), chosen=True)])
        self.assertEqual(self.counts(), {})
        self.decide(self.paid(), "manual", [proposal((), chosen=True), proposal()])
        self.assertEqual(self.counts(), {SITUATION: (0, 1)})

    def test_a_wrong_booking_that_kept_no_proposals_counts_all_the_same(self):
        values = {"inputs": {}}
        self.decide(self.paid(), "automatic", **values).sudo().write({"outcome": "undone"})
        self.assertEqual(self.counts(), {SITUATION: (0, 20)})

    def test_where_nothing_was_proposed_nothing_is_judged(self):
        for action in ("manual", "written_off", "exception"):
            self.decide(self.paid(), action, [])
        self.decide(self.paid(), "exception")
        self.assertEqual(self.counts(), {})

    def test_what_booked_itself_proves_nothing_about_itself(self):
        self.decide(self.paid(), "automatic")
        self.assertEqual(self.counts(), {})

    def test_a_wrong_automatic_booking_counts_twenty_fold(self):
        self.decide(self.paid(), "automatic").sudo().write({"outcome": "undone"})
        self.assertEqual(self.counts(), {SITUATION: (0, 20)})

    def test_a_reviewed_booking_stands_for_those_nobody_was_shown(self):
        decision = self.decide(self.paid(), "automatic", review="due")
        decision.action_review_right()
        self.assertEqual(decision.review, "confirmed")
        self.assertEqual(self.counts(), {SITUATION: (REVIEWED_RIGHT, 0)})
        self.assertEqual(len(self.known()), 2)
        # Found wrong later all the same: only the failure stays.
        decision.sudo().write({"outcome": "undone"})
        self.assertEqual(self.counts(), {SITUATION: (0, 20)})
        self.assertEqual(self.known(), [])

    def test_undoing_an_accepted_match_takes_its_lesson_out(self):
        self.decide(self.paid())
        self.decide(self.paid()).sudo().write({"outcome": "undone"})
        self.assertEqual(self.counts(), {SITUATION: (1, 0)})

    def test_who_found_the_mistake_is_told_what_no_longer_books_itself_and_what_to_do(self):
        self.decide(self.paid(), "automatic").sudo().write({"outcome": "undone"})
        row = self.situations.search([("situation", "=", SITUATION)])
        self.assertEqual(row.state, "taken_back")
        task = row.activity_ids
        self.assertEqual((len(task), task.user_id), (1, self.env.user))
        self.assertIn("Exact", task.summary)
        for words in ("Reference quoted", "no longer book themselves", "Forgive Wrong Ones"):
            self.assertIn(words, task.note)
        self.decide(self.paid(), "automatic").sudo().write({"outcome": "undone"})
        self.assertEqual(row.activity_ids, task, "one task, however many are wrong")
        row.with_user(self.manager).action_forgive()
        self.assertFalse(row.activity_ids, "it books itself again")

    def test_a_mistake_nobody_is_asked_about_goes_to_a_manager_of_the_company(self):
        lesson = {"situation": SITUATION, "right": False, "weight": 20.0}
        self.situations.with_user(SUPERUSER_ID)._learn([{**lesson, "company": self.company.id}])
        row = self.situations.search([("situation", "=", SITUATION)])
        self.assertTrue(row.activity_ids.user_id.has_group("bank_sync.group_manager"))

    def test_enough_right_ones_release_and_a_failure_takes_back(self):
        self.company.sudo().bank_auto_threshold = 0.9
        lines = [self.paid() for _ in range(25)]
        self.decisions.sudo().create([self.prepared(line) for line in lines])
        row = self.situations.search([("situation", "=", SITUATION)])
        self.assertEqual(row.state, "released")
        self.assertTrue(self.situations._trust(self.company).released(SITUATION))
        wrong = self.decide(self.paid(), "automatic")
        wrong.sudo().write({"outcome": "undone"})
        self.assertEqual(row.state, "taken_back")
        self.assertFalse(self.situations._trust(self.company).released(SITUATION))
        events = self.env["bank.event"].search([("kind", "=", "situation_state")], order="id")
        self.assertEqual([e.payload["state"] for e in events], ["released", "taken_back"])
        row.with_user(self.manager).action_forgive()
        self.assertEqual(row.state, "released")
        self.assertEqual(row.wrong_count, 0)

    def test_what_is_shown_as_released_is_what_the_engine_may_book(self):
        """Also for situations that other decisions have released: a company gains experience."""
        self.company.sudo().bank_auto_threshold = 0.95

        def learn(situation, right, weight):
            lesson = {"situation": situation, "right": right, "weight": weight}
            self.situations._learn([{**lesson, "company": self.company.id}])

        learn("short+of_old", True, 40)
        learn("short+of_old", False, 10)
        row = self.situations.search([("situation", "=", "short+of_old")])
        self.assertNotEqual(row.state, "released")
        self.assertFalse(self.situations._trust(self.company).released(row.situation))
        learn(SITUATION, True, 2000)
        self.assertTrue(self.situations._trust(self.company).released(row.situation))
        self.assertEqual(row.state, "released")

    def test_what_a_manager_holds_is_always_asked(self):
        self.company.sudo().bank_auto_threshold = 0.9
        self.decisions.sudo().create([self.prepared(self.paid()) for _ in range(25)])
        row = self.situations.search([("situation", "=", SITUATION)])
        row.with_user(self.manager).held = True
        self.assertFalse(self.situations._trust(self.company).released(SITUATION))
        self.assertEqual(row.state, "taken_back")
        row.with_user(self.manager).held = False
        self.assertEqual(row.state, "released")

    def test_experience_is_not_written_by_hand(self):
        self.decide(self.paid())
        row = self.situations.search([("situation", "=", SITUATION)])
        with self.assertRaises(AccessError):
            row.held = True
        with self.assertRaises(AccessError):
            row.action_forgive()
        for values in ({"right_count": 9999}, {"wrong_count": 0}, {"state": "released"}):
            with self.subTest(values), self.assertRaises(AccessError):
                row.with_user(self.manager).write(values)

    def test_figures_are_shown_in_words(self):
        self.decide(self.paid())
        row = self.situations.search([("situation", "=", SITUATION)])
        self.assertEqual(row.reason_text, "Exact amount · Reference quoted")
        self.assertEqual(row.kind, "exact")
        self.assertGreater(row.level, 75, "one right decision, and what is shipped")
        self.assertLess(row.lower_bound, row.level)

    def test_experience_under_reasons_nobody_knows_any_more_is_still_shown(self):
        self.decide(self.paid(), shown=[proposal(("exact_amount", "of_old"), chosen=True)])
        row = self.situations.search([("company_id", "=", self.company.id)])
        self.assertEqual(row.reason_text, "Exact amount · of_old")

    # === REVIEW === #

    def test_a_random_share_is_drawn_for_review(self):
        self.company.sudo().bank_review_share = 0.03
        draws = iter([0.5, 0.029, 0.03, 0.0])
        lines = [self.paid() for _ in range(4)]
        with patch.object(bank_match_decision_learning, "_chance", lambda: next(draws)):
            decisions = self.decisions.sudo().create(
                [self.prepared(line, "automatic") for line in lines]
            )
        self.assertEqual([d.review or "" for d in decisions], ["", "due", "", "due"])
        self.assertEqual([line.bank_review for line in lines], [False, True, False, True])

    def test_what_a_person_decided_is_never_drawn(self):
        self.company.sudo().bank_review_share = 1
        self.assertFalse(self.decide(self.paid()).review)

    def test_a_wrong_booking_found_in_review_is_undone(self):
        self.company.sudo().bank_review_share = 1
        invoice = self.invoice(100.0)
        line = self.bank_line(100.0, invoice.name)
        before = self.books()
        self.match()
        self.assertEqual(line.bank_match_state, "booked")
        decision = self.decisions.search([("statement_line_id", "=", line.id)])
        if not decision:
            decision = self.decide(line, "automatic")
        decision.action_review_wrong()
        self.assertEqual(decision.review, "wrong")
        self.assertFalse(line.is_reconciled)
        self.assertFalse(line.bank_review)
        self.assertEqual(self.books(), before)
        self.assertEqual([wrong for _right, wrong in self.counts().values()], [20])

    def test_who_undoes_a_booking_has_reviewed_it(self):
        line = self.paid()
        line.sudo().bank_review = True
        decision = self.decide(line, "automatic", review="due")
        decision.sudo().write({"outcome": "undone"})
        self.assertEqual(decision.review, "wrong")
        self.assertFalse(line.bank_review)
        self.assertEqual([wrong for _right, wrong in self.counts().values()], [20])

    def test_only_the_companys_own_accountants_review(self):
        decision = self.decide(self.paid(), "automatic", review="due")
        clerk = new_test_user(self.env, "clerk_review", "account.group_account_invoice")
        other = self.env["res.company"].sudo().create({"name": "Theirs"})
        stranger = new_test_user(
            self.env,
            "stranger",
            "bank_sync.group_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for user in (clerk, stranger):
            for action in ("action_review_right", "action_review_wrong", "action_forget"):
                with self.subTest(user.login, action=action), self.assertRaises(AccessError):
                    getattr(decision.with_user(user), action)()
        self.assertEqual(decision.review, "due")
        self.assertFalse(decision.forgotten)

    def test_reviewing_twice_changes_nothing(self):
        decision = self.decide(self.paid(), "automatic", review="due")
        decision.action_review_right()
        decision.action_review_wrong()
        self.assertEqual(decision.review, "confirmed")
