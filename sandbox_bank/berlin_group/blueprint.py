"""Where the parts of the interface for third parties hang their addresses."""

from flask import Blueprint

blueprint = Blueprint("berlin_group", __name__, url_prefix="/v1")
