from dataclasses import replace

from odoo import api, models
from odoo.tools import SQL

from ..core.matching.values import OpenItem
from .bank_entry_values import to_minor
from .own_payments import documents_paid

#: Journal items of these documents bear a number the other side knows.
OUTGOING, INCOMING = ("out_invoice", "out_refund", "out_receipt"), ("in_invoice", "in_refund")
#: What the core is told of an item; see ``_open_item``.
_COLUMNS = SQL(
    """
    line.id, currency.name, line.amount_residual_currency, line.account_id,
    partner.commercial_partner_id, commercial.name, line.date_maturity, move.move_type,
    move.name, move.payment_reference, move.ref, COALESCE(move.invoice_date, move.date),
    line.discount_date, line.discount_amount_currency, line.amount_currency, country.code,
    move.origin_payment_id
    """
)
_TABLES = SQL(
    """
    account_move_line line
    JOIN account_move move ON move.id = line.move_id
    JOIN res_currency currency ON currency.id = line.currency_id
    LEFT JOIN res_partner partner ON partner.id = line.partner_id
    LEFT JOIN res_partner commercial ON commercial.id = partner.commercial_partner_id
    LEFT JOIN res_country country ON country.id = commercial.country_id
    """
)


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
    def _get_open_payments_domain(self, company):
        """Return which items of payments wait on an outstanding account for their bank line."""
        return [
            ("company_id", "=", company.id),
            ("parent_state", "=", "posted"),
            ("reconciled", "=", False),
            ("account_id.account_type", "not in", ["asset_receivable", "liability_payable"]),
            ("account_id.reconcile", "=", True),
            ("move_id.origin_payment_id", "!=", False),
            ("amount_residual_currency", "!=", 0),
        ]

    @api.model
    def _get_open_items(self, company):
        """Return the company's open items as values for the matching core, in two queries.

        Extend :meth:`_get_open_items_domain` and :meth:`_get_open_payments_domain` to add or leave
        out items.
        """
        items_sudo = self.sudo()
        rows = self.env.execute_query(
            SQL(
                "SELECT %s FROM %s WHERE line.id IN (%s UNION ALL %s) ORDER BY line.id",
                _COLUMNS,
                _TABLES,
                items_sudo._search(self._get_open_items_domain(company)).select(),
                items_sudo._search(self._get_open_payments_domain(company)).select(),
            )
        )
        groups, payments = {}, [row[-1] for row in rows if row[-1]]
        paid = documents_paid(self.env, payments) if payments else {}
        items = []
        for row in rows:
            item = _open_item(row, groups)
            items.append(_of_payment(item, paid.get(row[-1], ())) if row[-1] else item)
        return items

    @api.model
    def _get_settled_items(self, company, since):
        """Return the company's documents settled since a day, as (value, day), in one query.

        Somebody may quote them or pay them again. Their residual is the whole amount.
        """
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT %(columns)s, settled.day
                  FROM (SELECT item, max(day) AS day
                          FROM (SELECT debit_move_id AS item, max_date AS day, company_id
                                  FROM account_partial_reconcile
                                 UNION ALL
                                SELECT credit_move_id, max_date, company_id
                                  FROM account_partial_reconcile) AS partial
                         WHERE day >= %(since)s AND company_id = %(company)s
                         GROUP BY item) AS settled,
                       %(tables)s
                 WHERE line.id = settled.item
                   AND line.reconciled
                   AND line.parent_state = 'posted'
                   AND line.display_type = 'payment_term'
                   AND move.move_type IN %(documents)s
              ORDER BY line.id
                """,
                columns=_COLUMNS,
                tables=_TABLES,
                company=company.id,
                documents=(*OUTGOING, *INCOMING),
                since=since,
            )
        )
        items = [(_open_item(row[:-1], {}), row) for row in rows]
        return [
            (replace(item, residual=to_minor(float(row[14]), item.currency)), row[-1])
            for item, row in items
        ]


def _open_item(row, groups):
    (key, currency, residual, account, partner, partner_name, due, move_type, *names) = row[:11]
    issued, discount_date, discounted, amount, country, _payment = row[11:]
    number, payment_reference, ref = names
    references = [number, payment_reference]
    if move_type in INCOMING:
        # What we pay bears the supplier's number, not ours.
        references.append(ref)
    # A discount is on the whole amount: what is paid in part has none left.
    discount = discount_date and residual == amount and discounted
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
        issued=issued,
        discount_residual=to_minor(float(discounted), currency) if discount else None,
        discount_until=discount_date if discount else None,
        period=f"{issued:%Y-%m}" if issued and move_type in OUTGOING else "",
        country=country or "",
    )


def _of_payment(item, documents):
    """Return the item of a payment, known by the numbers of what it pays: payers quote those."""
    numbers = [number for _item, _amount, told in documents for number in told]
    return replace(item, references=tuple(dict.fromkeys((*numbers, *item.references))))
