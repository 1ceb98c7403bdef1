from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.bank_sync.core.proof import prove_statement

from .common import BankSyncCommon

IBAN = "DE89370400440532013000"
TABLE = """\
Account statement of 25 March

Date;Details;Money Out;Money In;Balance
25/03/2026;INVOICE 12;;1.000,00;2.450,50
24/03/2026;RENT;549,50;;1.450,50
"""


@tagged("post_install", "-at_install")
class TestBankStatementMapping(BankSyncCommon):
    def setUp(self):
        super().setUp()
        self.journal.sudo().set_bank_account(IBAN)
        self.mappings = self.env["bank.statement.mapping"]

    def propose(self, text=TABLE):
        return self.mappings.create(
            self.mappings._propose_values(self.company, text.encode(), "My bank", self.journal)
        )

    def test_a_table_is_proposed_approved_and_read_by_itself_from_then_on(self):
        mapping = self.propose()
        self.assertFalse(self.mappings._for_table(self.company, TABLE.encode()))
        mapping.action_approve()
        later = TABLE.replace("25/03/2026", "26/03/2026").replace("25 March", "26 March")
        self.assertEqual(self.mappings._for_table(self.company, later.encode()), mapping)
        [statement] = mapping._read(later.encode()).statements
        self.assertEqual((statement.account, statement.currency), (IBAN, "EUR"))
        self.assertEqual([entry.amount for entry in statement.entries], [-54950, 100000])
        self.assertEqual(prove_statement(statement).status, "proved")

    def test_tables_that_waited_are_ready_once_their_columns_are_explained(self):
        documents = self.env["bank.raw.document"]
        document = documents._keep_file(self.company, "march.csv", TABLE.encode())
        self.assertEqual(document.problem_code, "needs_mapping")
        mapping = self.mappings.browse(document._open_mapping()["res_id"])
        mapping.journal_id = self.journal
        action = mapping.action_approve()
        self.assertEqual(document.state, "received")
        page = self.env[action["res_model"]].browse(action["res_id"])
        self.assertIn(document, page.document_ids)
        page.book()
        while document.state == "booking":
            page.step()
        lines = self.env["account.bank.statement.line"].search(
            [("journal_id", "=", self.journal.id)], order="id"
        )
        self.assertEqual(lines.mapped("amount"), [-549.5, 1000.0])

    def test_another_header_is_another_bank(self):
        self.propose().action_approve()
        other = TABLE.replace("Details", "Purpose")
        self.assertFalse(self.mappings._for_table(self.company, other.encode()))

    def test_the_preview_follows_every_change(self):
        with Form(self.propose()) as form:
            self.assertIn("1000.00 EUR", form.preview)
            form.reversed_sign = True
            self.assertIn("-1000.00 EUR", form.preview)
            form.date_format = "%m/%d/%Y"
            self.assertIn("25/03/2026", form.preview)
            self.assertNotIn("1000.00 EUR", form.preview)
            form.date_format = "%d/%m/%Y"

    def test_text_of_the_file_is_never_markup(self):
        mapping = self.propose(TABLE.replace("RENT", "<script>alert(1)</script>"))
        self.assertNotIn("<script", mapping.preview)
        self.assertIn("&lt;script", mapping.preview)

    def test_a_day_that_could_be_a_month_is_a_question(self):
        table = "Date,Amount,Details\n03/04/2026,1.00,a\n"
        self.assertIn("several ways", self.propose(table).question)
        self.assertFalse(self.propose("Date,Amount\n25/03/2026,1.00\n").question)

    def test_a_mapping_that_reads_nothing_is_refused_with_a_reason(self):
        mapping = self.propose("A;B\nx;y\n")
        self.assertIn("booking date", mapping.preview)
        with self.assertRaisesRegex(ValidationError, "booking date"):
            mapping.action_approve()

    def test_only_one_mapping_in_use_reads_a_header(self):
        self.propose().action_approve()
        again = self.propose()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            again.action_approve()
            self.env.flush_all()

    def test_another_company_neither_sees_nor_uses_it(self):
        mapping = self.propose()
        mapping.action_approve()
        other = self.setup_other_company()["company"]
        stranger = self.env.user.copy(
            {"login": "stranger", "company_id": other.id, "company_ids": [(6, 0, other.ids)]}
        )
        theirs = self.mappings.with_user(stranger)
        self.assertFalse(theirs.search([("id", "=", mapping.id)]))
        self.assertFalse(theirs.sudo()._for_table(other, TABLE.encode()))
