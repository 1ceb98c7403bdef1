from unittest.mock import patch

from odoo import SUPERUSER_ID, Command
from odoo.exceptions import LockError, UserError
from odoo.tests import new_test_user, tagged

from .test_bank_match_workspace import WorkspaceCommon


@tagged("post_install", "-at_install")
class TestWorkspaceDecide(WorkspaceCommon):
    def setUp(self):
        super().setUp()
        self.open_invoice = self.invoice(200.0)
        self.line = self.bank_line(150.0, self.open_invoice.name, partner_name="Martin")
        self.match()
        self.shown = self.workspace.get_line(self.line.id)
        self.proposal = self.shown["proposals"][0]

    def test_the_line_shows_what_is_proposed_and_why(self):
        self.assertEqual(self.shown["open_amount"], 150.0)
        self.assertEqual(self.shown["texts"], [self.open_invoice.name])
        item = self.proposal["items"][0]
        self.assertEqual((item["name"], item["residual"]), (self.open_invoice.name, 200.0))
        labels = {reason["code"]: reason for reason in self.proposal["reasons"]}
        self.assertEqual(labels["reference_quoted"]["label"], "Reference quoted")
        self.assertTrue(labels["short"]["doubt"])
        self.assertFalse(labels["reference_quoted"]["doubt"])

    def test_a_reason_the_rules_no_longer_know_is_shown_as_it_is(self):
        self.line.sudo().bank_suggestion_ids.reasons = ["reference_quoted", "moon_phase"]
        proposal = self.workspace.get_line(self.line.id)["proposals"][0]
        self.assertEqual(
            [reason["label"] for reason in proposal["reasons"]], ["Reference quoted", "moon_phase"]
        )

    def test_accepting_books_and_answers_with_the_line_as_it_is_then(self):
        line = self.workspace.accept(self.proposal["id"], self.shown["stamp"])
        self.assertEqual(self.open_invoice.amount_residual, 50.0)
        self.assertEqual((line["open"], line["state"]), (False, "accepted"))
        self.assertEqual(
            [(row["name"], row["amount"]) for row in line["booked"]],
            [(self.open_invoice.name, 150.0)],
        )
        self.assertTrue(line["undoable"])

    def test_undo_opens_the_line_and_the_books_are_as_before(self):
        before = self.books()
        self.workspace.accept(self.proposal["id"], self.shown["stamp"])
        line = self.workspace.undo(self.line.id)
        self.assertTrue(line["open"])
        self.assertEqual(line["reason"], "undone")
        self.assertEqual(self.books(), before)
        self.assertEqual(
            [(one["state"], one["items"][0]["name"]) for one in line["proposals"]],
            [("undone", self.open_invoice.name)],
        )

    def test_the_second_of_two_people_is_told_who_was_first(self):
        second = new_test_user(
            self.env,
            "second_accountant",
            "bank_sync.group_user",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        self.workspace.accept(self.proposal["id"], self.shown["stamp"])
        desk = self.workspace.with_user(second)
        with self.assertRaisesRegex(UserError, "meanwhile"):
            desk.accept(self.proposal["id"], self.shown["stamp"])
        items = [[self.proposal["items"][0]["id"], 50.0, 0]]
        with self.assertRaisesRegex(UserError, "meanwhile"):
            desk.match(self.line.id, self.shown["stamp"], {"items": items})
        with self.assertRaisesRegex(UserError, "meanwhile"):
            desk.put_aside(self.line.id, "mine")
        self.assertEqual(self.open_invoice.amount_residual, 50.0)

    def test_a_line_held_by_somebody_else_is_left_alone(self):
        with (
            patch.object(type(self.line), "lock_for_update", side_effect=LockError("held")),
            self.assertRaisesRegex(UserError, "Somebody else is deciding"),
        ):
            self.workspace.accept(self.proposal["id"], self.shown["stamp"])
        self.assertFalse(self.line.is_reconciled)

    def test_a_line_edited_under_the_screen_is_not_booked(self):
        self.line.sudo().payment_ref = "something else entirely"
        with self.assertRaisesRegex(UserError, "changed while you looked"):
            self.workspace.accept(self.proposal["id"], self.shown["stamp"])
        self.assertFalse(self.line.is_reconciled)

    def test_a_line_deleted_under_the_screen_is_gone(self):
        line_id = self.line.id
        self.line.sudo().move_id.button_draft()
        self.line.sudo().unlink()
        self.assertEqual(self.workspace.get_line(line_id), {"id": line_id, "gone": True})
        with self.assertRaisesRegex(UserError, "out of date"):
            self.workspace.accept(self.proposal["id"], self.shown["stamp"])
        for method, *args in (("match", self.shown["stamp"], {}), ("undo",), ("put_aside", "x")):
            with self.subTest(method), self.assertRaisesRegex(UserError, "gone"):
                getattr(self.workspace, method)(line_id, *args)

    def test_rejecting_sends_the_line_to_the_exceptions(self):
        line = self.workspace.reject(self.proposal["id"], self.shown["stamp"])
        self.assertEqual((line["state"], line["reason"]), ("exception", "rejected"))
        self.assertTrue(line["advice"])

    def test_what_is_put_aside_keeps_its_note_and_stays_there(self):
        line = self.workspace.put_aside(self.line.id, "Ask <b>Paul</b> on Monday")
        self.assertEqual((line["state"], line["reason"]), ("exception", "put_aside"))
        note = self.line.move_id.message_ids[0].body
        self.assertIn("&lt;b&gt;Paul", note)
        self.match()
        self.assertEqual(self.line.bank_match_reason, "put_aside")
        self.assertFalse(self.line.is_reconciled)

    def test_spans_and_long_texts_stay_within_a_screen(self):
        self.line.sudo().payment_ref = "x" * 100_000
        shown = self.workspace.get_line(self.line.id)
        self.assertLessEqual(sum(map(len, shown["texts"])), 20_000)
        self.assertTrue(shown["cut"])


@tagged("post_install", "-at_install")
class TestWorkspaceItems(WorkspaceCommon):
    def setUp(self):
        super().setUp()
        self.open_invoice = self.invoice(200.0)
        self.other = self.env["res.partner"].create({"name": "Cave Montclar"})
        self.others = self.invoice(70.0, partner=self.other)
        self.line = self.bank_line(70.0, "who knows")

    def names(self, text="", partner=False):
        found = self.workspace.search_items(self.line.id, text, partner and partner.id)
        return [item["name"] for item in found["items"]]

    def test_numbers_names_and_amounts_are_found(self):
        self.assertEqual(self.names(self.others.name), [self.others.name])
        self.assertEqual(self.names("montclar"), [self.others.name])
        self.assertEqual(self.names("200,00"), [self.open_invoice.name])
        self.assertEqual(self.names("montclar 200"), [])

    def test_without_words_the_customers_items_and_the_same_amount_come(self):
        self.assertEqual(self.names(), [self.others.name])
        self.assertEqual(
            self.names(partner=self.customer), [self.open_invoice.name, self.others.name]
        )

    def test_what_cannot_be_matched_is_not_offered(self):
        draft = self.open_invoice.copy()
        self.open_invoice.button_cancel()
        self.assertFalse(draft.state == "posted")
        self.assertEqual(self.names("200"), [])

    def test_anything_reconcilable_is_offered_not_only_invoices(self):
        account = self.env["account.account"].create(
            {
                "name": "Deposits",
                "code": "DEPO1",
                "account_type": "liability_current",
                "reconcile": True,
            }
        )
        deposit = self.bank_line(33.0, "deposit of Mrs Rey")
        deposit._seek_for_lines()[1].write({"account_id": account.id})
        self.assertEqual(len(self.names("rey")), 1)

    def test_there_is_an_end_to_what_is_answered(self):
        for _number in range(35):
            self.invoice(12.0)
        found = self.workspace.search_items(self.line.id, "", self.customer.id)
        self.assertEqual((len(found["items"]), found["more"]), (30, True))


@tagged("post_install", "-at_install")
class TestWorkspaceBulk(WorkspaceCommon):
    def setUp(self):
        super().setUp()
        self.invoices = [self.invoice(100.0 + number) for number in range(4)]
        self.lines = self.env["account.bank.statement.line"]
        for invoice in self.invoices:
            self.lines |= self.bank_line(invoice.amount_total - 40, invoice.name)
        self.match()

    def test_first_it_is_said_how_many_and_how_much(self):
        preview = self.workspace.count_bulk({"line_ids": self.lines[:2].ids})
        self.assertEqual(preview["count"], 2)
        amount = sum(self.lines[:2].mapped("amount"))
        self.assertEqual(preview["amounts"], [{"currency_id": self.eur.id, "amount": amount}])

    def test_selected_lines_are_booked_and_no_others(self):
        result = self.workspace.accept_bulk({"line_ids": self.lines[:2].ids})
        self.assertEqual(sorted(result["booked"]), sorted(self.lines[:2].ids))
        self.assertEqual((result["refused"], result["after"]), ([], False))
        self.assertEqual(self.lines.mapped("is_reconciled"), [True, True, False, False])

    def test_all_above_a_score_are_booked_in_batches(self):
        choice = {"filter": "review", "score": min(self.lines.mapped("bank_match_score")) - 0.001}
        with patch("odoo.addons.bank_sync.models.bank_match_workspace_bulk.BATCH", 3):
            first = self.workspace.accept_bulk(choice)
            self.assertEqual((len(first["booked"]), bool(first["after"])), (3, True))
            rest = self.workspace.accept_bulk(choice, first["after"])
        self.assertEqual((len(rest["booked"]), rest["after"]), (1, False))
        self.assertEqual(self.lines.mapped("is_reconciled"), [True] * 4)

    def test_below_the_score_nothing_is_booked(self):
        score = max(self.lines.bank_suggestion_ids.mapped("score"))
        choice = {"filter": "review", "score": score + 0.0001}
        self.assertEqual(self.workspace.count_bulk(choice)["count"], 0)
        self.assertEqual(self.workspace.accept_bulk(choice)["booked"], [])

    def test_one_that_is_refused_does_not_stop_the_others(self):
        self.invoices[0].line_ids.filtered("date_maturity").sudo()
        self.invoices[0].button_cancel()
        result = self.workspace.accept_bulk({"line_ids": self.lines.ids})
        self.assertEqual(sorted(result["booked"]), sorted(self.lines[1:].ids))
        self.assertEqual([one["line"] for one in result["refused"]], self.lines[:1].ids)
        self.assertTrue(result["refused"][0]["message"])
        self.assertFalse(self.lines[0].is_reconciled)

    def test_two_lines_for_one_item_are_not_both_booked(self):
        rival = self.bank_line(20.0, self.invoices[0].name)
        self.match()
        lines = self.lines[:1] | rival
        with_proposal = lines.filtered("bank_suggestion_ids")
        result = self.workspace.accept_bulk({"line_ids": lines.ids})
        self.assertLessEqual(len(result["booked"]), len(with_proposal))
        self.assertGreaterEqual(self.invoices[0].amount_residual, 0)


@tagged("post_install", "-at_install")
class TestWorkspacePeople(WorkspaceCommon):
    def setUp(self):
        super().setUp()
        self.open_invoice = self.invoice(200.0)
        self.line = self.bank_line(150.0, self.open_invoice.name)
        self.match()
        self.colleague = new_test_user(
            self.env,
            "desk_colleague",
            "bank_sync.group_user",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )

    def test_a_colleague_gets_lines_and_a_message(self):
        self.workspace.assign(self.line.ids, self.colleague.id)
        self.assertEqual(self.line.bank_match_user_id, self.colleague)
        theirs = self.workspace.with_user(self.colleague)
        self.assertEqual(
            [r["id"] for r in theirs.get_queue({"filter": "mine"})["rows"]], self.line.ids
        )
        self.workspace.assign(self.line.ids, False)
        self.assertFalse(self.line.bank_match_user_id)

    def test_nobody_gets_lines_who_may_not_decide_on_them(self):
        clerk = new_test_user(self.env, "desk_clerk", "base.group_user")
        with self.assertRaisesRegex(UserError, "no accountant"):
            self.workspace.assign(self.line.ids, clerk.id)
        other = self.env["res.company"].with_user(SUPERUSER_ID).create({"name": "Theirs"})
        self.colleague.sudo().write(
            {"company_id": other.id, "company_ids": [Command.set(other.ids)]}
        )
        with self.assertRaisesRegex(UserError, "does not work for"):
            self.workspace.assign(self.line.ids, self.colleague.id)

    def test_the_salesperson_is_asked_and_the_answer_comes_to_the_line(self):
        seller = new_test_user(
            self.env,
            "seller",
            "base.group_user",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        self.open_invoice.sudo().invoice_user_id = seller
        people = self.workspace.get_people(self.line.id, self.customer.id)
        self.assertEqual((people[0]["id"], people[0]["role"]), (seller.id, "salesperson"))
        self.workspace.ask(self.line.id, self.customer.id, seller.id, "Which <i>order</i>?")
        activity = self.env["mail.activity"].with_user(seller).search([("user_id", "=", seller.id)])
        self.assertIn("150.00", activity.note)
        self.assertIn("&lt;i&gt;order", activity.note)
        activity.action_feedback(feedback="Order 4711, the Easter one")
        self.assertIn("4711", self.line.move_id.message_ids[0].body)

    def test_only_people_of_the_list_are_asked(self):
        stranger = new_test_user(self.env, "somebody", "base.group_user")
        with self.assertRaisesRegex(UserError, "Choose somebody"):
            self.workspace.ask(self.line.id, False, stranger.id, "?")
