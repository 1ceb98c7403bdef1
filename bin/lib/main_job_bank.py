"""The other side of the main job: customers who pay, and the account holder at the bank."""

import datetime
import hashlib
from http import HTTPStatus
from urllib.parse import urljoin

import requests

#: How far back the customers' payments reach on the first day.
HISTORY_DAYS = 63

#: Of a hundred invoices that fell due, so many have been paid.
PAID_PERCENT = 62


class BankDeskError(Exception):
    """The sandbox bank did not do what its customer asked."""


class BankDesk:
    """The sandbox bank, seen by its customers."""

    def __init__(self, url, say):
        self.url = url
        self.say = say
        self.http = requests.Session()
        self.http.trust_env = False

    def customers_pay(self, invoices, today):
        """Let customers pay part of what fell due, each week's payments in that week.

        Repeatable: an invoice is paid or left by the hash of its number, and what the bank
        already knows as paid is not paid again.

        :param invoices: open invoices as dicts of number, due, amount, currency, customer, iban
        """
        truth = self.truth()
        paid = {
            reference
            for account in truth["accounts"]
            for entry in account["entries"]
            for reference in entry["reference_of"]
        }
        due = [
            invoice
            for invoice in invoices
            if invoice["number"] not in paid and self._pays(invoice, today)
        ]
        first_day = not paid
        weeks = HISTORY_DAYS // 7 if first_day else 0
        for week in range(weeks, -1, -1):
            day = today - datetime.timedelta(days=7 * week)
            self._post("/sim/clock", {"today": day.isoformat()})
            batch = [invoice for invoice in due if week == 0 or invoice["due"] <= day.isoformat()]
            due = [invoice for invoice in due if invoice not in batch]
            for account in truth["accounts"]:
                self._pay(account, batch, day)
        self.say(f"Customers   paid what they owed over {weeks or 1} week(s), in their own ways")

    def _pays(self, invoice, today):
        """Tell whether this customer pays by now; the same answer each time on one day."""
        if invoice["due"] > today.isoformat():
            return False
        digest = hashlib.sha256(f"{invoice['number']}{today:%G-%V}".encode()).digest()
        return digest[0] * 100 < PAID_PERCENT * 256

    def _pay(self, account, batch, day):
        invoices = [
            {
                "reference": invoice["number"],
                "amount": invoice["amount"],
                "currency": invoice["currency"],
                "customer": invoice["customer"],
                "customer_iban": invoice["iban"],
            }
            for invoice in batch
            if invoice["currency"] == account["currency"]
        ]
        if invoices:
            self._post(
                "/sim/customers-pay",
                {"account": account["resource_id"], "seed": day.toordinal(), "invoices": invoices},
            )

    def approve(self, url):
        """Approve on the bank's consent page as the account holder; return where it leads."""
        page = self.http.get(url, timeout=30)
        page.raise_for_status()
        # The form names every account it offers; naming none shares them all.
        answer = self.http.post(
            page.url, data={"decision": "approve"}, allow_redirects=False, timeout=30
        )
        if answer.status_code != HTTPStatus.FOUND:
            message = f"the bank's consent page answered {answer.status_code}"
            raise BankDeskError(message)
        return answer.headers["Location"]

    def truth(self):
        """Return what really happened at the bank (``/sim/truth``)."""
        answer = self.http.get(urljoin(self.url, "/sim/truth"), timeout=60)
        answer.raise_for_status()
        return answer.json()

    def _post(self, path, body):
        answer = self.http.post(urljoin(self.url, path), json=body, timeout=120)
        answer.raise_for_status()
        return answer.json()
