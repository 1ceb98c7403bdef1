"""Find the few open items a receipt can mean.

Everything is an inverted index: building costs the number of items, a question the length of
the receipt's text plus the hits. Nothing ever compares all receipts with all items.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from . import names, references
from .values import OpenItem, Receipt

#: A word shared by more partners than this says nothing about who pays.
MAX_PARTNERS_OF_WORD = 50


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one receipt says about the open items.

    :param quoted: items whose own reference is quoted, oldest due first
    :param ordered: items whose order number is quoted
    :param weak: quoted, but by a number too short to stand alone
    :param shared: quoted by a reference that other open items bear as well
    :param partners: partners who may have paid, with how alike the name is; 1 for a known account
    """

    quoted: tuple[OpenItem, ...] = ()
    ordered: tuple[OpenItem, ...] = ()
    weak: frozenset[int] = frozenset()
    shared: frozenset[int] = frozenset()
    partners: tuple[tuple[int, float], ...] = ()


class OpenItems:
    """The open items of one company, indexed for :meth:`evidence`."""

    def __init__(self, items: Iterable[OpenItem]) -> None:
        self.by_amount: dict[tuple[str, int], list[OpenItem]] = defaultdict(list)
        self.by_partner_amount: dict[tuple[int, str, int], list[OpenItem]] = defaultdict(list)
        self._accounts: dict[tuple[int, str], dict[int, list[OpenItem]]] = defaultdict(dict)
        self._by_reference: dict[str, list[OpenItem]] = defaultdict(list)
        self._by_order: dict[str, list[OpenItem]] = defaultdict(list)
        self._strong: set[str] = set()
        self._partner_words: dict[int, frozenset[str]] = {}
        self._by_word: dict[str, list[int]] = defaultdict(list)
        for item in sorted(items, key=_oldest_first):
            self._add(item)

    def _add(self, item: OpenItem) -> None:
        for reference in dict.fromkeys(item.references):
            key = references.normalise(reference)
            if len(key) >= references.MIN_LENGTH and item not in self._by_reference[key]:
                self._by_reference[key].append(item)
                if references.is_strong(reference):
                    self._strong.add(key)
        for order in item.orders:
            key = references.normalise(order)
            if len(key) >= references.MIN_LENGTH and item not in self._by_order[key]:
                self._by_order[key].append(item)
        self.by_amount[item.currency, item.residual].append(item)
        if item.partner is not None:
            self.by_partner_amount[item.partner, item.currency, item.residual].append(item)
            self._accounts[item.partner, item.currency].setdefault(item.group, []).append(item)
            self._add_partner(item.partner, item.partner_name)

    def _add_partner(self, partner: int, name: str) -> None:
        if partner in self._partner_words:
            return
        self._partner_words[partner] = telling = names.words(name)
        for word in telling:
            self._by_word[word].append(partner)

    def accounts(self, partner: int, currency: str) -> Iterator[tuple[tuple[OpenItem, ...], int]]:
        """Yield everything a partner owes in a currency, by group, with its sum."""
        groups = self._accounts.get((partner, currency), {})
        for group in sorted(groups):
            items = tuple(groups[group])
            yield items, sum(item.residual for item in items)

    def evidence(self, receipt: Receipt) -> Evidence:
        """Return what the receipt says; order and ties depend on the values alone."""
        keys = references.quoted(receipt.texts, self._by_reference)
        order_keys = references.quoted(receipt.texts, self._by_order)
        for text in receipt.structured:
            # A field of its own holds one whole reference, nothing else.
            key = references.normalise(text)
            keys |= {key} & self._by_reference.keys()
            order_keys |= {key} & self._by_order.keys()
        items = {item.key: item for key in sorted(keys) for item in self._by_reference[key]}
        quoted = tuple(sorted(items.values(), key=_oldest_first))
        strong = {item.key for key in keys & self._strong for item in self._by_reference[key]}
        alone = {
            self._by_reference[key][0].key for key in keys if len(self._by_reference[key]) == 1
        }
        ordered = {item.key: item for key in sorted(order_keys) for item in self._by_order[key]}
        return Evidence(
            quoted=quoted,
            ordered=tuple(sorted(ordered.values(), key=_oldest_first)),
            weak=frozenset(items.keys() - strong),
            shared=frozenset(items.keys() - alone),
            partners=self._partners(receipt),
        )

    def _partners(self, receipt: Receipt) -> tuple[tuple[int, float], ...]:
        if receipt.partner is not None:
            return ((receipt.partner, 1.0),)
        telling = names.words(receipt.counterparty_name)
        found = {
            partner
            for word in telling
            if len(self._by_word.get(word, ())) <= MAX_PARTNERS_OF_WORD
            for partner in self._by_word.get(word, ())
        }
        alike = (
            (partner, names.similarity(telling, self._partner_words[partner])) for partner in found
        )
        likely = [pair for pair in alike if pair[1] >= names.SIMILAR]
        return tuple(sorted(likely, key=lambda pair: (-pair[1], pair[0]))[:3])


def _oldest_first(item: OpenItem) -> tuple[date, int]:
    return (item.due_date or date.max, item.key)
