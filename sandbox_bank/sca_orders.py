"""The bank's page on which its customer approves an order to pay, and the bank's app."""

from flask import Blueprint, redirect, render_template, request

from . import consents, ledger, orders, sca, web
from .errors import Refused

blueprint = Blueprint("sca_orders", __name__)

IN_THE_APP = 20


@blueprint.get("/app")
def app():
    """Show the bank's app: what waits for the customer's approval there."""
    with web.reading() as bank:
        newest = consents.newest(bank.connection, bank.today, IN_THE_APP)
        waiting = [
            consent
            for consent in newest
            if consent.approach == "decoupled" and consent.status in consents.UNDECIDED
        ]
        return render_template("app.html", waiting=waiting, today=bank.today)


@blueprint.get("/sca/orders/<order_id>")
def show(order_id: str):
    """Show what shall be paid to whom."""
    with web.reading() as bank:
        return _page(bank, _known(bank, order_id))


@blueprint.post("/sca/orders/<order_id>")
def decide(order_id: str):
    """Carry out the decision and send the customer back to the application."""
    decision = request.form.get("decision", "")
    if decision not in ("approve", "cancel"):
        raise Refused(400, "FORMAT_ERROR", "Please choose Approve or Cancel.")
    with web.writing() as bank:
        order = _known(bank, order_id)
        act = orders.approve if decision == "approve" else orders.decline
        try:
            act(bank.connection, order)
        except orders.WrongState:
            return _page(bank, order), 409
        decided = orders.find(bank.connection, order_id)
        page = _page(bank, decided)
    address = order.redirect_uri
    if decision == "cancel":
        address = order.nok_redirect_uri or sca.with_error(order.redirect_uri)
    return redirect(address, 302) if address else page


def _known(bank: web.Bank, order_id: str) -> orders.Order:
    order = orders.find(bank.connection, order_id)
    if not order:
        raise Refused(404, "RESOURCE_UNKNOWN", "The bank knows no such order.")
    return order


def _page(bank: web.Bank, order: orders.Order) -> str:
    account = ledger.account_with_id(bank.connection, order.account_id)
    return render_template("order.html", order=order, account=account)
