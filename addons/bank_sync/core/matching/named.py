"""Proposals that rest on quoted documents: one, several, lists, ranges, and what nets them."""

from collections.abc import Iterator
from itertools import pairwise

from .drafts import Draft
from .fitting import Fit, fit, whole
from .ledger import Ledger
from .payers import Payers
from .policy import Policy
from .reading import Quote, Reading
from .subsets import MAX_ITEMS, Sums, sets_of_sum
from .values import OpenItem, Reason

#: Quoted documents a proposal is made for one by one.
MAX_SINGLES = 6
#: Longest range of numbers that is filled up.
MAX_RANGE = 60
#: Amounts that need no other explanation. A difference of the size of charges may be a credit note.
_FINAL = frozenset({Reason.EXACT_AMOUNT, Reason.DISCOUNT_TAKEN})
#: Added documents of less than this share of the receipt may be added by chance.
_SMALL_SHARE = 0.1
#: Sets an amount nearby has on average, below which a single set is no accident, or hardly one.
NEVER, RARE = 0.01, 0.05
#: Letters of a word that may stand between the ends of a range: to, bis, t/m, au, til.
MAX_RANGE_WORD = 4
#: Characters between one number of a list and the next.
MAX_TAIL_GAP = 6


def named(reading: Reading, ledger: Ledger, payers: Payers, policy: Policy) -> Iterator[Draft]:
    """Yield the drafts for what is quoted in the receipt's currency."""
    receipt = reading.receipt
    chosen: dict[int, OpenItem] = {}
    quotes: list[Quote] = []
    for quote in reading.open_quotes():
        items = _meant(quote, reading, ledger, payers)
        if len(items) == 1:
            chosen[items[0].key] = items[0]
            quotes.append(quote)
        for item in items[:4] if len(items) > 1 else ():
            if found := fit(receipt, (item,), policy):
                yield Draft((item,), found, quote.strength, (quote,), (Reason.SHARED_REFERENCE,))
    items = tuple(chosen.values())
    if not items:
        return
    close = False
    for draft in _of_quoted(reading, items, tuple(quotes), ledger, policy):
        close |= draft.fit.is_close and len(draft.items) >= len(items)
        yield draft
    if not close and len({item.partner for item in items}) == 1:
        yield from _with_others(reading, items, tuple(quotes), ledger)


def _meant(quote: Quote, reading: Reading, ledger: Ledger, payers: Payers) -> list[OpenItem]:
    """Return the items a quote means: where several bear it, amount and payer choose."""
    receipt = reading.receipt
    items = [ledger.items[key] for key in quote.items]
    items = [item for item in items if item.currency == receipt.currency]
    if len(items) > 1:
        paid = [item for item in items if item.partner in payers.reasons]
        items = paid or items
    if len(items) > 1:
        exact = [item for item in items if item.residual == receipt.amount]
        items = exact or items
    return items


def _of_quoted(
    reading: Reading,
    items: tuple[OpenItem, ...],
    quotes: tuple[Quote, ...],
    ledger: Ledger,
    policy: Policy,
) -> Iterator[Draft]:
    receipt = reading.receipt
    weakest = min(quote.strength for quote in quotes)
    every = fit(receipt, items, policy)
    final = every is not None and every.reason in _FINAL
    netted = [] if final else list(_netted(reading, items, quotes, ledger))
    yield from netted
    if every and len(items) > 1:
        others = (Reason.OTHERS_OPEN,) if netted or _may_take(every, items, ledger) else ()
        yield Draft(items, every, weakest, quotes, (Reason.SEVERAL_QUOTED_SUM, *others))
    listed = []
    if not (every and every.is_close):
        yield from _of_list(reading, items, quotes, ledger, policy)
        listed = [more for more, _places in completed(reading, items, quotes, ledger)]
    for item in items[:MAX_SINGLES]:
        if found := fit(receipt, (item,), policy):
            used = tuple(quote for quote in quotes if item.key in quote.items)
            others = (netted and len(items) == 1) or _may_take(found, (item,), ledger)
            reasons = (Reason.OTHERS_OPEN,) if others and not found.is_close else ()
            if listed and not found.is_close:
                reasons = (*reasons, Reason.OTHER_QUOTED)
            # Either the number has a slip that makes it another's, or a part is paid.
            elsewhere = (item.partner, receipt.currency, receipt.amount)
            if not found.is_close and ledger.of_partner_and_amount(*elsewhere):
                reasons = (*reasons, Reason.EXACT_ELSEWHERE)
            yield Draft((item,), found, max(q.strength for q in used), used, reasons)


