"""Bank lines for two matchers, what each made of them, and the table that compares both.

Plain values: no database and no clock.
"""

import random
from collections import defaultdict
from typing import NamedTuple

#: Lines of a hundred, by what the payer writes.
SHARES = {
    "exact": 60,
    "damaged": 15,
    "payer": 10,
    "several": 5,
    "short or over": 5,
    "unrelated": 5,
}
#: Labels of money that pays no invoice.
UNRELATED = ("Rent February", "Card fees 02/2026", "Interest", "Insurance 4711-88", "{slip:05}")
STRANGERS = ("City Works", "Harbour Insurance", "North Bank")
#: Of twenty payers, how many banks do not name, and how many bear a name the books do not know.
UNNAMED, UNKNOWN = 3, 3
PERSONS = ("M. Larsen", "Ada Kowalski", "Chiara Conti", "J. Okafor", "Family Petit")
#: What somebody who names no invoice writes.
WITHOUT_NUMBER = ("Payment", "Thank you", "Our account", "Goods")


class Invoice(NamedTuple):
    """An open invoice; the amount in cents."""

    number: str
    amount: int
    customer: str


class Line(NamedTuple):
    """A bank line and its truth: what it pays of which invoice, in cents."""

    kind: str
    label: str
    payer: str
    amount: int
    truth: dict[str, int]


