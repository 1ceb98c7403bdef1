"""The open items of one company, indexed by everything a payer may say about them.

Adding and settling cost what the one item weighs; a question costs the hits. Nothing ever goes
through all items. What comes first never depends on the order in which items came in: the oldest
due does.
"""

from bisect import bisect, bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from .amounts import Amounts
from .numbering import Numbering, Strength, forms, parts, taken_apart
from .text import glued
from .values import OpenItem

#: Fewer open items than this say nothing about what is a large amount.
MIN_TO_COMPARE = 40
#: Which form of a reference leads to which items.
_Index = dict[str, tuple[int, ...]]
#: Where an item stands among others.
_Place = tuple[date, int]


@dataclass(frozen=True, slots=True)
class Settled:
    """An item that was paid not long ago; somebody may quote or pay it again."""

    item: OpenItem
    day: date


class Ledger:
    """Open items, and those settled of late."""

    def __init__(self, items: Iterable[OpenItem] = ()) -> None:
        self.items: dict[int, OpenItem] = {}
        self.settled: dict[int, Settled] = {}
        self.by_amount: dict[tuple[str, int], dict[int, None]] = {}
        self.by_partner: dict[int, dict[int, None]] = {}
        self.by_sequence: dict[tuple[str, int], tuple[int, ...]] = {}
        self._by_form: _Index = {}
        self._by_order: _Index = {}
        self._settled_by_form: _Index = {}
        self._settled_by_amount: dict[tuple[int | None, int], tuple[int, ...]] = {}
        self._numbers: dict[int, Numbering | None] = {}
        self._forms_of: dict[int, Mapping[str, Strength]] = {}
        self._in_order: dict[int, list[OpenItem]] = {}
        self._amount_in_order: dict[tuple[str, int], list[_Place]] = {}
        self._amounts: dict[str, Amounts] = defaultdict(Amounts)
        self._settled_on: dict[date, dict[int, None]] = {}
        self._shapes: dict[tuple[str, str, int], int] = defaultdict(int)
        self._prefixes: set[str] = set()
        for item in sorted(items, key=oldest_first):
            self.add(item)

    # === CHANGES === #

    def add(self, item: OpenItem) -> None:
        """Take an item in; one that is there already is replaced."""
        if item.key in self.items:
            self.remove(item.key)
        self._forget_settled(item.key)
        self.items[item.key] = item
        self._forms_of[item.key] = forms(item.references, item.issued)
        for form in self._forms_of[item.key]:
            self._put(self._by_form, form, item)
        for order in item.orders:
            if len(key := glued(order)) >= 4:
                self._put(self._by_order, key, item)
        self._add_amount(item)
        if item.partner is not None:
            self.by_partner.setdefault(item.partner, {})[item.key] = None
            self._in_order.pop(item.partner, None)
        self._add_number(item)

    def _put(self, index: dict, place, item: OpenItem) -> None:
        """Add an open item at a place of an index, among the others by due date."""
        others = index.get(place, ())
        at = bisect(others, oldest_first(item), key=self._place_of) if others else 0
        index[place] = (*others[:at], item.key, *others[at:])

    def _place_of(self, key: int) -> _Place:
        return oldest_first(self.items[key])

    def _add_amount(self, item: OpenItem) -> None:
        place = (item.currency, item.residual)
        self.by_amount.setdefault(place, {})[item.key] = None
        if ordered := self._amount_in_order.get(place):
            insort(ordered, oldest_first(item))
        self._amounts[item.currency].add(abs(item.residual))

    def _remove_amount(self, item: OpenItem) -> None:
        place = (item.currency, item.residual)
        _discard(self.by_amount, place, item.key)
        if ordered := self._amount_in_order.get(place):
            del ordered[bisect_left(ordered, oldest_first(item))]
            if not ordered:
                del self._amount_in_order[place]
        self._amounts[item.currency].remove(abs(item.residual))

    def _add_number(self, item: OpenItem) -> None:
        number = taken_apart(item.references[0], item.issued) if item.references else None
        self._numbers[item.key] = number
        if number:
            self._put(self.by_sequence, (number.series, number.sequence), item)
            for shape in _shapes(item.references[0]):
                self._shapes[shape] += 1
            if (first := parts(item.references[0])[0]).isalpha():
                self._prefixes.add(first)

    def remove(self, key: int) -> OpenItem:
        """Take an item out, and return it."""
        item = self.items.pop(key)
        for form in self._forms_of.pop(key):
            _drop(self._by_form, form, key)
        for order in item.orders:
            _drop(self._by_order, glued(order), key)
        self._remove_amount(item)
        if item.partner is not None:
            _discard(self.by_partner, item.partner, key)
            self._in_order.pop(item.partner, None)
        if number := self._numbers.pop(key):
            _drop(self.by_sequence, (number.series, number.sequence), key)
        return item

    def settle(self, key: int, day: date) -> None:
        """Move an open item among those settled of late."""
        known = self._forms_of[key]
        self._remember_settled(self.remove(key), day, known)

    def add_settled(self, item: OpenItem, day: date) -> None:
        """Remember an item that was settled on ``day``."""
        self._forget_settled(item.key)
        self._remember_settled(item, day, forms(item.references, item.issued))

    def _remember_settled(self, item: OpenItem, day: date, known: Mapping[str, Strength]) -> None:
        self.settled[item.key] = Settled(item, day)
        self._settled_on.setdefault(day, {})[item.key] = None
        _put(self._settled_by_amount, (item.partner, item.residual), item.key)
        self._forms_of[item.key] = known
        for form in known:
            _put(self._settled_by_form, form, item.key)

    def _forget_settled(self, key: int) -> None:
        if known := self.settled.pop(key, None):
            _discard(self._settled_on, known.day, key)
            _drop(self._settled_by_amount, (known.item.partner, known.item.residual), key)
            for form in self._forms_of.pop(key):
                _drop(self._settled_by_form, form, key)

    def forget_settled_before(self, day: date) -> None:
        """Drop what was settled before ``day``: nobody quotes it any more."""
        for past in [past for past in self._settled_on if past < day]:
            for key in list(self._settled_on[past]):
                self._forget_settled(key)

    # === QUESTIONS === #

    def strength(self, key: int, form: str) -> Strength:
        """Return how surely ``form`` means the item, open or settled."""
        return self._forms_of[key].get(form, Strength.ORDER)

    def knows(self, form: str) -> bool:
        """Tell whether ``form`` means anything, open, settled or ordered."""
        return form in self._by_form or form in self._settled_by_form or form in self._by_order

    def quoted(self, form: str) -> tuple[int, ...]:
        """Return the open items a text means that consists of ``form`` alone."""
        return self._by_form.get(form, ())

    def ordered(self, form: str) -> tuple[int, ...]:
        """Return the open items of an order number."""
        return self._by_order.get(form, ())

    def settled_quoted(self, form: str) -> tuple[int, ...]:
        """Return the settled items a text means that consists of ``form`` alone."""
        return self._settled_by_form.get(form, ())

    def settled_of(self, partner: int, residual: int) -> list[Settled]:
        """Return what a partner settled of late with exactly this amount."""
        return [self.settled[key] for key in self._settled_by_amount.get((partner, residual), ())]

    def of_partner(self, partner: int) -> list[OpenItem]:
        """Return what a partner has open, oldest due first; not to be changed."""
        if (known := self._in_order.get(partner)) is None:
            found = [self.items[key] for key in self.by_partner.get(partner, ())]
            known = self._in_order[partner] = sorted(found, key=oldest_first)
        return known

    def of_partner_and_amount(
        self, partner: int | None, currency: str, residual: int
    ) -> list[OpenItem]:
        """Return a partner's items with exactly this residual, oldest due first."""
        of_amount = self.by_amount.get((currency, residual), {})
        mine = self.by_partner.get(partner, {})
        fewer, more = (of_amount, mine) if len(of_amount) < len(mine) else (mine, of_amount)
        return sorted((self.items[key] for key in fewer if key in more), key=oldest_first)

    def of_amount(self, currency: str, residual: int) -> Iterator[OpenItem]:
        """Yield the items with exactly this residual, oldest due first."""
        place = (currency, residual)
        if (ordered := self._amount_in_order.get(place)) is None:
            found = self.by_amount.get(place)
            if not found:
                return
            ordered = self._amount_in_order[place] = sorted(map(self._place_of, found))
        for _due, key in ordered:
            yield self.items[key]

    def number(self, key: int) -> Numbering | None:
        """Return the number of an open item taken apart."""
        return self._numbers.get(key)

    def large_amounts(self, share: float) -> dict[str, int]:
        """Return by currency the amount that this share of the open items stays below."""
        return {
            currency: amounts.below(share)
            for currency, amounts in self._amounts.items()
            if len(amounts) >= MIN_TO_COMPARE
        }

    def is_prefix(self, letters: str) -> bool:
        """Tell whether document numbers of ours begin with these letters."""
        return letters in self._prefixes

    def bears_prefix(self, key: int, letters: str) -> bool:
        """Tell whether the number of an item, open or settled, begins with these letters."""
        return self.prefix(key) == letters

    def prefix(self, key: int) -> str:
        """Return the letters or digits the number of an item, open or settled, begins with."""
        item = self.items.get(key) or self.settled[key].item
        return parts(item.references[0])[0] if item.references else ""

    def looks_like_ours(self, letters: str, digits: str) -> bool:
        """Tell whether a number has the shape of one of our own document numbers."""
        return any(
            self._shapes.get((prefix, digits[:2], len(digits)), 0) > 0 for prefix in {letters, ""}
        )


def oldest_first(item: OpenItem) -> tuple[date, int]:
    """Order items by due date; those without one come last."""
    return (item.due_date or date.max, item.key)


def _shapes(reference: str) -> Iterator[tuple[str, str, int]]:
    """Yield a number's letters, first digits and length, with and without the letters."""
    pieces = parts(reference)
    letters = "".join(piece for piece in pieces if piece.isalpha())
    digits = "".join(piece for piece in pieces if piece.isdigit())
    yield letters, digits[:2], len(digits)
    if len(digits) >= 6:
        yield "", digits[:2], len(digits)


def _put(index: dict, place, key: int) -> None:
    index[place] = (*index.get(place, ()), key)


def _drop(index: dict, place, key: int) -> None:
    left = tuple(other for other in index.get(place, ()) if other != key)
    if left:
        index[place] = left
    else:
        index.pop(place, None)


def _discard(index: dict, place, key: int) -> None:
    bucket = index[place]
    del bucket[key]
    if not bucket:
        del index[place]
