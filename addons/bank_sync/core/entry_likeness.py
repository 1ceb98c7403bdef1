"""How much speaks for two entries of the same money being one, told differently."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from .entry_content import (
    bank_references,
    days_apart,
    is_silent,
    payment_references,
    references_differ,
    share_payer,
    share_payment_reference,
    texts_agree,
    words_in_common,
)
from .statement import Entry

#: A shorter reference of the bank may just be a number in a row.
_MIN_TELLING_LENGTH = 5


class Likeness(NamedTuple):
    """The evidence that two entries are one, the weight of each sign in this order.

    Every field is a lack of evidence, so that the best likeness is the smallest.

    :param other_bank_reference: no reference of the bank in common that tells entries apart
    :param other_payment: no end-to-end id and no creditor reference in common
    :param lost_reference: the older one has a reference of the payment that is gone
    :param days: days between the bookings
    :param other_text: 0: one text is in the other; 1: there was none before; 2: they differ
    :param other_payer: neither account nor name in common
    :param other_words: tenths of the words that differ
    """

    other_bank_reference: bool
    other_payment: bool
    lost_reference: bool
    days: int
    other_text: int
    other_payer: bool
    other_words: int

    @property
    def proved(self) -> bool:
        """Whether nothing can speak against it: the bank's own reference, the day, the money."""
        return not self.other_bank_reference and not self.days

    @property
    def referenced(self) -> bool:
        """Whether a reference says that it is the same."""
        return not self.other_bank_reference or not self.other_payment

    def rivals(self, other: "Likeness") -> bool:
        """Return whether neither of two is told apart by more than days and single words."""
        return (
            not self.referenced
            and not other.referenced
            and (
                self.other_text == other.other_text and self.lost_reference == other.lost_reference
            )
        )

    @property
    def weakness(self) -> str | None:
        """What a person would ask about, if it is to be one entry; ``None`` for nothing.

        ``moved``: another day, and no reference says that it is the same. ``reworded``: the same
        day, but the text does not say so.
        """
        if self.referenced:
            return None
        if self.days:
            return "moved"
        return "reworded" if self.other_text else None


def likeness(old: Entry, new: Entry, telling: frozenset[str]) -> Likeness | None:
    """Return the evidence that ``new`` is ``old``; ``None`` where something speaks against it.

    A reference which both give and which differs always does. An entry on another day must at
    least share a reference or the text.

    :param telling: references of the bank that stand for one entry each, see `telling_references`
    """
    if references_differ(old, new):
        return None
    days = days_apart(old, new) or 0
    by_bank = not telling.isdisjoint(bank_references(old) & bank_references(new))
    by_payment = share_payment_reference(old, new)
    agree = texts_agree(old, new)
    if days and not (by_bank or by_payment or agree):
        return None
    return Likeness(
        other_bank_reference=not by_bank,
        other_payment=not by_payment,
        lost_reference=_lost_reference(old, new),
        days=days,
        other_text=0 if agree else 1 if is_silent(old) else 2,
        other_payer=not share_payer(old, new),
        other_words=10 - words_in_common(old, new),
    )


def only_money(old: Entry, new: Entry) -> bool:
    """Return whether day and text have both changed, and no reference is the same."""
    return bool(
        days_apart(old, new) and not texts_agree(old, new) and not share_payment_reference(old, new)
    )


def same_payment(old: Entry, new: Entry) -> bool:
    """Return whether both carry the payer's end-to-end id and are booked on one day."""
    mine, theirs = payment_references(old)[0], payment_references(new)[0]
    return mine is not None and mine == theirs and not days_apart(old, new)


def _lost_reference(old: Entry, new: Entry) -> bool:
    """Return whether ``new`` lacks a reference of ``old``: banks add some later, and drop none."""
    pairs = zip(payment_references(old), payment_references(new), strict=True)
    return any(mine and not theirs for mine, theirs in pairs)


def telling_references(*sides: Iterable[Entry]) -> frozenset[str]:
    """Return the bank's references that no side uses for two entries.

    ``NtryRef`` may just number the lines of one file, and banks give all payments of a batch one
    ``AcctSvcrRef``; such references tell nothing.
    """
    counts = [
        Counter(reference for entry in side for reference in bank_references(entry))
        for side in sides
    ]
    references = set().union(*counts)
    return frozenset(
        reference
        for reference in references
        if len(reference) >= _MIN_TELLING_LENGTH and all(count[reference] <= 1 for count in counts)
    )
