"""Files that are broken, or made to break something: refused whole, with a code and a place."""

import io
import socket

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.bank_sync.core.camt import Limits, read_camt
from odoo.addons.bank_sync.core.errors import SENTENCES, StatementError


def refusal(data, **limits):
    with pytest.raises(StatementError) as caught:
        read_camt(io.BytesIO(data), limits=Limits(**limits))
    assert "\n" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        ("1.234,56", "bad_amount"), ("1e3", "bad_amount"), ("ten", "bad_amount"),
        ("NaN", "bad_amount"), ("", "missing"), ("-10.00", "negative_amount"),
        ("1.001", "amount_precision"), ("9" * 19, "bad_amount"),
    ],
)  # fmt: skip
def test_an_amount_that_is_not_exact_is_refused_with_its_place(camt, amount, code):
    data = camt.document(camt.statement(camt.entry(), camt.entry(amount)))
    error = refusal(data)
    assert (error.code, error.place) == (code, "Stmt[1]/Ntry[2]/Amt")


@pytest.mark.parametrize(
    "day", ["2026-02-30", "2026-13-01", "0000-01-01", "02.03.2026", "20260302", "2026-03-02Tx"]
)
def test_a_day_that_does_not_exist_is_refused(camt, day):
    error = refusal(camt.document(camt.statement(camt.entry(booked=f"<Dt>{day}</Dt>"))))
    assert (error.code, error.place) == ("bad_date", "Stmt[1]/Ntry[1]/BookgDt/Dt")


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ("CRDT", "CREDIT", "bad_direction", "Stmt[1]/Ntry[1]/CdtDbtInd"),
        ("<CdtDbtInd>CRDT</CdtDbtInd>", "", "missing", "Stmt[1]/Ntry[1]/CdtDbtInd"),
        ("</CdtDbtInd>", "</CdtDbtInd><CdtDbtInd>DBIT</CdtDbtInd>", "repeated",
         "Stmt[1]/Ntry[1]/CdtDbtInd"),
        ("</Amt>", '</Amt><Amt Ccy="EUR">1.00</Amt>', "repeated", "Stmt[1]/Ntry[1]/Amt"),
        ("<Sts>", "<RvslInd>maybe</RvslInd><Sts>", "bad_indicator", "Stmt[1]/Ntry[1]/RvslInd"),
        ('"EUR"', '"Euro"', "bad_currency", "Stmt[1]/Ntry[1]/Amt"),
        ('<Amt Ccy="EUR">10.00</Amt>', "", "missing", "Stmt[1]/Ntry[1]/Amt"),
    ],
)  # fmt: skip
def test_money_is_never_guessed(camt, old, new, code, place):
    data = camt.document(camt.statement(camt.entry())).decode().replace(old, new)
    error = refusal(data.encode())
    assert (error.code, error.place) == (code, place)


def test_a_detail_is_refused_with_the_path_to_it(camt):
    good = '<TxDtls><Amt Ccy="EUR">1.5</Amt></TxDtls>'
    bad = good.replace("1.5", "1,5")
    error = refusal(camt.document(camt.statement(camt.entry(details=good + bad))))
    assert error.place == "Stmt[1]/Ntry[1]/NtryDtls[1]/TxDtls[2]/Amt"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (b"%PDF-1.7 not really", "not_xml"),
        (b":20:STARTUMS\r\n:25:12345", "not_xml"),
        (b"\x00" * 100, "not_xml"),
        (b"<html><body>Log in</body></html>", "not_camt"),
        (b"<html><br></html>", "xml_broken"),
        (b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"/>', "not_camt"),
        (b"<Document><BkToCstmrStmt><GrpHdr/></BkToCstmrStmt></Document>", "no_statement"),
        (b"<Document><BkToCstmr", "truncated"),
        (b'<?xml version="1.0" encoding="klingon"?><Document/>', "encoding"),
        (b'<?xml version="1.0" encoding="shift-jis"?><Document/>', "encoding"),
    ],
)
def test_what_is_no_statement_is_refused_by_name(data, code):
    assert refusal(data).code == code


def test_two_kinds_of_message_in_one_file_are_refused(camt):
    one = camt.document(camt.statement()).split(b"\n", 1)[1]
    two = one.replace(b"BkToCstmrStmt", b"BkToCstmrAcctRpt").replace(b"Stmt>", b"Rpt>")
    assert refusal(b"<E>" + one + two + b"</E>").code == "mixed_messages"


def test_a_truncated_file_gives_nothing_wherever_it_is_cut(camt):
    data = camt.document(camt.statement(camt.balance("OPBD", "1.00"), *[camt.entry()] * 3))
    for length in range(1, len(data) - 1):
        assert refusal(data[:length]).code in {"truncated", "not_xml"}


def test_the_line_and_column_of_broken_xml_are_told(camt):
    data = camt.document(camt.statement("\n", camt.entry(inner="<A></B>")))
    error = refusal(data)
    assert error.code == "xml_broken"
    assert error.place.startswith("line 3, column ")


def test_control_characters_are_refused(camt):
    error = refusal(camt.document(camt.statement(camt.entry(inner="<A>\x0b</A>"))))
    assert (error.code, "0x0B" in str(error)) == ("xml_broken", True)


@pytest.mark.parametrize("before", [0, 100_000])
def test_text_in_another_encoding_than_declared_is_refused_not_garbled(camt, before):
    inner = f"<A>{'x' * before}</A><AddtlNtryInf>Größe</AddtlNtryInf>"
    data = camt.document(camt.statement(camt.entry(inner=inner))).decode().encode("latin-1")
    assert refusal(data).code == "encoding"


