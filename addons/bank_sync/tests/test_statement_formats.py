from odoo.tests import tagged

from .test_bank_statement_import import IBAN, ImportCommon


def mt940(*lines, closing="110,00"):
    head = [":20:REF", f":25:{IBAN}", ":28C:9/1", ":60F:C260301EUR100,00"]
    return "\r\n".join([*head, *lines, f":62F:C260302EUR{closing}", "-"]).encode()


@tagged("post_install", "-at_install")
class TestStatementFormats(ImportCommon):
    """What the readers of the core tell reaches the accountant, in any format."""

    def setUp(self):
        super().setUp()
        self.journal.sudo().set_bank_account(IBAN)

    def lines(self):
        return self.env["account.bank.statement.line"].search(
            [("journal_id", "=", self.journal.id)], order="id"
        )

    def test_an_mt940_file_becomes_lines(self):
        file = mt940(
            ":61:2603020302C30,00NTRFINV-7//B1",
            ":86:166?20SVWZ+Rechnung 7?32ERIKA",
            ":61:2603020302RC20,00NTRFNONREF//B2",
            ":86:undone",
        )
        result = self.upload(file, names=["day.sta"])
        self.assertEqual((result.outcome, result.added_count), ("imported", 2))
        self.assertEqual(self.lines().mapped("amount"), [30.0, -20.0])
        self.assertEqual(self.lines().statement_id.balance_end_real, 110.0)

    def test_a_french_account_is_found_by_the_iban_of_its_journal(self):
        self.journal.sudo().set_bank_account("FR7630004008210001234567849")
        start = "30004    00821EUR2 00012345678"
        file = [
            f"01{start}  010326{'':50}0000000001000" + "{",
            f"04{start}05020326  020326{'VIR CLIENT':31}{'':11}0000000000500" + "{",
            f"07{start}  020326{'':50}0000000001500" + "{",
        ]
        content = "\n".join(line.ljust(120) for line in file).encode()
        result = self.upload(content, names=["releve.txt"])
        self.assertEqual((result.outcome, result.added_count), ("imported", 1), result.message)

    def test_what_was_odd_about_a_file_is_told(self):
        file = mt940(":61:260230C10,00NTRFNONREF//B1", ":86:interest")
        result = self.upload(file, names=["day.sta"])
        self.assertEqual(result.outcome, "imported", result.message)
        (warnings,) = result.document_id.sudo().file_statement_ids.mapped("warnings")
        self.assertIn("line 1: 1 dates are not in the calendar (260230)", warnings[1])
        self.assertIn("line 1: 1 entries have no booking date", warnings[0])

    def test_a_broken_or_unknown_file_is_refused_in_one_sentence(self):
        broken, unknown = self.upload(
            mt940(":61:nonsense"), b"%PDF-1.7", names=["day.sta", "invoice.pdf"]
        )
        self.assertEqual(broken.outcome, "refused")
        self.assertIn("day.sta, line 5: the line does not follow its format", broken.message)
        self.assertEqual(unknown.outcome, "refused")
        for name in ("it is a PDF", "camt.053", "MT940", "CODA", "CFONB120", "OFX"):
            self.assertIn(name, unknown.message)
        self.assertFalse(self.lines())
