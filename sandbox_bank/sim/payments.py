"""Single payments, exactly as a test wants them."""

import re

from flask import jsonify

from .. import clock, entries, web
from ..errors import Refused, format_error
from ..ledger import Account
from ..reading import Body, checked_text
from .common import account_named, blueprint, read_body
from .recording import Outcome, record

MOST_PAYMENTS = 20_000
MOST_LINES = 20
TRANSACTION_CODE = re.compile(r"[A-Z]{4}-[A-Z]{4}-[A-Z]{4}", re.ASCII)
EXTRA_TEXTS = {
    "mandate_id": 35,
    "creditor_id": 35,
    "additional_information": 140,
    "return_reason": 4,
}


@blueprint.post("/payments")
def payments():
    """Book payments on an account. A negative amount leaves the account."""
    body = read_body()
    with web.writing() as bank:
        account = account_named(bank, body.text("account", 70), "$.account")
        items = body.objects("payments", MOST_PAYMENTS)
        outcomes = [_outcome(bank, account, item) for item in items]
        recorded = record(bank, account, outcomes)
    return jsonify({"payments": recorded}), 201


def _outcome(bank: web.Bank, account: Account, item: Body) -> Outcome:
    booking_date = item.date("booking_date", clock.booking_day(bank.connection))
    if booking_date < account.opened_on:
        text = f"the account was opened on {account.opened_on}"
        raise Refused(400, "PERIOD_INVALID", text, f"{item.path}.booking_date")
    if item.currency("currency", account.currency) != account.currency:
        raise format_error(f"the account is kept in {account.currency}", f"{item.path}.currency")
    amount = item.amount("amount", account.currency)
    if not amount:
        raise format_error("must not be zero", f"{item.path}.amount")
    code = entries.CREDIT_TRANSFER_IN if amount > 0 else entries.CREDIT_TRANSFER_OUT
    references = item.items("reference_of", MOST_LINES, [])
    payment = entries.Payment(
        amount=amount,
        booking_date=booking_date,
        counterparty_name=item.text("debtor_name", 70, None),
        counterparty_iban=item.iban("debtor_iban", None),
        remittance=_lines(item),
        creditor_reference=item.text("creditor_reference", 35, None),
        end_to_end_id=item.text("end_to_end_id", 35, None),
        purpose_code=item.text("purpose_code", 4, None),
        bank_transaction_code=_transaction_code(item, code),
        value_date=item.date("value_date", None),
        extra=_extra(item, account),
    )
    return Outcome(
        payment,
        behaviour="given",
        paid_for=tuple(checked_text(value, path, 140) for value, path in references),
    )


def _transaction_code(item: Body, usual: str) -> str:
    code = item.text("bank_transaction_code", 14, usual)
    if not TRANSACTION_CODE.fullmatch(code):
        place = f"{item.path}.bank_transaction_code"
        raise format_error("must be a code as PMNT-RCDT-ESCT", place)
    return code


def _extra(item: Body, account: Account) -> dict:
    """Return what only some payments have: charges, a bought currency, a mandate, a reversal."""
    values = {name: item.text(name, longest, None) for name, longest in EXTRA_TEXTS.items()}
    values["charges"] = item.amount("charges", account.currency, None)
    if item.boolean("reversal", False):
        values["reversal"] = True
    if item.value.get("exchange") is not None:
        exchange = Body(item.value["exchange"], f"{item.path}.exchange")
        currency = exchange.currency("currency")
        values["exchange"] = {
            "currency": currency,
            "amount": exchange.amount("amount", currency),
            "rate": exchange.text("rate", 12),
        }
    return {name: value for name, value in values.items() if value is not None}


def _lines(item: Body) -> tuple[str, ...]:
    lines = item.items("remittance", MOST_LINES, [])
    return tuple(checked_text(value, path, 140) for value, path in lines)
