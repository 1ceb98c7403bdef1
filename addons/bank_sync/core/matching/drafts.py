"""A proposal in the making: items, how the amount fits, and everything said for and against."""

from collections.abc import Collection
from dataclasses import dataclass, field

from .fitting import Fit
from .ledger import Ledger, oldest_first
from .numbering import Strength
from .payers import Payers
from .reading import Quote, Reading
from .values import Kind, OpenItem, Proposal, Reason, Receipt

#: What a quote of each strength is called.
QUOTED = {
    Strength.CHECKED: Reason.STRUCTURED_REFERENCE,
    Strength.NUMBER: Reason.REFERENCE_QUOTED,
    Strength.DIGITS: Reason.NUMBER_DIGITS,
    Strength.SHORTENED: Reason.WEAK_REFERENCE,
    Strength.ORDER: Reason.ORDER_QUOTED,
    Strength.CUT: Reason.NUMBER_CUT,
    Strength.DAMAGED: Reason.NUMBER_DAMAGED,
    Strength.TAIL: Reason.NUMBER_TAIL,
}
_WHOLE = frozenset({Reason.STRUCTURED_REFERENCE, Reason.REFERENCE_QUOTED, Reason.NUMBER_DIGITS,
                    Reason.WEAK_REFERENCE, Reason.ORDER_QUOTED})  # fmt: skip
_STRANGERS = frozenset({Reason.PAYER_OTHER, Reason.PAYER_FAMILY})
_BY_FIT = {
    Reason.DISCOUNT_TAKEN: Kind.DISCOUNT,
    Reason.CHARGES_DEDUCTED: Kind.CHARGES,
    Reason.SMALL_DIFFERENCE: Kind.TOLERANCE,
    Reason.SHORT: Kind.SHORT,
    Reason.OVER: Kind.OVER,
    Reason.INSTRUCTED_EXACT: Kind.FOREIGN_CURRENCY,
    Reason.RATE_PLAUSIBLE: Kind.FOREIGN_CURRENCY,
}


@dataclass(slots=True)
class Draft:
    """One way to read a receipt.

    :param strength: of the weakest quote it rests on; nothing where nothing is quoted
    :param quotes: the quotes it uses
    :param reasons: what else speaks for it
    :param explains: places in the text it explains although they are no quotes
    """

    items: tuple[OpenItem, ...]
    fit: Fit
    strength: Strength | None = None
    quotes: tuple[Quote, ...] = ()
    reasons: tuple[Reason, ...] = ()
    explains: tuple[tuple[int, int], ...] = ()
    kind: Kind | None = None
    partner: int | None = None
    spans: tuple[tuple[int, int, int], ...] = field(default=())


def finished(
    draft: Draft, reading: Reading, payers: Payers, ledger: Ledger
) -> tuple[frozenset[int], Proposal]:
    """Return the items and the proposal of a draft, without a score yet."""
    items = tuple(sorted(draft.items, key=oldest_first))
    keys = frozenset(item.key for item in items)
    partner = draft.partner if draft.partner is not None else items[0].partner if items else None
    quoted = QUOTED[draft.strength] if draft.strength is not None else Reason.NOTHING_QUOTED
    reasons = {quoted, draft.fit.reason, *draft.reasons, *payers.speaks_for(partner)}
    reasons |= _against(draft, keys, reading, ledger.by_partner.get(partner, ()))
    if len(items) == 1 and items[0].issued in reading.dates:
        reasons.add(Reason.DATE_NAMED)
    proposal = Proposal(
        claims=draft.fit.claims,
        score=0.0,
        reasons=tuple(reason for reason in Reason if reason in reasons),
        kind=draft.kind or kind_of(reading.receipt, items, quoted, draft.fit.reason, reasons),
        partner=partner,
        fee=draft.fit.fee,
        write_off=draft.fit.write_off,
        on_account=draft.fit.on_account,
        spans=draft.spans,
    )
    return keys, proposal


def _against(
    draft: Draft, keys: frozenset[int], reading: Reading, own: Collection[int]
) -> set[Reason]:
    """Return the evidence the draft leaves unexplained; ``own`` is all its partner has open.

    Payers quote other people's numbers by mistake. Who quotes another open invoice of their own
    means that one, whatever the amount says.
    """
    found = set()
    explained = {place for start, end in draft.explains for place in range(start, end)}
    for quote in reading.quotes:
        if quote in draft.quotes or keys.intersection(quote.items):
            continue
        if quote.place and explained.intersection(range(*quote.place)):
            continue
        if quote.settled:
            found.add(Reason.SETTLED_QUOTED)
        elif quote.strength >= Strength.DIGITS and any(key in own for key in quote.items):
            found.add(Reason.OWN_OTHER_QUOTED)
        else:
            found.add(Reason.OTHER_QUOTED)
    if any(place is None or place not in explained for place, _text in reading.unread):
        found.add(Reason.UNREAD_REFERENCE)
    return found


def kind_of(
    receipt: Receipt,
    items: tuple[OpenItem, ...],
    quoted: Reason,
    fitting: Reason,
    reasons: set[Reason],
) -> Kind:
    """Return how a proposal most differs from one invoice paid to the cent."""
    if receipt.amount < 0:
        return Kind.REFUND
    if fitting in _BY_FIT:
        return _BY_FIT[fitting]
    if any(item.residual < 0 for item in items):
        return Kind.NETTED
    if len(items) > 1:
        return Kind.SEVERAL
    if quoted is Reason.NOTHING_QUOTED:
        return Kind.UNNAMED
    if quoted not in _WHOLE:
        return Kind.DAMAGED_REFERENCE
    return Kind.THIRD_PARTY if reasons & _STRANGERS else Kind.EXACT
