"""A company that is owed money, its customers, and the people who look after it."""

from datetime import date, timedelta

from odoo import Command
from odoo.tests import freeze_time, new_test_user

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.mail.tests.common import MockEmail

#: A Tuesday; the day on which most tests happen.
TODAY = date(2026, 3, 10)


class CollectionsCommon(AccountTestInvoicingCommon, MockEmail):
    """The acting user is the collector; ``accountant`` writes invoices and books payments.

    Decorate subclasses with ``@freeze_time("2026-03-10 09:00:00")``: the days below count from it.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.eur = cls.env.ref("base.EUR")
        cls.usd = cls.env.ref("base.USD")
        (cls.eur | cls.usd).sudo().active = True
        cls.company.sudo().write({"currency_id": cls.eur.id, "email": "accounts@tilleul.example"})
        for code in ("fr_FR", "de_DE"):
            cls.env["res.lang"].sudo()._activate_lang(code)
        cls.env["res.currency.rate"].sudo().search([]).unlink()
        # What other records left in the queue is none of our business.
        cls.env["mail.mail"].sudo().search([("state", "=", "outgoing")]).state = "cancel"
        cls.accountant = cls.env.user
        in_company = {"company_id": cls.company.id, "company_ids": [Command.set(cls.company.ids)]}
        cls.collector = new_test_user(
            cls.env, "collector", "invoice_collections.group_user", **in_company
        )
        cls.manager = new_test_user(
            cls.env, "collections_manager", "invoice_collections.group_manager", **in_company
        )
        cls.company.sudo()._collection_setup()
        cls.policy = cls.company._collection_policy().with_user(cls.manager)
        cls.steps = cls.policy.cadence_id.step_ids.grouped("offset_days")
        cls.customer = cls.new_customer("Boulangerie Martin")

    def setUp(self):
        super().setUp()
        self.env = self.env(user=self.collector)
        self.touchpoints = self.env["collection.touchpoint"]

    # === GIVEN === #

    @classmethod
    def new_customer(cls, name, lang="en_US", email=True, **values):
        """Return a customer; ``email`` is an address, or whether there is one."""
        if email is True:
            email = f"{name.lower().replace(' ', '.')}@customer.example"
        return (
            cls.env["res.partner"]
            .with_user(cls.accountant)
            .create({"name": name, "lang": lang, "email": email, "is_company": True, **values})
        )

    @classmethod
    def invoice(cls, amount, due_in, customer=None, **values):
        """Return a posted invoice without tax, due ``due_in`` days from ``TODAY``."""
        due = TODAY + timedelta(days=due_in)
        move = (
            cls.env["account.move"]
            .with_user(cls.accountant)
            .create(
                {
                    "move_type": "out_invoice",
                    "company_id": cls.company.id,
                    "partner_id": (customer or cls.customer).id,
                    "currency_id": cls.eur.id,
                    "invoice_date": due - timedelta(days=30),
                    "invoice_date_due": due,
                    "invoice_payment_term_id": False,
                    "invoice_line_ids": [
                        Command.create({"name": "Flour", "price_unit": amount, "tax_ids": False})
                    ],
                    **values,
                }
            )
        )
        move.action_post()
        return move

    @classmethod
    def pay(cls, invoices, amount=None):
        """Register a payment of the invoices, whole or over ``amount``."""
        wizard = (
            cls.env["account.payment.register"]
            .with_user(cls.accountant)
            .with_context(active_model="account.move", active_ids=invoices.ids)
            .create({"group_payment": True, **({"amount": amount} if amount else {})})
        )
        return wizard._create_payments()

    # === WHEN === #

    def run_on(self, days=0):
        """Run the reminders ``days`` from ``TODAY`` and return the counts."""
        with freeze_time(f"{TODAY + timedelta(days=days)} 09:00:00"):
            return self.company.with_user(self.collector)._collection_run()

    def send_mails(self):
        """Work off the mail queue and return the mails that reached the mail server."""
        with self.mock_mail_gateway():
            self.env["mail.mail"].sudo().process_email_queue()
            return list(self._mails)

    # === THEN === #

    def touchpoint_of(self, customer=None, days=0, currency=None):
        """Return the customer's touchpoint of that day, as the collector reads it."""
        return self.touchpoints.search(
            [
                ("partner_id", "=", (customer or self.customer).id),
                ("date", "=", TODAY + timedelta(days=days)),
                ("currency_id", "=", (currency or self.eur).id),
            ]
        )

    def case_of(self, customer=None):
        """Return the customer's case, as the collector reads it."""
        return self.env["collection.case"].search(
            [("partner_id", "=", (customer or self.customer).id)]
        )

    def listed(self, touchpoint, block="due"):
        """Return the invoices a touchpoint lists in a block."""
        items = touchpoint.item_ids.filtered(lambda item: item.block == block)
        return items.move_line_id.move_id

    def assertBlocked(self, touchpoint, reason, retry=None):
        """Fail unless the contact was held back for ``reason``, until ``retry`` days."""
        self.assertEqual((touchpoint.state, touchpoint.block_reason), ("blocked", reason))
        day = TODAY + timedelta(days=retry) if retry is not None else False
        self.assertEqual(touchpoint.retry_date, day)
        self.assertFalse(touchpoint.mail_id)
