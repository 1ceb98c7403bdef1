from odoo import api, models


class BankConnectionAccount(models.Model):
    """How an account of a bank is recognised, and which journal it leads to."""

    _inherit = "bank.connection.account"

    @api.model
    def _link(self, connection, remote_accounts, *, journals=True):
        """Keep the accounts a consent covers, and give each a journal. Safe to repeat.

        An account the consent leaves out is no longer read; the others go on.

        Accounts are recognised by number and currency, because a new consent may rename them;
        an account that came by file before is taken over. One a person archived stays archived:
        a second one would bring its entries again.

        :param journals: whether to choose journals, or to leave that to a person
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
        self._forget_names(connection, remote_accounts)
        linked = self.browse()
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
            if journals:
                account_sudo._ensure_journal()
            linked |= account_sudo
            self.env["bank.event"]._record("account_linked", account_sudo)
            account_sudo._cover("covered" if remote.usable else "closed")
        (connection.account_ids - linked)._cover("not_covered")

    @api.model
    def _forget_names(self, connection, remote_accounts):
        """Make room for the bank's new names: it may have given an old one to another account."""
        names = {remote.resource_id for remote in remote_accounts}
        known_sudo = connection.sudo().account_ids
        known_sudo.filtered(lambda account: account.resource_id in names and account.iban).write(
            {"resource_id": False}
        )
        known_sudo.flush_recordset(["resource_id"])

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
                    "code": self._journal_code(),
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

    def _journal_code(self):
        """Return a free code: Odoo's own, and another one beyond the 99 it makes up."""
        journals, company = self.env["account.journal"], self.company_id
        own = journals._get_next_journal_default_code("bank", company)
        if own:
            return own
        taken = set(
            journals.with_context(active_test=False)
            .search([("company_id", "=", company.id), ("code", "=like", "BK%")])
            .mapped("code")
        )
        return next(code for code in (f"BK{n}" for n in range(100, 1000)) if code not in taken)

    def _journal_name(self):
        """Return a name short enough for a dashboard: bank, currency and the number's end."""
        ending = (self.iban or self.resource_id or "")[-4:]
        return f"{self.connection_id.name or ''} {self.currency_id.name} {ending}".strip()
