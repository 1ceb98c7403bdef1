"""From bank to ledger: whatever happened, the parts add up, and nothing is hidden in them."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.bank_sync.core.reconciliation_statement import (
    Movement,
    Part,
    Position,
    Source,
    Total,
    explain_shortfall,
    part_of,
    reconcile,
)

DAY = date(2026, 3, 31)
amounts = st.integers(-(10**12), 10**12)
days = st.integers(-40, 40).map(lambda number: DAY + timedelta(number))

#: What may happen to one movement of money: amount, day at the bank, accounting day, what it is.
events = st.tuples(
    amounts.filter(bool),
    days,
    days,
    st.sampled_from(["line", "no line", "removed", "by hand", "item"]),
)


def _world(happened, balance_day):
    """Play what happened, and return the bank's balance, the ledger's and the movements.

    The figures of both sides are counted apart from the movements.
    """
    bank = ledger = 0
    movements = []
    for amount, bank_day, ledger_day, what in happened:
        in_bank = what in {"line", "no line"} and bank_day <= balance_day
        in_ledger = what != "no line" and ledger_day <= DAY
        bank += amount if in_bank else 0
        ledger += amount if in_ledger else 0
        source = {"by hand": Source.LINE, "item": Source.ITEM}.get(what, Source.ENTRY)
        told, booked = amount * in_bank, amount * in_ledger
        movements.append(
            Movement(
                source,
                told,
                booked,
                in_bank=in_bank,
                differs=told != booked,
                stands=what != "removed",
                has_line=what != "no line",
            )
        )
    return bank, ledger, movements


@given(st.lists(events, max_size=30), amounts, days.filter(lambda day: day <= DAY))
def test_whatever_happened_is_explained_to_the_cent(happened, before, balance_day):
    bank, ledger, movements = _world(happened, balance_day)
    way = reconcile(before + bank, ledger, movements, before=before)
    assert way.unexplained == 0
    assert sum(total.amount for total in way.parts.values()) == ledger - (before + bank)


@given(st.lists(events, max_size=30), amounts, amounts, amounts)
def test_parts_and_what_is_unexplained_are_the_whole_difference(happened, before, bank, ledger):
    """Whatever figures bank and ledger show, however little they have to do with the movements."""
    _bank, _ledger, movements = _world(happened, DAY)
    way = reconcile(bank, ledger, movements, before=before)
    parts = sum(total.amount for total in way.parts.values())
    assert bank + parts + way.unexplained == ledger


@given(st.lists(events, max_size=30), amounts.filter(bool))
def test_a_cent_nobody_told_is_unexplained_and_in_no_part(happened, lost):
    bank, ledger, movements = _world(happened, DAY)
    honest = reconcile(bank, ledger, movements)
    assert reconcile(bank + lost, ledger, movements).unexplained == -lost
    assert reconcile(bank, ledger + lost, movements).unexplained == lost
    assert reconcile(bank + lost, ledger, movements).parts == honest.parts


@given(st.lists(events, max_size=30), amounts.filter(bool))
def test_a_missing_statement_explains_what_it_must_have_booked(happened, lost):
    bank, ledger, movements = _world(happened, DAY)
    way = reconcile(bank + lost, ledger, movements, missing={Part.GAP: Total(lost, 2)})
    assert way.parts[Part.GAP] == Total(-lost, 2)
    assert way.unexplained == 0


@given(st.lists(events, max_size=30), amounts.filter(bool))
def test_a_gap_that_was_filled_meanwhile_is_none(happened, gap):
    bank, ledger, movements = _world(happened, DAY)
    way = reconcile(bank, ledger, movements, missing={Part.GAP: Total(gap, 1)})
    assert Part.GAP not in way.parts
    assert way.unexplained == 0


@given(st.lists(events, max_size=30))
def test_movements_added_up_before_give_the_same_way(happened):
    """The database adds up what is of one sort; the parts are the same as one by one."""
    bank, ledger, movements = _world(happened, DAY)
    sums = {}
    for one in movements:
        key = (one.source, one.in_bank, one.differs, one.stands, one.has_line)
        told, booked, count = sums.get(key, (0, 0, 0))
        sums[key] = (told + one.told, booked + one.booked, count + 1)
    added = [
        Movement(source, told, booked, in_bank, differs, stands, has_line, count=count)
        for (source, in_bank, differs, stands, has_line), (told, booked, count) in sums.items()
    ]
    assert reconcile(bank, ledger, added) == reconcile(bank, ledger, movements)


def test_two_that_cancel_out_are_still_named():
    """+5 and -5 at the bank, no line of either: no amount, but two things to settle."""
    both = Movement(Source.ENTRY, 0, 0, in_bank=True, has_line=False, count=2)
    assert reconcile(0, 0, [both]).parts == {Part.UNBOOKED: Total(0, 2)}


def test_without_a_balance_of_the_bank_nothing_is_compared():
    way = reconcile(None, 700, [Movement(Source.ITEM, 0, 700, in_bank=False)])
    assert (way.bank, way.ledger, way.unexplained, dict(way.parts)) == (None, 700, None, {})


def test_a_line_without_entry_is_by_hand_only_where_we_hold_the_banks_books():
    line = {"told": 0, "booked": 5, "in_bank": False}
    assert part_of(Movement(Source.LINE, **line)) is Part.BY_HAND
    assert part_of(Movement(Source.LINE, **line, mirrored=False)) is Part.SINCE


def test_what_explains_only_part_of_a_shortfall_is_named_and_the_rest_is_loud():
    missing = {Part.GAP: Total(200, 1), Part.DOUBTFUL: Total(30, 1)}
    assert explain_shortfall(230, missing) == (Part.GAP, Part.DOUBTFUL)
    way = reconcile(1000, 0, [], missing=missing, before=500)
    assert way.parts[Part.GAP].amount == -200
    assert way.unexplained == -300


@given(amounts, amounts, amounts, amounts)
def test_own_records_are_the_ledger_without_what_waits_and_with_what_is_on_its_way(
    ledger, unmatched, receipts, payments
):
    position = Position(ledger, unmatched, receipts, payments)
    assert position.own + unmatched - receipts - payments == ledger
