"""Consents: what a third party may read, who allowed it, until when."""

import datetime
import json
import secrets
import sqlite3
from dataclasses import dataclass, replace

from . import events, identifiers, ledger, manners

# NextGenPSD2: "future dates might get adjusted"; 180 days is the limit of Delegated Regulation
# (EU) 2018/389, Art. 10(3), for access without a new strong authentication.
LONGEST_DAYS = 180
OPEN = ("received", "partiallyAuthorised", "valid")
UNDECIDED = ("received", "partiallyAuthorised")
SIGNATORIES = {"one": 1, "two": 2}


@dataclass(frozen=True)
class Grant:
    """One account of a consent and what may be read of it besides its details."""

    account: ledger.Account
    balances: bool
    transactions: bool
    owner_name: bool


@dataclass(frozen=True)
class Request:
    """What a third party asks for.

    ``accounts``: the accounts named in the request; empty when the customer shall choose.
    ``permissions``: those of Open Banking UK, empty for a consent of NextGenPSD2.
    """

    account_ids: tuple[int, ...]
    balances: bool
    transactions: bool
    owner_name: bool
    permissions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Consent:
    """A consent as of the bank's day: ``status`` is ``expired`` as soon as the day is past.

    ``approach``: ``redirect`` to the bank's page, or ``decoupled`` in its app.
    """

    id: str
    status: str
    request: Request
    created_on: datetime.date
    valid_until: datetime.date
    recurring: bool
    frequency_per_day: int
    last_action_on: datetime.date
    third_party: str
    redirect_uri: str | None
    nok_redirect_uri: str | None
    approach: str
    signatures_needed: int
    signatures: int
    grants: tuple[Grant, ...]

    @property
    def authorisation_ids(self) -> list[str]:
        """Return one id for each signature that was given or is waited for."""
        count = min(self.signatures + 1, self.signatures_needed)
        return [identifiers.derived_id("authorisation", self.id, n) for n in range(count)]

    def sca_status(self, number: int) -> str:
        """Return where the signature with this number, from 0, stands."""
        if number < self.signatures:
            return "finalised"
        return "received" if self.status in UNDECIDED else "failed"

    def grant_for(self, resource_id: str) -> Grant | None:
        """Return the grant for an account, None when this consent knows no such account."""
        return next((g for g in self.grants if g.account.resource_id == resource_id), None)


@dataclass(frozen=True)
class Terms:
    """The conditions a third party asks for, and who it says it is."""

    valid_until: datetime.date
    recurring: bool
    frequency_per_day: int
    third_party: str
    redirect_uri: str | None = None
    nok_redirect_uri: str | None = None
    approach: str = "redirect"


def create(
    connection: sqlite3.Connection, request: Request, terms: Terms, today: datetime.date
) -> str:
    """Record a consent that waits for the customer. Return its id, which cannot be guessed.

    ``valid_until`` is cut to `LONGEST_DAYS` from ``today``.
    """
    consent_id = secrets.token_urlsafe(24)
    valid_until = min(terms.valid_until, today + datetime.timedelta(days=LONGEST_DAYS))
    ways = manners.approval(connection)
    connection.execute(
        "INSERT INTO consent (id, status, request, valid_until, recurring, frequency_per_day,"
        " created_on, last_action_on, third_party, redirect_uri, nok_redirect_uri, approach,"
        " signatures_needed, resource_ids)"
        " VALUES (?, 'received', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            consent_id,
            json.dumps(
                {
                    "account_ids": request.account_ids,
                    "balances": request.balances,
                    "transactions": request.transactions,
                    "owner_name": request.owner_name,
                    "permissions": request.permissions,
                }
            ),
            valid_until.isoformat(),
            terms.recurring,
            terms.frequency_per_day,
            today.isoformat(),
            today.isoformat(),
            terms.third_party,
            terms.redirect_uri,
            terms.nok_redirect_uri,
            terms.approach,
            SIGNATORIES[ways["signatories"]],
            ways["resource_ids"],
        ),
    )
    return consent_id


def find(connection: sqlite3.Connection, consent_id: str, today: datetime.date) -> Consent | None:
    """Return the consent as it stands on ``today``."""
    row = connection.execute("SELECT * FROM consent WHERE id = ?", (consent_id,)).fetchone()
    return _consent(connection, row, today) if row else None


def newest(connection: sqlite3.Connection, today: datetime.date, limit: int) -> list[Consent]:
    """Return the consents asked for last."""
    rows = connection.execute(
        "SELECT * FROM consent ORDER BY number DESC LIMIT ?", (limit,)
    ).fetchall()
    return [_consent(connection, row, today) for row in rows]


def _consent(connection: sqlite3.Connection, row: sqlite3.Row, today: datetime.date) -> Consent:
    request = json.loads(row["request"])
    return Consent(
        id=row["id"],
        status=_status(row, today),
        request=Request(
            **{
                **request,
                "account_ids": tuple(request["account_ids"]),
                "permissions": tuple(request["permissions"]),
            }
        ),
        created_on=datetime.date.fromisoformat(row["created_on"]),
        valid_until=datetime.date.fromisoformat(row["valid_until"]),
        recurring=bool(row["recurring"]),
        frequency_per_day=row["frequency_per_day"],
        last_action_on=datetime.date.fromisoformat(row["last_action_on"]),
        third_party=row["third_party"],
        redirect_uri=row["redirect_uri"],
        nok_redirect_uri=row["nok_redirect_uri"],
        approach=row["approach"],
        signatures_needed=row["signatures_needed"],
        signatures=row["signatures"],
        grants=_grants(connection, row),
    )


