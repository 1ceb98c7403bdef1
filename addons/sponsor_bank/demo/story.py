"""The demo company: a small wholesaler whose customers pay the way customers do.

Only the demo data of this addon calls it (``sponsor_bank_demo.xml``). Everything is relative to
the day of installation, so that there is always something due today, and it is drawn with a
fixed seed, so that two installations on one day are alike.
"""

import csv
import random
from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.tools.misc import file_open

#: Invoices per customer; 48 customers make about 200 invoices.
INVOICES_PER_CUSTOMER = (4, 4, 4, 5)

#: Days from today on which invoices fall due. A third fall on the days of a reminder (7 before,
#: 0, 7 and 14 after), so that the first night has letters of every tone to write.
DUE_IN_DAYS = (
    *(-62, -55, -48, -41, -36, -30, -24, -19, -14, -14, -10),
    *(-7, -7, -3, 0, 0, 3, 7, 7, 12, 18, 25),
)

#: Days a customer has to pay, by customer.
PAYMENT_DAYS = (14, 30, 30, 45)

#: What the company sells: (name, unit price).
PRODUCTS = (
    ("Linden blossom tea, case of 24", 118.80),
    ("Honey, glass jars, case of 12", 86.40),
    ("Beeswax candles, box of 50", 142.50),
    ("Linen tablecloth, natural", 64.00),
    ("Gift basket, large", 95.25),
    ("Workshop: blending teas, half a day", 390.00),
)


class SponsorBankDemo(models.AbstractModel):
    """Writes the demo company's customers and invoices; unused without demo data."""

    _name = "sponsor.bank.demo"
    _description = "Demo Story"

    @api.model
    def _tell(self):
        """Create the chart, customers and invoices of the demo company. Safe to repeat."""
        company = self.env.ref("sponsor_bank.company_demo")
        story = self.with_company(company).with_context(
            allowed_company_ids=company.ids, tracking_disable=True
        )
        if self.env["account.move"].search_count([("company_id", "=", company.id)], limit=1):
            return
        if not company.chart_template:
            # Not try_loading(): it expects to be called by a person, with all modules loaded.
            self.env["account.chart.template"]._load("generic_coa", company, install_demo=False)
            # The generic chart makes every company keep its books in dollars.
            company.currency_id = self.env.ref("base.EUR")
        # The story is told any day of the week.
        company._collection_policy().working_days_only = False
        (self.env.ref("base.USD") + self.env.ref("base.EUR")).active = True
        story._publish_demo_provider()
        story._create_invoices(story._create_customers())

    @api.model
    def _publish_demo_provider(self):
        """Let debtors pay online with Odoo's demo provider, where that module is installed."""
        template = self.env.ref("payment.payment_provider_demo", raise_if_not_found=False)
        if not template or template.code != "demo":
            return
        provider = template.copy({"company_id": self.env.company.id, "name": "Demo"})
        provider.write({"state": "test", "is_published": True})

    @api.model
    def _create_customers(self):
        """Create the partners of ``customers.csv`` and return ``{partner: currency code}``."""
        with file_open("sponsor_bank/demo/customers.csv", "r") as source:
            rows = list(csv.DictReader(source))
        codes = [row["country"] for row in rows]
        countries = self.env["res.country"].search([("code", "in", codes)]).grouped("code")
        languages = {code for code, _name in self.env["res.lang"].get_installed()}
        partners = self.env["res.partner"].create(
            [
                {
                    **{key: row[key] for key in ("name", "street", "zip", "city", "email")},
                    "is_company": True,
                    "lang": row["lang"] if row["lang"] in languages else "en_US",
                    "country_id": countries[row["country"]].id,
                    "company_id": self.env.company.id,
                    "bank_ids": [
                        Command.create({"acc_number": iban}) for iban in filter(None, [row["iban"]])
                    ],
                }
                for row in rows
            ]
        )
        self.env["ir.model.data"].create(
            [
                {
                    "module": "sponsor_bank",
                    "name": f"partner_{row['key']}_demo",
                    "model": "res.partner",
                    "res_id": partner.id,
                    "noupdate": True,
                }
                for partner, row in zip(partners, rows, strict=True)
            ]
        )
        return {partner: row["currency"] for partner, row in zip(partners, rows, strict=True)}

    @api.model
    def _create_invoices(self, customers):
        """Create and post the invoices, oldest first so that numbers follow dates.

        :param customers: ``{partner: currency code}``
        """
        draw = random.Random(1904)  # noqa: S311 a story, not a secret
        today = fields.Date.context_today(self)
        values = [
            self._prepare_invoice_values(draw, today, partner, currency, PAYMENT_DAYS[position % 4])
            for position, (partner, currency) in enumerate(customers.items())
            for _number in range(draw.choice(INVOICES_PER_CUSTOMER))
        ]
        values.sort(key=lambda vals: vals["invoice_date"])
        self.env["account.move"].create(values).action_post()

    @api.model
    def _prepare_invoice_values(self, draw, today, partner, currency, payment_days):
        """Return the values of one invoice of one to three lines, due on a drawn day."""
        due = today + timedelta(days=draw.choice(DUE_IN_DAYS))
        return {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "currency_id": self.env.ref(f"base.{currency}").id,
            # What falls due in three weeks, payable in 14 days, is written today at the latest.
            "invoice_date": min(due - timedelta(days=payment_days), today),
            "invoice_date_due": due,
            "invoice_payment_term_id": False,
            "company_id": self.env.company.id,
            "invoice_line_ids": [
                Command.create({"name": name, "price_unit": price, "quantity": draw.randint(1, 9)})
                for name, price in draw.sample(PRODUCTS, draw.randint(1, 3))
            ],
        }
