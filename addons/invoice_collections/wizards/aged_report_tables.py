"""The aged receivables as tables, for XLSX and CSV: the figures of the screen, every line."""

from ..core.tables import Money, Table
from .aged_report_page import minor


def aged_report_tables(page):
    """Return the tables of a report: its lines, and every document where they are asked for.

    :param page: the ``AgedReportPage``, gathered without limit
    """
    tables = [_lines(page)]
    if page.report.with_items:
        tables.append(_documents(page))
    return tables


def _lines(page):
    env, rows = page.env, []
    for section in page.sections:
        currency = page.currency(section)
        for line in section.lines:
            amounts = (*line.amounts, line.total)
            cells = [Money(amount, currency.decimal_places) for amount in amounts]
            rows.append([page.names[line.key], line.count, *cells, currency.name])
    columns = [
        page.group_label(),
        env._("Documents"),
        *page.column_labels(),
        env._("Total"),
        env._("Currency"),
    ]
    return Table(page.title(), columns, rows)


def _documents(page):
    env, worth = page.env, page.company.currency_id
    items = page.documents()
    ages = dict(items._selection_age())
    rows = [
        [
            item.partner_id.sudo().display_name or "",
            item.move_name or "",
            item.reference or "",
            item.salesperson_id.sudo().name or "",
            item.date,
            item.due_date,
            item.days_overdue,
            ages[item.age],
            Money(minor(item.amount_currency, item.currency_id), item.currency_id.decimal_places),
            Money(minor(item.residual_currency, item.currency_id), item.currency_id.decimal_places),
            item.currency_id.name,
            Money(minor(item.residual, worth), worth.decimal_places),
        ]
        for item in items
    ]
    columns = [
        env._("Customer"),
        env._("Document"),
        env._("Reference"),
        env._("Salesperson"),
        env._("Date"),
        env._("Due"),
        env._("Days late"),
        env._("Age"),
        env._("Amount"),
        env._("Open"),
        env._("Currency"),
        env._("Open in %(currency)s", currency=worth.name),
    ]
    return Table(env._("Documents"), columns, rows)
