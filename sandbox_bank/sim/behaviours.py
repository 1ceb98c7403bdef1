"""How customers pay: a pure function from open invoices and a seed to payments.

The same invoices in the same order with the same seed give the same payments. Nothing here reads
a clock or the bank's books.
"""

import datetime
import random
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace

from .. import identifiers, money
from ..entries import Detail, Payment
from . import wording
from .recording import Outcome

# Share of each behaviour in hundredths; three of five payments can be matched exactly.
MIX = {
    "exact": 24,
    "in_sentence": 24,
    "structured": 13,
    "damaged": 8,
    "name_only": 5,
    "short": 5,
    "over": 3,
    "two_in_one": 6,
    "twice": 2,
    "other_name": 3,
    "partial": 4,
    "batch": 3,
}
LARGEST_BATCH = 5
NOT_PROVIDED = "NOTPROVIDED"
LINE = 140
# Charges that correspondent banks deduct, in units of the currency.
CHARGES = (2, 5, 7, 10, 12, 15, 25)


@dataclass(frozen=True)
class Invoice:
    """An open invoice as its customer sees it; ``amount`` in minor units, positive."""

    reference: str
    amount: int
    customer: str
    customer_iban: str | None = None
    creditor_reference: str | None = None
    behaviour: str | None = None


@dataclass(frozen=True)
class _Customer:
    """Everything a single behaviour needs to write its payments."""

    random: random.Random
    invoice: Invoice
    currency: str
    day: datetime.date

    def payment(self, text: str = "", **changes) -> Payment:
        """Return the payment of the whole invoice with ``text``, unless changed."""
        invoice = self.invoice
        end_to_end_id = NOT_PROVIDED
        if self.random.random() < 0.4:
            end_to_end_id = f"{self.random.choice('ABEP')}{self.random.randrange(10**9):09d}"
        values = {
            "number": self.random.randrange(10_000, 99_999),
            "date": self.day.strftime(self.random.choice(("%d.%m.%Y", "%d/%m/%Y", "%Y-%m-%d"))),
            "month": self.random.choice(wording.MONTHS),
            "name": invoice.customer.upper(),
            "ref": invoice.reference,
            "end_to_end_id": end_to_end_id,
        }
        payment = Payment(
            amount=invoice.amount,
            booking_date=self.day,
            counterparty_name=_as_banks_write(self.random, invoice.customer),
            counterparty_iban=invoice.customer_iban or identifiers.iban_of_person(invoice.customer),
            remittance=_lines(text.format_map(_Words(values))),
            end_to_end_id=end_to_end_id,
        )
        return replace(payment, **changes)

    def outcome(self, payment: Payment, behaviour: str, variant: str | None = None) -> Outcome:
        """Return the payment with the truth that it settles this invoice as far as it goes."""
        invoice = self.invoice
        settled = min(payment.amount, invoice.amount)
        return Outcome(
            payment,
            behaviour,
            variant,
            invoice.customer,
            paid_for=(invoice.reference,),
            allocations=((invoice.reference, settled),),
        )


