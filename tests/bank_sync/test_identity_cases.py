"""Failure cases of identity, numbered: what must come out whatever the bank does."""

import pathlib
import sys
from datetime import date, timedelta

import pytest

from odoo.addons.bank_sync.core.identity import Coverage, KnownEntry, reconcile_window
from odoo.addons.bank_sync.core.reversal import pair_reversals
from odoo.addons.bank_sync.core.statement import Entry

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from identity_simulation import simulate

DAY = date(2026, 3, 10)


def entry(amount=-450, text="COFFEE", day=DAY, **fields):
    return Entry(day, day, amount, "EUR", remittance=(text,), **fields)


def read(rows, *seen, trust_ids=True, kind="whole"):
    """Carry out one reading and return the rows and the plan."""
    plan = reconcile_window([*rows.values()], seen, Coverage(kind), trust_ids=trust_ids)
    laid = [*plan.matched, *plan.changed, *((one.key, one.index) for one in plan.presumed)]
    rows = {
        **rows,
        **{key: KnownEntry(key, seen[index]) for key, index in laid},
    }
    for new in plan.added:
        rows[len(rows) + 1] = KnownEntry(len(rows) + 1, seen[new.index])
    return rows, plan


@pytest.mark.parametrize("profile", ["no ids", "blank ids", "ids per session", "one id for many"])
def test_case_051_no_id_to_rely_on_and_nothing_twice_after_a_month(profile):
    result = simulate(51, profile)
    assert not result.wrong_books
    assert not result.wrong_links
    assert not result.flags


@pytest.mark.parametrize("blank", ["", " ", "\t", None])
def test_case_052_a_blank_id_is_no_id(blank):
    seen = [entry(entry_reference=blank), entry(entry_reference=blank)]
    rows, plan = read({}, *seen)
    assert (len(rows), plan.untrusted_ids) == (2, frozenset())
    assert len(read(rows, *seen)[0]) == 2


def test_case_053_an_id_used_again_loses_all_trust_and_no_entry():
    rows, plan = read({}, entry(-1, "a", entry_reference="9998"))
    rows, plan = read(
        rows, entry(-1, "a", entry_reference="9998"), entry(-2, "b", entry_reference="9998")
    )
    assert (len(rows), plan.untrusted_ids) == (2, {"9998"})


def test_case_054_ids_made_up_for_every_session_bring_nothing_twice():
    rows = {}
    for session in range(30):
        seen = [entry(entry_reference=f"{session}-{number}") for number in range(2)]
        rows, _plan = read(rows, *seen)
    assert len(rows) == 2


def test_case_055_two_bookings_alike_in_everything_are_two():
    rows, _plan = read({}, entry(), entry())
    assert len(rows) == 2
    rows, plan = read(rows, entry(), entry(), entry())
    assert [new.index for new in plan.added] == [2]


def test_case_056_one_element_twice_on_the_wire_is_one():
    rows, plan = read({}, entry(entry_reference="T1"), entry(entry_reference="T1"))
    assert (len(rows), plan.repeated) == (1, (1,))


@pytest.mark.parametrize("identifier", ["T1", None])
def test_case_057_a_text_that_changes_after_settlement_is_one_entry(identifier):
    rows, _plan = read({}, entry(text="COFFEE", entry_reference=identifier))
    rows, plan = read(rows, entry(text="COFFEE SHOP BERLIN", entry_reference=identifier))
    assert (len(rows), plan.added, plan.missing) == (1, (), ())
    assert rows[1].entry.remittance == ("COFFEE SHOP BERLIN",)


@pytest.mark.parametrize("days", [-3, -2, -1, 1, 2, 3])
def test_case_058_a_booking_date_that_moves_is_one_entry(days):
    rows, _plan = read({}, entry(text="RENT"))
    rows, plan = read(rows, entry(text="RENT", day=DAY + timedelta(days)))
    assert (len(rows), plan.added, plan.missing) == (1, (), ())


@pytest.mark.parametrize("kind", ["proved", "told", "whole"])
def test_case_060_the_banks_reference_makes_file_and_interface_one(kind):
    rows, _plan = read({}, entry(text="POS 4711", entry_reference="2026-000123"))
    told = entry(text="COFFEE", servicer_reference="2026-000123", entry_reference="1")
    rows, plan = read(rows, told, trust_ids=False, kind=kind)
    assert (len(rows), plan.doubtful, plan.presumed) == (1, (), ())


def test_case_060_without_a_reference_the_content_makes_them_one():
    rows, _plan = read({}, entry(text="Rent  may", entry_reference="A"))
    rows, plan = read(
        rows, entry(text="RENT MAY", entry_reference="7"), trust_ids=False, kind="told"
    )
    assert (len(rows), plan.doubtful) == (1, ())


def test_case_067_a_reversal_is_linked_to_what_it_takes_back():
    paid, other = entry(-1000, "RENT", end_to_end_id="E1"), entry(-1000, "RENT", end_to_end_id="E2")
    back = entry(1000, "RETURNED", DAY + timedelta(40), end_to_end_id="E2", reversal=True)
    assert pair_reversals({9: back}, {1: paid, 2: other}) == {9: 2}
    assert pair_reversals({9: entry(1000, "x", reversal=True)}, {1: paid}) == {}


def test_case_067_each_entry_is_taken_back_once():
    known = {1: entry(-1000, "RENT"), 2: entry(-1000, "RENT")}
    backs = {number: entry(1000, "RENT", reversal=True) for number in (7, 8, 9)}
    pairs = pair_reversals(backs, known)
    assert sorted(pairs.values()) == [1, 2]


def test_case_068_a_correction_booked_as_a_pair_keeps_both_and_shows_them():
    wrong, back, right = entry(-1000, "FEE"), entry(1000, "FEE"), entry(-100, "FEE")
    rows, _plan = read({}, wrong, back, right)
    assert len(rows) == 3
    assert pair_reversals({2: back, 3: right}, {1: wrong}) == {2: 1}
    late = entry(1000, "FEE", DAY + timedelta(30))
    assert pair_reversals({2: late}, {1: wrong}) == {}, "unmarked and a month later: another one"


@pytest.mark.parametrize(
    "start",
    [
        date(2028, 2, 20),  # 29 February
        date(2026, 12, 20),  # year end, and a year of 53 weeks
        date(2026, 3, 20),  # the night clocks go forward
        date(2026, 10, 15),  # and back
    ],
)
@pytest.mark.parametrize("profile", ["no ids", "days move", "everything, no ids"])
def test_case_072_no_day_of_the_calendar_loses_or_doubles_an_entry(start, profile):
    result = simulate(72, profile, start=start)
    assert not result.wrong_books
    assert not result.wrong_links
