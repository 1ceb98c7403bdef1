"""An account whose readings a test tells entry by entry."""

from datetime import timedelta

from odoo.addons.bank_sync.core.proof import prove_statement
from odoo.addons.bank_sync.core.statement import Entry, Statement

from .common import BankSyncCommon


class MirrorCommon(BankSyncCommon):
    """The account opened with EUR 10.00."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls.make_account("DE89370400440532013000", cls.journal)

    @classmethod
    def make_account(cls, iban, journal):
        """Return an account that feeds a journal."""
        return (
            cls.env["bank.connection.account"]
            .sudo()
            .create(
                {
                    "company_id": cls.company.id,
                    "iban": iban,
                    "currency_id": cls.eur.id,
                    "journal_id": journal.id,
                }
            )
        )

    def entry(self, cents, text="x", *, day=0, currency="EUR", **values):
        """Return an entry booked ``day`` days ago."""
        date = self.today - timedelta(days=day)
        return Entry(date, date, cents, currency, remittance=(text,), **values)

    def take(self, *entries, closing=None, account=None, days=30, closing_day=0):
        """Take one complete reading in; without ``closing`` it adds up, 0 is no balance."""
        account = account or self.account
        run = self.env["bank.sync.run"]._begin(
            "cron",
            company_id=self.company.id,
            account_id=account.id,
            date_from=self.today - timedelta(days=days),
        )
        if closing is None:
            closing = 1000 + sum(entry.amount for entry in entries if not entry.pending)
        self.env["bank.entry"]._apply_reading(
            account,
            run,
            list(entries),
            self.env["bank.raw.document"],
            closing=closing or None,
            closing_date=self.today - timedelta(days=closing_day),
        )
        return run

    def take_file(self, *entries, opening=None, closing=None, name="S", sequence=None):
        """Take one statement of a file in, and make its lines."""
        days = [entry.booking_date for entry in entries]
        statement = Statement(
            name,
            self.account.iban,
            "EUR",
            opening,
            closing,
            tuple(entries),
            closing_date=max(days) if closing is not None else None,
            sequence=sequence,
        )
        told = self.told(statement, min(days), max(days))
        run = self.env["bank.sync.run"]._begin(
            "file", company_id=self.company.id, account_id=self.account.id
        )
        added = self.env["bank.entry"]._apply_statement(self.account, run, statement, told)
        told.document_id._transition("booking")
        added._book()
        told.document_id._transition("parsed")
        return run

    def told(self, statement, first, last):
        """Return the statement of a file as the import keeps it."""
        document = self.env["bank.raw.document"]._keep(
            statement.id.encode(), name=statement.id, company_id=self.company.id, source="file"
        )
        values = {
            "document_id": document.id,
            "company_id": self.company.id,
            "account_id": self.account.id,
            "currency_id": self.eur.id,
            "number": 1,
            "name": statement.id,
            "sequence": statement.sequence,
            "date_from": first,
            "date_to": last,
            "closing_date": statement.closing_date,
            "opening": (statement.opening or 0) / 100,
            "closing": (statement.closing or 0) / 100,
            "has_opening": statement.opening is not None,
            "has_closing": statement.closing is not None,
            "proof": prove_statement(statement).status,
        }
        return self.env["bank.file.statement"].sudo().create(values)

    def mirror(self, account=None):
        """Return the rows of the account, in the order they came."""
        return self.env["bank.entry"].search(
            [("account_id", "=", (account or self.account).id)], order="id"
        )

    def lines(self):
        """Return the statement lines of the account's entries."""
        return self.env["account.bank.statement.line"].search(
            [("bank_entry_id.account_id", "=", self.account.id)], order="id"
        )

    def snapshot(self):
        """Return everything a decision may change and its undo must restore."""
        rows = self.mirror().filtered(lambda row: row.state != "superseded" or row.same_entry_id)
        return [
            (
                row.id,
                row.state,
                row.booking_date,
                row.amount,
                row.remittance,
                row.entry_reference,
                row.end_to_end_id,
                row.told_digest,
                row.same_entry_id.id,
                sorted(row.statement_line_ids.mapped("amount")),
            )
            for row in rows
        ]
