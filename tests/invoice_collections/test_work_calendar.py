"""Days off, and hours by the debtor's clock, on the nights on which clocks change too."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.invoice_collections.core.work_calendar import (
    EVERY_DAY,
    WEEKDAYS,
    WorkCalendar,
    common_hours,
    next_slot,
)

OFFICE = {day: (time(8), time(18)) for day in range(5)}
DAYTIME = {day: (time(8), time(21)) for day in range(7)}
ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "UTC"]


def berlin(*moment):
    return datetime(*moment, tzinfo=ZoneInfo("Europe/Berlin"))


def test_a_week_needs_a_working_day():
    with pytest.raises(ValueError, match="working day"):
        WorkCalendar(weekdays_off=frozenset(range(7)))


def test_easter_2026_in_germany_is_four_days_long():
    # Good Friday 3 April, Easter Monday 6 April 2026.
    easter = WorkCalendar(frozenset({date(2026, 4, 3), date(2026, 4, 6)}))
    assert easter.next_working(date(2026, 4, 3)) == date(2026, 4, 7)
    assert easter.previous_working(date(2026, 4, 6)) == date(2026, 4, 2)
    assert [easter.reason(date(2026, 4, day)) for day in (3, 4, 6)] == [
        "holiday",
        "weekend",
        "holiday",
    ]


@given(st.dates(date(2025, 1, 1), date(2027, 1, 1)), st.sets(st.integers(-20, 20)))
def test_the_working_day_found_is_the_nearest_one(day, off):
    calendar = WorkCalendar(frozenset(day + timedelta(days=offset) for offset in off))
    later, earlier = calendar.next_working(day), calendar.previous_working(day)
    assert calendar.is_working(later)
    assert calendar.is_working(earlier)
    between = (later - day).days
    assert not any(calendar.is_working(day + timedelta(days=n)) for n in range(between))


def test_behaviour_25_half_past_nine_in_the_evening_waits_for_the_morning():
    evening = berlin(2026, 3, 10, 21, 30).astimezone(UTC)
    assert next_slot(evening, ["Europe/Berlin"], DAYTIME) == berlin(2026, 3, 11, 8).astimezone(UTC)


def test_a_friday_evening_waits_for_monday_and_a_holiday_for_the_day_after():
    friday = berlin(2026, 3, 13, 18, 0).astimezone(UTC)
    monday_off = WorkCalendar(frozenset({date(2026, 3, 16)}))
    assert next_slot(friday, ["Europe/Berlin"], OFFICE) == berlin(2026, 3, 16, 8).astimezone(UTC)
    assert next_slot(friday, ["Europe/Berlin"], OFFICE, monday_off) == berlin(
        2026, 3, 17, 8
    ).astimezone(UTC)


@pytest.mark.parametrize(
    ("evening", "morning"),
    [
        # Clocks go forward on 29 March 2026 and back on 25 October 2026.
        (datetime(2026, 3, 28, 21, tzinfo=UTC), datetime(2026, 3, 29, 6, tzinfo=UTC)),
        (datetime(2026, 10, 24, 20, tzinfo=UTC), datetime(2026, 10, 25, 7, tzinfo=UTC)),
    ],
)
def test_eight_in_the_morning_is_what_the_clock_shows_after_the_change(evening, morning):
    assert next_slot(evening, ["Europe/Berlin"], DAYTIME) == morning


def test_an_hour_that_does_not_exist_begins_when_the_clock_has_jumped():
    night = {6: (time(2, 30), time(4))}
    saturday = datetime(2026, 3, 28, 12, tzinfo=UTC)
    slot = next_slot(saturday, ["Europe/Berlin"], night).astimezone(ZoneInfo("Europe/Berlin"))
    assert (slot.date(), slot.time()) == (date(2026, 3, 29), time(3, 30))


def test_a_debtor_somewhere_in_a_large_country_is_called_when_it_is_decent_everywhere():
    coasts = ["America/New_York", "America/Los_Angeles"]
    # 08:00 in New York is 05:00 in Los Angeles; 21:00 in New York ends the evening.
    early = datetime(2026, 3, 11, 12, tzinfo=UTC)
    slot = next_slot(early, coasts, DAYTIME)
    assert slot.astimezone(ZoneInfo("America/Los_Angeles")).time() == time(8)
    assert slot.astimezone(ZoneInfo("America/New_York")).time() == time(11)


def test_without_a_common_hour_there_is_no_slot():
    morning = {day: (time(8), time(9)) for day in range(7)}
    now = datetime(2026, 3, 11, tzinfo=UTC)
    assert next_slot(now, ["Europe/Berlin", "Asia/Tokyo"], morning) is None
    assert next_slot(now, ["Europe/Berlin"], {}) is None


def test_hours_until_midnight_last_until_midnight():
    late = {day: (time(8), time(0)) for day in range(7)}
    eleven = berlin(2026, 3, 10, 23, 59).astimezone(UTC)
    assert next_slot(eleven, ["Europe/Berlin"], late) == eleven
    assert common_hours([late, DAYTIME])[0] == (time(8), time(21))


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),  # noqa: DTZ001 (made aware below)
    st.sets(st.sampled_from(ZONES), min_size=1, max_size=2),
    st.sampled_from([WEEKDAYS, EVERY_DAY]),
)
def test_a_slot_lies_ahead_and_inside_the_hours_of_every_clock(moment, zones, calendar):
    now = moment.replace(tzinfo=UTC)
    slot = next_slot(now, zones, DAYTIME, calendar)
    if slot is None:
        return
    assert slot >= now
    for zone in zones:
        local = slot.astimezone(ZoneInfo(zone))
        assert time(8) <= local.time() < time(21)
        assert calendar.is_working(local.date())
    assert next_slot(slot, zones, DAYTIME, calendar) == slot
