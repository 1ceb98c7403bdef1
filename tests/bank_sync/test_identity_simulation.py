"""Weeks of fetches from banks with bad habits: our books end up as the bank's.

The habits are those of public issue reports: no ids, blank ids, new ids every session, one id for
many entries, texts and days that change after the booking, entries that vanish, elements sent
twice, lines left out for a day, fetches that break off. The ledger below carries out the plans as
the Odoo models do.
"""

import random
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.bank_sync.core.entry_window import MAX_ID_MOVE_DAYS, REMOVED_AFTER_MISSES
from odoo.addons.bank_sync.core.identity import KnownEntry, reconcile_window
from odoo.addons.bank_sync.core.statement import Entry

DAYS = 40
#: Days a fetch looks back. What changes is younger: what changes later nobody can see.
WINDOW_DAYS = 30

PROFILES = {
    "stable ids": {},
    "no ids": {"ids": "none"},
    "blank ids": {"ids": "blank"},
    "ids per session": {"ids": "session"},
    "one id for many": {"ids": "reused"},
    "texts change, no ids": {"ids": "none", "retext": True},
    "days move, stable ids": {"redate": True},
    "days move, no ids": {"ids": "none", "redate": True},
    "back-dated entries, no ids": {"ids": "none", "backdate": True},
    "entries vanish, no ids": {"ids": "none", "remove": True},
    "elements sent twice": {"twice": True},
    "lines left out, stable ids": {"drop": True},
    "lines left out, no ids": {"ids": "none", "drop": True},
    "fetches break off, stable ids": {"partial": True},
    "fetches break off, no ids": {"ids": "none", "partial": True},
    "everything, stable ids": dict.fromkeys(
        ("retext", "redate", "backdate", "remove", "twice", "drop", "partial"), True
    ),
    "everything, no ids": {"ids": "none"}
    | dict.fromkeys(("retext", "redate", "backdate", "remove", "drop", "partial"), True),
    "everything, one id for many": {"ids": "reused"}
    | dict.fromkeys(("retext", "redate", "backdate", "remove", "drop", "partial"), True),
}  # fmt: skip
#: Habits under which our books never hold an entry twice, not even for a day.
NEVER_TWICE = (
    "stable ids", "no ids", "blank ids", "ids per session", "texts change, no ids",
    "days move, stable ids", "days move, no ids", "elements sent twice",
    "lines left out, no ids", "fetches break off, stable ids", "fetches break off, no ids",
)  # fmt: skip


@dataclass
class Booking:
    """One entry in the bank's own books."""

    number: int
    day: date
    amount: int
    text: str
    end_to_end_id: str | None
    booked_on: date
    moved: bool = False


class Bank:
    """The bank's books, and its habits when asked about them."""

    def __init__(self, rng, *, ids="stable", **habits):
        self.rng, self.ids, self.habits = rng, ids, habits
        self.today = date(2026, 1, 1)
        self.books = {}
        self.count = 0

    def next_day(self):
        self.today += timedelta(1)
        for _ in range(self.rng.choice((0, 1, 1, 2, 3))):
            self._book()
        if self._happens("remove", 0.05):
            self.books.pop(self._recent(10), None)
        if self._happens("redate", 0.15) and (number := self._recent(5)):
            self._move(self.books[number])

    def fetch(self, since):
        """Return what a fetch gives, and whether every page of it could be read."""
        seen = [self._show(one) for one in self.books.values() if one.day >= since]
        if self._happens("twice", 0.3) and seen:
            seen.append(self.rng.choice(seen))
        if self._happens("drop", 0.15) and seen:
            seen.pop(self.rng.randrange(len(seen)))
        self.rng.shuffle(seen)
        if self._happens("partial", 0.4):
            return seen[: self.rng.randrange(len(seen) + 1)], False
        return seen, True

    def _book(self):
        self.count += 1
        day = self.today
        if self._happens("backdate", 0.1):
            day -= timedelta(self.rng.randint(1, 8))
        rng = self.rng
        self.books[self.count] = Booking(
            number=self.count,
            day=day,
            amount=rng.choice((-1000, -1000, 2500, -450, rng.randint(-99999, 99999))),
            text=rng.choice(("RENT", "CINEMA", "INV 42", "FEE", "")),
            end_to_end_id=None if rng.random() < 0.5 else f"E{self.count}",
            booked_on=self.today,
        )

    def _move(self, booking):
        """Move a booking date by up to three days, once: a bank corrects, it does not wander."""
        if not booking.moved:
            booking.day = min(booking.day + timedelta(self.rng.randint(-3, 3)), self.today)
            booking.moved = True

    def _show(self, booking):
        text = booking.text
        if self.habits.get("retext") and (self.today - booking.booked_on).days < 2:
            text = f"{booking.booked_on:%d.%m} {text}"
        identifier = {
            "stable": f"T{booking.number}",
            "none": None,
            "blank": " ",
            "session": f"S{self.rng.random()}",
            "reused": f"T{booking.number}" if booking.number % 4 else "9998",
        }[self.ids]
        return Entry(
            booking.day,
            booking.day,
            booking.amount,
            "EUR",
            entry_reference=identifier,
            end_to_end_id=booking.end_to_end_id,
            remittance=(text,),
        )

    def _recent(self, days):
        recent = [n for n, one in self.books.items() if (self.today - one.day).days <= days]
        return self.rng.choice(recent) if recent else None

    def _happens(self, habit, chance):
        return bool(self.habits.get(habit)) and self.rng.random() < chance


