from odoo import api, models


class ReportInvoiceCollectionsStatementReport(models.AbstractModel):
    """Gathers what the printed statements show."""

    _name = "report.invoice_collections.statement_report"
    _description = "Statement of Account Report"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return what the template needs: the cases (sudo), their days and languages.

        :param data: ``case_ids`` in place of ``docids``, ``date_from`` and ``date_to``; all may
            be missing
        :raise AccessError: for who may not read the cases
        """
        asked = data or {}
        cases = self.env["collection.case"].browse(docids or asked.get("case_ids")).exists()
        cases.check_access("read")
        docs = []
        for case_sudo in cases.sudo():
            lang = case_sudo._debtor_lang()
            since, until = case_sudo._statement_days(asked.get("date_from"), asked.get("date_to"))
            docs.append((case_sudo.with_context(lang=lang), lang, since, until))
        return {"doc_ids": cases.ids, "doc_model": cases._name, "docs": cases, "statements": docs}
