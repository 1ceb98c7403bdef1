"""The books of a database held against the bank's truth, in plain SQL: none of our code judges.

Amounts are read as text: Odoo makes floats of numbers, in this process too.
"""

from collections import Counter
from decimal import Decimal

_ACCOUNTS = """
SELECT a.id, a.iban, c.name, a.journal_id, COALESCE(a.proved_balance, 0)::text, a.last_proof
  FROM bank_connection_account a JOIN res_currency c ON c.id = a.currency_id
 WHERE a.active AND a.iban = ANY(%s)
"""
_MIRROR = """
SELECT booking_date::text, amount::text, statement_line_id
  FROM bank_entry WHERE account_id = %s AND state = 'booked'
"""
_LINES = """
SELECT l.bank_booking_date::text, l.amount::text, l.id
  FROM account_bank_statement_line l JOIN account_move m ON m.id = l.move_id
 WHERE l.journal_id = %s AND m.state = 'posted'
"""
_LEDGER = """
SELECT COALESCE(SUM(CASE WHEN j.currency_id IS NULL THEN i.balance
                         ELSE i.amount_currency END), 0)::text
  FROM account_move_line i
  JOIN account_journal j ON j.id = i.journal_id AND j.default_account_id = i.account_id
 WHERE i.journal_id = %s AND i.parent_state = 'posted'
"""


_ORDERS = "SELECT end_to_end_id, state, amount::text FROM bank_outbox WHERE kind = 'payment'"


def order_differences(cursor, truth):
    """Return every order the bank did not execute exactly once, as sentences."""
    cursor.execute(_ORDERS)
    ours = {name: (state, Decimal(amount)) for name, state, amount in cursor.fetchall()}
    orders = [order for account in truth["accounts"] for order in account["orders"]]
    theirs = Counter(order["end_to_end_id"] for order in orders)
    amounts = {order["end_to_end_id"]: Decimal(order["amount"]) for order in orders}
    problems = [f"order {name}: nobody wrote it" for name in theirs if name not in ours]
    for name, (state, amount) in ours.items():
        if theirs[name] != 1 or state not in {"sent", "confirmed"}:
            problems.append(f"order {name}: {state} here, {theirs[name]} times at the bank")
        elif amounts[name] != amount:
            problems.append(f"order {name}: {amount} here, {amounts[name]} at the bank")
    return problems


def differences(cursor, truth):
    """Return every way in which the books differ from the bank's, as sentences; empty: equal."""
    theirs = {account["iban"]: account for account in truth["accounts"]}
    cursor.execute(_ACCOUNTS, [list(theirs)])
    rows = cursor.fetchall()
    problems = [] if len(rows) == len(theirs) else [f"{len(rows)} of {len(theirs)} accounts"]
    for row in rows:
        problems += _account_differences(cursor, row, theirs[row[1]])
    return problems


def _account_differences(cursor, row, bank):
    account_id, iban, currency, journal_id, proved, proof = row
    booked = [entry for entry in bank["entries"] if entry["status"] == "booked"]
    expected = Counter((entry["booking_date"], Decimal(entry["amount"])) for entry in booked)
    cursor.execute(_MIRROR, [account_id])
    mirror = cursor.fetchall()
    cursor.execute(_LINES, [journal_id])
    lines = cursor.fetchall()
    cursor.execute(_LEDGER, [journal_id])
    ledger = cursor.fetchone()[0]
    total = sum((Decimal(entry["amount"]) for entry in booked), Decimal(0))
    facts = {
        "mirror": (_multiset(mirror), expected),
        "statement lines": (_multiset(lines), expected),
        "entry of each line": (Counter(m[2] for m in mirror), Counter(line[2] for line in lines)),
        "ledger": (Decimal(ledger), total),
        "proved balance": (Decimal(proved), Decimal(bank["balance"])),
        "proof": (proof in {"proved", "baseline"}, True),
    }
    return [
        f"{iban} {currency} {what}: {_difference(ours, theirs)}"
        for what, (ours, theirs) in facts.items()
        if ours != theirs
    ]


def _multiset(rows):
    return Counter((day, Decimal(amount)) for day, amount, _line in rows)


def _difference(ours, theirs):
    if not isinstance(ours, Counter):
        return f"ours {ours}, theirs {theirs}"
    return f"too many {dict(ours - theirs)}, missing {dict(theirs - ours)}"
