from odoo import Command, fields, models


class CollectionTouchpoint(models.Model):
    """A step may claim what late payment costs: a person approves message and claim in one."""

    _inherit = "collection.touchpoint"

    claims_charges = fields.Boolean(related="step_id.claims_charges")

    # === BUSINESS METHODS === #

    def _claim_charges(self, company):
        """Claim the charges of what these approved contacts ask for, and list the claims in them.

        What law and books do not allow today is not claimed: the message then goes out without.
        """
        claiming = self.filtered("claims_charges")
        lines = claiming._late_items().move_line_id
        if not lines:
            return
        charges = self.env["collection.charge"]._record(lines, company._collection_today())
        charges = charges.filtered(lambda charge: charge.move_line_id in lines)
        if not charges:
            return
        claims = charges._claim().grouped(
            lambda claim: (claim.partner_id.commercial_partner_id, claim.currency_id)
        )
        listed = [
            (one, claims[one.partner_id, one.currency_id])
            for one in claiming
            if (one.partner_id, one.currency_id) in claims
        ]
        for one, claim in listed:
            one._list_claim(claim)
        self.env["collection.event"]._log_many(
            [
                (
                    "touchpoint_charges_claimed",
                    one,
                    {"claim": claim.name, "amount": one._exact(claim.amount_total)},
                )
                for one, claim in listed
            ]
        )

    def _late_items(self):
        """Return the items that are asked for because they are due."""
        return self.item_ids.filtered(lambda item: item.block == "due")

    def _list_claim(self, claim):
        """Add a claim to what the message asks for."""
        self.ensure_one()
        env = self.with_context(lang=self.lang).env
        self.write(
            {
                "item_ids": [
                    Command.create(
                        {
                            "move_line_id": line.id,
                            "block": "due",
                            "label": env._("%(claim)s, interest and costs", claim=claim.name),
                            "due_date": line.date_maturity,
                            "amount": line.amount_residual_currency,
                        }
                    )
                    for line in claim.line_ids
                    if line.account_id.account_type == "asset_receivable"
                ]
            }
        )
        self._sum_up()
