"""A batch of receipts: who has what, what a person said before, and what it costs."""

import itertools
import time
from datetime import date

import pytest

from odoo.addons.bank_sync.core.matching.engine import NOTE_SIZE, Engine
from odoo.addons.bank_sync.core.matching.policy import AUTO_KINDS, Policy
from odoo.addons.bank_sync.core.matching.shipped import PRIOR
from odoo.addons.bank_sync.core.matching.trust import (
    AUTOMATIC_WRONG,
    EXPERIENCED,
    FIRST,
    WORST,
    Trust,
)
from odoo.addons.bank_sync.core.matching.values import Action, Kind, Reason

from .books import TrustAll, decide, engine, item, receipt, stranger


def test_an_engine_that_knows_nothing_decides_nothing():
    decision = Engine.start().decide([receipt("INV/2026/00012")])[0]
    assert (decision.action, decision.proposals) == (Action.EXCEPTION, ())
    assert Engine.start().decide([]) == ()


def test_two_receipts_for_one_item_are_both_left_to_a_person():
    pair = [receipt("INV/2026/00012"), receipt("INV/2026/00012", key=101)]
    decisions = engine(item()).decide(pair)
    assert Action.BOOK not in {decision.action for decision in decisions}
    assert any(Reason.RIVAL_RECEIPT in decision.reasons for decision in decisions)
    assert sum(1 in d.proposals[0].items for d in decisions if d.proposals) == 1


def test_two_payments_of_one_amount_settle_the_oldest_first():
    items = item(1, due_date=date(2026, 5, 1)), item(2, number="INV/2026/00031")
    first, second = engine(*items).decide([receipt("danke"), receipt("merci", key=101)])
    assert first.proposals[0].items == (2,)
    assert second.proposals[0].items == (1,)


def test_of_more_documents_of_one_number_than_are_looked_at_the_same_are_each_time():
    known = engine(*(item(key, 10_000, "2026-77") for key in range(1, 8)))
    both = [receipt("2026-77"), receipt("2026-77", key=101)]
    decisions = known.decide(both)
    assert decisions[0].proposals[0].items == (1,)
    assert known.decide(both) == decisions


def test_a_receipt_that_names_an_item_has_it_before_one_that_names_nothing():
    items = item(1), item(2, number="INV/2026/00031", due_date=date(2026, 5, 1))
    unnamed, named = engine(*items).decide([receipt("danke"), receipt("INV/2026/00012", key=101)])
    assert named.proposals[0].items == (1,)
    assert unnamed.proposals[0].items == (2,)


def test_two_part_payments_share_one_item():
    parts = [receipt("INV/2026/00012", 6_000), receipt("INV/2026/00012", 4_000, key=101)]
    decisions = engine(item()).decide(parts)
    claimed = sum(c.applied for d in decisions if d.proposals for c in d.proposals[0].claims)
    assert claimed <= 10_000


def test_what_a_person_refused_is_not_proposed_again():
    decisions = engine(item()).decide([receipt("INV/2026/00012")], {(100, frozenset([1]))})
    assert all(p.items != (1,) for p in decisions[0].proposals)
    other = engine(item()).decide([receipt("INV/2026/00012")], {(101, frozenset([1]))})
    assert other[0].proposals[0].items == (1,)


def test_the_order_of_receipts_that_name_their_item_changes_nothing():
    items = [item(key, 1_000 * (key % 3 + 1), f"INV/2026/{key:05}") for key in range(1, 7)]
    receipts = [receipt(f"INV/2026/{key:05}", 2_000, 100 + key) for key in range(1, 5)]
    expected = {decision.receipt: decision for decision in engine(*items).decide(receipts)}
    for shuffled in itertools.permutations(receipts):
        decisions = engine(*reversed(items)).decide(shuffled)
        assert [decision.receipt for decision in decisions] == [one.key for one in shuffled]
        assert {decision.receipt: decision for decision in decisions} == expected


