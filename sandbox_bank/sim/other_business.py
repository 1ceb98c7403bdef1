"""Entries that have nothing to do with invoices: charges, salaries, taxes, interest."""

import datetime
import random
from collections.abc import Callable

from .. import identifiers, money
from ..entries import CREDIT_TRANSFER_OUT, Payment
from . import wording
from .recording import Outcome

CHARGES_CODE = "ACMT-MDOP-CHRG"
INTEREST_CODE = "ACMT-MCOP-INTR"


def other_business(
    count: int, seed: int, currency: str, days: list[datetime.date]
) -> list[Outcome]:
    """Return ``count`` entries that pay no invoice; the same arguments give the same entries."""
    generator = random.Random(f"other {seed}")  # noqa: S311 (a simulation, not a secret)
    unit = 10 ** money.exponent(currency)
    outcomes = []
    for index in range(count):
        # Each kind once, then only what can happen several times in a week.
        kind = list(KINDS)[index] if index < len(KINDS) else generator.choice(FREQUENT)
        outcomes.append(Outcome(KINDS[kind](generator, unit, generator.choice(days)), kind))
    return outcomes


def _bank_fee(generator: random.Random, unit: int, day: datetime.date) -> Payment:
    return Payment(
        amount=-generator.randint(4 * unit, 19 * unit),
        booking_date=day,
        remittance=(f"Kontoführung / frais de tenue de compte {day:%m/%Y}",),
        bank_transaction_code=CHARGES_CODE,
        counter="income",
    )


def _card_fee(generator: random.Random, unit: int, day: datetime.date) -> Payment:
    return Payment(
        amount=-generator.randint(10 * unit, 90 * unit),
        booking_date=day,
        counterparty_name="PayTerminal Services AG",
        counterparty_iban=identifiers.iban_of_person("PayTerminal Services AG"),
        remittance=(f"Card acquiring fees {day:%Y-%m} merchant {generator.randrange(10**7):07d}",),
        bank_transaction_code=CREDIT_TRANSFER_OUT,
    )


def _salary(generator: random.Random, unit: int, day: datetime.date) -> Payment:
    name = generator.choice(wording.EMPLOYEES)
    return Payment(
        amount=-generator.randint(1_800 * unit, 3_600 * unit),
        booking_date=day,
        counterparty_name=name,
        counterparty_iban=identifiers.iban_of_person(name),
        remittance=(f"Salaire {day:%m.%Y}",),
        end_to_end_id=f"SAL{day:%Y%m}{generator.randrange(1000):03d}",
        purpose_code="SALA",
        bank_transaction_code=CREDIT_TRANSFER_OUT,
    )


def _tax_refund(generator: random.Random, unit: int, day: datetime.date) -> Payment:
    name = "Administration de l'enregistrement"
    return Payment(
        amount=generator.randint(120 * unit, 2_400 * unit),
        booking_date=day,
        counterparty_name=name,
        counterparty_iban=identifiers.iban_of_person(name),
        remittance=(f"REMBOURSEMENT TVA {day.year - 1} DOSSIER {generator.randrange(10**6):06d}",),
        purpose_code="TAXR",
    )


def _interest(generator: random.Random, unit: int, day: datetime.date) -> Payment:
    return Payment(
        amount=generator.randint(unit, 40 * unit),
        booking_date=day,
        remittance=(f"Habenzinsen / intérêts créditeurs {day.year}",),
        bank_transaction_code=INTEREST_CODE,
        counter="interest",
    )


def _supplier(generator: random.Random, unit: int, day: datetime.date) -> Payment:
    name, text = generator.choice(wording.SUPPLIERS)
    return Payment(
        amount=-generator.randint(35 * unit, 1_900 * unit),
        booking_date=day,
        counterparty_name=name,
        counterparty_iban=identifiers.iban_of_person(name),
        remittance=(text.format(number=generator.randrange(10_000, 99_999), date=f"{day:%m/%Y}"),),
        bank_transaction_code=CREDIT_TRANSFER_OUT,
    )


KINDS: dict[str, Callable[[random.Random, int, datetime.date], Payment]] = {
    "bank_fee": _bank_fee,
    "salary": _salary,
    "supplier": _supplier,
    "card_fee": _card_fee,
    "tax_refund": _tax_refund,
    "interest": _interest,
}
FREQUENT = ("supplier", "supplier", "salary", "card_fee")
