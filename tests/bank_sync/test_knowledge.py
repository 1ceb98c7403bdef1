"""Payer accounts, names and families: learnt by counting, and unlearnt exactly."""

import random
from datetime import date

import pytest

from odoo.addons.bank_sync.core.matching.knowledge import DECLARED, Knowledge

DAY = date(2026, 5, 4)


def test_an_account_is_known_however_it_is_spelt():
    known = Knowledge()
    known.learn_payment("DE89 3704 0044 0532 0130 00", "", 7, DAY)
    for spelling in ("de89370400440532013000", "DE89-3704-0044-0532-0130-00"):
        assert dict(known.accounts(spelling)) == {7: 1}
    assert not known.accounts("DE89370400440532013001")


@pytest.mark.parametrize("name", ["Müller & Söhne GmbH", "SOHNE MULLER", "müller, söhne"])
def test_a_name_is_known_without_accents_order_and_legal_form(name):
    known = Knowledge()
    known.learn_payment("", "Müller und Söhne", 7, DAY)
    assert dict(known.aliases(name)) == {7: 1}


def test_a_shared_account_names_everybody_it_paid_for():
    known = Knowledge()
    for partner in (7, 7, 9):
        known.learn_payment("DE1", "Factor AG", partner, DAY)
    assert dict(known.accounts("DE1")) == {7: 2, 9: 1}


def test_paying_for_somebody_else_makes_nobody_an_owner_of_the_account():
    known = Knowledge()
    known.learn_payment("DE1", "Holding AG", 7, DAY, family=True)
    assert not known.accounts("DE1")
    assert not known.aliases("Holding AG")
    assert dict(known.paid_for("DE 1")) == dict(known.paid_for("Holding")) == {7: 1}


@pytest.mark.parametrize("nothing", ["", " ", "...", "GmbH", "Herr"])
def test_a_name_that_says_nothing_teaches_nothing(nothing):
    known = Knowledge()
    known.learn_payment(nothing if nothing.strip(". ") == "" else "", nothing, 7, DAY)
    assert list(known.rows()) == []
    assert not known.aliases(nothing)


def test_what_is_undone_is_as_if_it_had_never_been():
    """Any order of learning and forgetting leaves what was not forgotten."""
    chance = random.Random(3)  # noqa: S311
    for _ in range(50):
        events = [
            (chance.choice(["", "DE1", "DE2"]), chance.choice(["", "Ost", "West Bau"]),
             chance.randint(1, 3), chance.random() < 0.3)
            for _ in range(30)
        ]  # fmt: skip
        kept, plain, both = events[::2], Knowledge(), Knowledge()
        for account, name, partner, family in kept:
            plain.learn_payment(account, name, partner, DAY, family=family)
        for account, name, partner, family in chance.sample(events, len(events)):
            both.learn_payment(account, name, partner, DAY, family=family)
        for account, name, partner, family in events[1::2]:
            both.forget_payment(account, name, partner, DAY, family=family)
        assert list(both.rows()) == list(plain.rows())


def test_a_name_of_a_hundred_kilobytes_is_cut_and_still_known():
    known, endless = Knowledge(), " ".join(f"word{n}" for n in range(15_000))
    known.learn_payment("9" * 100_000, endless, 7, DAY)
    assert all(len(key) <= 140 for _thing, key, *_rest in known.rows())
    assert dict(known.aliases(endless)) == {7: 1}
    assert dict(known.accounts("9" * 100_000)) == {7: 1}


def test_nothing_is_forgotten_below_zero():
    known = Knowledge()
    known.forget_payment("DE1", "Ost", 7, DAY)
    known.learn_payment("DE1", "Ost", 7, DAY)
    assert dict(known.accounts("DE1")) == {7: 1}


def test_an_account_on_file_outweighs_what_was_seen():
    known = Knowledge()
    known.add_account("DE1", 9, DECLARED)
    for _ in range(5):
        known.learn_payment("DE1", "", 7, DAY)
    assert dict(known.accounts("DE1")) == {9: 100, 7: 5}


def test_rows_bring_back_the_same_knowledge():
    known = Knowledge()
    known.learn_payment("DE1", "Ost", 7, DAY)
    known.learn_payment("DE1", "Holding", 8, date(2026, 6, 1), family=True)
    known.add_alias("Nordost", 7, 3)
    rows = list(known.rows())
    assert rows == list(Knowledge.from_rows(rows).rows())
    assert ("account", "DE1", 7, 1, DAY) in rows
    assert ("alias", "NORDOST", 7, 3, None) in rows


def test_having_paid_for_somebody_expires_but_an_own_account_does_not():
    known = Knowledge()
    known.learn_payment("DE1", "Ost", 7, date(2024, 1, 1))
    known.learn_payment("DE2", "Holding", 8, date(2024, 1, 1), family=True)
    later = Knowledge.from_rows(known.rows(), since=date(2025, 1, 1))
    assert dict(later.accounts("DE1")) == {7: 1}
    assert not later.paid_for("DE2")


def test_what_is_given_out_cannot_be_changed():
    known = Knowledge()
    known.learn_payment("DE1", "Ost", 7, DAY)
    with pytest.raises(TypeError):
        known.accounts("DE1")[7] = 99
