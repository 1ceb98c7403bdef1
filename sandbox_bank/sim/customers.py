"""Customers pay a list of invoices, in the ways people do."""

import datetime
import random

from flask import jsonify

from .. import clock, web
from ..errors import Refused, format_error
from ..reading import Body
from . import behaviours
from .common import account_named, blueprint, read_body
from .other_business import other_business
from .recording import record

MOST_INVOICES = 20_000
INVOICES_PER_OTHER_ENTRY = 10
BEHAVIOURS = tuple(behaviours.MIX)


@blueprint.post("/customers-pay")
def customers_pay():
    """Book payments for invoices, drawn with a seed, and entries of other business between them.

    ``other_entries`` is by default one for every ten invoices that draw their behaviour.
    """
    body = read_body()
    seed = body.integer("seed", 0, 2**53, 0)
    with web.writing() as bank:
        account = account_named(bank, body.text("account", 70), "$.account")
        invoices = [
            _invoice(item, account.currency) for item in body.objects("invoices", MOST_INVOICES)
        ]
        drawn = sum(invoice.behaviour is None for invoice in invoices)
        others = body.integer("other_entries", 0, 1_000, drawn // INVOICES_PER_OTHER_ENTRY)
        days = _days(bank, body, account.opened_on)
        outcomes = behaviours.pay(invoices, seed, account.currency, days)
        outcomes += other_business(others, seed, account.currency, days)
        # As a bank receives them: day by day, and mixed within a day.
        random.Random(seed).shuffle(outcomes)  # noqa: S311 (a simulation, not a secret)
        outcomes.sort(key=lambda outcome: outcome.payment.booking_date)
        recorded = record(bank, account, outcomes)
    per_invoice = {
        reference: item["behaviour"] for item in recorded for reference in item["reference_of"]
    }
    return jsonify({"payments": recorded, "behaviours": per_invoice}), 201


def _invoice(item: Body, currency: str) -> behaviours.Invoice:
    if item.currency("currency", currency) != currency:
        raise format_error(f"the account is kept in {currency}", f"{item.path}.currency")
    amount = item.amount("amount", currency)
    if amount <= 0:
        raise format_error("must be positive", f"{item.path}.amount")
    return behaviours.Invoice(
        reference=item.text("reference", 35),
        amount=amount,
        customer=item.text("customer", 70),
        customer_iban=item.iban("customer_iban", None),
        creditor_reference=item.text("creditor_reference", 35, None),
        behaviour=item.choice("behaviour", BEHAVIOURS, None),
    )


def _days(bank: web.Bank, body: Body, earliest: datetime.date) -> list[datetime.date]:
    """Return the booking days to draw from: ``spread_days`` days from ``booking_date`` on."""
    first = body.date("booking_date", clock.booking_day(bank.connection))
    spread = body.integer("spread_days", 1, 366, 1)
    if first < earliest:
        text = f"the account was opened on {earliest}"
        raise Refused(400, "PERIOD_INVALID", text, "$.booking_date")
    return [first + datetime.timedelta(days=offset) for offset in range(spread)]
