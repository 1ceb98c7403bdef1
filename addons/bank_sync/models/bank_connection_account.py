from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import SQL

from .bank_entry_values import to_float

#: What a person decides about an account; everything else is what the bank says or proves.
DECIDED = frozenset({"active", "import_from", "journal_id"})


class BankConnectionAccount(models.Model):
    """One bank account whose books we mirror, fed by a connection, by files, or by both.

    How it finds its journal lies in ``bank_connection_account_link.py``, how it is read in
    ``bank_connection_account_sync.py``.
    """

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
    _number_uniq = models.UniqueIndex(
        "(company_id, iban, currency_id) WHERE iban IS NOT NULL AND active",
        "This bank account is known already. Open the page again.",
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

    @api.constrains("journal_id")
    def _check_journal_of_lines(self):
        """What is booked stays where it is: the lines of an account are all in one journal."""
        for account in self.filtered("journal_id"):
            lines_sudo = self.env["account.bank.statement.line"].sudo()
            if lines_sudo.search_count(
                [
                    ("bank_entry_id.account_id", "=", account.id),
                    ("journal_id", "!=", account.journal_id.id),
                ],
                limit=1,
            ):
                raise ValidationError(
                    self.env._(
                        "%(account)s has lines in another journal already and stays with it.",
                        account=account.name,
                    )
                )

    def write(self, vals):
        """Write what people decide.

        :raise AccessError: for a user who writes what the bank says or proves
        """
        if not self.env.su and (derived := vals.keys() - DECIDED):
            names = ", ".join(sorted(derived))
            raise AccessError(self.env._("%(fields)s cannot be written by hand.", fields=names))
        return super().write(vals)

    def _lock_books(self):
        """Take the books of the accounts for this transaction; return whether it could be done.

        A lock alone does not show whether the books changed since this transaction first looked:
        the touched row does. Who looked earlier and locks later is sent back to look again.
        """
        accounts_sudo = self.sudo()
        if len(accounts_sudo.try_lock_for_update(allow_referencing=True)) != len(self):
            return False
        if self:
            self.env.cr.execute(
                SQL("UPDATE bank_connection_account SET id = id WHERE id IN %s", tuple(self.ids))
            )
        return True

    @api.model
    def _currencies(self, names):
        """Return ISO code → currency, archived ones included."""
        currencies_sudo = self.env["res.currency"].sudo().with_context(active_test=False)
        found = currencies_sudo.search([("name", "in", list(names))])
        return {currency.name: currency for currency in found}

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
