"""Builds small camt files, so that a test shows only what it is about."""

import importlib
import io
from types import SimpleNamespace

import pytest

IBAN = "DE89370400440532013000"
NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:"


def balance(kind, amount, *, indicator="CRDT", day="2026-03-01", currency="EUR", inner=""):
    sign = f"<CdtDbtInd>{indicator}</CdtDbtInd>" if indicator else ""
    code = f"<Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>"
    date = f"<Dt><Dt>{day}</Dt></Dt>" if day else ""
    return f'<Bal>{code}{inner}<Amt Ccy="{currency}">{amount}</Amt>{sign}{date}</Bal>'


def entry(
    amount="10.00",
    *,
    indicator="CRDT",
    booked="<Dt>2026-03-02</Dt>",
    value="",
    status="<Cd>BOOK</Cd>",
    currency="EUR",
    inner="",
    details="",
):
    parts = [f'<Amt Ccy="{currency}">{amount}</Amt>', f"<CdtDbtInd>{indicator}</CdtDbtInd>"]
    parts += [f"<Sts>{status}</Sts>"] if status else []
    parts += [f"<BookgDt>{booked}</BookgDt>"] if booked else []
    parts += [f"<ValDt>{value}</ValDt>"] if value else []
    parts += [inner]
    parts += [f"<NtryDtls>{details}</NtryDtls>"] if details else []
    return f"<Ntry>{''.join(parts)}</Ntry>"


def statement(*children, account=IBAN, currency="EUR", tag="Stmt"):
    identifier = f"<Id><IBAN>{account}</IBAN></Id>" if account else ""
    money = f"<Ccy>{currency}</Ccy>" if currency else ""
    return f"<{tag}><Id>S1</Id><Acct>{identifier}{money}</Acct>{''.join(children)}</{tag}>"


def document(*statements, message="BkToCstmrStmt", version="camt.053.001.08", encoding="UTF-8"):
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>\n'
        f'<Document xmlns="{NAMESPACE}{version}"><{message}><GrpHdr><MsgId>M1</MsgId></GrpHdr>'
        f"{''.join(statements)}</{message}></Document>"
    )
    return text.encode(encoding)


def read(data, **options):
    # Not imported above: pytest loads this file before the top-level conftest.py has made the
    # addons importable.
    camt = importlib.import_module("odoo.addons.bank_sync.core.camt")
    return camt.read_camt(io.BytesIO(data), **options)


@pytest.fixture
def camt():
    """Return the builders of camt elements, and ``read`` and ``one`` to read what they build."""

    def one(*children, **options):
        return read(document(statement(*children, **options))).statements[0]

    def only_entry(*args, **options):
        return one(entry(*args, **options)).entries[0]

    return SimpleNamespace(
        IBAN=IBAN,
        balance=balance,
        document=document,
        entry=entry,
        one=one,
        only_entry=only_entry,
        read=read,
        statement=statement,
    )
