"""Which charges a late item bears today: interest, one sum for its recovery, fees of reminders."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from . import interest, late_payment, late_payment_notice
from .interest import RatePeriod, Tranche
from .late_payment import RuleLine

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LateDebt:
    """A receivable item with all that the law of late payment looks at; amounts in minor units.

    ``day`` is today, or the last day before the debtor became insolvent. ``parts`` are the debt
    cut by its payments. ``claimed_until`` is the last day whose interest was claimed, ``has_sum``
    says that its invoice had its fixed sum. ``notice_ended`` is the last day of a notice that was
    given. ``reminders`` are ``(day, key)`` of those for which this item would bear the fee;
    ``charged`` the keys of those that were charged. ``fee`` is what the creditor asks for one.
    """

    key: int
    invoice: int
    currency: int
    due: date
    day: date
    segment: str
    rules: tuple[RuleLine, ...]
    rates: tuple[RatePeriod, ...]
    parts: tuple[Tranche, ...]
    has_sum: bool = False
    claimed_until: date | None = None
    notice_ended: date | None = None
    reminders: tuple[tuple[date, int], ...] = ()
    charged: frozenset[int] = frozenset()
    fee: int = 0
    fees_agreed: bool = False

    @property
    def late(self) -> int:
        """What was still owed after the due date."""
        return sum(part.principal for part in self.parts if part.last > self.due)

    @property
    def needs_notice(self) -> bool:
        """Whether a free notice is needed whose days are not over yet."""
        if self.rule_number("notice_days") is None:
            return False
        return self.notice_ended is None or self.notice_ended >= self.day

    def rule_number(self, kind: str, default: int | None = None) -> int | None:
        """Return the whole number a rule of this kind says, ``default`` where there is none."""
        lines = late_payment.applicable(self.rules, kind, self.segment, self.day)
        return int(lines[0].value) if lines else default


@dataclass(frozen=True, slots=True)
class Charge:
    """One charge. An ``amount`` of 0 tells why there is none: ``code`` is ``rate_unknown``.

    ``rule`` is the key of the rule line it stands on, ``first`` and ``last`` its days,
    ``reminder`` the key of the reminder a fee is for.
    """

    debt: int
    kind: str
    amount: int
    rule: int
    code: str
    first: date | None = None
    last: date | None = None
    reminder: int | None = None
    details: dict[str, Any] = field(default_factory=dict)


def charges(debts: Iterable[LateDebt]) -> dict[int, list[Charge]]:
    """Return ``{debt: its charges}``, the oldest debt of an invoice bearing its one fixed sum.

    >>> rule = RuleLine(1, "fixed_sum", late_payment.Decimal(40_00), "b2b")
    >>> day, part = date(2026, 3, 10), (Tranche(100_00, date(2026, 3, 10)),)
    >>> debts = [LateDebt(n, 7, 1, date(2026, 2, n), day, "b2b", (rule,), (), part) for n in (1, 2)]
    >>> [(key, found.amount) for key, [found] in charges(debts).items()]
    [(1, 4000)]
    """
    found = {}
    with_sum: set[int] = set()
    for debt in sorted(debts, key=lambda one: (one.due, one.key)):
        if not debt.late:
            continue
        of_debt = []
        if not debt.needs_notice:
            if debt.invoice not in with_sum:
                of_debt += recovery(debt)
            of_debt += fees(debt)
        if not debt.needs_notice or not debt.rule_number("notice_interest"):
            of_debt = late_interest(debt) + of_debt
        if any(charge.kind == "fixed_sum" for charge in of_debt):
            with_sum.add(debt.invoice)
        if of_debt:
            found[debt.key] = of_debt
    return found


def late_interest(debt: LateDebt) -> list[Charge]:
    """Return the interest not claimed yet; with a day whose rate nobody knows, that fact alone."""
    rules = late_payment.applicable(debt.rules, "interest", debt.segment)
    if not rules:
        return []
    accrual = interest.accrue(debt.parts, debt.due, debt.rates, debt.claimed_until)
    if accrual.unknown:
        missing = {"unknown": str(accrual.unknown), "reference": rules[0].reference}
        return [Charge(debt.key, "interest", 0, 0, "rate_unknown", details=missing)]
    if not accrual.amount:
        return []
    segments = [
        {
            "principal": segment.principal,
            "first": str(segment.first),
            "last": str(segment.last),
            "days": segment.days,
            "percent": f"{segment.percent.normalize():f}",
            "rule": segment.rule,
        }
        for segment in accrual.segments
    ]
    return [
        Charge(
            debt.key,
            "interest",
            accrual.amount,
            accrual.segments[0].rule,
            "interest",
            first=min(segment.first for segment in accrual.segments),
            last=max(segment.last for segment in accrual.segments),
            details={"segments": segments},
        )
    ]


def recovery(debt: LateDebt) -> list[Charge]:
    """Return the fixed sum, or the recovery costs by scale, unless the invoice had it already.

    Sums of the law stand in its own currency; a debt in another one bears none.
    """
    if debt.has_sum:
        return []
    own = [rule for rule in debt.rules if rule.currency in (None, debt.currency)]
    found = late_payment.recovery_sum(debt.late, own, debt.segment, debt.due + _DAY)
    if not found:
        return []
    details = {"principal": debt.late}
    return [Charge(debt.key, "fixed_sum", found.amount, found.rule, "fixed_sum", details=details)]


def cost_after_notice(debt: LateDebt) -> int:
    """Return what a notice names: what is added once its days are over and nothing was paid."""
    costs = sum(charge.amount for charge in recovery(debt))
    cap = _fee_cap(debt)
    return costs + (min(debt.fee, int(cap.value)) if cap else 0)


def _fee_cap(debt: LateDebt) -> RuleLine | None:
    """Return the rule that allows reminder fees; ``None`` where nothing may be asked."""
    caps = late_payment.applicable(debt.rules, "reminder_fee", debt.segment, debt.day)
    agreed = debt.fees_agreed or not debt.rule_number("reminder_agreed")
    if not caps or debt.fee <= 0 or not agreed or caps[0].currency != debt.currency:
        return None
    return caps[0]


def fees(debt: LateDebt) -> list[Charge]:
    """Return the fees of reminders that were sent, as many and as high as the law allows."""
    cap = _fee_cap(debt)
    if cap is None:
        return []
    rule = late_payment_notice.FeeRule(
        cap=int(cap.value),
        free=debt.rule_number("free_reminders", 0) or 0,
        most=debt.rule_number("most_reminders"),
        gap_days=debt.rule_number("reminder_gap", 0) or 0,
        late_days=debt.rule_number("reminder_late", 0) or 0,
    )
    days = [day for day, _key in debt.reminders]
    not_before = debt.notice_ended + _DAY if debt.notice_ended else date.min
    return [
        Charge(
            debt.key,
            "fee",
            min(debt.fee, rule.cap),
            cap.key,
            "fee",
            first=days[position],
            last=days[position],
            reminder=debt.reminders[position][1],
        )
        for position in late_payment_notice.chargeable(days, debt.due, rule, not_before)
        if debt.reminders[position][1] not in debt.charged
    ]