def _of_list(
    reading: Reading,
    items: tuple[OpenItem, ...],
    quotes: tuple[Quote, ...],
    ledger: Ledger,
    policy: Policy,
) -> Iterator[Draft]:
    """Yield the first completed list that adds up, by itself or less credit notes."""
    weakest = min(quote.strength for quote in quotes)
    listed = (Reason.LIST_COMPLETED,)
    for more, places in completed(reading, items, quotes, ledger):
        found = fit(reading.receipt, more, policy)
        if found and found.is_close:
            yield Draft(more, found, weakest, quotes, listed, places)
        if found and found.reason in _FINAL:
            return
        netted = list(_netted(reading, more, quotes, ledger, listed, places))
        yield from netted
        if netted:
            return


def _may_take(found: Fit, items: tuple[OpenItem, ...], ledger: Ledger) -> bool:
    """Tell whether other open items may explain a difference: invoices, or credit notes."""
    claimed = {claim.item: claim.applied for claim in found.claims}
    missing = sum(abs(item.residual - claimed.get(item.key, item.residual)) for item in items)
    return bool(found.on_account or missing) and any(
        one not in items and (0 < one.residual <= found.on_account or 0 < -one.residual <= missing)
        for one in _open_of(items[0], ledger)
    )


def completed(
    reading: Reading, items: tuple[OpenItem, ...], quotes: tuple[Quote, ...], ledger: Ledger
) -> Iterator[tuple[tuple[OpenItem, ...], tuple[tuple[int, int], ...]]]:
    """Yield the quoted items with those that the numbers beside them name shortly.

    ``INV/2026/00101, 102, 105`` is a list, ``INV/2026/00101-104`` a range or a list: what adds
    up decides.
    """
    listed = {item.key: item for item in items}
    ranged = dict(listed)
    places: list[tuple[int, int]] = []
    by_place = sorted((quote.place, quote.items[0]) for quote in quotes if quote.place)
    ends = [*(place[0] for place, _key in by_place), len(reading.words)][1:]
    for (place, key), stop in zip(by_place, ends, strict=True):
        number, first = ledger.number(key), ledger.items[key]
        if not number:
            continue
        last = number.sequence
        for at, tail in _tails_after(reading, place[1], stop, number.width):
            _take_range(ranged, ledger, number.series, last, tail, first)
            if _take(listed, ledger, number.series, tail, first):
                places.append((at, at + 1))
            last = tail
    for (place, key), (following, other_key) in pairwise(by_place):
        number, other = ledger.number(key), ledger.number(other_key)
        if number and other and following[0] - place[1] <= 2 and number.series == other.series:
            first = ledger.items[key]
            _take_range(ranged, ledger, number.series, number.sequence, other.sequence, first)
    for more in (listed, ranged):
        if len(more) > len(items):
            yield tuple(more.values()), tuple(places)


def _tails_after(reading: Reading, start: int, stop: int, width: int) -> Iterator[tuple[int, int]]:
    """Yield the numbers that follow a quote and may be tails of its series, with their places."""
    for at in range(start, stop):
        word = reading.words[at]
        if word.is_number and (len(word.text) > width or word.gap > MAX_TAIL_GAP):
            return
        if not word.is_number and len(word.text) > MAX_RANGE_WORD:
            return
        if word.is_number:
            yield at, int(word.text)


def _take_range(
    found: dict[int, OpenItem], ledger: Ledger, series: str, start: int, end: int, first: OpenItem
) -> None:
    """Add the items of all numbers from one to the other, both included, as far as is usual."""
    for sequence in range(min(start, end), min(end, start + MAX_RANGE) + 1):
        _take(found, ledger, series, sequence, first)


