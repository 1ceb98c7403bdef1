"""Read one receipt: which documents it quotes, who pays, and what is left unexplained."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from .checked_references import proves_itself
from .ledger import Ledger
from .numbering import Strength
from .text import Word, dates, glued, joined, words
from .values import Receipt

#: Longest run of neighbouring words glued together in the search for one reference.
MAX_WORDS = 10
#: Characters that may stand inside a torn number.
MAX_GAP = 3
#: Letters before a prefix of ours that make it the prefix of another series.
MAX_MORE_LETTERS = 2
#: Letters people and scanners write for digits, and what is meant.
LOOK_ALIKE = str.maketrans("OILSBZG", "0115826")


@dataclass(frozen=True, slots=True)
class Quote:
    """A place where documents are quoted.

    :param items: the items that bear the reference, open or settled
    :param place: start and end in the words of the text; nothing for a field of its own
    """

    items: tuple[int, ...]
    strength: Strength
    place: tuple[int, int] | None = None
    settled: bool = False


@dataclass(slots=True)
class Reading:
    """What one receipt says.

    :param quotes: documents quoted, in the order they stand; those of fields first
    :param unread: references that look like one of ours or prove themselves, and are none we
        know, with their first word where they stand in the text
    :param numbers: clusters of words with a number in them, as (first word, end, glued text)
    """

    receipt: Receipt
    text: str
    words: list[Word]
    quotes: list[Quote] = field(default_factory=list)
    unread: list[tuple[int | None, str]] = field(default_factory=list)
    numbers: list[tuple[int, int, str]] = field(default_factory=list)
    taken: list[bool] = field(default_factory=list)
    dates: frozenset[date] = frozenset()

    def open_quotes(self) -> Iterator[Quote]:
        """Yield the quotes of items that are still open."""
        return (quote for quote in self.quotes if not quote.settled)


def read(receipt: Receipt, ledger: Ledger) -> Reading:
    """Return what a receipt quotes; costs the length of its text, never the number of items."""
    text = joined(receipt.texts)
    found = words(text)
    reading = Reading(receipt, text, found, taken=[False] * len(found), dates=dates(text))
    for reference in receipt.structured:
        _read_field(reading, reference, ledger)
    for start, end, quote in _longest_first(found, ledger):
        if any(reading.taken[start:end]) or _is_of_other_series(found, start, quote, ledger):
            continue
        reading.taken[start:end] = [True] * (end - start)
        reading.quotes.append(quote)
    if not reading.quotes:
        _read_look_alikes(reading, ledger)
    reading.quotes.sort(key=lambda quote: quote.place or (-1, -1))
    _collect_numbers(reading)
    _collect_unread(reading, ledger)
    return reading


def _read_field(reading: Reading, reference: str, ledger: Ledger) -> None:
    """A field of its own holds one whole reference, nothing else."""
    form = glued(reference)
    if quote := _quote(form, ledger, None):
        reading.quotes.append(quote)
    elif proves_itself(reference):
        reading.unread.append((None, form))


def _is_of_other_series(found: list[Word], start: int, quote: Quote, ledger: Ledger) -> bool:
    """Tell whether letters before a number make it a number of another series.

    ``RINV/2026/00012`` does not mean ``INV/2026/00012``, whether we know such a series or not, nor
    does ``SUB/2026/01/06`` mean ``INV/2026/00106``.
    """
    if start == 0 or not found[start].is_number or found[start].gap > 1:
        return False
    letters = found[start - 1].text
    if ledger.bears_prefix(quote.items[0], letters):
        return False
    own = ledger.prefix(quote.items[0])
    longer = 2 <= len(own) < len(letters) <= len(own) + MAX_MORE_LETTERS and letters.endswith(own)
    return longer or ledger.is_prefix(letters)


def _quote(form: str, ledger: Ledger, place: tuple[int, int] | None) -> Quote | None:
    if items := ledger.quoted(form):
        strengths = {key: ledger.strength(key, form) for key in items}
        best = max(strengths.values())
        chosen = tuple(key for key in items if strengths[key] == best)
        return Quote(chosen, best, place)
    if items := ledger.settled_quoted(form):
        strength = max(ledger.strength(key, form) for key in items)
        return Quote(items, strength, place, settled=True)
    if items := ledger.ordered(form):
        return Quote(items, Strength.ORDER, place)
    return None


def _longest_first(found: list[Word], ledger: Ledger) -> list[tuple[int, int, Quote]]:
    """Return the quotes, longest first: what lies inside a longer one means nothing by itself."""
    hits = []
    for start, first in enumerate(found):
        key = first.text
        end = start + 1
        while True:
            if len(key) >= 4:
                form = (key.lstrip("0") or key) if key.isdigit() else key
                known = len(form) >= 4 and ledger.knows(form)
                if known and (quote := _quote(form, ledger, (start, end))):
                    hits.append((-len(key), start, end, quote))
            if end >= len(found) or end - start >= MAX_WORDS or found[end].gap > MAX_GAP:
                break
            key += found[end].text
            end += 1
    hits.sort(key=lambda hit: hit[:3])
    return [(start, end, quote) for _length, start, end, quote in hits]


def _read_look_alikes(reading: Reading, ledger: Ledger) -> None:
    """Read O as 0, I as 1 and so on, where a text makes no sense as it stands."""
    for start, end, key in _mixed_runs(reading.words):
        for cut in range(min(5, len(key) - 4)):
            head, tail = key[:cut], key[cut:].translate(LOOK_ALIKE)
            if not tail.isdigit() or tail == key[cut:]:
                continue
            quote = _quote(head + tail if head else tail.lstrip("0"), ledger, (start, end))
            if quote and quote.strength >= Strength.DIGITS and not quote.settled:
                reading.taken[start:end] = [True] * (end - start)
                reading.quotes.append(Quote(quote.items, Strength.SHORTENED, (start, end)))
                return


def _mixed_runs(found: list[Word]) -> Iterator[tuple[int, int, str]]:
    """Yield runs of letters and digits that follow each other without a blank between."""
    for start in range(len(found)):
        key, end = "", start
        while end < len(found) and end - start < MAX_WORDS and (end == start or found[end].gap < 2):
            key += found[end].text
            end += 1
            if len(key) >= 6 and not key.isdigit() and not key.isalpha():
                yield start, end, key


def _collect_numbers(reading: Reading) -> None:
    """Gather the runs of words that belong together and have a digit in them."""
    found, start = reading.words, 0
    while start < len(found):
        end = start + 1
        while end < len(found) and found[end].gap <= 1 and _joins(reading, end):
            end += 1
        text = "".join(word.text for word in found[start:end])
        if not text.isalpha():
            reading.numbers.append((start, end, text))
        start = end


def _joins(reading: Reading, place: int) -> bool:
    """Tell whether a separator joins two words: all but blanks and commas do."""
    between = reading.text[reading.words[place - 1].end : reading.words[place].start]
    return between not in {" ", ",", ";", "+", ":"}


def _collect_unread(reading: Reading, ledger: Ledger) -> None:
    for start, end, text in reading.numbers:
        if any(reading.taken[start:end]):
            continue
        head = len(text) - len(text.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        letters, digits = text[:head], text[head:]
        ours = len(digits) >= 4 and digits.isdigit() and ledger.looks_like_ours(letters, digits)
        if ours or (len(digits) >= 12 and proves_itself(text)):
            reading.unread.append((start, text))
