"""Print for people what the main job's JSON summary (stdin) says about pages and logins."""

import json
import sys

TITLES = {
    "odoo": "Odoo",
    "bank_portal": "Bank staff's portal",
    "sandbox_bank": "Sandbox bank",
    "debtor_page": "A debtor's page",
    "mails": "Mails",
}


def lines(summary):
    """Return the lines to print.

    >>> lines({"urls": {"odoo": "http://127.0.0.1:8069"}, "logins": {"admin": "boss"}})
    ['Odoo                  http://127.0.0.1:8069', 'Log in as', '  admin / admin             boss']
    """
    pages = [
        f"{TITLES.get(key, key):<20}  {url}" for key, url in summary.get("urls", {}).items() if url
    ]
    logins = [
        f"  {f'{login} / {login}':<24}  {role}" for login, role in summary.get("logins", {}).items()
    ]
    return pages + (["Log in as", *logins] if logins else [])


if __name__ == "__main__":
    print("\n".join(lines(json.load(sys.stdin))))
