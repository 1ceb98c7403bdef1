from contextlib import contextmanager, suppress
from datetime import timedelta

from odoo import models

from ..connectors.base import BankError, ConsentInvalid, ContractViolation, Temporary
from .problems import problem_code, problem_sentence

#: Days before the last complete read that every read covers again: banks add, re-date and correct
#: bookings for about two weeks.
OVERLAP_DAYS = 14
#: Days of history a first read asks for.
HISTORY_DAYS = 90
#: First key of the PostgreSQL advisory locks of this addon; the second is the account's id.
LOCK_SPACE = 0x62616E6B
#: Balances that stand for booked entries alone, the best one first.
BOOKED_BALANCES = ("closingBooked", "interimBooked")


class BankConnectionAccount(models.Model):
    """One reading of one account: fetched whole, kept, laid against the mirror, or failed."""

    _inherit = "bank.connection.account"

    def _sync(self, origin, user_ip=None):
        """Read each account from its bank and return the runs; one being read is left alone."""
        runs = self.env["bank.sync.run"]
        for account in self:
            with account._exclusive() as free:
                if free:
                    runs |= account._sync_exclusively(origin, user_ip)
        return runs

    @contextmanager
    def _exclusive(self):
        """Hold the account against every other worker; yields whether it was free.

        The lock lives on a connection of its own, so that commits in between do not release it
        and a dead worker does.
        """
        self.ensure_one()
        with self.env.registry.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK_SPACE, self.id])
            yield cursor.fetchone()[0]

    def _sync_exclusively(self, origin, user_ip):
        connection, date_from = self.connection_id, self._window_start()
        run = self.env["bank.sync.run"]._begin(
            origin,
            company_id=self.company_id.id,
            connection_id=connection.id,
            account_id=self.id,
            date_from=date_from,
        )
        connection._checkpoint()
        try:
            entries, documents, balances = self._fetch(run, user_ip)
        except BankError as error:
            self._fail(run, error)
        else:
            # A file may be imported meanwhile: look at the books as they are under the lock.
            connection._checkpoint()
            if self.sudo().try_lock_for_update(allow_referencing=True):
                self._apply_reading(run, entries, documents, balances)
            else:
                self._fail(run, Temporary("busy", "A statement file is being imported."))
        connection._checkpoint()
        return run

    def _window_start(self):
        """Return the first booking day the next read asks for."""
        self.ensure_one()
        if not self.covered_until:
            return self.company_id._bank_today() - timedelta(days=HISTORY_DAYS)
        overlap = self.covered_until - timedelta(days=OVERLAP_DAYS)
        return max(overlap, self.baseline_date or overlap)

    def _fetch(self, run, user_ip):
        """Return entries, documents and balances; every page is committed before it is read.

        :raise BankError: when the bank does not give a complete stretch
        """
        connection = self.connection_id
        adapter = connection._adapter()
        consent = connection.consent_id.external_id
        documents = self.env["bank.raw.document"]
        request_ids = []
        pages = adapter.pages(consent, self.resource_id, date_from=run.date_from, user_ip=user_ip)
        for number, page in enumerate(pages, start=1):
            if page.starts_over:
                documents = self._set_aside(documents)
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
            request_ids.append(page.request_id)
            run.sudo().write({"page_count": number, "request_ids": request_ids})
            connection._checkpoint()
        entries = [
            entry
            for document in documents
            for entry in adapter.read_page(
                document._bytes(), media_type=document.media_type, resource_id=self.resource_id
            )
        ]
        balances = adapter.balances(consent, self.resource_id, user_ip=user_ip)
        return entries, documents, balances

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

    def _fail(self, run, error):
        """Close the run as failed, keeping what came and the reference to give the bank."""
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
        run.raw_document_ids._transition("refused", problem_code=error.code, problem=sentence)
        if isinstance(error, Temporary):
            self.connection_id._wait(error)
        if isinstance(error, ConsentInvalid):
            with suppress(BankError):
                self.connection_id.consent_id._refresh()
        known = run.request_ids or []
        run._transition(
            "failed",
            problem_code=code,
            problem=sentence,
            request_ids=[*known, error.request_id] if error.request_id else known,
        )
