"""Single payments, exactly as a test wants them."""

from flask import jsonify

from .. import entries, web
from ..errors import Refused, format_error
from ..ledger import Account
from ..reading import Body, checked_text
from .common import account_named, blueprint, read_body
from .recording import Outcome, record

MOST_PAYMENTS = 20_000
MOST_LINES = 20


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
    booking_date = item.date("booking_date", bank.today)
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
        bank_transaction_code=code,
    )
    return Outcome(
        payment,
        behaviour="given",
        paid_for=tuple(checked_text(value, path, 140) for value, path in references),
    )


def _lines(item: Body) -> tuple[str, ...]:
    lines = item.items("remittance", MOST_LINES, [])
    return tuple(checked_text(value, path, 140) for value, path in lines)
