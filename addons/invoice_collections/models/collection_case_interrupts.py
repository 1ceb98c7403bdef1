from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core import promise as core_promise


class CollectionCase(models.Model):
    _inherit = "collection.case"

    promise_ids = fields.One2many("collection.promise", "case_id", readonly=True)
    dispute_ids = fields.One2many("collection.dispute", "case_id", readonly=True)
    promise_count = fields.Integer(compute="_compute_interrupt_counts")
    dispute_count = fields.Integer("Open disputes", compute="_compute_interrupt_counts")
    withheld_text = fields.Char(
        "What holds reminders back",
        compute="_compute_withheld_text",
        help="What of the open items is promised, disputed or with an agency.",
    )
    can_promise = fields.Boolean(
        "May promise on the page",
        compute="_compute_can_promise",
        help="Not after too many broken promises in twelve months: then a person has to agree.",
    )

    # === COMPUTE METHODS === #

    @api.depends("promise_ids", "dispute_ids.state")
    def _compute_interrupt_counts(self):
        promises = dict(
            self.env["collection.promise"]._read_group(
                [("case_id", "in", self.ids)], ["case_id"], ["__count"]
            )
        )
        disputes = dict(
            self.env["collection.dispute"]._read_group(
                [("case_id", "in", self.ids), ("is_open", "=", True)], ["case_id"], ["__count"]
            )
        )
        for case in self:
            case.promise_count = promises.get(case, 0)
            case.dispute_count = disputes.get(case, 0)

    @api.depends("promise_ids.state")
    def _compute_can_promise(self):
        broken = (
            self.env["collection.promise"]
            .sudo()
            ._read_group(
                [("case_id", "in", self.ids), ("state", "=", "broken")],
                ["case_id"],
                ["settled_on:array_agg"],
            )
        )
        days = dict(broken)
        for case in self:
            case.can_promise = core_promise.may_promise(
                tuple(days.get(case, ())),
                case.company_id._collection_today(),
                case.company_id._collection_policy().promise_broken_limit,
            )

    @api.depends("promise_ids.state", "dispute_ids.state", "item_ids")
    def _compute_withheld_text(self):
        """Say what is promised, disputed and with an agency, each invoice's own words."""
        for case in self:
            told = [
                f"{move.name}: {move.collection_interrupt_text}"
                for move in case.sudo().item_ids.move_id
                if move.collection_interrupt_text
            ]
            case.withheld_text = " ".join(told) or False

    # === ACTION METHODS === #

    def action_promise(self):
        """Ask what the customer promised."""
        return self._open_interrupt("collection.promise.take", self.env._("Promise to pay"))

    def action_paid_claim(self):
        """Ask what the customer says is paid."""
        return self._open_interrupt(
            "collection.paid.claim.take", self.env._("The customer says it is paid")
        )

    def action_dispute(self):
        """Ask what the customer disputes."""
        return self._open_interrupt("collection.dispute.open", self.env._("Dispute"))

    def action_stops(self):
        """Ask what is known of hardship, insolvency and the like."""
        return self._open_interrupt("collection.case.stops", self.env._("Hardship, insolvency"))

    def _open_interrupt(self, wizard, name):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": wizard,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_case_id": self.id},
        }

    def action_view_promises(self):
        """Open what this customer promised."""
        return self._view_interrupts("collection.promise", self.env._("Promises"))

    def action_view_disputes(self):
        """Open what this customer disputes or disputed."""
        return self._view_interrupts("collection.dispute", self.env._("Disputes"))

    def _view_interrupts(self, model, name):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(False, "list"), (False, "form")],
            "domain": [("case_id", "=", self.id)],
        }

    # === BUSINESS METHODS === #

    def _own_items(self, lines):
        """Return the items, refused unless they are open debts of this case in one currency.

        :param lines: sudo; none: all open debts that are overdue, else all
        :raise UserError: when an item is not of this case, or currencies are mixed
        """
        self.ensure_one()
        # Read anew: an invoice may have been posted since the screen was opened.
        self.invalidate_recordset(["item_ids"])
        debts = self.item_ids.filtered(lambda item: item.amount_residual_currency > 0)
        if lines - debts:
            raise UserError(
                self.env._("This invoice is not open, or not of %s.", self.partner_id.name)
            )
        today = self.company_id._collection_today()
        overdue = debts.filtered(lambda item: (item.date_maturity or item.date) < today)
        chosen = debts.filtered(lambda item: item in lines) if lines else overdue or debts
        if not chosen:
            raise UserError(self.env._("Nothing is open."))
        if len(chosen.currency_id) > 1:
            raise UserError(self.env._("Please choose invoices in one currency."))
        return chosen
