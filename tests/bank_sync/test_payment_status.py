"""pain.002: what the bank says became of our payments."""

import io
import json
import pathlib
from datetime import date

import pytest

from odoo.addons.bank_sync.core.errors import StatementError
from odoo.addons.bank_sync.core.file_reader import read_statement_file
from odoo.addons.bank_sync.core.payment_status import (
    BatchStatus,
    PaymentStatus,
    PaymentStatusReport,
    StatusReason,
    effective_status,
)
from odoo.addons.bank_sync.core.statement_json import statement_to_json

SAMPLES = pathlib.Path(__file__).parent / "samples" / "fuzz" / "pain.002"


def read(data):
    return read_statement_file(io.BytesIO(data))


def sample(name):
    return (SAMPLES / name).read_bytes()


def report(name):
    file = read(sample(name))
    assert (file.format, file.statements) == ("pain.002", ())
    (one,) = file.payment_statuses
    return one


def test_every_level_says_its_status_and_reason():
    one = report("part.xml")
    assert (one.message_id, one.created) == ("B-1", "2026-03-04T10:00:00+01:00")
    assert (one.original_message_id, one.original_message_name) == ("PAY-1", "pain.001.001.09")
    assert one.status == "PART"
    first, second = one.batches
    assert (first.payment_information_id, first.status) == ("PMT-1", None)
    assert (second.payment_information_id, second.status) == ("PMT-2", "RJCT")
    assert second.reasons == (StatusReason("DT01"),)
    paid, rejected = first.payments
    assert (paid.status, paid.end_to_end_id, paid.instruction_id) == ("ACSC", "E1", "I1")
    assert (paid.amount, paid.currency) == (1230, "EUR")
    assert (paid.execution_date, paid.servicer_reference) == (date(2026, 3, 5), "BANK-1")
    assert (rejected.status, rejected.end_to_end_id) == ("RJCT", "E2")
    assert rejected.reasons == (StatusReason("AC04", ("Closed account",)), StatusReason("X9"))


def test_the_most_detailed_status_holds():
    one = report("part.xml")
    first, second = one.batches
    assert effective_status(one) == "PART"
    assert effective_status(one, first, first.payments[0]) == "ACSC"
    assert effective_status(one, second) == "RJCT"


def test_part_above_says_nothing_of_what_is_below():
    one = PaymentStatusReport(None, None, None, None, "PART")
    batch, payment = BatchStatus("B1", None), PaymentStatus(None)
    assert effective_status(one) == "PART"
    assert effective_status(one, batch) is None
    assert effective_status(one, batch, payment) is None
    assert effective_status(one, BatchStatus("B1", "PART")) == "PART"
    assert effective_status(one, BatchStatus("B1", "PART"), payment) is None


def test_the_first_version_without_batches_is_read():
    one = report("early.xml")
    assert (one.status, one.reasons) == ("RJCT", (StatusReason("AM05", ("Twice",)),))
    (batch,) = one.batches
    assert batch.payment_information_id is None
    assert [payment.end_to_end_id for payment in batch.payments] == ["E3", "E4"]
    assert (batch.payments[0].amount, batch.payments[0].currency) == (100, "JPY")
    assert batch.payments[0].execution_date == date(2026, 3, 6)
    assert effective_status(one, batch, batch.payments[1]) == "RJCT"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"12.30", b"12,30", "bad_amount"),
        (b"2026-03-05", b"2026-02-30", "bad_date"),
        (b"</Document>", b"", "truncated"),
        (b"<Document", b"<!DOCTYPE x><Document", "doctype"),
        (b"CstmrPmtStsRpt", b"Other", "unknown_format"),
    ],
)
def test_a_broken_report_is_refused(old, new, code):
    with pytest.raises(StatementError) as caught:
        read(sample("part.xml").replace(old, new))
    assert caught.value.code == code


def test_a_report_without_any_status_is_refused():
    data = (
        b"<Document><CstmrPmtStsRpt><GrpHdr><MsgId>1</MsgId></GrpHdr></CstmrPmtStsRpt></Document>"
    )
    with pytest.raises(StatementError) as caught:
        read(data)
    assert caught.value.code == "missing"


def test_it_is_read_in_any_encoding_and_with_prefixes():
    text = sample("part.xml").decode().replace("UTF-8", "UTF-16")
    assert read(text.encode("utf-16")).payment_statuses == read(sample("part.xml")).payment_statuses
    prefixed = sample("part.xml").replace(b"xmlns=", b"xmlns:p=").replace(b"</", b"</p:")
    prefixed = prefixed.replace(b"<?", b"\0").replace(b"</p:", b"\1").replace(b"<", b"<p:")
    prefixed = prefixed.replace(b"\1", b"</p:").replace(b"\0", b"<?")
    assert read(prefixed).payment_statuses == read(sample("part.xml")).payment_statuses


def test_it_is_printed_without_statements():
    printed = json.loads("".join(statement_to_json("x", read(sample("part.xml")))))
    assert printed["statements"] == []
    (shown,) = printed["payment_statuses"]
    payment = shown["batches"][0]["payments"][0]
    assert (payment["amount"], payment["execution_date"]) == ("12.30", "2026-03-05")
    assert shown["batches"][0]["payments"][1]["reasons"][0]["code"] == "AC04"


def test_an_archive_of_reports_is_one_file():
    import zipfile  # noqa: PLC0415

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.xml", sample("part.xml"))
        archive.writestr("b.xml", sample("early.xml"))
    assert len(read(buffer.getvalue()).payment_statuses) == 2
