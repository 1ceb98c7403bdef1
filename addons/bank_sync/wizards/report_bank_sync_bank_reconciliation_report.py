from odoo import api, models

from .reconciliation_report import ON_SCREEN


class ReportBankSyncBankReconciliationReport(models.AbstractModel):
    """Gathers what the printed report shows."""

    _name = "report.bank_sync.bank_reconciliation_report"
    _description = "Bank Reconciliation Report"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return what the template needs.

        :raise AccessError: for the report of somebody else
        """
        docs = self.env["bank.reconciliation"].browse(docids).exists()
        return {
            "doc_ids": docs.ids,
            "doc_model": docs._name,
            "docs": docs,
            "reports": [(doc, doc._report(ON_SCREEN)) for doc in docs],
        }
