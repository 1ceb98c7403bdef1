"""Documents as files: PDF where the server can make one, else the same as a web page."""


def render(env, report, ids, data=None):
    """Return a report as ``(bytes, media type)`` without storing anything.

    :param report: the name of the report
    :param data: what the report is asked for beside the records
    """
    reports = env["ir.actions.report"].with_context(report_pdf_no_attachment=True)
    if reports.get_wkhtmltopdf_state() == "ok":
        return reports._render_qweb_pdf(report, ids, data=data)[0], "application/pdf"
    return reports._render_qweb_html(report, ids, data=data)[0], "text/html"
