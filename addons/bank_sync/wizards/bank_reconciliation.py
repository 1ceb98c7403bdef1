from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .reconciliation_files import to_csv, to_xlsx
from .reconciliation_report import ReconciliationReport
from .reconciliation_tables import ReconciliationTables

#: File format → what makes it of tables, and its media type.
FORMATS = {
    "csv": (to_csv, "text/csv; charset=utf-8"),
    "xlsx": (to_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
#: Journals the bank tells balances of.
TYPES = ("bank", "credit")


class BankReconciliation(models.TransientModel):
    """Asks for journals and a day, and shows how bank and ledger agree on it.

    It belongs to whoever made it; nobody else can open the report under its number.
    """

    _name = "bank.reconciliation"
    _description = "Bank Reconciliation"

    journal_ids = fields.Many2many(
        "account.journal",
        string="Journals",
        required=True,
        domain=[("type", "in", TYPES)],
        default=lambda self: self._default_journals(),
    )
    date = fields.Date(
        string="As of", required=True, default=lambda self: self.env.company._bank_today()
    )

    @api.model
    def _default_journals(self):
        return self.env["account.journal"].search(
            [("type", "in", TYPES), ("company_id", "=", self.env.company.id)]
        )

    def _compute_display_name(self):
        for wizard in self:
            wizard.display_name = self.env._("Bank Reconciliation")

    @api.constrains("date", "journal_ids")
    def _check_journals_and_date(self):
        """Refuse days to come, journals of others, and such as no bank tells balances of.

        :raise AccessError: for journals of companies the user does not work for
        """
        for wizard in self:
            companies = wizard._allowed_journals().company_id
            today = max(company._bank_today() for company in companies)
            if wizard.date > today:
                raise ValidationError(
                    self.env._(
                        "%(day)s has not come yet: choose %(today)s or an earlier day.",
                        day=wizard.date,
                        today=today,
                    )
                )

    def _allowed_journals(self):
        """Return the journals, as the user may read them, whichever companies are switched on."""
        self.ensure_one()
        companies = self.env.user.company_ids
        journals = self.with_context(allowed_company_ids=companies.ids).sudo().journal_ids
        if foreign := journals.filtered(lambda journal: journal.company_id not in companies):
            raise AccessError(
                self.env._(
                    "Journal %(code)s belongs to a company you do not work for.",
                    code=foreign[0].code,
                )
            )
        journals = journals.sudo(False)
        journals.check_access("read")
        if not journals:
            raise UserError(self.env._("Choose at least one journal."))
        for journal in journals:
            if journal.type not in TYPES or not journal.default_account_id:
                raise UserError(
                    self.env._(
                        "%(journal)s has no bank account in the ledger. Choose a bank journal, or "
                        "set its account.",
                        journal=journal.display_name,
                    )
                )
        return journals

    # === THE REPORT === #

    def _check_role(self):
        """Refuse whoever is no accountant, and whose report it is not.

        :raise AccessError: for everybody else
        """
        if not self.env.user.has_group("bank_sync.group_user"):
            raise AccessError(self.env._("Only accountants of the bank see reconciliations."))
        self.check_access("read")

    def _report(self, limit=None):
        """Return the report as it is now.

        :param limit: how many rows of each list; ``None`` for all
        """
        self.ensure_one()
        self._check_role()
        journals = self._allowed_journals()
        self.env.flush_all()
        return ReconciliationReport(journals.env, journals, self.date, limit)

    def _file_name(self):
        """Return the name of the file without its ending: what, which journals, which day."""
        self.ensure_one()
        journals = self._allowed_journals()
        codes = "-".join(journals.mapped("code")[:4])
        what = self.env._("Reconciliation")
        name = f"{what}-{codes}-{self.date}"
        return "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in name)

    def _file(self, kind):
        """Return name, media type and bytes of the report as a file; it holds every row.

        :return: ``None`` for a kind of file we do not make
        """
        if kind not in FORMATS:
            return None
        make, media_type = FORMATS[kind]
        tables = ReconciliationTables(self._report()).tables()
        return f"{self._file_name()}.{kind}", media_type, make(tables)

    # === ACTIONS === #

    def action_show(self):
        """Open the report on screen."""
        return self._report_action("qweb-html")

    def action_pdf(self):
        """Print the report; where the server cannot make PDFs, Odoo shows it on screen."""
        return self._report_action("qweb-pdf")

    def _report_action(self, kind):
        self.ensure_one()
        self._allowed_journals()
        report = self.env.ref("bank_sync.bank_reconciliation_action_report")
        return {**report.report_action(self, config=False), "report_type": kind}

    def action_xlsx(self):
        """Download the report as a workbook."""
        return self._download("xlsx")

    def action_csv(self):
        """Download the report as comma-separated values."""
        return self._download("csv")

    def _download(self, kind):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/bank_sync/reconciliation/{self.id}/{kind}",
            "target": "download",
        }
