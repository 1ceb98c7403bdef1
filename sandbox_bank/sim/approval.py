"""How consents are approved at this bank."""

from flask import jsonify

from .. import manners, storage, web
from .common import blueprint, read_body


@blueprint.get("/approval")
def read_approval():
    """Return how consents are approved, and what else there is."""
    with web.reading() as bank:
        return jsonify({**manners.approval(bank.connection), "offered": manners.APPROVAL})


@blueprint.post("/approval")
def set_approval():
    """Change how consents asked for from now on are approved; what is not named stays."""
    body = read_body()
    with web.writing() as bank:
        known = manners.approval(bank.connection)
        chosen = {
            name: body.choice(name, words, known[name]) for name, words in manners.APPROVAL.items()
        }
        storage.set_manners(bank.connection, "approval", chosen)
    return jsonify(chosen)
