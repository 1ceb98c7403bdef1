"""Charges and details of an entry as plain JSON values, exactly in both directions.

Amounts stay whole minor units, rates stay the text the bank wrote; what the bank does not say is
left out.
"""

from collections.abc import Iterable
from dataclasses import fields
from decimal import Decimal
from typing import Any

from .statement import Charge, EntryDetail

Plain = dict[str, Any]

#: Fields of a detail that are JSON values already; the others are named below.
_SIMPLE = tuple(
    field.name
    for field in fields(EntryDetail)
    if field.name not in {"remittance", "exchange_rate", "charges"}
)


def charges_to_plain(charges: Iterable[Charge]) -> list[Plain]:
    """Return charges as JSON values.

    >>> charges_to_plain([Charge(150, "EUR", included=True)])
    [{'amount': 150, 'currency': 'EUR', 'included': True}]
    """
    return [
        {"amount": charge.amount, "currency": charge.currency, "included": charge.included}
        for charge in charges
    ]


def charges_from_plain(plain: Iterable[Plain] | None) -> tuple[Charge, ...]:
    """Return the charges of `charges_to_plain`."""
    return tuple(
        Charge(item["amount"], item["currency"], item.get("included")) for item in plain or ()
    )


def details_to_plain(details: Iterable[EntryDetail]) -> list[Plain]:
    """Return the transactions inside an entry as JSON values, empty ones left out.

    >>> details_to_plain([EntryDetail(1200, "EUR", remittance=("INV 7",))])
    [{'amount': 1200, 'currency': 'EUR', 'remittance': ['INV 7']}]
    """
    return [_detail_to_plain(detail) for detail in details]


def _detail_to_plain(detail: EntryDetail) -> Plain:
    plain = {name: value for name in _SIMPLE if (value := getattr(detail, name)) not in (None, "")}
    if detail.remittance:
        plain["remittance"] = list(detail.remittance)
    if detail.exchange_rate is not None:
        plain["exchange_rate"] = str(detail.exchange_rate)
    if detail.charges:
        plain["charges"] = charges_to_plain(detail.charges)
    return plain


def details_from_plain(plain: Iterable[Plain] | None) -> tuple[EntryDetail, ...]:
    """Return the details of `details_to_plain`."""
    return tuple(_detail_from_plain(item) for item in plain or ())


def _detail_from_plain(plain: Plain) -> EntryDetail:
    return EntryDetail(
        **{name: plain.get(name) for name in _SIMPLE},
        remittance=tuple(plain.get("remittance") or ()),
        exchange_rate=rate_from_text(plain.get("exchange_rate")),
        charges=charges_from_plain(plain.get("charges")),
    )


def rate_from_text(text: str | None) -> Decimal | None:
    """Return a rate from the text it is kept as.

    >>> rate_from_text("1.0850"), rate_from_text(None)
    (Decimal('1.0850'), None)
    """
    return Decimal(text) if text else None


def details_difference(amount: int, currency: str, details: Iterable[EntryDetail]) -> int | None:
    """Return entry - sum of its transactions; ``None`` where they cannot be added up.

    That is where the bank leaves an amount out, or gives one in another currency.

    >>> details_difference(500, "EUR", [EntryDetail(200, "EUR"), EntryDetail(299, "EUR")])
    1
    >>> details_difference(500, "EUR", [EntryDetail(None, None)]) is None
    True
    """
    total = 0
    for detail in details:
        if detail.amount is None or detail.currency != currency:
            return None
        total += detail.amount
    return amount - total
