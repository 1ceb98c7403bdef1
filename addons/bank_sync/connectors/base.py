"""What every bank adapter promises, and the closed set of ways in which a bank can fail.

An adapter translates one wire protocol into the values below and nothing else. It keeps no
state, reads no clock, and never decides what a failure means for the books: it raises one of
the errors of this module, and the caller decides.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, Protocol, TypeVar

from ..core.statement import Entry
from .errors import (  # noqa: F401 callers import the errors from here
    Ambiguous,
    AuthExpired,
    BankError,
    ConsentInvalid,
    ContractViolation,
    PeriodTooOld,
    Permanent,
    QuotaExceeded,
    Temporary,
)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What one kind of bank can do; callers ask here, never by class or code.

    :param link: ways in which a person approves: ``redirect`` to the bank's page, ``decoupled`` in
        the bank's app, ``oauth`` by signing in at the bank's OAuth server, ``none`` where no
        consent exists (files)
    :param delivers: ``pages`` of an interface that is asked for a stretch of days, or whole
        ``files`` that lie ready
    :param reads_per_day: unattended reads of one account a day; ``None`` for no limit
    :param max_history_days: how far back a first read may ask; ``None`` where unknown
    :param submits: kinds of orders it takes (``payment`` …); empty for read-only
    :param idempotency_seconds: for how long the bank recognises a repeated order by its key; 0
        where it never does
    """

    link: frozenset[Literal["redirect", "decoupled", "oauth", "none"]]
    delivers: Literal["pages", "files"]
    reads_per_day: int | None = 4
    max_history_days: int | None = 90
    submits: frozenset[str] = frozenset()
    idempotency_seconds: int = 0


@dataclass(frozen=True, slots=True)
class BankProfile:
    """Where one bank departs from others of its kind. The defaults fit the standard's text.

    :param zone: IANA name of the bank's time zone; its moments become dates there
    :param signs: ``signed`` as the standard says; ``reversed`` where money out comes positive (some
        card accounts); ``by_party`` where amounts have no sign and a named creditor means money out
    :param approval: the way to approve we ask for, where the bank leaves a choice
    :param user_id: the account holder's name at the bank, which approving in an app may need
    :param reads: the form in which entries are asked for
    :param order_search: whether orders can be looked up by their end-to-end id, which the
        standard does not offer
    :param order_key_seconds: for how long the bank knows an order's ``Idempotency-Key``, by an
        agreement beyond the standard; 0 where there is none
    """

    zone: str = "UTC"
    signs: Literal["signed", "reversed", "by_party"] = "signed"
    approval: Literal["redirect", "decoupled", "oauth"] = "redirect"
    user_id: str | None = None
    reads: Literal["json", "camt", "mt940"] = "json"
    order_search: bool = False
    order_key_seconds: int = 0


@dataclass(frozen=True, slots=True)
class OAuthApproval:
    """How to send a person to the bank's OAuth server to approve a consent.

    :param scope: to be asked for
    :param intent: id the sign-in has to name (``openbanking_intent_id``), where the bank wants that
    """

    scope: str
    intent: str | None = None


@dataclass(frozen=True, slots=True)
class ConsentStart:
    """A consent the bank has opened and a person must now approve.

    :param redirect_url: the bank's own page where the account holder approves; ``None`` where the
        approval is decoupled, and then ``message`` says where to look, or by ``oauth``
    :param message: the bank's words to the person, such as "Approve in your app"
    :param oauth: set where the person approves by signing in at the bank's OAuth server
    """

    consent_id: str
    status: str
    redirect_url: str | None
    request_id: str
    message: str | None = None
    oauth: OAuthApproval | None = None


@dataclass(frozen=True, slots=True)
class ConsentState:
    """What the bank says about a consent.

    ``status`` is the ISO/Berlin Group word: received, partiallyAuthorised, valid, rejected,
    revokedByPsu, expired, terminatedByTpp. ``valid_until`` is the last day it can be used.
    """

    consent_id: str
    status: str
    valid_until: date | None
    request_id: str


@dataclass(frozen=True, slots=True)
class RemoteAccount:
    """An account in one currency the consent covers.

    ``resource_id`` may change with the next consent. An account the bank keeps in several
    currencies is several of these. ``usable`` is false once the bank has closed or blocked it.
    """

    resource_id: str
    iban: str | None
    currency: str
    owner_name: str | None
    name: str | None
    usable: bool = True


@dataclass(frozen=True, slots=True)
class Balance:
    """A balance as the bank states it, in signed minor units of ``currency``.

    ``kind`` is the bank's word (``closingBooked``, ``interimBooked``, ``expected`` …);
    ``reference_date`` the day it stands for.
    """

    kind: str
    amount: int
    currency: str
    reference_date: date | None


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of the bank, byte for byte, before anybody has understood it.

    ``starts_over`` marks the first page of a new reading of the same stretch, because the bank's
    books moved under the pages before it: those are void.
    """

    content: bytes
    media_type: str
    request_id: str
    starts_over: bool = False


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file that lies ready at the bank: its name there, and its bytes.

    ``modified_at`` is the second of its last change by the clock of the bank's side, which may be
    wrong; ``None`` where nothing says it.
    """

    name: str
    content: bytes
    modified_at: int | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """Something we ask the bank to do. What is sent is exactly ``body``, never rebuilt.

    :param kind: a member of ``Capabilities.submits``
    :param key: our idempotency key, the same for every attempt at this order
    :param end_to_end_id: by which the order can be found again at the bank
    :param user_ip: address of the person who ordered; some banks take no order without
    :param redirect_url: where the bank sends the person back after approving the order
    """

    kind: str
    key: str
    end_to_end_id: str
    body: Mapping[str, Any]
    user_ip: str | None = None
    redirect_url: str | None = None


