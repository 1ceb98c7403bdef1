"""What all levers of the simulation use: their address, reading a body, naming an account."""

from flask import Blueprint, request

from ..errors import Refused
from ..ledger import Account, find_account
from ..reading import Body, parsed_json
from ..web import Bank

blueprint = Blueprint("sim", __name__, url_prefix="/sim")


def read_body() -> Body:
    """Return the JSON object of the request; an empty body counts as an empty object."""
    data = request.get_data()
    return Body(parsed_json(data) if data else {})


def account_named(bank: Bank, identification: str, path: str) -> Account:
    """Return the account with a resource id or IBAN."""
    account = find_account(bank.connection, identification)
    if not account:
        raise Refused(404, "RESOURCE_UNKNOWN", "the bank keeps no such account", path)
    return account
