from datetime import timedelta

from lxml import etree

from odoo.tests import freeze_time, new_test_user, tagged

from .common import NOON, TODAY, CollectionCommon


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestInvoiceStory(CollectionCommon):
    """Invoice and customer say what was said last, what comes next, and what holds it back."""

    def _as_collector(self, records):
        self.env.invalidate_all()
        return records.with_user(self.collector)

    def test_an_invoice_tells_last_contact_and_next_step(self):
        invoice = self._invoice(7, 500.0)
        told = self._as_collector(invoice)
        self.assertEqual(told.collection_last_text, "None yet.")
        self._run()
        told = self._as_collector(invoice)
        step = self._touchpoints().step_id
        self.assertIn(step.name, told.collection_last_text)
        self.assertIn("03/10/2026", told.collection_last_text)
        self.assertIn("E-mail", told.collection_last_text)
        follow = (
            self.env["collection.cadence.step"]
            .sudo()
            .search(
                [("cadence_id", "=", step.cadence_id.id), ("offset_days", ">", step.offset_days)],
                order="offset_days",
                limit=1,
            )
        )
        self.assertIn(follow.name, told.collection_next_text)
        self.assertEqual(told.collection_case_id, self._case())
        self.assertEqual(told.action_view_collection_case()["res_id"], self._case().id)

    def test_the_day_it_tells_is_the_day_it_is_sent(self):
        invoice = self._invoice(1, 500.0)
        self._run()
        told = self._as_collector(invoice).collection_next_text
        before = self._touchpoints()
        for days in range(1, 40):
            day = TODAY + timedelta(days=days)
            with freeze_time(f"{day} 12:00:00"):
                self._run()
            if new := (self._touchpoints() - before).filtered(lambda one: one.state == "queued"):
                break
        self.assertIn(f"{new.date:%m/%d/%Y}", told)
        self.assertIn(new.step_id.name, told)

    def test_what_is_paid_or_no_sale_tells_nothing(self):
        paid = self._invoice(7)
        self._run()
        self._pay(paid)
        bill = self.env["account.move"].create(
            {"move_type": "in_invoice", "partner_id": self.customer.id}
        )
        told = self._as_collector(paid | bill)
        self.assertFalse(any(told.mapped("collection_next_text")))
        self.assertFalse(told.collection_case_id)

    def test_a_customer_tells_promise_and_next_step_until_all_is_paid(self):
        invoice = self._invoice(7, 500.0)
        self._run()
        case = self._case().with_user(self.collector)
        self.env["collection.promise"]._take(
            case, case.item_ids.browse(), 200.0, TODAY + timedelta(days=3), "phone"
        )
        contact = self.env["res.partner"].create({"name": "Kim", "parent_id": self.customer.id})
        for partner in self._as_collector(self.customer | contact):
            self.assertIn("500.00", partner.collection_why)
            self.assertIn("200.00", partner.collection_promised_text)
            self.assertEqual(partner.collection_last_contact_date, TODAY)
            self.assertTrue(partner.collection_what_next)
        self._pay(invoice)
        self.assertFalse(self._as_collector(self.customer).collection_why)

    def test_ten_and_sixty_invoices_take_the_same_queries(self):
        def queries(moves):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            told = moves.with_user(self.collector).mapped("collection_next_text")
            self.assertEqual(len(told), len(moves))
            return self.env.cr.sql_log_count - before

        customers = [self._customer(f"Number {number}") for number in range(60)]
        moves = self._invoices([{"days_overdue": 7, "partner": one} for one in customers])
        self._run()
        queries(moves[:10])
        self.assertEqual(queries(moves), queries(moves[:10]))

    def test_only_collectors_are_told(self):
        accountant = new_test_user(
            self.env,
            "anna",
            groups="account.group_account_user",
            company_id=self.company.id,
        )
        for model in ("account.move", "res.partner"):
            for user, told in ((self.collector, True), (accountant, False)):
                view = self.env[model].with_user(user).get_view(False, "form")
                names = {node.get("name") for node in etree.fromstring(view["arch"]).iter("field")}
                with self.subTest(model=model, user=user.login):
                    field = "collection_next_text"
                    if model == "res.partner":
                        field = "collection_what_next"
                    self.assertEqual(field in names, told)
