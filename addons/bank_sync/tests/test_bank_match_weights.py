from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.bank_sync.core.matching.shipped import WEIGHTS
from odoo.addons.bank_sync.models import bank_match_weights

from .learning_common import GUESS, SURE, LearningCommon, proposal


@tagged("post_install", "-at_install")
class TestBankMatchWeights(LearningCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.line = cls.paid()

    def teach(self, count, shown, action="accepted"):
        """Record many equal decisions."""
        return self.decisions.sudo().create(
            [self.prepared(self.line, action, shown) for _ in range(count)]
        )

    def teach_guesses_are_right(self, count=150):
        """Teach what the shipped weights doubt: a similar name and amount are always right."""
        for _ in range(count // 50):
            self.teach(50, [proposal(GUESS, chosen=True), proposal(("short",))])

    def version(self, state, **values):
        """Return a version in a state."""
        return self.weights.sudo().create(
            {
                "company_id": self.company.id,
                "version": values.pop("version", "w1"),
                "weights": dict(WEIGHTS),
                "state": state,
                **values,
            }
        )

    def test_few_decisions_leave_the_shipped_weights(self):
        self.teach_guesses_are_right(50)
        self.weights._learn(self.company)
        self.assertFalse(self.weights.search([]))
        self.assertEqual(self.weights._live_weights(self.company), ("shipped", dict(WEIGHTS)))

    def test_new_weights_work_in_the_shadow_before_they_go_live(self):
        self.teach_guesses_are_right(300)
        self.weights._learn(self.company)
        shadow = self.weights.search([])
        self.assertEqual(shadow.state, "shadow")
        self.assertEqual(shadow.decisions, 200)
        self.assertGreater(shadow.weights["name_similar"], WEIGHTS["name_similar"])
        self.assertEqual(self.weights._live_weights(self.company)[0], "shipped")
        self.weights._learn(self.company)
        self.assertEqual(shadow.state, "live")
        self.assertLess(shadow.loss, shadow.loss_before)
        self.assertEqual(shadow.cases, 300)
        self.assertEqual(self.weights._live_weights(self.company)[0], shadow.version)
        self.assertIn("Similar name", shadow.weights_html)

    def test_no_second_fit_without_new_decisions(self):
        self.teach_guesses_are_right(300)
        for _ in range(3):
            self.weights._learn(self.company)
        self.assertEqual(len(self.weights.search([])), 1)

    def test_worse_weights_never_go_live(self):
        self.teach(60, [proposal(SURE, chosen=True), proposal(GUESS)])
        worse = {**WEIGHTS, "reference_quoted": 0.0, "name_similar": 9.0}
        shadow = self.version("shadow", weights=worse)
        self.weights._judge(self.company)
        self.assertEqual((shadow.state, shadow.retired_reason), ("retired", "worse"))
        self.assertLess(shadow.first_right, shadow.first_right_before)

    def test_disappointing_weights_go_back_by_themselves(self):
        good = self.version("retired", version="w1")
        live = self.version(
            "live",
            version="w2",
            previous_id=good.id,
            cases=500,
            first_right=495,
            live_since="2026-01-01",
        )
        self.teach(40, [proposal(chosen=True)])
        self.weights._roll_back(self.company)
        self.assertEqual(live.state, "live")
        self.teach(10, [proposal()], "rejected")
        self.weights._roll_back(self.company)
        self.assertEqual((live.state, live.retired_reason), ("retired", "disappointed"))
        self.assertEqual(good.state, "live")

    def test_going_back_without_a_predecessor_means_the_shipped_weights(self):
        live = self.version("live")
        live.with_user(self.manager).action_retire()
        self.assertEqual(live.retired_reason, "person")
        self.assertEqual(self.weights._live_weights(self.company)[0], "shipped")

    def test_one_click_brings_an_old_version_back(self):
        old, live = self.version("retired"), self.version("live", version="w2")
        old.with_user(self.manager).action_go_live()
        self.assertEqual((old.state, live.state), ("live", "retired"))
        self.assertEqual(old.previous_id, live)
        old.with_user(self.manager).action_retire()
        self.assertEqual((old.state, live.state), ("retired", "live"))

    def test_an_accountant_sees_weights_and_changes_none(self):
        live = self.version("live").with_user(self.env.user)
        self.assertTrue(live.weights)
        with self.assertRaises(AccessError):
            live.action_retire()
        for values in ({"weights": {}}, {"state": "retired"}):
            with self.assertRaises(AccessError):
                live.with_user(self.manager).write(values)

    def test_who_comes_second_is_told(self):
        live = self.version("live")
        live.with_user(self.manager).action_retire()
        with self.assertRaisesRegex(UserError, "changed meanwhile"):
            live.with_user(self.manager).action_retire()

    def test_a_forgotten_decision_is_not_fitted(self):
        decisions = self.teach(5, [proposal(chosen=True)])
        self.assertEqual(len(self.decisions._cases(self.company, 99)), 5)
        decisions[:2].with_user(self.manager).action_forget()
        self.assertEqual(len(self.decisions._cases(self.company, 99)), 3)

    def test_a_company_that_fails_does_not_stop_the_others(self):
        other = self.env["res.company"].sudo().create({"name": "Theirs"})
        for company in (self.company, other):
            self.decide(self.line, company_id=company.id)
        cron = self.env.ref("bank_sync.bank_match_weights_cron_learn").sudo()
        seen = []

        def learn(_self, company):
            seen.append(company)
            if len(seen) == 1:
                raise ValueError("broken")

        with (
            patch.object(type(self.weights), "_learn", learn),
            self.assertLogs(bank_match_weights.__name__, "ERROR"),
            self.enter_registry_test_mode(),
        ):
            cron.method_direct_trigger()
        self.assertIn(self.company, seen)
        self.assertIn(other, seen)
