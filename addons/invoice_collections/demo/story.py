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
