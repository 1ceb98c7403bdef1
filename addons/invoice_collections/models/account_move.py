from odoo import fields, models

from . import paper
from .collection_touchpoint import CONTACTED

#: States of an online payment that may still bring money.
_PAYMENT_UNDER_WAY = ("pending", "authorized")


class AccountMove(models.Model):
    _inherit = "account.move"

    collection_touchpoint_count = fields.Integer(
        "Reminders",
        compute="_compute_collection_touchpoint_count",
        groups="invoice_collections.group_user",
    )

    #: What :meth:`account.payment._collection_withheld_query` begins with: very few at any time.
    _collection_in_payment_idx = models.Index("(id) WHERE payment_state = 'in_payment'")

    def _compute_collection_touchpoint_count(self):
        counts = dict.fromkeys(self.ids, 0)
        items = self.env["collection.touchpoint.item"].search(
            [
                ("move_line_id.move_id", "in", self.ids),
                ("touchpoint_id.state", "in", CONTACTED),
                ("block", "in", ("upcoming", "due")),
            ]
        )
        for touchpoint in items.touchpoint_id:
            for move in touchpoint.item_ids.move_line_id.move_id:
                if move.id in counts:
                    counts[move.id] += 1
        for move in self:
            move.collection_touchpoint_count = counts.get(move.id, 0)

    def action_view_collection_touchpoints(self):
        """Open the reminders that named this invoice."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reminders"),
            "res_model": "collection.touchpoint",
            "views": [(False, "list"), (False, "form")],
            "domain": [("item_ids.move_line_id.move_id", "=", self.id)],
        }

    # === BUSINESS METHODS === #

    def _collection_hold_reasons(self):
        """Return ``{move: set of codes}`` for every move: why it must not be chased now.

        Hook. An empty set means it may. Codes are those of ``core.guard.HOLD_ORDER``; others are
        told as "on hold". Here: a case a person put on hold, what stops everything of a customer
        (insolvency, hardship), an online payment under way, and what the customer reported as
        paid. What is withheld of single items says
        :meth:`account.move.line._collection_withholdings`.
        """
        reasons = {move: set() for move in self}
        transactions_sudo = (
            self.env["payment.transaction"]
            .sudo()
            .search([("invoice_ids", "in", self.ids), ("state", "in", _PAYMENT_UNDER_WAY)])
        )
        for move in transactions_sudo.invoice_ids.sudo(False):
            if move in reasons:
                reasons[move].add("pending_money")
        for line in self.env["collection.paid.claim"]._waited_for(self):
            if line.move_id in reasons:
                reasons[line.move_id].add("pending_money")
        for move, codes in self._collection_case_stops().items():
            reasons[move] |= codes
        return reasons

    def _collection_case_stops(self):
        """Return ``{move: codes}`` of what stops everything of a customer: pauses and flags."""
        customers = self.commercial_partner_id
        today = {company: company._collection_today() for company in self.company_id}
        paused_sudo = (
            self.env["collection.case"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", customers.ids),
                    ("company_id", "in", self.company_id.ids),
                    ("pause_reason", "!=", False),
                ]
            )
        )
        pauses = {
            (case.partner_id.id, case.company_id.id): case.pause_reason
            for case in paused_sudo
            if case._is_paused(today[case.company_id])
        }
        stops = {company: customers._collection_stops(day) for company, day in today.items()}
        found = {}
        for move in self:
            customer = move.commercial_partner_id.id
            codes = set(stops.get(move.company_id, {}).get(customer, ()))
            if pause := pauses.get((customer, move.company_id.id)):
                codes.add(pause)
            found[move] = codes
        return found

    def _collection_document(self):
        """Return the invoice as ``(bytes, media type)`` without storing anything.

        The PDF that was sent, where there is one; else one made now; a web page where the server
        cannot make PDFs.
        """
        self.ensure_one()
        if self.invoice_pdf_report_id:
            return self.invoice_pdf_report_id.raw, "application/pdf"
        return paper.render(self.env, "account.account_invoices", self.ids)

    def _invoice_paid_hook(self):
        """Stop the cadence the moment an invoice is paid: nothing more is sent about it."""
        result = super()._invoice_paid_hook()
        self._collection_settled()
        return result

    def _collection_settled(self):
        """Follow what changed about these documents: withdraw waiting reminders that have nothing
        left to ask for, correct the others, and bring the cases up to date.
        """
        sales_sudo = self.sudo().filtered(lambda move: move.is_sale_document(include_receipts=True))
        self.env["collection.paid.claim"].sudo().search(
            [
                ("state", "in", ("open", "unconfirmed")),
                ("line_ids", "in", sales_sudo.line_ids.ids),
            ]
        )._follow_books()
        sales_sudo.line_ids._collection_changed()
