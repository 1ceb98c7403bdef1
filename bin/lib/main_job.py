"""The main job, once, as its people do it: customers pay, the bank is asked, money is matched,
reminders go out.

Everything goes through the front doors: Odoo's web client, the bank's consent page, mail. What is
told on the way goes to stderr; the last line on stdout is the JSON summary. Exit code 1 when the
books and the bank disagree, or a reminder went missing.
"""

import argparse
import datetime
import json
import pathlib
import sys

import requests
from main_job_bank import BankDesk, BankDeskError
from main_job_books import Books
from main_job_letters import Letters
from odoo_client import OdooClient, OdooError

#: Who logs in for what in the demo company; passwords equal the logins.
LOGINS = {
    "manager": "owner and credit controller: everything of the company",
    "accountant": "bank lines, suggestions, imports",
    "collector": "cases, reminders, dashboard",
    "bank": "staff of the sponsoring bank (portal)",
    "admin": "Odoo's administrator",
}


def say(text):
    """Tell the person at the terminal."""
    print(text, file=sys.stderr, flush=True)


def main(arguments=None):
    """Run the main job and print its summary."""
    options = parse(arguments)
    people = {
        login: OdooClient(options.odoo, options.database, login)
        for login in ("manager", "accountant", "collector", "admin")
    }
    books = Books(people, options.bank, say)
    desk = BankDesk(options.bank, say)
    letters = Letters(people, options.mail_dir, say)

    desk.customers_pay(books.open_invoices(), datetime.date.today())
    books.connect(desk)
    books.sync()
    letters.remind()

    truth = desk.truth()
    summary = {
        "date": datetime.date.today().isoformat(),
        "bank": books.compare(truth),
        "matching": books.matching(truth),
        "reminders": letters.summary(),
        "events": books.events(),
        "urls": urls(options, letters),
        "logins": LOGINS,
    }
    parts = [summary[part] for part in ("bank", "matching", "reminders")]
    summary["problems"] = [problem for part in parts for problem in part.pop("problems")]
    for problem in summary["problems"]:
        say(f"PROBLEM  {problem}")
    print(json.dumps(summary, ensure_ascii=False, default=str), flush=True)
    return 1 if summary["problems"] else 0


def urls(options, letters):
    """Return the pages worth opening."""
    return {
        "odoo": options.odoo,
        "bank_portal": f"{options.odoo}/my/companies",
        "sandbox_bank": options.bank,
        "debtor_page": letters.debtor_page(),
        "mails": options.mail_url,
    }


def parse(arguments):
    """Return the command line as options."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--odoo", required=True, help="address of Odoo")
    parser.add_argument("--database", required=True)
    parser.add_argument("--bank", required=True, help="address of the sandbox bank")
    parser.add_argument("--mail-dir", required=True, type=pathlib.Path, help="where mails arrive")
    parser.add_argument("--mail-url", help="page that shows the mails")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except OdooError as error:
        sys.exit(f"main job: Odoo answered: {error}")
    except BankDeskError as error:
        sys.exit(f"main job: {error}")
    except requests.RequestException as error:
        sys.exit(f"main job: a server of the house did not answer: {error}")
