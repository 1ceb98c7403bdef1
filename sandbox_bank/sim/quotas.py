"""Limiting the reads of a day, and the words in which the bank says that they are used up."""

from flask import jsonify

from .. import ledger, quotas, web
from .common import account_named, blueprint, read_body


@blueprint.post("/quotas")
def set_quota():
    """Allow ``reads_per_day`` of each endpoint of an account, or of all accounts; null ends it.

    The reads already counted are forgotten with ``forget``.
    """
    body = read_body()
    with web.writing() as bank:
        named = body.text("account", 70, None)
        account_id = account_named(bank, named, "$.account").id if named else quotas.ALL_ACCOUNTS
        reads = body.integer("reads_per_day", 0, 1_000_000, None)
        rule = None
        if reads is not None:
            rule = quotas.Rule(
                reads_per_day=reads,
                wording=body.choice("wording", quotas.WORDINGS, "json"),
                retry_after=body.choice("retry_after", quotas.RETRY_AFTER, "none"),
                status=body.integer("status", 400, 499, 429),
                count_pages=body.boolean("count_pages", False),
            )
        quotas.set_rule(bank.connection, account_id, rule)
        if body.boolean("forget", False):
            bank.connection.execute("DELETE FROM quota_use")
        return jsonify(_state(bank))


@blueprint.get("/quotas")
def read_quotas():
    """Return the reads counted today."""
    with web.reading() as bank:
        return jsonify(_state(bank))


def _state(bank: web.Bank) -> dict:
    used = quotas.used_on(bank.connection, bank.today)
    accounts = []
    for account in ledger.accounts(bank.connection):
        rule = quotas.rule_for(bank.connection, account.id)
        accounts.append(
            {
                "resource_id": account.resource_id,
                "reads_per_day": rule.reads_per_day if rule else None,
                "used": used.get(account.id, {}),
            }
        )
    list_used = used.get(quotas.ALL_ACCOUNTS, {}).get("accounts", 0)
    return {"day": bank.today.isoformat(), "list_of_accounts": list_used, "accounts": accounts}
