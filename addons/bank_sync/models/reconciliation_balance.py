"""What the bank says its balance was on a day: told by a file or a reading, or counted back."""

from datetime import date, timedelta
from typing import NamedTuple

from odoo.tools import SQL


class BankBalance(NamedTuple):
    """The bank's balance of a day, and who said so on which day.

    :ivar origin: ``file``, ``reading``, ``counted`` back from a later one, or Odoo's ``statement``
    """

    amount: int
    day: date
    origin: str
    name: str
    proof: str
    told_on: date


class ReconciliationBalance:
    """Where ``ReconciliationBooks`` finds the bank's balance."""

    def _balance(self):
        """Return the bank's last balance of the day or before, ``None`` where there is none.

        What a file or a reading told comes first. Readings keep their last balance alone: for an
        older day it is counted back from there.
        """
        return self._told() or self._counted_back() or self._in_statement()

    def _told(self):
        """Return the last balance a file or a reading told.

        Of one day the balance our copy was proved with counts, under the name of the file that
        says the same.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT day, amount, origin, name, proof FROM (
                    SELECT proved_on AS day, proved_balance AS amount, 'reading' AS origin,
                           name, last_proof AS proof, 1 AS rank, id
                      FROM bank_connection_account
                     WHERE id IN %(accounts)s AND active
                     UNION ALL
                    SELECT told.closing_date, told.closing, 'file',
                           COALESCE(told.name, told.sequence, document.name), told.proof, 2, told.id
                      FROM bank_file_statement told
                      JOIN bank_raw_document document ON document.id = told.document_id
                     WHERE told.account_id IN %(accounts)s AND told.has_closing
                       AND document.state IN ('booking', 'parsed')
                       AND NOT EXISTS (SELECT 1 FROM bank_file_statement later
                                        WHERE later.chain_previous_id = told.id
                                          AND later.chain_state = 'follows'
                                          AND later.closing_date = told.closing_date)
                ) balance
                 WHERE day <= %(day)s
                 ORDER BY day DESC, rank, id DESC LIMIT 20
                """,
                accounts=tuple(self.accounts.ids) or (0,),
                day=self.day,
            )
        )
        same = [row for row in rows if row[0] == rows[0][0]]
        same = [row for row in same if self.minor(row[1]) == self.minor(same[0][1])]
        for day, amount, origin, name, proof in sorted(same, key=lambda row: row[2] != "file"):
            return BankBalance(self.minor(amount), day, origin, name or "", proof or "", day)
        return None

    def _counted_back(self):
        """Return the balance of the day as the last proved one and the entries since give it."""
        account = self.accounts.filtered("active")[:1]
        told_on, first = account.proved_on, account.baseline_date
        if not (told_on and first) or not first - timedelta(days=1) <= self.day < told_on:
            return None
        entries = self.env["bank.entry"]
        [[since]] = entries._read_group(
            [
                ("account_id", "in", self.accounts.ids),
                ("state", "=", "booked"),
                ("currency_id", "=", self.currency.id),
                ("booking_date", ">", self.day),
                ("booking_date", "<=", told_on),
            ],
            aggregates=["amount:sum"],
        )
        gaps = [
            ("account_id", "in", self.accounts.ids),
            ("chain_state", "=", "gap"),
            ("gap_until", ">", self.day),
            ("document_state", "in", ["booking", "parsed"]),
        ]
        if self.env["bank.file.statement"].search_count(gaps, limit=1):
            return None
        amount = self.minor(account.proved_balance) - self.minor(since)
        name, proof = account.name, account.last_proof or ""
        return BankBalance(amount, self.day, "counted", name, proof, told_on)

    def _in_statement(self):
        """Return the balance of Odoo's last statement."""
        last = self.env["account.bank.statement"].search(
            [("journal_id", "=", self.journal.id), ("date", "<=", self.day)],
            order="date desc, first_line_index desc, id desc",
            limit=1,
        )
        if not last:
            return None
        amount = self.minor(last.balance_end_real)
        return BankBalance(amount, last.date, "statement", last.name or "", "", last.date)
