"""Where the lists of an account depart from the standard because the account has quirks."""

import datetime
from dataclasses import replace

from flask import request

from .. import entries, quirks, web
from ..consents import Grant
from ..errors import Refused
from ..ledger import Account, account_with_id, accounts
from ..quirks import books, catalogue
from ..web import Bank, api_url
from . import mapping, paging

UNSTABLE_AMOUNT = 1_00


def stretched(bank: Bank, found: dict, place: paging.Place) -> paging.Place:
    """Return the place with the first day this bank begins with, whatever was asked.

    :raise Refused: the bank refuses days so far back
    """
    first = datetime.date.fromisoformat(place.date_from)
    if "history" in found:
        oldest = bank.today - datetime.timedelta(days=found["history"]["days"])
        if first < oldest and found["history"]["how"] == "refuse":
            text = f"the bank shows entries from {oldest} on"
            raise Refused(400, "PERIOD_INVALID", text, "dateFrom")
        first = max(first, oldest)
    if "outside_range" in found and first > datetime.date.min + datetime.timedelta(days=366):
        first -= datetime.timedelta(days=found["outside_range"]["days"])
    offset = place.offset
    if "unstable_pages" in found and not offset:
        offset = paging.FIRST_OFFSET
    account = account_with_id(bank.connection, place.account_id)
    together = tuple(each.id for each in members(bank, account, found))
    return replace(place, shown_from=first.isoformat(), offset=offset, account_ids=together)


def members(bank: Bank, account: Account, found: dict) -> list[Account]:
    """Return the accounts shown together: of a multi-currency account, one for each currency."""
    if "multi_currency" not in found:
        return [account]
    return [
        replace(each, resource_id=account.resource_id) if each.id == account.id else each
        for each in accounts(bank.connection)
        if each.iban == account.iban
    ]


def listed(bank: Bank, grants: tuple[Grant, ...]) -> list[Grant]:
    """Return the grants without those that are shown as part of a multi-currency account."""
    parts = set()
    for grant in grants:
        found = quirks.of_account(bank.connection, grant.account.id)
        together = members(bank, grant.account, found)
        parts |= {each.id for each in together if each.id != grant.account.id}
    return [grant for grant in grants if grant.account.id not in parts]


def overlap(found: dict) -> int:
    """Return how many entries of a page come again on the next."""
    return found["page_overlap"]["entries"] if "page_overlap" in found else 0


def change_while_paging(account: Account, found: dict, report: dict) -> None:
    """Book or remove an entry after a page that has a next one, if the account does that."""
    options = found.get("unstable_pages")
    if not options or not options["times"] or "next" not in report["_links"]:
        return
    with web.writing() as bank:
        options = {**options, "times": options["times"] - 1}
        catalogue.store(bank.connection, account.id, "unstable_pages", options)
        if options["how"] == "added":
            payment = entries.Payment(
                amount=UNSTABLE_AMOUNT,
                booking_date=bank.today,
                counterparty_name="Arrived while you read",
                remittance=("between two pages",),
            )
            entries.take_in(bank.connection, account, payment, bank.today)
        else:
            row = bank.connection.execute(
                "SELECT id FROM shown_entry WHERE account_id = ? AND booked_number IS NOT NULL"
                " ORDER BY booking_date DESC, booked_number DESC LIMIT 1",
                (account.id,),
            ).fetchone()
            books.remove(bank.connection, row["id"])


def download_link(found: dict, account: Account, place: paging.Place) -> dict:
    """Return the address of a file instead of a list."""
    days = (place.shown_from or place.date_from, place.date_to)
    path = mapping.account_path(account, "transactions", "download", *days)
    addresses = {
        "absolute": api_url(path),
        "relative": path,
        "no_scheme": f"{request.host}{path}",
    }
    return {"_links": {"download": {"href": addresses[found["download"]["address"]]}}}
