"""Adapter for banks that speak Berlin Group NextGenPSD2 1.3.

Source: Berlin Group, "NextGenPSD2 XS2A Interoperability Framework", version 1.3.11.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from ..core.statement import Entry
from .base import (
    Balance,
    BankProfile,
    Capabilities,
    ConsentStart,
    ConsentState,
    Page,
    RemoteAccount,
    Unsupported,
    register,
)
from .berlin_group_mapping import STANDARD, read_account, read_balance
from .berlin_group_orders import PRODUCTS, OrderCalls
from .berlin_group_report import booked_values, download_link, next_link, read_entries
from .berlin_group_wire import attended, way_to_approve
from .errors import (
    Ambiguous,
    AuthExpired,
    BankError,
    ConsentInvalid,
    ContractViolation,
    Temporary,
)
from .json_values import as_list, bank_date, required_text
from .paging import follow
from .refusals import judged
from .transport import Answer, Transport, segment

#: Unattended reads a day; the standard's limit where nothing else is agreed.
FREQUENCY_PER_DAY = 4
#: Media types under which banks serve files at the transactions resource.
MEDIA_TYPES = {"json": "application/json", "camt": "application/xml", "mt940": "text/plain"}
#: The currency code of an account that stands for several.
SEVERAL = "XXX"
#: Between a bank's id of an account and the one currency of it that is meant.
_JOINT = "::"

Result = TypeVar("Result")


@register
class BerlinGroupAdapter(OrderCalls, Unsupported):
    """Reads one bank through :class:`Transport`; keeps the promises of ``BankAdapter``."""

    code = "berlin_group"
    capabilities = Capabilities(
        link=frozenset({"redirect", "decoupled", "oauth"}),
        delivers="pages",
        reads_per_day=FREQUENCY_PER_DAY,
        submits=frozenset(PRODUCTS),
    )

    #: How a bank of this kind is, where nothing else is known of it.
    default_profile = STANDARD

    def __init__(self, transport: Transport, profile: BankProfile = STANDARD) -> None:
        self._transport = transport
        self.profile = profile
        if profile.order_key_seconds:
            self.capabilities = replace(
                self.capabilities, idempotency_seconds=profile.order_key_seconds
            )

    # === CONSENT === #

    def start_consent(
        self, *, redirect_url: str, cancel_url: str, valid_until: date, user_ip: str | None
    ) -> ConsentStart:
        """Open a recurring consent for all accounts of the person who will approve it."""
        headers = self._approval_headers(redirect_url, cancel_url, user_ip)
        body = {
            "access": {"accounts": [], "balances": [], "transactions": []},
            "recurringIndicator": True,
            "validUntil": valid_until.isoformat(),
            "frequencyPerDay": FREQUENCY_PER_DAY,
            "combinedServiceIndicator": False,
        }
        try:
            answer = self._transport.post("v1/consents", headers=headers, body=body, grant="client")
        except Ambiguous as error:
            if error.code != "unavailable":
                raise
            # A consent nobody has approved does no harm: it can be asked for again.
            raise Temporary(error.code, error.detail, error.request_id) from error
        value = answer.json()
        consent_id = required_text(answer, value, "consentId")
        page, oauth, message = way_to_approve(
            self._transport, answer, headers, _consent(consent_id), f"AIS:{consent_id}"
        )
        status = str(value.get("consentStatus") or "received")
        return ConsentStart(consent_id, status, page, answer.request_id, message, oauth)

    def _approval_headers(
        self, redirect_url: str, cancel_url: str, user_ip: str | None
    ) -> dict[str, str]:
        is_app = self.profile.approval == "decoupled"
        headers = {
            "TPP-Redirect-Preferred": "false" if is_app else "true",
            "TPP-Redirect-URI": redirect_url,
            "TPP-Nok-Redirect-URI": cancel_url,
            **attended(user_ip),
        }
        if is_app:
            headers["TPP-Decoupled-Preferred"] = "true"
        if self.profile.user_id:
            headers["PSU-ID"] = self.profile.user_id
        return headers

    def consent_state(self, consent_id: str) -> ConsentState:
        """Return status and last day of the consent, as the bank sees them now."""
        answer = self._transport.get(_consent(consent_id), headers={}, grant="client")
        value = answer.json()
        status = required_text(answer, value, "consentStatus")
        try:
            valid_until = bank_date(value, "validUntil")
        except ContractViolation:
            valid_until = None
        return ConsentState(consent_id, status, valid_until, answer.request_id)

    def revoke_consent(self, consent_id: str) -> None:
        """End the consent; one that the bank no longer knows has ended."""
        with suppress(ConsentInvalid):
            self._transport.delete(_consent(consent_id), headers={}, grant="client")

    # === ACCOUNTS === #

    def accounts(self, consent_id: str) -> tuple[RemoteAccount, ...]:
        """Return the accounts the consent covers, in the bank's order, each in one currency."""
        answer = self._read(
            consent_id,
            lambda: self._transport.get("v1/accounts", headers={"Consent-ID": consent_id}),
        )
        found = [read_account(value) for value in _array(answer, "accounts")]
        kept_apart = {account.iban for account in found if account.currency != SEVERAL}
        accounts: list[RemoteAccount] = []
        for account in found:
            if account.currency != SEVERAL:
                accounts.append(account)
            elif not account.iban or account.iban not in kept_apart:
                accounts += self._by_currency(consent_id, account)
        return tuple(accounts)

    def _by_currency(self, consent_id: str, account: RemoteAccount) -> Iterator[RemoteAccount]:
        """Yield an account of several currencies once for each that has a balance."""
        balances = self.balances(consent_id, account.resource_id)
        for currency in dict.fromkeys(balance.currency for balance in balances):
            yield RemoteAccount(
                f"{account.resource_id}{_JOINT}{currency}",
                account.iban,
                currency,
                account.owner_name,
                account.name,
                account.usable,
            )

    def balances(
        self, consent_id: str, resource_id: str, *, user_ip: str | None = None
    ) -> tuple[Balance, ...]:
        """Return the balances of one account; possibly none."""
        account, currency = _parts(resource_id)
        headers = {"Consent-ID": consent_id, **attended(user_ip)}
        answer = self._read(
            consent_id,
            lambda: self._transport.get(f"{_account(account)}/balances", headers=headers),
        )
        found = (read_balance(value) for value in _array(answer, "balances"))
        return tuple(each for each in found if currency in {None, each.currency})

    # === ENTRIES === #

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

        A bank that has a file ready instead of a list is asked for the file.
        """
        account, _currency = _parts(resource_id)
        is_json = self.profile.reads == "json"
        query = {
            "bookingStatus": "both" if is_json and not date_to else "booked",
            "dateFrom": date_from.isoformat(),
            **({"dateTo": date_to.isoformat()} if date_to else {}),
        }
        headers = {
            "Consent-ID": consent_id,
            "Accept": MEDIA_TYPES[self.profile.reads],
            **attended(user_ip),
        }
        try:
            last = None
            for last in follow(
                self._transport,
                f"{_account(account)}/transactions",
                query=query,
                headers=headers,
                next_of=next_link,
                entries_of=booked_values,
            ):
                yield last
            if last and (href := download_link(last)):
                answer = self._transport.get(
                    self._transport.resolve(href), headers={**headers, "Accept": "*/*"}
                )
                yield Page(answer.content, answer.media_type, answer.request_id)
        except (ConsentInvalid, AuthExpired) as error:
            raise self._judged(consent_id, error) from error

    def read_page(
        self, content: bytes, *, media_type: str = "", resource_id: str = ""
    ) -> tuple[Entry, ...]:
        """Return the entries of one page or file, booked ones first, in the bank's order."""
        _account_id, currency = _parts(resource_id)
        entries = read_entries(content, media_type, self.profile)
        return tuple(entry for entry in entries if currency in {None, entry.currency})

    def statement(
        self, consent_id: str, resource_id: str, *, date_from: date, date_to: date
    ) -> Page:
        """Return the bank's statement file of the days, both included."""
        account, _currency = _parts(resource_id)
        form = "mt940" if self.profile.reads == "mt940" else "camt"
        headers = {"Consent-ID": consent_id, "Accept": MEDIA_TYPES[form]}
        query = {
            "bookingStatus": "booked",
            "dateFrom": date_from.isoformat(),
            "dateTo": date_to.isoformat(),
        }
        path = f"{_account(account)}/transactions"
        answer = self._read(
            consent_id, lambda: self._transport.get(path, headers=headers, query=query)
        )
        return Page(answer.content, answer.media_type, answer.request_id)

    # === REFUSALS === #

    def _read(self, consent_id: str, call: Callable[[], Result]) -> Result:
        """Return what ``call`` returns; a refusal the bank contradicts is tried once more."""
        try:
            return call()
        except (ConsentInvalid, AuthExpired) as error:
            found = self._judged(consent_id, error)
            if not isinstance(found, Temporary):
                raise found from error
        try:
            return call()
        except (ConsentInvalid, AuthExpired) as error:
            raise self._judged(consent_id, error) from error

    def _judged(self, consent_id: str, error: BankError) -> BankError:
        return judged(error, lambda: self.consent_state(consent_id))


def _consent(consent_id: str) -> str:
    return f"v1/consents/{segment(consent_id)}"


def _account(resource_id: str) -> str:
    return f"v1/accounts/{segment(resource_id)}"


def _parts(resource_id: str) -> tuple[str, str | None]:
    """Return the bank's id of an account and the one currency of it that is meant.

    >>> _parts("3dc3::EUR"), _parts("3dc3")
    (('3dc3', 'EUR'), ('3dc3', None))
    """
    account, joint, currency = resource_id.rpartition(_JOINT)
    return (account, currency) if joint else (resource_id, None)


def _array(answer: Answer, key: str) -> list[Any]:
    """Return a list the standard promises."""
    value = answer.json()
    if not isinstance(value.get(key), list):
        raise ContractViolation(
            "wrong_shape", f"The answer holds no {key}.", answer.request_id, answer.content
        )
    return as_list(value, key)