class _Words(dict):
    """Words of a text; what is not known stays as it is, whatever an invoice is called."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def pay(
    invoices: list[Invoice], seed: int, currency: str, days: list[datetime.date]
) -> list[Outcome]:
    """Return what the customers do about their invoices.

    An invoice with a behaviour of its own gets it; the others draw from `MIX`. A payment for
    several invoices takes later ones with it (of the same customer for ``two_in_one``); when there
    is none, the invoice is paid alone, as ``exact``.

    :param days: booking days to choose from, each payment one
    """
    generator = random.Random(seed)  # noqa: S311 (a simulation, not a secret)
    outcomes: list[Outcome] = []
    waiting = list(invoices)
    while waiting:
        invoice = waiting.pop(0)
        behaviour = invoice.behaviour or generator.choices(list(MIX), list(MIX.values()))[0]
        customer = _Customer(generator, invoice, currency, generator.choice(days))
        others = _take_others(generator, behaviour, invoice, waiting)
        if behaviour in TOGETHER and others:
            outcomes += TOGETHER[behaviour](customer, others)
        else:
            outcomes += ALONE.get(behaviour, _exact)(customer)
    return outcomes


def _take_others(
    generator: random.Random, behaviour: str, invoice: Invoice, waiting: list[Invoice]
) -> list[Invoice]:
    """Remove from ``waiting`` the invoices that are paid together with ``invoice``."""
    if behaviour == "two_in_one":
        wanted = 1
    elif behaviour == "batch":
        wanted = generator.randint(2, LARGEST_BATCH) - 1
    else:
        return []
    taken: list[int] = []
    for index, other in enumerate(waiting):
        if len(taken) == wanted:
            break
        is_free = other.behaviour in (None, behaviour)
        if is_free and (behaviour == "batch" or other.customer == invoice.customer):
            taken.append(index)
    return [waiting.pop(index) for index in reversed(taken)][::-1]


def _exact(customer: _Customer) -> list[Outcome]:
    return [customer.outcome(customer.payment("{ref}"), "exact")]


def _in_sentence(customer: _Customer) -> list[Outcome]:
    text = customer.random.choice(wording.SENTENCES)
    return [customer.outcome(customer.payment(text), "in_sentence")]


def _structured(customer: _Customer) -> list[Outcome]:
    invoice = customer.invoice
    reference = invoice.creditor_reference or invoice.reference
    payment = customer.payment(creditor_reference=reference)
    return [customer.outcome(payment, "structured")]


def _damaged(customer: _Customer) -> list[Outcome]:
    variants = list(DAMAGES)
    customer.random.shuffle(variants)
    reference = customer.invoice.reference
    for variant in variants:
        damaged = DAMAGES[variant](customer.random, reference)
        if damaged and damaged != reference:
            text = customer.random.choice(("{ref}", *wording.SENTENCES)).replace(
                "{ref}", _literal(damaged)
            )
            # "/INV/{ref}" would give a reference back the prefix it has lost.
            text = _literal(damaged) if reference in text else text
            return [customer.outcome(customer.payment(text), "damaged", variant)]
    return _exact(customer)


def _literal(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _prefix_missing(_random: random.Random, reference: str) -> str:
    return re.sub(r"^[^\W\d]+[\W_]*", "", reference)


def _separators_changed(generator: random.Random, reference: str) -> str:
    return re.sub(r"[\W_]+", generator.choice(("-", " ", ".", "")), reference)


def _blank_inside(generator: random.Random, reference: str) -> str:
    places = [m.end() for m in re.finditer(r"\d(?=\d)", reference)]
    if not places:
        return reference
    place = generator.choice(places)
    return f"{reference[:place]} {reference[place:]}"


def _digits_swapped(generator: random.Random, reference: str) -> str:
    places = [m.start() for m in re.finditer(r"(\d)(?!\1)(?=\d)", reference)]
    if not places:
        return reference
    place = generator.choice(places)
    first, second = reference[place], reference[place + 1]
    return f"{reference[:place]}{second}{first}{reference[place + 2 :]}"


DAMAGES: dict[str, Callable[[random.Random, str], str]] = {
    "prefix_missing": _prefix_missing,
    "separators_changed": _separators_changed,
    "blank_inside": _blank_inside,
    "digits_swapped": _digits_swapped,
}


def _name_only(customer: _Customer) -> list[Outcome]:
    payment = customer.payment(customer.random.choice(wording.NAME_ONLY))
    return [customer.outcome(payment, "name_only")]


def _short(customer: _Customer) -> list[Outcome]:
    amount = customer.invoice.amount
    variant = customer.random.choice(list(wording.SHORT))
    if variant == "cash_discount":
        missing = amount // 50
    else:
        unit = 10 ** money.exponent(customer.currency)
        missing = min(customer.random.choice(CHARGES) * unit, amount // 20)
    if not missing:
        return _exact(customer)
    text = customer.random.choice(wording.SHORT[variant])
    payment = customer.payment(text, amount=amount - missing)
    return [customer.outcome(payment, "short", variant)]


def _over(customer: _Customer) -> list[Outcome]:
    amount = customer.invoice.amount
    ten = 10 * 10 ** money.exponent(customer.currency)
    variant = customer.random.choice(("rounded_up", "typing_error"))
    rounded = amount + (-amount % ten or ten)
    more = rounded if variant == "rounded_up" else amount + 9 * ten // 10
    return [customer.outcome(customer.payment("{ref}", amount=more), "over", variant)]


def _twice(customer: _Customer) -> list[Outcome]:
    text = customer.random.choice(("{ref}", *wording.SENTENCES))
    first = customer.outcome(customer.payment(text), "twice", "first")
    again = customer.outcome(customer.payment(text), "twice", "second")
    return [first, replace(again, allocations=())]


def _other_name(customer: _Customer) -> list[Outcome]:
    payer = customer.random.choice(wording.OTHER_PAYERS)
    text = customer.random.choice(("{ref}", "{ref} {name}", *wording.SENTENCES))
    payment = customer.payment(
        text, counterparty_name=payer, counterparty_iban=identifiers.iban_of_person(payer)
    )
    return [customer.outcome(payment, "other_name")]


def _partial(customer: _Customer) -> list[Outcome]:
    parts = customer.random.choice((2, 3, 4))
    amount = customer.invoice.amount // parts
    if not amount:
        return _exact(customer)
    payment = customer.payment(customer.random.choice(wording.PARTIAL), amount=amount)
    return [customer.outcome(payment, "partial", f"one_of_{parts}")]


def _two_in_one(customer: _Customer, others: list[Invoice]) -> list[Outcome]:
    paid = [customer.invoice, *others]
    text = customer.random.choice(wording.TWO).replace("{other}", _literal(others[0].reference))
    payment = customer.payment(text, amount=sum(invoice.amount for invoice in paid))
    return [_together(customer, paid, payment, "two_in_one")]


def _batch(customer: _Customer, others: list[Invoice]) -> list[Outcome]:
    """Book several customers' payments as one entry with details, as for a collection file."""
    paid = [customer.invoice, *others]
    single = [replace(customer, invoice=invoice).payment("{ref}") for invoice in paid]
    details = tuple(
        Detail(
            amount=payment.amount,
            counterparty_name=payment.counterparty_name,
            counterparty_iban=payment.counterparty_iban,
            remittance=payment.remittance,
            end_to_end_id=payment.end_to_end_id,
        )
        for payment in single
    )
    payment = customer.payment(
        f"SAMMELGUTSCHRIFT {len(paid)} POSTEN",
        amount=sum(invoice.amount for invoice in paid),
        counterparty_name=None,
        counterparty_iban=None,
        end_to_end_id=None,
        details=details,
    )
    return [_together(customer, paid, payment, "batch")]