def _status(row: sqlite3.Row, today: datetime.date) -> str:
    """Return the status by the clock. A consent for one access ends with the day it was given."""
    last_day = row["valid_until"]
    if not row["recurring"] and row["authorized_on"]:
        last_day = min(last_day, row["authorized_on"])
    if row["status"] in OPEN and last_day < today.isoformat():
        return "expired"
    return row["status"]


def _grants(connection: sqlite3.Connection, consent: sqlite3.Row) -> tuple[Grant, ...]:
    rows = connection.execute(
        "SELECT c.*, a.resource_id FROM consent_account c JOIN account a ON a.id = c.account_id"
        " WHERE c.consent_id = ? ORDER BY c.account_id",
        (consent["id"],),
    ).fetchall()
    return tuple(
        Grant(
            account=_as_called(consent, ledger.find_account(connection, row["resource_id"])),
            balances=bool(row["balances"]),
            transactions=bool(row["transactions"]),
            owner_name=bool(row["owner_name"]),
        )
        for row in rows
    )


def _as_called(consent: sqlite3.Row, account: ledger.Account) -> ledger.Account:
    """Return the account under the resource id it has in this consent."""
    if consent["resource_ids"] == "stable":
        return account
    resource_id = identifiers.derived_id("account", consent["id"], account.iban, account.currency)
    return replace(account, resource_id=resource_id)


class WrongState(Exception):
    """The consent is no longer in a state that allows the change."""


def offered_accounts(connection: sqlite3.Connection, consent: Consent) -> list[ledger.Account]:
    """Return the accounts the customer can share: those asked for, else all."""
    wanted = consent.request.account_ids
    return [a for a in ledger.accounts(connection) if not wanted or a.id in wanted]


def approve(
    connection: sqlite3.Connection,
    consent: Consent,
    accounts: list[ledger.Account],
    today: datetime.date,
) -> None:
    """Sign for the third party to read ``accounts``, from the last signature on.

    The first signature chooses the accounts.

    :raise WrongState: the consent does not wait for the customer any more
    """
    is_last = consent.signatures + 1 >= consent.signatures_needed
    _change(connection, consent, UNDECIDED, "valid" if is_last else "partiallyAuthorised", today)
    connection.execute(
        "UPDATE consent SET authorized_on = ?, signatures = signatures + 1 WHERE id = ?",
        (today.isoformat(), consent.id),
    )
    request = consent.request
    connection.executemany(
        "INSERT OR IGNORE INTO consent_account"
        " (consent_id, account_id, balances, transactions, owner_name) VALUES (?, ?, ?, ?, ?)",
        [
            (consent.id, a.id, request.balances, request.transactions, request.owner_name)
            for a in (() if consent.signatures else accounts)
        ],
    )
    if is_last and consent.recurring and manners.approval(connection)["older_consents"] == "end":
        _end_older(connection, consent, today)


def _end_older(connection: sqlite3.Connection, consent: Consent, today: datetime.date) -> None:
    connection.execute(
        "UPDATE consent SET status = 'expired', last_action_on = ?"
        " WHERE third_party = ? AND id <> ? AND recurring AND status = 'valid'",
        (today.isoformat(), consent.third_party, consent.id),
    )


def omit(connection: sqlite3.Connection, consent: Consent, accounts: list[ledger.Account]) -> None:
    """Take accounts out of a consent that goes on for the others."""
    connection.executemany(
        "DELETE FROM consent_account WHERE consent_id = ? AND account_id = ?",
        [(consent.id, account.id) for account in accounts],
    )
    events.note(connection, "consent", consent.id)


def cancel(connection: sqlite3.Connection, consent: Consent, today: datetime.date) -> None:
    """Record that the customer said no."""
    _change(connection, consent, UNDECIDED, "rejected", today)


def revoke(connection: sqlite3.Connection, consent: Consent, today: datetime.date) -> None:
    """Record that the customer took the consent back at the bank."""
    _change(connection, consent, ("valid",), "revokedByPsu", today)


def terminate(connection: sqlite3.Connection, consent: Consent, today: datetime.date) -> None:
    """Record that the third party gave the consent back. Safe to repeat."""
    if consent.status in OPEN:
        _change(connection, consent, OPEN, "terminatedByTpp", today)


def _change(
    connection: sqlite3.Connection,
    consent: Consent,
    allowed: tuple[str, ...],
    status: str,
    today: datetime.date,
) -> None:
    if consent.status not in allowed:
        raise WrongState(consent.status)
    connection.execute(
        "UPDATE consent SET status = ?, last_action_on = ? WHERE id = ?",
        (status, today.isoformat(), consent.id),
    )
    events.note(connection, "consent", consent.id)
