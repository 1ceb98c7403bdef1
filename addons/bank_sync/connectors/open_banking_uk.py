"""Adapter for banks that speak UK Open Banking Read/Write 3.1.11 or 4.0 (account information).

The account holder approves by signing in at the bank's OAuth server: a consent is created with our
own token, the sign-in names it, and reading uses the token that comes of it.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from typing import Any

from ..core.statement import Entry
from .base import (
    Balance,
    BankProfile,
    Capabilities,
    ConsentStart,
    ConsentState,
    OAuthApproval,
    Page,
    RemoteAccount,
    Unsupported,
    register,
)
from .errors import (
    Ambiguous,
    AuthExpired,
    BankError,
    ConsentInvalid,
    ContractViolation,
    Permanent,
    Temporary,
)
from .json_values import as_list, as_object, bank_date, required_text, text_of
from .open_banking_uk_mapping import (
    CONSENT_STATUS,
    read_account,
    read_balance,
    read_transaction,
)
from .paging import follow
from .refusals import judged
from .transport import Answer, Transport, read_json_object, segment

#: What a consent asks for: what a mirror of the books needs, and nothing else.
PERMISSIONS = ("ReadAccountsDetail", "ReadBalances", "ReadTransactionsCredits",
               "ReadTransactionsDebits", "ReadTransactionsDetail")  # fmt: skip
SCOPE = "openid accounts"
UK = BankProfile(zone="Europe/London", approval="oauth")


@register
class OpenBankingUkAdapter(Unsupported):
    """Reads one bank through :class:`Transport`; keeps the promises of ``BankAdapter``."""

    code = "open_banking_uk"
    capabilities = Capabilities(
        link=frozenset({"oauth"}), delivers="pages", reads_per_day=4, max_history_days=None
    )

    #: How a bank of this kind is, where nothing else is known of it.
    default_profile = UK

    def __init__(self, transport: Transport, profile: BankProfile = UK) -> None:
        self._transport = transport
        self._transport.request_id_header = "x-fapi-interaction-id"
        self.profile = profile

    # === CONSENT === #

    def start_consent(
        self, *, redirect_url: str, cancel_url: str, valid_until: date, user_ip: str | None
    ) -> ConsentStart:
        """Create a consent; the person then signs in at the bank's OAuth server."""
        body = {
            "Data": {
                "Permissions": list(PERMISSIONS),
                "ExpirationDateTime": f"{valid_until.isoformat()}T23:59:59+00:00",
            },
            "Risk": {},
        }
        try:
            answer = self._transport.post(
                "account-access-consents", headers=_attended(user_ip), body=body, grant="client"
            )
        except Ambiguous as error:
            # A consent nobody has approved does no harm: it can be asked for again.
            raise Temporary(error.code, error.detail, error.request_id) from error
        data = _data(answer)
        consent_id = required_text(answer, data, "ConsentId")
        return ConsentStart(
            consent_id,
            _status(data),
            None,
            answer.request_id,
            oauth=OAuthApproval(SCOPE, intent=consent_id),
        )

    def consent_state(self, consent_id: str) -> ConsentState:
        """Return status and last day of the consent, as the bank sees them now."""
        try:
            answer = self._transport.get(_consent(consent_id), headers={}, grant="client")
        except Permanent as error:
            raise _unknown(error) from error
        data = _data(answer)
        required_text(answer, data, "Status")
        try:
            valid_until = bank_date(data, "ExpirationDateTime", self.profile.zone)
        except ContractViolation:
            valid_until = None
        return ConsentState(consent_id, _status(data), valid_until, answer.request_id)

    def revoke_consent(self, consent_id: str) -> None:
        """End the consent; one that the bank no longer knows has ended."""
        with suppress(ConsentInvalid):
            try:
                self._transport.delete(_consent(consent_id), headers={}, grant="client")
            except Permanent as error:
                raise _unknown(error) from error

    # === ACCOUNTS === #

    def accounts(self, consent_id: str) -> tuple[RemoteAccount, ...]:
        """Return the accounts the consent covers, in the bank's order."""
        return tuple(read_account(value) for value in self._list(consent_id, "accounts", "Account"))

    def balances(
        self, consent_id: str, resource_id: str, *, user_ip: str | None = None
    ) -> tuple[Balance, ...]:
        """Return the balances of one account; possibly none."""
        path = f"{_account(resource_id)}/balances"
        values = self._list(consent_id, path, "Balance", user_ip)
        return tuple(read_balance(value, self.profile) for value in values)

    def _list(self, consent_id: str, path: str, key: str, user_ip: str | None = None) -> list[Any]:
        try:
            answer = self._transport.get(path, headers=_attended(user_ip))
        except (ConsentInvalid, AuthExpired) as error:
            raise self._judged(consent_id, error) from error
        data = _data(answer)
        if not isinstance(data.get(key), list):
            raise ContractViolation(
                "wrong_shape", f"The answer holds no {key}.", answer.request_id, answer.content
            )
        return as_list(data, key)

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

        The standard wants moments and lets banks ignore their zone.
        """
        query = {"fromBookingDateTime": f"{date_from.isoformat()}T00:00:00Z"}
        if date_to:
            query["toBookingDateTime"] = f"{date_to.isoformat()}T23:59:59Z"
        try:
            yield from follow(
                self._transport,
                f"{_account(resource_id)}/transactions",
                query=query,
                headers=_attended(user_ip),
                next_of=_next_link,
                entries_of=_booked_values,
            )
        except (ConsentInvalid, AuthExpired) as error:
            raise self._judged(consent_id, error) from error

    def read_page(
        self, content: bytes, *, media_type: str = "", resource_id: str = ""
    ) -> tuple[Entry, ...]:
        """Return the entries of one page, booked and pending, in the bank's order."""
        found = (
            read_transaction(value, self.profile) for value in _transactions(content, media_type)
        )
        return tuple(entry for entry in found if entry)

    def _judged(self, consent_id: str, error: BankError) -> BankError:
        """Return what a refusal stands for; a bank may want a new sign-in for a valid consent."""
        if "Reauthenticate" in error.code:
            return error
        return judged(error, lambda: self.consent_state(consent_id))


