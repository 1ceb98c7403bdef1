from odoo import api, fields, models

from .collection_handover import KNOWN_STATES


class CollectionHandoverPayment(models.Model):
    """What was paid to us after a hand-over, and that the agency was told. Never changed."""

    _name = "collection.handover.payment"
    _description = "Payment after Hand-Over"
    _order = "date desc, id desc"
    _log_access = False

    handover_id = fields.Many2one(
        "collection.handover", required=True, readonly=True, index=True, ondelete="cascade"
    )
    line_id = fields.Many2one(
        "collection.handover.line", required=True, readonly=True, ondelete="cascade"
    )
    label = fields.Char(related="line_id.label")
    currency_id = fields.Many2one(related="handover_id.currency_id")
    date = fields.Date("Told on", required=True, readonly=True)
    amount = fields.Monetary(
        "Paid", readonly=True, help="Negative: a payment was undone, the claim is up again."
    )
    open_amount = fields.Monetary("Still open", readonly=True)
    commission_amount = fields.Monetary("Commission", readonly=True)

    @api.model
    def _observe(self, company, line_ids=None):
        """Tell the agencies of a company what was paid since they were told last (sudo).

        :param line_ids: only these receivable items
        """
        domain = [
            ("handover_id.company_id", "=", company.id),
            ("handover_id.state", "in", KNOWN_STATES),
        ]
        if line_ids is not None:
            domain.append(("move_line_id", "in", line_ids))
        lines = self.env["collection.handover.line"].sudo().search(domain)
        residuals = self.env["collection.ledger"]._residuals(lines.move_line_id.ids)
        today = company._collection_today()
        changed = lines.browse()
        for line in lines:
            factor = 10**line.currency_id.decimal_places
            now = residuals.get(line.move_line_id.id, 0) / factor
            if line.currency_id.compare_amounts(now, line.told_amount):
                self._tell(line, now, today)
                changed |= line
        for handover in changed.handover_id:
            handover._report_payments(today)

    @api.model
    def _tell(self, line, now, today):
        """Record what was paid of one item."""
        currency = line.currency_id
        paid = currency.round(line.told_amount - now)
        rate = line.handover_id.agency_id.commission_rate
        self.sudo().create(
            {
                "handover_id": line.handover_id.id,
                "line_id": line.id,
                "date": today,
                "amount": paid,
                "open_amount": now,
                "commission_amount": currency.round(paid * rate / 100),
            }
        )
        line.told_amount = now
