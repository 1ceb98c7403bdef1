from datetime import timedelta

from odoo import Command, api, models

#: (partner, days from today on which it falls due, amount).
_INVOICES = (
    ("partner_punctual_demo", 7, 180.0),
    ("partner_punctual_demo", 0, 95.5),
    ("partner_late_demo", -7, 420.0),
    ("partner_late_demo", -14, 1250.0),
    ("partner_late_demo", 7, 310.0),
    ("partner_silent_demo", -14, 640.0),
)


class CollectionDemo(models.AbstractModel):
    """Writes a few invoices into the main company; unused without demo data."""

    _name = "collection.demo"
    _description = "Demo Invoices"

    @api.model
    def _tell(self):
        """Post the demo invoices and open the cases. Without a sales journal there is no story."""
        company = self.env.ref("base.main_company")
        journal = self.env["account.journal"].search(
            [("company_id", "=", company.id), ("type", "=", "sale")], limit=1
        )
        if not journal:
            return
        today = company._collection_today()
        moves = self.env["account.move"].with_company(company)
        moves.create(
            [
                {
                    "move_type": "out_invoice",
                    "journal_id": journal.id,
                    "partner_id": self.env.ref(f"invoice_collections.{partner}").id,
                    "invoice_date": min(today, today + timedelta(days=days - 30)),
                    "invoice_date_due": today + timedelta(days=days),
                    "invoice_payment_term_id": False,
                    "invoice_line_ids": [
                        Command.create({"name": "Services", "price_unit": amount, "tax_ids": False})
                    ],
                }
                for partner, days, amount in _INVOICES
            ]
        ).action_post()
        # Demo data comes before the hook that sets up existing companies.
        company._collection_setup()
        company._collection_evaluate()
        self._tell_plans(company, journal)

    @api.model
    def _tell_plans(self, company, journal):
        """Let one customer pay in installments already, and quote a plan to another."""
        today = company._collection_today()
        plans = self.env["collection.plan"]
        offer = self.env["collection.plan.offer"].create(
            {
                "name": "Six to twelve months at 6 %",
                "company_id": company.id,
                "segment": "b2b",
                "method": "annuity",
                "rate": 6.0,
                "count_min": 6,
                "auto_amount": 1000.0,
            }
        )
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "journal_id": journal.id,
                "partner_id": self.env.ref("invoice_collections.partner_plan_demo").id,
                "invoice_date": today - timedelta(days=60),
                "invoice_date_due": today - timedelta(days=21),
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create({"name": "Oven", "price_unit": 2400.0, "tax_ids": False})
                ],
            }
        )
        move.action_post()
        company._collection_evaluate()
        plan = plans._quote(self._receivable(move), offer, 6)
        plan._offer()
        version = plan.proposed_id
        words = "I accept the payment plan."
        plan._accept(version, "Maria Baker", words, "192.0.2.10", version.sha256)
        plan.case_id.activity_ids.unlink()
        self._tell_quote(company, offer)

    @api.model
    def _tell_quote(self, company, offer):
        """Quote a plan that a late customer asked for."""
        late = self.env["account.move.line"].search(
            [
                ("partner_id", "=", self.env.ref("invoice_collections.partner_silent_demo").id),
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("company_id", "=", company.id),
            ]
        )
        self.env["collection.plan"]._quote(late, offer, 6, source="customer")

    @api.model
    def _receivable(self, move):
        return move.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
