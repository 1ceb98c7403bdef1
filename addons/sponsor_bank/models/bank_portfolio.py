from collections import defaultdict
from datetime import timedelta

from odoo import api, models

#: Largest debtors shown to the bank.
TOP_DEBTORS = 10

#: Days of reminders that are counted.
REMINDER_DAYS = 30


class BankPortfolio(models.AbstractModel):
    """The figures a company shares with its bank: nothing a consent does not open.

    All methods run as superuser on an effective consent; which consent a person may use is
    decided before (record rules and ``SponsorBankPortal``).
    """

    _name = "bank.portfolio"
    _description = "Figures Shared with the Bank"

    @api.model
    def _figures(self, consent):
        """Return the shared figures, by block; a block that is not shared is ``None``.

        :return: ``{"as_of": date, "receivables": [...], "debtors": [...], "reminders": {...},
            "reconciliation": {...}}``; amounts are in the currency beside them
        """
        company = consent.company_id
        scopes = set(consent._scopes())
        scoped = self.with_company(company).with_context(allowed_company_ids=company.ids)
        today = company._collection_today()
        shares_receivables = "share_receivables" in scopes
        items = scoped._get_open_items(company) if shares_receivables else []
        return {
            "as_of": today,
            "receivables": scoped._receivables(items, today) if shares_receivables else None,
            "debtors": scoped._debtors(items, today, "share_debtor_names" in scopes)
            if shares_receivables
            else None,
            "reminders": scoped._reminders(company, today) if "share_reminders" in scopes else None,
            "reconciliation": scoped._reconciliation(company)
            if "share_reconciliation" in scopes
            else None,
        }
