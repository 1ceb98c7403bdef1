"""A bank in memory whose every answer a test decides, behind the adapter protocol.

The sandbox bank is a process of its own and stays the better witness. This one is for what no
process does on demand: other wordings, other clocks, an account closed between two calls.
"""

import json
from datetime import date, timedelta
from unittest.mock import patch

from odoo.addons.bank_sync.connectors.base import (
    REGISTRY,
    Balance,
    Capabilities,
    ConsentInvalid,
    ConsentStart,
    ConsentState,
    Page,
    PeriodTooOld,
    RemoteAccount,
    Unsupported,
)
from odoo.addons.bank_sync.core.statement import Entry

from .common import BankSyncCommon

IBAN = "FR7612345000010000000000103"
OTHER_IBAN = "FR7612345000010000000000200"


class FakeBank:
    """What the bank knows and how it behaves. Entries lie on the account numbered ``IBAN``.

    :ivar gone: resource id → error to raise when that account is read
    :ivar calls: (method, arguments) of every call, in order
    :ivar fails: method → error to raise, or a callable that returns one or ``None``
    :ivar keeps_days: entries older than this are not shown; ``refuses`` says whether asking for
        them is refused or silently answered with less
    """

    def __init__(self, today):
        self.today = today
        self.accounts = [RemoteAccount("r1", IBAN, "EUR", "Maison Tilleul", None)]
        self.entries = []
        self.consents = {}
        self.calls = []
        self.fails = {}
        self.keeps_days = None
        self.refuses = False
        self.gone = {}
        self.decoupled = False
        self.ends = {}
        self.approves_after = None

    def book(self, day, amount, text="payment"):
        """Book an entry; ``day`` may be a number of days before today."""
        when = day if isinstance(day, date) else self.today - timedelta(days=day)
        self.entries.append((when, amount, text, f"E{len(self.entries) + 1}"))

    def status_of(self, consent_id):
        """Return the consent's status; its person approves when asked often enough."""
        if self.approves_after and self.count("consent_state") >= self.approves_after:
            self.consents[consent_id] = "valid"
        return self.consents[consent_id]

    def is_main(self, resource_id):
        """Return whether the entries lie on this account, whatever it is called today."""
        return any(
            account.iban == IBAN for account in self.accounts if account.resource_id == resource_id
        )

    def count(self, method):
        """Return how often the bank was asked this."""
        return sum(name == method for name, _arguments in self.calls)

    def note(self, method, **arguments):
        self.calls.append((method, arguments))
        failure = self.fails.get(method)
        failure = failure() if callable(failure) else failure
        if failure:
            raise failure


class FakeAdapter(Unsupported):
    """The protocol, answered by the ``bank`` of the class."""

    code = "berlin_group"
    bank = None

    def __init__(self, *_arguments):
        """Take whatever the connection builds adapters from."""

    def start_consent(self, *, redirect_url, cancel_url, valid_until, user_ip, **_more):
        self.bank.note("start_consent", user_ip=user_ip)
        consent_id = f"C{len(self.bank.consents) + 1}"
        self.bank.consents[consent_id] = "received"
        self.bank.ends[consent_id] = valid_until
        page = None if self.bank.decoupled else f"https://bank.example/sca/{consent_id}"
        words = "Approve in your app" if self.bank.decoupled else None
        return ConsentStart(consent_id, "received", page, f"req-{consent_id}", words)

    def consent_state(self, consent_id):
        self.bank.note("consent_state", consent_id=consent_id)
        status = self.bank.status_of(consent_id)
        return ConsentState(consent_id, status, self.bank.ends[consent_id], "req-state")

    def revoke_consent(self, consent_id):
        self.bank.note("revoke_consent", consent_id=consent_id)
        self.bank.consents[consent_id] = "terminatedByTpp"

    def accounts(self, consent_id):
        self.bank.note("accounts", consent_id=consent_id)
        return tuple(self.bank.accounts)

    def balances(self, consent_id, resource_id, *, user_ip=None):
        self.bank.note("balances", user_ip=user_ip)
        mine = sum(amount for _day, amount, _text, _id in self.bank.entries)
        total = mine if self.bank.is_main(resource_id) else 0
        return (Balance("closingBooked", 100000 + total, "EUR", self.bank.today),)

    def pages(self, consent_id, resource_id, *, date_from, date_to=None, user_ip=None):
        self.bank.note("pages", user_ip=user_ip, date_from=date_from, date_to=date_to)
        if self.bank.consents[consent_id] != "valid":
            raise ConsentInvalid("CONSENT_INVALID", request_id="req-consent")
        if resource_id in self.bank.gone:
            raise self.bank.gone[resource_id]
        oldest = self.bank.today - timedelta(days=(self.bank.keeps_days or 10_000) - 1)
        if self.bank.refuses and date_from < oldest:
            raise PeriodTooOld("PERIOD_INVALID", request_id="req-period")
        shown = [
            [day.isoformat(), amount, text, key]
            for day, amount, text, key in self.bank.entries
            if max(oldest, date_from) <= day <= (date_to or self.bank.today)
            and self.bank.is_main(resource_id)
        ]
        yield Page(json.dumps(shown).encode(), "application/json", "req-page")

    def read_page(self, content, **_options):
        return tuple(
            Entry(
                booking_date=date.fromisoformat(day),
                value_date=date.fromisoformat(day),
                amount=amount,
                currency="EUR",
                entry_reference=key,
                remittance=(text,),
            )
            for day, amount, text, key in json.loads(content)
        )


def adapter_of(bank, **capabilities):
    """Return an adapter class for the registry that talks to ``bank``."""
    options = {"link": frozenset({"redirect", "decoupled"}), "delivers": "pages", **capabilities}
    values = {"bank": bank, "capabilities": Capabilities(**options)}
    return type("FakeAdapter", (FakeAdapter,), values)


class FakeBankCommon(BankSyncCommon):
    """A company connected to a bank in memory; nothing leaves the process."""

    capabilities = {}

    def setUp(self):
        super().setUp()
        self.bank = FakeBank(self.today)
        adapter = adapter_of(self.bank, **self.capabilities)
        self.startPatcher(patch.dict(REGISTRY, {"berlin_group": adapter}))
        self.connection = (
            self.env["bank.connection"]
            .with_user(self.manager)
            .create({"name": "Banque du Parc", "base_url": "https://bank.example"})
        )

    def ask(self, **options):
        """Ask for a consent as the manager."""
        return self.connection._ask_consent(**options)

    def connect(self, **options):
        """Connect the company to all accounts of the bank and return them."""
        consent = self.ask(**options)
        self.bank.consents[consent.external_id] = "valid"
        self.assertTrue(self.connection._finish_consent(consent))
        return self.connection.account_ids

    def read_alone(self):
        """Read as the schedule does, with nobody waiting, and return the runs."""
        return self.connection.sudo()._sync()

    def read_waiting(self):
        """Read as a person does who waits for the answer, and return the runs."""
        return self.connection.with_user(self.env.user)._sync(origin="user", user_ip="192.0.2.7")

    def run_cron(self, name="sync"):
        """Run one of the schedules as Odoo does."""
        with self.enter_registry_test_mode():
            self.env.ref(f"bank_sync.bank_connection_cron_{name}").sudo().method_direct_trigger()

    def move_to(self, today):
        """Let the bank's day be ``today``; the test freezes our clock itself."""
        self.bank.today = today
