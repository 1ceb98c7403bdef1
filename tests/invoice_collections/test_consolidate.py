"""One message per customer and currency, in the firmest tone, without what is held."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.invoice_collections.core.cadence import Step
from odoo.addons.invoice_collections.core.consolidate import Item, consolidate, only_upcoming

TODAY = date(2026, 3, 24)
BEFORE, DUE, REMINDER, FIRM = Step(1, -7, 1), Step(2, 0, 2), Step(3, 7, 3), Step(4, 14, 4)
EUR, USD = 1, 2


def item(key, days_overdue, residual=100_00, step=None, **values):
    values = {"customer": 7, "currency": EUR, **values}
    return Item(
        key, due_date=TODAY - timedelta(days=days_overdue), residual=residual, step=step, **values
    )


def test_five_overdue_invoices_at_three_levels_make_one_message_at_the_firmest():
    items = [
        item(1, 7, step=REMINDER),
        item(2, 8, reached=REMINDER),
        item(3, 14, step=FIRM),
        item(4, 1, reached=DUE),
        item(5, 3, reached=DUE),
    ]
    [message] = consolidate(items, TODAY)
    assert message.step == FIRM
    assert {entry.key for entry in message.due} == {1, 2, 3, 4, 5}
    assert message.asked == 500_00


def test_a_friendly_note_does_not_ask_for_overdue_money_in_passing():
    items = [item(1, -7, step=BEFORE), item(2, 19, residual=75_00)]
    [message] = consolidate(items, TODAY)
    assert message.step == BEFORE
    assert not message.due
    assert [entry.key for entry in message.upcoming] == [1]
    assert message.asked == 100_00


def test_two_currencies_make_two_messages():
    items = [item(1, 7, step=REMINDER), item(2, 7, step=REMINDER, currency=USD)]
    assert [message.currency for message in consolidate(items, TODAY)] == [EUR, USD]


def test_without_a_step_due_there_is_no_message_however_much_is_overdue():
    assert consolidate([item(1, 30), item(2, 60, reached=FIRM)], TODAY) == ()


def test_one_held_invoice_of_five_is_left_out_and_the_four_are_not():
    items = [item(key, 7, step=REMINDER) for key in range(4)]
    items.append(item(9, 7, step=REMINDER, held=frozenset({"dispute"})))
    [message] = consolidate(items, TODAY)
    assert {entry.key for entry in message.due} == {0, 1, 2, 3}
    assert message.held_reasons == {"dispute"}


def test_when_everything_with_a_step_is_held_the_message_lists_nothing_but_the_reasons():
    items = [item(1, 7, step=REMINDER, held=frozenset({"promise"})), item(2, 30, reached=FIRM)]
    [message] = consolidate(items, TODAY)
    assert (message.due, message.upcoming, message.credits) == ((), (), ())
    assert message.held_reasons == {"promise"}


def test_credits_are_deducted_from_what_is_asked():
    items = [item(1, 7, step=REMINDER), item(2, 1, residual=-30_00)]
    [message] = consolidate(items, TODAY)
    assert message.credit_total == 30_00
    assert message.asked == 70_00


def test_nobody_is_asked_for_money_before_its_day():
    items = [item(1, 7, step=REMINDER), item(2, -7, residual=40_00, step=BEFORE)]
    [message] = consolidate(items, TODAY)
    assert (message.asked, message.upcoming_total) == (100_00, 40_00)


def test_an_upcoming_item_without_a_step_is_not_mentioned():
    [message] = consolidate([item(1, 7, step=REMINDER), item(2, -20)], TODAY)
    assert message.upcoming == ()


def test_only_the_upcoming_part_may_speak_in_its_own_tone():
    items = [item(1, 14, step=FIRM), item(2, -7, step=BEFORE)]
    [message] = consolidate(items, TODAY)
    assert message.step == FIRM
    softened = only_upcoming(message)
    assert (softened.step, softened.due) == (BEFORE, ())
    [overdue] = consolidate([item(1, 14, step=FIRM)], TODAY)
    assert only_upcoming(overdue) is None


steps = st.sampled_from([None, BEFORE, DUE, REMINDER, FIRM])
items_lists = st.lists(
    st.builds(
        lambda key, days, residual, step, customer, currency, held: item(
            key, days, residual, step, customer=customer, currency=currency, held=held
        ),
        st.integers(1, 10_000),
        st.integers(-30, 90),
        st.integers(-5000, 50_000).filter(bool),
        steps,
        st.integers(1, 3),
        st.sampled_from([EUR, USD]),
        st.frozensets(st.sampled_from(["dispute", "promise"]), max_size=1),
    ),
    max_size=30,
    unique_by=lambda entry: entry.key,
)


@given(items_lists)
def test_every_item_appears_once_at_most_and_never_when_held(items):
    messages = consolidate(items, TODAY)
    groups = [(message.customer, message.currency) for message in messages]
    assert len(groups) == len(set(groups))
    listed = [entry.key for message in messages for entry in message.due + message.upcoming]
    assert len(listed) == len(set(listed))
    held = {entry.key for entry in items if entry.held}
    assert not held & set(listed)


@given(items_lists)
def test_the_order_of_the_items_does_not_matter(items):
    assert consolidate(items, TODAY) == consolidate(list(reversed(items)), TODAY)


@given(items_lists)
def test_the_tone_is_never_softer_than_that_of_a_listed_step(items):
    for message in consolidate(items, TODAY):
        for entry in message.due + message.upcoming:
            if entry.step:
                assert message.step.tone >= entry.step.tone
