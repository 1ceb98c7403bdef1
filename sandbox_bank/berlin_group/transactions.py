"""Transaction lists, in JSON with pages or as a camt.053 statement, and single transactions."""

import datetime
from urllib.parse import urlencode

from flask import Response, g, jsonify, request

from .. import camt, entries, quirks, web
from ..errors import Refused, format_error
from ..ledger import Account
from ..quirks import wire
from ..reading import checked_date
from . import guard, mapping, paging, quirky
from .blueprint import blueprint

STATUSES = ("booked", "pending", "both")
UNSUPPORTED_STATUSES = ("information", "all")
UNSUPPORTED_PARAMETERS = ("pageIndex", "deltaList")


@blueprint.get("/accounts/<resource_id>/transactions")
def transaction_list(resource_id: str):
    """Return the entries of a period, newest first; pending ones on the first page."""
    format_ = guard.check_accept(guard.JSON, guard.XML)
    status = _booking_status()
    _refuse_unsupported()
    size = _page_size()
    with_balance = guard.boolean_parameter("withBalance")
    with web.reading() as bank:
        grant = guard.granted(bank, resource_id, right="transactions")
        found = quirks.of_account(bank.connection, grant.account.id)
        place = quirky.stretched(bank, found, _place(bank, grant.account, status))
        if format_ == guard.XML:
            return _statement(bank, grant.account, place)
        if "download" in found:
            return jsonify(quirky.download_link(found, grant.account, place))
        answer = {
            "account": mapping.account_reference(grant.account, found),
            "transactions": _report(bank, grant.account, found, place, size),
        }
        if with_balance and grant.balances:
            answer["balances"] = mapping.all_balances(
                bank, quirky.members(bank, grant.account, found)
            )
        quirky.change_while_paging(grant.account, found, answer["transactions"])
        return jsonify(answer)


@blueprint.get("/accounts/<resource_id>/transactions/download/<day_from>/<day_to>")
def download(resource_id: str, day_from: str, day_to: str):
    """Return the file that a list gave the address of instead of entries."""
    g.fault = "download"  # The standard leaves the address of a download to the bank.
    with web.reading() as bank:
        account = guard.granted(bank, resource_id, right="transactions").account
        first, last = checked_date(day_from, "day_from"), checked_date(day_to, "day_to")
        first = max(first, account.opened_on)
        body = camt.statement(bank, account, first, max(first, last))
    return Response(body, content_type=guard.XML)


@blueprint.get("/accounts/<resource_id>/transactions/<transaction_id>")
def transaction_details(resource_id: str, transaction_id: str):
    """Return one entry."""
    guard.check_accept(guard.JSON)
    with web.reading() as bank:
        account = guard.granted(bank, resource_id, right="transactions").account
        entry = entries.find_entry(bank.connection, account, transaction_id)
        if not entry:
            text = "the account has no such transaction"
            raise Refused(404, "RESOURCE_UNKNOWN", text, "transactionId")
        found = quirks.of_account(bank.connection, account.id)
        return jsonify({"transactionsDetails": mapping.transaction(entry, account, found)})


def _booking_status() -> str:
    status = request.args.get("bookingStatus")
    if status in STATUSES:
        return status
    if status in UNSUPPORTED_STATUSES:
        text = f"the bank offers {', '.join(STATUSES)}"
        raise Refused(400, "PARAMETER_NOT_SUPPORTED", text, "bookingStatus")
    raise format_error(f"must be one of {', '.join(STATUSES)}", "bookingStatus")


def _refuse_unsupported() -> None:
    for name in UNSUPPORTED_PARAMETERS:
        if name in request.args:
            raise Refused(400, "PARAMETER_NOT_SUPPORTED", "the bank does not offer this", name)


def _page_size() -> int:
    longest = web.settings().page_size
    text = request.args.get("itemsPerPage")
    if text is None:
        return longest
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text) > 0):
        raise format_error("must be a whole number above 0", "itemsPerPage")
    return min(int(text), longest)