DOCTYPES = {
    "a plain one": ("<!DOCTYPE Document>", "doctype"),
    "a remote one": ('<!DOCTYPE Document SYSTEM "http://127.0.0.1:9/x.dtd">', "doctype"),
    "an entity": ('<!DOCTYPE Document [<!ENTITY x "y">]>', "entity"),
    "a file": ('<!DOCTYPE D [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "entity"),
    "a parameter": ('<!DOCTYPE D [<!ENTITY % x SYSTEM "http://127.0.0.1:9/">%x;]>', "entity"),
}


@pytest.mark.parametrize("name", DOCTYPES)
def test_a_doctype_is_refused_unread(camt, name, monkeypatch):
    monkeypatch.setattr(socket, "socket", _no_network)
    doctype, code = DOCTYPES[name]
    data = camt.document(camt.statement(camt.entry(inner="<AddtlNtryInf>&x;</AddtlNtryInf>")))
    assert refusal(data.replace(b"?>\n", b"?>" + doctype.encode())).code == code


def test_entities_cannot_multiply(camt):
    bomb = '<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(20)
    )
    data = camt.document(camt.statement(camt.entry(inner="<A>&u;</A>")))
    assert refusal(data.replace(b"?>\n", f"?><!DOCTYPE D [{bomb}]>".encode())).code == "entity"


def test_a_remote_stylesheet_and_schema_are_never_fetched(camt, monkeypatch):
    monkeypatch.setattr(socket, "socket", _no_network)
    data = camt.document(camt.statement(camt.entry()))
    data = data.replace(
        b"?>\n", b'?><?xml-stylesheet type="text/xsl" href="http://127.0.0.1:9/s.xsl"?>'
    ).replace(
        b"<Document ",
        b'<Document xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        b'xsi:schemaLocation="x http://127.0.0.1:9/s.xsd" ',
    )
    assert len(camt.read(data).statements[0].entries) == 1


def _no_network(*_args, **_options):
    raise AssertionError("reading a file opened a socket")


def test_deep_elements_are_read_up_to_the_limit_and_refused_beyond(camt):
    def nested(levels):
        inner = "<A>" * levels + "</A>" * levels
        return camt.document(camt.statement(camt.entry(inner=inner)))

    assert camt.read(nested(200)).statements[0].entries[0].amount == 1000
    assert camt.read(nested(508)).statements[0].entries[0].amount == 1000  # 512 with its parents
    assert refusal(nested(509)).code == "too_deep"
    assert refusal(b"<A>" * 200_000).code == "too_deep"


def test_sizes_are_bounded(camt):
    data = camt.document(camt.statement(camt.entry(inner=f"<A>{'x' * 5000}</A>")))
    assert refusal(data, max_bytes=4000, chunk_bytes=1000).code == "too_large"
    assert refusal(data, max_entry_bytes=2000, chunk_bytes=500).code == "too_large"
    many = camt.document(camt.statement(*[camt.entry()] * 50))
    limits = Limits(max_entry_bytes=2000, chunk_bytes=500)
    assert len(read_camt(io.BytesIO(many), limits=limits).statements[0].entries) == 50
    assert refusal(b"<A>" + b"<B/>" * 1000, max_header_bytes=2000, chunk_bytes=500).code == (
        "not_camt"
    )


def test_texts_meant_for_other_programs_stay_text(camt):
    texts = ("=cmd|'/C calc'!A0", "<script>alert(1)</script>", "{{7*7}}", "'; DROP TABLE x;--")
    escaped = "".join(f"<Ustrd>{t.replace('<', '&lt;')}</Ustrd>" for t in texts)
    entry = camt.only_entry(details=f"<TxDtls><RmtInf>{escaped}</RmtInf></TxDtls>")
    assert entry.remittance == texts


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data):
    refusal(data)


_NAMES = """
    Ntry Bal Acct Id IBAN Othr Amt CdtDbtInd Sts Cd BookgDt Dt DtTm NtryDtls TxDtls Refs RltdPties
    Dbtr DbtrAcct Nm Pty RmtInf Ustrd Strd CdtrRefInf Ref BkTxCd Domn Fmly Tp Ccy CdOrPrtry AmtDtls
    TxAmt RtrInf Rsn RvslInd TxsSummry TtlNtries NbOfNtries
"""
_names = st.sampled_from(_NAMES.split())
_texts = st.sampled_from(["", "1", "10.00", "CRDT", "BOOK", "EUR", "2026-03-02", "true", "x"])


@st.composite
def _elements(draw, depth=0):
    name = draw(_names)
    attribute = draw(st.sampled_from(["", ' Ccy="EUR"', ' Ccy=""', ' x="y"']))
    children = draw(st.lists(_elements(depth + 1), max_size=4)) if depth < 4 else []
    return f"<{name}{attribute}>{draw(_texts)}{''.join(children)}</{name}>"


@settings(max_examples=max(20, settings.default.max_examples // 3))
@given(st.lists(_elements(), max_size=4))
def test_elements_in_any_disorder_are_read_or_refused(elements):
    data = f"<Document><BkToCstmrStmt><Stmt>{''.join(elements)}</Stmt></BkToCstmrStmt></Document>"
    code = None
    try:
        read_camt(io.BytesIO(data.encode()))
    except StatementError as error:
        code = error.code
    assert code is None or code in SENTENCES
