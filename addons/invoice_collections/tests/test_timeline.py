from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import NOON, TODAY, CollectionCommon

#: As the web client logs a note.
NOTE = {"message_type": "comment", "subtype_xmlid": "mail.mt_note"}


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestTimeline(CollectionCommon):
    """Everything that happened with a customer, in one list and in words."""

    def _rows(self, case):
        self.env.invalidate_all()
        rows = self.env["collection.timeline"].with_user(self.collector)
        return rows.search([("case_id", "=", case.id)])

    def _story(self):
        invoice = self._invoice(7, 500.0)
        self._run()
        case = self._case().with_user(self.collector)
        self.env["collection.promise"]._take(
            case, case.item_ids.browse(), 200.0, TODAY + timedelta(days=3), "phone"
        )
        case._hold("hold", note="Talks with the boss")
        case.message_post(body="Called the bookkeeper", **NOTE)
        self._pay(invoice, 150.0)
        return case

    def test_invoice_message_promise_hold_note_and_payment_are_all_there(self):
        case = self._story()
        told = {(row.topic, row.what) for row in self._rows(case)}
        for row in (
            ("invoice", "Invoice"),
            ("message", "Touchpoint: Waiting to be sent"),
            ("promise", "Promise to Pay: Open"),
            ("other", "Put on hold"),
            ("note", "Note"),
            ("payment", "Payment"),
        ):
            self.assertIn(row, told)
        rows = self._rows(case)
        self.assertEqual(rows.filtered(lambda row: row.topic == "payment").amount, 150.0)
        self.assertEqual(rows.filtered(lambda row: row.topic == "invoice").amount, 500.0)
        details = " ".join(row.details or "" for row in rows)
        for word in ("200.00 USD", "Talks with the boss", "Called the bookkeeper"):
            self.assertIn(word, details)

    def test_the_message_of_a_reminder_is_told_once(self):
        case = self._story()
        touchpoint = self._touchpoints()
        rows = self._rows(case)
        self.assertTrue(touchpoint.message_id)
        self.assertNotIn(touchpoint.message_id, rows.message_id)

    def test_it_stands_on_the_case_and_each_row_opens_what_it_is_about(self):
        case = self._story()
        self.env.invalidate_all()
        rows = case.timeline_ids
        self.assertEqual(rows, self._rows(case))
        for row in rows:
            action = row.action_open()
            self.assertTrue(self.env[action["res_model"]].sudo().browse(action["res_id"]).exists())

    def test_every_state_of_every_document_has_words(self):
        labels = self.env["collection.timeline"].with_user(self.collector)._labels()
        for kind in ("touchpoint_bounced", "dispute_upheld", "plan_defaulted", "case_clear"):
            self.assertIn(kind, labels)

    def test_ten_and_sixty_rows_take_the_same_queries(self):
        case = self._story()

        def queries(limit):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rows = self.env["collection.timeline"].with_user(self.collector)
            rows = rows.search([("case_id", "=", case.id)], limit=limit)
            self.assertEqual(len(rows.read(["what", "details", "amount", "at"])), limit)
            return self.env.cr.sql_log_count - before

        self._invoices([{"days_overdue": 7}] * 30)
        for number in range(30):
            case.message_post(body=f"Note {number}", **NOTE)
        queries(10)
        self.assertEqual(queries(60), queries(10))

    def test_nobody_reads_the_story_of_another_companys_customer(self):
        case = self._story()
        other = self._create_company(name="Second Seller")
        stranger = new_test_user(
            self.env,
            "fred",
            groups="invoice_collections.group_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        rows = self._rows(case)
        self.assertFalse(rows.with_user(stranger).search([("case_id", "=", case.id)]))
        with self.assertRaises(AccessError):
            rows.with_user(stranger).read(["what"])

    def test_the_aged_balance_is_drawn_by_currency(self):
        euro = self.setup_other_currency("EUR", rates=[("2025-01-01", 0.5)])
        self._invoice(-5, 100.0)
        self._invoice(45, 300.0)
        self._invoice(100, 70.0, currency=euro)
        self._credit(40.0)
        self.company._collection_evaluate()
        html = self._case().with_user(self.collector).aged_html
        for told in ("100.00", "300.00", "70.00", "40.00", "360.00", "31 to 60 days"):
            self.assertIn(told, html)
        self.assertIn("width: 75.0%", html)
