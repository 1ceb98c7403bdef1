"""Adapter for banks that speak Berlin Group NextGenPSD2 1.3 (account information).

Source: Berlin Group, "NextGenPSD2 XS2A Interoperability Framework", version 1.3.11.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from urllib.parse import quote, urlsplit

from ..core.statement import Entry
from .base import (
    Balance,
    Capabilities,
    ConsentInvalid,
    ConsentStart,
    ConsentState,
    ContractViolation,
    Page,
    RemoteAccount,
    Unsupported,
    register,
)
from .berlin_group_mapping import read_account, read_balance, read_transaction
from .transport import Transport, read_json_object

#: Unattended reads a day; the standard's limit where nothing else is agreed.
FREQUENCY_PER_DAY = 4
#: Pages of one stretch before we call it endless.
MAX_PAGES = 2_000
#: Media types under which banks serve camt.053 at the transactions resource.
STATEMENT_MEDIA_TYPE = "application/xml"


@register
class BerlinGroupAdapter(Unsupported):
    """Reads one bank through :class:`Transport`; keeps the promises of ``BankAdapter``."""

    code = "berlin_group"
    capabilities = Capabilities(link=frozenset({"redirect"}), delivers="pages")

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def start_consent(
        self, *, redirect_url: str, cancel_url: str, valid_until: date, user_ip: str | None
    ) -> ConsentStart:
        """Open a recurring consent for all accounts of the person who will approve it."""
        answer = self._transport.post(
            "v1/consents",
            headers={
                "TPP-Redirect-Preferred": "true",
                "TPP-Redirect-URI": redirect_url,
                "TPP-Nok-Redirect-URI": cancel_url,
                **_attended(user_ip),
            },
            body={
                "access": {"accounts": [], "balances": [], "transactions": []},
                "recurringIndicator": True,
                "validUntil": valid_until.isoformat(),
                "frequencyPerDay": FREQUENCY_PER_DAY,
                "combinedServiceIndicator": False,
            },
        )
        value = answer.json()
        consent_id = value.get("consentId")
        redirect = _href(value, "scaRedirect")
        if redirect and urlsplit(redirect).scheme not in {"https", "http"}:
            # A browser would run a script: address as our own page.
            redirect = None
        if not isinstance(consent_id, str) or not consent_id or not redirect:
            raise ContractViolation(
                "incomplete",
                "The consent comes without its id or the page to approve it.",
                answer.request_id,
                answer.content,
            )
        status = str(value.get("consentStatus") or "received")
        return ConsentStart(consent_id, status, redirect, answer.request_id)

    def consent_state(self, consent_id: str) -> ConsentState:
        """Return status and last day of the consent, as the bank sees them now."""
        answer = self._transport.get(f"v1/consents/{_segment(consent_id)}", headers={})
        value = answer.json()
        status = value.get("consentStatus")
        if not isinstance(status, str) or not status:
            raise ContractViolation(
                "incomplete", "The consent comes without a status.", answer.request_id
            )
        try:
            valid_until = date.fromisoformat(str(value.get("validUntil") or ""))
        except ValueError:
            valid_until = None
        return ConsentState(consent_id, status, valid_until, answer.request_id)

    def revoke_consent(self, consent_id: str) -> None:
        """End the consent; one that the bank no longer knows has ended."""
        try:
            self._transport.delete(f"v1/consents/{_segment(consent_id)}", headers={})
        except ConsentInvalid:
            return

    def accounts(self, consent_id: str) -> tuple[RemoteAccount, ...]:
        """Return the accounts the consent covers, in the bank's order."""
        answer = self._transport.get("v1/accounts", headers={"Consent-ID": consent_id})
        return tuple(read_account(value) for value in _array(answer.json(), "accounts"))

    def balances(
        self, consent_id: str, resource_id: str, *, user_ip: str | None = None
    ) -> tuple[Balance, ...]:
        """Return the balances of one account; possibly none."""
        answer = self._transport.get(
            f"v1/accounts/{_segment(resource_id)}/balances",
            headers={"Consent-ID": consent_id, **_attended(user_ip)},
        )
        return tuple(read_balance(value) for value in _array(answer.json(), "balances"))

    def pages(
        self,
        consent_id: str,
        resource_id: str,
        *,
        date_from: date,
        date_to: date | None = None,
        user_ip: str | None = None,
    ) -> Iterator[Page]:
        """Yield every page of the days, following the bank's own links.

        :raise ContractViolation: when a link repeats a page, leads elsewhere, or never ends
        """
        headers = {"Consent-ID": consent_id, **_attended(user_ip)}
        address = f"v1/accounts/{_segment(resource_id)}/transactions"
        query: dict[str, str] | None = {
            "bookingStatus": "booked" if date_to else "both",
            "dateFrom": date_from.isoformat(),
            **({"dateTo": date_to.isoformat()} if date_to else {}),
        }
        path = self._transport.resolve(address)
        seen: set[str] = set()
        for _number in range(MAX_PAGES):
            answer = self._transport.get(address, headers=headers, query=query)
            yield Page(answer.content, answer.media_type, answer.request_id)
            href = _href(_report(answer.content, answer.request_id), "next")
            if not href:
                return
            address, query = self._transport.resolve(href), None
            if address in seen or not address.startswith(path):
                raise ContractViolation(
                    "page_loop", "The bank's link to the next page leads back.", answer.request_id
                )
            seen.add(address)
        raise ContractViolation("page_loop", f"The bank sends more than {MAX_PAGES} pages.")

    def read_page(
        self, content: bytes, *, media_type: str = "", resource_id: str = ""
    ) -> tuple[Entry, ...]:
        """Return the entries of one page, booked ones first, in the bank's order."""
        report = _report(content)
        entries = [read_transaction(value, pending=False) for value in _list(report, "booked")]
        entries += [read_transaction(value, pending=True) for value in _list(report, "pending")]
        return tuple(entries)

    def statement(
        self, consent_id: str, resource_id: str, *, date_from: date, date_to: date
    ) -> Page:
        """Return the bank's camt.053 file of the days, both included."""
        answer = self._transport.get(
            f"v1/accounts/{_segment(resource_id)}/transactions",
            headers={"Consent-ID": consent_id, "Accept": STATEMENT_MEDIA_TYPE},
            query={
                "bookingStatus": "booked",
                "dateFrom": date_from.isoformat(),
                "dateTo": date_to.isoformat(),
            },
        )
        return Page(answer.content, answer.media_type, answer.request_id)


def _attended(user_ip: str | None) -> dict[str, str]:
    """Say that a person is waiting, if and only if one is."""
    return {"PSU-IP-Address": user_ip} if user_ip else {}


def _segment(value: str) -> str:
    """Quote an id of the bank, so that it can never become another path."""
    return quote(value, safe="")


def _report(content: bytes, request_id: str | None = None) -> Mapping[str, Any]:
    report = read_json_object(content, request_id).get("transactions")
    if not isinstance(report, dict):
        raise ContractViolation(
            "wrong_shape", "The answer holds no transactions object.", request_id, content
        )
    return report


def _array(value: Mapping[str, Any], key: str) -> list[Any]:
    items = value.get(key)
    if not isinstance(items, list):
        raise ContractViolation("wrong_shape", f"The answer holds no {key}.")
    return items


def _list(value: Mapping[str, Any], key: str) -> list[Any]:
    """Return a list the bank may leave out."""
    return [] if value.get(key) is None else _array(value, key)


def _href(value: Mapping[str, Any], name: str) -> str | None:
    links = value.get("_links")
    link = links.get(name) if isinstance(links, dict) else None
    href = link.get("href") if isinstance(link, dict) else link
    return href if isinstance(href, str) and href.strip() else None
