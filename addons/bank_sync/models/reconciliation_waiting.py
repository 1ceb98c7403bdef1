"""What of a journal waited on a day: bank lines not matched, and payments not yet at the bank.

A line counts as not matched where it lies on suspense, and where it had arrived and was matched
only after the day. What other items had open on a day is told by accounting dates, as the ledger
tells it: a reconciliation counts from the later date of its two items.
"""

from collections import namedtuple

from odoo.tools import SQL

#: A bank line that waited; ``since`` is the day it was matched later, or None.
Waiting = namedtuple("Waiting", "line day party text amount since kind score user reason")
#: What was registered by us and is not at the bank; ``entry`` whether it is in the ledger.
Outstanding = namedtuple("Outstanding", "day party text amount entry")


def later_partials(company, day):
    """Return what reconciliations after the day took off each item since, as SQL."""
    return SQL(
        """
        SELECT item, SUM(amount) AS amount, SUM(amount_currency) AS amount_currency FROM (
            SELECT debit_move_id AS item, amount, debit_amount_currency AS amount_currency
              FROM account_partial_reconcile
             WHERE max_date > %(day)s AND company_id = %(company)s
             UNION ALL
            SELECT credit_move_id, -amount, -credit_amount_currency
              FROM account_partial_reconcile
             WHERE max_date > %(day)s AND company_id = %(company)s
        ) partial GROUP BY item
        """,
        day=day,
        company=company.id,
    )


