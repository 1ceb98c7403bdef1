"""The bank's clock: hours, its zone, the cut-off, weekends, and the nights of the time change."""

import pytest


@pytest.fixture
def go(client):
    """Return a function that moves the clock and returns what it then shows."""

    def move(**values):
        answer = client.post("/sim/clock", json=values)
        assert answer.status_code == 200, answer.text
        return answer.json

    return move


def test_a_new_bank_opens_in_the_morning_in_its_zone(client):
    shown = client.get("/sim/clock").json
    assert shown["now"] == "2026-03-02T09:00:00+01:00"
    assert (shown["zone"], shown["cut_off"]) == ("Europe/Luxembourg", "18:00")


def test_days_keep_the_hour_also_over_a_change_of_time(go):
    go(now="2026-03-28T15:30")
    assert go(advance_days=1)["now"] == "2026-03-29T15:30:00+02:00"
    assert go(today="2026-04-02")["now"] == "2026-04-02T15:30:00+02:00"


def test_minutes_are_real_also_in_the_night_an_hour_is_missing(go):
    go(now="2026-03-29T01:59")
    assert go(advance_minutes=2)["now"] == "2026-03-29T03:01:00+02:00"


def test_the_hour_that_comes_twice_takes_two_hours(go):
    go(now="2026-10-25T02:30:00+02:00")
    assert go(advance_minutes=60)["now"] == "2026-10-25T02:30:00+01:00"
    assert go(advance_minutes=60)["now"] == "2026-10-25T03:30:00+01:00"


def test_the_day_is_that_of_the_bank_not_of_greenwich(go):
    assert go(now="2026-03-03T23:30:00+00:00")["today"] == "2026-03-04"
    assert go(zone="America/New_York")["today"] == "2026-03-03"


def test_after_the_cut_off_payments_belong_to_the_next_day(go, pay, client):
    go(now="2026-03-02T17:59")
    assert pay("1.00")[0]["status"] == "booked"
    go(advance_minutes=1)
    (late,) = pay("2.00")
    assert (late["status"], late["booking_date"]) == ("pending", "2026-03-03")
    assert go(advance_minutes=6 * 60 - 1)["booked"] == 0
    assert go(advance_minutes=1)["booked"] == 1
    go(cut_off="23:00")
    assert pay("3.00")[0]["status"] == "booked"


def test_weekends_can_be_closed(go, pay):
    go(now="2026-03-07T10:00", weekends="closed")
    assert pay("1.00")[0]["booking_date"] == "2026-03-09"
    go(weekends="open")
    assert pay("1.00")[0]["booking_date"] == "2026-03-07"


def test_leap_day_and_the_turn_of_the_year_lose_no_day(go, pay, client):
    go(today="2027-12-31")
    days = [go(advance_days=1)["today"] for _number in range(60)]
    assert (days[0], days[58], days[59]) == ("2028-01-01", "2028-02-28", "2028-02-29")
    assert len(set(days)) == 60


@pytest.mark.parametrize(
    "body",
    [
        {"now": "soon"},
        {"zone": "Mars/Olympus"},
        {"cut_off": "25:00"},
        {"weekends": "never"},
        {"advance_minutes": -1},
    ],
)
def test_a_clock_set_wrongly_is_left_alone(client, contents, body):
    before = contents()
    assert client.post("/sim/clock", json=body).status_code == 400
    assert contents() == before
