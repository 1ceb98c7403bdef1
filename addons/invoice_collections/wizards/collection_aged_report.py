from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core.tables import to_csv, to_xlsx
from .aged_report_page import AgedReportPage
from .aged_report_tables import aged_report_tables

#: File format → what makes it of tables, and its media type.
FORMATS = {
    "csv": (to_csv, "text/csv; charset=utf-8"),
    "xlsx": (to_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
#: By what the report may be grouped → the field of the items.
GROUPS = [
    ("partner_id", "Customer"),
    ("salesperson_id", "Salesperson"),
    ("user_id", "Responsible"),
    ("country_id", "Country"),
    ("currency_id", "Currency"),
]


class CollectionAgedReport(models.TransientModel):
    """Asks for a day, and shows who owed how much on it and for how long.

    It belongs to whoever made it; nobody else can open the report under its number.
    """

    _name = "collection.aged.report"
    _description = "Aged Receivables"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    date = fields.Date(
        "As of", required=True, default=lambda self: self.env.company._collection_today()
    )
    group_by = fields.Selection(GROUPS, "One line for each", required=True, default="partner_id")
    amounts = fields.Selection(
        [("company", "In company currency"), ("own", "Each currency by itself")],
        required=True,
        default="company",
    )
    with_items = fields.Boolean("List every document")
    only_overdue = fields.Boolean("Only what is overdue")
    by_plans = fields.Boolean(
        "As payment plans say",
        help="What is in a running plan counts as late only where an installment is late. Without"
        " it, every invoice ages by its own due date. Plans count as they stand today.",
    )
    partner_ids = fields.Many2many("res.partner", string="Customers", help="Empty: all of them.")
    salesperson_ids = fields.Many2many(
        "res.users",
        string="Salespersons",
        help="Empty: all of them.",
        domain=[("share", "=", False)],
    )

    @api.constrains("company_id")
    def _check_company_id(self):
        """Refuse companies of others.

        :raise ValidationError: for a company the user does not work for
        """
        for report in self:
            if report.company_id not in self.env.user.company_ids:
                raise ValidationError(self.env._("This is no company you work for."))

    def _compute_display_name(self):
        for report in self:
            report.display_name = self.env._("Aged Receivables")

    # === THE REPORT === #

    def _items(self):
        """Return the model of the items, as they were on the day, for this company alone."""
        self.ensure_one()
        self.check_access("read")
        self._check_company_id()
        company = self.company_id
        return (
            self.env["collection.aged.item"]
            .with_company(company)
            .with_context(
                allowed_company_ids=company.ids,
                as_of=fields.Date.to_string(self.date),
                by_plans=self.by_plans,
            )
        )

    def _domain(self):
        """Return the domain of the items that are asked for."""
        domain = []
        if self.partner_ids:
            domain.append(("partner_id", "in", self.partner_ids.commercial_partner_id.ids))
        if self.salesperson_ids:
            domain.append(("salesperson_id", "in", self.salesperson_ids.ids))
        if self.only_overdue:
            domain += [("days_overdue", ">", 0), ("residual", ">", 0)]
        return domain

    def _page(self, limit=None):
        """Return the report as it is now.

        :param limit: how many lines of each section; ``None`` for all
        """
        return AgedReportPage(self, limit)

    def _file_name(self):
        """Return the name of the file without its ending: what, and which day."""
        self.ensure_one()
        name = f"{self.env._('Aged receivables')}-{self.date}"
        return "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in name)

    def _file(self, kind):
        """Return name, media type and bytes of the report as a file; it holds every line.

        :return: ``None`` for a kind of file we do not make
        """
        if kind not in FORMATS:
            return None
        make, media_type = FORMATS[kind]
        tables = aged_report_tables(self._page())
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
        report = self.env.ref("invoice_collections.collection_aged_report_action_report")
        return {**report.report_action(self, config=False), "report_type": kind}

    def action_items(self):
        """Open the items behind the figures, as they were on the day."""
        self.ensure_one()
        return self._view_items(self._domain())

    def _view_items(self, domain):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoice_collections.collection_aged_item_action"
        )
        day = self.env["ir.qweb.field.date"].value_to_html(self.date, {})
        return {
            **action,
            "name": self.env._("Receivables as of %(day)s", day=day),
            "domain": [("company_id", "=", self.company_id.id), *domain],
            "context": {
                "as_of": fields.Date.to_string(self.date),
                "by_plans": self.by_plans,
                "group_by": [self.group_by],
            },
            "target": "current",
        }

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
            "url": f"/invoice_collections/aged/{self.id}/{kind}",
            "target": "download",
        }
