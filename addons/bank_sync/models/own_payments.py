"""Payments that Odoo knows before the bank does: what they are part of, and what they pay.

Not a model: it lives for one run. A payment whose entry lies on an outstanding account is itself
what the bank line clears; one without an entry leaves its documents open until then.
"""

from dataclasses import dataclass

from odoo.tools import SQL

from ..core.matching.own_runs import Collected, OwnRuns, PaidOut
from ..core.matching.payouts import Taken
from .bank_entry_values import to_minor

#: Documents that payments pay, and how much: those of payments with an entry by their
#: reconciliation, of others all that is linked.
_PAID = SQL(
    """
    SELECT pay.id AS payment, partial.debit_move_id AS item,
           partial.debit_amount_currency AS amount
      FROM account_payment pay
      JOIN account_move_line own ON own.move_id = pay.move_id
           AND own.account_id = pay.destination_account_id
      JOIN account_partial_reconcile partial ON partial.credit_move_id = own.id
     WHERE pay.payment_type = 'inbound'
     UNION ALL
    SELECT pay.id, partial.credit_move_id, -partial.credit_amount_currency
      FROM account_payment pay
      JOIN account_move_line own ON own.move_id = pay.move_id
           AND own.account_id = pay.destination_account_id
      JOIN account_partial_reconcile partial ON partial.debit_move_id = own.id
     WHERE pay.payment_type = 'outbound'
     UNION ALL
    SELECT pay.id, item.id, item.amount_currency
      FROM account_payment pay
      JOIN account_move__account_payment linked ON linked.payment_id = pay.id
      JOIN account_move_line item ON item.move_id = linked.invoice_id
           AND item.display_type = 'payment_term' AND item.parent_state = 'posted'
     WHERE pay.move_id IS NULL
    """
)


@dataclass(frozen=True, slots=True)
class _Payment:
    """One payment: ``item`` is its open item on an outstanding account, if it has an entry."""

    id: int
    item: int | None
    amount: int
    day: object
    group: str
    method: str
    run: str
    end_to_end_id: str
    fee: int


def documents_paid(env, payment_ids):
    """Return payment id → what it pays, as (item id, amount, numbers), in one query."""
    env["account.payment"].flush_model()
    env["account.move"].flush_model()
    env["account.move.line"].flush_model()
    rows = env.execute_query(
        SQL(
            """
            SELECT paid.payment, paid.item, paid.amount, currency.name,
                   ARRAY[move.name, move.payment_reference]
              FROM (%s) AS paid
              JOIN account_move_line item ON item.id = paid.item
              JOIN account_move move ON move.id = item.move_id
              JOIN res_currency currency ON currency.id = item.currency_id
             WHERE paid.payment = ANY(%s)
          ORDER BY paid.payment, paid.item
            """,
            _PAID,
            list(payment_ids),
        )
    )
    found = {}
    for payment, item, amount, currency, numbers in rows:
        told = tuple(text for text in numbers if text and text != "/")
        found.setdefault(payment, []).append((item, to_minor(float(amount), currency), told))
    return found


class OwnPayments:
    """Gathers the runs, payouts and payments of one company that a bank line may be about."""

    def __init__(self, env, company):
        self.env, self.company = env, company

    def runs(self, since):
        """Return what was collected, paid and taken since a day, in two queries."""
        payments = self._payments(since)
        paid = documents_paid(self.env, [one.id for one in payments]) if payments else {}
        with_fees = {one.run for one in payments if one.run and one.fee}
        runs = OwnRuns()
        taken = []
        for one in payments:
            parts = _parts(one, paid.get(one.id, []))
            owed = tuple((item, amount) for item, amount, _numbers in paid.get(one.id, []))
            for place, (item, amount) in enumerate(parts):
                runs.add_collected(
                    Collected(one.run or one.group, one.end_to_end_id, item, amount, one.day, owed)
                )
                if amount > 0 and one.run:
                    told = one.fee if place == 0 else 0
                    fee = told if one.run in with_fees else None
                    runs.add_paid_out(PaidOut(one.run, item, amount, fee))
                elif amount > 0:
                    taken.append(Taken(one.method, item, amount, one.day))
        runs.take(taken)
        return runs

    def _payments(self, since):
        self.env["account.payment"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT pay.id, item.id, COALESCE(item.amount_currency,
                           CASE pay.payment_type WHEN 'inbound' THEN 1 ELSE -1 END * pay.amount),
                       currency.name, pay.date, pay.journal_id, pay.payment_method_line_id,
                       method.name, pay.bank_run_reference,
                       COALESCE(NULLIF(pay.bank_end_to_end_id, ''), pay.name),
                       COALESCE(pay.bank_fee_amount, 0)
                  FROM account_payment pay
                  JOIN res_currency currency ON currency.id = pay.currency_id
             LEFT JOIN account_payment_method_line method ON method.id = pay.payment_method_line_id
             LEFT JOIN account_move_line item ON item.move_id = pay.move_id
                       AND item.account_id = pay.outstanding_account_id
                 WHERE pay.company_id = %(company)s
                   AND pay.date >= %(since)s
                   AND pay.state IN ('in_process', 'paid')
                   AND (item.id IS NOT NULL OR pay.move_id IS NULL)
              ORDER BY pay.date, pay.id
                """,
                company=self.company.id,
                since=since,
            )
        )
        return [_payment(row) for row in rows]


def _payment(row):
    key, item, amount, currency, day, journal, method, name, run, end_to_end_id, fee = row
    return _Payment(
        id=key,
        item=item,
        amount=to_minor(float(amount), currency),
        day=day,
        group=f"{journal}/{method}/{day}",
        method=name or "",
        run=(run or "").strip(),
        end_to_end_id=end_to_end_id or f"payment {key}",
        fee=to_minor(float(fee), currency),
    )


def _parts(payment, documents):
    """Return what the bank line clears, as (item, amount): the payment, or else its documents."""
    if payment.item:
        return [(payment.item, payment.amount)]
    if len(documents) == 1:
        return [(documents[0][0], payment.amount)]
    parts = [(item, amount) for item, amount, _numbers in documents]
    return parts if sum(amount for _item, amount in parts) == payment.amount else []
