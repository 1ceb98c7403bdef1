from odoo import fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    collection_interrupt_text = fields.Char(
        "What holds reminders back",
        compute="_compute_collection_interrupt_text",
        groups="invoice_collections.group_user",
    )

    # === COMPUTE METHODS === #

    def _compute_collection_interrupt_text(self):
        """Say what is promised, disputed and handed over of each invoice."""
        parts = self.sudo().line_ids._collection_withholdings() if self.ids else {}
        for move in self:
            told = [
                move._collection_withheld_text(part)
                for line in move.sudo().line_ids
                for part in parts.get(line.id, ())
            ]
            move.collection_interrupt_text = " ".join(told) or False

    def _collection_withheld_text(self, part):
        """Return one sentence about something withheld, for a person of ours."""
        self.ensure_one()
        currency = self.currency_id
        amount = currency.format(part.amount / 10**currency.decimal_places)
        if part.code == "dispute":
            return self.env._("%(amount)s is disputed.", amount=amount)
        if part.code == "promise":
            day = self.env["ir.qweb.field.date"].value_to_html(part.until, {})
            return self.env._(
                "%(amount)s is promised; no reminder until %(day)s.", amount=amount, day=day
            )
        if part.code == "handed_over":
            return self.env._("An agency collects %(amount)s.", amount=amount)
        if part.code == "plan":
            return self.env._("%(amount)s is to be paid later, by a payment plan.", amount=amount)
        return self.env._("%(amount)s is not chased now.", amount=amount)
