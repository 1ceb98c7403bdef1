"""References that prove themselves, from the publications of who keeps the standards."""

import pytest
from stdnum import iso11649, luhn
from stdnum.be import ogm_vcs
from stdnum.ch import esr

from odoo.addons.bank_sync.core.matching.checked_references import proves_itself
from odoo.addons.bank_sync.core.matching.values import Action, Reason

from .books import decide, item, receipt, stranger

#: As the keepers of the standards and python-stdnum print them; the last three by their rules.
PUBLISHED = {
    "RF": ("RF18539007547034", "RF18 5390 0754 7034"),
    "OGM": ("+++090/9337/55493+++", "090933755493"),
    "QRR": ("210000000003139471430009017", "21 00000 00003 13947 14300 09017"),
    "viite": ("1234561", "123 4561"),
    "KID": ("2345676", "234 5676"),
    "SI": ("SI12 1234567890120", "SI121234567890120"),
}


@pytest.mark.parametrize("reference", [form for forms in PUBLISHED.values() for form in forms])
def test_published_references_prove_themselves(reference):
    assert proves_itself(reference)


@pytest.mark.parametrize("kind", sorted(PUBLISHED))
def test_a_structured_reference_in_its_own_field_books(kind):
    ours, quoted = PUBLISHED[kind]
    invoice = item(references=("INV/2026/00012", ours))
    decision = decide(receipt("", structured=(quoted,)), invoice)
    assert decision.proposals[0].items == (1,)
    assert decision.action is Action.BOOK


@pytest.mark.parametrize("kind", ["RF", "OGM", "QRR"])
def test_a_structured_reference_in_the_text_books(kind):
    ours, quoted = PUBLISHED[kind]
    invoice = item(references=("INV/2026/00012", ours))
    decision = decide(receipt(f"Ref. {quoted} merci"), invoice)
    assert decision.action is Action.BOOK
    assert Reason.STRUCTURED_REFERENCE in decision.proposals[0].reasons


@pytest.mark.parametrize("kind", ["RF", "OGM", "QRR"])
def test_leading_zeros_and_blanks_of_banks_do_not_matter(kind):
    ours, _quoted = PUBLISHED[kind]
    digits = "".join(c for c in ours if c.isalnum())
    invoice = item(references=("INV/2026/00012", ours))
    given = f"000{digits}" if digits.isdigit() else f" {digits.lower()} "
    assert decide(receipt("", structured=(given,)), invoice).proposals[0].items == (1,)


@pytest.mark.parametrize("digit", range(16))
def test_no_single_wrong_digit_of_a_creditor_reference_goes_unseen(digit):
    reference = "RF18539007547034"
    if reference[digit].isdigit():
        wrong = reference[:digit] + str((int(reference[digit]) + 1) % 10) + reference[digit + 1 :]
        assert not iso11649.is_valid(wrong)
        assert not proves_itself(wrong)


def test_every_creditor_and_swiss_reference_the_standards_make_is_known():
    for number in range(1, 400):
        body = f"{number * 7919:021}"
        check = 98 - int(f"{body}271500") % 97
        assert proves_itself(f"RF{check:02}{body}")
        swiss = f"{number * 104_729 * 10**9:026}"
        assert proves_itself(swiss + esr.calc_check_digit(swiss))


def test_every_belgian_and_nordic_reference_is_known():
    for number in range(1, 400):
        body = f"{number * 7_654_321:010}"
        assert proves_itself(f"+++{body}{ogm_vcs.calc_check_digits(body)}+++")
        kid = f"{number * 7_919_317}"
        assert proves_itself(kid + luhn.calc_check_digit(kid))


@pytest.mark.parametrize("text", ["INV/2026/00012", "", "RF", "RF00", "SI", "4711", "ABC", "12"])
def test_what_has_no_check_digits_proves_nothing(text):
    assert not proves_itself(text)


@pytest.mark.parametrize("amount", [4_000, 9_990, 15_000])
def test_a_structured_reference_with_another_amount_still_finds_its_invoice(amount):
    invoice = item(references=("INV/2026/00012", "RF18539007547034"))
    decision = decide(receipt("", amount, structured=("RF18539007547034",)), invoice)
    assert decision.proposals[0].items == (1,)
    assert Reason.STRUCTURED_REFERENCE in decision.proposals[0].reasons


def test_a_field_holds_one_whole_reference_and_nothing_besides():
    invoice = item(references=("INV/2026/00012", "+++090/9337/55493+++"))
    decision = decide(stranger("", structured=("see 090933755493 x",)), invoice)
    assert decision.action is not Action.BOOK


def test_a_reference_that_proves_itself_and_is_not_ours_keeps_everything_from_booking():
    decision = decide(receipt("", structured=("RF18539007547034",)), item())
    assert decision.action is not Action.BOOK
    assert Reason.UNREAD_REFERENCE in decision.proposals[0].reasons
