from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.bank_sync.core.matching.values import Proposal, Reason

from .booking_common import BookingCommon


@tagged("post_install", "-at_install")
class TestAccountBankStatementLineDisplay(BookingCommon):
    """Lines of several currencies add up as they were booked; cards show what is best."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rates = cls.env["res.currency.rate"].sudo()
        day = {"company_id": cls.company.id, "currency_id": cls.usd.id}
        rates.create({**day, "name": fields.Date.add(cls.today, days=-1), "rate": 1.25})
        cls.dollars = (
            cls.env["account.journal"]
            .sudo()
            .create({"name": "USD", "type": "bank", "code": "USDB", "currency_id": cls.usd.id})
        )
        cls.day_after = {**day, "name": fields.Date.add(cls.today, days=1), "rate": 2.0}

    def _sum(self, lines, *groups, of="bank_company_amount:sum"):
        domain = [("id", "in", lines.ids)]
        return self.env["account.bank.statement.line"]._read_group(domain, groups, [of])

    def test_100_dollars_at_1_25_and_50_euro_are_130_euro(self):
        lines = self.bank_line(100.0, "usd", journal=self.dollars) + self.bank_line(50.0, "eur")
        self.assertEqual(lines.mapped("bank_company_amount"), [80.0, 50.0])
        self.assertEqual(self._sum(lines), [(130.0,)])

    def test_a_later_rate_changes_no_sum(self):
        lines = self.bank_line(100.0, "usd", journal=self.dollars)
        self.env["res.currency.rate"].sudo().create(self.day_after)
        self.assertEqual(self._sum(lines), [(80.0,)])

    def test_matching_a_line_changes_no_sum(self):
        invoice = self.invoice(50.0)
        line = self.bank_line(50.0, "eur")
        self.book(line, *self.claims(invoice))
        self.assertEqual(self._sum(line), [(50.0,)])

    def test_pivot_and_graph_ask_for_the_company_amount_and_get_it(self):
        """As the screens ask: measure, its currencies, and the sum across currencies."""
        lines = self.bank_line(100.0, "usd", journal=self.dollars) + self.bank_line(50.0, "eur")
        model = self.env["account.bank.statement.line"]
        described = model.fields_get(["bank_company_amount"])["bank_company_amount"]
        self.assertEqual(described["aggregator"], "sum")
        self.assertEqual(described["currency_field"], "company_currency_id")
        found = model.formatted_read_group(
            [("id", "in", lines.ids)],
            ["journal_id"],
            [
                "bank_company_amount:sum",
                "company_currency_id:array_agg_distinct",
                "bank_company_amount:sum_currency",
            ],
        )
        self.assertEqual({group["bank_company_amount:sum"] for group in found}, {80.0, 50.0})
        self.assertEqual(
            {group["bank_company_amount:sum_currency"] for group in found}, {80.0, 50.0}
        )
        self.assertEqual(
            [group["company_currency_id:array_agg_distinct"] for group in found],
            [self.eur.ids] * 2,
        )

    def test_companies_of_two_currencies_add_up_in_the_one_of_the_user(self):
        """50 USD of a company kept in dollars are 40 EUR at today's 1.25."""
        other = self.env["res.company"].sudo().create({"name": "Inc", "currency_id": self.usd.id})
        self.env.user.sudo().company_ids = [Command.link(other.id)]
        account = self.company_data["default_account_assets"]
        journal = (
            self.env["account.journal"]
            .sudo()
            .with_company(other)
            .create(
                {
                    "name": "Bank",
                    "type": "bank",
                    "code": "INC",
                    "company_id": other.id,
                    "suspense_account_id": account.copy(
                        {"company_ids": [Command.set(other.ids)], "code": "INCS"}
                    ).id
                    if account
                    else False,
                }
            )
        )
        lines = self.bank_line(50.0, "eur")
        lines += self.bank_line(50.0, "usd", journal=journal, company_id=other.id)
        model = lines.with_context(allowed_company_ids=[self.company.id, other.id])
        [[total]] = model._read_group(
            [("id", "in", lines.ids)], [], ["bank_company_amount:sum_currency"]
        )
        self.assertAlmostEqual(total, 90.0)

    def test_a_card_shows_the_best_of_two_proposals(self):
        best, second = self.invoice(100.0), self.invoice(100.0)
        line = self.bank_line(100.0, "paid")
        for rank, invoice, score in ((1, best, 0.81), (2, second, 0.4)):
            self.suggestions.sudo().create(
                {
                    "statement_line_id": line.id,
                    "company_id": self.company.id,
                    "currency_id": self.eur.id,
                    "rank": rank,
                    "score": score,
                    "kind": "unnamed",
                    "line_ids": [
                        Command.create(
                            {
                                "move_line_id": self.item(invoice).id,
                                "claim_amount": 100.0,
                                "currency_id": self.eur.id,
                            }
                        )
                    ],
                }
            )
        self.assertIn("No reference · 81 %", line.bank_best_text)
        self.assertIn(best.name, line.bank_best_text)
        self.assertNotIn(second.name, line.bank_best_text)

    def test_a_booked_line_has_no_best_proposal(self):
        invoice = self.invoice(50.0)
        line = self.bank_line(50.0, "eur")
        proposal = Proposal(
            self.claims(invoice), 0.9, (Reason.EXACT_AMOUNT,), partner=self.customer.id
        )
        line._book_proposals({line: proposal}, {line: {"by": "rule", "version": "t"}})
        self.assertFalse(line.bank_best_text)

    def test_cards_of_many_lines_cost_as_many_queries_as_of_one(self):
        lines = self.bank_line(1.0, "1")
        for number in range(20):
            lines += self.bank_line(1.0, str(number))
        self.env.flush_all()
        names = ["bank_best_text", "bank_company_amount"]
        counts = []
        # What the registry keeps is asked once: the first round does not count.
        for some in (lines, lines[:1], lines):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.read(names)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    def test_the_accountant_opens_every_view_of_bank_lines(self):
        reader = new_test_user(
            self.env, "viewer", "bank_sync.group_user", company_id=self.company.id
        )
        views = self.env["account.bank.statement.line"].with_user(reader)
        for kind in ("list", "kanban", "pivot", "graph", "search"):
            ref = f"bank_sync.account_bank_statement_line_view_{kind}"
            self.assertTrue(views.get_view(self.env.ref(ref).id, kind)["arch"])

    def test_lines_are_exported_by_whoever_may_export_and_by_nobody_else(self):
        """The role of an accountant alone does not let data out; the administrator decides."""
        line = self.bank_line(50.0, "=1+1")
        columns = ["payment_ref", "amount", "bank_company_amount", "bank_best_text"]
        groups = "bank_sync.group_user,base.group_allow_export"
        taker = new_test_user(self.env, "taker", groups, company_id=self.company.id)
        rows = line.with_user(taker).export_data(columns)["datas"]
        self.assertEqual(rows, [["=1+1", 50.0, 50.0, ""]])
        looker = new_test_user(
            self.env, "looker", "bank_sync.group_user", company_id=self.company.id
        )
        with self.assertRaises(UserError):
            line.with_user(looker).export_data(columns)