def make_lines(invoices, count, seed=3):
    """Return bank lines that pay a part of the invoices; one invoice is paid once.

    >>> open_ = [Invoice(f"INV/2026/{n:05}", 1000 + n, f"C{n % 5}") for n in range(400)]
    >>> lines = make_lines(open_, 100)
    >>> [sum(line.kind == kind for line in lines) for kind in SHARES]
    [60, 15, 10, 5, 5, 5]
    """
    generator = random.Random(seed)  # noqa: S311 (figures, not secrets)
    free = list(invoices)
    generator.shuffle(free)
    seen = defaultdict(int)
    for invoice in invoices:
        seen[invoice.customer, invoice.amount] += 1
    kinds = [kind for kind, share in SHARES.items() for _number in range(count * share // 100)]
    kinds += ["exact"] * (count - len(kinds))
    lines = []
    for number, kind in enumerate(kinds):
        line = _line(kind, number, free, seen, generator)
        lines.append(line if kind == "payer" else line._replace(payer=_printed(line, number)))
    generator.shuffle(lines)
    return lines


def _printed(line, number):
    """Return the payer as the bank names it: by name, not at all, or as somebody else."""
    turn = number * 7 % 20
    if turn < UNNAMED:
        return ""
    return PERSONS[number % len(PERSONS)] if turn < UNNAMED + UNKNOWN else line.payer


def _line(kind, number, free, seen, generator):
    if kind == "unrelated":
        label = UNRELATED[number % len(UNRELATED)].format(slip=generator.randint(1, len(seen)))
        return Line(kind, label, generator.choice(STRANGERS), generator.randint(500, 90_000), {})
    one = free.pop()
    while kind == "payer" and seen[one.customer, one.amount] > 1:
        one = free.pop()
    truth = {one.number: one.amount}
    if kind == "exact":
        return Line(kind, one.number, one.customer, one.amount, truth)
    if kind == "damaged":
        return Line(kind, _damaged(one.number, number), one.customer, one.amount, truth)
    if kind == "payer":
        label = WITHOUT_NUMBER[number % len(WITHOUT_NUMBER)]
        return Line(kind, label, one.customer, one.amount, truth)
    if kind == "several":
        two = _another_of(one, free)
        while two is None:
            one = free.pop()
            two = _another_of(one, free)
        label = f"{one.number}, {two.number}"
        truth = {one.number: one.amount, two.number: two.amount}
        return Line(kind, label, one.customer, one.amount + two.amount, truth)
    if number % 2:
        return Line(kind, one.number, one.customer, one.amount + 5_000, truth)
    paid = one.amount * 7 // 10
    return Line(kind, one.number, one.customer, paid, {one.number: paid})


def _another_of(one, free):
    """Take another invoice of the same customer, where there is one."""
    place = next((at for at, other in enumerate(free) if other.customer == one.customer), None)
    return None if place is None else free.pop(place)


def _damaged(number, turn):
    """Return a number as people and banks spoil it.

    >>> [_damaged("INV/2026/00124", turn) for turn in range(3)]
    ['INV202600124', '00124', 'INV/2026/00142']
    """
    if turn % 3 == 0:
        return number.replace("/", "")
    if turn % 3 == 1:
        return number.rsplit("/", 1)[-1]
    swapped = number[:-2] + number[-1] + number[-2]
    return swapped if swapped != number else number[:-1]


def judge(lines, booked):
    """Return what was booked by itself, right and wrong.

    :param booked: place of a line → number of an invoice → cents; a line that is booked on no
        invoice has none, a line that waits is not there

    >>> lines = [Line("exact", "A", "C", 5, {"A": 5}), Line("unrelated", "B", "C", 5, {})]
    >>> judge(lines, {0: {"A": 5}, 1: {"A": 5}})
    {'booked': 2, 'right': 1, 'wrong': 1, 'right_by_kind': {'exact': 1}, 'wrong_by_kind': \
{'unrelated': 1}}
    """
    right, wrong = defaultdict(int), defaultdict(int)
    for place, claims in booked.items():
        line = lines[place]
        (right if claims and claims == line.truth else wrong)[line.kind] += 1
    return {
        "booked": len(booked),
        "right": sum(right.values()),
        "wrong": sum(wrong.values()),
        "right_by_kind": dict(right),
        "wrong_by_kind": dict(wrong),
    }


def compared(ours, oca, plain):
    """Return what both cost a line, beside each other, in CPU milliseconds and queries.

    Ours is matched after lines are made, theirs while they are: of theirs is taken off what Odoo
    alone needs to make the same lines in the same way.

    :param ours: lines, ``create`` and ``match`` as measures, ``open`` with the lines opened
    :param oca: lines, ``create`` which matches too, ``open``
    :param plain: ``one_by_one`` and ``batch``: Odoo alone makes the lines
    """
    match_ours = _a_line(ours["match"], ours["lines"])
    match_oca = _less(
        _a_line(oca["create"], oca["lines"]), _a_line(plain["one_by_one"], oca["lines"])
    )
    open_ours = _a_line(ours["open"], ours["open"]["lines"])
    open_oca = _a_line(oca["open"], oca["open"]["lines"])
    return {
        "match": {"ours": match_ours, "oca": match_oca, "times": _times(match_ours, match_oca)},
        "open": {"ours": open_ours, "oca": open_oca, "times": _times(open_ours, open_oca)},
    }


def _a_line(measure, lines):
    return {
        "cpu_ms": round(1000 * measure["cpu_seconds"] / lines, 2),
        "queries": round(measure["queries"] / lines, 2),
    }


def _less(one, other):
    return {name: round(one[name] - other[name], 2) for name in one}


def _times(ours, oca):
    return round(oca["cpu_ms"] / ours["cpu_ms"], 1) if ours["cpu_ms"] else None


def table(results):
    """Return the comparison as Markdown: a column of ours and of theirs for each size."""
    sizes = list(results)
    titles = [f"{who}, {size:,} items" for size in sizes for who in ("ours", "OCA")]
    rows = [("", *titles), ("---", *["---"] * len(titles))]

    def row(title, tell):
        cells = [tell(results[size], who) for size in sizes for who in ("ours", "oca")]
        rows.append((title, *map(str, cells)))

    row("match and book, CPU ms a line", lambda one, who: one["match"][who]["cpu_ms"])
    row("match and book, queries a line", lambda one, who: one["match"][who]["queries"])
    row("open what is proposed, CPU ms", lambda one, who: one["open"][who]["cpu_ms"])
    row("open what is proposed, queries", lambda one, who: one["open"][who]["queries"])
    row("booked by itself, of lines", lambda one, who: f"{one[who]['booked']} of {one['lines']}")
    row("of them right", lambda one, who: one[who]["right"])
    row("of them wrong", lambda one, who: one[who]["wrong"])
    row("times less CPU a line", lambda one, who: one["match"]["times"] if who == "ours" else "")
    return "\n".join("| " + " | ".join(cells) + " |" for cells in rows)
