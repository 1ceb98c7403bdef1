"""Rules of a company that say by the text of a bank line whose it is."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from ..pattern_guard import MAX_TEXT, checked
from .values import Receipt

#: Characters of a text a rule looks at that searches for words.
MAX_SEARCHED = 10_000


@dataclass(frozen=True)
class PartnerRule:
    """Whose a line is whose text says something.

    :param how: ``contains``, ``not_contains`` or ``match_regex``, as in Odoo
    :param journals: only lines of these accounts of ours; empty for all
    :param least: smallest amount without sign, minor units
    :param most: largest amount without sign; ``None`` without end
    """

    partner: int
    how: str
    what: str
    journals: frozenset[int] = frozenset()
    least: int = 0
    most: int | None = None

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return checked(self.what, re.IGNORECASE)

    def check(self) -> None:
        """Make sure the rule can be asked.

        :raise HostilePatternError: when its pattern could search for ever
        """
        if self.how == "match_regex":
            _ = self._pattern

    def fits(self, receipt: Receipt) -> bool:
        """Tell whether the rule is about a receipt.

        >>> line = Receipt(1, "EUR", 500, texts=("PRLV Edf 4711",))
        >>> PartnerRule(7, "contains", "EDF").fits(line)
        True
        >>> PartnerRule(7, "match_regex", r"edf \\d+").fits(line)
        True
        """
        amount = abs(receipt.amount)
        if self.journals and receipt.journal not in self.journals:
            return False
        if amount < self.least or (self.most is not None and amount > self.most):
            return False
        text = " ".join(receipt.texts)[:MAX_SEARCHED]
        if self.how == "match_regex":
            return bool(self._pattern.search(text[:MAX_TEXT]))
        return (self.what.casefold() in text.casefold()) is (self.how == "contains")


def with_partners(receipts: Iterable[Receipt], rules: Iterable[PartnerRule]) -> list[Receipt]:
    """Return the receipts, each of nobody's with the partner of the first rule about it."""
    rules = list(rules)
    if not rules:
        return list(receipts)
    return [_with_partner(receipt, rules) for receipt in receipts]


def _with_partner(receipt: Receipt, rules: list[PartnerRule]) -> Receipt:
    if receipt.partner is not None:
        return receipt
    partner = next((rule.partner for rule in rules if rule.fits(receipt)), None)
    return receipt if partner is None else replace(receipt, partner=partner)
