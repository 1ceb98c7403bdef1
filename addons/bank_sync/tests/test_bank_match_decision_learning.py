import random
from collections import Counter

from odoo.tests import tagged

from odoo.addons.bank_sync.core.matching.trust import REVIEWED_RIGHT
from odoo.addons.bank_sync.core.matching.values import Claim, Kind, Proposal

from .learning_common import LearningCommon


@tagged("post_install", "-at_install")
class TestBankMatchDecisionLearning(LearningCommon):
    """From a bank line to what was learnt of it, through the buttons people press."""

    def proposed(self, amount=77.0):
        """Return a line with a proposal that waits for a person, and its invoice."""
        invoice = self.invoice(amount)
        line = self.bank_line(
            amount, "danke", partner_name="MARTIN BOULANGERIE", account_number="DE89 3704 0044"
        )
        self.match()
        self.assertTrue(line.bank_suggestion_ids)
        return line, invoice

    def best(self, line):
        return line.bank_suggestion_ids.filtered(lambda one: one.state == "open")[0]

    def test_accepting_and_undoing_leaves_what_was_known_before(self):
        line, _invoice = self.proposed()
        situation = self.best(line).situation
        self.best(line).action_accept()
        self.assertEqual(
            self.known(),
            [
                ("account", "DE8937040044", self.customer.id, 1),
                ("alias", "BOULANGERIE MARTIN", self.customer.id, 1),
            ],
        )
        self.assertEqual(self.counts(), {situation: (1, 0)})
        line.action_undo_match()
        self.assertEqual(self.known(), [])
        self.assertEqual(self.counts(), {situation: (0, 0)})

    def test_rejecting_counts_against_the_proposal(self):
        line, _invoice = self.proposed()
        situation = self.best(line).situation
        self.best(line).action_reject()
        self.assertEqual(self.counts(), {situation: (0, 1)})
        self.assertEqual(self.known(), [])

    def test_undoing_what_booked_itself_counts_twenty_fold(self):
        invoice = self.invoice(100.0)
        line = self.bank_line(100.0, invoice.name)
        self.match()
        self.assertEqual(line.bank_match_state, "booked")
        self.assertEqual(self.counts(), {})
        line.action_undo_match()
        self.assertEqual([wrong for _right, wrong in self.counts().values()], [20])

    def test_a_match_by_hand_teaches_whose_money_it_is(self):
        invoice = self.invoice(55.0)
        line = self.bank_line(
            60.0, "n/a", partner_name="M. BOULANGER", account_number="DE89 3704 0044"
        )
        item = invoice.line_ids.filtered(lambda one: one.display_type == "payment_term")
        self.assertFalse(line.bank_suggestion_ids)
        proposal = Proposal(
            (Claim(item.id, 5500),),
            0.0,
            (),
            kind=Kind.OVER,
            partner=self.customer.id,
            on_account=500,
        )
        line._match_manually(proposal)
        self.assertEqual({row[2] for row in self.known()}, {self.customer.id})
        self.assertEqual(self.counts(), {})

    def test_whatever_happens_the_counts_are_those_of_what_stands(self):
        """Any sequence of outcomes, reviews and forgetting leaves what the end alone would."""
        chance = random.Random(11)  # noqa: S311 (figures, not secrets)
        actions = ["accepted", "manual", "rejected", "automatic"]
        decisions = [
            self.decide(
                self.paid(account_number=f"DE{chance.randint(1, 3)}", partner_name=""),
                chance.choice(actions),
            )
            for _ in range(24)
        ]
        later = (
            {"outcome": "undone"},
            {"outcome": "corrected"},
            {"outcome": "open"},
            {"review": "confirmed"},
            {"review": "wrong"},
            {"forgotten": True},
            {"forgotten": False},
        )
        for _ in range(120):
            chosen = self.decisions.union(*chance.sample(decisions, chance.randint(1, 4)))
            chosen.sudo().write(chance.choice(later))
        right = wrong = 0
        payers = Counter()
        for one in decisions:
            stands = one.outcome == "open" and not one.forgotten
            if one.action == "automatic":
                failed = one.outcome != "open" or one.review == "wrong"
                wrong += 20 * (failed and not one.forgotten)
                stands &= one.review == "confirmed"
                right += REVIEWED_RIGHT * stands
            else:
                right += stands and one.action == "accepted"
                wrong += stands and one.action != "accepted"
            if stands and one.action != "rejected":
                payers[one.statement_line_id.account_number] += 1
        self.assertTrue(right and wrong and payers)
        self.assertEqual(list(self.counts().values()), [(right, wrong)])
        self.assertEqual({key: count for _thing, key, _partner, count in self.known()}, payers)
