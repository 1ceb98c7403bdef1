from odoo import SUPERUSER_ID, Command
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.account.tests.common import AccountTestInvoicingHttpCommon

from .import_common import IBAN


@tagged("post_install", "-at_install")
class TestImportTour(AccountTestInvoicingHttpCommon, HttpCase):
    """The whole way in a browser, as the accountant's role alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.env.ref("base.EUR").sudo().active = True
        cls.company.sudo().currency_id = cls.env.ref("base.EUR")
        cls.journal = cls.company_data["default_journal_bank"]
        cls.journal.sudo().set_bank_account(IBAN)
        cls.accountant = new_test_user(
            cls.env,
            "import_accountant",
            "bank_sync.group_user",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def lines(self):
        return self.env["account.bank.statement.line"].search(
            [("journal_id", "=", self.journal.id)], order="id"
        )

    def test_files_are_dropped_seen_settled_and_booked(self):
        self.start_tour(
            "/odoo/bank-import", "bank_sync_statement_import", login="import_accountant"
        )
        self.assertEqual(self.lines().mapped("amount"), [50.0, -7.25])
        documents = (
            self.env["bank.raw.document"].sudo().search([("company_id", "=", self.company.id)])
        )
        states = {document.name: document.state for document in documents}
        self.assertEqual(
            states,
            {
                "good.xml": "parsed",
                "wrong.xml": "quarantined",
                "photo.pdf": "refused",
                "again.xml": "refused",
                "list.xml": "refused",
            },
        )

    def test_a_file_is_dropped_on_the_journals_card(self):
        self.start_tour("/odoo/accounting", "bank_sync_dashboard_drop", login="import_accountant")
        self.assertFalse(self.lines(), "nothing is booked by a drop")

    def test_a_document_is_downloaded_by_its_company_alone(self):
        other = self.env["res.company"].with_user(SUPERUSER_ID).create({"name": "Theirs"})
        new_test_user(
            self.env,
            "import_stranger",
            "bank_sync.group_user",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        document = (
            self.env["bank.raw.document"]
            .sudo()
            ._keep(b"as it came", name="march.xml", source="file", company_id=self.company.id)
        )
        url = document.action_download()["url"]
        self.authenticate("import_accountant", "import_accountant")
        self.assertEqual(self.url_open(url).content, b"as it came")
        self.authenticate("import_stranger", "import_stranger")
        self.assertNotIn(b"as it came", self.url_open(url).content)
        self.assertEqual(self.url_open(url).status_code, 404)
