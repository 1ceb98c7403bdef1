"""Proposals that rest on a number somebody cut off, mistyped or shortened to its tail.

Such a number is never looked up, for it may mean anything: the items the payer owes, or those of
exactly this amount, are asked whether it may be theirs.
"""

from collections.abc import Iterator
from functools import lru_cache
from operator import ne
from typing import NamedTuple

from .drafts import Draft
from .fitting import fit
from .ledger import Ledger
from .numbering import Strength
from .payers import Payers
from .policy import Policy
from .reading import LOOK_ALIKE, Reading
from .text import glued
from .values import OpenItem, Reason, Receipt

#: Items of one payer, and of one amount, that are asked.
MAX_OF_PAYER = 150
MAX_OF_AMOUNT = 80
#: Characters a bank may cut off, and what must be left.
MAX_LOST = 3
MIN_LEFT = 5


class Number(NamedTuple):
    """Letters and digits of a receipt that belong together.

    :param digits: the digits behind the letters; empty where there are letters among them
    :param meant: the same with letters read as the digits they look like
    :param may_be_cut: nothing follows, so that the bank may have cut it off
    :param quoted_of: partners of documents that are quoted whole here: no slip of theirs, then
    """

    place: tuple[int, int]
    text: str
    digits: str
    meant: str
    may_be_cut: bool
    quoted_of: frozenset[int | None]


def damaged(reading: Reading, ledger: Ledger, payers: Payers, policy: Policy) -> Iterator[Draft]:
    """Yield drafts for numbers that may be a document's after all."""
    receipt = reading.receipt
    if not reading.numbers:
        return
    numbers = [_number(reading, *cluster, ledger) for cluster in reading.numbers]
    asked: set[int] = set()
    found: list[Draft] = []
    for partner in payers.ranked()[:3]:
        mine = _asked_first(ledger.of_partner(partner), receipt)
        yield from _tails(reading, mine, ledger, policy)
        for item in mine:
            asked.add(item.key)
            found += _asked(receipt, numbers, item, ledger, policy, payer=True)
    for place, item in enumerate(ledger.of_amount(receipt.currency, receipt.amount)):
        if place >= MAX_OF_AMOUNT:
            break
        if item.key not in asked:
            found += _asked(receipt, numbers, item, ledger, policy, payer=False)
    close = [draft for draft in found if draft.fit.is_close]
    for draft in found:
        rivals = [other for other in close if other.strength == draft.strength]
        if len(rivals) > 1 and draft in rivals:
            draft.reasons = (Reason.SHARED_REFERENCE,)
        yield draft


def _asked_first(mine: list[OpenItem], receipt: Receipt) -> list[OpenItem]:
    """Return what a payer owes: what is of this amount, then the oldest of the rest."""
    same = [item for item in mine if item.currency == receipt.currency]
    same.sort(key=lambda item: item.residual != receipt.amount)
    return same[:MAX_OF_PAYER]


def _asked(
    receipt: Receipt,
    numbers: list[Number],
    item: OpenItem,
    ledger: Ledger,
    policy: Policy,
    *,
    payer: bool,
) -> Iterator[Draft]:
    if not item.references or (item.residual > 0) != (receipt.amount > 0):
        return
    best: tuple[Strength, tuple[int, int]] | None = None
    for number in numbers:
        if item.partner in number.quoted_of:
            continue
        strength = _damage(number, item, ledger)
        if strength and (best is None or strength > best[0]):
            best = strength, number.place
    found = fit(receipt, (item,), policy) if best else None
    if best and found and (found.is_close or payer):
        yield Draft((item,), found, best[0], explains=(best[1],))


def _number(reading: Reading, start: int, end: int, text: str, ledger: Ledger) -> Number:
    """Prepare a number that many items are asked for."""
    bare = text.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    known = (
        ledger.items.get(key) or ledger.settled[key].item
        for quote in reading.quotes
        if quote.place and quote.place[0] < end and start < quote.place[1]
        if quote.strength >= Strength.DIGITS
        for key in quote.items
    )
    return Number(
        (start, end),
        text,
        bare if bare.isdigit() else "",
        bare.translate(LOOK_ALIKE),
        end == len(reading.words) and len(text) >= MIN_LEFT,
        frozenset(item.partner for item in known),
    )


def _damage(number: Number, item: OpenItem, ledger: Ledger) -> Strength | None:
    """Return how a number may be the item's, or nothing."""
    full, digits = _spelt(item.references[0])
    text, bare = number.text, number.digits
    if number.may_be_cut:
        for whole in (full, digits):
            if whole.startswith(text) and 0 < len(whole) - len(text) <= MAX_LOST:
                return Strength.CUT
    if len(bare) >= MIN_LEFT and digits.endswith(bare) and bare != digits:
        return Strength.CUT
    if _one_slip(text, full) or _one_slip(number.meant, digits):
        return Strength.DAMAGED
    known = ledger.number(item.key) if len(bare) >= 2 else None
    is_tail = known and len(bare) <= known.width and int(bare) == known.sequence
    return Strength.TAIL if is_tail else None


@lru_cache(maxsize=65_536)
def _spelt(reference: str) -> tuple[str, str]:
    """Return a document's number as it is compared, and its digits alone."""
    full = glued(reference)
    return full, "".join(filter(str.isdigit, full))


def _one_slip(one: str, other: str) -> bool:
    """Tell whether one character is wrong, missing, doubled, or two are swapped.

    >>> _one_slip("202600132", "202600123"), _one_slip("20260012", "202600123")
    (True, True)
    >>> _one_slip("202600123", "202600123"), _one_slip("202600231", "202600123")
    (False, False)
    """
    if one == other or abs(len(one) - len(other)) > 1 or min(len(one), len(other)) < MIN_LEFT:
        return False
    if len(one) == len(other):
        if sum(map(ne, one, other)) > 2:
            return False
    elif one[-1] != other[-1]:
        return one.startswith(other) or other.startswith(one)
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    if len(one) == len(other):
        rest, rest_other = one[start:], other[start:]
        swapped = rest[:2] == rest_other[1::-1] and rest[2:] == rest_other[2:]
        return rest[1:] == rest_other[1:] or swapped
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    return longer[start + 1 :] == shorter[start:]


def _tails(
    reading: Reading, mine: list[OpenItem], ledger: Ledger, policy: Policy
) -> Iterator[Draft]:
    """Read several tails as a list, and two as a range, of one customer's documents."""
    tails = [
        (place, int(word.text))
        for place, word in enumerate(reading.words)
        if word.is_number and len(word.text) <= 7
    ]
    if len(tails) < 2:
        return
    by_sequence: dict[int, list[OpenItem]] = {}
    for item in mine:
        if number := ledger.number(item.key):
            by_sequence.setdefault(number.sequence, []).append(item)
    tails = [(place, tail) for place, tail in tails if tail in by_sequence]
    if len(tails) < 2:
        return
    listed = {item.key: item for _place, tail in tails for item in by_sequence[tail][:1]}
    first, last = tails[0][1], tails[1][1]
    ranged = {
        item.key: item
        for sequence in range(first, min(last, first + 60) + 1)
        for item in by_sequence.get(sequence, ())[:1]
    }
    places = tuple((place, place + 1) for place, _tail in tails)
    for chosen in (listed, ranged):
        items = tuple(chosen.values())
        found = fit(reading.receipt, items, policy) if len(items) > 1 else None
        if found and found.is_close:
            yield Draft(items, found, Strength.TAIL, (), (Reason.LIST_COMPLETED,), places)
