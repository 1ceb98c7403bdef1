from datetime import timedelta

from odoo import models

#: For how long what was paid is shown, and how many payments at most.
RECEIPT_DAYS = 365
_MOST_RECEIPTS = 100


class CollectionCase(models.Model):
    _inherit = "collection.case"

    # === BUSINESS METHODS - WHAT WAS PAID === #

    def _debtor_receipts(self, line_id=None):
        """Return what the customer paid in the last year, the latest first; writes nothing.

        Read from what is matched with invoices in the books, by whatever way the money came.

        :param line_id: only the payment with this id; any number a visitor may have made up
        :return: list of dict: ``id``, ``date``, ``currency``, ``amount`` (of what was paid with
            it), ``is_credit`` (a credit note, not money), ``label`` and ``rows``: list of
            ``(invoice, amount)``
        """
        self.ensure_one()
        since = self.company_id._collection_today() - timedelta(days=RECEIPT_DAYS)
        domain = [
            ("company_id", "=", self.company_id.id),
            ("debit_move_id.partner_id.commercial_partner_id", "=", self.partner_id.id),
            ("debit_move_id.account_type", "=", "asset_receivable"),
            ("debit_move_id.parent_state", "=", "posted"),
            ("credit_move_id.parent_state", "=", "posted"),
            ("credit_move_id.date", ">=", since),
        ]
        if line_id is not None:
            domain.append(("credit_move_id", "=", line_id))
        partials = self.env["account.partial.reconcile"].search(domain, order="id desc", limit=1000)
        groups = partials.grouped(lambda one: (one.credit_move_id, one.debit_move_id.currency_id))
        receipts = [
            self._debtor_receipt(line, currency, group)
            for (line, currency), group in groups.items()
            if line.move_id.move_type in ("entry", "out_refund")
        ]
        receipts.sort(key=lambda receipt: (receipt["date"], receipt["id"]), reverse=True)
        return receipts[:_MOST_RECEIPTS]

    def _debtor_receipt(self, line, currency, partials):
        """Return one payment, see :meth:`_debtor_receipts`."""
        rows = [
            (move, currency.round(sum(group.mapped("debit_amount_currency"))))
            for move, group in partials.grouped(lambda one: one.debit_move_id.move_id).items()
        ]
        return {
            "id": line.id,
            "date": line.date,
            "currency": currency,
            "amount": currency.round(sum(amount for _move, amount in rows)),
            "is_credit": line.move_id.move_type == "out_refund",
            "label": line.move_id.name,
            "rows": rows,
        }

    def _debtor_paid_documents(self):
        """Return the invoices that the listed payments paid."""
        moves = self.env["account.move"]
        return moves.union(
            *(move for receipt in self._debtor_receipts() for move, _amount in receipt["rows"])
        )
