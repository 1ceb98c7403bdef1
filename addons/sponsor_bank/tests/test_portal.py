from odoo.tests import HttpCase, tagged

from .common import SponsorBankCommon


@tagged("post_install", "-at_install")
class TestPortal(SponsorBankCommon, HttpCase):
    def open_as(self, user, url):
        """Open a page as a person and return its text."""
        self.authenticate(user.login, user.login)
        answer = self.url_open(url)
        self.assertEqual(answer.status_code, 200)
        return answer.text

    def test_staff_see_the_figures_a_company_shares(self):
        consent = self.create_consent(share_reminders=True, share_reconciliation=True)
        page = self.open_as(self.staff, f"/my/companies/{consent.id}")
        self.assertIn(self.company.name, page)
        self.assertIn("1,000.00", page)
        self.assertIn("1 to 30 days overdue", page)

    def test_names_of_debtors_need_a_scope_of_their_own(self):
        anonymous = self.create_consent()
        page = self.open_as(self.staff, f"/my/companies/{anonymous.id}")
        self.assertIn("Customer 1", page)
        self.assertNotIn(self.debtor.name, page)
        anonymous.action_revoke()
        named = self.create_consent(share_debtor_names=True)
        self.assertIn(self.debtor.name, self.open_as(self.staff, f"/my/companies/{named.id}"))

    def test_what_is_not_shared_is_not_computed_into_the_page(self):
        consent = self.create_consent(share_receivables=False, share_reconciliation=True)
        page = self.open_as(self.staff, f"/my/companies/{consent.id}")
        self.assertNotIn("1,000.00", page)
        self.assertIn("Not shared.", page)

    def test_a_company_that_revoked_is_gone_at_once(self):
        consent = self.create_consent()
        self.assertIn(self.company.name, self.open_as(self.staff, "/my/companies"))
        consent.action_revoke()
        self.assertIn("No company shares", self.open_as(self.staff, "/my/companies"))
        page = self.url_open(f"/my/companies/{consent.id}")
        self.assertTrue(page.url.endswith("/my/companies"))

    def test_the_list_asks_the_books_once_however_many_companies_share(self):
        portfolio_sudo = self.env["bank.portfolio"].sudo()
        one_sudo = self.create_consent().sudo()
        other_company = self.setup_other_company()["company"]
        two_sudo = one_sudo + one_sudo.create(
            {"company_id": other_company.id, "bank_id": self.bank.id}
        )

        def queries(consents_sudo):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            portfolio_sudo._overview(consents_sudo)
            return self.cr.sql_log_count - before

        queries(two_sudo)
        self.assertEqual(queries(two_sudo), queries(one_sudo))
        [block] = portfolio_sudo._overview(two_sudo)[one_sudo]
        self.assertEqual((block["open"], block["count"]), (1000.0, 1))

    def test_nobody_but_the_banks_staff_learns_who_shares(self):
        consent = self.create_consent()
        for user in (self.other_staff, self.collector):
            with self.subTest(user=user.login):
                page = self.open_as(user, f"/my/companies/{consent.id}")
                self.assertNotIn(self.company.name + "</h3>", page)
                self.assertIn("No company shares", page)

    def test_every_look_is_recorded_for_the_company(self):
        consent = self.create_consent()
        events = self.env["collection.event"].with_user(self.manager)
        viewed = [("kind", "=", "sharing_viewed"), ("company_id", "=", self.company.id)]
        for number, page in enumerate((f"/my/companies/{consent.id}", "/my/companies"), start=1):
            with self.subTest(page):
                self.open_as(self.staff, page)
                found = events.search(viewed)
                self.assertEqual(len(found), number, "the list shows figures too")
                self.assertEqual(found.user_id, self.staff)
                self.assertEqual(found.company_id, self.company)

    def test_another_companys_money_never_shows(self):
        other = self.setup_other_company()["company"]
        self.assertNotEqual(other, self.company)
        self.env["account.move"].with_company(other).create(
            {
                "move_type": "out_invoice",
                "company_id": other.id,
                "partner_id": self.debtor.id,
                "invoice_date": self.today,
                "invoice_line_ids": [
                    (0, 0, {"name": "Secret", "price_unit": 77_777.0, "tax_ids": []})
                ],
            }
        ).action_post()
        consent = self.create_consent()
        page = self.open_as(self.staff, f"/my/companies/{consent.id}")
        self.assertNotIn("77,777", page)
