from odoo import api, fields, models

#: Charges that are not decided yet.
_OPEN = ("computed", "claimed")


class CollectionCase(models.Model):
    _inherit = "collection.case"

    charge_ids = fields.One2many("collection.charge", "case_id", "Charges", readonly=True)
    charge_note = fields.Char(
        compute="_compute_charge_note", help="Why no interest can be claimed, if that is so."
    )

    @api.depends_context("lang")
    def _compute_charge_note(self):
        for company, cases in self.grouped("company_id").items():
            lines = cases.item_ids
            found = (
                self.env["collection.late.payment"]
                .sudo()
                ._charges(lines.sudo(), company._collection_today())
            )
            words = self.env["collection.charge.words"]
            for case in cases:
                unknown = [
                    charge
                    for line in case.item_ids
                    for charge in found.get(line.id, [])
                    if not charge.amount
                ]
                case.charge_note = (
                    words._explain(
                        {"code": unknown[0].code, **unknown[0].details}, case.currency_id
                    )
                    if unknown
                    else False
                )

    # === ACTION METHODS === #

    def action_compute_charges(self):
        """Work out interest and costs of what is late, and show them. Nothing is booked."""
        self.check_access("write")
        for company, cases in self.grouped("company_id").items():
            self.env["collection.charge"]._record(
                cases.item_ids.filtered(lambda line: line.amount_residual_currency > 0),
                company._collection_today(),
            )
        return self.action_view_charges()

    def action_view_charges(self):
        """Open the charges of these customers."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Interest and costs"),
            "res_model": "collection.charge",
            "views": [(False, "list"), (False, "form")],
            "domain": [("case_id", "in", self.ids)],
        }

    # === BUSINESS METHODS === #

    def _charge_statement(self):
        """Return what a statement of account says of charges: those open, and those given up.

        Rows of kind, invoice, until, amount, currency, state and claim, ordered by day.
        """
        self.ensure_one()
        charges = self.env["collection.charge"].search(
            [("case_id", "=", self.id), ("state", "in", (*_OPEN, "waived"))], order="date_to, id"
        )
        return [
            {
                "kind": charge.kind,
                "invoice": charge.move_id.name,
                "until": charge.date_to,
                "amount": charge.amount,
                "currency": charge.currency_id,
                "state": charge.state,
                "claim": charge.claim_move_id.name or False,
                "explanation": charge.explanation,
            }
            for charge in charges
        ]
