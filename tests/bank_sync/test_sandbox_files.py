"""Every file the sandbox bank writes is read as what the bank really knows.

The two share no code: what one writes and the other reads alike, both have understood.
"""

import datetime
import io
import pathlib
import sys
from decimal import Decimal

import pytest

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from odoo.addons.bank_sync.core.file_reader import read_statement_file  # noqa: E402 (path is set)

from sandbox_bank import statements  # noqa: E402 (after the path is set)
from sandbox_bank.app import create_app  # noqa: E402 (after the path is set)

TODAY = datetime.date(2026, 3, 2)


@pytest.fixture(scope="module")
def bank(tmp_path_factory):
    """Return a client of a bank with a month of all kinds of entries."""
    client = create_app(tmp_path_factory.mktemp("bank") / "bank.sqlite", TODAY).test_client()
    account = client.get("/sim/truth").json["accounts"][0]["iban"]
    exchange = {"currency": "USD", "amount": "110.00", "rate": "1.10"}
    payments = [
        {"amount": "5.00", "booking_date": "2026-02-10", "remittance": ["Rechnung 7"]},
        {"amount": "-3.00", "booking_date": "2026-02-11", "debtor_iban": "DE89370400440532013000"},
        {"amount": "100.00", "exchange": exchange, "charges": "2.50", "mandate_id": "M-1"},
        {"amount": "7.00", "reversal": True, "return_reason": "AC04"},
        {"amount": "-8.00", "reversal": True},
    ]
    client.post("/sim/payments", json={"account": account, "payments": payments})
    invoices = [
        {"reference": f"INV/2026/{n:05d}", "amount": f"{n}.50", "customer": f"Ada {n % 5} SARL"}
        for n in range(1, 120)
    ]
    body = {"account": account, "seed": 5, "spread_days": 1, "invoices": invoices}
    body["booking_date"] = "2026-02-20"
    client.post("/sim/customers-pay", json=body)
    return client


@pytest.mark.parametrize("name", statements.FORMATS)
def test_every_format_says_what_the_bank_knows(bank, name):
    truth = bank.get("/sim/truth").json["accounts"][0]
    query = {"account": truth["iban"], "from": "2026-02-01", "to": "2026-03-02", "format": name}
    data = bank.get("/sim/statement", query_string=query).data
    (statement,) = read_statement_file(io.BytesIO(data)).statements
    told = sorted((entry.booking_date.isoformat(), entry.amount) for entry in statement.entries)
    known = sorted(
        (entry["booking_date"], int(Decimal(entry["amount"]) * 100)) for entry in truth["entries"]
    )
    assert told == known
    assert truth["iban"] in statement.account.replace(" ", "")
    # A notice has no balances, and a report of a day that lasts has none that closes it.
    if not name.startswith(("camt.052", "camt.054")):
        closing = int(Decimal(truth["balance"]) * 100)
        assert statement.closing == closing
        assert statement.opening == closing - sum(amount for _day, amount in known)


@pytest.mark.parametrize("name", statements.FORMATS)
def test_texts_and_names_come_through(bank, name):
    truth = bank.get("/sim/truth").json["accounts"][0]
    query = {"account": truth["iban"], "from": "2026-02-01", "to": "2026-03-02", "format": name}
    data = bank.get("/sim/statement", query_string=query).data
    (statement,) = read_statement_file(io.BytesIO(data)).statements
    (seven,) = [entry for entry in statement.entries if entry.amount == 500]
    assert "Rechnung 7" in " ".join(seven.remittance)
