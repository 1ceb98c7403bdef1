"""``:86:`` of MT940: who paid, why, with which references, in German, Dutch and free texts."""

import io
from decimal import Decimal

import pytest

from odoo.addons.bank_sync.core.file_reader import read_statement_file
from odoo.addons.bank_sync.core.statement import Charge

HEAD = ":20:REF\r\n:25:DE89370400440532013000\r\n:28C:9/1\r\n:60F:C260301EUR100,00\r\n"


def entry(line, *information):
    text = HEAD + "\r\n".join([f":61:{line}", *information, ":62F:C260302EUR110,00", "-", ""])
    (statement,) = read_statement_file(io.BytesIO(text.encode("latin-1"))).statements
    return statement.entries[0]


def test_german_subfields_are_told_apart():
    found = entry(
        "2603020302C10,00NTRFKREF+//B1",
        ":86:166?00SEPA-GUTSCHRIFT?10931?20EREF+INV-2026-0001?21KREF+X?22MREF+M-1?23SVWZ+Rech",
        "nung 77 vom 01.03.?30COBADEFFXXX?31DE75512108001245126199?32ERIKA MUSTER?33MANN",
    )
    assert found.end_to_end_id == "INV-2026-0001"
    assert found.mandate_id == "M-1"
    assert found.counterparty_name == "ERIKA MUSTER MANN"
    assert found.counterparty_account == "DE75512108001245126199"
    assert found.remittance == ("Rechnung 77 vom 01.03.",)
    assert found.bank_transaction_code == "NTRF+166+931"
    assert found.description == "SEPA-GUTSCHRIFT"


def test_a_word_torn_by_full_subfields_is_whole_again():
    text = "EREF+NOTPROVIDED SVWZ+INV/2026/00012 and INV/2026/00013, thank you"
    pieces = [text[start : start + 27] for start in range(0, len(text), 27)]
    subfields = "".join(f"?{20 + number}{piece}" for number, piece in enumerate(pieces))
    found = entry("2603020302C10,00NTRFNONREF", f":86:166{subfields}")
    assert found.end_to_end_id is None
    assert found.remittance == ("INV/2026/00012 and INV/2026/00013, thank you",)


@pytest.mark.parametrize("mark", "?~<^")
def test_other_banks_use_other_marks_for_subfields(mark):
    found = entry(
        "2603020302C10,00NTRFNONREF", f":86:020{mark}00ZLECENIE{mark}20FV 1/2026{mark}32JAN"
    )
    assert (found.remittance, found.counterparty_name) == (("FV 1/2026",), "JAN")


def test_a_question_mark_in_the_text_loses_nothing():
    found = entry("2603020302C10,00NTRFNONREF", ":86:166?00X?20Why? Because?21it is?32A?B")
    assert found.remittance == ("Why? Because", "it is")
    assert found.counterparty_name == "A?B"


def test_dutch_words_are_told_apart():
    found = entry(
        "2603020302C10,00NTRFEREF//B1",
        ":86:/EREF/EV123//MARF/M1//CNTP/NL32INGB0000012345/INGBNL2A/J.Janssen///REMI/USTD//Fac",
        "tuurnr 12/3/",
    )
    assert (found.end_to_end_id, found.mandate_id) == ("EV123", "M1")
    assert found.counterparty_account == "NL32INGB0000012345"
    assert found.counterparty_name == "J.Janssen"
    assert found.remittance == ("Factuurnr 12/3",)


def test_the_name_of_an_ultimate_party_is_not_the_counterparty():
    found = entry(
        "2603020302C10,00NTRFNONREF",
        ":86:/ULTD//NAME/PARENT NV/ORDP//NAME/CHILD BV/REMI/STRD/CUR/RF18539007547034/",
    )
    assert found.counterparty_name == "CHILD BV"
    assert found.creditor_reference == "RF18539007547034"
    assert found.remittance == ()


def test_a_return_has_its_reason_its_original_amount_and_its_charges():
    found = entry(
        "2603020302D12,35NRTIKREF+//B1\r\n/OCMT/USD11,85//CHGS/EUR0,50/",
        ":86:109?00RETOURE?20SVWZ+Rueckgabegrund: AC04",
    )
    assert (found.original_amount, found.original_currency) == (-1185, "USD")
    assert found.charges == (Charge(50, "EUR", None),)
    assert found.return_reason == "AC04"
    included = entry(
        "2603020302D12,35NRTIKREF+", ":86:109?00RETOURE?20OAMT+11,85 COAM+0,50 SVWZ+back"
    )
    assert (included.original_amount, included.charges) == (None, (Charge(50, "EUR", True),))
    dutch = entry("2603020302C10,00NRTINONREF", ":86:/RTRN/MS03//REMI/USTD//x/EXCH/1,0832/")
    assert (dutch.return_reason, dutch.exchange_rate) == ("MS03", Decimal("1.0832"))


@pytest.mark.parametrize("written", ["JPY0,50", "EUR1.2.3", "ABC"])
def test_what_is_no_part_of_a_balance_refuses_no_file(written):
    found = entry(
        f"2603020302D12,35NRTIKREF+//B1\r\n/OCMT/{written}//CHGS/{written}/EXCH/{written}/",
        ":86:x",
    )
    assert (found.amount, found.original_amount, found.charges) == (-1235, None, ())
    assert found.exchange_rate is None


def test_the_german_key_of_a_return_is_its_reason_where_none_is_named():
    back = ":86:109?00RUECKBELASTUNG?20EREF+E1?21SVWZ+ENTG.10,50?32MAX?34912"
    assert entry("2603020302D12,35NRTIKREF+", back).return_reason == "912"
    named = back.replace("ENTG.", "Rueckgabegrund AC04 ENTG.")
    assert entry("2603020302D12,35NRTIKREF+", named).return_reason == "AC04"
    paid = ":86:166?20SVWZ+x?34997"
    assert entry("2603020302C12,35NTRFNONREF", paid).return_reason is None


def test_a_belgian_communication_is_a_reference():
    found = entry("2603020302C10,00NTRFNONREF", ":86:PAID +++090/9337/55493+++ THANKS")
    assert found.creditor_reference == "090933755493"
    assert found.remittance == ("PAID +++090/9337/55493+++ THANKS",)
