"""What the workers do: the jobs of a real Odoo, through the methods its crons and wizards call."""

import logging

import requests

from . import levers

_logger = logging.getLogger(__name__)

#: The company whose books are held against the bank's.
COMPANY = "sponsor_bank.company_demo"


def connect(env, bank_url, resource_id, iban, file_currency):
    """Connect the company to one account by consent; feed the other one, of ``iban``, by files."""
    env = _company_env(env)
    connection = env["bank.connection"].create({"name": "Chaos Bank", "base_url": bank_url})
    consent = env["bank.consent"]._start(connection, user_ip="192.0.2.7")
    connection._transition("authorizing")
    requests.post(
        f"{bank_url}/sim/consents/{consent.external_id}",
        json={"decision": "approve", "accounts": [resource_id]},
        timeout=30,
    ).raise_for_status()
    if not connection._finish_consent(consent):
        raise AssertionError("the connection did not come up")
    currency = env["res.currency"].with_context(active_test=False).search(
        [("name", "=", file_currency)]
    )
    currency.active = True
    env["account.journal"].create(
        {
            "name": "Fed by files",
            "type": "bank",
            "currency_id": currency.id if currency != env.company.currency_id else False,
            "bank_acc_number": iban,
        }
    )


def work(env, jobs):
    """Do the jobs one after the other, as a worker of a busy evening does; each is ``[name, …]``."""
    for name, *arguments in jobs:
        JOBS[name](_company_env(env), *arguments)
        env.cr.commit()


def _company_env(env):
    company = env.ref(COMPANY)
    return env(context={**env.context, "allowed_company_ids": company.ids})


def _sync(env):
    """Read the bank as the cron does."""
    levers.make_due(env.cr)
    env.cr.commit()
    env["bank.connection"]._cron_sync()


def _import(env, path):
    """Import a statement file as the accountant does."""
    with open(path, "rb") as file:
        content = file.read()
    attachment = env["ir.attachment"].create({"name": "statement.xml", "raw": content})
    wizard = env["bank.statement.import"].create({"attachment_ids": attachment.ids})
    wizard.action_import()
    for result in wizard.result_ids:
        _logger.warning("import: %s %s", result.outcome, result.message)


JOBS = {"sync": _sync, "import": _import}
