"""Which entries of a fetch are known: the rules one by one, and what must hold for any fetch."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.bank_sync.core.entry_content import fingerprint
from odoo.addons.bank_sync.core.identity import Coverage, KnownEntry, reconcile_window
from odoo.addons.bank_sync.core.statement import Entry

DAY = date(2026, 3, 10)


def entry(amount=-450, text="COFFEE", day=0, **fields):
    when = DAY + timedelta(day)
    return Entry(when, when, amount, "EUR", remittance=(text,) if text else (), **fields)


def known(*entries, **fields):
    return [KnownEntry(key, one, **fields) for key, one in enumerate(entries, 1)]


def plan(rows, seen, kind="whole", first=None, last=None, **options):
    return reconcile_window(rows, seen, Coverage(kind, first, last), **options)


def presumed(new_plan):
    return [(one.key, one.index, one.reason) for one in new_plan.presumed]


def doubtful(new_plan):
    return [(one.index, one.reason, one.candidates) for one in new_plan.doubtful]


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
        assert presumed(result) == [(1, 0, "moved")], "id and amount alone: a person may look"
        result = plan(rows, [entry(text="04.03. Coffee", day=5, entry_reference="T1")])
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
    def test_another_text_on_the_same_day_is_presumed_to_be_a_change(self):
        assert presumed(plan(known(entry()), [entry(text="CARD 123")])) == [(1, 0, "reworded")]

    def test_a_text_that_grows_goes_without_saying(self):
        result = plan(known(entry()), [entry(text="10.03. Coffee, Paris")])
        assert presumed(result) == [(1, 0, None)]

    @pytest.mark.parametrize("days", [-3, -1, 1, 3])
    def test_a_moved_booking_date_is_presumed(self, days):
        assert presumed(plan(known(entry()), [entry(day=days)])) == [(1, 0, "moved")]
        again = entry(text="10.03. Coffee", day=days)
        assert presumed(plan(known(entry()), [again])) == [(1, 0, "moved")]

    def test_a_far_move_is_another_booking(self):
        assert indexes(plan(known(entry()), [entry(day=4)])) == [0]

    def test_another_text_on_another_day_is_another_booking(self):
        assert indexes(plan(known(entry()), [entry(text="LUNCH", day=1)])) == [0]

    def test_unless_a_reference_proves_it(self):
        rows = known(entry(end_to_end_id="E1"))
        result = plan(rows, [entry(text="LUNCH", day=1, end_to_end_id="E1")])
        assert presumed(result) == [(1, 0, None)]

    @pytest.mark.parametrize(
        ("field", "value"),
        [("end_to_end_id", "E"), ("counterparty_account", "A"), ("creditor_reference", "R")],
    )
    def test_a_reference_can_disprove_it(self, field, value):
        rows = known(entry(**{field: value + "1"}))
        assert indexes(plan(rows, [entry(**{field: value + "2"})])) == [0]

    def test_a_placeholder_is_no_reference(self):
        rows = known(entry(end_to_end_id="NOTPROVIDED", servicer_reference="NONREF"))
        assert presumed(plan(rows, [entry(text="LUNCH", end_to_end_id="E9")])) == [
            (1, 0, "reworded")
        ]

    def test_a_national_account_number_is_the_one_in_the_iban(self):
        rows = known(entry(counterparty_account="DE89 3704 0044 0532 0130 00"))
        again = entry(text="COFFEE 2", counterparty_account="370400440532013000")
        assert presumed(plan(rows, [again])) == [(1, 0, None)]

    def test_an_entry_still_there_has_not_moved(self):
        result = plan(known(entry()), [entry(), entry(day=1)])
        assert (result.matched, indexes(result)) == (((1, 0),), [1])

    def test_the_nearest_day_is_taken_first(self):
        rows = known(entry(), entry(day=2))
        result = plan(rows, [entry(day=3), entry(day=1)])
        assert [(key, index) for key, index, _reason in presumed(result)] == [(1, 1), (2, 0)]

    def test_a_reference_learnt_later_goes_without_saying(self):
        enriched = entry(counterparty_account="A1", end_to_end_id="E1")
        assert presumed(plan(known(entry()), [enriched])) == [(1, 0, None)]

    def test_a_change_while_another_of_that_amount_arrives_follows_the_words(self):
        rows = known(entry(text="RENT MAY"))
        seen = [entry(text="GYM"), entry(text="STANDING ORDER RENT MAY")]
        result = plan(rows, seen)
        assert presumed(result) == [(1, 1, None)]
        assert indexes(result) == [0]

    def test_where_words_do_not_tell_a_person_is_asked(self):
        result = plan(known(entry(text="RENT")), [entry(text="MIETE"), entry(text="GYM")])
        assert len(indexes(result)) == 1
        assert [one.reason for one in result.presumed] == ["ambiguous"]
        crosswise = plan(
            known(entry(text="RENT"), entry(text="FOOD")),
            [entry(text="MIETE"), entry(text="ESSEN")],
        )
        assert {one.reason for one in crosswise.presumed} == {"ambiguous"}

    def test_what_was_presumed_is_taken_back_when_the_entry_comes_back(self):
        rows = [KnownEntry(1, entry(day=1), before=entry())]
        result = plan(rows, [entry(), entry(day=1)])
        assert presumed(result) == [(1, 0, "came_back")]
        assert indexes(result) == [1]

    def test_what_was_presumed_is_confirmed_by_a_window_that_would_have_shown_it(self):
        rows = [KnownEntry(1, entry(day=1), before=entry())]
        assert plan(rows, [entry(day=1)]).confirmed == (1,)
        late = plan(rows, [entry(day=1)], first=DAY + timedelta(1))
        assert late.confirmed == ()
        assert late.reread_from < DAY


class TestDoubts:
    @pytest.mark.parametrize("again", [entry(day=1), entry(text="SETTLED")])
    def test_what_a_file_without_proof_may_tell_differently_is_doubtful(self, again):
        result = plan(known(entry()), [again], "told", DAY, DAY + timedelta(1))
        assert (result.added, result.changed, result.presumed) == ((), (), ())
        assert doubtful(result) == [(0, "resembles", (1,))]
        assert result.doubtful[0].occurrence == 1

    def test_a_proved_statement_rules_the_other_wording_out(self):
        result = plan(known(entry()), [entry(text="SETTLED")], "proved", DAY, DAY)
        assert presumed(result) == [(1, 0, "reworded")]

    def test_what_another_proved_statement_told_is_out_of_its_reach(self):
        rows = [replace(row, settled=True) for row in known(entry())]
        assert indexes(plan(rows, [entry(text="SETTLED")], "proved", DAY, DAY)) == [0]
        alike = plan(rows, [entry()], "proved", DAY, DAY)
        assert [(new.index, new.occurrence) for new in alike.added] == [(0, 2)]

    @pytest.mark.parametrize("kind", ["proved", "told"])
    def test_the_same_payment_again_the_next_day_does_not_swallow_the_first(self, kind):
        """A statement of one day says nothing about the day before."""
        rows = known(entry(day=-1, end_to_end_id="RENT"))
        again = entry(end_to_end_id="RENT")
        assert indexes(plan(rows, [again], kind, DAY, DAY)) == [0]

    def test_a_move_over_the_edge_of_a_window_waits_for_a_wider_one(self):
        rows = known(entry(day=-1))
        result = plan(rows, [entry()], first=DAY)
        assert doubtful(result) == [(0, "edge", (1,))]
        assert result.reread_from <= DAY - timedelta(2)
        row = KnownEntry(2, entry(), doubts=(1,))
        moved = plan([*rows, row], [entry()], first=DAY - timedelta(5))
        assert [(one.key, one.same_as) for one in moved.decided] == [(2, 1)]
        assert moved.missing == ()
        both = plan([*rows, row], [entry(), entry(day=-1)], first=DAY - timedelta(5))
        assert [(one.key, one.same_as) for one in both.decided] == [(2, None)]

    def test_another_wording_finds_its_entry_again(self):
        rows = [KnownEntry(1, entry()), KnownEntry(2, entry(text="KAFFEE"), same_as=1)]
        assert plan(rows, [entry(text="KAFFEE")]).missing == ()
        both = plan(rows, [entry(), entry(text="KAFFEE")])
        assert (len(both.matched), len(both.added)) == (1, 1), (
            "two wordings at once are two entries"
        )

    @pytest.mark.parametrize("kind", ["proved", "told"])
    def test_the_banks_own_reference_joins_interface_and_file(self, kind):
        rows = known(entry(entry_reference="BANK-0001", day=-1))
        from_file = entry(
            text="POS COFFEE", servicer_reference="BANK-0001", entry_reference="7", day=-1
        )
        result = plan(rows, [from_file], kind, DAY, DAY, trust_ids=False)
        assert result.changed == ((1, 0),)

    def test_the_number_of_a_line_joins_nothing(self):
        rows = known(entry(entry_reference="1"))
        result = plan(rows, [entry(text="TEA", entry_reference="1")], "told", trust_ids=False)
        assert doubtful(result) == [(0, "resembles", (1,))]


class TestMissing:
    def test_what_a_complete_window_lacks_is_missing(self):
        assert plan(known(entry()), []).missing == (1,)

    def test_an_incomplete_window_lacks_nothing(self):
        for kind in ("cut", "proved", "told"):
            assert plan(known(entry()), [], kind).missing == ()

    def test_what_was_not_asked_for_is_not_missing(self):
        rows = known(entry(day=-5), entry(day=0), entry(day=5))
        result = plan(rows, [], first=DAY, last=DAY + timedelta(4))
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


_kinds = st.sampled_from(["whole", "cut", "proved", "told"])


def laid(result):
    return result.matched + result.changed + tuple((one.key, one.index) for one in result.presumed)


@given(_rows, _fetches, _kinds, st.booleans())
def test_every_entry_has_exactly_one_place(rows, seen, kind, trust_ids):
    result = plan(rows, seen, kind, trust_ids=trust_ids)
    pairs = laid(result)
    places = indexes(result) + [index for _key, index in pairs]
    places += [*result.repeated, *result.pending, *(new.index for new in result.doubtful)]
    assert sorted(places) == list(range(len(seen)))
    claimed = [key for key, _index in pairs]
    assert len(set(claimed)) == len(claimed)
    assert not set(claimed) & set(result.missing)
    assert kind == "whole" or not result.missing
    assert kind in {"cut", "told"} or not result.doubtful


@given(_rows, _fetches, _kinds, st.randoms(use_true_random=False))
def test_the_order_of_what_we_know_does_not_matter(rows, seen, kind, rng):
    shuffled = rng.sample(rows, len(rows))
    assert plan(rows, seen, kind) == plan(shuffled, seen, kind)


@given(_rows, _fetches)
def test_a_complete_window_carried_out_leaves_the_banks_books(rows, seen):
    result = plan(rows, seen, trust_ids=False)
    books = {row.key: row.entry for row in rows if not row.entry.pending and row.miss_count < 3}
    for key in result.missing:
        del books[key]
    books |= {key: seen[index] for key, index in laid(result)}
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
    assert result.added == result.missing == result.doubtful == result.presumed == ()
    assert not result.untrusted_ids
    assert _contents(again[i] for _key, i in result.matched + result.changed) == _contents(
        row.entry for row in rows
    )


@given(_rows, _fetches, _kinds)
def test_no_two_entries_get_one_fingerprint_and_occurrence(rows, seen, kind):
    numbered = []
    for row in rows:
        mark = fingerprint(row.entry)
        occurrence = sum(1 for other in numbered if other.recorded_fingerprint == mark) + 1
        numbered.append(replace(row, recorded_fingerprint=mark, occurrence=occurrence))
    taken = {(row.recorded_fingerprint, row.occurrence) for row in numbered}
    result = plan(numbered, seen, kind)
    new = result.added + result.doubtful + result.presumed
    added = [(one.fingerprint, one.occurrence) for one in new]
    assert len(set(added)) == len(added)
    assert not taken & set(added)


def _contents(entries):
    return Counter((one.booking_date, one.amount, one.end_to_end_id) for one in entries)


def test_hundreds_of_alike_entries_that_all_change_are_all_recognized():
    rows = known(*[entry(text=f"OLD {number}") for number in range(300)])
    seen = [entry(text=f"NEW {number}") for number in range(300)]
    assert len(plan(rows, seen[::-1]).presumed) == 300
