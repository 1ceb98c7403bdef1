from odoo import api, models

from .aged_report_page import ON_SCREEN


class ReportInvoiceCollectionsAgedReport(models.AbstractModel):
    """Gathers what the printed report shows."""

    _name = "report.invoice_collections.aged_report"
    _description = "Aged Receivables Report"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return what the template needs.

        :raise AccessError: for the report of somebody else
        """
        docs = self.env["collection.aged.report"].browse(docids).exists()
        return {
            "doc_ids": docs.ids,
            "doc_model": docs._name,
            "docs": docs,
            "pages": [doc._page(ON_SCREEN) for doc in docs],
        }
