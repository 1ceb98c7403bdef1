"""The index of open items: what goes in and out again leaves no trace."""

from datetime import date, timedelta
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.bank_sync.core.matching.ledger import MIN_TO_COMPARE, Ledger

from .books import DAY, item

KEYS = st.integers(1, 6)
STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "remove", "settle", "forget"]), KEYS), max_size=25
)
INDEXES = ("by_amount", "by_partner", "by_sequence", "_by_form", "_by_order",
           "_settled_by_form", "_settled_by_amount")  # fmt: skip


def some(key, residual=None):
    """Return an item whose amount, number and order others share."""
    return item(
        key,
        residual or 1_000 * (key % 2 + 1),
        f"INV/2026/{key % 4 + 10:05}",
        orders=(f"45000{key % 3}",),
        discount_residual=900 if key % 2 else None,
        partner=key % 3 or None,
    )


def indexes(ledger):
    """Return every index without the order in which things came in."""
    return {
        name: {place: sorted(keys) for place, keys in getattr(ledger, name).items()}
        for name in INDEXES
    }


@settings(max_examples=100, deadline=None)
@given(STEPS)
def test_after_any_changes_the_indexes_are_those_of_what_is_left(steps):
    ledger = Ledger()
    for step, key in steps:
        if step == "add":
            ledger.add(some(key))
        elif step == "remove" and key in ledger.items:
            assert ledger.remove(key) == some(key)
        elif step == "settle" and key in ledger.items:
            ledger.settle(key, DAY + timedelta(days=key))
        elif step == "forget":
            ledger.forget_settled_before(DAY + timedelta(days=key))
        for partner in (1, 2):
            mine = [one for one in ledger.items.values() if one.partner == partner]
            assert ledger.of_partner(partner) == sorted(mine, key=lambda one: one.key)
        for amount in (1_000, 2_000):
            same = [one.key for one in ledger.items.values() if one.residual == amount]
            assert [one.key for one in ledger.of_amount("EUR", amount)] == sorted(same)
    fresh = Ledger(ledger.items.values())
    for known in ledger.settled.values():
        fresh.add_settled(known.item, known.day)
    assert indexes(ledger) == indexes(fresh)
    assert not ledger.items.keys() & ledger.settled.keys()


def test_an_item_that_is_there_is_replaced():
    ledger = Ledger([some(1)])
    ledger.add(some(1, 777))
    assert [one.residual for one in ledger.of_partner(1)] == [777]
    assert indexes(ledger) == indexes(Ledger([some(1, 777)]))


def test_what_was_settled_is_forgotten_from_the_day_on_inclusive():
    ledger = Ledger([some(1)])
    ledger.settle(1, DAY)
    ledger.forget_settled_before(DAY)
    assert ledger.settled_quoted("INV202600011") == (1,)
    ledger.forget_settled_before(DAY + timedelta(days=1))
    assert ledger.settled_quoted("INV202600011") == ()


def test_the_oldest_comes_first_and_what_has_no_date_last():
    days = (None, date(2026, 5, 1), date(2026, 3, 1))
    ledger = Ledger([item(key, due_date=day) for key, day in enumerate(days, start=1)])
    assert [one.key for one in ledger.of_partner(5)] == [3, 2, 1]


def test_what_comes_first_does_not_depend_on_what_came_in_first():
    shared = [
        item(key, 500, "2026-77", due_date=DAY + timedelta(days=days), orders=("PO-4711",))
        for key, days in ((1, 5), (2, 0), (3, 9), (4, 0))
    ]
    for order in permutations(shared):
        ledger = Ledger()
        for one in order:
            ledger.add(one)
        asked = [one.key for one in ledger.of_amount("EUR", 500)]
        ledger.add(ledger.remove(2))
        ledger.add(ledger.remove(1))
        assert ledger.quoted("202677") == ledger.ordered("PO4711") == (2, 4, 1, 3)
        assert next(iter(ledger.by_sequence.values())) == (2, 4, 1, 3)
        assert asked == [one.key for one in ledger.of_amount("EUR", 500)] == [2, 4, 1, 3]


def test_few_items_do_not_tell_what_is_large():
    few = [item(key, key * 100) for key in range(1, MIN_TO_COMPARE)]
    assert Ledger(few).large_amounts(0.95) == {}
    enough = [*few, item(MIN_TO_COMPARE, -MIN_TO_COMPARE * 100), item(99, 5, currency="USD")]
    large = Ledger(enough).large_amounts(0.95)
    assert set(large) == {"EUR"}
    assert sum(abs(one.residual) < large["EUR"] for one in enough[:-1]) / MIN_TO_COMPARE >= 0.9
