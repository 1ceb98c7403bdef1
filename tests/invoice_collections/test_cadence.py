"""Steps fall due on their day, are caught up for a while, and never come twice."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.invoice_collections.core.cadence import (
    Step,
    candidate_due_dates,
    due_step,
    next_day,
    repeated,
)
from odoo.addons.invoice_collections.core.work_calendar import WEEKDAYS, WorkCalendar

DUE = date(2026, 3, 10)
STANDARD = (Step(1, -7, 1), Step(2, 0, 2), Step(3, 7, 3), Step(4, 14, 4))

offsets = st.lists(st.integers(-30, 90), min_size=1, max_size=8, unique=True)
cadences = offsets.map(lambda days: tuple(Step(n, day, 1 + n % 5) for n, day in enumerate(days)))
shifts = st.sampled_from(["next", "previous", "none"])
calendars = st.sets(st.integers(-40, 40), max_size=30).map(
    lambda off: WorkCalendar(frozenset(DUE + timedelta(days=offset) for offset in off))
)
days = st.integers(-60, 200).map(lambda offset: DUE + timedelta(days=offset))


@pytest.mark.parametrize(
    ("day", "key"),
    [(-8, None), (-7, 1), (-6, None), (-1, None), (0, 2), (6, None), (7, 3), (14, 4), (15, None)],
)
def test_without_catching_up_a_step_is_due_on_its_day_only(day, key):
    step = due_step(STANDARD, DUE, DUE + timedelta(days=day))
    assert (step and step.key) == key


@pytest.mark.parametrize(("late", "key"), [(0, 3), (1, 3), (3, 3), (4, None)])
def test_a_missed_step_is_caught_up_then_skipped(late, key):
    step = due_step(STANDARD, DUE, DUE + timedelta(days=7 + late), catch_up_days=3)
    assert (step and step.key) == key


def test_when_two_steps_could_be_caught_up_the_later_one_applies():
    close = (Step(1, 7, 3), Step(2, 9, 4))
    assert due_step(close, DUE, DUE + timedelta(days=9), catch_up_days=3).key == 2


def test_a_step_before_the_due_date_is_never_taken_on_it_or_after():
    early = (Step(1, -2, 1),)
    assert due_step(early, DUE, DUE - timedelta(days=1), catch_up_days=30)
    assert due_step(early, DUE, DUE, catch_up_days=30) is None


def test_a_firmer_step_that_was_taken_is_never_followed_by_a_softer_one():
    assert due_step(STANDARD, DUE, DUE + timedelta(days=7), done_offset=14) is None


@given(cadences, days, st.integers(0, 10))
def test_a_due_step_lies_in_its_window_and_after_what_was_done(steps, today, catch_up):
    step = due_step(steps, DUE, today, catch_up_days=catch_up)
    if step:
        assert step.day(DUE) <= today <= step.last_day(DUE, catch_up)
        again = due_step(steps, DUE, today, catch_up_days=catch_up, done_offset=step.offset_days)
        assert again is None


@given(cadences, days, st.integers(0, 10))
def test_the_candidate_dates_are_exactly_those_with_a_step_due(steps, today, catch_up):
    dates = candidate_due_dates(steps, today, catch_up)
    around = [today + timedelta(days=offset) for offset in range(-120, 60)]
    expected = {due for due in around if due_step(steps, due, today, catch_up_days=catch_up)}
    assert dates == expected


@given(cadences, shifts, calendars, st.integers(-60, 60), st.integers(0, 5))
def test_with_days_off_too_the_candidate_dates_are_exactly_those_with_a_step_due(
    steps, shift, calendar, offset, catch_up
):
    steps, today = [replace(step, shift=shift) for step in steps], DUE + timedelta(days=offset)
    dates = candidate_due_dates(steps, today, catch_up, [calendar])
    around = [today + timedelta(days=distance) for distance in range(-180, 120)]
    expected = {
        due
        for due in around
        if due_step(steps, due, today, catch_up_days=catch_up, calendar=calendar)
    }
    assert dates == expected


@given(st.integers(-30, 90), shifts, calendars)
def test_a_step_moves_to_a_working_day_on_its_own_side_of_the_due_date(offset, shift, calendar):
    step = Step(1, offset, 1, shift)
    day = step.working_day(DUE, calendar)
    assert (day < DUE) == (offset < 0)
    if shift != "none":
        assert calendar.is_working(day)
    assert step.first_day(DUE, calendar) <= day <= step.last_day(DUE, 0, calendar)


def test_behaviour_26_a_note_that_would_pass_the_due_date_moves_to_the_day_before():
    # Due on Monday 16 March 2026: the day before is a Sunday.
    monday, note = date(2026, 3, 16), Step(1, -1, 1)
    assert note.working_day(monday, WEEKDAYS) == date(2026, 3, 13)
    assert due_step([note], monday, date(2026, 3, 13), calendar=WEEKDAYS) == note
    # Due on Tuesday: Sunday's note moves to Monday, still before the due date.
    assert Step(1, -2, 1).working_day(date(2026, 3, 17), WEEKDAYS) == monday


def test_a_step_on_a_long_weekend_is_caught_up_from_the_first_working_day_on():
    easter = WorkCalendar(frozenset({date(2026, 4, 3), date(2026, 4, 6)}))
    reminder, due = Step(3, 7, 3), date(2026, 3, 27)
    assert reminder.day(due) == date(2026, 4, 3)
    assert due_step([reminder], due, date(2026, 4, 7), calendar=easter) == reminder
    assert due_step([reminder], due, date(2026, 4, 10), catch_up_days=3, calendar=easter)
    assert not due_step([reminder], due, date(2026, 4, 11), catch_up_days=3, calendar=easter)


def test_a_step_that_comes_again_ends_after_its_times():
    steps = repeated(Step(9, 30, 4), 7, 2)
    due = [
        day
        for day in range(100)
        if due_step(steps, DUE, DUE + timedelta(days=day), done_offset=day - 1)
    ]
    assert due == [30, 37, 44]


@given(cadences, days)
def test_the_next_day_lies_ahead_and_is_the_day_of_a_step(steps, today):
    day = next_day(steps, DUE, today)
    ahead = [step.day(DUE) for step in steps if step.day(DUE) > today]
    assert day == (min(ahead) if ahead else None)
