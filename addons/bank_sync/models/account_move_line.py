from odoo import api, models
from odoo.tools import SQL

from ..core.matching.values import OpenItem
from .bank_entry_values import to_minor

#: Journal items of these documents bear a number the other side knows.
OUTGOING, INCOMING = ("out_invoice", "out_refund", "out_receipt"), ("in_invoice", "in_refund")


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    @api.model
    def _get_open_items_domain(self, company):
        """Return which journal items a bank line may pay."""
        return [
            ("company_id", "=", company.id),
            ("parent_state", "=", "posted"),
            ("reconciled", "=", False),
            ("account_id.account_type", "in", ["asset_receivable", "liability_payable"]),
            ("move_id.statement_line_id", "=", False),
            ("move_id.origin_payment_id", "=", False),
            ("amount_residual_currency", "!=", 0),
        ]

    @api.model
    def _get_open_items(self, company):
        """Return the company's open items as values for the matching core, in one query.

        Extend :meth:`_get_open_items_domain` to add or leave out items.
        """
        query = self.sudo()._search(self._get_open_items_domain(company))
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.id, currency.name, line.amount_residual_currency, line.account_id,
                       partner.commercial_partner_id, commercial.name, line.date_maturity,
                       move.move_type, move.name, move.payment_reference, move.ref
                  FROM account_move_line line
                  JOIN account_move move ON move.id = line.move_id
                  JOIN res_currency currency ON currency.id = line.currency_id
             LEFT JOIN res_partner partner ON partner.id = line.partner_id
             LEFT JOIN res_partner commercial ON commercial.id = partner.commercial_partner_id
                 WHERE line.id IN %(ids)s
                 ORDER BY line.id
                """,
                ids=query.subselect(),
            )
        )
        groups = {}
        return [_open_item(row, groups) for row in rows]


def _open_item(row, groups):
    key, currency, residual, account, partner, partner_name, due, move_type, *names = row
    number, payment_reference, ref = names
    references = [number, payment_reference]
    if move_type in INCOMING:
        # What we pay bears the supplier's number, not ours.
        references.append(ref)
    return OpenItem(
        key=key,
        currency=currency,
        residual=to_minor(float(residual), currency),
        partner=partner,
        partner_name=partner_name or "",
        references=tuple(dict.fromkeys(text for text in references if text and text != "/")),
        orders=(ref,) if ref and move_type in OUTGOING else (),
        due_date=due,
        group=groups.setdefault((account, partner), len(groups)),
    )
