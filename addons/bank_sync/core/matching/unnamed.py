"""Proposals for money that quotes nothing: who pays, and how much, must say it all."""

from collections import Counter
from collections.abc import Iterator

from .drafts import Draft
from .fitting import Fit, fit, whole
from .ledger import Ledger, oldest_first
from .named import meaning
from .payers import Payers
from .periods import months_named
from .policy import Policy
from .reading import Reading
from .repeated import names_settled
from .subsets import sets_of_sum
from .values import OpenItem, Reason

#: Likeliest payers that are looked at, and documents of one payer that may add up.
MAX_PAYERS = 4
MAX_POOL = 22
#: Oldest documents of a payer that may add up to what one younger document says.
MAX_OLDER = 14
#: Digits that count of an amount that may be an advance.
MAX_ROUND = 2
#: Documents of one amount that a stranger may pay.
MAX_OF_AMOUNT = 8


def unnamed(reading: Reading, ledger: Ledger, payers: Payers, policy: Policy) -> Iterator[Draft]:
    """Yield drafts from payer and amount alone."""
    exact = False
    for partner in payers.ranked()[:MAX_PAYERS]:
        drafts = list(_of_partner(reading, partner, ledger, policy))
        exact |= bool(drafts)
        yield from drafts
    for partner in payers.ranked()[:2] if not exact else ():
        yield from _sums(reading, partner, ledger)
    bucket = ledger.by_amount.get((reading.receipt.currency, reading.receipt.amount), ())
    if not exact and reading.receipt.amount > 0 and 0 < len(bucket) <= MAX_OF_AMOUNT:
        oldest = min((ledger.items[key] for key in bucket), key=oldest_first)
        alone = Reason.AMOUNT_UNIQUE if len(bucket) == 1 else Reason.OLDEST_OF_AMOUNT
        if oldest.partner not in payers.reasons:
            yield Draft((oldest,), Fit(whole((oldest,)), Reason.EXACT_AMOUNT), reasons=(alone,))


def _of_partner(reading: Reading, partner: int, ledger: Ledger, policy: Policy) -> Iterator[Draft]:
    receipt = reading.receipt
    same = ledger.of_partner_and_amount(partner, receipt.currency, receipt.amount)
    named = months_named(reading.text) if same else frozenset()
    doubt = []
    if same and names_settled(reading, partner, ledger):
        doubt.append(Reason.SETTLED_HINTED)
    if len(same) == 1:
        doubt += _rival_sums(same[0], ledger)
    for place, item in enumerate(same[:3] if not named else same):
        reasons = [_position(place, len(same)), *doubt]
        if named and item.period:
            fits = int(item.period[5:7]) in named
            reasons.append(Reason.PERIOD_NAMED if fits else Reason.PERIOD_OTHER)
        yield Draft((item,), Fit(whole((item,)), Reason.EXACT_AMOUNT), reasons=tuple(reasons))
    if same:
        return
    reach = max(policy.tolerance, policy.charge_limit)
    for item in ledger.of_partner(partner)[:200]:
        near = item.discount_residual is not None or abs(item.residual - receipt.amount) <= reach
        if near and item.currency == receipt.currency:
            found = fit(receipt, (item,), policy)
            if found and found.is_close:
                yield Draft((item,), found)


def _rival_sums(item: OpenItem, ledger: Ledger) -> list[Reason]:
    """Return what smaller documents of its customer say against a document of the amount.

    The oldest, following each other, may be meant by the payer; any two may be.
    """
    smaller = [
        one
        for one in ledger.of_partner(item.partner or 0)
        if one.currency == item.currency and 0 < one.residual < item.residual
    ]
    sums = sets_of_sum([one.residual for one in smaller[:MAX_OLDER]], item.residual)
    if any(_gaps(chosen) == 0 for chosen in sums.sets):
        return [Reason.OTHERS_OPEN]
    counts = Counter(one.residual for one in smaller)
    for amount in counts:
        other = item.residual - amount
        if other in counts and (other != amount or counts[amount] > 1):
            return [Reason.TWO_ADD_UP]
    return []


def _position(place: int, count: int) -> Reason:
    if count == 1:
        return Reason.PAYER_AMOUNT_UNIQUE
    return Reason.OLDEST_OF_AMOUNT if place == 0 else Reason.LATER_OF_AMOUNT


def _sums(reading: Reading, partner: int, ledger: Ledger) -> Iterator[Draft]:
    """Yield sets of what a payer owes; only where invoices do not add up, with credit notes."""
    receipt = reading.receipt
    mine = [item for item in ledger.of_partner(partner) if item.currency == receipt.currency]
    invoices = [item for item in mine if (item.residual > 0) == (receipt.amount > 0)]
    for pool in (invoices[:MAX_POOL], mine[:MAX_POOL]):
        sums = sets_of_sum([item.residual for item in pool], receipt.amount)
        ranked = sorted(sums.sets, key=lambda chosen: (_gaps(chosen), chosen[0], len(chosen)))
        for chosen in ranked[:3]:
            items = tuple(pool[number] for number in chosen)
            in_order = _gaps(chosen) == 0
            reasons = [meaning(sums, in_order=in_order)]
            if in_order and chosen[0] == 0:
                reasons.append(Reason.SUM_FIRST)
            if len(items) == len(mine):
                reasons.append(Reason.PARTNER_TOTAL)
            if _is_rounder(receipt.amount, items):
                reasons.append(Reason.ROUND_AMOUNT)
            yield Draft(items, Fit(whole(items), Reason.EXACT_AMOUNT), reasons=tuple(reasons))
        if sums.sets:
            return


def _is_rounder(amount: int, items: tuple[OpenItem, ...]) -> bool:
    """Tell whether an amount is so round beside the items that it was hardly added up from them.

    Advances are round: 500.00 is one, though 212.40 and 287.60 happen to be open.
    """
    digits = _digits(amount)
    return digits <= MAX_ROUND and digits < min(_digits(item.residual) for item in items)


def _digits(amount: int) -> int:
    """Return how many digits of an amount count: 25000 has two."""
    return len(str(abs(amount)).rstrip("0"))


def _gaps(chosen: tuple[int, ...]) -> int:
    """Return how many documents lie between the chosen ones, by due date."""
    return chosen[-1] - chosen[0] + 1 - len(chosen)