@dataclass(frozen=True, slots=True)
class OrderState:
    """What the bank says about an order.

    ``status`` is the raw ISO 20022 word (``RCVD``, ``ACCP``, ``ACSC``, ``RJCT`` …), also where we
    do not know it; ``reference`` the bank's own id of the order; ``redirect_url`` the bank's page
    where a person must still approve it.
    """

    reference: str
    status: str
    request_id: str
    reason: str | None = None
    redirect_url: str | None = None


@dataclass(frozen=True, slots=True)
class BankNotice:
    """A verified event of the bank: a hint to look, never a fact to book.

    :param event_id: unique per connection; the same id again is the same event
    :param kind: ``consent``, ``account`` or ``order``
    :param resource: the bank's id of what changed, where it says
    """

    event_id: str
    kind: str
    resource: str | None = None


class BankAdapter(Protocol):
    """One bank interface. Every method may raise any error of this module, and nothing else.

    A method that ``capabilities`` rules out raises ``Permanent("not_supported")``.
    """

    code: str
    capabilities: Capabilities

    def start_consent(
        self, *, redirect_url: str, cancel_url: str, valid_until: date, user_ip: str | None
    ) -> ConsentStart:
        """Open a recurring consent to read accounts, balances and transactions."""

    def consent_state(self, consent_id: str) -> ConsentState:
        """Ask the bank what the consent is worth; the only thing to believe about it."""

    def revoke_consent(self, consent_id: str) -> None:
        """End the consent at the bank. A consent that has already ended is a success."""

    def accounts(self, consent_id: str) -> tuple[RemoteAccount, ...]:
        """Return the accounts the consent covers, in the bank's order."""

    def balances(
        self, consent_id: str, resource_id: str, *, user_ip: str | None = None
    ) -> tuple[Balance, ...]:
        """Return the balances of one account; possibly none."""

    def pages(
        self,
        consent_id: str,
        resource_id: str,
        *,
        date_from: date,
        date_to: date | None = None,
        user_ip: str | None = None,
    ) -> Iterator[Page]:
        """Yield the account's transactions booked from ``date_from`` up to ``date_to``.

        Both days are included; without ``date_to``, up to now and with what is pending.

        Every page is yielded before it is read, so the caller can keep the bytes first. The
        stretch is complete if, and only if, the iterator ends without an error. A page that
        ``starts_over`` voids those before it.

        :raise PeriodTooOld: when the bank shows nothing of ``date_from``
        """

    def read_page(
        self, content: bytes, *, media_type: str = "", resource_id: str = ""
    ) -> tuple[Entry, ...]:
        """Return the entries of one page, booked and pending, in the bank's order.

        :param media_type: as the page came
        :param resource_id: whose page it is; without it, entries of every currency come
        """

    def statement(
        self, consent_id: str, resource_id: str, *, date_from: date, date_to: date
    ) -> Page:
        """Return the bank's own statement file of the days, both included."""

    def files(self) -> Iterator[RemoteFile]:
        """Yield the statement files that lie ready and are complete, oldest first.

        Every file is yielded again until it has been acknowledged.
        """

    def acknowledge(self, name: str) -> None:
        """Tell the bank's side that the file is safe with us; repeating is a success."""

    def submit(self, consent_id: str | None, order: Order) -> OrderState:
        """Send the order, exactly once.

        :raise Ambiguous: when it may have been executed although no answer came
        """

    def order_state(self, consent_id: str | None, reference: str, kind: str) -> OrderState:
        """Ask what became of an order the bank gave ``reference``."""

    def find_order(
        self, consent_id: str | None, end_to_end_id: str, kind: str
    ) -> OrderState | None:
        """Look for an order whose answer was lost; ``None`` when the bank has none such."""


class Unsupported:
    """Base of adapters: refuses what ``BankAdapter`` names and a bank of this kind does not do."""

    def _refuse(self, *_arguments: Any, **_options: Any) -> Any:
        """Raise ``Permanent``: asking again cannot help."""
        raise Permanent("not_supported", "A bank of this kind does not offer this.")

    start_consent = consent_state = revoke_consent = accounts = balances = _refuse
    pages = read_page = statement = files = acknowledge = _refuse
    submit = order_state = find_order = _refuse


AdapterClass = TypeVar("AdapterClass", bound=type)

#: Adapter code → class. Lives as long as the process and serves every database; which adapters a
#: database offers is the Selection field of ``bank.connection``.
REGISTRY: dict[str, Any] = {}


def register(cls: AdapterClass) -> AdapterClass:
    """Make the decorated adapter available under its ``code``.

    :raise ValueError: when another class has taken the code
    """
    code: str = cls.code  # type: ignore[attr-defined]
    if REGISTRY.setdefault(code, cls) is not cls:
        message = f"adapter code {code!r} is taken by {REGISTRY[code].__qualname__}"
        raise ValueError(message)
    return cls
