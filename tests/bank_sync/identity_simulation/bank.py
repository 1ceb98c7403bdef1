"""A bank with bad habits, as public issue reports describe them, and what it tells of its books."""

from dataclasses import dataclass
from datetime import date, timedelta

from odoo.addons.bank_sync.core.statement import Entry

#: Texts the bank puts in place of another one, so that nothing of it is left.
REWRITTEN = {"RENT": "MIETE", "CINEMA": "KINO 12", "INV 42": "PAYMENT", "FEE": "ENTGELT", "": "X"}


@dataclass(slots=True)
class Booking:
    """One entry in the bank's own books."""

    number: int
    day: date
    amount: int
    text: str
    end_to_end_id: str | None
    booked_on: date
    moved: bool = False


@dataclass(slots=True)
class Told:
    """One element of a reading, and the booking it really is."""

    number: int
    entry: Entry


class Bank:
    """The bank's own books, day by day, and what a reader is told of them.

    :param habits: names of what it does wrong, see `profiles`
    """

    def __init__(self, rng, habits, start):
        self.rng, self.habits = rng, dict(habits)
        self.ids = self.habits.pop("ids", "stable")
        self.today, self.start = start, start
        self.books: dict[int, Booking] = {}
        self.count = 0
        self.stated_on = start - timedelta(1)
        self._told = {}

    # === ITS DAYS === #

    def next_day(self):
        """Book what a day brings, and change what earlier days brought."""
        self.today += timedelta(1)
        for _ in range(self.rng.choice((0, 1, 1, 2, 3))):
            self._book()
        if self._happens("reverse", 0.1) and (one := self._recent(3)):
            self._book(amount=-one.amount, text=one.text)
        if self._happens("repeat", 0.25) and (one := self._recent(2)):
            self._book(amount=one.amount, text=one.text)
        if self._happens("remove", 0.05) and (one := self._recent(6)):
            del self.books[one.number]
        if self._happens("redate", 0.15) and (one := self._recent(5)):
            self._move(one)

    def _book(self, amount=None, text=None):
        self.count += 1
        rng, day = self.rng, self.today
        if self._happens("backdate", 0.1):
            day = max(day - timedelta(rng.randint(1, 8)), self.start)
        self.books[self.count] = Booking(
            number=self.count,
            day=day,
            amount=amount or rng.choice((-1000, -1000, 2500, -450, rng.randint(-99999, 99999))),
            text=text or rng.choice(tuple(REWRITTEN)),
            end_to_end_id=None if rng.random() < 0.5 else f"E{self.count}",
            booked_on=self.today,
        )

    def _move(self, booking):
        """Move a booking date by up to three days, once: a bank corrects, it does not wander."""
        if not booking.moved:
            booking.day = min(booking.day + timedelta(self.rng.randint(-3, 3)), self.today)
            booking.moved = True

    def _recent(self, days):
        recent = [one for one in self.books.values() if (self.today - one.booked_on).days <= days]
        return self.rng.choice(recent) if recent else None

    def _happens(self, habit, chance):
        return bool(self.habits.get(habit)) and self.rng.random() < chance

    # === WHAT IT TELLS === #

    @property
    def balance(self):
        """Return the booked balance of this moment."""
        return sum(one.amount for one in self.books.values())

    def calm(self):
        """Leave nothing out any more."""
        self.habits |= {"drop": False, "partial": False}

    def fetch(self, since):
        """Return what a fetch gives, and whether every page of it could be read."""
        told = [self._show(one) for one in self.books.values() if one.day >= since]
        if self._happens("twice", 0.3) and told:
            told.append(self.rng.choice(told))
        if self._happens("drop", 0.15) and told:
            told.pop(self.rng.randrange(len(told)))
        self.rng.shuffle(told)
        if self._happens("partial", 0.4):
            return told[: self.rng.randrange(len(told) + 1)], False
        return told, True

    def statement(self):
        """Return the file of what was booked since the last one, with its first and last day."""
        first = self.stated_on + timedelta(1)
        told = [self._state(one) for one in self.books.values() if one.booked_on >= first]
        self.stated_on = self.today
        return told, first, self.today

    def export(self, days):
        """Return a file without balances of all that is booked on the last days."""
        first = max(self.today - timedelta(days), self.start)
        return [self._state(one) for one in self.books.values() if one.day >= first], first

    def _show(self, booking):
        """Return a booking as the interface tells it today."""
        text, reference, age = booking.text, booking.end_to_end_id, self._age(booking)
        if self.habits.get("retext") and age < 2:
            text = f"{booking.booked_on:%d.%m} {text}"
        if self.habits.get("rewrite") and age >= 2:
            text = REWRITTEN[text]
        if self.habits.get("enrich") and age < 2:
            reference = None
        identifier = {
            "stable": f"T{booking.number}",
            "none": None,
            "blank": " ",
            "session": f"S{self.rng.random()}" if self.ids == "session" else None,
            "reused": f"T{booking.number}" if booking.number % 4 else "9998",
        }[self.ids]
        return self._tell(booking, identifier, None, reference, text)

    def _state(self, booking):
        """Return a booking as the bank's file words it."""
        text = booking.text
        if self.habits.get("file_words"):
            text = f"SEPA {text}"
        reference = f"T{booking.number}" if self.ids == "stable" else None
        identifier = str(booking.number % 7) if self.habits.get("numbered") else None
        return self._tell(booking, identifier, reference, booking.end_to_end_id, text)

    def _tell(self, booking, identifier, servicer_reference, end_to_end_id, text):
        """Return the entry; those told alike are one object, as a reader may compare by it."""
        key = booking.number, booking.day, identifier, servicer_reference, end_to_end_id, text
        told = self._told.get(key)
        if told is None:
            entry = Entry(
                booking.day,
                booking.day,
                booking.amount,
                "EUR",
                entry_reference=identifier and identifier.strip() and f"REF-{identifier}",
                servicer_reference=servicer_reference and f"REF-{servicer_reference}",
                end_to_end_id=end_to_end_id,
                remittance=(text,) if text else (),
            )
            told = Told(booking.number, entry)
            if self.ids != "session":
                self._told[key] = told
        return told

    def _age(self, booking):
        return (self.today - booking.booked_on).days
