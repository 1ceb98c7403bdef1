"""Orders to pay: received, accepted, executed and booked, or rejected."""

import datetime
import json
import secrets
import sqlite3
from dataclasses import dataclass

from . import clock, entries, events, ledger, manners, storage

# Codes of ISO 20022 for payments.
WAITING = ("RCVD", "ACCP")
NO_FUNDS = "AM04"
# From coming in to acceptance, and to execution on the same day.
ACCEPTED_AFTER = datetime.timedelta(minutes=1)
EXECUTED_AFTER = datetime.timedelta(hours=1)


@dataclass(frozen=True)
class Request:
    """What shall be paid; ``amount`` in minor units of the account's currency, positive."""

    product: str
    amount: int
    creditor_name: str
    creditor_iban: str
    remittance: tuple[str, ...]
    end_to_end_id: str | None
    execution_date: datetime.date | None
    third_party: str
    redirect_uri: str | None
    nok_redirect_uri: str | None
    body_hash: str
    idempotency_key: str | None = None


@dataclass(frozen=True)
class Order:
    """An order as it stands."""

    number: int
    id: str
    account_id: int
    product: str
    status: str
    reason: str | None
    amount: int
    creditor_name: str
    creditor_iban: str
    remittance: tuple[str, ...]
    end_to_end_id: str | None
    execution_date: datetime.date
    received_at: datetime.datetime
    next_at: datetime.datetime | None
    third_party: str
    redirect_uri: str | None
    nok_redirect_uri: str | None
    body_hash: str

    @property
    def waits_for_approval(self) -> bool:
        """Tell whether the customer still has to say yes."""
        return self.status == "RCVD" and self.next_at is None


class WrongState(Exception):
    """The order is in no state for what was asked."""


def receive(connection: sqlite3.Connection, account: ledger.Account, request: Request) -> str:
    """Record an order and return its id, which cannot be guessed."""
    ways = manners.orders(connection)
    now = clock.now(connection)
    order_id = secrets.token_urlsafe(18)
    earliest = clock.booking_day(connection)
    wanted = request.execution_date or earliest
    day = clock.next_business_day(connection, max(wanted, earliest))
    next_at = None if ways["approval"] == "redirect" else now + ACCEPTED_AFTER
    connection.execute(
        "INSERT INTO payment_order (id, account_id, product, status, amount, creditor_name,"
        " creditor_iban, remittance, end_to_end_id, execution_date, received_at, next_at,"
        " third_party, redirect_uri, nok_redirect_uri, idempotency_key, body_hash)"
        " VALUES (?, ?, ?, 'RCVD', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            order_id,
            account.id,
            request.product,
            request.amount,
            request.creditor_name,
            request.creditor_iban,
            json.dumps(request.remittance),
            request.end_to_end_id,
            day.isoformat(),
            clock.in_utc(now),
            next_at and clock.in_utc(next_at),
            request.third_party,
            request.redirect_uri,
            request.nok_redirect_uri,
            request.idempotency_key,
            request.body_hash,
        ),
    )
    if ways["progress"] == "at_once" and next_at:
        step(connection, find(connection, order_id))
        step(connection, find(connection, order_id))
    return order_id


def find(connection: sqlite3.Connection, order_id: str) -> Order | None:
    """Return the order with this id."""
    row = connection.execute("SELECT * FROM payment_order WHERE id = ?", (order_id,)).fetchone()
    return _order(row) if row else None


def all_of(connection: sqlite3.Connection, account: ledger.Account) -> list[Order]:
    """Return the orders of an account, oldest first."""
    rows = connection.execute(
        "SELECT * FROM payment_order WHERE account_id = ? ORDER BY number", (account.id,)
    )
    return [_order(row) for row in rows]


def named(connection: sqlite3.Connection, end_to_end_id: str) -> list[Order]:
    """Return the orders with this end-to-end id, oldest first; there may be several."""
    rows = connection.execute(
        "SELECT * FROM payment_order WHERE end_to_end_id = ? ORDER BY number", (end_to_end_id,)
    )
    return [_order(row) for row in rows]


def same_key(connection: sqlite3.Connection, key: str) -> Order | None:
    """Return the order that came with this idempotency key."""
    row = connection.execute(
        "SELECT * FROM payment_order WHERE idempotency_key = ?", (key,)
    ).fetchone()
    return _order(row) if row else None


def progress(connection: sqlite3.Connection) -> None:
    """Do all steps whose moment has come, in the order of their moments."""
    now = clock.in_utc(clock.now(connection))
    while True:
        row = connection.execute(
            "SELECT * FROM payment_order WHERE next_at <= ? ORDER BY next_at, number LIMIT 1",
            (now,),
        ).fetchone()
        if not row:
            return
        step(connection, _order(row))