def _attended(user_ip: str | None) -> dict[str, str]:
    """Say that a person is waiting, if and only if one is."""
    return {"x-fapi-customer-ip-address": user_ip} if user_ip else {}


def _consent(consent_id: str) -> str:
    return f"account-access-consents/{segment(consent_id)}"


def _account(resource_id: str) -> str:
    return f"accounts/{segment(resource_id)}"


def _unknown(error: Permanent) -> BankError:
    """Return what "no such consent" stands for: the permission is gone."""
    if error.status in {400, 404}:
        return ConsentInvalid("consent_unknown", error.detail, error.request_id)
    return error


def _data(answer: Answer) -> dict[str, Any]:
    return dict(as_object(answer.json().get("Data"), "Data"))


def _status(data: dict[str, Any]) -> str:
    status = text_of(data, "Status") or "AWAU"
    return CONSENT_STATUS.get(status, status)


def _next_link(answer: Answer) -> str | None:
    links = answer.json().get("Links")
    return text_of(links, "Next") if isinstance(links, dict) else None


def _booked_values(answer: Answer) -> list[Any]:
    return _transactions(answer.content, answer.media_type, answer.request_id)


def _transactions(content: bytes, media_type: str = "", request_id: str | None = None) -> list[Any]:
    """Return the transactions of a page; the list may be left out where there are none."""
    data = read_json_object(content, request_id, media_type).get("Data")
    if not isinstance(data, dict):
        raise ContractViolation("wrong_shape", "The answer holds no Data.", request_id, content)
    return as_list(data, "Transaction")
