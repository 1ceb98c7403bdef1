from contextlib import suppress

from odoo import fields, models

from ..connectors.base import (
    BankError,
    ConsentInvalid,
    ContractViolation,
    Permanent,
    QuotaExceeded,
    Temporary,
)
from .problems import problem_code, problem_sentence

#: Balances that stand for booked entries alone, the best one first.
BOOKED_BALANCES = ("closingBooked", "interimBooked")
#: Codes of ``Permanent`` that concern one account alone.
ACCOUNT_CODES = frozenset({"RESOURCE_UNKNOWN", "RESOURCE_BLOCKED", "ACCOUNT_CLOSED"})
#: Status that says the same, whatever code its body names.
ACCOUNT_STATUS = 404
#: Times in a row a bank may refuse a consent it calls valid, before a person is asked.
CONTRADICTIONS = 3
#: ``Temporary`` of our own making: it says nothing about the bank.
BUSY = "busy"


class BankConnectionAccount(models.Model):
    """One reading of one account: fetched whole, kept, laid against the mirror, or failed."""

    _inherit = "bank.connection.account"

    last_complete_at = fields.Datetime(
        string="Last Complete Read",
        readonly=True,
        copy=False,
        help="When the bank last gave everything that was asked, and it added up.",
    )

    def _sync(self, origin, user_ip=None):
        """Read the account from its bank and return the run; empty when it may not be read now.

        Unattended reads are counted before they happen, and committed with the run: whatever
        kills the server, the count stays.
        """
        self.ensure_one()
        quota, now, connection = self.env["bank.quota"], fields.Datetime.now(), self.connection_id
        recovery = self._is_recovering()
        if not user_ip and quota._left(self, now, recovery=recovery) == 0:
            connection._throttle(quota._free_at(self, now, recovery=recovery))
            return self.env["bank.sync.run"]
        quota._take(self, now, attended=bool(user_ip))
        run = self.env["bank.sync.run"]._begin(
            origin,
            company_id=self.company_id.id,
            connection_id=connection.id,
            account_id=self.id,
            date_from=self._window_start(),
            attended=bool(user_ip),
        )
        connection._checkpoint()
        try:
            reading = self._fetch(run, user_ip)
        except BankError as error:
            self._note_silence(run, error, now)
            self._fail(run, error)
        else:
            connection._breaker_note_answer()
            self._take_in(run, *reading)
        connection._checkpoint()
        return run

    def _is_recovering(self):
        """Return whether the last reading of the account did not succeed."""
        last = self.env["bank.sync.run"].search(
            [("account_id", "=", self.id), ("origin", "!=", "file")], limit=1
        )
        return bool(last) and last.state != "done"

    def _fetch(self, run, user_ip):
        """Return entries, documents and balances; every page is committed before it is read.

        :raise BankError: when the bank does not give a complete stretch
        """
        adapter = self.connection_id._adapter()
        documents = self._fetch_window(adapter, run, user_ip)
        entries = [
            entry
            for document in documents
            for entry in adapter.read_page(
                document._bytes(), media_type=document.media_type, resource_id=self.resource_id
            )
        ]
        consent = self.connection_id.consent_id.external_id
        balances = adapter.balances(consent, self.resource_id, user_ip=user_ip)
        return entries, documents, balances

    def _fetch_pages(self, adapter, run, user_ip, date_from, date_to=None):
        """Return the documents of one stretch of days.

        :raise BankError: when the bank does not give it whole
        """
        connection = self.connection_id
        consent = connection.consent_id.external_id
        documents = self.env["bank.raw.document"]
        pages = adapter.pages(
            consent, self.resource_id, date_from=date_from, date_to=date_to, user_ip=user_ip
        )
        for page in pages:
            if page.starts_over:
                documents = self._set_aside(documents)
            number = run.page_count + 1
            documents |= documents._keep(
                page.content,
                name=self.env._("%(account)s page %(number)s", account=self.name, number=number),
                company_id=self.company_id.id,
                run_id=run.id,
                account_id=self.id,
                source="api",
                media_type=page.media_type,
                request_id=page.request_id,
            )
            request_ids = [*(run.request_ids or ()), page.request_id]
            run.sudo().write({"page_count": number, "request_ids": request_ids})
            connection._checkpoint()
        return documents

    def _take_in(self, run, entries, documents, balances):
        """Lay a complete reading against the mirror, unless a file is just being imported."""
        # Look at the books as they are under the lock.
        self.connection_id._checkpoint()
        if not self._lock_books():
            self._fail(run, Temporary(BUSY, "A statement file is being imported."))
            return
        wanted = self._first_missing_day()
        self._apply_reading(run, entries, documents, balances)
        self._note_history(run, entries, wanted)
        if run.state == "done":
            self.sudo().last_complete_at = fields.Datetime.now()

    def _set_aside(self, documents):
        """Keep pages the bank's books moved under, as evidence only; return no documents."""
        sentence = self.env._("The bank's books moved while they were read; read again.")
        documents._transition("refused", problem_code="books_moved", problem=sentence)
        return documents.browse()

    def _apply_reading(self, run, entries, documents, balances):
        """Take a complete reading into the mirror, or quarantine it when it does not add up."""
        balance = next(
            (
                balance
                for kind in BOOKED_BALANCES
                for balance in balances
                if balance.kind == kind and balance.currency == self.currency_id.name
            ),
            None,
        )
        self.env["bank.entry"]._apply_reading(
            self,
            run,
            entries,
            documents,
            closing=balance and balance.amount,
            closing_date=balance and balance.reference_date,
        )

    # === FAILING === #

    def _note_silence(self, run, error, now):
        """Keep what a failed reading says about the bank: silent, closed for today, or well."""
        connection, quota = self.connection_id, self.env["bank.quota"]
        if isinstance(error, QuotaExceeded):
            connection._breaker_note_answer()
            connection._wait(error)
            if not run.attended:
                quota._close(self, now, connection.wait_until)
        elif isinstance(error, Temporary):
            connection._wait(error)
            connection._breaker_note_silence()
            if not run.page_count:
                # What the bank never answered it hardly counts. If it does, it will say so.
                quota._give_back(self, now, attended=run.attended)
        else:
            connection._breaker_note_answer()

    def _fail(self, run, error):
        """Close the run as failed, keeping what came and the reference to give the bank.

        Pages that came before the failure are kept as well, and not one of them is believed:
        half a stretch would look as if the rest had been taken back.
        """
        if isinstance(error, ContractViolation) and error.raw and not run.raw_document_ids:
            self.env["bank.raw.document"]._keep(
                error.raw,
                name=self.env._("%(account)s, not understood", account=self.name),
                company_id=self.company_id.id,
                run_id=run.id,
                account_id=self.id,
                source="api",
                request_id=error.request_id,
            )
        code, sentence = problem_code(error), problem_sentence(self.env, error)
        if isinstance(error, ConsentInvalid) and self._consent_is_fine() and self._may_be_patient():
            code, sentence = (
                "unreachable",
                problem_sentence(self.env, Temporary("contradiction", request_id=error.request_id)),
            )
        elif _concerns_account(error) and not run.page_count:
            code, sentence = self._note_unreadable(error)
        unread = run.raw_document_ids.filtered(lambda document: document.state == "received")
        unread._transition("refused", problem_code=error.code, problem=sentence)
        known = run.request_ids or []
        run._transition(
            "partial" if run.page_count else "failed",
            problem_code=code,
            problem=sentence,
            request_ids=[*known, error.request_id] if error.request_id else known,
        )

    def _may_be_patient(self):
        """Return whether a bank that contradicts itself may still come to its senses."""
        return self.connection_id.failure_count < CONTRADICTIONS

    def _consent_is_fine(self):
        """Ask the bank itself: its own errors sometimes look like a consent that has ended."""
        consent = self.connection_id.consent_id
        with suppress(BankError):
            consent._refresh()
        return consent.status == "valid"


def _concerns_account(error):
    """Return whether a refusal concerns one account alone: closed, blocked, or not ours to read."""
    return isinstance(error, Permanent) and (
        error.status == ACCOUNT_STATUS or error.code in ACCOUNT_CODES
    )
