from odoo import api, models
from odoo.exceptions import UserError

from ..core.account_number import compact, same_account


class BankConnectionAccount(models.Model):
    """Which of our accounts a statement file is of."""

    _inherit = "bank.connection.account"

    @api.model
    def _find_for_file(self, company, number, currency_name):
        """Return the account a statement speaks of; nothing where it could be several.

        :param number: as written in the file
        :param currency_name: ISO code, ``None`` where the file does not say it
        """
        wanted = compact(number, currency_name)
        accounts_sudo = self.sudo().search(
            [("company_id", "=", company.id), ("journal_id", "!=", False)]
        )
        found = accounts_sudo.filtered(
            lambda account: (
                same_account(compact(account.iban), wanted)
                and currency_name in (None, account.currency_id.name)
            )
        )
        return found if len(found) == 1 else self.browse()

    @api.model
    def _find_journal_for_file(self, company, number, currency_name):
        """Return the one bank journal without an account that bears the number of a statement."""
        wanted = compact(number, currency_name)
        found = self._unfed_journals(company, currency_name).filtered(
            lambda journal: same_account(
                compact(journal.bank_account_id.sanitized_acc_number), wanted
            )
        )
        return found if len(found) == 1 else found.browse()

    @api.model
    def _of_journal(self, journal, number):
        """Return the account that feeds a chosen journal, unless it has another number."""
        known_sudo = self.sudo().search([("journal_id", "=", journal.id)])
        fits = not compact(number) or same_account(compact(known_sudo.iban), compact(number))
        return known_sudo if fits else self.sudo().browse()

    @api.model
    def _unfed_journals(self, company, currency_name):
        """Return the bank journals kept in a currency that no account feeds, archived or not."""
        fed = self.sudo().with_context(active_test=False)
        fed = fed.search([("company_id", "=", company.id), ("journal_id", "!=", False)])
        journals = self.env["account.journal"].search(
            [
                ("company_id", "=", company.id),
                ("type", "=", "bank"),
                ("id", "not in", fed.journal_id.ids),
            ]
        )
        return journals.filtered(
            lambda journal: (
                currency_name in (None, (journal.currency_id or company.currency_id).name)
            )
        )

    @api.model
    def _choose_for_file(self, company, number, currency_name, journal):
        """Return the account of a statement whose journal is known; made where it is missing.

        :param journal: empty to make a new one
        :raise UserError: when the journal is of another company, account or currency
        """
        accounts_sudo = self.sudo()
        if journal and journal.company_id != company:
            raise UserError(
                self.env._(
                    "Journal %(journal)s belongs to another company.", journal=journal.display_name
                )
            )
        known = accounts_sudo.search([("journal_id", "=", journal.id)]) if journal else self
        if known and (not number or same_account(compact(known.iban), compact(number))):
            return known.sudo()
        if known:
            raise UserError(
                self.env._(
                    "Journal %(journal)s is of account %(account)s already. Choose another one.",
                    journal=journal.display_name,
                    account=known.name,
                )
            )
        self._check_not_archived(company, number)
        currency = self._currencies([currency_name])[currency_name] if currency_name else None
        currency = currency or journal.currency_id or company.currency_id
        currency.sudo().active = True
        account_sudo = accounts_sudo.create(
            {
                "company_id": company.id,
                "iban": compact(number, currency_name) or journal.bank_account_id.acc_number,
                "currency_id": currency.id,
                "journal_id": journal.id,
                "owner_name": company.name,
            }
        )
        account_sudo._ensure_journal()
        self.env["bank.event"]._record("account_linked", account_sudo)
        return account_sudo

    @api.model
    def _check_not_archived(self, company, number):
        """Refuse a second account for a number: its entries would come a second time."""
        archived = self.sudo().search([("company_id", "=", company.id), ("active", "=", False)])
        for account in archived:
            if same_account(compact(account.iban), compact(number)):
                raise UserError(
                    self.env._(
                        "Account %(account)s is archived. Take it out of the archive to import its "
                        "statements.",
                        account=account.name,
                    )
                )

    def _distrust(self):
        """Take back what was proved: entries were booked that the bank's balances contradict.

        The next reading that adds up in itself is where our copy of the books begins anew.
        """
        self.sudo().write(
            {
                "last_proof": "unproven",
                "baseline_date": False,
                "baseline_balance": 0.0,
                "proved_balance": 0.0,
                "proved_on": False,
            }
        )
