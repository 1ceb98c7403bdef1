"""Who a payer may be: the partners we know, by account, name and number."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from . import names
from .values import Customer

#: A word shared by more partners than this says nothing about who pays.
MAX_PARTNERS_OF_WORD = 60
#: The same for names that stand whole in a text, among words that mean something else.
MAX_PARTNERS_MENTIONED = 300
#: From here on a printed name is the booked one, cut off or spelt another way.
SAME = 0.89
SIMILAR = 0.6


@dataclass(frozen=True, slots=True)
class Named:
    """Partners a printed name may mean.

    :param same: those who bear the name as a whole
    :param similar: those who bear most of it, with how well it fits
    """

    same: tuple[int, ...] = ()
    similar: tuple[tuple[int, float], ...] = ()


class Customers:
    """The partners of one company, indexed by what a bank says about a payer."""

    def __init__(self, customers: Iterable[Customer] = ()) -> None:
        self.by_key: dict[int, Customer] = {}
        self.by_account: dict[str, tuple[int, ...]] = {}
        self.by_number: dict[str, tuple[int, ...]] = {}
        self.family: dict[int, set[int]] = defaultdict(set)
        self._words: dict[int, frozenset[str]] = {}
        self._by_words: dict[frozenset[str], tuple[int, ...]] = {}
        self._by_word: dict[str, list[int]] = defaultdict(list)
        self._answers: dict[str, Named] = {}
        for customer in customers:
            self.add(customer)

    def add(self, customer: Customer) -> None:
        """Take a partner in, once."""
        if customer.key in self.by_key:
            return
        self._answers.clear()
        self.by_key[customer.key] = customer
        for account in customer.accounts:
            self.by_account[account] = (*self.by_account.get(account, ()), customer.key)
        if len(customer.number) >= 3:
            self.by_number[customer.number] = (
                *self.by_number.get(customer.number, ()),
                customer.key,
            )
        if customer.parent is not None:
            self.family[customer.key].add(customer.parent)
            self.family[customer.parent].add(customer.key)
        telling = names.words(customer.name)
        self._words[customer.key] = telling
        if telling:
            self._by_words[telling] = (*self._by_words.get(telling, ()), customer.key)
        for word in telling:
            self._by_word[word].append(customer.key)

    def named(self, printed: str) -> Named:
        """Return who bears a name as banks print it; the answer for a name is remembered."""
        if not printed:
            return Named()
        if (known := self._answers.get(printed)) is None:
            known = self._answers[printed] = self._named(printed)
        return known

    def _named(self, printed: str) -> Named:
        telling = names.ordered(printed)
        whole = frozenset(word for word in telling if len(word) > 1)
        if exact := self._by_words.get(whole):
            return Named(same=exact)
        found = {
            partner
            for word in whole
            if len(self._by_word.get(word, ())) <= MAX_PARTNERS_OF_WORD
            for partner in self._by_word.get(word, ())
        }
        scored = [(partner, names.agree(telling, self._words[partner])) for partner in found]
        best = sorted((pair for pair in scored if pair[1] >= SIMILAR), key=lambda p: (-p[1], p[0]))
        same = tuple(partner for partner, alike in best if alike >= SAME)
        return Named(same, tuple(pair for pair in best if pair[1] < SAME)[:5])

    def mentioned(self, text_words: Iterable[str]) -> tuple[int, ...]:
        """Return the partners whose whole name of two words or more stands among the words."""
        here = set(text_words)
        found = {
            partner
            for word in here
            if len(word) > 2 and len(self._by_word.get(word, ())) <= MAX_PARTNERS_MENTIONED
            for partner in self._by_word.get(word, ())
        }
        return tuple(sorted(p for p in found if len(self._words[p]) > 1 and self._words[p] <= here))

    def relatives(self, partner: int) -> frozenset[int]:
        """Return parent, children and siblings of a partner."""
        near = self.family.get(partner, set())
        return frozenset(near.union(*(self.family.get(one, ()) for one in near)) - {partner})
