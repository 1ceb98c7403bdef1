"""Orders to pay, as a third party gives them and asks after them."""

import hashlib

from flask import g, jsonify, request

from .. import ledger, manners, orders, web
from ..errors import Refused, format_error
from ..reading import Body, checked_text
from . import guard, mapping
from .blueprint import blueprint
from .consents import third_party

PRODUCTS = ("sepa-credit-transfers", "instant-sepa-credit-transfers")
LONGEST_KEY = 128


@blueprint.post("/payments/<product>")
def initiate(product: str):
    """Take in an order. The same body twice is two orders, unless the bank knows its key."""
    _check_product(product)
    guard.check_accept(guard.JSON)
    if "PSU-IP-Address" not in request.headers:
        raise format_error("the header is missing", "PSU-IP-Address")
    body = Body(guard.json_body())
    key = _idempotency_key()
    with web.writing() as bank:
        account, wanted = _wanted(bank, product, body, key)
        known = orders.same_key(bank.connection, key) if key else None
        if known:
            return _again(known, wanted)
        order_id = orders.receive(bank.connection, account, wanted)
        order = orders.find(bank.connection, order_id)
    return _received(order)


def _idempotency_key() -> str | None:
    """Return the key of the call, if this bank understands keys."""
    key = request.headers.get("Idempotency-Key")
    with web.reading() as bank:
        understood = manners.orders(bank.connection)["idempotency"] == "header"
    return checked_text(key, "Idempotency-Key", LONGEST_KEY) if key and understood else None


def _again(known: orders.Order, wanted: orders.Request):
    if known.body_hash != wanted.body_hash:
        g.fault = "idempotency"  # The standard knows neither the header nor this answer.
        text = "the key was used for another order"
        raise Refused(422, "FORMAT_ERROR", text, "Idempotency-Key")
    return _received(known)


def _received(order: orders.Order):
    """Answer what the first answer said: an order that came in."""
    path = f"/v1/payments/{order.product}/{order.id}"
    links = mapping.links(self=path, status=f"{path}/status")
    headers = {"Location": web.api_url(path)}
    if order.waits_for_approval:
        links["scaRedirect"] = {"href": web.browser_url(f"/sca/orders/{order.id}")}
        headers["ASPSP-SCA-Approach"] = "REDIRECT"
    answer = {"transactionStatus": "RCVD", "paymentId": order.id, "_links": links}
    return jsonify(answer), 201, headers


def _wanted(bank: web.Bank, product: str, body: Body, key: str | None):
    """Return the account that pays and what shall be paid."""
    account = _debtor(bank, Body(body.value.get("debtorAccount"), "$.debtorAccount"))
    amount = Body(body.value.get("instructedAmount"), "$.instructedAmount")
    currency = amount.currency("currency")
    if currency != account.currency:
        text = f"the account is kept in {account.currency}"
        raise format_error(text, "$.instructedAmount.currency")
    minor = amount.amount("amount", currency)
    if minor <= 0:
        raise format_error("must be positive", "$.instructedAmount.amount")
    creditor = Body(body.value.get("creditorAccount"), "$.creditorAccount")
    day = body.date("requestedExecutionDate", None)
    if day and day < bank.today:
        raise Refused(400, "EXECUTION_DATE_INVALID", "is in the past", "$.requestedExecutionDate")
    redirect_uri = guard.redirect_uri("TPP-Redirect-URI")
    text = body.text("remittanceInformationUnstructured", 140, None)
    return account, orders.Request(
        product=product,
        amount=minor,
        creditor_name=body.text("creditorName", 70),
        creditor_iban=creditor.iban("iban"),
        remittance=(text,) if text else (),
        end_to_end_id=body.text("endToEndIdentification", 35, None),
        execution_date=day,
        third_party=third_party(redirect_uri),
        redirect_uri=redirect_uri,
        nok_redirect_uri=guard.redirect_uri("TPP-Nok-Redirect-URI"),
        body_hash=hashlib.sha256(request.get_data()).hexdigest(),
        idempotency_key=key,
    )


