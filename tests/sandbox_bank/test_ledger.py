"""The books: postings sum to zero, balances are sums, and nothing booked ever changes."""

import datetime
import sqlite3

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox_bank import clock, demo, entries, ledger, storage

TODAY = datetime.date(2026, 3, 2)
ACTIONS = st.lists(
    st.one_of(
        st.tuples(
            st.just("pay"),
            st.integers(-(10**9), 10**9).filter(bool),
            st.integers(-300, 20),
            st.integers(0, 1),
        ),
        st.tuples(st.just("advance"), st.integers(0, 5), st.just(0), st.just(0)),
    ),
    max_size=25,
)


@pytest.fixture(scope="module")
def memory():
    """Return one connection to a bank in memory; each example wipes it."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.row_factory = sqlite3.Row
    return connection


@given(actions=ACTIONS)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_balance_is_the_sum_of_what_was_booked(memory, actions):
    storage.drop_schema(memory)
    demo.found(memory, TODAY)
    accounts = ledger.accounts(memory)
    today = TODAY
    expected = []
    for kind, number, offset, index in actions:
        if kind == "advance":
            today += datetime.timedelta(days=number)
            clock.set_today(memory, today)
            entries.book_due(memory, today)
        else:
            day = today + datetime.timedelta(days=offset)
            entries.take_in(memory, accounts[index], entries.Payment(number, day), today)
            expected.append((index, day, number))
    sums = memory.execute("SELECT SUM(amount) FROM posting GROUP BY journal_id").fetchall()
    assert all(row[0] == 0 for row in sums)
    for index, account in enumerate(accounts):
        opening = demo.ACCOUNTS[index][3]
        for until in (today, today - datetime.timedelta(days=100)):
            booked = sum(n for i, day, n in expected if i == index and day <= until)
            assert ledger.balance(memory, account.id, until) == opening + booked
        coming = sum(n for i, day, n in expected if i == index and day > today)
        assert sum(entry.amount for entry in entries.pending(memory, account)) == coming


def test_a_journal_that_does_not_sum_to_zero_is_refused(app, path):
    with storage.Database(path).write() as connection:
        first, second = ledger.accounts(connection)
        with pytest.raises(ValueError, match="zero"):
            ledger.post(connection, TODAY, [(first.id, 100), (second.id, -99)], "wrong")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE posting SET amount = amount + 1",
        "DELETE FROM posting",
        "UPDATE entry SET amount = amount + 1",
        "UPDATE entry SET booked_number = NULL, entry_reference = NULL",
        "DELETE FROM entry",
    ],
)
def test_the_database_itself_keeps_what_is_booked(app, path, pay, change):
    pay("12.30")
    with (
        pytest.raises(sqlite3.IntegrityError, match="never"),
        storage.Database(path).write() as connection,
    ):
        connection.execute(change)


def test_a_reader_cannot_change_the_books(app, path):
    with (
        pytest.raises(sqlite3.OperationalError, match="readonly"),
        storage.Database(path).read() as connection,
    ):
        connection.execute("DELETE FROM setting")


def _take_in_and_fail(database):
    with database.write() as connection:
        account = ledger.accounts(connection)[0]
        entries.take_in(connection, account, entries.Payment(100, TODAY), TODAY)
        raise ZeroDivisionError


def test_a_failed_write_leaves_nothing_behind(app, path, contents):
    before = contents()
    with pytest.raises(ZeroDivisionError):
        _take_in_and_fail(storage.Database(path))
    assert contents() == before


def test_a_pending_payment_is_booked_when_its_day_comes(client, euro, pay):
    pay("50.00", booking_date="2026-03-05")
    for today, balance, status in (
        ("2026-03-04", "25000.00", "pending"),
        ("2026-03-05", "25050.00", "booked"),
        ("2026-03-06", "25050.00", "booked"),
    ):
        client.post("/sim/clock", json={"today": today})
        account = client.get("/sim/truth").json["accounts"][0]
        assert account["balance"] == balance
        assert [entry["status"] for entry in account["entries"]] == [status]