def step(connection: sqlite3.Connection, order: Order) -> None:
    """Move an order on: accept or reject it, then execute it. Nothing happens to others."""
    if order.next_at is None or order.status not in WAITING:
        return
    reason = _objection(connection, order)
    if reason:
        set_status(connection, order, "RJCT", reason)
    elif order.status == "RCVD":
        set_status(connection, order, "ACCP", None)
        moment = clock.in_utc(_execution(connection, order))
        connection.execute("UPDATE payment_order SET next_at = ? WHERE id = ?", (moment, order.id))
    else:
        _execute(connection, order)


def _execution(connection: sqlite3.Connection, order: Order) -> datetime.datetime:
    """Return when an order is executed: an hour after it came, or in the morning of its day."""
    zone = clock.zone(connection)
    morning = datetime.datetime.combine(order.execution_date, clock.OPENING, zone)
    return max(order.received_at + EXECUTED_AFTER, morning)


def _objection(connection: sqlite3.Connection, order: Order) -> str | None:
    """Return why the bank does not carry out the order, None when it does."""
    planned = json.loads(storage.get_setting(connection, "rejections", "[]"))
    if planned and order.status == "RCVD":
        storage.set_setting(connection, "rejections", json.dumps(planned[1:]))
        return planned[0]
    if manners.orders(connection)["funds"] == "unchecked":
        return None
    balance = ledger.balance(connection, order.account_id, clock.today(connection))
    return NO_FUNDS if balance < order.amount else None


def _execute(connection: sqlite3.Connection, order: Order) -> None:
    """Book the order, here and where the creditor's account is kept at this bank too."""
    today = clock.today(connection)
    account = ledger.account_with_id(connection, order.account_id)
    day = min(order.execution_date, today)
    values = {
        "booking_date": day,
        "remittance": order.remittance,
        "end_to_end_id": order.end_to_end_id,
    }
    payment = entries.Payment(
        amount=-order.amount,
        counterparty_name=order.creditor_name,
        counterparty_iban=order.creditor_iban,
        bank_transaction_code=entries.CREDIT_TRANSFER_OUT,
        **values,
    )
    entry_id = entries.take_in(connection, account, payment, today)
    connection.execute("UPDATE payment_order SET entry_id = ? WHERE id = ?", (entry_id, order.id))
    for other in ledger.accounts(connection):
        if (other.iban, other.currency) == (order.creditor_iban, account.currency):
            received = entries.Payment(
                amount=order.amount,
                counterparty_name=account.owner,
                counterparty_iban=account.iban,
                **values,
            )
            entries.take_in(connection, other, received, today)
    set_status(connection, order, "ACSC", None)


def set_status(
    connection: sqlite3.Connection, order: Order, status: str, reason: str | None
) -> None:
    """Write a status, whatever it is; a final one ends the order's way."""
    connection.execute(
        "UPDATE payment_order SET status = ?, reason = ?,"
        " next_at = CASE WHEN ? THEN next_at END WHERE id = ?",
        (status, reason, status in WAITING, order.id),
    )
    events.note(connection, "order", order.id)


def approve(connection: sqlite3.Connection, order: Order) -> None:
    """Record that the customer said yes.

    :raise WrongState: nobody waits for that
    """
    _check_waits(order)
    moment = clock.in_utc(clock.now(connection) + ACCEPTED_AFTER)
    connection.execute("UPDATE payment_order SET next_at = ? WHERE id = ?", (moment, order.id))
    if manners.orders(connection)["progress"] == "at_once":
        step(connection, find(connection, order.id))
        step(connection, find(connection, order.id))


def decline(connection: sqlite3.Connection, order: Order) -> None:
    """Record that the customer said no.

    :raise WrongState: nobody waits for that
    """
    _check_waits(order)
    set_status(connection, order, "RJCT", "CUST")


def _check_waits(order: Order) -> None:
    if not order.waits_for_approval:
        raise WrongState(order.status)


def cancel(connection: sqlite3.Connection, order: Order) -> None:
    """Take an order back before it is executed.

    :raise WrongState: it is too late
    """
    if order.status not in WAITING:
        raise WrongState(order.status)
    set_status(connection, order, "CANC", None)


def _order(row: sqlite3.Row) -> Order:
    values = {name: row[name] for name in Order.__dataclass_fields__}
    moments = {
        name: datetime.datetime.fromisoformat(row[name].replace("Z", "+00:00"))
        for name in ("received_at", "next_at")
        if row[name]
    }
    return Order(
        **{
            **values,
            "remittance": tuple(json.loads(row["remittance"])),
            "execution_date": datetime.date.fromisoformat(row["execution_date"]),
            **moments,
        }
    )
