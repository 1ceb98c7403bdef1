from contextlib import contextmanager
from datetime import date, timedelta
from unittest.mock import patch

from odoo import Command
from odoo.tests import new_test_user
from odoo.tools import email_normalize

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.mail.tests.common import MailCase

#: A Tuesday; every test of the addon happens on it, at noon UTC.
TODAY = date(2026, 3, 10)
NOON = "2026-03-10 12:00:00"


class CollectionCommon(AccountTestInvoicingCommon, MailCase):
    """A company with the standard cadence, customers in three languages, and people in roles."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.company.email = "accounts@seller.example"
        cls.company.partner_id.tz = "Europe/Paris"
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        # The demo data of other addons must not fall into our runs.
        cls.policy = cls.company._collection_policy()
        cls.policy.min_amount = 1.0
        # Courtesies beside the cadence have tests of their own.
        cls.promise_text = cls.policy.promise_text_id
        cls.policy.promise_text_id = False
        for code in ("fr_FR", "de_DE"):
            cls.env["res.lang"]._activate_lang(code)
        cls.customer = cls._customer("Corner Bookshop", lang="en_US")
        companies = {"company_id": cls.company.id, "company_ids": [Command.set(cls.company.ids)]}
        cls.collector = new_test_user(
            cls.env, "cora", groups="invoice_collections.group_user", **companies
        )
        cls.manager = new_test_user(
            cls.env, "mona", groups="invoice_collections.group_manager", **companies
        )

    @classmethod
    def _customer(cls, name, **values):
        email = f"{name.lower().replace(' ', '.')}@customer.example"
        return cls.env["res.partner"].create(
            {"name": name, "is_company": True, "email": email, "lang": "en_US", **values}
        )

    @classmethod
    def _invoice(cls, days_overdue, amount=100.0, partner=None, **values):
        """Post an invoice that fell due so many days ago (negative: falls due)."""
        return cls._invoices([{"days_overdue": days_overdue, "amount": amount, **values}], partner)

    @classmethod
    def _invoices(cls, rows, partner=None):
        moves = cls.env["account.move"].create(
            [
                {
                    "move_type": row.get("move_type", "out_invoice"),
                    "partner_id": (row.get("partner") or partner or cls.customer).id,
                    "company_id": cls.company.id,
                    "currency_id": (row.get("currency") or cls.company.currency_id).id,
                    "invoice_date": TODAY - timedelta(days=40),
                    "invoice_date_due": TODAY - timedelta(days=row["days_overdue"]),
                    "invoice_payment_term_id": row["term"].id if row.get("term") else False,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": "Work",
                                "price_unit": row.get("amount", 100.0),
                                "tax_ids": False,
                            }
                        )
                    ],
                }
                for row in rows
            ]
        )
        moves.action_post()
        return moves

    @classmethod
    def _pay(cls, moves, amount=None):
        """Register a payment of the invoices, as an accountant does."""
        register = (
            cls.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=moves.ids)
            .create({"group_payment": True, **({"amount": amount} if amount else {})})
        )
        return register._create_payments()

    @classmethod
    def _credit(cls, amount, partner=None):
        """Post money of a customer that nobody has assigned to an invoice yet."""
        payment = cls.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": (partner or cls.customer).id,
                "amount": amount,
                "company_id": cls.company.id,
                "journal_id": cls.company_data["default_journal_bank"].id,
            }
        )
        payment.action_post()
        return payment

    def _run(self, today=None):
        return self.company._collection_run(today=today)

    def _touchpoints(self, **where):
        domain = [("company_id", "=", self.company.id)]
        domain += [(name, "=", value) for name, value in where.items()]
        return self.env["collection.touchpoint"].sudo().search(domain, order="id")

    def _case(self, partner=None):
        return (
            self.env["collection.case"]
            .sudo()
            .search(
                [
                    ("partner_id", "=", (partner or self.customer).id),
                    ("company_id", "=", self.company.id),
                ]
            )
        )

    def _send_queue(self):
        """Let Odoo's mail queue send what waits; return the addresses that got something."""
        with self.mock_mail_gateway():
            self.env["mail.mail"].sudo().search(
                [("state", "=", "outgoing"), ("model", "=", "collection.case")]
            ).send()
            return sorted(
                email_normalize(address) for mail in self._mails for address in mail["email_to"]
            )

    @contextmanager
    def _held(self, moves, code):
        """Let another addon hold these invoices."""
        model = type(self.env["account.move"])
        original = model._collection_hold_reasons

        def hold(records):
            reasons = original(records)
            for move in records & moves:
                reasons[move].add(code)
            return reasons

        with patch.object(model, "_collection_hold_reasons", hold):
            yield

    @contextmanager
    def _feed(self, code):
        """Let another addon say that the bank's books cannot be relied on."""
        model = type(self.env["res.company"])
        with patch.object(model, "_collection_feed_reason", lambda company: code):
            yield
