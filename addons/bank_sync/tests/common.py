"""A company with a bank, as its accountant sees it."""

from odoo import Command, fields
from odoo.tests import new_test_user

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from .sandbox import SandboxBank


def answered(status, error):
    """Return ``error`` as the transport raises it for an answer with this HTTP status."""
    error.status = status
    return error


class BankSyncCommon(AccountTestInvoicingCommon):
    """Tests run as an accountant; ``manager`` connects banks."""

    @classmethod
    def get_default_groups(cls):
        return super().get_default_groups() | cls.quick_ref("bank_sync.group_user")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.eur = cls.env.ref("base.EUR")
        cls.usd = cls.env.ref("base.USD")
        (cls.eur | cls.usd).sudo().active = True
        cls.company.sudo().currency_id = cls.eur
        cls.manager = new_test_user(
            cls.env,
            "bank_manager",
            "bank_sync.group_manager",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.journal = cls.company_data["default_journal_bank"]
        cls.customer = cls.env["res.partner"].create({"name": "Boulangerie Martin SARL"})
        cls.today = fields.Date.today()
        cls.suggestions = cls.env["bank.match.suggestion"]

    @classmethod
    def invoice(cls, amount, *, partner=None, currency=None, number=None, date=None):
        """Return a posted customer invoice over ``amount``, without tax."""
        move = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": (partner or cls.customer).id,
                "currency_id": (currency or cls.eur).id,
                "invoice_date": date or cls.today,
                "payment_reference": number,
                "invoice_line_ids": [
                    Command.create({"name": "Tea", "price_unit": amount, "tax_ids": False})
                ],
            }
        )
        if number:
            move.name = number
        move.action_post()
        return move

    @classmethod
    def bank_line(cls, amount, text, *, journal=None, **values):
        """Return a bank line as it is after import: on suspense, not matched."""
        line_sudo = (
            cls.env["account.bank.statement.line"]
            .sudo()
            .create(
                {
                    "journal_id": (journal or cls.journal).id,
                    "date": cls.today,
                    "bank_booking_date": cls.today,
                    "amount": amount,
                    "payment_ref": text,
                    **values,
                }
            )
        )
        return line_sudo.sudo(False)

    @classmethod
    def match(cls):
        """Run the matching of the company and return the lines that booked themselves."""
        return cls.suggestions._run(cls.company)

    def books(self):
        """Return what must be the same before a match and after its undo."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT account_id, SUM(balance), SUM(amount_residual), SUM(amount_residual_currency)
              FROM account_move_line
             WHERE company_id = %s AND parent_state = 'posted'
             GROUP BY account_id
            HAVING SUM(balance) != 0 OR SUM(amount_residual) != 0
             ORDER BY account_id
            """,
            [self.company.id],
        )
        return self.env.cr.fetchall()


class SandboxCommon(BankSyncCommon):
    """A company connected to a sandbox bank."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank = SandboxBank()
        cls.addClassCleanup(cls.bank.stop)

    def setUp(self):
        super().setUp()
        self.bank.post("faults", kind="none")
        self.account = self.bank.open_account()
        self.connection = (
            self.env["bank.connection"]
            .with_user(self.manager)
            .create({"name": "Banque du Parc", "base_url": self.bank.url})
        )

    def connect(self, *accounts):
        """Connect the company to the accounts, by consent and callback."""
        consent = self.env["bank.consent"].with_user(self.manager)
        consent = consent._start(self.connection, user_ip="192.0.2.7")
        self.connection._transition("authorizing")
        self.bank.approve(consent.external_id, *(accounts or (self.account,)))
        self.assertTrue(self.connection._finish_consent(consent))
        return self.connection.account_ids

    def sync(self):
        """Read the bank as the accountant who waits for it, and return the runs."""
        return self.connection.with_user(self.env.user)._sync(origin="user", user_ip="192.0.2.7")

    def assertBooksEqualBank(self, account=None):
        """Fail unless the bank's entries are our lines, one for one."""
        truth = self.bank.truth(account or self.account)
        theirs = sorted(
            (entry["booking_date"], float(entry["amount"]))
            for entry in truth["entries"]
            if entry["status"] == "booked"
        )
        mirror = self.env["bank.connection.account"].search(
            [("resource_id", "=", truth["resource_id"])]
        )
        lines = self.env["account.bank.statement.line"].search(
            [("journal_id", "=", mirror.journal_id.id)]
        )
        ours = sorted(
            (fields.Date.to_string(line.bank_booking_date), line.amount) for line in lines
        )
        self.assertEqual(ours, theirs)
        self.assertEqual(mirror.proved_balance, float(truth["balance"]))
