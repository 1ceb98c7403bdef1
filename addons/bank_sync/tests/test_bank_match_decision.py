import psycopg2

from odoo import SUPERUSER_ID
from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from odoo.addons.bank_sync.core.matching.values import Claim, Kind, Proposal, Reason

from .booking_common import BookingCommon


class TestBankMatchDecision(BookingCommon):
    """Every decision is kept with its grounds, and what later became of it."""

    def _proposal(self, invoice, *, score=0.9, **values):
        return Proposal(
            self.claims(invoice),
            score,
            (Reason.REFERENCE_QUOTED, Reason.EXACT_AMOUNT),
            partner=self.customer.id,
            **values,
        )

    def test_what_books_itself_keeps_everything_that_was_known(self):
        invoice, other = self.invoice(100.0), self.invoice(100.0)
        line = self.bank_line(100.0, "which?")
        best, second = self._proposal(invoice, score=0.9995), self._proposal(other, score=0.4)
        evidence = {"by": "rule", "version": "v7", "margin": 0.5995, "shown": (best, second)}
        line._book_proposals({line: best}, {line: evidence})
        decision = line.bank_decision_ids
        self.assertEqual((decision.action, decision.straight_through), ("automatic", True))
        self.assertFalse(decision.user_id)
        self.assertEqual((decision.kind, decision.score, decision.version), ("exact", 0.9995, "v7"))
        self.assertEqual(decision.margin, 0.5995)
        self.assertEqual(decision.situation, "exact+exact_amount+reference_quoted")
        self.assertEqual((decision.amount, decision.currency_id), (100.0, self.eur))
        self.assertEqual(decision.partner_id, self.customer)
        self.assertEqual(decision.outcome, "open")
        self.assertGreaterEqual(decision.seconds, 0)
        shown = decision.inputs["proposals"]
        self.assertEqual([row["chosen"] for row in shown], [True, False])
        self.assertEqual(shown[1]["claims"], [[self.item(other).id, 10000, 0]])
        self.assertEqual(decision.inputs["policy"]["auto_threshold"], 0.999)
        self.assertEqual(
            (line.bank_match_kind, line.bank_match_score, bool(line.bank_booked_at)),
            ("exact", 0.9995, True),
        )

    def test_an_undone_and_then_corrected_booking_was_wrong(self):
        invoice, other = self.invoice(100.0), self.invoice(100.0)
        line = self.bank_line(100.0, "which?")
        line._book_proposals({line: self._proposal(invoice)}, {line: {"by": "rule"}})
        automatic = line.bank_decision_ids
        line.action_undo_match()
        self.assertEqual(automatic.outcome, "undone")
        self.assertFalse(line.bank_match_kind or line.bank_booked_at)
        line._match_manually(self._proposal(other))
        self.assertEqual(automatic.outcome, "corrected")
        actions = line.bank_decision_ids.sorted("id").mapped("action")
        self.assertEqual(actions, ["automatic", "undone", "manual"])
        self.assertEqual(line.bank_decision_ids.sorted("id")[1:].user_id, self.env.user)

    def test_accepting_the_second_proposal_corrects_the_first(self):
        invoice = self.invoice(100.0)
        line = self.bank_line(60.0, f"{invoice.name} in part")
        self.match()
        first = line.bank_suggestion_ids
        second = first.sudo().copy({"rank": 2, "state": "open"})
        second.line_ids = first.line_ids.sudo().copy({"suggestion_id": second.id})
        second.sudo(False).action_accept()
        self.assertEqual(line.bank_decision_ids.action, "corrected")
        self.assertEqual(first.state, "superseded")

    def test_rejecting_and_putting_aside_are_decisions_too(self):
        invoice = self.invoice(100.0)
        line = self.bank_line(60.0, f"{invoice.name} in part")
        self.match()
        line.bank_suggestion_ids.action_reject()
        rejected = line.bank_decision_ids
        self.assertEqual((rejected.action, rejected.kind), ("rejected", "short"))
        self.assertEqual(len(rejected.inputs["proposals"]), 1)
        line._put_aside()
        self.assertEqual(line.bank_decision_ids.sorted("id")[-1].action, "exception")
        self.assertEqual(
            (line.bank_match_state, line.bank_match_reason), ("exception", "put_aside")
        )

    def test_a_decision_outlives_its_line(self):
        line = self.bank_line(60.0, "short-lived")
        line._put_aside()
        decision = line.bank_decision_ids
        line.unlink()
        decision.invalidate_recordset()
        self.assertTrue(decision.exists())
        self.assertFalse(decision.statement_line_id)
        self.assertEqual(decision.payment_ref, "short-lived")

    def test_nobody_rewrites_what_was_decided(self):
        invoice = self.invoice(100.0)
        line = self.bank_line(100.0, "x")
        self.book(line, *self.claims(invoice))
        decision = line.bank_decision_ids
        for user in (self.env.user, self.manager):
            with self.assertRaises(AccessError):
                decision.with_user(user).write({"outcome": "confirmed"})
            with self.assertRaises(AccessError):
                decision.with_user(user).unlink()
        with self.assertRaises(UserError):
            decision.sudo().write({"score": 1.0})
        with self.assertRaises(UserError):
            decision.sudo().unlink()

    def test_another_companys_decisions_are_not_seen(self):
        theirs = self.env["res.company"].with_user(SUPERUSER_ID).create({"name": "Theirs"})
        decision = (
            self.env["bank.match.decision"]
            .sudo()
            .create({"company_id": theirs.id, "currency_id": self.eur.id, "action": "manual"})
        )
        mine = self.env["bank.match.decision"].with_user(self.manager)
        found = mine.search([("id", "=", decision.id)])
        self.assertFalse(found)

    def test_nonsense_settings_are_refused(self):
        for values in (
            {"bank_auto_threshold": 1.2},
            {"bank_review_share": -0.1},
            {"bank_tolerance_amount": -1.0},
        ):
            with (
                self.subTest(values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.IntegrityError),
                self.env.cr.savepoint(),
            ):
                self.company.sudo().write(values)
                self.env.flush_all()

    def test_a_new_company_lets_the_sure_kinds_book_themselves(self):
        company = self.env["res.company"].sudo().create({"name": "New"})
        allowed = set(company._bank_match_policy()["auto_kinds"])
        every = {kind.value for kind in Kind}
        self.assertEqual(every - allowed, {"duplicate", "on_account", "return", "transfer"})

    def test_a_partial_claim_is_kept_as_it_was(self):
        invoice = self.invoice(100.0)
        line = self.bank_line(40.0, "part")
        self.book(line, Claim(self.item(invoice).id, 4000))
        event = self.env["bank.event"].search([("kind", "=", "line_booked")], limit=1)
        self.assertEqual(event.payload["claims"], [[self.item(invoice).id, 4000, 0]])
