"""Deciding on a consent without a browser, and taking one back at the bank."""

from flask import jsonify

from .. import consents, sca, web
from ..errors import Refused
from .common import account_named, blueprint, read_body

DECISIONS = ("approve", "cancel", "revoke", "omit")


@blueprint.post("/consents/<consent_id>")
def decide(consent_id: str):
    """Do what the customer would do: approve or cancel on the page, or revoke later.

    ``omit`` takes accounts out of a consent, as when a renewal forgets one.

    Answers the address the customer's browser is sent to, null where there is none.
    """
    body = read_body()
    decision = body.choice("decision", DECISIONS)
    with web.writing() as bank:
        consent = sca.known(bank, consent_id)
        named = body.items("accounts", 100, [])
        accounts = [account_named(bank, str(value), path) for value, path in named]
        if decision == "omit":
            consents.omit(bank.connection, consent, accounts)
            return jsonify({"status": consent.status, "location": None})
        try:
            sca.carry_out(bank, consent, decision, accounts)
        except consents.WrongState as error:
            text = f"the consent is {error}"
            raise Refused(409, "STATUS_INVALID", text, "$.decision") from error
        status = consents.find(bank.connection, consent_id, bank.today).status
        location = sca.return_address(bank, consent, decision)
    return jsonify({"status": status, "location": location})
