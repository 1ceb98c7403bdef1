from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from .cadence_common import CadenceCommon
from .common import NOON, TODAY


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestTexts(CadenceCommon):
    """Texts are refused with the place of a mistake, and shown as a real customer gets them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.text = cls.env.ref("invoice_collections.mail_template_reminder").with_user(cls.manager)

    def _refused(self, **values):
        with self.assertRaises(ValidationError) as caught, self.env.cr.savepoint():
            self.text.write(values)
        return str(caught.exception)

    # === REFUSED === #

    def test_an_unknown_field_is_refused_with_the_place_and_what_was_meant(self):
        sentence = self._refused(subject="Hello {{ object.partner_id.nme }}")
        self.assertIn("Subject (English (US)), line 1", sentence)
        self.assertIn("no field “nme”", sentence)
        self.assertIn("Is “name” meant?", sentence)

    def test_a_mistake_in_a_formatted_text_is_refused_with_its_line(self):
        sentence = self._refused(
            body_html="<p>Dear customer</p>\n<p>about\n<t t-out='object.case_id.usr_id.name'/></p>"
        )
        self.assertIn("Body (English (US)), line 3", sentence)
        self.assertIn("“usr_id”", sentence)

    def test_a_loop_is_followed(self):
        loop = "<p t-foreach='object.item_ids' t-as='item'><t t-out='item.%s'/></p>"
        self.text.body_html = loop % "label"
        self.assertIn("“lable”", self._refused(body_html=loop % "lable"))

    def test_half_a_placeholder_is_refused(self):
        for words in ("Hello {{ object.partner_id.name", "Hello {{ object. }}", "a }} b"):
            self.assertIn("not a complete placeholder", self._refused(subject=words))

    def test_an_unknown_name_is_refused(self):
        self.assertIn("nothing is called “invoice”", self._refused(subject="{{ invoice.name }}"))

    def test_parts_that_do_not_fit_together_are_refused(self):
        sentence = self._refused(body_html="<p>Hi</p><p t-else=''>there</p>")
        self.assertIn("do not fit together", sentence)

    def test_the_few_words_are_checked_as_well(self):
        sentence = self._refused(collection_short_text="One\nTwo {{ object.net_amout }}")
        self.assertIn("In few words (English (US)), line 2", sentence)
        self.assertIn("Is “net_amount” meant?", sentence)

    def test_a_translation_is_checked_and_its_language_named(self):
        french = self.text.with_context(lang="fr_FR")
        with self.assertRaises(ValidationError) as caught, self.env.cr.savepoint():
            french.subject = "Bonjour {{ object.partner_id.nom }}"
        self.assertIn("French", str(caught.exception))
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.text.update_field_translations(
                "subject", {"fr_FR": "Bonjour {{ object.partner_id.nom }}"}
            )

    def test_secrets_are_not_reached_by_a_placeholder(self):
        self.assertIn("must not be used", self._refused(subject="{{ object.__class__ }}"))

    def test_nothing_is_demanded_of_texts_that_are_not_ours(self):
        other = self.env["mail.template"].create(
            {
                "name": "Other",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "subject": "Hello {{ object.name }}",
            }
        )
        self.assertTrue(other.subject)

    def test_what_we_deliver_is_free_of_mistakes(self):
        texts = self.env["mail.template"].search([("model", "=", "collection.touchpoint")])
        self.assertGreaterEqual(len(texts), 6)
        for text in texts:
            self.assertEqual(text._collection_mistakes(), [], text.name)

    def test_a_new_text_is_in_the_customers_language_and_kept(self):
        new = self.text.create(
            {
                "name": "New",
                "model_id": self.env["ir.model"]._get_id("collection.touchpoint"),
                "subject": "Hello",
            }
        )
        self.assertEqual(new.lang, "{{ object.lang }}")
        self.assertFalse(new.auto_delete)

    # === LANGUAGES === #

    def test_a_companys_cadences_learn_a_language_that_comes_later(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.steps[14].sudo().name = "My own words"
        self.env["ir.module.module"].sudo()._load_module_terms(["invoice_collections"], ["nl_NL"])
        library = self.env.ref("invoice_collections.cadence_standard").with_context(lang="nl_NL")
        dutch = self.cadence.with_context(lang="nl_NL").step_ids.grouped("offset_days")
        known = library.step_ids.grouped("offset_days")
        self.assertNotEqual(known[7].name, "Reminder")
        self.assertEqual(dutch[7].name, known[7].name)
        self.assertEqual(dutch[14].name, "My own words")

    # === FEW WORDS === #

    def test_a_text_message_says_the_few_words_of_its_text(self):
        self._short_cadence(
            "{{ object.company_id.name }}, {{ object.partner_id.name }}: please pay"
        )
        self._invoice(7)
        self._run()
        touchpoint = self._touchpoints()
        self.assertEqual(touchpoint.state, "queued")
        lines = touchpoint.short_text.splitlines()
        self.assertEqual(lines[0], f"{self.company.name}, Corner Bookshop: please pay")
        # Link and opting out are there whatever the author wrote.
        self.assertIn("/collections/", lines[1])
        self.assertIn("STOP", lines[2])

    def test_a_link_of_ones_own_is_not_said_twice(self):
        self._short_cadence("Pay: {{ object.debtor_url }}")
        self._invoice(7)
        self._run()
        self.assertEqual(self._touchpoints().short_text.count("/collections/"), 1)

    def test_few_words_that_break_at_night_are_held_back_and_told(self):
        words = "{{ 1 / (object.net_amount - 100.0) }}"
        self._short_cadence(words)
        self._invoice(7)
        self._run()
        self.assertEqual(self._touchpoints().block_reason, "broken_text")

    def _short_cadence(self, words):
        self.customer.phone = "+33612345678"
        self.env["collection.channel"]._of(self.company, "sms").sudo().enabled = True
        self.text.collection_short_text = words
        self._cadence({"offset_days": 7, "channel": "sms"})

    def test_standard_words_are_whole_lines(self):
        self._short_cadence(False)
        self._invoice(7)
        self._run()
        first = self._touchpoints().short_text.splitlines()[0]
        amount = self.company.currency_id.format(100.0).replace("\xa0", " ")
        self.assertEqual(
            first, f"{self.company.name}: we have not received your payment of {amount} yet."
        )

    def test_a_call_without_a_number_says_once_more_what_was_written_before(self):
        self._cadence({"offset_days": 7}, {"offset_days": 14, "outcome": "call", "tone": "4"})
        self._invoice(14)
        self._run()
        touchpoint = self._touchpoints()
        self.assertEqual((touchpoint.state, touchpoint.channel), ("queued", "email"))
        self.assertIn("Reminder: payment overdue", touchpoint.subject)

    # === PREVIEW === #

    def _preview(self, text=None, user=None):
        text = (text or self.text).with_user(user or self.manager)
        action = text.with_company(self.company).action_collection_preview()
        return (
            self.env["collection.text.preview"]
            .with_user(user or self.manager)
            .browse(action["res_id"])
        )

    def test_a_preview_shows_what_the_night_would_send(self):
        invoice = self._invoice(7, 250.0)
        self._run_evaluation()
        self.text.collection_short_text = "Short: {{ object.net_amount }}"
        preview = self._preview()
        self.assertEqual(preview.case_id.partner_id, self.customer)
        self.assertIn(invoice.name, preview.mail_html)
        self.assertIn("250.00", preview.mail_html)
        self.assertIn("Corner Bookshop", preview.letter_html)
        self.assertIn("Short: 250.0", preview.short_text)
        self.assertIn("corner.bookshop@customer.example", preview.would)
        self._run()
        sent = self._touchpoints()
        self.assertEqual(preview.subject, sent.subject)
        for words in ("250.00", invoice.name):
            self.assertIn(words, sent.mail_id.body_html)

    def test_a_preview_writes_nothing(self):
        self._invoice(7)
        self._run_evaluation()
        before = self._touchpoints(), self._event_count()
        preview = self._preview()
        self.assertTrue(preview.mail_html)
        self.env.flush_all()
        self.assertEqual((self._touchpoints(), self._event_count()), before)

    def _event_count(self):
        return self.env["collection.event"].sudo().search_count([])

    def test_a_preview_says_why_nothing_would_go_out(self):
        self._invoice(7)
        self._run_evaluation()
        self.policy.kill_switch = True
        self.assertIn("Everything is stopped", self._preview().would)

    def test_a_preview_follows_language_and_customer(self):
        germans = self._customer("Blumen Beck", lang="de_DE")
        self._invoices([{"days_overdue": 7, "amount": 90.0, "partner": germans}])
        self._invoice(7, 40.0)
        self._run_evaluation()
        with Form(self._preview()) as form:
            form.case_id = self._case(germans)
            self.assertIn("Zahlungserinnerung", form.subject)
            form.lang = "fr_FR"
            self.assertNotIn("Zahlungserinnerung", form.subject)
            form.case_id = self._case()
            self.assertIn("40", form.mail_html)

    def test_a_note_ahead_shows_what_is_not_due_yet(self):
        self._invoice(7, 40.0)
        ahead = self._invoice(-7, 60.0)
        self._run_evaluation()
        note = self.env.ref("invoice_collections.mail_template_before_due")
        preview = self._preview(note)
        self.assertIn(ahead.name, preview.mail_html)
        self.assertIn("60.00", preview.mail_html)

    def test_without_a_debtor_a_preview_says_so(self):
        self.assertIn("Choose a customer", self._preview().would)

    def test_only_managers_preview(self):
        with self.assertRaises(AccessError):
            self._preview(user=self.collector)

    def test_a_preview_stays_within_the_managers_companies(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        case = (
            self.env["collection.case"]
            .sudo()
            .create({"partner_id": self.customer.id, "company_id": other.id})
        )
        preview = self.env["collection.text.preview"].with_user(self.manager)
        with self.assertRaises(AccessError):
            preview.create({"template_id": self.text.id, "case_id": case.id}).mail_html  # noqa: B018

    def test_usage_names_the_steps(self):
        self.assertIn("Standard: Reminder", self.text.with_company(self.company).collection_usage)

    def _run_evaluation(self):
        self.company._collection_evaluate(today=TODAY)