# === WHAT HOLDS A BOOKING BACK === #


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        (Policy(max_amount=9_999), Reason.TOO_LARGE),
        (Policy(auto_kinds=AUTO_KINDS - {Kind.EXACT}), Reason.KIND_NOT_ALLOWED),
        (Policy(margin=1.01), Reason.CLOSE_SECOND),
    ],
)
def test_a_companys_rules_hold_a_booking_back(policy, reason):
    decision = decide(receipt("INV/2026/00012"), item(), policy=policy, trust=TrustAll())
    assert (decision.action, decision.reasons) == (Action.SUGGEST, (reason,))


def test_the_largest_amount_is_inclusive():
    decision = decide(receipt("INV/2026/00012"), item(), policy=Policy(max_amount=10_000))
    assert decision.action is Action.BOOK


def test_no_experience_releases_nothing():
    decision = decide(receipt("INV/2026/00012"), item(), trust=Trust())
    assert decision.action is Action.SUGGEST
    assert decision.reasons == (Reason.NOT_EARNED_YET,)


def test_a_wrong_automatic_booking_takes_its_situation_back_and_undoing_it_gives_it_again():
    trust = Trust(prior=PRIOR)
    given = receipt("INV/2026/00012"), item()
    situation = decide(*given, trust=trust).proposals[0].situation
    trust.record(situation, right=False, weight=AUTOMATIC_WRONG)
    assert decide(*given, trust=trust).reasons == (Reason.NOT_EARNED_YET,)
    trust.forget(situation, right=False, weight=AUTOMATIC_WRONG)
    assert decide(*given, trust=trust).action is Action.BOOK


def test_what_may_err_grows_with_the_companys_own_decisions_up_to_a_bound():
    trust, seen = Trust(target=0.999), []
    for _ in range(4):
        seen.append(trust.allowed)
        trust.record("exact", right=True, weight=EXPERIENCED / 2)
    assert seen == sorted(seen)
    assert seen[0] == pytest.approx(0.001 * FIRST)
    assert seen[2] == seen[3] == pytest.approx(0.001 * WORST)


def test_what_went_wrong_does_not_widen_what_may_err():
    trust = Trust(target=0.999)
    trust.record("exact", right=False, weight=1_000)
    assert trust.allowed == pytest.approx(0.001 * FIRST)


@pytest.mark.parametrize(("amount", "large"), [(1_000, False), (5_000_000, True)])
def test_a_large_amount_must_be_surer(amount, large):
    asked = []

    class Asked:
        def released(self, _situation, *, size):
            asked.append(size)
            return size <= 1

    others = [item(key, 100 * key, f"INV/2026/{key:05}", partner=6) for key in range(100, 160)]
    paid = receipt("INV/2026/00012", amount)
    decision = decide(paid, item(1, amount), *others, trust=Asked())
    assert [size > 1 for size in asked] == [large]
    assert (Reason.NOT_EARNED_YET in decision.reasons) is large


# === COST === #


def test_hundred_kilobytes_of_text_are_read_in_time():
    started = time.process_time()
    for text in ("INV/2026/00099 " * 7_000, "1 " * 50_000, "A1" * 50_000, "9" * 100_000):
        decide(stranger(text), item())
    assert time.process_time() - started < 5


def test_cost_grows_with_the_lines_not_with_lines_times_items():
    def work(count):
        items = [item(key, 1_000 + key, f"INV/2026/{key:06}", partner=key) for key in range(count)]
        receipts = [stranger(f"INV/2026/{key:06}", 1_000 + key, key) for key in range(count)]
        known = engine(*items)
        started = time.process_time()
        decisions = known.decide(receipts)
        assert all(d.proposals[0].items == (d.receipt,) for d in decisions)
        return (time.process_time() - started) / count

    work(250)
    assert work(4_000) < 4 * work(500)


def test_a_credit_note_nobody_names_makes_a_booking_count_as_larger():
    asked = []

    class Asked:
        def released(self, _situation, *, size):
            asked.append(size)
            return True

    note = item(2, -3_000, "RINV/2026/00002")
    decide(receipt("INV/2026/00012", 7_000), item(1), note, trust=Asked())
    decide(receipt("INV/2026/00012 RINV/2026/00002", 7_000), item(1), note, trust=Asked())
    assert asked == [NOTE_SIZE, 1]