def _place(bank: web.Bank, account: Account, status: str) -> paging.Place:
    """Return where the asked page begins."""
    token = request.args.get("pageToken")
    date_from, date_to, after = _period(bank, account)
    first = paging.Place(
        account_id=account.id,
        status=status,
        date_from=date_from.isoformat(),
        date_to=date_to.isoformat(),
        after=after,
        snapshot=entries.last_booked_number(bank.connection),
    )
    if token is None:
        return first
    place = paging.from_token(bank.connection, token)
    same = ("account_id", "status", "date_from", "date_to", "after")
    if any(getattr(place, name) != getattr(first, name) for name in same):
        raise format_error("belongs to another list", "pageToken")
    return place


def _period(bank: web.Bank, account: Account) -> tuple[datetime.date, datetime.date, int]:
    """Return first and last day of the list and the booked number it starts after."""
    after = _delta_start(bank, account)
    text_from, text_to = request.args.get("dateFrom"), request.args.get("dateTo")
    date_to = checked_date(text_to, "dateTo") if text_to is not None else bank.today
    if text_from is not None:
        date_from = checked_date(text_from, "dateFrom")
    elif after is not None:
        date_from = datetime.date.min
    else:
        raise format_error("is missing", "dateFrom")
    if date_from > date_to:
        raise Refused(400, "PERIOD_INVALID", "dateFrom is after dateTo", "dateFrom")
    return date_from, date_to, after or 0


def _delta_start(bank: web.Bank, account: Account) -> int | None:
    reference = request.args.get("entryReferenceFrom")
    if reference is None:
        return None
    row = bank.connection.execute(
        "SELECT booked_number FROM shown_entry WHERE account_id = ? AND entry_reference = ?",
        (account.id, reference),
    ).fetchone()
    if not row:
        text = "the account has no such entry"
        raise Refused(400, "RESOURCE_UNKNOWN", text, "entryReferenceFrom")
    return row["booked_number"]


def _report(bank: web.Bank, account: Account, found: dict, place: paging.Place, size: int) -> dict:
    report: dict = {}
    following = None
    session = guard.request_id()
    kept = {each.id: each for each in quirky.members(bank, account, found)}
    if place.status in ("booked", "both"):
        booked, following = paging.booked_page(bank.connection, place, size, quirky.overlap(found))
        booked = wire.listed(found, booked, session)
        report["booked"] = [mapping.transaction(e, kept[e.account_id], found) for e in booked]
    if place.status in ("pending", "both"):
        is_first_page = "pageToken" not in request.args
        coming = [e for each in kept.values() for e in entries.pending(bank.connection, each)]
        coming = [wire.renamed(found, e, session) for e in coming if is_first_page]
        report["pending"] = [mapping.transaction(e, kept[e.account_id], found) for e in coming]
    report["_links"] = mapping.links(account=mapping.account_path(account))
    if following:
        kind = found.get("next", {}).get("kind")
        path = _next_path(bank, account, following)
        href = wire.next_address(kind, web.api_url(path), request.url, path)
        report["_links"]["next"] = {"href": href}
    return report


def _next_path(bank: web.Bank, account: Account, place: paging.Place) -> str:
    kept = ("bookingStatus", "dateFrom", "entryReferenceFrom", "itemsPerPage", "withBalance")
    query = {name: request.args[name] for name in kept if name in request.args}
    # The last day is fixed even if the clock moves before the next page is read.
    query["dateTo"] = place.date_to
    query["pageToken"] = paging.to_token(bank.connection, place)
    return f"{mapping.account_path(account, 'transactions')}?{urlencode(query)}"


def _statement(bank: web.Bank, account: Account, place: paging.Place) -> Response:
    if place.status == "pending" or place.after:
        text = "a camt.053 statement holds the booked entries of a period"
        raise Refused(400, "PARAMETER_NOT_CONSISTENT", text, "Accept")
    date_from = max(datetime.date.fromisoformat(place.date_from), account.opened_on)
    date_to = max(datetime.date.fromisoformat(place.date_to), date_from)
    body = camt.statement(bank, account, date_from, date_to)
    return Response(body, content_type=guard.XML)
