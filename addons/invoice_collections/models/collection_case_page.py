from odoo import api, fields, models

from ..core import aging


class CollectionCase(models.Model):
    _inherit = "collection.case"

    timeline_ids = fields.One2many("collection.timeline", "case_id", readonly=True)
    aged_html = fields.Html(
        "By age", compute="_compute_aged_html", sanitize=False, help="What is open, by currency."
    )

    # === COMPUTE METHODS === #

    @api.depends("item_ids")
    def _compute_aged_html(self):
        """Draw what is open by age, a bar for each currency."""
        labels = self.env["collection.dashboard"]._bucket_labels()
        for case in self:
            own = case.company_id.currency_id
            currencies = case.item_ids.currency_id.sorted(
                lambda one, own=own: (one != own, one.name)
            )
            bars = [case._aged_bar(currency, labels) for currency in currencies]
            case.aged_html = bars and self.env["ir.qweb"]._render(
                "invoice_collections.case_aged", {"bars": bars}
            )

    def _aged_bar(self, currency, labels):
        """Return ``currency``, ``parts`` by bucket, ``credit`` and ``total`` of the open items."""
        factor = 10**currency.decimal_places
        items = self.item_ids.filtered(lambda item: item.currency_id == currency)
        residuals = [
            (item.date_maturity or item.date, round(item.amount_residual_currency * factor))
            for item in items
        ]
        today = self.company_id._collection_today()
        aged = aging.aged_totals(((due, minor) for due, minor in residuals if minor > 0), today)
        owed = sum(aged.values())
        return {
            "currency": currency,
            "parts": [
                (code, label, aged[code] / factor, round(100 * aged[code] / owed, 2) if owed else 0)
                for code, label in labels
            ],
            "credit": sum(minor for _due, minor in residuals if minor < 0) / factor,
            "total": sum(minor for _due, minor in residuals) / factor,
        }

    # === ACTION METHODS === #

    def action_view_timeline(self):
        """Open the timeline on a page of its own, to search and to export."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Timeline"),
            "res_model": "collection.timeline",
            "views": [(False, "list")],
            "domain": [("case_id", "=", self.id)],
        }
