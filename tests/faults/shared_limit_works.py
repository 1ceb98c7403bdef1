"""What two of our companies do at the same moment, who share their customers and one limit."""

import pathlib
import time
from datetime import date, timedelta

COMPANIES, DOMAIN = ("First Seller", "Second Seller"), "@shared.example"
#: Days from the due date to the one step of their cadences.
STEP = 7
#: Seconds after which a worker that waits for another one gives up.
PATIENCE = 60


def prepare(env, customers):
    """Make both companies and their customers."""
    env["res.partner"].create(
        [
            {"name": f"Shared {number}", "is_company": True, "email": f"s{number}{DOMAIN}"}
            for number in range(customers)
        ]
    )
    for name in COMPANIES:
        company = (
            env["res.company"]
            .with_context(chart_template_load=True)
            .create({"name": name, "currency_id": env.ref("base.EUR").id})
        )
        company.email = f"accounts{DOMAIN}"
        env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
        policy = company._collection_policy()
        policy.write({"working_days_only": False, "cap_shared": True})
        policy.cadence_id.step_ids.filtered(lambda step: step.offset_days != STEP).unlink()


def bill(env, day):
    """Give every customer an invoice of both companies whose step is due on ``day``."""
    from odoo.fields import Command  # noqa: PLC0415 (in a worker alone)

    day = date.fromisoformat(day)
    partners = env["res.partner"].search([("email", "like", f"%{DOMAIN}"), ("name", "like", "Sh")])
    for company in env["res.company"].search([("name", "in", COMPANIES)]):
        env["account.move"].with_context(allowed_company_ids=company.ids).create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": partner.id,
                    "invoice_date": day - timedelta(days=STEP + 30),
                    "invoice_date_due": day - timedelta(days=STEP),
                    "invoice_line_ids": [
                        Command.create({"name": "Work", "price_unit": 100.0, "tax_ids": False})
                    ],
                }
                for partner in partners
            ]
        ).action_post()


def run(env, name, day, arrived=None, go_on=None):
    """Run the reminders of a company.

    :param arrived: file made when all is written and nothing is committed yet
    :param go_on: file waited for before committing
    """
    company = env["res.company"].search([("name", "=", name)])
    company._collection_run(date.fromisoformat(day))
    env.flush_all()
    if arrived:
        pathlib.Path(arrived).touch()
    started = time.monotonic()
    while go_on and not pathlib.Path(go_on).exists():
        if time.monotonic() - started > PATIENCE:
            raise TimeoutError(go_on)
        time.sleep(0.01)
