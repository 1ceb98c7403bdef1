from datetime import timedelta

from lxml import html

from odoo.fields import Command
from odoo.tests import HttpCase

from odoo.addons.account_payment.tests.common import AccountPaymentCommon


class DebtorPageCase(AccountPaymentCommon, HttpCase):
    """A debtor with two open invoices, somebody else with one, and a visitor without login."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The one who acts here is the visitor, without login; what they find is set up by sudo.
        cls.env = cls.env(su=True)
        cls.company = cls.env.company
        cls.env["ir.config_parameter"].set_param("account_payment.enable_portal_payment", "True")
        for lang in ("en_US", "fr_FR"):
            cls.env["res.lang"]._activate_lang(lang)
        cls.company._collection_setup()
        cls.today = cls.company._collection_today()
        cls.debtor = cls.env["res.partner"].create({"name": "Épicerie Blanche", "lang": "en_US"})
        cls.other = cls.env["res.partner"].create({"name": "Somebody Else", "lang": "en_US"})
        cls.late = cls._invoice(cls.debtor, 100.0, -12)
        cls.later = cls._invoice(cls.debtor, 40.0, 9)
        cls.foreign = cls._invoice(cls.other, 777.0, -3)
        cls.company._collection_evaluate()
        cls.case = cls._case(cls.debtor)
        cls.path = cls.case._debtor_path()

    @classmethod
    def _invoice(cls, partner, amount, due_in_days, currency=None):
        """Return a posted invoice over ``amount``, due in so many days."""
        due = cls.today + timedelta(days=due_in_days)
        invoice = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "currency_id": (currency or cls.company.currency_id).id,
                "invoice_date": due - timedelta(days=30),
                "invoice_date_due": due,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create({"name": "Goods", "price_unit": amount, "tax_ids": []})
                ],
            }
        )
        invoice.action_post()
        return invoice

    @classmethod
    def _case(cls, partner):
        return cls.env["collection.case"].search(
            [("partner_id", "=", partner.id), ("company_id", "=", cls.company.id)]
        )

    def _open(self, path=None, **kwargs):
        return self.url_open(path or self.path, **kwargs)

    def _page(self, response):
        return html.fromstring(response.content)

    def _csrf(self, page):
        return page.xpath("//input[@name='csrf_token']/@value")[0]

    def _choose(self, *invoices):
        """Return the payment page for these invoices, as the browser would ask for it."""
        csrf = self._csrf(self._page(self._open()))
        data = [("csrf_token", csrf), *[("invoice", str(invoice.id)) for invoice in invoices]]
        return self._open(f"{self.path}/pay", data=data)

    def _pay(self, signature, **values):
        params = {
            "provider_id": self.provider.id,
            "payment_method_id": self.payment_method_id,
            "token_id": None,
            "amount": 1.0,
            "flow": "redirect",
            "tokenization_requested": False,
            "landing_route": "/somewhere/else",
            "is_validation": False,
            "access_token": signature,
            **values,
        }
        return self.make_jsonrpc_request(f"{self.path}/transaction", params)

    def _signature(self, *invoices):
        return self._page(self._choose(*invoices)).xpath("//form/@data-access-token")[0]

    def _last_transaction(self):
        return self.env["payment.transaction"].search([], order="id desc", limit=1)

    def _other_company(self):
        return self.env["res.company"].create({"name": "Other Company"})
