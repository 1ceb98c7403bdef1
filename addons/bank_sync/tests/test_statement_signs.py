from odoo.tests import tagged

from .statements import camt
from .test_bank_statement_import import IBAN, ImportCommon


@tagged("post_install", "-at_install")
class TestStatementSigns(ImportCommon):
    """Which way round a file counts is proved by its balances, once, and never guessed."""

    def setUp(self):
        super().setUp()
        self.journal.sudo().set_bank_account(IBAN)

    def lines(self):
        return self.env["account.bank.statement.line"].search(
            [("journal_id", "=", self.journal.id)], order="id"
        )

    def account(self):
        return self.env["bank.connection.account"].search([("iban", "=", IBAN)])

    def test_case_073_a_file_with_turned_signs_is_turned_and_the_user_is_told(self):
        result = self.upload(camt(IBAN, ("-50.00", "card"), closing="150.00"))
        self.assertEqual(result.outcome, "imported")
        self.assertEqual(self.lines().mapped("amount"), [50.0])
        self.assertEqual(self.account().file_signs, "reversed")
        told = self.account().file_statement_ids
        self.assertIn("the other way round", told.warning_text)
        self.assertTrue(self.env["bank.event"].search([("kind", "=", "signs_reversed")]))

    def test_case_073_a_statement_that_later_counts_otherwise_is_set_aside(self):
        self.upload(camt(IBAN, ("50.00", "a")))
        self.assertEqual(self.account().file_signs, "as_told")
        turned = camt(
            IBAN, ("-7.00", "b"), opening="150.00", closing="157.00", date="2026-03-03", name="S2"
        )
        result = self.upload(turned)
        self.assertEqual(result.document_id.state, "quarantined")
        self.assertEqual(result.document_id.problem_code, "signs_contradict")
        self.assertEqual(self.lines().mapped("amount"), [50.0])

    def test_the_chain_of_an_account_is_shown_with_its_gaps(self):
        self.upload(camt(IBAN, ("50.00", "a")))
        self.upload(camt(IBAN, ("1.00", "b"), opening="500.00", date="2026-03-09", name="S3"))
        account = self.account()
        self.assertEqual(account.chain_gap_count, 1)
        self.assertEqual(account.chain_text, "2026-03-02 to 2026-03-02; 2026-03-09 to 2026-03-09")
        action = account.action_open_chain()
        told = self.env["bank.file.statement"].search(action["domain"])
        self.assertEqual(sorted(told.mapped("chain_state")), ["first", "gap"])
        for view, kind in (
            (self.env.ref("bank_sync.bank_file_statement_view_list_chain"), "list"),
            (self.env.ref("bank_sync.bank_entry_view_list_doubt"), "list"),
        ):
            self.assertTrue(self.env[view.model].get_view(view.id, kind)["arch"])
