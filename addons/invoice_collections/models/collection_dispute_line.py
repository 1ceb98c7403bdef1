from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CollectionDisputeLine(models.Model):
    """What is disputed of one item, and what of it was granted."""

    _name = "collection.dispute.line"
    _description = "Disputed Item"
    _log_access = False

    dispute_id = fields.Many2one(
        "collection.dispute", required=True, readonly=True, index=True, ondelete="cascade"
    )
    move_line_id = fields.Many2one(
        "account.move.line", "Item", readonly=True, index="btree_not_null", ondelete="set null"
    )
    move_id = fields.Many2one(related="move_line_id.move_id", string="Invoice")
    label = fields.Char("Document", readonly=True)
    currency_id = fields.Many2one(related="dispute_id.currency_id")
    due_date = fields.Date(related="move_line_id.date_maturity")
    open_amount = fields.Monetary("Open then", readonly=True)
    amount = fields.Monetary("Disputed", readonly=True)
    granted_amount = fields.Monetary("Granted", readonly=True)
    credit_move_id = fields.Many2one(
        "account.move",
        "Credit note",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    @api.model
    def _withheld_query(self):
        """Return the query of what disputes withhold: all of an open one; of a decided one what was
        granted, until its credit note is posted.
        """
        self.flush_model()
        self.env["collection.dispute"].flush_model(["state", "currency_id"])
        self.env["account.move"].flush_model(["state"])
        return SQL(
            """
            SELECT part.move_line_id AS line_id, 'dispute' AS code,
                   ROUND(CASE WHEN dispute.state IN ('new', 'review') THEN part.amount
                              WHEN credit.state = 'draft' THEN part.granted_amount
                              ELSE 0 END * 10 ^ currency.decimal_places)::bigint AS minor,
                   NULL::date AS until
              FROM collection_dispute_line part
              JOIN collection_dispute dispute ON dispute.id = part.dispute_id
              JOIN res_currency currency ON currency.id = dispute.currency_id
         LEFT JOIN account_move credit ON credit.id = part.credit_move_id
             WHERE dispute.state IN ('new', 'review', 'upheld', 'partial')
            """
        )

    def _grant(self, amount):
        """Keep what was granted, and draft its credit note (sudo).

        :raise UserError: when it is more than was disputed
        """
        self.ensure_one()
        currency = self.currency_id
        if not amount:
            return
        too_much = currency.compare_amounts(amount, self.amount) > 0
        if too_much or currency.compare_amounts(amount, 0) < 0:
            raise UserError(
                self.env._(
                    "Of %(document)s at most %(amount)s can be granted.",
                    document=self.label,
                    amount=currency.format(self.amount),
                )
            )
        self.granted_amount = amount
        self.credit_move_id = self._draft_credit_note(amount)

    def _draft_credit_note(self, amount):
        """Return a draft credit note of exactly this amount, taxes in proportion to the invoice."""
        move = self.move_line_id.move_id
        if not move.is_invoice(include_receipts=True):
            return move.browse()
        taxes = self.env["account.tax"]
        bases, _tax_lines = move._get_rounded_base_and_tax_lines()
        reduced = taxes._reduce_base_lines_to_target_amount(
            bases,
            move.company_id,
            "fixed",
            amount,
            computation_key="dispute",
            grouping_function=lambda base: {"account_id": base["account_id"]},
        )
        today = move.company_id._collection_today()
        [credit] = move._reverse_moves([{"invoice_date": today, "date": today}])
        credit.write(
            {
                "ref": self.env._("%(document)s, dispute", document=move.name),
                "invoice_line_ids": [
                    Command.clear(),
                    *(Command.create(self._prepare_credit_line(base)) for base in reduced),
                ],
            }
        )
        return credit

    def _prepare_credit_line(self, base):
        return {
            "name": self.env._("Credit for %(document)s", document=self.label),
            "quantity": base["quantity"],
            "price_unit": base["price_unit"],
            "tax_ids": [Command.set(base["tax_ids"].ids)],
            "account_id": base["account_id"].id,
            "analytic_distribution": base["analytic_distribution"],
            # Keeps the tax to the cent, whatever rounding the single lines would give.
            "extra_tax_data": self.env["account.tax"]._export_base_line_extra_tax_data(base),
        }
