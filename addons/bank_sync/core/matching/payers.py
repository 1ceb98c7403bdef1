"""Who pays a receipt, and whose debt that may be."""

from dataclasses import dataclass

from . import names
from .customers import Customers
from .knowledge import DECLARED, Knowledge
from .reading import Reading
from .values import Reason, Receipt

#: From so many confirmations on a learned account is as good as one on file.
CONFIRMED = 2
#: Strongest first: what is said of a partner when several things are known.
_ORDER = (
    Reason.PARTNER_ACCOUNT_KNOWN,
    Reason.ACCOUNT_LEARNED,
    Reason.NAME_SAME,
    Reason.PAYER_FAMILY,
    Reason.NAME_SHARED,
    Reason.NAME_SIMILAR,
    Reason.CUSTOMER_NAMED,
    Reason.CUSTOMER_NUMBER,
)
_RANK = {reason: place for place, reason in enumerate(_ORDER)}


@dataclass(frozen=True, slots=True)
class Payers:
    """The partners whose debt a receipt may pay.

    :param reasons: partner → the strongest thing that speaks for it
    :param second: partner → customer number or name in the text, where it is not the strongest
    :param identified: who the payer surely is; empty for somebody unknown
    :param told: the bank says who pays, by name or account
    """

    reasons: dict[int, Reason]
    second: dict[int, Reason]
    identified: frozenset[int]
    told: bool = True

    def speaks_for(self, partner: int | None) -> tuple[Reason, ...]:
        """Return what is said of a partner, the strongest first.

        Somebody who is surely someone else, or a stranger, is a reason too.
        """
        if partner is not None and (reason := self.reasons.get(partner)):
            second = self.second.get(partner)
            return (reason, second) if second and second is not reason else (reason,)
        if not self.told:
            return (Reason.PAYER_UNTOLD,)
        return (Reason.PAYER_OTHER if self.identified else Reason.PAYER_UNKNOWN,)

    def ranked(self) -> list[int]:
        """Return the partners, likeliest first."""
        return sorted(self.reasons, key=lambda partner: (_RANK[self.reasons[partner]], partner))


def find_payers(
    receipt: Receipt, reading: Reading, customers: Customers, known: Knowledge
) -> Payers:
    """Return who may pay; costs the hits, never the number of partners."""
    said: dict[int, list[Reason]] = {}
    identified: set[int] = set()
    _by_account(receipt, customers, known, said, identified)
    by_account = set(identified)
    if (meant := _on_behalf_of(receipt, customers)) is not None and meant not in by_account:
        # The holder of the account is only who pays for it.
        said = {holder: [Reason.PAYER_FAMILY] for holder in said} | {meant: [Reason.NAME_SAME]}
        identified, by_account = {meant}, set()
    else:
        for name in filter(None, (receipt.counterparty_name, receipt.ultimate_name)):
            _by_name(name, customers, known, said, identified, by_account)
    for partner in sorted(by_account or identified):
        for relative in customers.relatives(partner):
            said.setdefault(relative, []).append(Reason.PAYER_FAMILY)
    for payer in filter(None, (receipt.account, receipt.counterparty_name)):
        for partner in known.paid_for(payer):
            said.setdefault(partner, []).append(Reason.PAYER_FAMILY)
    _in_text(reading, customers, said)
    reasons = {partner: min(found, key=_RANK.__getitem__) for partner, found in said.items()}
    second = {
        partner: named
        for partner, found in said.items()
        for named in (Reason.CUSTOMER_NUMBER, Reason.CUSTOMER_NAMED)
        if named in found and reasons[partner] is not named
    }
    told = bool(receipt.account or receipt.counterparty_name or receipt.ultimate_name)
    return Payers(reasons, second, frozenset(identified), told or bool(identified))


def _on_behalf_of(receipt: Receipt, customers: Customers) -> int | None:
    """Return the one customer the bank names as the one who really pays."""
    named = customers.named(receipt.ultimate_name).same
    return named[0] if len(named) == 1 else None


def _by_account(
    receipt: Receipt,
    customers: Customers,
    known: Knowledge,
    said: dict[int, list[Reason]],
    identified: set[int],
) -> None:
    on_file = set(customers.by_account.get(receipt.account, ())) if receipt.account else set()
    if receipt.partner is not None:
        on_file.add(receipt.partner)
    for partner in on_file:
        said.setdefault(partner, []).append(Reason.PARTNER_ACCOUNT_KNOWN)
    identified |= on_file
    for partner, count in known.accounts(receipt.account).items() if receipt.account else ():
        if partner not in on_file:
            sure = count >= CONFIRMED and not on_file
            said.setdefault(partner, []).append(
                Reason.PARTNER_ACCOUNT_KNOWN if sure else Reason.ACCOUNT_LEARNED
            )
            identified.add(partner)


def _by_name(
    name: str,
    customers: Customers,
    known: Knowledge,
    said: dict[int, list[Reason]],
    identified: set[int],
    by_account: set[int],
) -> None:
    named = customers.named(name)
    if by_account:
        # The account says who it is; others of that name are others.
        return
    for partner in named.same:
        alone = len(named.same) == 1
        said.setdefault(partner, []).append(Reason.NAME_SAME if alone else Reason.NAME_SHARED)
    if len(named.same) == 1:
        identified.add(named.same[0])
    for partner, _alike in named.similar:
        said.setdefault(partner, []).append(Reason.NAME_SIMILAR)
    for partner, count in known.aliases(name).items():
        # That a customer pays under its own name is nothing to be learnt, and takes no certainty
        # away; that one of several of a name does is for a person to declare.
        if partner not in named.same or count >= DECLARED:
            said.setdefault(partner, []).append(Reason.ACCOUNT_LEARNED)


def _in_text(reading: Reading, customers: Customers, said: dict[int, list[Reason]]) -> None:
    for word in reading.words:
        if word.is_number:
            for partner in customers.by_number.get(word.text, ()):
                said.setdefault(partner, []).append(Reason.CUSTOMER_NUMBER)
    for partner in customers.mentioned(names.words(reading.text)):
        said.setdefault(partner, []).append(Reason.CUSTOMER_NAMED)
