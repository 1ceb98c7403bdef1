from datetime import timedelta

from odoo import SUPERUSER_ID, Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.bank_sync.models.bank_match_workspace import PAGE, parse_amount

from .common import BankSyncCommon


class WorkspaceCommon(BankSyncCommon):
    """Tests ask the workspace as the accountant does: with their rights, over their company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.workspace = cls.env["bank.match.workspace"].with_context(
            allowed_company_ids=cls.company.ids
        )

    def queue(self, **options):
        return self.workspace.get_queue(options)

    def ids(self, **options):
        return [row["id"] for row in self.queue(**options)["rows"]]

    def queries(self, call, *args):
        """Return how many queries a call needs from a cold cache."""
        call(*args)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        call(*args)
        return self.env.cr.sql_log_count - before


@tagged("post_install", "-at_install")
class TestWorkspaceQueue(WorkspaceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.open_invoice = cls.invoice(200.0)
        cls.certain = cls.invoice(80.0)
        cls.proposed = cls.bank_line(150.0, cls.open_invoice.name, partner_name="Martin")
        cls.strange = cls.bank_line(-12.5, "ACCOUNT FEES", partner_name="The bank")
        cls.sure = cls.bank_line(80.0, cls.certain.name)
        cls.match()
        cls.sure.sudo().bank_booked_at = cls.sure.create_date

    def test_each_filter_shows_its_lines(self):
        self.assertEqual(self.ids(filter="review"), self.proposed.ids)
        self.assertEqual(self.ids(filter="exception"), self.strange.ids)
        self.assertEqual(self.ids(filter="auto"), self.sure.ids)
        self.assertEqual(self.ids(filter="mine"), [])
        everything = (self.proposed | self.strange | self.sure).ids
        self.assertEqual(sorted(self.ids(filter="all")), sorted(everything))

    def test_the_numbers_beside_the_filters_are_those_of_the_lists(self):
        self.strange.bank_match_user_id = self.env.user
        counts = self.queue()["counts"]
        for name, count in counts.items():
            with self.subTest(name):
                self.assertEqual(count, len(self.ids(filter=name)))

    def test_what_booked_itself_yesterday_is_not_of_today(self):
        self.sure.sudo().bank_booked_at -= timedelta(days=2)
        self.assertEqual(self.ids(filter="auto"), [])

    def test_a_line_chosen_for_review_waits_although_it_is_booked(self):
        self.sure.sudo().bank_review = True
        self.assertEqual(set(self.ids(filter="review")), {self.sure.id, self.proposed.id})
        self.assertEqual(self.queue()["counts"]["review"], 2)

    def test_a_line_nobody_has_looked_at_is_an_exception_that_says_so(self):
        fresh = self.bank_line(5.0, "just in")
        queue = self.queue(filter="exception", order="newest")
        self.assertIn(fresh.id, [row["id"] for row in queue["rows"]])
        labels = {group["reason"]: group["label"] for group in queue["groups"]}
        self.assertEqual(labels[False], "Not looked at yet")
        self.assertEqual(self.ids(filter="exception", reason=False), fresh.ids)
        self.assertEqual(self.ids(filter="exception", reason="unknown_payment"), self.strange.ids)

    def test_a_match_taken_back_outside_of_the_workspace_waits_again(self):
        self.sure.action_undo_reconciliation()
        self.assertIn(self.sure.id, self.ids(filter="exception"))

    def test_every_group_says_what_to_do(self):
        for group in self.queue(filter="exception")["groups"]:
            self.assertTrue(group["label"])
            self.assertTrue(group["advice"])

    def test_text_name_amount_and_invoice_are_found(self):
        for text in ("fees", "THE BANK", "12.50", "-12,5", "account fees"):
            with self.subTest(text):
                self.assertEqual(self.ids(filter="all", text=text), self.strange.ids)
        by_invoice = self.ids(filter="all", text=self.open_invoice.name)
        self.assertEqual(by_invoice, self.proposed.ids)
        self.assertEqual(self.ids(filter="all", text="fees martin"), [])

    def test_what_is_typed_is_text_and_nothing_else(self):
        for text in ("%", "_", "'; DROP TABLE", "\\", "(((", " ", "x" * 10_000):
            with self.subTest(text=text[:20]):
                self.queue(filter="all", text=text)

    def test_the_order_is_the_one_asked_for(self):
        largest = self.ids(filter="all", order="largest")
        self.assertEqual(largest, (self.proposed | self.sure | self.strange).ids)
        newest = self.ids(filter="all", order="newest")
        self.assertEqual(self.ids(filter="all", order="oldest"), newest[::-1])
        self.assertEqual(self.ids(filter="all", order="id; DROP TABLE x"), newest)

    def test_a_journal_shows_its_own_lines_alone(self):
        other = self.journal.sudo().copy({"name": "Other", "code": "OTH"})
        line = self.bank_line(3.0, "elsewhere", journal=other)
        self.assertEqual(self.ids(filter="all", journal=other.id), line.ids)
        self.assertNotIn(line.id, self.ids(filter="all", journal=self.journal.id))
        counts = self.queue(journal=other.id)["counts"]
        self.assertEqual((counts["exception"], counts["review"]), (1, 0))

    def test_the_way_to_the_workspace_says_what_it_shows(self):
        action = self.journal.action_bank_sync_review()
        self.assertEqual(action["tag"], "bank_sync.match_workspace")
        self.assertEqual(action["params"], {"options": {"journal": self.journal.id}})
        params = self.strange.action_open_workspace()["params"]
        self.assertEqual(params, {"line": self.strange.id, "options": {"filter": "all"}})

    def test_another_page_or_search_does_not_count_again(self):
        brief = self.queue(filter="review", brief=True)
        self.assertEqual((len(brief["rows"]), brief["total"]), (1, 1))
        self.assertNotIn("counts", brief)

    def test_a_page_beyond_the_end_is_the_last_one(self):
        queue = self.queue(filter="all", offset=5000)
        self.assertEqual((queue["offset"], queue["total"]), (0, 3))
        self.assertEqual(self.queue(filter="all", offset=-7)["offset"], 0)

    def test_amounts_are_read_in_either_notation(self):
        for text, amount in (
            ("1.234,50", 1234.5),
            ("1,234.50", 1234.5),
            ("1'234.50", 1234.5),
            ("-80", 80.0),
            ("1.234", 1234.0),
            ("0,5", 0.5),
            ("INV/2026", None),
            ("12.", 12.0),
            ("", None),
            ("1e9", None),
        ):
            with self.subTest(text):
                self.assertEqual(parse_amount(text), amount)


@tagged("post_install", "-at_install")
class TestWorkspaceScale(WorkspaceCommon):
    def test_queries_do_not_grow_with_the_lines(self):
        invoices = [self.invoice(100.0 + number) for number in range(3)]
        for number, invoice in enumerate(invoices):
            self.bank_line(50.0 + number, invoice.name, partner_name=f"Payer {number}")
            self.bank_line(-1.0 - number, "nothing known")
        self.match()
        few = {
            name: self.queries(self.workspace.get_queue, {"filter": name})
            for name in ("review", "exception", "all")
        }
        for number in range(25):
            invoice = self.invoice(1000.0 + number)
            self.bank_line(500.0 + number, invoice.name, partner_name=f"More {number}")
            self.bank_line(-7.0 - number, "nothing known")
        self.match()
        for name, queries in few.items():
            with self.subTest(name):
                self.assertLessEqual(
                    self.queries(self.workspace.get_queue, {"filter": name}), queries + 1
                )
        self.assertGreater(len(self.ids(filter="review")), 20)

    def test_queries_of_one_line_do_not_grow_with_its_items(self):
        one = self.bank_line(60.0, self.invoice(90.0).name)
        several = [self.invoice(10.0 + number) for number in range(8)]
        many = self.bank_line(
            sum(invoice.amount_total for invoice in several) - 1,
            " ".join(invoice.name for invoice in several),
        )
        self.match()
        few = self.queries(self.workspace.get_line, one.id)
        self.assertLessEqual(self.queries(self.workspace.get_line, many.id), few + 2)

    def test_one_page_is_all_that_is_read(self):
        self.env["account.bank.statement.line"].sudo().create(
            [
                {
                    "journal_id": self.journal.id,
                    "date": self.today,
                    "amount": number + 1.0,
                    "payment_ref": f"line {number}",
                }
                for number in range(PAGE + 5)
            ]
        )
        first = self.queue(filter="all")
        self.assertEqual((len(first["rows"]), first["total"]), (PAGE, PAGE + 5))
        second = self.queue(filter="all", offset=PAGE)
        self.assertEqual(len(second["rows"]), 5)
        shown = {row["id"] for row in first["rows"]} | {row["id"] for row in second["rows"]}
        self.assertEqual(len(shown), PAGE + 5)


@tagged("post_install", "-at_install")
class TestWorkspaceAccess(WorkspaceCommon):
    def test_nobody_but_an_accountant_asks_or_decides(self):
        line = self.bank_line(10.0, "x")
        clerk = new_test_user(self.env, "desk_clerk", "base.group_user")
        invoicing = new_test_user(self.env, "desk_invoicing", "account.group_account_invoice")
        calls = (
            ("get_start",),
            ("get_queue", {}),
            ("get_counts", False),
            ("get_line", line.id),
            ("search_items", line.id, "", False),
            ("accept", 1, ""),
            ("reject", 1, ""),
            ("undo", line.id),
            ("confirm_review", line.id),
            ("put_aside", line.id, ""),
            ("match", line.id, "", {}),
            ("assign", line.ids, False),
            ("get_people", line.id),
            ("ask", line.id, False, 1, ""),
            ("count_bulk", {"score": 0}),
            ("accept_bulk", {"score": 0}),
        )
        for user in (clerk, invoicing):
            for method, *args in calls:
                with self.subTest(user=user.login, method=method), self.assertRaises(AccessError):
                    getattr(self.workspace.with_user(user), method)(*args)

    def test_lines_of_another_company_are_not_there(self):
        other = self.env["res.company"].with_user(SUPERUSER_ID).create({"name": "Theirs"})
        stranger = new_test_user(
            self.env,
            "desk_stranger",
            "bank_sync.group_user",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        invoice = self.invoice(100.0)
        line = self.bank_line(70.0, invoice.name)
        self.match()
        theirs = self.workspace.with_user(stranger).with_context(allowed_company_ids=other.ids)
        self.assertEqual(theirs.get_queue({"filter": "all"})["total"], 0)
        self.assertTrue(theirs.get_line(line.id)["gone"])
        self.assertEqual(theirs.search_items(line.id, ""), {"items": [], "more": False})
        self.assertEqual(theirs.count_bulk({"score": 0})["count"], 0)
        self.assertEqual(theirs.count_bulk({"line_ids": line.ids})["count"], 0)
        for method, *args in (
            ("accept", line.bank_suggestion_ids.id, ""),
            ("undo", line.id),
            ("put_aside", line.id, "x"),
            ("get_people", line.id),
        ):
            with self.subTest(method), self.assertRaises(UserError):
                getattr(theirs, method)(*args)
        theirs.assign(line.ids, stranger.id)
        self.assertFalse(line.bank_match_user_id)


@tagged("post_install", "-at_install")
class TestWorkspaceIndexes(WorkspaceCommon):
    """A word is looked for among 100,000 lines: no part of the search may read them all."""

    def test_every_column_of_a_search_has_its_index(self):
        self.env.cr.execute(
            "SELECT indexdef FROM pg_indexes WHERE tablename = 'account_bank_statement_line'"
        )
        indexes = [definition for (definition,) in self.env.cr.fetchall()]
        for column in ("payment_ref", "partner_name", "account_number"):
            with self.subTest(column):
                self.assertTrue(any(f"{column} gin_trgm_ops" in one for one in indexes))
        for column in ("amount", "partner_id"):
            with self.subTest(column):
                self.assertTrue(any(f"btree ({column})" in one for one in indexes))

    def test_partners_are_asked_apart_so_that_the_indexes_can_be_joined(self):
        domain = self.workspace._word_domain("Martin")
        query = self.env["account.bank.statement.line"].sudo()._search(domain)
        self.assertNotIn("res_partner", query.select().code)
        line = self.bank_line(12.5, "thanks", partner_id=self.customer.id)
        self.assertEqual(self.ids(filter="all", text="Martin"), line.ids)
