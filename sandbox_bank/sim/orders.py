"""How the bank handles orders, and single orders pushed on."""

import json

from flask import jsonify

from .. import ledger, manners, money, orders, storage, web
from ..errors import Refused
from ..reading import checked_text
from .common import blueprint, read_body


@blueprint.get("/orders")
def read_orders():
    """Return how orders are handled, and all there are."""
    with web.reading() as bank:
        return jsonify(_state(bank))


@blueprint.post("/orders")
def set_manners():
    """Change how orders are handled; ``reject``: reasons to reject the next ones with."""
    body = read_body()
    with web.writing() as bank:
        known = manners.orders(bank.connection)
        chosen = {
            name: body.choice(name, words, known[name]) for name, words in manners.ORDERS.items()
        }
        storage.set_manners(bank.connection, "orders", chosen)
        planned = [checked_text(value, path, 4) for value, path in body.items("reject", 100, [])]
        storage.set_setting(bank.connection, "rejections", json.dumps(planned))
        return jsonify(_state(bank))


@blueprint.post("/orders/<order_id>")
def push_order(order_id: str):
    """Approve or decline an order like its customer, move it a step, or give it any status."""
    body = read_body()
    decision = body.choice("decision", ("approve", "decline", "step"), None)
    status = body.text("status", 4, None)
    with web.writing() as bank:
        order = orders.find(bank.connection, order_id)
        if not order:
            raise Refused(404, "RESOURCE_UNKNOWN", "the bank knows no such order", "order_id")
        try:
            if decision == "approve":
                orders.approve(bank.connection, order)
            elif decision == "decline":
                orders.decline(bank.connection, order)
            elif decision == "step":
                orders.step(bank.connection, order)
        except orders.WrongState as error:
            raise Refused(409, "STATUS_INVALID", f"the order is {error}", "$.decision") from error
        if status:
            reason = body.text("reason", 4, None)
            orders.set_status(bank.connection, order, status, reason)
        account = ledger.account_with_id(bank.connection, order.account_id)
        return jsonify(order_json(orders.find(bank.connection, order_id), account))


def order_json(order: orders.Order, account: ledger.Account) -> dict:
    """Return an order for a test to compare with."""
    return {
        "id": order.id,
        "product": order.product,
        "status": order.status,
        "reason": order.reason,
        "amount": money.to_text(order.amount, account.currency),
        "currency": account.currency,
        "creditor_name": order.creditor_name,
        "creditor_iban": order.creditor_iban,
        "remittance": list(order.remittance),
        "end_to_end_id": order.end_to_end_id,
        "execution_date": order.execution_date.isoformat(),
        "waits_for_approval": order.waits_for_approval,
    }


def _state(bank: web.Bank) -> dict:
    found = [
        order_json(order, account)
        for account in ledger.accounts(bank.connection)
        for order in orders.all_of(bank.connection, account)
    ]
    planned = json.loads(storage.get_setting(bank.connection, "rejections", "[]"))
    return {**manners.orders(bank.connection), "reject": planned, "orders": found}