def _debtor(bank: web.Bank, reference: Body) -> ledger.Account:
    iban = reference.iban("iban")
    currency = reference.currency("currency", None)
    for account in ledger.accounts(bank.connection):
        if account.iban == iban and currency in (None, account.currency):
            return account
    raise Refused(400, "RESOURCE_UNKNOWN", "the bank keeps no such account", reference.path)


@blueprint.get("/payments/<product>")
def find(product: str):
    """Find orders by end-to-end id. The standard has no such call; this bank offers it."""
    g.fault = "extension"
    _check_product(product)
    end_to_end_id = request.args.get("endToEndIdentification")
    if not end_to_end_id:
        raise format_error("is missing", "endToEndIdentification")
    with _looking() as bank:
        found = [
            {
                "paymentId": order.id,
                "transactionStatus": order.status,
                "endToEndIdentification": order.end_to_end_id,
                "instructedAmount": _amount(bank, order),
            }
            for order in orders.named(bank.connection, end_to_end_id)
            if order.product == product
        ]
    return jsonify({"payments": found})


@blueprint.get("/payments/<product>/<order_id>")
def read_order(product: str, order_id: str):
    """Return what was ordered, and where it stands."""
    with _looking() as bank:
        order = _moved(bank, product, order_id)
        account = ledger.account_with_id(bank.connection, order.account_id)
        values = {
            "endToEndIdentification": order.end_to_end_id,
            "debtorAccount": mapping.account_reference(account),
            "instructedAmount": _amount(bank, order),
            "creditorAccount": {"iban": order.creditor_iban},
            "creditorName": order.creditor_name,
            "remittanceInformationUnstructured": " ".join(order.remittance) or None,
            "requestedExecutionDate": order.execution_date.isoformat(),
            "transactionStatus": order.status,
        }
    return jsonify({name: value for name, value in values.items() if value is not None})


@blueprint.get("/payments/<product>/<order_id>/status")
def order_status(product: str, order_id: str):
    """Return where an order stands, and why it was rejected."""
    with _looking() as bank:
        order = _moved(bank, product, order_id)
    answer: dict = {"transactionStatus": order.status}
    if order.reason:
        # The official document allows no other code here than the category's own name.
        answer["tppMessages"] = [{"category": "ERROR", "code": "ERROR", "text": order.reason}]
        answer["psuMessage"] = f"The payment was rejected ({order.reason})."
    return jsonify(answer)


@blueprint.delete("/payments/<product>/<order_id>")
def cancel(product: str, order_id: str):
    """Take an order back that was not executed yet."""
    for name in ("TPP-Redirect-URI", "TPP-Nok-Redirect-URI"):
        guard.redirect_uri(name)
    with web.writing() as bank:
        order = _known(bank, product, order_id)
        try:
            orders.cancel(bank.connection, order)
        except orders.WrongState as error:
            text = f"the order is {error}"
            raise Refused(405, "CANCELLATION_INVALID", text, "paymentId") from error
    return web.empty(204)


def _looking():
    """Open the books for a look that may move an order, if this bank works like that."""
    with web.reading() as bank:
        moves = manners.orders(bank.connection)["progress"] == "on_query"
    return web.writing() if moves else web.reading()


def _moved(bank: web.Bank, product: str, order_id: str) -> orders.Order:
    """Return the order, one step further where every look moves it."""
    order = _known(bank, product, order_id)
    if manners.orders(bank.connection)["progress"] == "on_query":
        orders.step(bank.connection, order)
    return _known(bank, product, order_id)


def _known(bank: web.Bank, product: str, order_id: str) -> orders.Order:
    _check_product(product)
    guard.check_accept(guard.JSON)
    order = orders.find(bank.connection, order_id)
    if not order or order.product != product:
        raise Refused(404, "RESOURCE_UNKNOWN", "the bank knows no such order", "paymentId")
    return order


def _check_product(product: str) -> None:
    if product not in PRODUCTS:
        text = f"the bank offers {' and '.join(PRODUCTS)}"
        raise Refused(404, "PRODUCT_UNKNOWN", text, "payment-product")


def _amount(bank: web.Bank, order: orders.Order) -> dict:
    account = ledger.account_with_id(bank.connection, order.account_id)
    return mapping.amount(order.amount, account.currency)
