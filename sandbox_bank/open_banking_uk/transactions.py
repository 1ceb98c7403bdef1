"""Transaction lists, newest first, page by page."""

import datetime
from urllib.parse import urlencode

from flask import g, jsonify, request

from .. import entries, quirks, web
from ..berlin_group import paging
from ..consents import Grant
from ..entries import Entry
from ..errors import Refused, format_error
from ..quirks import wire
from . import guard, mapping
from .blueprint import PREFIX, blueprint

MOMENTS = ("fromBookingDateTime", "toBookingDateTime")


@blueprint.get("/accounts/<account_id>/transactions")
def transaction_list(account_id: str):
    """Return the entries whose moment of booking lies between two moments of UTC."""
    first, last = _period()
    with web.reading() as bank:
        grant = guard.granted(bank, account_id, right="transactions")
        permissions = guard.valid_consent(bank).request.permissions
        odd = quirks.of_account(bank.connection, grant.account.id)
        place = _place(bank, grant)
        found = _found(bank, grant, permissions, place, _oldest(bank, odd, first), last)
        size = web.settings().page_size
        page = found[place.offset : place.offset + size]
        shown = [
            _shown(bank, entry, grant, permissions, odd)
            for entry in wire.listed(odd, page, guard.interaction_id())
        ]
        body = {
            "Data": {"Transaction": shown},
            "Links": _links(bank, account_id, place, odd, size, len(found)),
            "Meta": {"TotalPages": max(1, -(-len(found) // size))},
        }
        return jsonify(body)


def _period() -> tuple[str, str]:
    """Return the moments asked for as text that sorts like time; their zones do not count."""
    moments = []
    for name, default in zip(MOMENTS, ("0001-01-01T00:00:00", "9999-12-31T23:59:59"), strict=True):
        text = request.args.get(name, default)
        try:
            moment = datetime.datetime.fromisoformat(text.replace("Z", ""))
        except ValueError as error:
            raise format_error("must be a date and time", name) from error
        moments.append(moment.replace(tzinfo=None).isoformat(timespec="seconds"))
    if moments[0] > moments[1]:
        raise format_error("must not be after toBookingDateTime", MOMENTS[0])
    return moments[0], moments[1]


def _oldest(bank: web.Bank, odd: dict, first: str) -> str:
    if "history" not in odd:
        return first
    oldest = bank.today - datetime.timedelta(days=odd["history"]["days"])
    if first < oldest.isoformat() and odd["history"]["how"] == "refuse":
        raise Refused(400, "FORMAT_ERROR", f"the bank begins on {oldest}", MOMENTS[0])
    return max(first, f"{oldest.isoformat()}T00:00:00")


def _place(bank: web.Bank, grant: Grant) -> paging.Place:
    """Return where the page begins; ``snapshot`` keeps later entries out of further pages."""
    token = request.args.get("pageToken")
    query = [request.args.get(name, "") for name in MOMENTS]
    first = paging.Place(
        account_id=grant.account.id,
        status="uk",
        date_from=query[0],
        date_to=query[1],
        after=0,
        snapshot=entries.last_booked_number(bank.connection),
    )
    if token is None:
        return first
    place = paging.from_token(bank.connection, token)
    if any(
        getattr(place, name) != getattr(first, name)
        for name in ("account_id", "status", "date_from", "date_to")
    ):
        raise format_error("belongs to another list", "pageToken")
    return place


def _found(
    bank: web.Bank, grant: Grant, permissions: tuple, place: paging.Place, first: str, last: str
) -> list[Entry]:
    account = grant.account
    everything = entries.booked(bank.connection, account, account.opened_on, bank.today)
    booked = [e for e in everything if e.booked_number <= place.snapshot]
    booked.sort(key=lambda entry: (entry.booking_date, entry.booked_number))
    found = entries.pending(bank.connection, account)[::-1] + booked[::-1]
    wanted = {
        "Credit": "ReadTransactionsCredits" in permissions,
        "Debit": "ReadTransactionsDebits" in permissions,
    }
    return [
        entry
        for entry in found
        if wanted[mapping.direction(entry.amount)]
        and first <= mapping.booked_at(bank, entry).rstrip("Z") <= last
    ]


def _shown(bank: web.Bank, entry: Entry, grant: Grant, permissions: tuple, odd: dict) -> dict:
    values = mapping.transaction(bank, entry, grant.account, permissions, odd)
    if mapping.odd_sign(values, entry, odd) or "blank_ids" in odd:
        g.fault = "quirk"  # The document allows neither a sign nor a blank id.
    return values


def _links(
    bank: web.Bank, account_id: str, place: paging.Place, odd: dict, size: int, count: int
) -> dict:
    path = f"{PREFIX}/accounts/{account_id}/transactions"
    query = {name: request.args[name] for name in MOMENTS if name in request.args}
    own = {**query, **({"pageToken": request.args["pageToken"]} if place.offset else {})}
    links = {"Self": web.api_url(f"{path}?{urlencode(own)}" if own else path)}
    repeated = odd["page_overlap"]["entries"] if "page_overlap" in odd else 0
    following = place.offset + size - min(repeated, size - 1)
    if place.offset + size < count:
        token = paging.to_token(bank.connection, _at(place, following))
        path = f"{path}?{urlencode({**query, 'pageToken': token})}"
        kind = odd.get("next", {}).get("kind")
        links["Next"] = wire.next_address(kind, web.api_url(path), links["Self"], path)
        if kind in ("null_path", "relative", "no_scheme"):
            g.fault = "quirk"
    return links


def _at(place: paging.Place, offset: int) -> paging.Place:
    return paging.Place(**{**place.__dict__, "offset": offset})
