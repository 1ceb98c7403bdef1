from odoo import api, fields, models
from odoo.fields import Command


class BankConnectionWizardAccount(models.TransientModel):
    """One account of the bank, and where its entries are to go."""

    _name = "bank.connection.wizard.account"
    _description = "Account to Connect"
    _order = "id"

    wizard_id = fields.Many2one("bank.connection.wizard", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="wizard_id.company_id")
    account_id = fields.Many2one("bank.connection.account", required=True, readonly=True)
    iban = fields.Char(related="account_id.iban", string="Number")
    owner_name = fields.Char(related="account_id.owner_name")
    currency_id = fields.Many2one(related="account_id.currency_id")
    is_read = fields.Boolean(string="Read", default=True)
    journal_id = fields.Many2one(
        "account.journal",
        domain="[('type', '=', 'bank'), ('company_id', '=', company_id), '|', "
        "('currency_id', '=', currency_id), "
        "'&', ('currency_id', '=', False), ('company_id.currency_id', '=', currency_id)]",
        help="Leave it empty to have a journal made in the account's currency.",
    )
    journal_text = fields.Char(compute="_compute_journal_text", string="Leads To")
    import_from = fields.Date(
        string="Lines From",
        help="Entries booked before this day are kept as proof, but make no bank line. Choose the "
        "day after your last entries by hand, so that nothing is booked twice.",
    )

    @api.depends("journal_id", "is_read")
    @api.depends_context("lang")
    def _compute_journal_text(self):
        for line in self:
            if not line.is_read:
                line.journal_text = self.env._("Not read")
            elif line.journal_id:
                line.journal_text = line.journal_id.display_name
            else:
                line.journal_text = self.env._(
                    "New journal: %(name)s", name=line.account_id._journal_name()
                )

    @api.model
    def _values_for(self, connection):
        """Return the commands that list the accounts, each with the journal that fits it best."""
        commands, taken = [], self.env["account.journal"]
        for account in connection.account_ids:
            if account.coverage != "covered" or account.journal_id:
                continue
            found = account.sudo()._find_journal()
            proposed = found - taken
            taken |= found
            commands.append(
                Command.create(
                    {
                        "account_id": account.id,
                        "journal_id": proposed.id,
                        "import_from": account.import_from,
                    }
                )
            )
        return commands

    def _is_of_its_bank(self):
        return self.account_id.connection_id == self.wizard_id.connection_id

    def _link(self):
        """Lead each account to its journal, made where none was chosen.

        :raise AccessError: for an account the user may not write
        """
        for line in self.filtered(lambda line: line._is_of_its_bank()):
            line.account_id.check_access("write")
            account_sudo = line.account_id.sudo()
            account_sudo.import_from = line.import_from
            account_sudo.journal_id = line.journal_id or account_sudo._create_journal()
            account_sudo._ensure_journal()
