"""bin/bench cash-application --mode odoo on a workload small enough to know every answer."""

import csv
import json
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

LIB = Path(__file__).parents[2] / "bin" / "lib"

PARTNERS = """partner_id,ref,name,kind,country,language,parent_id,accounts
P00001,10001,Boulangerie Martin SARL,company,FR,fr,,FR1420041010050500013M02606
P00002,10002,Brunner Bau GmbH,company,CH,de,,
P00003,10003,Åse Ødegård,person,NO,no,,
"""
ITEMS = """item_id,type,partner_id,number,reference,issued,due,currency,amount_total,amount_open,\
discount_until,discount_amount,po,description,payment_method
I0000001,invoice,P00001,INV/2026/00001,RF18539007547034,2026-01-02,2026-02-01,EUR,100.00,100.00,\
,,,,transfer
I0000002,invoice,P00001,INV/2026/00002,INV/2026/00002,2026-01-02,2026-02-01,EUR,150.00,150.00,\
2026-01-12,147.00,4500,,transfer
I0000003,credit_note,P00001,RINV/2026/00001,RINV/2026/00001,2026-01-03,2026-01-03,EUR,-20.00,\
-20.00,,,,,transfer
I0000004,invoice,P00002,INV/2026/00003,INV/2026/00003,2026-01-02,2026-01-16,EUR,80.00,80.00,\
,,,Subscription 2026-01,debit
I0000005,invoice,P00003,INV/2026/00004,INV/2026/00004,2026-01-02,2026-01-16,EUR,300.00,200.00,\
,,,,transfer
I0000006,invoice,P00002,INV/2026/00005,INV/2026/00005,2026-01-02,2026-01-16,CHF,95.00,95.00,\
,,,,transfer
I0000007,invoice,P00003,INV/2026/00006,INV/2026/00006,2026-01-20,2026-02-03,EUR,61.00,61.00,\
,,,,transfer
"""
COLLECTIONS = """run_id,date,end_to_end_id,item_id,amount
DD1,2026-01-07,DD1-001,I0000004,80.00
"""
SETTLEMENTS = "payout,date,item_id,gross,fee\n"
#: Line → day, amount, text and further parts of its transaction.
LINES = {
    1: ("2026-01-05", 100.00, "INV/2026/00001", ""),
    2: ("2026-01-05", 147.00, "INV/2026/00002", ""),
    3: ("2026-01-07", 80.00, "", ""),
    4: ("2026-01-08", 12.34, "Steuererstattung 2024", ""),
    5: ("2026-01-08", 200.00, "INV/2026/00004", ""),
    6: ("2026-01-08", 61.00, "INV/2026/00006", ""),
    7: (
        *("2026-01-09", 90.00, "INV/2026/00005"),
        "<AmtDtls><InstdAmt><Amt Ccy='CHF'>95.00</Amt></InstdAmt></AmtDtls>"
        "<Chrgs><Rcrd><Amt Ccy='EUR'>10.00</Amt><CdtDbtInd>DBIT</CdtDbtInd>"
        "<ChrgInclInd>true</ChrgInclInd></Rcrd></Chrgs>",
    ),
}
TRUTH = """line_id,kind,outcome,item_id,applied,discount,fee,writeoff,on_account,partner_id
L0000001,exact_number,apply,I0000001,100.00,0.00,0.00,0.00,0.00,P00001
L0000002,discount_taken,apply,I0000002,150.00,3.00,0.00,0.00,0.00,P00001
L0000003,dd_batch,apply,I0000004,80.00,0.00,0.00,0.00,0.00,P00002
L0000004,not_customer,none,,0.00,0.00,0.00,0.00,0.00,
L0000005,exact_number,apply,I0000005,200.00,0.00,0.00,0.00,0.00,P00003
L0000006,on_account,exception,,0.00,0.00,0.00,0.00,61.00,P00003
L0000007,fx_payment,apply,I0000006,95.00,0.00,10.00,0.00,0.00,P00002
"""


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    """Run the benchmark on a copy of the database; return what it printed, and the first answers.

    :return: the JSON, and line → (action, item → applied and discount, fee)
    """
    source = os.environ.get("END_TO_END_DATABASE")
    if not source:
        pytest.skip("END_TO_END_DATABASE is not set: bin/test makes it and runs this test")
    folder = tmp_path_factory.mktemp("workload")
    _write(folder)
    copy = f"{source}_cash"
    subprocess.run(["createdb", "-T", source, copy], check=True)
    try:
        run = subprocess.run(
            [sys.executable, LIB / "bench_cash_application.py", folder, "--mode", "odoo"],
            env={**os.environ, "PGDATABASE": copy},
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    finally:
        subprocess.run(["dropdb", "--force", copy], check=True)
    return json.loads(run.stdout), _first_answers(folder / "decisions.csv")


def _write(folder):
    texts = {
        "partners.csv": PARTNERS,
        "open_items.csv": ITEMS,
        "collections.csv": COLLECTIONS,
        "settlements.csv": SETTLEMENTS,
        "truth.csv": TRUTH,
        "statement.xml": _statements(),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


def _statements():
    """Return one statement a day, each of which adds up."""
    days, balance, parts = defaultdict(list), 1000.0, []
    for number, (day, *line) in LINES.items():
        days[day].append((number, *line))
    for day, lines in days.items():
        after = balance + sum(amount for _number, amount, *_rest in lines)
        balances = "".join(
            f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>{amount:.2f}</Amt>"
            f"<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
            for code, amount in (("OPBD", balance), ("CLBD", after))
        )
        entries = "".join(_entry(day, *line) for line in lines)
        parts.append(
            f"<Stmt><Id>S{day}</Id><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id>"
            f"<Ccy>EUR</Ccy></Acct>{balances}{entries}</Stmt>"
        )
        balance = after
    return (
        "<?xml version='1.0' encoding='UTF-8'?>"
        "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.08'><BkToCstmrStmt>"
        "<GrpHdr><MsgId>M</MsgId><CreDtTm>2026-01-09T20:00:00</CreDtTm></GrpHdr>"
        f"{''.join(parts)}</BkToCstmrStmt></Document>"
    )


def _entry(day, number, amount, text, more):
    run = "<Btch><PmtInfId>DD1</PmtInfId><NbOfTxs>1</NbOfTxs></Btch>" if not text else ""
    told = (
        "<TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>"
        f"<Amt Ccy='EUR'>{amount:.2f}</Amt>"
        f"<CdtDbtInd>CRDT</CdtDbtInd>{more}<RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls>"
    )
    return (
        f"<Ntry><NtryRef>L{number:07}</NtryRef><Amt Ccy='EUR'>{amount:.2f}</Amt>"
        "<CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>"
        f"<BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>{day}</Dt></ValDt>"
        f"<AcctSvcrRef>NBL{number:07}</AcctSvcrRef>"
        f"<NtryDtls>{run or told}</NtryDtls></Ntry>"
    )


def _first_answers(path):
    answers = {}
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["rank"] == "1":
                number = int(row["line_id"][1:])
                answer = answers.setdefault(number, (row["action"], {}, row["fee"]))
                if row["item_id"]:
                    answer[1][row["item_id"]] = (row["applied"], row["discount"])
    return answers


def test_every_line_is_decided_once_and_every_document_is_posted_on_its_day(outcome):
    summary, answers = outcome
    assert (summary["mode"], summary["lines"], sorted(answers)) == ("odoo", 7, sorted(LINES))
    assert summary["items"] == 6, "the invoice of the 20th is not issued by the 9th"
    assert summary["auto"] + summary["suggest"] + summary["exception"] == 7
    assert summary["cpu_seconds"] > 0 < summary["queries"]


@pytest.mark.parametrize(
    ("line", "claims", "fee"),
    [
        (1, {"I0000001": ("100.00", "0.00")}, "0.00"),
        (2, {"I0000002": ("150.00", "3.00")}, "0.00"),
        (3, {"I0000004": ("80.00", "0.00")}, "0.00"),
        (5, {"I0000005": ("200.00", "0.00")}, "0.00"),
        (7, {"I0000006": ("95.00", "0.00")}, "10.00"),
    ],
    ids=("exact", "discount", "collected", "paid_before", "ordered_abroad"),
)
def test_what_odoo_holds_of_a_document_is_enough_to_find_it(outcome, line, claims, fee):
    _action, found, told_fee = outcome[1][line]
    assert (found, told_fee) == (claims, fee)


def test_what_pays_nothing_that_is_issued_waits_for_the_accountant(outcome):
    summary, answers = outcome
    for line in (4, 6):
        action, claims, _fee = answers[line]
        assert action != "auto"
        assert not claims
    decided = sum(summary["accountant"].values()) - summary["accountant"].get("reviewed_right", 0)
    assert decided == summary["suggest"] + summary["exception"]
