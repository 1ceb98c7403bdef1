"""What all levers of the simulation use: their address, reading a body, naming an account."""

from flask import Blueprint, request

from ..errors import Refused, format_error
from ..ledger import Account, find_account
from ..reading import Body
from ..web import Bank

blueprint = Blueprint("sim", __name__, url_prefix="/sim")


def read_body() -> Body:
    """Return the JSON object of the request; an empty body counts as an empty object."""
    if not request.get_data(cache=True):
        return Body({})
    body = request.get_json(force=True, silent=True)
    if body is None:
        raise format_error("the body is no JSON value", "$")
    return Body(body)


def account_named(bank: Bank, identification: str, path: str) -> Account:
    """Return the account with a resource id or IBAN."""
    account = find_account(bank.connection, identification)
    if not account:
        raise Refused(404, "RESOURCE_UNKNOWN", "the bank keeps no such account", path)
    return account
