"""One message per customer, company, currency and day, however many items have a step due."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from .cadence import Step


@dataclass(frozen=True, slots=True)
class Item:
    """One open item of a customer. ``residual`` is in minor units; a credit is negative.

    ``step`` is the step due now, ``reached`` the firmest step already taken; ``held`` names the
    reasons for which this item must not be chased (empty: it may).
    """

    key: int
    customer: int
    currency: int
    due_date: date
    residual: int
    step: Step | None = None
    reached: Step | None = None
    held: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Message:
    """What one customer is to be told on one day in one currency.

    ``upcoming`` are items not yet due whose step is due now, ``due`` all items due by today,
    ``credits`` the customer's open credits; each ordered by due date. ``held`` are due items left
    out, with their reasons. ``step`` gives tone and words: the firmest of all listed.
    """

    customer: int
    currency: int
    step: Step
    upcoming: tuple[Item, ...]
    due: tuple[Item, ...]
    credits: tuple[Item, ...]
    held: tuple[Item, ...] = ()

    @property
    def due_total(self) -> int:
        """Sum due by today, credits not deducted."""
        return sum(item.residual for item in self.due)

    @property
    def upcoming_total(self) -> int:
        """Sum of the upcoming block."""
        return sum(item.residual for item in self.upcoming)

    @property
    def credit_total(self) -> int:
        """Sum of the open credits, not negative."""
        return -sum(item.residual for item in self.credits)

    @property
    def asked(self) -> int:
        """What the customer is asked for, less the credits.

        That is what is due; only where nothing is due yet, what is upcoming. Nobody is asked for
        money before its day.
        """
        return (self.due_total or self.upcoming_total) - self.credit_total

    @property
    def held_reasons(self) -> frozenset[str]:
        """All reasons for which items were left out."""
        return frozenset().union(*(item.held for item in self.held))


def consolidate(items: Iterable[Item], today: date) -> tuple[Message, ...]:
    """Return the messages of a day, ordered by customer and currency.

    A customer and currency without a step due gives none. A message whose every item with a step
    due is held lists nothing and carries the reasons, so that the guard can store them.

    >>> friendly, firm = Step(1, 0, 1), Step(2, 14, 4)
    >>> day = date(2026, 3, 24)
    >>> [message] = consolidate([
    ...     Item(1, 7, 1, date(2026, 3, 24), 100_00, friendly),
    ...     Item(2, 7, 1, date(2026, 3, 10), 50_00, firm),
    ...     Item(3, 7, 1, date(2026, 3, 1), 20_00),
    ... ], day)
    >>> message.step.tone, message.asked, [item.key for item in message.due]
    (4, 17000, [3, 2, 1])
    """
    groups = defaultdict(list)
    for item in items:
        groups[item.customer, item.currency].append(item)
    messages = (_message(groups[group], today) for group in sorted(groups))
    return tuple(message for message in messages if message)


def _message(items: list[Item], today: date) -> Message | None:
    items = sorted(items, key=lambda item: (item.due_date, item.key))
    debts = [item for item in items if item.residual > 0]
    if not any(item.step for item in debts):
        return None
    free = [item for item in debts if not item.held]
    due = tuple(item for item in free if item.due_date <= today)
    # What is due has its own days: a note on what is upcoming does not ask for it in passing.
    listed_due = due if any(item.step for item in due) else ()
    upcoming = tuple(item for item in free if item.due_date > today and item.step)
    speaking = listed_due + upcoming or debts
    steps = [step for item in speaking for step in (item.step, item.reached) if step]
    return Message(
        customer=items[0].customer,
        currency=items[0].currency,
        step=max(steps, key=lambda step: (step.tone, step.offset_days)),
        upcoming=upcoming,
        due=listed_due,
        credits=tuple(item for item in items if item.residual < 0) if speaking != debts else (),
        held=tuple(item for item in debts if item.held and (item.step or item.due_date <= today)),
    )


def only_upcoming(message: Message) -> Message | None:
    """Return the part of a message that speaks of nothing due yet, or ``None``.

    It is what may go out while nobody knows whether due items are paid already.

    >>> step = Step(1, -7, 1)
    >>> item = Item(1, 7, 1, date(2026, 3, 10), 100_00, step)
    >>> only_upcoming(Message(7, 1, Step(9, 14, 4), (item,), (item,), ())).step.tone
    1
    """
    if not message.upcoming:
        return None
    steps = [item.step for item in message.upcoming if item.step]
    return Message(
        customer=message.customer,
        currency=message.currency,
        step=max(steps, key=lambda step: (step.tone, step.offset_days)),
        upcoming=message.upcoming,
        due=(),
        credits=message.credits,
        held=message.held,
    )
