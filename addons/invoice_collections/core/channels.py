"""Which channel a contact takes: what each is worth, which are closed, and why one was chosen.

What a channel is worth to us is what an earlier payment saves, times the chance that a contact
on it brings one, less what the contact costs. The chance is a Beta belief: it starts from what is
usual on the channel, moves with each success and failure, and fades back with the weeks.

Amounts are in minor units; costs and values are ``Decimal`` minor units, since one e-mail costs
less than a cent.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

#: Every channel, from the least to the most intrusive.
CHANNELS = ("portal", "push", "email", "sms", "letter", "call", "webhook")
#: What takes over where the channels of a step cannot reach the customer, in this order.
FALLBACKS = ("email", "sms", "letter")
#: What a notice demanded by law may take.
STATUTORY = ("email", "letter")
#: How many observations what is usual counts for.
PRIOR_WEIGHT = 10
#: What is left, a week later, of what moved a belief away from what is usual.
WEEKLY_MEMORY = Decimal("0.98")
#: Per thousand contacts that try the second best channel.
EXPLORED = 100
#: Refusals that mean "not reachable this way"; the others mean "not wanted this way".
UNREACHABLE = frozenset({"no_address", "bounced", "tried", "disabled"})


@dataclass(frozen=True, slots=True)
class Belief:
    """How likely a contact is to bring a payment or a useful answer, as a Beta distribution."""

    alpha: Decimal
    beta: Decimal

    @property
    def chance(self) -> Decimal:
        """Mean of the belief."""
        return self.alpha / (self.alpha + self.beta)


def usual(chance: Decimal) -> Belief:
    """Return what is believed before anything is known of a customer.

    >>> usual(Decimal("0.3"))
    Belief(alpha=Decimal('3.0'), beta=Decimal('7.0'))
    """
    return Belief(PRIOR_WEIGHT * chance, PRIOR_WEIGHT * (1 - chance))


def learn(belief: Belief, *, succeeded: int = 0, failed: int = 0) -> Belief:
    """Return the belief after so many more successes and failures.

    >>> learn(usual(Decimal("0.3")), succeeded=4, failed=1).chance == Decimal(7) / 15
    True
    """
    return Belief(belief.alpha + succeeded, belief.beta + failed)


def fade(belief: Belief, towards: Belief, weeks: int) -> Belief:
    """Return the belief after ``weeks`` without news: back towards what is usual.

    >>> far = Belief(Decimal(13), Decimal(7))
    >>> fade(far, usual(Decimal("0.3")), 1).alpha
    Decimal('12.800')
    """
    kept = WEEKLY_MEMORY**weeks
    return Belief(
        towards.alpha + (belief.alpha - towards.alpha) * kept,
        towards.beta + (belief.beta - towards.beta) * kept,
    )


@dataclass(frozen=True, slots=True)
class Worth:
    """What every value is reckoned with: days an answer gains, and yearly price of capital."""

    gain_days: int = 8
    capital_rate: Decimal = Decimal("0.10")

    def value(self, chance: Decimal, amount: int, cost: Decimal) -> Decimal:
        """Return what a contact is worth, in minor units.

        >>> round(Worth().value(Decimal("0.30"), 100_00, Decimal(1)), 2)
        Decimal('5.58')
        """
        return chance * self.gain_days * amount * self.capital_rate / 365 - cost


@dataclass(frozen=True, slots=True)
class Option:
    """One channel for one customer. ``refusal`` says why it is closed; ``None``: it is open."""

    channel: str
    belief: Belief
    cost: Decimal
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What a step asks for.

    ``order`` are its channels, the first one first; with ``best`` the one worth most is taken.
    A ``statutory`` notice goes by e-mail or letter, whatever the customer opted out of by letter.
    ``cautious``: no trying out, for anybody in hardship, vulnerable or in dispute. ``draw`` is a
    number from :func:`draw`.
    """

    amount: int
    order: tuple[str, ...] = ("email",)
    best: bool = False
    statutory: bool = False
    cautious: bool = False
    draw: int = EXPLORED


@dataclass(frozen=True, slots=True)
class Selection:
    """The channel (``None``: there is none), the reason, and what every channel was worth."""

    channel: str | None
    reason: str
    values: Mapping[str, Decimal]


def select(options: Sequence[Option], wish: Wish, worth: Worth) -> Selection:
    """Return the channel a contact takes.

    Reasons: ``ordered`` the first of the step; ``next_in_order`` a later one, the first being
    closed; ``best``; ``explored`` the second best, never a more intrusive one; ``fallback`` none
    of the step's own reaches the customer; ``statutory``. Without a channel: ``opt_out`` or
    ``no_address``.

    >>> email, sms = (
    ...     Option(name, usual(Decimal(chance)), Decimal(cost))
    ...     for name, chance, cost in (("email", "0.30", 1), ("sms", "0.38", 7))
    ... )
    >>> select([email, sms], Wish(100_00, ("email", "sms"), best=True), Worth()).channel
    'email'
    >>> select([email, sms], Wish(1000_00, ("email", "sms"), best=True), Worth()).channel
    'sms'
    """
    by_channel = {option.channel: option for option in options}
    values = {
        option.channel: worth.value(option.belief.chance, wish.amount, option.cost)
        for option in options
    }
    wanted = [by_channel[name] for name in wish.order if name in by_channel]
    if wish.statutory:
        return _select_statutory(by_channel, wish, values)
    free = [option.channel for option in wanted if not option.refusal]
    if free and wish.best:
        channel, reason = _best(free, values, wish)
    elif free:
        channel = free[0]
        reason = "ordered" if wanted[0].channel == channel else "next_in_order"
    elif all(option.refusal in UNREACHABLE for option in wanted):
        channel, reason = _fallback(by_channel, FALLBACKS)
    else:
        channel, reason = None, "opt_out"
    return Selection(channel, reason, values)


def _select_statutory(by_channel, wish, values):
    # Letters are not refused here: what the law demands must be said somehow.
    letter = by_channel.get("letter")
    if letter and letter.refusal == "opt_out":
        by_channel = {**by_channel, "letter": Option("letter", letter.belief, letter.cost)}
    wanted = [name for name in wish.order if name in STATUTORY]
    order = dict.fromkeys((*wanted, *reversed(STATUTORY)))
    channel, reason = _fallback(by_channel, order)
    return Selection(channel, "statutory" if channel else reason, values)


def _fallback(by_channel, order):
    for name in order:
        option = by_channel.get(name)
        if option and not option.refusal:
            return name, "fallback"
    return None, "no_address"


def _best(free, values, wish):
    ranked = sorted(free, key=lambda name: (-values[name], CHANNELS.index(name)))
    best = ranked[0]
    milder = [name for name in ranked[1:] if CHANNELS.index(name) < CHANNELS.index(best)]
    if milder and not wish.cautious and wish.draw < EXPLORED:
        return milder[0], "explored"
    return best, "best"


def draw(*parts: object) -> int:
    """Return a number from 0 to 999 that is always the same for the same parts.

    >>> draw(7, 3, "2026-W11") == draw(7, 3, "2026-W11")
    True
    """
    digest = hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).digest()
    return int.from_bytes(digest[:8], "big") % 1000


def is_held_out(debtor: int, per_thousand: int) -> bool:
    """Return whether a debtor belongs to those whom soft steps leave alone, for comparison.

    >>> is_held_out(7, 0), is_held_out(7, 1000)
    (False, True)
    """
    return draw("holdout", debtor) < per_thousand
