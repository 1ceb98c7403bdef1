"""The aged receivables as a page: sections of lines, and the documents behind them."""

from odoo.tools import format_date

from ..core.aged_report import COLUMNS, Cell, sections

#: Lines of a section on screen and on paper, and documents of a line; files hold all.
ON_SCREEN = 200
#: What is read of every item at once.
_READ = [
    "age",
    "amount_currency",
    "company_id",
    "country_id",
    "currency_id",
    "date",
    "days_overdue",
    "due_date",
    "move_id",
    "move_name",
    "partner_id",
    "reference",
    "residual",
    "residual_currency",
    "salesperson_id",
    "user_id",
]


class AgedReportPage:
    """Everything one report shows; a fixed number of queries, however many customers.

    :param report: the ``collection.aged.report``
    :param limit: how many lines of each section; ``None`` for all
    """

    def __init__(self, report, limit=None):
        self.report, self.limit, self.env = report, limit, report.env
        self.company, self.day = report.company_id, report.date
        self.items, self.domain = report._items(), report._domain()
        self.sections = sections(self._cells(), self._currency_of_all())
        self.names = self._names()
        self.currencies = self.env["res.currency"].browse(
            section.currency for section in self.sections
        )
        self.columns = COLUMNS
        self._documents = self._cases = None

    def _currency_of_all(self):
        return self.company.currency_id.id if self.report.amounts == "company" else None

    def _cells(self):
        groups = self.items._read_group(
            self.domain,
            [self.report.group_by, "currency_id", "age"],
            ["residual_currency:sum", "residual:sum", "__count"],
        )
        worth = self.company.currency_id
        return [
            Cell(key.id or 0, currency.id, age, minor(own, currency), minor(value, worth), count)
            for key, currency, age, own, value, count in groups
        ]

    def _names(self):
        """Return ``{key: what a line is called}``, read at once."""
        field = self.items._fields[self.report.group_by]
        keys = [line.key for section in self.sections for line in section.lines if line.key]
        records = self.env[field.comodel_name].sudo().browse(keys)
        names = {record.id: record.display_name for record in records}
        return {0: self.env._("None"), **names}

    # === FOR TEMPLATE AND FILES === #

    def title(self):
        """Return the head of the report."""
        return self.env._("Aged receivables")

    def subtitle(self):
        """Say what the report is about, and who made it."""
        return self.env._(
            "As of %(day)s, by due date; made by %(user)s",
            day=format_date(self.env, self.day),
            user=self.env.user.name,
        )

    def filters(self):
        """Return sentences on what was left out."""
        report, told = self.report, []
        if report.only_overdue:
            told.append(self.env._("Only what is overdue; credits are left out."))
        if report.partner_ids:
            names = ", ".join(report.partner_ids.mapped("display_name")[:5])
            told.append(self.env._("Customers: %(names)s", names=names))
        if report.salesperson_ids:
            names = ", ".join(report.salesperson_ids.mapped("name")[:5])
            told.append(self.env._("Salespersons: %(names)s", names=names))
        return told

    def group_label(self):
        """Return what the first column is called."""
        labels = self.report._fields["group_by"]._description_selection(self.env)
        return dict(labels)[self.report.group_by]

    def column_labels(self):
        """Return the heads of the columns with amounts."""
        labels = dict(self.items._selection_age())
        return [labels[column] for column in COLUMNS]

    def currency(self, section):
        """Return the currency of a section."""
        return self.currencies.browse(section.currency)

    def shown(self, section):
        """Return the lines that fit on the page."""
        return section.lines[: self.limit]

    def money(self, amount, section):
        """Return an amount as people read it; nothing where there is none."""
        currency = self.currency(section)
        return currency.format(amount / 10**currency.decimal_places) if amount else ""

    def share(self, line, section):
        """Return how much of what is owed is overdue, in whole percent."""
        owed = line.total - line.amounts[-1]
        return round(100 * line.overdue / owed) if owed > 0 else 0

    def bars(self, section):
        """Return ``(column, label, amount, percent)`` of the debts of a section, for the bar."""
        debts = list(zip(COLUMNS, self.column_labels(), section.total.amounts, strict=True))[:-1]
        whole = sum(amount for _code, _label, amount in debts)
        return [
            (code, label, amount, round(100 * amount / whole, 2) if whole else 0)
            for code, label, amount in debts
        ]

    def target(self, line):
        """Return ``(model, id)`` a line leads to: the case of the customer, or the customer."""
        if self.report.group_by != "partner_id" or not line.key:
            return None
        if self._cases is None:
            found = self.env["collection.case"].search_fetch(
                [
                    ("partner_id", "in", list(self.names)),
                    ("company_id", "=", self.company.id),
                ],
                ["partner_id"],
            )
            self._cases = {case.partner_id.id: case.id for case in found}
        case = self._cases.get(line.key)
        return ("collection.case", case) if case else ("res.partner", line.key)

    def documents(self, line=None, section=None):
        """Return the items of a line, the oldest due date first; of all lines where none is given.

        :return: records of ``collection.aged.item``
        """
        if self._documents is None:
            self._documents = self.items.search(self.domain, order="due_date, id")
            self._documents.fetch(_READ)
            self._by_line = self._documents.grouped(self._line_of)
        if line is None:
            return self._documents
        return self._by_line.get((section.currency, line.key), self.items)

    def _line_of(self, item):
        own = self.report.amounts == "own"
        currency = item.currency_id if own else item.company_currency_id
        return currency.id, item[self.report.group_by].id or 0

    def open_of(self, item, section):
        """Return what is open of an item, in the currency of the section."""
        own = section.currency == item.currency_id.id
        return minor(item.residual_currency if own else item.residual, self.currency(section))

    def cut(self, section):
        """Say that the page shows only the first lines."""
        return self.env._(
            "The first %(limit)s of %(count)s lines. XLSX and CSV hold all of them.",
            limit=self.limit,
            count=len(section.lines),
        )


def minor(amount, currency):
    """Return an amount of the books in minor units."""
    return round((amount or 0.0) * 10**currency.decimal_places)
