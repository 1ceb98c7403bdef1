"""Giving an account the quirks of real banks, and changing single entries like them."""

from flask import jsonify

from .. import ledger, quirks, web
from ..errors import Refused
from ..quirks import books, catalogue
from ..reading import Body, checked_text
from .common import account_named, blueprint, read_body

ACTIONS = ("remove", "change_text", "move")


@blueprint.get("/quirks")
def read_quirks():
    """Return the quirks of all accounts, and all there are with their options."""
    with web.reading() as bank:
        accounts = {
            account.resource_id: quirks.of_account(bank.connection, account.id)
            for account in ledger.accounts(bank.connection)
        }
    offered = {name: sorted(options) for name, options in quirks.QUIRKS.items()}
    return jsonify({"accounts": accounts, "offered": offered})


@blueprint.post("/quirks")
def set_quirks():
    """Give an account the quirks named and no others; ``{}`` makes it an account like any."""
    body = read_body()
    wanted = catalogue.read(Body(body.value.get("quirks"), "$.quirks"))
    with web.writing() as bank:
        account = account_named(bank, body.text("account", 70), "$.account")
        quirks.replace_all(bank.connection, account.id, wanted)
    return jsonify({"account": account.resource_id, "quirks": wanted})


@blueprint.post("/entries/<transaction_id>")
def change_entry(transaction_id: str):
    """Remove an entry, change its text, or move it to another day, as banks do without a word."""
    body = read_body()
    action = body.choice("action", ACTIONS)
    with web.writing() as bank:
        row = bank.connection.execute(
            "SELECT id FROM shown_entry WHERE transaction_id = ?", (transaction_id,)
        ).fetchone()
        if not row:
            raise Refused(404, "RESOURCE_UNKNOWN", "the bank has no such entry", "transaction_id")
        if action == "remove":
            books.remove(bank.connection, row["id"])
        elif action == "change_text":
            lines = [checked_text(value, path, 140) for value, path in body.items("remittance", 20)]
            books.change_text(bank.connection, row["id"], lines)
        else:
            day = body.date("booking_date")
            if day > bank.today:
                raise Refused(400, "PERIOD_INVALID", "is still to come", "$.booking_date")
            books.move(bank.connection, row["id"], day)
    return jsonify({"id": transaction_id, "action": action})