class ReconciliationWaiting:
    """What waits beside the balances.

    :param books: the ``ReconciliationBooks`` of the same journal and day
    """

    def __init__(self, books):
        self.books, self.env = books, books.env
        self.journal, self.day, self.currency = books.journal, books.day, books.currency

    # === BANK LINES === #

    def unmatched_totals(self):
        """Return amount and number of what waited, and of that what was matched since."""
        [[amount, count, since, later]] = self.env.execute_query(
            SQL(
                """
                SELECT SUM(open), COUNT(*), SUM(open) FILTER (WHERE since IS NOT NULL),
                       COUNT(*) FILTER (WHERE since IS NOT NULL)
                  FROM (%s) waiting
                """,
                self._waiting(),
            )
        )
        return self.books.minor(amount), count, self.books.minor(since), later

    def unmatched(self, limit=None):
        """Return the bank lines that waited, oldest first, each with its best proposal."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT waiting.id, waiting.day, COALESCE(waiting.partner_name, partner.name),
                       waiting.payment_ref, waiting.open, waiting.since, best.kind, best.score,
                       colleague.name, waiting.bank_match_reason
                  FROM (%(waiting)s) waiting
             LEFT JOIN res_partner partner ON partner.id = waiting.partner_id
             LEFT JOIN res_users person ON person.id = waiting.bank_match_user_id
             LEFT JOIN res_partner colleague ON colleague.id = person.partner_id
     LEFT JOIN LATERAL (SELECT kind, score FROM bank_match_suggestion
                         WHERE statement_line_id = waiting.id AND state = 'open'
                         ORDER BY rank, id LIMIT 1) best ON true
                 ORDER BY waiting.day, waiting.id %(limit)s
                """,
                waiting=self._waiting(),
                limit=SQL("LIMIT %s", limit) if limit else SQL(),
            )
        )
        return [
            Waiting(
                key,
                day,
                party or "",
                " ".join((text or "").split()),
                self.books.minor(amount),
                since,
                kind,
                score,
                user or "",
                reason,
            )
            for key, day, party, text, amount, since, kind, score, user, reason in rows
        ]

    def _waiting(self):
        """Return the lines that waited on the day with what was open of them, as SQL."""
        return SQL(
            """
            SELECT line.*, CASE WHEN since IS NULL THEN on_suspense ELSE whole END AS open FROM (
                SELECT st.id, COALESCE(st.bank_booking_date, move.date) AS day, st.partner_name,
                       st.partner_id, st.payment_ref, st.bank_match_user_id, st.bank_match_reason,
                       items.whole, items.on_suspense,
                       CASE WHEN matched.day > %(day)s AND matched.day > %(arrived)s
                            THEN matched.day END AS since
                  FROM account_bank_statement_line st
                  JOIN account_move move ON move.id = st.move_id AND move.state = 'posted'
                       AND move.date <= %(day)s
            CROSS JOIN LATERAL (SELECT %(matched_on)s AS day) matched
            CROSS JOIN LATERAL (%(items)s) items
                 WHERE st.journal_id = %(journal)s
                   AND (st.is_reconciled IS NOT TRUE OR matched.day > %(day)s)
            ) line
             WHERE CASE WHEN since IS NULL THEN on_suspense ELSE whole END != 0
            """,
            day=self.day,
            arrived=self._local(SQL("st.create_date")),
            matched_on=self._matched_on(),
            items=self._line_items(),
            journal=self.journal.id,
        )

    def _line_items(self):
        """Return what a line is worth and what of it lies on suspense, in the journal's currency.

        What lies on suspense in another currency is worth its share of the line.
        """
        if not self.books.foreign:
            on_suspense = SQL(
                "-SUM(item.balance) FILTER (WHERE item.account_id = %s)", self._suspense
            )
        else:
            on_suspense = SQL(
                """
                ROUND(COALESCE(-SUM(item.amount_currency) FILTER (
                          WHERE item.account_id = %(suspense)s AND item.currency_id = %(own)s), 0)
                    + COALESCE(-SUM(item.balance) FILTER (
                          WHERE item.account_id = %(suspense)s AND item.currency_id != %(own)s)
                      * SUM(%(amount)s) FILTER (WHERE item.account_id = %(account)s)
                      / NULLIF(SUM(item.balance) FILTER (
                          WHERE item.account_id = %(account)s), 0), 0), %(decimals)s)
                """,
                suspense=self._suspense,
                own=self.currency.id,
                amount=self.books.amount_of("item"),
                account=self.books.account.id,
                decimals=self.currency.decimal_places,
            )
        return SQL(
            """
            SELECT SUM(%(amount)s) FILTER (WHERE item.account_id = %(account)s) AS whole,
                   COALESCE(%(on_suspense)s, 0) AS on_suspense
              FROM account_move_line item WHERE item.move_id = st.move_id
            """,
            amount=self.books.amount_of("item"),
            account=self.books.account.id,
            on_suspense=on_suspense,
        )

    @property
    def _suspense(self):
        return self.journal.suspense_account_id.id or 0

    def _matched_on(self):
        """Return the day a line was matched as SQL; by whom does not matter."""
        by_hand = SQL(
            """
            SELECT MAX(partial.create_date) FROM account_move_line item
              JOIN LATERAL (SELECT create_date FROM account_partial_reconcile
                             WHERE debit_move_id = item.id
                             UNION ALL
                            SELECT create_date FROM account_partial_reconcile
                             WHERE credit_move_id = item.id) partial ON true
             WHERE item.move_id = st.move_id
            """
        )
        moment = SQL(
            "CASE WHEN st.is_reconciled THEN COALESCE(st.bank_booked_at, (%s)) END", by_hand
        )
        return self._local(moment)

    def _local(self, moment):
        """Return the day of a moment where the company is, as SQL."""
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", moment, self.books.zone)

    # === PAYMENTS === #

    def outstanding(self):
        """Return what was registered in the journal and is not at the bank, oldest first."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT day, party, text, own, amount, company_amount, true FROM (%s) item
                 WHERE amount != 0 OR company_amount != 0
                 UNION ALL
                SELECT day, party, text, own, amount, company_amount, false FROM (%s) payment
                 ORDER BY 1, 3
                """,
                self._outstanding_items(),
                self._payments_without_entry(),
            )
        )
        return [
            Outstanding(day, party or "", text or "", self._worth(own, amount, company), entry)
            for day, party, text, own, amount, company, entry in rows
        ]

    def _worth(self, own, amount, company_amount):
        """Return an amount in the journal's currency; another one at the rate of the day."""
        if own:
            return self.books.minor(amount)
        company = self.books.company
        return self.books.minor(
            company.currency_id._convert(
                float(company_amount or 0), self.currency, company, self.day
            )
        )

    def _outstanding_items(self):
        """Return what lies on outstanding accounts, as SQL.

        Those are the accounts of the journal's ways of paying, and whichever one a payment was
        put on: without any, Odoo takes one of the company's.
        """
        lines = self.journal.inbound_payment_method_line_ids
        lines |= self.journal.outbound_payment_method_line_ids
        return SQL(
            """
            SELECT item.date AS day, partner.name AS party,
                   CONCAT_WS(' · ', move.name, NULLIF(item.name, '')) AS text,
                   item.currency_id = %(currency)s AS own,
                   item.amount_residual_currency + COALESCE(later.amount_currency, 0) AS amount,
                   item.amount_residual + COALESCE(later.amount, 0) AS company_amount
              FROM account_move_line item
              JOIN account_move move ON move.id = item.move_id
         LEFT JOIN res_partner partner ON partner.id = item.partner_id
         LEFT JOIN (%(later)s) later ON later.item = item.id
         LEFT JOIN account_payment payment ON payment.id = move.origin_payment_id
              JOIN account_account account ON account.id = item.account_id AND account.reconcile
             WHERE (item.account_id IN %(accounts)s
                    OR item.account_id = payment.outstanding_account_id)
               AND item.account_id != %(own)s AND item.journal_id = %(journal)s
               AND item.parent_state = 'posted' AND item.date <= %(day)s
               AND (item.amount_residual != 0 OR later.item IS NOT NULL)
               AND NOT EXISTS (SELECT 1 FROM account_bank_statement_line st
                                WHERE st.move_id = item.move_id)
            """,
            currency=self.currency.id,
            later=later_partials(self.books.company, self.day),
            accounts=tuple(lines.payment_account_id.ids) or (0,),
            own=self.books.account.id,
            journal=self.journal.id,
            day=self.day,
        )

    def _payments_without_entry(self):
        """Return payments under way that Odoo keeps without a journal entry, as they are now."""
        return SQL(
            """
            SELECT payment.date AS day, partner.name AS party,
                   CONCAT_WS(' · ', payment.name, payment.memo) AS text,
                   payment.currency_id = %(currency)s AS own,
                   CASE WHEN payment.payment_type = 'inbound' THEN payment.amount
                        ELSE -payment.amount END AS amount,
                   payment.amount_company_currency_signed AS company_amount
              FROM account_payment payment
         LEFT JOIN res_partner partner ON partner.id = payment.partner_id
             WHERE payment.journal_id = %(journal)s AND payment.move_id IS NULL
               AND payment.state = 'in_process' AND payment.date <= %(day)s
            """,
            currency=self.currency.id,
            journal=self.journal.id,
            day=self.day,
        )
