from contextlib import contextmanager, suppress
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..connectors.base import BankError, ConsentInvalid, ContractViolation, Temporary
from .bank_entry_values import to_float
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
    """One bank account whose books we mirror, fed by a connection, by files, or by both."""

    _name = "bank.connection.account"
    _description = "Connected Bank Account"
    _order = "connection_id, iban, id"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name", store=True)
    active = fields.Boolean(default=True)
    connection_id = fields.Many2one(
        "bank.connection", index=True, ondelete="restrict", check_company=True, readonly=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True, ondelete="restrict"
    )
    resource_id = fields.Char(readonly=True, help="The bank's name for it; may change.")
    iban = fields.Char(string="Account Number", readonly=True)
    owner_name = fields.Char(readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    journal_id = fields.Many2one(
        "account.journal",
        domain="[('type', '=', 'bank')]",
        check_company=True,
        index=True,
        ondelete="restrict",
    )
    import_from = fields.Date(
        string="Lines From",
        help="Entries booked before this day are kept, but make no statement line.",
    )
    covered_until = fields.Date(
        readonly=True, help="Through this day the bank's books are complete here."
    )
    baseline_date = fields.Date(readonly=True, help="First day our copy of the books begins.")
    baseline_balance = fields.Monetary(readonly=True, help="Balance before that day.")
    proved_balance = fields.Monetary(
        readonly=True, help="The bank's balance, last time our entries added up to it."
    )
    proved_on = fields.Date(readonly=True, help="Day the proved balance stands for.")
    last_proof = fields.Selection(selection="_selection_proof", readonly=True)
    trust_ids = fields.Boolean(
        default=True, readonly=True, help="Off once the bank has used one id for two entries."
    )
    run_ids = fields.One2many("bank.sync.run", "account_id", readonly=True)
    entry_ids = fields.One2many("bank.entry", "account_id", readonly=True)

    _resource_uniq = models.UniqueIndex(
        "(connection_id, resource_id) WHERE connection_id IS NOT NULL AND active",
        "The connection already has this account.",
    )
    _journal_uniq = models.UniqueIndex(
        "(journal_id) WHERE journal_id IS NOT NULL AND active",
        "Another bank account already feeds this journal.",
    )

    @api.model
    def _selection_proof(self):
        return [
            ("proved", "Proved"),
            ("baseline", "Baseline"),
            ("unproven", "Not proved"),
            ("failed", "Does not add up"),
        ]

    @api.depends("iban", "resource_id", "currency_id")
    def _compute_name(self):
        for account in self:
            number = account.iban or account.resource_id or ""
            account.name = f"{number} {account.currency_id.name or ''}".strip()

    @api.constrains("journal_id", "currency_id")
    def _check_journal_currency(self):
        """The bank's amounts are booked as they are: they must mean the same in the journal."""
        for account in self:
            journal = account.journal_id
            currency = journal.currency_id or journal.company_id.currency_id
            if journal and currency != account.currency_id:
                raise ValidationError(
                    self.env._(
                        "%(account)s cannot feed a journal kept in %(currency)s.",
                        account=account.name,
                        currency=currency.name,
                    )
                )

    # === LINKING === #

    @api.model
    def _link(self, connection, remote_accounts):
        """Keep the accounts a consent covers, and give each a journal. Safe to repeat.

        Accounts are recognised by number and currency, because a new consent may rename them;
        an account that came by file before is taken over. One a person archived stays archived:
        a second one would bring its entries again.
        """
        known_sudo = (
            self.sudo()
            .with_context(active_test=False)
            .search([("company_id", "=", connection.company_id.id)], order="active, id")
        )
        by_key = {
            (account.iban or account.resource_id, account.currency_id.name): account
            for account in known_sudo
        }
        by_name = self._currencies([remote.currency for remote in remote_accounts])
        for remote in remote_accounts:
            values = {
                "connection_id": connection.id,
                "resource_id": remote.resource_id,
                "owner_name": remote.owner_name,
            }
            account_sudo = by_key.get((remote.iban or remote.resource_id, remote.currency))
            currency = by_name.get(remote.currency)
            if account_sudo:
                account_sudo.write(values)
            elif currency:
                currency.active = True
                account_sudo = self.sudo().create(
                    {
                        **values,
                        "company_id": connection.company_id.id,
                        "iban": remote.iban,
                        "currency_id": currency.id,
                    }
                )
            else:
                continue
            account_sudo._ensure_journal()
            self.env["bank.event"]._record("account_linked", account_sudo)

    @api.model
    def _currencies(self, names):
        """Return ISO code → currency, archived ones included."""
        currencies_sudo = self.env["res.currency"].sudo().with_context(active_test=False)
        found = currencies_sudo.search([("name", "in", list(names))])
        return {currency.name: currency for currency in found}

    @api.model
    def _from_journal(self, company, number, currency_name):
        """Return a new account for the bank journal that bears ``number``, or nothing.

        :param currency_name: the statement's currency; the journal must be kept in it
        """
        journal = (
            self.env["account.journal"]
            .search([("company_id", "=", company.id), ("type", "=", "bank")])
            .filtered(
                lambda journal: (
                    journal.bank_account_id.sanitized_acc_number == number
                    and not journal.with_context(active_test=False).bank_connection_account_ids
                )
            )[:1]
        )
        currency = journal.currency_id or company.currency_id
        if not journal or currency_name not in (None, currency.name):
            return self.browse()
        return self.create(
            {
                "company_id": company.id,
                "iban": number,
                "currency_id": currency.id,
                "journal_id": journal.id,
                "owner_name": company.name,
            }
        )

    def _ensure_journal(self):
        """Give the account the journal that bears its number, an unused one, or a new one."""
        self.ensure_one()
        if not self.journal_id:
            self.journal_id = self._find_journal() or self._create_journal()
        journal = self.journal_id
        if not journal.bank_account_id and self.iban:
            journal.set_bank_account(self.iban)
        if journal.bank_statements_source == "undefined":
            journal.bank_statements_source = "bank_sync"

    def _find_journal(self):
        """Return the company's journal for this account number and currency, if there is one."""
        number = (self.iban or "").replace(" ", "").upper()
        taken = self.search([("journal_id", "!=", False)]).journal_id
        journals = (
            self.env["account.journal"]
            .search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("type", "=", "bank"),
                    ("id", "not in", taken.ids),
                ]
            )
            .filtered(
                lambda journal: (
                    (journal.currency_id or journal.company_id.currency_id) == self.currency_id
                )
            )
        )
        bearing = journals.filtered(
            lambda journal: number and journal.bank_account_id.sanitized_acc_number == number
        )
        if bearing:
            return bearing[0]
        unused = journals.filtered(lambda journal: not journal.bank_account_id)
        used = self.env["account.move"]._read_group(
            [("journal_id", "in", unused.ids)], ["journal_id"]
        )
        return (unused - self.env["account.journal"].union(*(row[0] for row in used)))[:1]

    def _create_journal(self):
        company = self.company_id
        return (
            self.env["account.journal"]
            .with_company(company)
            .create(
                {
                    "name": self._journal_name(),
                    "type": "bank",
                    "company_id": company.id,
                    "currency_id": self.currency_id.id
                    if self.currency_id != company.currency_id
                    else False,
                    "bank_acc_number": self.iban,
                    "bank_statements_source": "bank_sync",
                }
            )
        )

    def _journal_name(self):
        """Return a name short enough for a dashboard: bank, currency and the number's end."""
        ending = (self.iban or self.resource_id or "")[-4:]
        return f"{self.connection_id.name or ''} {self.currency_id.name} {ending}".strip()

    # === SYNC === #

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
            entry for document in documents for entry in adapter.read_page(document._bytes())
        ]
        balances = adapter.balances(consent, self.resource_id, user_ip=user_ip)
        return entries, documents, balances

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

    def _note_proof(self, status, closing, through):
        """Keep how far the books are complete, and what proves it.

        :param through: last complete day, ``None`` if not said; nobody knows tomorrow's books
        """
        self.ensure_one()
        values = {"last_proof": status}
        if through:
            through = min(through, self.company_id._bank_today())
            values["covered_until"] = max(through, self.covered_until or through)
        if through and closing is not None:
            values["proved_balance"] = to_float(closing, self.currency_id.name)
            values["proved_on"] = through
        self.write(values)

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
