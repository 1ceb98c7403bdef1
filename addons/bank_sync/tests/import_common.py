"""Statement files without a format: what is tested is the import, not the reading."""

import base64
import itertools
from datetime import date
from unittest.mock import patch

from odoo.addons.bank_sync.core.statement import Entry, Statement
from odoo.addons.bank_sync.core.statement_file import StatementFile

from .common import BankSyncCommon

IBAN = "DE89370400440532013000"
DAY = date(2026, 3, 2)
_NUMBERS = itertools.count(1)


def entry(cents, text="x", *, day=DAY, **values):
    """Return a booked entry of EUR."""
    return Entry(day, day, cents, "EUR", remittance=(text,), **values)


def statement(*entries, opening=10000, closing=None, name="S1", account=IBAN, **values):
    """Return a statement that adds up, unless ``closing`` says otherwise."""
    if closing is None and opening is not None:
        closing = opening + sum(one.amount for one in entries if not one.pending)
    day = max((one.booking_date for one in entries if one.booking_date), default=DAY)
    return Statement(
        **{
            "id": name,
            "account": account,
            "currency": "EUR",
            "opening": opening,
            "closing": closing,
            "entries": entries,
            "opening_date": day,
            "closing_date": day,
            **values,
        }
    )


class ImportPageCommon(BankSyncCommon):
    """An accountant at the import page; journal and statements share one account number."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.journal.sudo().set_bank_account(IBAN)

    def reading(self, *statements):
        """Let every file be read as these statements."""
        file = StatementFile("camt.053", "camt.053.001.08", statements)
        documents = type(self.env["bank.raw.document"])
        return patch.object(documents, "_read_file", return_value=file)

    def attach(self, content=None, name="file.xml", user=None):
        """Return an uploaded file; a new one every time unless its content is given."""
        content = content if content is not None else f"file {next(_NUMBERS)}".encode()
        attachments = self.env["ir.attachment"].with_user(user or self.env.user)
        return attachments.create({"name": name, "datas": base64.b64encode(content)})

    def page(self, *statements, content=None, name="file.xml", user=None):
        """Return the import page with one file that says ``statements``."""
        wizards = self.env["bank.statement.import"].with_user(user or self.env.user)
        attachment = self.attach(content, name, user)
        wizard = wizards.create({"company_id": self.company.id})
        if statements:
            with self.reading(*statements):
                wizard.add_files(attachment.ids)
        else:
            wizard.add_files(attachment.ids)
        return wizard

    def book(self, page, *statements):
        """Press the button and wait until all is booked; return the card of the file."""
        with self.reading(*statements):
            page.book()
        return self.finish(page)

    def finish(self, page):
        """Go on until nothing is left to do; return the card of the file."""
        for _number in range(50):
            cards = page.step()["documents"]
            if not any(card["outcome"] == "booking" or card["matching_due"] for card in cards):
                return cards[-1]
        raise AssertionError("the booking does not end")

    def take(self, *statements, **values):
        """Import one file that says ``statements`` and return its card."""
        return self.book(self.page(*statements, **values), *statements)

    def lines(self, journal=None):
        return self.env["account.bank.statement.line"].search(
            [("journal_id", "=", (journal or self.journal).id)], order="id"
        )

    def entries(self):
        return self.env["bank.entry"].search([("company_id", "=", self.company.id)], order="id")

    def document(self, page):
        return page.document_ids[-1:]
