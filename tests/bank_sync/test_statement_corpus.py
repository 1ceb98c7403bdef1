"""Every file of the statement corpus gives the figures of its manifest, or is refused.

All formats, the hostile files included; where we say otherwise than the manifest, it stands below
with the reason. The corpus is not part of the repository: STATEMENT_CORPUS_DIR names its folder.
"""

import csv
import io
import os
import pathlib
from decimal import Decimal

import pytest

from odoo.addons.bank_sync.core.errors import StatementError
from odoo.addons.bank_sync.core.file_reader import read_statement_file
from odoo.addons.bank_sync.core.money import to_decimal_text
from odoo.addons.bank_sync.core.proof import prove_statement

CORPUS = os.environ.get("STATEMENT_CORPUS_DIR")
#: Files whose figures we cannot give, because refusing them is the safe answer.
REFUSED_ON_PURPOSE = {
    # Which encoding the bank meant cannot be told; a guess could garble names. The manifest
    # allows a clean refusal.
    "hostile/self__camt053_declared_utf8_is_latin1.xml": "encoding",
    # Investment accounts: what they call bank transactions moves no bank account of ours, and
    # readers disagree whether there is a statement at all.
    "ofx/ofxparse__fidelity-savings.ofx": "investment_only",
    "ofx/ofxparse__investment_medium.ofx": "investment_only",
}
#: Figures that we give otherwise: path -> columns and the proof we hold against the manifest's.
OTHERWISE = {
    # Entries of a foreign currency are no part of the balance; the manifest adds them to it.
    "hostile/self__camt053_entry_other_currency.xml": {"adds_up": "yes"},
    # A closing balance without currency, "C020315105000,00": its readers took 105 for the
    # currency and 000,00 for the amount. Read as 105000,00 all three statements prove.
    "mt940/wolph-mt940__self-provided_raphaelm.sta": {
        "closing_balance": "105000.00|145000.00|95000.00",
        "adds_up": "yes",
    },
    # Without movements CODA leaves out the new balance: the old one stands, and is proved.
    "coda/febelfin__CODA-empty.txt": {"adds_up": "yes"},
}
#: Manifest word for "opening + entries is closing" -> what the proofs may say.
ADDS_UP = {
    "yes": lambda outcomes: "failed" not in outcomes and "proved" in outcomes,
    "no": lambda outcomes: "failed" in outcomes,
    "na": lambda outcomes: set(outcomes) <= {"unproven"},
}


def _rows():
    if not CORPUS:
        return []
    with open(pathlib.Path(CORPUS) / "MANIFEST.csv", encoding="utf-8", newline="") as manifest:
        return list(csv.DictReader(manifest))


ROWS = _rows()
GOOD = [row for row in ROWS if row["expect"] != "reject" and row["path"] not in REFUSED_ON_PURPOSE]
BAD = [(row["path"], None) for row in ROWS if row["expect"] == "reject"]
BAD += [item for item in REFUSED_ON_PURPOSE.items() if item[0] in {row["path"] for row in ROWS}]

needs_corpus = pytest.mark.skipif(
    not ROWS, reason="STATEMENT_CORPUS_DIR is not set: the statement corpus was NOT tested"
)


def _read(path):
    return read_statement_file(io.BytesIO((pathlib.Path(CORPUS) / path).read_bytes()))


def _text(minor, currency):
    return "" if minor is None else to_decimal_text(minor, currency)


def _sums(entries):
    """Return number, credits and debits as the manifest does: figures, whatever the currency."""
    amounts = [Decimal(to_decimal_text(entry.amount, entry.currency)) for entry in entries]
    credits_ = sum((amount for amount in amounts if amount > 0), Decimal())
    debits = -sum((amount for amount in amounts if amount < 0), Decimal())
    return Decimal(len(amounts)), credits_, debits


def _figures(file):
    statements = file.statements
    entries = [entry for statement in statements for entry in statement.entries]
    _count, credits_, debits = _sums(entries)
    return {
        "version": file.version or "",
        "statements": str(len(statements)),
        "entries": str(len(entries)),
        "tx_details": str(sum(len(entry.details) for entry in entries)),
        "account_id": "|".join(s.account_text or s.account or "" for s in statements),
        "currency": "|".join(statement.currency or "" for statement in statements),
        "opening_balance": "|".join(_text(s.opening, s.currency) for s in statements),
        "closing_balance": "|".join(_text(s.closing, s.currency) for s in statements),
        "sum_credits": str(credits_),
        "sum_debits": str(debits),
        "per_statement": "|".join(":".join(map(str, _sums(s.entries))) for s in statements),
    }


def _comparable(column, value):
    """Return numbers as numbers, so that 1.5 is 1.50."""
    if column in ("account_id", "currency", "version"):
        return value
    return [
        [Decimal(number) if number else None for number in part.split(":")]
        for part in value.split("|")
    ]


def _wanted(row):
    wanted = {**row, **OTHERWISE.get(row["path"], {})}
    wanted["version"] = row["version"] if row["version"].startswith("camt.") else ""
    return wanted


def _without_blanks(account):
    return "".join(account.split())


def test_the_corpus_is_the_whole_one():
    if ROWS:
        assert len(ROWS) == len({row["path"] for row in ROWS}) > 170
        known = {row["path"] for row in ROWS}
        assert not {*REFUSED_ON_PURPOSE, *OTHERWISE} - known


@needs_corpus
@pytest.mark.parametrize("row", GOOD or [None], ids=lambda row: row and row["path"])
def test_a_bank_file_gives_the_figures_of_the_manifest(row):
    row = _wanted(row)
    file = _read(row["path"])
    figures = _figures(file)
    figures["account_id"] = _without_blanks(figures["account_id"])
    wanted = {column: row[column] for column in figures if row[column] not in ("", "zip")}
    got = {column: figures[column] for column in wanted}
    assert {c: _comparable(c, got[c]) for c in wanted} == {
        c: _comparable(c, wanted[c]) for c in wanted
    }
    outcomes = [prove_statement(statement).status for statement in file.statements]
    assert ADDS_UP[row["adds_up"]](outcomes)


@needs_corpus
@pytest.mark.parametrize("row", GOOD or [None], ids=lambda row: row and row["path"])
def test_nothing_in_a_text_could_not_be_stored(row):
    """PostgreSQL takes no NUL; other control characters only hide what a text says."""
    texts = [
        value
        for statement in _read(row["path"]).statements
        for entry in statement.entries
        for source in (entry, *entry.details)
        for value in (source.counterparty_name, source.end_to_end_id, *source.remittance)
        if value
    ]
    assert not [
        text for text in texts if any(ord(char) < 32 and char not in "\n\t" for char in text)
    ]
    lost = "\N{REPLACEMENT CHARACTER}"
    if lost.encode() not in (pathlib.Path(CORPUS) / row["path"]).read_bytes():
        assert not [text for text in texts if lost in text]


@needs_corpus
@pytest.mark.parametrize(("path", "code"), BAD or [(None, None)])
def test_a_bad_file_is_refused_with_one_clear_sentence(path, code):
    with pytest.raises(StatementError) as caught:
        _read(path)
    assert code is None or caught.value.code == code
    assert len(str(caught.value).splitlines()) == 1
