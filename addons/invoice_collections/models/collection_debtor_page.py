from odoo import models
from odoo.tools import groupby


class CollectionCase(models.Model):
    _inherit = "collection.case"

    def _debtor_page_values(self):
        """Return what the customer sees of their case: reads only, writes nothing.

        :return: ``currencies``: one dict a currency with ``items`` (oldest first), ``open`` and
            ``overdue`` sums and ``credit``; ``today``, ``company``, ``partner``, ``lang``
        """
        self.ensure_one()
        company = self.company_id
        today = company._collection_today()
        lines = self.env["account.move.line"].search(
            self._get_item_domain(), order="date_maturity, id"
        )
        holds = lines.move_id._collection_hold_reasons()
        sections = []
        for currency, group in groupby(lines, lambda line: line.currency_id):
            of_currency = lines.browse([line.id for line in group])
            debts = of_currency.filtered(lambda line: line.amount_residual_currency > 0)
            if not debts:
                continue
            items = [self._debtor_item(line, today, holds[line.move_id]) for line in debts]
            sections.append(
                {
                    "currency": currency,
                    "items": items,
                    "open": sum(item["amount"] for item in items),
                    "overdue": sum(item["amount"] for item in items if item["days_overdue"] > 0),
                    "credit": -sum((of_currency - debts).mapped("amount_residual_currency")),
                }
            )
        return {
            "case": self,
            "company": company,
            "partner": self.partner_id,
            "today": today,
            "lang": self._debtor_lang(),
            "currencies": sections,
            "bank_account": self._debtor_bank_account(lines),
        }

    def _debtor_item(self, line, today, holds):
        """Return one open item as the page shows it."""
        due_date = line.date_maturity or line.date
        payable = line.move_id.is_sale_document(include_receipts=True)
        return {
            "id": line.id,
            "move": line.move_id,
            "label": line.move_id.name,
            "due_date": due_date,
            "days_overdue": max(0, (today - due_date).days),
            "amount": line.amount_residual_currency,
            "payable": payable and "pending_money" not in holds,
            "under_way": "pending_money" in holds,
            "is_document": payable,
        }

    def _debtor_lang(self):
        """Return the language the customer is written to in."""
        self.ensure_one()
        contact = self.partner_id._collection_contacts()[self.partner_id]
        return contact.lang or self.partner_id.lang or self.company_id.partner_id.lang or "en_US"

    def _debtor_bank_account(self, lines):
        """Return the account to transfer to: that of the invoices, else the company's first."""
        account = lines.move_id.filtered("partner_bank_id")[:1].partner_bank_id
        return account or self.company_id.partner_id.bank_ids[:1]

    def _debtor_selection(self, line_ids):
        """Return the receivable lines a payment of ``line_ids`` is about; empty if not payable.

        All must be open items of this case, of invoices that can be paid online, in one currency:
        what the browser sends is never believed.
        """
        self.ensure_one()
        lines = self.env["account.move.line"].search(
            [*self._get_item_domain(), ("id", "in", line_ids), ("amount_residual_currency", ">", 0)]
        )
        holds = lines.move_id._collection_hold_reasons()
        payable = all(
            line.move_id.is_sale_document(include_receipts=True)
            and "pending_money" not in holds[line.move_id]
            for line in lines
        )
        if len(lines) != len(set(line_ids)) or len(lines.currency_id) != 1 or not payable:
            return lines.browse()
        return lines

    def _debtor_document(self, move_id):
        """Return the invoice of this customer and company with that id, or an empty record."""
        self.ensure_one()
        return self.env["account.move"].search(
            [
                ("id", "=", move_id),
                ("company_id", "=", self.company_id.id),
                ("commercial_partner_id", "=", self.partner_id.id),
                ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
                ("state", "=", "posted"),
            ]
        )

    def _debtor_payment(self, reference):
        """Return the online payment of this customer with that reference, or an empty record."""
        self.ensure_one()
        return self.env["payment.transaction"].search(
            [
                ("reference", "=", reference),
                ("company_id", "=", self.company_id.id),
                ("partner_id.commercial_partner_id", "=", self.partner_id.id),
            ],
            limit=1,
        )

    def _log_payment_started(self, transaction):
        """Record that the customer started an online payment through their link."""
        self.env["collection.event"]._log(
            "payment_started",
            record=self,
            payload={
                "reference": transaction.reference,
                "invoices": transaction.invoice_ids.mapped("name"),
                "amount": f"{transaction.amount:.{transaction.currency_id.decimal_places}f}",
                "currency": transaction.currency_id.name,
            },
        )
