from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .booking_common import BookingCommon


@tagged("post_install", "-at_install")
class TestWorkspaceDraft(BookingCommon):
    """What a person composes on the screen, down to the books."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.workspace = cls.env["bank.match.workspace"].with_context(
            allowed_company_ids=cls.company.ids
        )
        cls.preset = cls.env["account.reconcile.model"].create(
            {
                "name": "Bank fees",
                "company_id": cls.company.id,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": cls.charges.id,
                            "amount_type": "percentage",
                            "amount_string": "100",
                        }
                    )
                ],
            }
        )

    def match_by_hand(self, line, **draft):
        stamp = self.workspace.get_line(line.id)["stamp"]
        return self.workspace.match(line.id, stamp, draft)

    def on(self, line, account):
        """Return what a line has booked on an account."""
        items = line.move_id.line_ids.filtered(lambda item: item.account_id == account)
        return sum(items.mapped("balance"))

    def test_a_line_without_items_is_written_off_with_a_preset(self):
        before = self.ledger()
        line = self.bank_line(-12.5, "account fees")
        shown = self.match_by_hand(line, write_off=12.5, preset=self.preset.id)
        self.assertFalse(shown["open"])
        self.assertEqual(self.on(line, self.charges), 12.5)
        self.workspace.undo(line.id)
        self.assertEqual(self.on(line, self.charges), 0)
        line.sudo().move_id.button_draft()
        line.sudo().unlink()
        self.assertEqual(self.ledger(), before)

    def test_presets_made_for_a_line_come_before_all_others(self):
        fitting = self.preset.copy(
            {"name": "Account fees", "match_label": "contains", "match_label_param": "Konto"}
        )
        automated = self.preset.copy(
            {
                "name": "Large fees",
                "trigger": "auto_reconcile",
                "match_amount": "greater",
                "match_amount_min": 50.0,
            }
        )
        known = {one["id"] for one in self.workspace.get_start()["presets"]}
        self.assertLessEqual({self.preset.id, fitting.id, automated.id}, known)
        for text, amount, meant in (
            ("KONTOFUEHRUNG Q3", -12.5, fitting),
            ("Kontofuehrung", -70.0, fitting | automated),
            ("something else", -12.5, self.preset.browse()),
        ):
            line = self.bank_line(amount, text)
            shown = self.workspace.get_line(line.id)["fitting_presets"]
            self.assertEqual(set(shown), set(meant.ids), text)

    def test_what_is_no_line_is_gone_and_what_is_no_draft_is_told(self):
        line = self.bank_line(100.0, "who knows")
        for wrong in ("abc", None, [1], {"id": 1}):
            self.assertTrue(self.workspace.get_line(wrong)["gone"])
            with self.assertRaises(UserError):
                self.workspace.accept(wrong, "stamp")
        self.workspace.assign(["x", line.id], self.env.uid)
        self.assertEqual(line.bank_match_user_id, self.env.user)
        stamp = self.workspace.get_line(line.id)["stamp"]
        with self.assertRaisesRegex(UserError, "cannot be read"):
            self.workspace.match(line.id, stamp, [1, 2])
        self.assertFalse(line.is_reconciled)

    def test_a_short_payment_settles_in_full_with_a_write_off(self):
        invoice = self.invoice(200.0)
        line = self.bank_line(195.0, "who knows")
        self.match_by_hand(
            line, items=[[self.item(invoice).id, 200.0, 0]], write_off=5.0, preset=self.preset.id
        )
        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual(self.on(line, self.charges), 5.0)

    def test_charges_and_credit_are_booked_as_composed(self):
        invoice, other = self.invoice(200.0), self.invoice(50.0)
        line = self.bank_line(260.0, "who knows")
        items = [[self.item(invoice).id, 200.0, 0], [self.item(other).id, 50.0, 0]]
        self.match_by_hand(line, items=items, fee=3.0, on_account=13.0, partner=self.customer.id)
        self.assertEqual((invoice.amount_residual, other.amount_residual), (0, 0))
        self.assertEqual(self.on(line, self.charges), 3.0)
        credit = line.line_ids.filtered(
            lambda item: item.amount_residual and item.partner_id == self.customer
        ).filtered(lambda item: item.account_id == self.item(invoice).account_id)
        self.assertEqual(credit.mapped("amount_residual"), [-13.0])

    def test_a_split_leaves_the_rest_on_the_line_until_it_is_matched(self):
        invoice, other = self.invoice(200.0), self.invoice(60.0)
        before = self.ledger()
        line = self.bank_line(100.0, "split me")
        shown = self.match_by_hand(line, items=[[self.item(invoice).id, 40.0, 0]], left_open=True)
        self.assertEqual((shown["open"], shown["open_amount"]), (True, 60.0))
        self.assertEqual((shown["reason"], shown["undoable"]), ("rest_open", True))
        self.assertEqual([row["amount"] for row in shown["booked"]], [40.0])
        shown = self.match_by_hand(line, items=[[self.item(other).id, 60.0, 0]])
        self.assertEqual((shown["open"], len(shown["booked"])), (False, 2))
        self.assertEqual((invoice.amount_residual, other.amount_residual), (160.0, 0))
        self.workspace.undo(line.id)
        line.sudo().move_id.button_draft()
        line.sudo().unlink()
        self.assertEqual(self.ledger(), before)

    def test_items_of_several_customers_are_paid_together(self):
        mine, theirs = self.invoice(30.0), self.invoice(20.0, partner=self.other)
        line = self.bank_line(50.0, "for both")
        items = [[self.item(move).id, move.amount_residual, 0] for move in (mine, theirs)]
        shown = self.match_by_hand(line, items=items)
        self.assertEqual((mine.amount_residual, theirs.amount_residual), (0, 0))
        self.assertEqual(
            {row["partner"]["id"] for row in shown["booked"]}, {self.customer.id, self.other.id}
        )

    def test_what_cannot_be_booked_is_refused_in_words(self):
        invoice = self.invoice(200.0)
        item = self.item(invoice).id
        line = self.bank_line(100.0, "who knows")
        for draft in (
            {"items": [[item, 300.0, 0]]},
            {"items": [[item, -100.0, 0]]},
            {"items": [[0, 100.0, 0]]},
            {"items": [[item, 100.0, 0]], "fee": 7.0},
            {"items": [[item, float("nan"), 0]]},
            {"items": [[item, "x", 0]]},
            {"items": ["x"]},
            {"items": [[item]]},
            {"write_off": -100.0, "preset": 999_999_999},
            {"on_account": 100.0},
            {"write_off": "inf", "preset": self.preset.id},
        ):
            with self.subTest(draft=str(draft)), self.assertRaises(UserError) as refusal:
                self.match_by_hand(line, **draft)
            self.assertGreater(len(str(refusal.exception)), 20)
            self.assertFalse(line.is_reconciled)
        self.assertEqual(invoice.amount_residual, 200.0)

    def test_a_preset_of_another_company_is_not_there(self):
        other = self.setup_other_company()["company"]
        theirs = self.preset.sudo().copy({"company_id": other.id, "line_ids": False})
        line = self.bank_line(-5.0, "fees")
        with self.assertRaisesRegex(UserError, "gone"):
            self.match_by_hand(line, write_off=5.0, preset=theirs.id)

    def test_what_is_large_needs_a_second_person(self):
        self.company.sudo().bank_four_eyes_amount = 100.0
        invoices = self.invoice(200.0), self.invoice(300.0)
        lines = [self.bank_line(move.amount_total - 50, move.name) for move in invoices]
        self.match()
        shown = self.workspace.get_line(lines[0].id)
        shown = self.workspace.accept(shown["proposals"][0]["id"], shown["stamp"])
        self.assertTrue(shown["open"])
        self.assertEqual(shown["proposals"][0]["approved_by"], self.env.user.name)
        result = self.workspace.accept_bulk({"line_ids": [lines[1].id]})
        self.assertEqual((result["booked"], result["waiting"]), ([], [lines[1].id]))
        second = new_test_user(
            self.env,
            "desk_second",
            "bank_sync.group_user",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        desk = self.workspace.with_user(second)
        shown = desk.accept(shown["proposals"][0]["id"], shown["stamp"])
        self.assertFalse(shown["open"])
        self.assertEqual([one["who"] for one in shown["history"]][:1], [second.name])

    def test_the_surest_line_comes_first(self):
        short, exact = self.invoice(200.0), self.invoice(75.0)
        lines = self.bank_line(75.0, "no idea")
        lines |= self.bank_line(150.0, short.name, partner_name="Somebody Else")
        self.match()
        self.assertEqual((short.amount_residual, exact.amount_residual), (200.0, 75.0))
        queue = self.workspace.get_queue({"filter": "review", "order": "surest"})
        surest = lines.sorted("bank_match_score", reverse=True)
        self.assertGreater(surest[0].bank_match_score, surest[1].bank_match_score)
        self.assertEqual([row["id"] for row in queue["rows"]], surest.ids)

    def test_every_decision_is_told_with_who_made_it(self):
        invoice = self.invoice(200.0)
        line = self.bank_line(150.0, invoice.name)
        self.match()
        shown = self.workspace.get_line(line.id)
        self.workspace.accept(shown["proposals"][0]["id"], shown["stamp"])
        history = self.workspace.undo(line.id)["history"]
        self.assertEqual([one["action"] for one in history], ["Undone", "Accepted"])
        self.assertEqual({one["who"] for one in history}, {self.env.user.name})

    def _sampled(self):
        """Return a line that booked itself and was chosen for review."""
        invoice = self.invoice(88.0)
        line = self.bank_line(88.0, invoice.name)
        self.assertEqual(self.match(), line)
        decision = line.sudo().bank_decision_ids
        decision.write({"review": "due"})
        line.sudo().bank_review = True
        return invoice, line, decision

    def test_what_was_chosen_for_review_is_confirmed_by_going_on(self):
        invoice, line, decision = self._sampled()
        shown = self.workspace.get_line(line.id)
        self.assertEqual((shown["state"], shown["review"]), ("booked", True))
        shown = self.workspace.confirm_review(line.id)
        self.assertFalse(shown["review"])
        self.assertEqual(decision.review, "confirmed")
        self.assertEqual(invoice.amount_residual, 0)

    def test_what_was_chosen_for_review_and_undone_was_wrong(self):
        invoice, line, decision = self._sampled()
        shown = self.workspace.undo(line.id)
        self.assertTrue(shown["open"])
        self.assertEqual((decision.review, decision.outcome), ("wrong", "undone"))
        self.assertEqual(invoice.amount_residual, 88.0)