@dataclass
class Ledger:
    """Our mirror of the bank's books."""

    trust_ids: bool = True
    rows: dict[int, KnownEntry] = field(default_factory=dict)

    def sync(self, seen, since, complete):
        margin = since - timedelta(MAX_ID_MOVE_DAYS)
        known = [row for row in self.rows.values() if row.entry.booking_date >= margin]
        plan = reconcile_window(
            known, seen, complete=complete, trust_ids=self.trust_ids, window_start=since
        )
        self.trust_ids = self.trust_ids and not plan.untrusted_ids
        for key, _index in plan.matched:
            self.rows[key] = replace(self.rows[key], miss_count=0)
        for key, index in plan.changed:
            self.rows[key] = replace(self.rows[key], miss_count=0, entry=seen[index])
        for key in plan.missing:
            row = self.rows[key]
            self.rows[key] = replace(row, miss_count=row.miss_count + 1)
        for new in plan.added:
            key = len(self.rows) + 1
            mark, entry = new.fingerprint, seen[new.index]
            self.rows[key] = KnownEntry(key, entry, 0, mark, new.occurrence)
        numbers = [(row.recorded_fingerprint, row.occurrence) for row in self.rows.values()]
        assert len(set(numbers)) == len(numbers)

    def books(self):
        rows = self.rows.values()
        return Counter(
            (row.entry.booking_date, row.entry.amount, row.entry.end_to_end_id)
            for row in rows
            if row.miss_count < REMOVED_AFTER_MISSES
        )


def simulate(seed, profile):
    """Return our books and the bank's after weeks of syncs."""
    rng = random.Random(seed)  # noqa: S311 - a simulation, reproducible by its seed
    bank, ledger = Bank(rng, **PROFILES[profile]), Ledger()
    for _day in range(DAYS):
        bank.next_day()
        if rng.random() < 0.7:
            since = bank.today - timedelta(WINDOW_DAYS)
            seen, complete = bank.fetch(since)
            ledger.sync(seen, since, complete)
            if profile in NEVER_TWICE:
                assert ledger.books().total() <= len(bank.books)
    bank.habits |= {"drop": False, "partial": False}
    for _calm_fetch in range(REMOVED_AFTER_MISSES):
        since = bank.today - timedelta(WINDOW_DAYS)
        seen, complete = bank.fetch(since)
        ledger.sync(seen, since, complete)
    truth = Counter((one.day, one.amount, one.end_to_end_id) for one in bank.books.values())
    return ledger.books(), truth


@pytest.mark.parametrize("profile", PROFILES)
@settings(max_examples=max(6, settings.default.max_examples // 16))
@given(seed=st.integers(0, 2**32))
def test_our_books_end_up_as_the_banks(profile, seed):
    ours, truth = simulate(seed, profile)
    assert ours == truth