def _take(
    found: dict[int, OpenItem], ledger: Ledger, series: str, sequence: int, first: OpenItem
) -> bool:
    """Add the item of a number, if it is the same customer's."""
    for key in ledger.by_sequence.get((series, sequence), ()):
        item = ledger.items[key]
        if item.partner == first.partner and item.currency == first.currency:
            found[key] = item
            return True
    return False


def _with_others(
    reading: Reading, items: tuple[OpenItem, ...], quotes: tuple[Quote, ...], ledger: Ledger
) -> Iterator[Draft]:
    """Add what the same customer has open besides until it adds up."""
    receipt, taken = reading.receipt, {item.key for item in items}
    mine = _open_of(items[0], ledger)
    invoices = [i for i in mine if (i.residual > 0) == (receipt.amount > 0)]
    missing = receipt.amount - sum(item.residual for item in items)
    for pool in (invoices, mine):
        others = [item for item in pool if item.key not in taken][:MAX_ITEMS]
        sums = sets_of_sum([item.residual for item in others], missing, smallest=1)
        if not sums.sets:
            continue
        place = {item.key: number for number, item in enumerate(pool)}
        named_places = [place[key] for key in taken if key in place]
        ranked = sorted(
            sums.sets,
            key=lambda c: _scatter([place[others[n].key] for n in c] + named_places),
        )
        for chosen in ranked[:3]:
            every = items + tuple(others[number] for number in chosen)
            spread = _scatter([place[item.key] for item in every if item.key in place])
            meant = meaning(sums, in_order=spread[0] == 0)
            if abs(missing) < _SMALL_SHARE * abs(receipt.amount):
                meant = Reason.SUM_AMBIGUOUS
            reasons = (Reason.SOME_QUOTED, meant)
            exact = Fit(whole(every), Reason.EXACT_AMOUNT)
            yield Draft(every, exact, min(q.strength for q in quotes), quotes, reasons)
        return


def _open_of(item: OpenItem, ledger: Ledger) -> list[OpenItem]:
    """Return all the customer of an item has open in its currency, oldest due first."""
    if item.partner is None:
        return [item]
    return [one for one in ledger.of_partner(item.partner) if one.currency == item.currency]


def _netted(
    reading: Reading,
    items: tuple[OpenItem, ...],
    quotes: tuple[Quote, ...],
    ledger: Ledger,
    listed: tuple[Reason, ...] = (),
    places: tuple[tuple[int, int], ...] = (),
) -> Iterator[Draft]:
    """Take credit notes of the same customer off what is quoted."""
    receipt = reading.receipt
    too_much = sum(item.residual for item in items) - receipt.amount
    if too_much * receipt.amount <= 0:
        return
    taken = {item.key for item in items}
    notes = [
        one
        for one in _open_of(items[0], ledger)
        if one.key not in taken and (one.residual > 0) != (receipt.amount > 0)
    ]
    # A single note of this very amount is looked at first, however many there are.
    notes.sort(key=lambda one: one.residual != -too_much)
    notes = notes[:MAX_ITEMS]
    sums = sets_of_sum([item.residual for item in notes], -too_much, smallest=1)
    for chosen in sums.sets[:3]:
        every = items + tuple(notes[number] for number in chosen)
        reasons = (*listed, Reason.CREDIT_NETTED, meaning(sums, in_order=False))
        exact = Fit(whole(every), Reason.EXACT_AMOUNT)
        yield Draft(every, exact, min(q.strength for q in quotes), quotes, reasons, places)


def _scatter(places: list[int]) -> tuple[int, int, int]:
    """Return how far apart documents lie in their order, how late they begin, and their number."""
    return max(places) - min(places) + 1 - len(places), min(places), len(places)


def meaning(sums: Sums, *, in_order: bool) -> Reason:
    """Say what a set that adds up is worth: alone it means something, among many little.

    :param in_order: the documents follow each other by due date, as payment runs take them
    """
    if len(sums.sets) == 1 and sums.chance < RARE:
        return Reason.SUM_UNIQUE if sums.chance < NEVER else Reason.SUM_LIKELY
    return Reason.SUM_OLDEST if in_order else Reason.SUM_AMBIGUOUS
