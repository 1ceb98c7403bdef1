"""The failure cases of bank connectors that a file import has to survive, by their numbers."""

from datetime import date, timedelta
from decimal import Decimal

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.bank_sync.core.statement import Charge, EntryDetail

from .import_common import DAY, IBAN, ImportPageCommon, entry, statement


@tagged("post_install", "-at_install")
class TestImportCases(ImportPageCommon):
    # === 61: the same again === #

    def test_case_061_the_same_file_is_told_and_adds_nothing(self):
        told = statement(entry(5000, "a"))
        self.take(told, content=b"the file", name="march.xml")
        page = self.page(content=b"the file", name="march copy.xml")
        card = page.page["documents"][0]
        self.assertEqual((card["outcome"], card["state"]), ("known", "refused"))
        self.assertIn("march copy.xml was already imported", card["message"])
        self.assertEqual(self.document(page).known_document_id.name, "march.xml")
        self.assertEqual(len(self.lines()), 1)

    def test_case_061_the_same_statement_with_a_new_message_id_is_told(self):
        told = statement(entry(5000, "a"), entry(-700, "b"), sequence="12")
        self.take(told, name="march.xml")
        page = self.page(told, name="again.xml")
        seen = page.page["documents"][0]["statements"][0]
        self.assertEqual((seen["new"], seen["known"]), (0, 2))
        self.assertIn("already imported from march.xml", " ".join(seen["warnings"]))
        self.assertEqual(self.book(page, told)["outcome"], "known")
        self.assertEqual(self.lines().mapped("amount"), [50.0, -7.0])

    def test_case_061_a_grown_statement_adds_only_what_is_new(self):
        first = statement(entry(5000, "a"), sequence="12")
        self.take(first)
        grown = statement(entry(5000, "a"), entry(100, "late"), sequence="12")
        page = self.page(grown)
        seen = page.page["documents"][0]["statements"][0]
        self.assertEqual((seen["new"], seen["known"]), (1, 1))
        card = self.book(page, grown)
        self.assertEqual((card["added"], card["known"]), (1, 1))
        self.assertEqual(self.lines().mapped("amount"), [50.0, 1.0])

    # === 69: locked periods === #

    def test_case_069_a_line_of_a_locked_period_moves_and_a_person_is_told(self):
        self.company.sudo().fiscalyear_lock_date = DAY
        late = DAY + timedelta(days=1)
        told = statement(entry(5000, "locked"), entry(100, "open", day=late))
        page = self.page(told)
        warnings = " ".join(page.page["documents"][0]["statements"][0]["warnings"])
        self.assertIn("locked period", warnings)
        self.assertIn(str(DAY), warnings)
        card = self.book(page, told)
        self.assertIn("1 entries lie in a locked period", card["message"])
        moved, stayed = self.lines()
        self.assertGreater(moved.date, DAY)
        self.assertEqual((moved.bank_booking_date, moved.bank_value_date), (DAY, DAY))
        self.assertEqual(stayed.date, late)
        self.assertIn("1 bank entries of a locked period", moved.move_id.activity_ids.summary)

    # === 70: impossible days === #

    def test_case_070_a_missing_or_impossible_day_keeps_the_file_out(self):
        days = {
            "missing": None,
            "the future": self.today + timedelta(days=60),
            "an empty date": date(1, 1, 1),
            "the distant past": date(1970, 1, 1),
        }
        for name, day in days.items():
            with self.subTest(name):
                told = statement(entry(5000, "good"), entry(100, "odd", day=day))
                page = self.page(told)
                card = page.page["documents"][0]
                self.assertEqual(card["outcome"], "quarantined")
                self.assertIn("entry 2", card["message"])
                self.assertIn("1.00 EUR", card["message"])
                self.book(page, told)
                self.assertFalse(self.lines())
                self.assertFalse(self.entries())

    def test_case_070_a_booking_of_next_week_is_no_error(self):
        soon = self.today + timedelta(days=5)
        self.assertEqual(self.take(statement(entry(1, day=soon)))["outcome"], "imported")

    # === 76: another currency === #

    def test_case_076_the_ordered_amount_is_set_and_no_rate_recomputed(self):
        self.env["res.currency.rate"].sudo().create(
            {"currency_id": self.usd.id, "name": DAY, "rate": 7.0, "company_id": self.company.id}
        )
        told = statement(
            entry(
                9000,
                "order",
                original_amount=10000,
                original_currency="USD",
                exchange_rate=Decimal("1.11111"),
            )
        )
        self.take(told)
        line = self.lines()
        self.assertEqual((line.amount, line.amount_currency), (90.0, 100.0))
        self.assertEqual(line.foreign_currency_id, self.usd)
        suspense = line._seek_for_lines()[1]
        self.assertEqual((suspense.amount_currency, suspense.balance), (-100.0, -90.0))
        self.assertEqual(line.bank_entry_id.exchange_rate, "1.11111")
        self.assertIn("100.00 USD", line.bank_entry_id.original_text)
        self.assertIn("1.11111", line.narration)

    def test_case_076_what_odoo_cannot_take_is_kept_and_no_error(self):
        odd = {
            "own currency": {"original_amount": 5000, "original_currency": "EUR"},
            "other sign": {"original_amount": -5000, "original_currency": "USD"},
            "no such currency": {"original_amount": 5000, "original_currency": "XQQ"},
            "zero": {"original_amount": 0, "original_currency": "USD"},
        }
        told = statement(*[entry(100, name, **values) for name, values in odd.items()])
        self.assertEqual(self.take(told)["added"], 4)
        self.assertFalse(self.lines().foreign_currency_id)
        self.assertEqual(self.entries().mapped("original_currency"), ["EUR", "USD", "XQQ", "USD"])

    # === 77: batches === #

    def batch(self, *cents, total=None, **values):
        details = tuple(
            EntryDetail(
                one, "EUR", remittance=(f"INV {number}",), counterparty_name=f"Payer {number}"
            )
            for number, one in enumerate(cents, start=1)
        )
        total = sum(cents) if total is None else total
        return entry(total, "batch", details=details, batch_size=len(cents), **values)

    def test_case_077_a_batch_is_one_line_unless_the_journal_says_otherwise(self):
        self.take(statement(self.batch(1000, 2000, 3000)))
        line = self.lines()
        self.assertEqual((line.amount, line.bank_detail_number), (60.0, 0))
        self.assertEqual(len(line.transaction_details["details"]), 3)

    def test_case_077_a_batch_becomes_one_line_per_transaction(self):
        self.journal.sudo().bank_batch_lines = "many"
        invoice = self.invoice(20.0, number="INV/2026/7777")
        payer = invoice.partner_id.name
        details = (
            EntryDetail(1000, "EUR", remittance=("INV 1",), counterparty_name="Ann"),
            EntryDetail(2000, "EUR", remittance=("INV/2026/7777",), counterparty_name=payer),
        )
        told = statement(entry(3000, "batch", details=details), entry(100, "alone"))
        self.take(told)
        lines = self.lines()
        self.assertEqual(lines.mapped("amount"), [10.0, 20.0, 1.0])
        self.assertEqual(lines.mapped("bank_detail_number"), [1, 2, 0])
        self.assertEqual(lines.mapped("partner_name")[:2], ["Ann", payer])
        batch = self.entries()[0]
        self.assertEqual(batch.statement_line_ids, lines[:2])
        self.assertEqual(batch.statement_line_id, lines[0])
        self.assertEqual(invoice.payment_state, "paid", "each is matched for itself")
        self.assertTrue(lines.statement_id.is_complete)
        lines[1].action_undo_match()
        self.assertEqual(invoice.amount_residual, 20.0)
        with self.assertRaises(UserError):
            lines[1].unlink()

    def test_case_077_identity_stays_with_the_entry(self):
        self.journal.sudo().bank_batch_lines = "many"
        self.take(statement(self.batch(1000, 2000)))
        again = self.take(statement(self.batch(1000, 2000), name="S1 again"))
        self.assertEqual(again["outcome"], "known")
        self.assertEqual(self.lines().mapped("amount"), [10.0, 20.0])

    def test_case_077_a_sum_that_differs_keeps_a_split_file_out(self):
        self.journal.sudo().bank_batch_lines = "many"
        told = statement(self.batch(1000, 2000, total=3001))
        page = self.page(told)
        card = page.page["documents"][0]
        self.assertEqual((card["outcome"], card["problem_code"]), ("quarantined", "details_differ"))
        self.assertIn("difference 0.01", card["message"])
        self.book(page, told)
        self.assertFalse(self.entries())
        self.journal.sudo().bank_batch_lines = "one"
        with self.reading(told):
            page.look_again(self.document(page).id)
        card = self.book(page, told)
        self.assertEqual(card["outcome"], "imported")
        self.assertEqual(self.lines().amount, 30.01)

    def test_case_077_a_sum_that_differs_is_told_where_nothing_is_split(self):
        page = self.page(statement(self.batch(1000, 2000, total=3001)))
        card = page.page["documents"][0]
        self.assertEqual(card["outcome"], "ready")
        self.assertIn("differ from the entry by 0.01", " ".join(card["statements"][0]["warnings"]))

    def test_case_077_transactions_without_amounts_stay_one_line(self):
        self.journal.sudo().bank_batch_lines = "many"
        details = (EntryDetail(None, None, remittance=("a",)), EntryDetail(None, None))
        self.take(statement(entry(3000, "batch", details=details)))
        self.assertEqual(self.lines().mapped("amount"), [30.0])

    # === 78: fees === #

    def test_case_078_netted_fees_are_shown_and_the_line_is_the_banks_amount(self):
        fee = Charge(150, "EUR", included=True)
        self.take(statement(entry(9850, "net", charges=(fee,))))
        line = self.lines()
        self.assertEqual(line.amount, 98.5)
        text = line.bank_entry_id.charges_text
        for part in ("1.50 EUR", "100.00 EUR", "98.50 EUR"):
            self.assertIn(part, text)
        self.assertIn("100.00 EUR", line.narration)
        self.assertEqual(line.transaction_details["charges"][0]["amount"], 150)

    def test_case_078_fees_beside_the_entry_are_only_told(self):
        fee = Charge(150, "EUR", included=False)
        self.take(statement(entry(10000, "gross", charges=(fee,))))
        self.assertEqual(self.entries().charges_text, "Bank fees: 1.50 EUR")
        self.assertEqual(self.lines().amount, 100.0)

    def test_the_account_of_a_statement_is_found_in_either_way_of_writing(self):
        for number in ("DE89 3704 0044 0532 0130 00", "37040044/0532013000", f"{IBAN}EUR"):
            with self.subTest(number):
                page = self.page(statement(entry(1, number), account=number))
                self.assertEqual(page.page["documents"][0]["outcome"], "ready")
