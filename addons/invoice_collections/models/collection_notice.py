from odoo import api, fields, models

from ..core.late_payment_notice import NoticeRule, notice_deadline


class CollectionNotice(models.Model):
    """A free notice to a consumer about one late item: pay by this day, or this will be added.

    Some laws allow no charge before its days are over. A notice counts once it was sent, and only
    if what it said about the last day leaves the debtor all the days the law gives.
    """

    _name = "collection.notice"
    _description = "Notice before Charges"
    _order = "deadline desc, id desc"

    move_line_id = fields.Many2one(
        "account.move.line",
        "Late item",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", related="move_line_id.company_id", store=True, index=True
    )
    touchpoint_id = fields.Many2one(
        "collection.touchpoint",
        "Message",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    currency_id = fields.Many2one(related="move_line_id.currency_id")
    amount = fields.Monetary("Cost named", readonly=True)
    deadline = fields.Date("Pay by", required=True, readonly=True)
    sent_on = fields.Date(readonly=True)

    _once = models.Constraint(
        "UNIQUE(move_line_id, touchpoint_id)", "A message gives notice of an item once."
    )

    @api.model
    def _deadlines(self, lines):
        """Return ``{line id: last day}`` of the first notice that counts. One query."""
        groups = self.sudo()._read_group(
            [("move_line_id", "in", lines.ids), ("sent_on", "!=", False)],
            ["move_line_id"],
            ["deadline:min"],
        )
        return {line.id: deadline for line, deadline in groups}

    @api.model
    def _deadline(self, debt, sent_on, by_post, closed=()):
        """Return the last day of a notice about a core debt; ``None`` where it needs none."""
        days = debt.rule_number("notice_days")
        if days is None:
            return None
        rule = NoticeRule(days, debt.rule_number("notice_post_days", 0))
        return notice_deadline(sent_on, by_post, rule, closed)