def _together(
    customer: _Customer, paid: list[Invoice], payment: Payment, behaviour: str
) -> Outcome:
    names = {invoice.customer for invoice in paid}
    return Outcome(
        payment,
        behaviour,
        customer=customer.invoice.customer if len(names) == 1 else None,
        paid_for=tuple(invoice.reference for invoice in paid),
        allocations=tuple((invoice.reference, invoice.amount) for invoice in paid),
    )


ALONE: dict[str, Callable[[_Customer], list[Outcome]]] = {
    "exact": _exact,
    "in_sentence": _in_sentence,
    "structured": _structured,
    "damaged": _damaged,
    "name_only": _name_only,
    "short": _short,
    "over": _over,
    "twice": _twice,
    "other_name": _other_name,
    "partial": _partial,
}
TOGETHER: dict[str, Callable[[_Customer, list[Invoice]], list[Outcome]]] = {
    "two_in_one": _two_in_one,
    "batch": _batch,
}


def _as_banks_write(generator: random.Random, name: str) -> str:
    """Return a name as it is, or in capitals without accents, or cut as older systems cut it."""
    style = generator.randrange(4)
    if style == 0:
        plain = unicodedata.normalize("NFKD", name.replace("ß", "ss"))
        return plain.encode("ascii", "ignore").decode().upper().strip()[:70] or name[:70]
    return name[:27].strip() if style == 1 else name[:70]


def _lines(text: str) -> tuple[str, ...]:
    return tuple(text[start : start + LINE] for start in range(0, len(text), LINE))
