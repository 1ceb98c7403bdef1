"""One seeded run: weeks of readings, then a calm fetch or three, then the comparison."""

import random
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from odoo.addons.bank_sync.core.entry_window import REMOVED_AFTER_MISSES
from odoo.addons.bank_sync.core.window_days import OVERLAP_DAYS

from .bank import Bank
from .ledger import Ledger
from .profiles import PROFILES

DAYS = 25
START = date(2026, 3, 1)
#: More days after a reading that did not add up.
WIDER_DAYS = 30


@dataclass(frozen=True, slots=True)
class Result:
    """What became of our books.

    :param wrong_books: they are not the bank's, and no flag says why
    :param undecided: they are the bank's but for entries that wait for a person
    :param doubled: a booking was in our books twice at some time
    :param wrong_links: rows that stand for another booking than before, without a flag
    :param flagged_links: such rows with a flag
    :param indistinct_links: rows that went over to another booking of the same day, amount and
        words, which nobody can tell from the first by what the bank says
    :param flags: reason → how often a person was asked to look
    """

    wrong_books: bool
    undecided: bool
    wrong_links: int
    flagged_links: int
    indistinct_links: int
    flags: Counter
    rejected: int


def simulate(seed, profile, *, start=START):
    """Return the result of one run.

    :param profile: a name of `PROFILES`
    :param start: day before the bank's first
    """
    rng = random.Random(seed)  # noqa: S311 - a simulation, reproducible by its seed
    habits = dict(PROFILES[profile])
    ways = {name: habits.pop(name, False) for name in ("balance", "files", "only_files", "exports")}
    bank = Bank(rng, habits, start)
    ledger = Ledger(
        covered=bank.today, by_id=bank.ids == "stable" and not (ways["files"] or ways["exports"])
    )
    for _day in range(DAYS):
        bank.next_day()
        if ways["exports"] and rng.random() < 0.3:
            told, first = bank.export(rng.randint(3, 9))
            ledger.export(told, first, bank.today)
        if not ways["only_files"] and rng.random() < 0.7:
            _read(bank, ledger, ways)
        elif not ways["exports"] and (ways["files"] or ways["only_files"]):
            ledger.statement(*bank.statement())
    bank.calm()
    if ways["only_files"]:
        _finish_with_files(bank, ledger, ways)
    else:
        for _calm_fetch in range(REMOVED_AFTER_MISSES):
            _read(bank, ledger, ways)
    return _result(bank, ledger)


def _read(bank, ledger, ways):
    since = ledger.covered - timedelta(OVERLAP_DAYS)
    since = min(since, ledger.reread or since)
    if ledger.failures:
        since -= timedelta(WIDER_DAYS)
    told, complete = bank.fetch(since)
    balance = bank.balance if ways["balance"] and complete else None
    ledger.window(told, since, bank.today, complete=complete, balance=balance)


def _finish_with_files(bank, ledger, ways):
    if ways["exports"]:
        told, first = bank.export(DAYS + 1)
        ledger.export(told, first, bank.today)
    else:
        ledger.statement(*bank.statement())


def _result(bank, ledger):
    truth = Counter((one.day, one.amount) for one in bank.books.values())
    ours = ledger.books()
    waiting = Counter((row.entry.booking_date, row.entry.amount) for row in ledger.undecided())
    lacking, surplus = truth - ours, ours - truth
    explained = not surplus and not (lacking - waiting)
    wrong_links, flagged_links = ledger.wrong_links()
    return Result(
        wrong_books=bool(lacking or surplus) and not explained,
        undecided=bool(lacking) and explained,
        wrong_links=wrong_links,
        flagged_links=flagged_links,
        indistinct_links=ledger.indistinct,
        flags=ledger.flagged,
        rejected=ledger.rejected,
    )
