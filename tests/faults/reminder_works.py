"""What the workers of a night of reminders do, through the methods Odoo's crons call."""

import logging
from datetime import date, timedelta

_logger = logging.getLogger(__name__)

#: The company, and what its customers' addresses end with.
COMPANY, DOMAIN = "Night Shift", "@night.example"
#: Days from the due date to the one step of its cadence.
STEP = 7
#: Messages of one transaction: so few that a night takes several.
MESSAGES_AT_ONCE = 3


def address(number):
    """Return where a customer is reached: every other one has no e-mail, but a mobile phone."""
    return f"+336123456{number:02}" if number % 2 else f"c{number}{DOMAIN}"


def prepare(env, mail_port, text_port, customers):
    """Make the company, its customers, its gateway, and a mail server the only one."""
    company = (
        env["res.company"]
        .with_context(chart_template_load=True)
        .create({"name": COMPANY, "currency_id": env.ref("base.EUR").id})
    )
    company.email = f"accounts{DOMAIN}"
    env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
    policy = company._collection_policy()
    policy.write({"working_days_only": False, "cap_count": 0})
    cadence = policy.cadence_id
    cadence.step_ids.filtered(lambda step: step.offset_days != STEP).unlink()
    cadence.step_ids.write({"channel": "email", "channel_2": "sms"})
    # Nights are days from now on: no hour is quiet.
    env["collection.contact.rule"].search([]).active = False
    gateway = env["collection.channel"]._of(company, "sms")
    gateway.set_secret("keeper's")
    gateway.write(
        {"url": f"http://127.0.0.1:{text_port}/", "account": "K", "sender": "K", "enabled": True}
    )
    env["res.partner"].create(
        [
            {
                "name": f"{COMPANY} {number}",
                "is_company": True,
                "country_id": env.ref("base.fr").id,
                "phone" if number % 2 else "email": address(number),
            }
            for number in range(customers)
        ]
    )
    env["ir.mail_server"].search([]).active = False
    env["ir.mail_server"].create(
        {"name": "Keeper", "smtp_host": "127.0.0.1", "smtp_port": mail_port, "sequence": 1}
    )
    env["mail.mail"].search([("state", "=", "outgoing")]).write({"state": "cancel"})


def bill(env, day):
    """Give every customer an invoice whose step is due on ``day``; what is older is paid off."""
    from odoo.fields import Command  # noqa: PLC0415 (in a worker alone)

    env, day = _company_env(env), date.fromisoformat(day)
    earlier = env["account.move"].search(
        [("company_id", "=", env.company.id), ("move_type", "=", "out_invoice")]
    )
    earlier.line_ids.filtered("date_maturity").write({"no_followup": True})
    customers = env["res.partner"].search([("name", "like", f"{COMPANY} %")])
    moves = env["account.move"].create(
        [
            {
                "move_type": "out_invoice",
                "partner_id": customer.id,
                "invoice_date": day - timedelta(days=STEP + 30),
                "invoice_date_due": day - timedelta(days=STEP),
                "invoice_line_ids": [
                    Command.create({"name": "Work", "price_unit": 100.0, "tax_ids": False})
                ],
            }
            for customer in customers
        ]
    )
    moves.action_post()


def night(env, day):
    """Run the reminders of ``day`` and work the queues off, as three crons do."""
    from odoo.addons.invoice_collections.models import collection_engine  # noqa: PLC0415

    collection_engine.BATCH_SIZE = MESSAGES_AT_ONCE
    env = _company_env(env)
    for job in (
        lambda: env.company._collection_run(date.fromisoformat(day), commit=env.cr.commit),
        env["mail.mail"].process_email_queue,
        env["sms.sms"]._process_queue,
    ):
        try:
            job()
            env.cr.commit()
        except Exception:
            # As the scheduler does: two at once may refuse each other, and come again.
            _logger.info("a job gave up", exc_info=True)
            env.cr.rollback()
        env.invalidate_all()


def _company_env(env):
    company = env["res.company"].search([("name", "=", COMPANY)])
    return env(context={**env.context, "allowed_company_ids": company.ids})
