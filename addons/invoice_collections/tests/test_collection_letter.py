from odoo.tests import freeze_time, tagged

from .common import NOON, CollectionCommon


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestCollectionLetter(CollectionCommon):
    """What a customer reads: their language, their invoices, their link."""

    def _letter(self, lang, days_overdue=14):
        customer = self._customer(f"Customer {lang}", lang=lang)
        invoice = self._invoice(days_overdue, 1234.5, partner=customer)
        self._run()
        return self._touchpoints(partner_id=customer.id), invoice

    def test_every_customer_is_written_to_in_their_language(self):
        for lang, subject, words in (
            ("en_US", "Long overdue: please pay now", "days overdue"),
            ("fr_FR", "Échéance largement dépassée", "jours de retard"),
            ("de_DE", "Lange überfällig", "Tage überfällig"),
        ):
            with self.subTest(lang=lang):
                touchpoint, _invoice = self._letter(lang)
                self.assertIn(subject, touchpoint.subject)
                self.assertIn(words, touchpoint.mail_id.body_html)
                self.assertIn(f'lang="{lang.replace("_", "-")}"', touchpoint.mail_id.body_html)

    def test_no_english_is_left_in_a_translated_letter(self):
        english = [self._letter("en_US", days)[0].message_id.body for days in (-7, 0, 7, 14)]
        self.env["collection.touchpoint"].flush_model()
        for lang in ("fr_FR", "de_DE"):
            customer_lang = lang
            for days, source in zip((-7, 0, 7, 14), english, strict=True):
                customer = self._customer(f"{customer_lang} {days}", lang=lang)
                self._invoice(days, partner=customer)
                self._run()
                body = self._touchpoints(partner_id=customer.id).message_id.body
                for sentence in source.split("<p>")[1:]:
                    words = sentence.split("</p>")[0].split("<")[0].strip()
                    if len(words) > 15:
                        self.assertNotIn(words, body, (lang, days))

    def test_the_letter_names_invoice_due_date_amount_and_link(self):
        touchpoint, invoice = self._letter("en_US")
        body = touchpoint.mail_id.body_html
        self.assertIn(invoice.name, body)
        self.assertIn("02/24/2026", body)
        self.assertIn("1,234.50", body)
        self.assertIn("/collections/", body)
        token = body.split("/collections/")[1].split('"')[0]
        self.assertEqual(self.env["collection.case"]._from_debtor_token(token), touchpoint.case_id)

    def test_amounts_and_dates_follow_the_language(self):
        touchpoint, _invoice = self._letter("de_DE")
        self.assertIn("1.234,50", touchpoint.mail_id.body_html)
        self.assertIn("24.02.2026", touchpoint.mail_id.body_html)

    def test_the_message_stays_on_the_case_as_evidence(self):
        touchpoint, _invoice = self._letter("en_US")
        self._send_queue()
        self.assertEqual(touchpoint.state, "sent")
        self.assertTrue(touchpoint.mail_id.exists())
        self.assertIn(touchpoint.message_id, touchpoint.case_id.message_ids)
        notification = touchpoint.message_id.notification_ids
        self.assertEqual(notification.notification_status, "sent")
        self.assertEqual(notification.res_partner_id, touchpoint.partner_id)

    def test_the_sender_is_the_company_that_is_owed(self):
        touchpoint, _invoice = self._letter("en_US")
        self.assertIn("accounts@seller.example", touchpoint.message_id.email_from)
        self.assertEqual(touchpoint.message_id.author_id, self.company.partner_id)

    def test_the_invoice_address_gets_the_letter(self):
        contact = self.env["res.partner"].create(
            {
                "name": "Accounts Payable",
                "parent_id": self.customer.id,
                "type": "invoice",
                "email": "payable@customer.example",
                "lang": "fr_FR",
            }
        )
        self._invoice(14)
        self._run()
        touchpoint = self._touchpoints()
        self.assertEqual((touchpoint.contact_id, touchpoint.lang), (contact, "fr_FR"))
        self.assertEqual(self._send_queue(), ["payable@customer.example"])

    def test_money_that_is_not_due_is_not_asked_for(self):
        self._invoices(
            [{"days_overdue": 14, "amount": 100.0}, {"days_overdue": -7, "amount": 40.0}]
        )
        self._run()
        touchpoint = self._touchpoints()
        self.assertEqual((touchpoint.net_amount, touchpoint.upcoming_amount), (100.0, 40.0))
        self.assertIn("40.00", touchpoint.mail_id.body_html)
        self.assertNotIn("140.00", touchpoint.mail_id.body_html)

    def test_names_with_markup_stay_names(self):
        customer = self._customer("Evil", email="evil@customer.example")
        customer.name = "<script>alert(1)</script>"
        self._invoice(14, partner=customer)
        self._run()
        body = self._touchpoints(partner_id=customer.id).mail_id.body_html
        self.assertNotIn("<script>", body)

    def test_the_link_lives_as_long_as_the_policy_says(self):
        self.policy.link_days = 3
        touchpoint, _invoice = self._letter("en_US")
        token = touchpoint.debtor_url.rsplit("/", 1)[1]
        cases = self.env["collection.case"]
        with freeze_time("2026-03-13 11:59:00"):
            self.assertTrue(cases._from_debtor_token(token))
        with freeze_time("2026-03-13 12:00:01"):
            self.assertFalse(cases._from_debtor_token(token))
