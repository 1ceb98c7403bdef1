from odoo import fields, models

from .collection_touchpoint import CONTACTED

_USER = "invoice_collections.group_user"


class AccountMove(models.Model):
    _inherit = "account.move"

    collection_case_id = fields.Many2one(
        "collection.case", "Collection case", compute="_compute_collection_story", groups=_USER
    )
    collection_next_text = fields.Char(
        "Next step", compute="_compute_collection_story", groups=_USER
    )
    collection_last_text = fields.Char(
        "Last contact", compute="_compute_collection_story", groups=_USER
    )

    # === COMPUTE METHODS === #

    def _compute_collection_story(self):
        """Say what was said last about each invoice, and what comes next; none for what is paid."""
        self.collection_case_id = self.collection_next_text = self.collection_last_text = False
        chased = self.filtered(
            lambda move: (
                move.state == "posted"
                and move.is_sale_document(include_receipts=True)
                and move.amount_residual
                and move.commercial_partner_id
            )
        )
        for company, moves in chased.grouped("company_id").items():
            moves._tell_collection_story(company)

    def _tell_collection_story(self, company):
        """See :meth:`_compute_collection_story`; these are of one company."""
        customers = self.commercial_partner_id.ids
        cases = self.env["collection.case"].search(
            [("partner_id", "in", customers), ("company_id", "=", company.id)]
        )
        of_customer = {case.partner_id.id: case for case in cases}
        engine_sudo = self.env["collection.engine"].sudo().with_company(company)
        ahead = {}
        today = company._collection_today()
        for row in engine_sudo._items_around(company.sudo(), customers, today):
            ahead.setdefault(row.line.move_id.id, row)
        last = self._collection_last_contacts()
        for move in self:
            case = of_customer.get(move.commercial_partner_id.id, cases.browse())
            move.collection_case_id = case
            move.collection_next_text = case and move._collection_next_of(ahead.get(move.id), case)
            move.collection_last_text = move._collection_contact_of(last.get(move.id))

    def _collection_last_contacts(self):
        """Return ``{move id: the last touchpoint that named it}``."""
        items = self.env["collection.touchpoint.item"].search(
            [
                ("move_line_id.move_id", "in", self.ids),
                ("touchpoint_id.state", "in", CONTACTED),
                ("block", "in", ("upcoming", "due")),
            ]
        )
        last = {}
        for item in items.sorted(lambda item: (item.touchpoint_id.date, item.id)):
            last[item.move_line_id.move_id.id] = item.touchpoint_id
        return last

    def _collection_next_of(self, row, case):
        """Return the next step of this invoice in words."""
        self.ensure_one()
        if not row or not row.next:
            return self.env._("No further step is planned.")
        return self.env._(
            "%(step)s on %(day)s", step=row.next.name, day=case._format_date(row.next_day)
        )

    def _collection_contact_of(self, touchpoint):
        """Return in words when and how the customer was last told of this invoice."""
        self.ensure_one()
        if not touchpoint:
            return self.env._("None yet.")
        channels = dict(touchpoint._fields["channel"]._description_selection(self.env))
        return self.env._(
            "%(step)s on %(day)s by %(channel)s",
            step=touchpoint.step_id.name or touchpoint.subject or "",
            day=touchpoint.case_id._format_date(touchpoint.date),
            channel=channels.get(touchpoint.channel, ""),
        )

    # === ACTION METHODS === #

    def action_view_collection_case(self):
        """Open the case of the customer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "collection.case",
            "res_id": self.collection_case_id.id,
            "views": [(False, "form")],
        }
