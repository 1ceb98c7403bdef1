"""How old the receivables are, and how long sales take to become money."""

from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

#: Buckets by days overdue: (code, first day, last day), both included; ``None`` is open-ended.
BUCKETS = (
    ("not_due", None, 0),
    ("1_30", 1, 30),
    ("31_60", 31, 60),
    ("61_90", 61, 90),
    ("over_90", 91, None),
)


def bucket(due_date: date, today: date) -> str:
    """Return the code of the bucket; an item due today is not overdue.

    >>> bucket(date(2026, 3, 10), date(2026, 3, 10)), bucket(date(2026, 3, 9), date(2026, 3, 10))
    ('not_due', '1_30')
    """
    days = (today - due_date).days
    for code, first, last in BUCKETS:
        if (first is None or days >= first) and (last is None or days <= last):
            return code
    raise AssertionError("the buckets have a gap")  # pragma: no cover


def aged_totals(items: Iterable[tuple[date, int]], today: date) -> dict[str, int]:
    """Return the sum of ``(due date, amount)`` by bucket code, every bucket present, in order.

    >>> aged_totals([(date(2026, 1, 1), 500), (date(2026, 3, 12), 40)], date(2026, 3, 10))
    {'not_due': 40, '1_30': 0, '31_60': 0, '61_90': 500, 'over_90': 0}
    """
    totals = dict.fromkeys((code for code, _first, _last in BUCKETS), 0)
    for due_date, amount in items:
        totals[bucket(due_date, today)] += amount
    return totals


def days_sales_outstanding(receivables: int, sales: int, days: int) -> Decimal | None:
    """Return the simple DSO: receivables at the end / credit sales of the period x days in it.

    Both sides gross of tax and in the same unit. Rounded half up to one decimal, once. ``None``
    without sales: no sales say nothing about how fast they are paid.

    >>> days_sales_outstanding(572_506, 1_919_681, 90)
    Decimal('26.8')
    >>> days_sales_outstanding(100, 0, 90) is None
    True
    """
    if sales <= 0:
        return None
    value = Decimal(receivables) * days / Decimal(sales)
    return value.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
