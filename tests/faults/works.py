"""What the workers do: the jobs of a real Odoo, through the methods its crons and wizards call."""

import functools
import logging
import pathlib

import requests

_logger = logging.getLogger(__name__)

#: The company whose books are held against the bank's.
COMPANY = "sponsor_bank.company_demo"
#: The connection that is read, and the account that receives its refunds.
CONNECTION, PAYEE = "Chaos Bank", "DE89370400440532013000"
#: Statement lines of one transaction: so few that a file takes several.
LINES_AT_ONCE = 3


def connect(env, bank_url, resource_id, iban, file_currency):
    """Connect the company to one account by consent; feed the other one, of ``iban``, by files."""
    env = _company_env(env)
    connection = env["bank.connection"].create({"name": CONNECTION, "base_url": bank_url})
    consent = env["bank.consent"]._start(connection, user_ip="192.0.2.7")
    connection._transition("authorizing")
    requests.post(
        f"{bank_url}/sim/consents/{consent.external_id}",
        json={"decision": "approve", "accounts": [resource_id]},
        timeout=30,
    ).raise_for_status()
    if not connection._finish_consent(consent):
        raise AssertionError("the connection did not come up")
    currency = (
        env["res.currency"].with_context(active_test=False).search([("name", "=", file_currency)])
    )
    currency.active = True
    partner = env["res.partner"].create({"name": "Late Lark"})
    env["res.partner.bank"].create({"acc_number": PAYEE, "partner_id": partner.id})
    env["account.journal"].create(
        {
            "name": "Fed by files",
            "type": "bank",
            "currency_id": currency.id if currency != env.company.currency_id else False,
            "bank_acc_number": iban,
        }
    )


def work(env, jobs):
    """Do the jobs one after the other, as a busy worker does; each is ``[name, …]``."""
    from odoo.addons.bank_sync.models import bank_raw_document_booking  # noqa: PLC0415

    booking = bank_raw_document_booking.BankRawDocument
    booking._book_next.__defaults__ = (LINES_AT_ONCE,)
    for name, *arguments in jobs:
        JOBS[name](_company_env(env), *arguments)
        env.cr.commit()


def _company_env(env):
    company = env.ref(COMPANY)
    return env(context={**env.context, "allowed_company_ids": company.ids})


def _sync(env):
    """Read the bank as the cron does."""
    env["bank.connection"]._cron_sync()


def _import(env, path):
    """Import a statement file as the accountant does: each click a request of its own."""
    from odoo.exceptions import UserError  # noqa: PLC0415 (in a worker alone)

    wizard = _request(env, _open_import, env, pathlib.Path(path).read_bytes())
    try:
        _request(env, wizard.book)
        while "booking" in wizard.document_ids.mapped("state"):
            _request(env, wizard.step)
    except UserError as error:
        # The account is being read at this moment: the accountant would come back later.
        _logger.info("%s", error)
        env.cr.rollback()


def _open_import(env, content):
    attachment = env["ir.attachment"].create({"name": "statement.xml", "raw": content})
    wizard = env["bank.statement.import"].create({"attachment_ids": attachment.ids})
    wizard._keep_uploads()
    return wizard


def _request(env, work, *arguments):
    """Do what one request does: repeated by Odoo on conflicts, committed at its end."""
    from odoo.service.model import retrying  # noqa: PLC0415 (in a worker alone)

    return retrying(functools.partial(work, *arguments), env)


def _book(env):
    """Go on with interrupted files as the cron does."""
    env["bank.raw.document"]._cron_book()


def _order(env, number):
    """Order a refund as the business does, by a request that Odoo repeats on conflicts."""
    _request(env, _enqueue, env, number)


def _enqueue(env, number):
    account = env["bank.connection.account"].search(
        [("connection_id.name", "=", CONNECTION), ("company_id", "=", env.company.id)], limit=1
    )
    payee = env["res.partner.bank"].search([("acc_number", "=", PAYEE)], limit=1)
    amount = (number % 90 + 1) + 0.25
    env["bank.outbox"]._enqueue_payment(
        account, payee, amount, f"Refund {number}", aggregate=f"chaos,{number}"
    ).sudo().user_ip = "192.0.2.7"


def _relay(env):
    """Send what waits as the cron does."""
    env["bank.outbox"]._cron_relay()


JOBS = {"sync": _sync, "import": _import, "book": _book, "order": _order, "relay": _relay}
