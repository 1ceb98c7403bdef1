import re
from datetime import timedelta

from odoo.tests import freeze_time, tagged

from .debtor_page_common import DebtorPageCase


@tagged("post_install", "-at_install")
class TestPublicDetails(DebtorPageCase):
    """Contact details, language and channels, changed by the customer and by nobody else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor.write({"email": "old@customer.example", "phone": "+33612345678"})
        cls.env["collection.channel"].search([("company_id", "=", cls.company.id)]).filtered(
            lambda channel: channel.code == "sms"
        ).enabled = True

    def _save(self, channels=("email", "sms", "letter", "call"), **typed):
        path = f"{self.path}/details"
        csrf = self._csrf(self._page(self._open(path)))
        data = [("csrf_token", csrf), *typed.items(), *[("channel", code) for code in channels]]
        return self._open(path, data=data)

    def _mails(self):
        return self.env["mail.mail"].search(
            [("model", "=", "collection.case"), ("res_id", "=", self.case.id)], order="id"
        )

    def _confirm_path(self):
        return re.search(
            r'href="https?://[^/"]+(/collections/[^"]+)"', self._mails()[-1].body_html
        )[1]

    def _email(self):
        self.env.invalidate_all()
        return self.debtor._collection_reach()[self.debtor]["email"][1]

    def test_what_we_have_is_shown_in_part_only(self):
        text = self._open(f"{self.path}/details").text
        self.assertIn("o•••@customer.example", text)
        self.assertIn("•••78", text)
        self.assertNotIn("old@customer.example", text)
        self.assertNotIn("612345", text)

    def test_a_new_address_is_used_once_it_is_confirmed(self):
        answer = self._save(email="new@customer.example")
        self.assertIn("please confirm it there", answer.text)
        [mail] = self._mails()
        self.assertEqual(mail.email_to, "new@customer.example")
        self.assertEqual(self._email(), "old@customer.example", "not yet")
        path = self._confirm_path()
        page = self._page(self._open(path))
        self.assertEqual(self._email(), "old@customer.example", "opening the link is no answer")
        self._open(path, data={"csrf_token": self._csrf(page)})
        self.assertEqual(self._email(), "new@customer.example")
        self.assertEqual(self._mails()[-1].email_to, "old@customer.example", "the old one is told")
        self.assertEqual(self.debtor.email, "old@customer.example", "orders go where they went")
        [event] = self.env["collection.event"].search([("kind", "=", "contact_details_changed")])
        self.assertEqual(event.payload, {"email": ["old@customer.example", "new@customer.example"]})

    def test_confirming_twice_is_confirming_once(self):
        self._save(email="new@customer.example")
        path = self._confirm_path()
        for _time in range(2):
            self._open(path, data={"csrf_token": self._csrf(self._page(self._open(path)))})
        self.assertEqual(len(self._mails()), 2, "the question and one notice")
        contacts = self.debtor.child_ids.filtered(lambda child: child.type == "invoice")
        self.assertEqual(len(contacts), 1)

    def test_a_confirmation_is_for_one_customer_and_ends(self):
        self._save(email="new@customer.example")
        path = self._confirm_path()
        foreign = self._case(self.other)._debtor_path()
        wrong = [
            f"{foreign}/confirm/{path.rpartition('/')[2]}",
            f"{self.path}/confirm/{self.path.rpartition('/')[2]}",
            f"{self.path}/confirm/nonsense",
        ]
        for address in wrong:
            self.assertEqual(self._open(address).status_code, 404, address)
        with freeze_time(self.today + timedelta(days=5)):
            self.assertEqual(self._open(path).status_code, 404)
        self.case.action_revoke_links()
        self.assertEqual(self._open(path).status_code, 404)

    def test_strangers_are_not_mailed_through_us(self):
        for number in range(5):
            answer = self._save(email=f"stranger{number}@elsewhere.example")
        self.assertEqual(answer.status_code, 422)
        self.assertIn("Too many new addresses today", answer.text)
        self.assertEqual(len(self._mails()), 3)

    def test_what_is_no_address_is_told(self):
        before = self.env["res.partner"].search_count([])
        for typed in (
            {"email": "not an address"},
            {"email": "a@b.example, c@d.example"},
            {"email": "x" * 300 + "@b.example"},
            {"phone": "call me"},
            {"phone": "123"},
            {"phone": "<script>alert(1)</script>"},
        ):
            with self.subTest(typed=typed):
                self.assertEqual(self._save(**typed).status_code, 422)
        self.assertFalse(self._mails())
        self.assertEqual(self.env["res.partner"].search_count([]), before)

    def test_language_and_telephone_change_at_once(self):
        self._save(lang="fr_FR", phone="+33 6 99 99 99 99")
        self.env.invalidate_all()
        self.assertEqual(self.case._debtor_lang(), "fr_FR")
        person, number = self.debtor._collection_reach()[self.debtor]["sms"]
        self.assertEqual(number, "+33699999999")
        self.assertEqual(person.parent_id, self.debtor)
        self.assertEqual(self._page(self._open()).get("lang"), "fr-FR")

    def test_reading_in_another_language_changes_nothing(self):
        page = self._page(self._open(f"{self.path}?lang=fr_FR"))
        self.assertEqual(page.get("lang"), "fr-FR")
        self.assertEqual(self._page(self._open(f"{self.path}/details")).get("lang"), "fr-FR")
        self.assertEqual(self._page(self._open(f"{self.path}?lang=xx_XX")).get("lang"), "fr-FR")
        self.env.invalidate_all()
        self.assertEqual(self.debtor.lang, "en_US")
        self.assertEqual(self.case._debtor_lang(), "en_US")

    def test_a_channel_is_closed_and_opened_again(self):
        self._save(channels=("email", "letter", "call"))
        closed = self.env["collection.opt.out"]._open(self.case)
        self.assertEqual(closed, {(self.case.id, "sms")})
        self._save(channels=("email", "sms", "letter", "call"))
        self.env.invalidate_all()
        self.assertFalse(self.env["collection.opt.out"]._open(self.case))

    def test_saving_without_a_change_changes_nothing(self):
        before = self.env["collection.event"].search_count([])
        self._save(lang="en_US")
        self.assertEqual(self.env["collection.event"].search_count([]), before)
        self.assertFalse(self.debtor.child_ids)
