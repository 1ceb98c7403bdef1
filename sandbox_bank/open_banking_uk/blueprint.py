"""Where the parts of the interface hang their addresses."""

from flask import Blueprint

PREFIX = "/open-banking/v4.0/aisp"
blueprint = Blueprint("open_banking_uk", __name__, url_prefix=PREFIX)
