"""Which entries of a fetch are known: the rules one by one, and what must hold for any fetch."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.bank_sync.core.entry_content import fingerprint
from odoo.addons.bank_sync.core.identity import KnownEntry, reconcile_window
from odoo.addons.bank_sync.core.statement import Entry

DAY = date(2026, 3, 10)


def entry(amount=-450, text="COFFEE", day=0, **fields):
    when = DAY + timedelta(day)
    return Entry(when, when, amount, "EUR", remittance=(text,) if text else (), **fields)


def known(*entries, **fields):
    return [KnownEntry(key, one, **fields) for key, one in enumerate(entries, 1)]


def plan(rows, seen, *, complete=True, **options):
    return reconcile_window(rows, seen, complete=complete, **options)


def indexes(new_plan):
    return [added.index for added in new_plan.added]


class TestAlike:
    def test_two_alike_bookings_are_two_entries(self):
        result = plan([], [entry(), entry()])
        assert [(new.index, new.occurrence) for new in result.added] == [(0, 1), (1, 2)]
        assert result.added[0].fingerprint == result.added[1].fingerprint == fingerprint(entry())

    def test_the_third_alike_booking_is_the_new_one(self):
        result = plan(known(entry(), entry()), [entry()] * 3)
        assert (result.matched, indexes(result)) == (((1, 0), (2, 1)), [2])
        assert result.added[0].occurrence == 3

    def test_a_free_number_is_given_again_a_used_one_never(self):
        rows = [KnownEntry(1, entry(), 0, fingerprint(entry()), 2)]
        assert plan(rows, [entry()] * 2).added[0].occurrence == 1
        moved = KnownEntry(2, entry(text="OTHER", day=5), 0, fingerprint(entry()), 1)
        assert plan([*rows, moved], [entry()] * 2).added[0].occurrence == 3


class TestIds:
    @pytest.mark.parametrize("blank", [None, "", " ", "\t"])
    def test_a_blank_id_is_none(self, blank):
        rows = known(entry(entry_reference=blank))
        assert indexes(plan(rows, [entry(entry_reference=blank)] * 2)) == [1]

    def test_a_trusted_id_finds_its_entry_under_any_text_and_day(self):
        rows = known(entry(entry_reference="T1"))
        result = plan(rows, [entry(text="SETTLED", day=5, entry_reference="T1")])
        assert result.changed == ((1, 0),)

    def test_one_element_sent_twice_under_one_id_is_one_entry(self):
        result = plan([], [entry(entry_reference="T1")] * 2)
        assert (indexes(result), result.repeated) == ([0], (1,))

    def test_an_id_used_twice_in_a_fetch_ends_all_trust_in_ids(self):
        seen = [entry(-1, entry_reference="9998"), entry(-2, entry_reference="9998")]
        seen += [entry(-3, entry_reference="T3")] * 2
        result = plan([], seen)
        assert result.untrusted_ids == {"9998"}
        assert indexes(result) == [0, 1, 2, 3]

    @pytest.mark.parametrize(
        "again",
        [
            entry(-451, entry_reference="T1"),
            entry(day=20, entry_reference="T1"),
            entry(entry_reference="T1", end_to_end_id="E2"),
        ],
    )
    def test_an_id_that_comes_back_as_something_else_is_reused(self, again):
        rows = known(entry(entry_reference="T1", end_to_end_id="E1"))
        result = plan(rows, [again])
        assert result.untrusted_ids == {"T1"}
        assert indexes(result) == [0]
        assert result.missing == (1,)

    def test_without_trust_an_id_means_nothing(self):
        rows = known(entry(entry_reference="T1"))
        result = plan(rows, [entry(-1, entry_reference="T1")] * 2, trust_ids=False)
        assert (result.untrusted_ids, indexes(result)) == (frozenset(), [0, 1])

    def test_ids_that_change_every_session_change_nothing(self):
        result = plan(known(entry(entry_reference="S1-1")), [entry(entry_reference="S2-1")])
        assert (result.matched, result.changed) == (((1, 0),), ())

    def test_a_first_id_is_news_worth_recording(self):
        assert plan(known(entry()), [entry(entry_reference="T1")]).changed == ((1, 0),)


class TestChanges:
    def test_another_text_on_the_same_day_is_a_change(self):
        assert plan(known(entry()), [entry(text="CARD 123")]).changed == ((1, 0),)

    @pytest.mark.parametrize("days", [-3, -1, 1, 3])
    def test_a_moved_booking_date_is_a_change(self, days):
        assert plan(known(entry()), [entry(day=days)]).changed == ((1, 0),)
        assert plan(known(entry()), [entry(text="10.03. Coffee", day=days)]).changed == ((1, 0),)

    def test_a_far_move_is_another_booking(self):
        assert indexes(plan(known(entry()), [entry(day=4)])) == [0]

    def test_another_text_on_another_day_is_another_booking(self):
        assert indexes(plan(known(entry()), [entry(text="LUNCH", day=1)])) == [0]

    def test_unless_a_reference_proves_it(self):
        rows = known(entry(end_to_end_id="E1"))
        assert plan(rows, [entry(text="LUNCH", day=1, end_to_end_id="E1")]).changed == ((1, 0),)

    @pytest.mark.parametrize(
        ("field", "value"),
        [("end_to_end_id", "E"), ("counterparty_account", "A"), ("creditor_reference", "R")],
    )
    def test_a_reference_can_disprove_it(self, field, value):
        rows = known(entry(**{field: value + "1"}))
        assert indexes(plan(rows, [entry(**{field: value + "2"})])) == [0]

    def test_an_entry_still_there_has_not_moved(self):
        result = plan(known(entry()), [entry(), entry(day=1)])
        assert (result.matched, indexes(result)) == (((1, 0),), [1])

    def test_the_nearest_day_is_taken_first(self):
        rows = known(entry(), entry(day=2))
        assert plan(rows, [entry(day=3), entry(day=1)]).changed == ((1, 1), (2, 0))

    def test_a_reference_learnt_later_is_a_change(self):
        enriched = entry(counterparty_account="A1", end_to_end_id="E1")
        assert plan(known(entry()), [enriched]).changed == ((1, 0),)


class TestMissing:
    def test_what_a_complete_window_lacks_is_missing(self):
        assert plan(known(entry()), []).missing == (1,)

    def test_an_incomplete_window_lacks_nothing(self):
        assert plan(known(entry()), [], complete=False).missing == ()

    def test_what_was_not_asked_for_is_not_missing(self):
        rows = known(entry(day=-5), entry(day=0), entry(day=5))
        result = plan(rows, [], window_start=DAY, window_end=DAY + timedelta(4))
        assert result.missing == (2,)

    def test_an_entry_given_up_is_not_reported_again(self):
        assert plan(known(entry(), miss_count=3), []).missing == ()

    def test_an_entry_given_up_can_come_back_but_not_in_disguise(self):
        rows = known(entry(), miss_count=3)
        assert plan(rows, [entry()]).matched == ((1, 0),)
        assert indexes(plan(rows, [entry(day=1)])) == [0]

    def test_an_entry_that_still_counts_comes_before_one_given_up(self):
        rows = [KnownEntry(1, entry(), 3), KnownEntry(2, entry(), 0)]
        assert plan(rows, [entry()]).matched == ((2, 0),)

    @pytest.mark.parametrize("again", [entry(day=1), entry(text="SETTLED")])
    def test_what_may_be_known_waits_for_a_complete_window(self, again):
        result = plan(known(entry()), [again], complete=False)
        assert (result.added, result.changed) == ((), ())
        assert [(new.index, new.occurrence) for new in result.deferred] == [(0, 1)]

    @pytest.mark.parametrize("complete", [True, False])
    def test_the_same_payment_again_the_next_day_does_not_swallow_the_first(self, complete):
        """A statement of one day says nothing about the day before."""
        rows = known(entry(day=-1, end_to_end_id="RENT"))
        again = entry(end_to_end_id="RENT")
        assert indexes(plan(rows, [again], complete=complete, window_start=DAY)) == [0]

    @pytest.mark.parametrize("complete", [True, False])
    def test_the_banks_own_reference_joins_interface_and_file(self, complete):
        rows = known(entry(entry_reference="B1", day=-1))
        from_file = entry(text="POS COFFEE", servicer_reference="B1", entry_reference="7", day=-1)
        result = plan(rows, [from_file], complete=complete, trust_ids=False, window_start=DAY)
        assert result.changed == ((1, 0),)


def test_pending_entries_are_nobodys_business():
    pending = entry(pending=True)
    result = plan(known(pending), [pending, entry()])
    assert (result.pending, indexes(result), result.missing) == ((0,), [1], ())


_references = st.sampled_from([None, "A", "B"])
_entries = st.builds(
    entry,
    amount=st.sampled_from([-450, 1000]),
    text=st.sampled_from(["COFFEE", "Coffee 1", "RENT", ""]),
    day=st.integers(0, 5),
    entry_reference=st.sampled_from([None, " ", "T1", "T2", "T3"]),
    end_to_end_id=_references,
    counterparty_account=_references,
    pending=st.sampled_from([False] * 5 + [True]),
)
_fetches = st.lists(_entries, max_size=8)
_rows = st.lists(
    st.builds(KnownEntry, key=st.integers(0, 10**6), entry=_entries, miss_count=st.integers(0, 4)),
    max_size=8,
    unique_by=lambda row: row.key,
)


@given(_rows, _fetches, st.booleans(), st.booleans())
def test_every_entry_has_exactly_one_place(rows, seen, complete, trust_ids):
    result = plan(rows, seen, complete=complete, trust_ids=trust_ids)
    pairs = result.matched + result.changed
    places = indexes(result) + [index for _key, index in pairs]
    places += [*result.repeated, *result.pending, *(new.index for new in result.deferred)]
    assert sorted(places) == list(range(len(seen)))
    claimed = [key for key, _index in pairs]
    assert len(set(claimed)) == len(claimed)
    assert not set(claimed) & set(result.missing)
    assert complete or not result.missing
    assert complete is False or not result.deferred


@given(_rows, _fetches, st.booleans(), st.randoms(use_true_random=False))
def test_the_order_of_what_we_know_does_not_matter(rows, seen, complete, rng):
    shuffled = rng.sample(rows, len(rows))
    assert plan(rows, seen, complete=complete) == plan(shuffled, seen, complete=complete)


@given(_rows, _fetches)
def test_a_complete_window_carried_out_leaves_the_banks_books(rows, seen):
    result = plan(rows, seen, trust_ids=False)
    books = {row.key: row.entry for row in rows if not row.entry.pending and row.miss_count < 3}
    for key in result.missing:
        del books[key]
    books |= {key: seen[index] for key, index in result.matched + result.changed}
    ours = [*books.values(), *(seen[added.index] for added in result.added)]
    assert _contents(ours) == _contents(one for one in seen if not one.pending)


@given(_fetches, st.booleans(), st.randoms(use_true_random=False))
def test_the_same_fetch_again_changes_nothing(seen, trust_ids, rng):
    first = plan([], seen, trust_ids=trust_ids)
    rows = [
        KnownEntry(number, seen[new.index], 0, new.fingerprint, new.occurrence)
        for number, new in enumerate(first.added)
    ]
    trust_ids = trust_ids and not first.untrusted_ids
    again = rng.sample(seen, len(seen))
    result = plan(rows, again, trust_ids=trust_ids)
    assert result.added == result.missing == result.deferred == ()
    assert not result.untrusted_ids
    assert _contents(again[i] for _key, i in result.matched + result.changed) == _contents(
        row.entry for row in rows
    )


@given(_rows, _fetches, st.booleans())
def test_no_two_entries_get_one_fingerprint_and_occurrence(rows, seen, complete):
    numbered = []
    for row in rows:
        mark = fingerprint(row.entry)
        occurrence = sum(1 for other in numbered if other.recorded_fingerprint == mark) + 1
        numbered.append(replace(row, recorded_fingerprint=mark, occurrence=occurrence))
    taken = {(row.recorded_fingerprint, row.occurrence) for row in numbered}
    result = plan(numbered, seen, complete=complete)
    added = [(new.fingerprint, new.occurrence) for new in result.added + result.deferred]
    assert len(set(added)) == len(added)
    assert not taken & set(added)


def _contents(entries):
    return Counter((one.booking_date, one.amount, one.end_to_end_id) for one in entries)


def test_hundreds_of_alike_entries_that_all_change_are_all_recognized():
    rows = known(*[entry(text=f"OLD {number}") for number in range(300)])
    seen = [entry(text=f"NEW {number}") for number in range(300)]
    assert len(plan(rows, seen[::-1]).changed) == 300
