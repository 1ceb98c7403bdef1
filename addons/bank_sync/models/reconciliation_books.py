"""What bank and ledger say of one journal on one day, gathered in a fixed number of queries.

Not a model: it lives for one report. What the figures mean is ``core.reconciliation_statement``.
"""

from collections import namedtuple
from datetime import date

from odoo.tools import SQL

from ..core.reconciliation_statement import Movement, Part, Source, Total, part_of, reconcile
from .bank_entry_values import to_minor
from .reconciliation_balance import ReconciliationBalance

#: One movement in which bank and ledger differ.
Difference = namedtuple("Difference", "part day party text amount")
_COLUMNS = SQL("source, in_bank, told != booked, stands, has_line")


class ReconciliationBooks(ReconciliationBalance):
    """The books of a journal on a day.

    :param journal: an ``account.journal`` with an account; the caller may read it
    """

    def __init__(self, journal, day):
        self.env, self.journal, self.day = journal.sudo().env, journal.sudo(), day
        self.company = self.journal.company_id
        self.account = self.journal.default_account_id
        self.currency = self.journal.currency_id or self.company.currency_id
        self.foreign = self.currency != self.company.currency_id
        self.zone = self.company.partner_id.tz or "UTC"
        accounts = self.env["bank.connection.account"].with_context(active_test=False)
        self.accounts = accounts.search([("journal_id", "=", journal.id)], order="active desc, id")
        self.balance = self._balance()
        first = self.accounts[:1].baseline_date
        told = self.balance and self.balance.origin == "statement"
        self.mirrored = bool(self.accounts and first) and not (told and self.balance.day < first)

    def minor(self, amount):
        """Return an amount of the database in minor units of the journal's currency."""
        return to_minor(float(amount or 0), self.currency.name)

    def amount_of(self, alias):
        """Return what a journal item is worth in the journal's currency, as SQL."""
        item = SQL.identifier(alias)
        if not self.foreign:
            return SQL("%s.balance", item)
        return SQL(
            "CASE WHEN %(item)s.currency_id = %(currency)s THEN %(item)s.amount_currency"
            " ELSE 0 END",
            item=item,
            currency=self.currency.id,
        )

    # === THE TWO BALANCES === #

    def ledger(self):
        """Return the balance of the bank's account on the day."""
        [[total]] = self.env.execute_query(
            SQL(
                """
                SELECT SUM(%(amount)s) FROM account_move_line item
                 WHERE item.account_id = %(account)s AND item.company_id = %(company)s
                   AND item.parent_state = 'posted' AND item.date <= %(day)s
                """,
                amount=self.amount_of("item"),
                account=self.account.id,
                company=self.company.id,
                day=self.day,
            )
        )
        return self.minor(total)

    def other_currencies(self):
        """Return how many items on the account are in another currency than the journal."""
        if not self.foreign:
            return 0
        domain = [
            ("account_id", "=", self.account.id),
            ("company_id", "=", self.company.id),
            ("parent_state", "=", "posted"),
            ("currency_id", "!=", self.currency.id),
            ("date", "<=", self.day),
        ]
        return self.env["account.move.line"].search_count(domain)

    # === WHAT LIES BETWEEN THEM === #

    def reconcile(self):
        """Return the way from the bank's balance to the ledger's."""
        bank = self.balance.amount if self.balance else None
        before, missing = (self._mirror_starts if self.mirrored else self._statements_start)()
        return reconcile(bank, self.ledger(), self._movements(), before=before, missing=missing)

    def _movements(self):
        rows = self.env.execute_query(
            SQL(
                """
                %s SELECT %s, SUM(told), SUM(booked), COUNT(*) FROM movement
                 GROUP BY 1, 2, 3, 4, 5
                """,
                self._movement_tables(),
                _COLUMNS,
            )
        )
        return [self._movement(row[:5], *row[5:]) for row in rows]

    def differences(self, limit=None):
        """Return one by one in what bank and ledger differ, oldest first."""
        rows = self.env.execute_query(
            SQL(
                """
                %s SELECT %s, told, booked, 1, day, party, text FROM movement
                 WHERE told != booked ORDER BY day, source, key %s
                """,
                self._movement_tables(),
                _COLUMNS,
                SQL("LIMIT %s", limit) if limit else SQL(),
            )
        )
        found = []
        for row in rows:
            movement = self._movement(row[:5], *row[5:8])
            amount = movement.booked - movement.told
            found.append(Difference(part_of(movement), row[8], row[9] or "", row[10] or "", amount))
        return found

    def _movement(self, sort, told, booked, count):
        source, in_bank, differs, stands, has_line = sort
        return Movement(
            Source(source),
            self.minor(told),
            self.minor(booked),
            in_bank=in_bank,
            differs=differs,
            stands=stands,
            has_line=has_line,
            mirrored=self.mirrored,
            count=count,
        )

    def _movement_tables(self):
        """Return the bank's entries, our lines and other items of the account as one table.

        An entry may have several lines; a line without entry stands for itself.
        """
        return SQL(
            """
            WITH line AS (
                SELECT st.id, st.bank_entry_id, st.statement_id, st.payment_ref, st.partner_name,
                       COALESCE(st.bank_booking_date, MIN(item.date)) AS day,
                       SUM(CASE WHEN item.date <= %(day)s THEN %(amount)s ELSE 0 END) AS booked,
                       SUM(%(amount)s) AS whole
                  FROM account_bank_statement_line st
                  JOIN account_move_line item ON item.move_id = st.move_id
                       AND item.account_id = %(account)s AND item.parent_state = 'posted'
                 WHERE st.journal_id = %(journal)s
                 GROUP BY st.id
            ), line_of_entry AS (
                SELECT bank_entry_id, SUM(booked) AS booked FROM line
                 WHERE bank_entry_id IS NOT NULL GROUP BY 1
            ), movement AS (
                SELECT 'entry' AS source, entry.id AS key, entry.day, entry.party, entry.text,
                       CASE WHEN entry.in_bank THEN entry.amount ELSE 0 END AS told,
                       COALESCE(line_of_entry.booked, 0) AS booked, entry.in_bank, entry.stands,
                       line_of_entry.bank_entry_id IS NOT NULL AS has_line
                  FROM (%(entries)s) entry
             LEFT JOIN line_of_entry ON line_of_entry.bank_entry_id = entry.id
                 WHERE entry.in_bank OR line_of_entry.booked != 0
                 UNION ALL
                SELECT 'line', id, day, partner_name, payment_ref,
                       CASE WHEN %(in_bank)s THEN whole ELSE 0 END, booked, %(in_bank)s, true, true
                  FROM line WHERE bank_entry_id IS NULL AND (%(in_bank)s OR booked != 0)
                 UNION ALL
                %(items)s
            )
            """,
            day=self.day,
            amount=self.amount_of("item"),
            account=self.account.id,
            journal=self.journal.id,
            entries=self._entries(),
            items=self._other_items(),
            in_bank=self._line_in_bank(),
        )

    def _entries(self):
        """Return the bank's entries as SQL, with whether each is in the bank's balance."""
        return SQL(
            """
            SELECT id, amount, COALESCE(booking_date, value_date) AS day,
                   counterparty_name AS party,
                   COALESCE(NULLIF(remittance, ''), creditor_reference, description) AS text,
                   state = 'booked' AS stands,
                   COALESCE(state = 'booked' AND currency_id = %(currency)s
                            AND COALESCE(booking_date, value_date) <= %(day)s, false) AS in_bank
              FROM bank_entry WHERE account_id IN %(accounts)s AND state != 'pending'
            """,
            currency=self.currency.id,
            day=self.balance.day if self.balance and self.mirrored else date.min,
            accounts=tuple(self.accounts.ids) or (0,),
        )

    def _other_items(self):
        """Return the items on the account that belong to none of the journal's lines, as SQL."""
        return SQL(
            """
            SELECT 'item', item.id, item.date, partner.name,
                   CONCAT_WS(' · ', move.name, NULLIF(item.name, '')), 0, %(amount)s,
                   false, true, false
              FROM account_move_line item
              JOIN account_move move ON move.id = item.move_id
         LEFT JOIN res_partner partner ON partner.id = item.partner_id
             WHERE item.account_id = %(account)s AND item.company_id = %(company)s
               AND item.parent_state = 'posted' AND item.date <= %(day)s
               AND NOT EXISTS (SELECT 1 FROM account_bank_statement_line st
                                WHERE st.move_id = item.move_id
                                  AND st.journal_id = %(journal)s)
            """,
            amount=self.amount_of("item"),
            account=self.account.id,
            company=self.company.id,
            day=self.day,
            journal=self.journal.id,
        )

    def _line_in_bank(self):
        """Return whether a line without entry is in the bank's balance, as SQL.

        Where we hold the bank's books it is not; else it is where it lies in a statement.
        """
        if self.mirrored or not self.balance:
            return SQL("false")
        return SQL("COALESCE(statement_id IN (%s), false)", self._statements_until())

    def _statements_until(self):
        return SQL(
            """
            SELECT id FROM account_bank_statement
             WHERE journal_id = %s AND date <= %s
            """,
            self.journal.id,
            self.balance.day,
        )

    # === WHERE THE BANK'S BOOKS BEGIN, AND WHAT OF THEM IS MISSING === #

    def _mirror_starts(self):
        """Return the balance before the first entry we hold, and what may be missing since.

        The baseline may lie in the middle: older statements came later.
        """
        account = self.accounts[:1]
        first = account.baseline_date
        day = self.balance.day if self.balance else date.min
        [[older, doubtful, doubts, gap_before, gap, gaps]] = self.env.execute_query(
            SQL(
                """
                SELECT (SELECT SUM(amount) FROM bank_entry
                         WHERE account_id IN %(accounts)s AND state = 'booked'
                           AND currency_id = %(currency)s
                           AND COALESCE(booking_date, value_date) < %(first)s),
                       doubt.amount, doubt.count, gap.before, gap.amount, gap.count
                  FROM (SELECT SUM(amount) AS amount, COUNT(*) AS count FROM bank_entry
                         WHERE account_id IN %(accounts)s AND state = 'doubtful'
                           AND booking_date <= %(day)s) doubt,
                       (SELECT SUM(gap_amount) FILTER (WHERE gap_until <= %(first)s) AS before,
                               SUM(gap_amount) FILTER (WHERE gap_until <= %(day)s) AS amount,
                               COUNT(*) FILTER (WHERE gap_until <= %(day)s) AS count
                          FROM bank_file_statement told
                          JOIN bank_raw_document document ON document.id = told.document_id
                         WHERE told.account_id IN %(accounts)s AND told.chain_state = 'gap'
                           AND document.state IN ('booking', 'parsed')) gap
                """,
                accounts=tuple(self.accounts.ids),
                currency=self.currency.id,
                first=first,
                day=day,
            )
        )
        before = self.minor(account.baseline_balance) - self.minor(older) - self.minor(gap_before)
        missing = {
            Part.GAP: Total(self.minor(gap), gaps),
            Part.DOUBTFUL: Total(self.minor(doubtful), doubts),
        }
        return before, missing

    def _statements_start(self):
        """Return the balance Odoo's first statement opens with, and what lies between them."""
        if not self.balance:
            return 0, {}
        [[before, gap, gaps]] = self.env.execute_query(
            SQL(
                """
                SELECT MAX(balance_start) FILTER (WHERE place = 1),
                       SUM(balance_start - last) FILTER (WHERE balance_start != last),
                       COUNT(*) FILTER (WHERE balance_start != last)
                  FROM (SELECT balance_start, ROW_NUMBER() OVER statements AS place,
                               LAG(balance_end_real) OVER statements AS last
                          FROM account_bank_statement WHERE id IN (%s)
                        WINDOW statements AS (ORDER BY first_line_index, date, id)) chain
                """,
                self._statements_until(),
            )
        )
        return self.minor(before), {Part.GAP: Total(self.minor(gap), gaps)}
