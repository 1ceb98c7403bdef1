from odoo import api, fields, models
from odoo.exceptions import AccessError

#: Allowed transitions: state -> states it may move to.
TRANSITIONS = {
    "draft": {"approved", "cancelled"},
    "approved": {"draft", "sent", "cancelled"},
    "sent": {"accepted", "recalled", "collected", "returned"},
    "accepted": {"recalled", "collected", "returned"},
    "recalled": set(),
    "collected": set(),
    "returned": set(),
    "cancelled": set(),
}

#: States in which the agency has, or is about to get, the claim: we say nothing to the debtor.
ACTIVE_STATES = ("approved", "sent", "accepted")

#: States in which the agency knows of the claim.
KNOWN_STATES = ("sent", "accepted")

_BY_HAND = {"agency_id", "agency_reference", "note", "message_main_attachment_id"}


class CollectionHandover(models.Model):
    """Claims on one customer that an outside agency is to collect.

    Nobody's claims are handed over by themselves: a final notice was delivered and its days are
    over, a manager approves, and what leaves is an archive that can be verified.
    """

    _name = "collection.handover"
    _description = "Hand-Over"
    _inherit = [
        "collection.lifecycle",
        "collection.case.paper",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _transitions = TRANSITIONS
    _mail_post_access = "read"

    agency_id = fields.Many2one(
        "collection.agency",
        tracking=True,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('company_id', '=', company_id)]",
    )
    agency_reference = fields.Char("Reference of the agency", tracking=True, copy=False)
    note = fields.Text("Note for the agency")
    state = fields.Selection(
        [
            ("draft", "Proposed"),
            ("approved", "Approved"),
            ("sent", "Sent"),
            ("accepted", "Accepted"),
            ("collected", "Collected"),
            ("returned", "Returned"),
            ("recalled", "Recalled"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    line_ids = fields.One2many("collection.handover.line", "handover_id", readonly=True)
    payment_ids = fields.One2many("collection.handover.payment", "handover_id", readonly=True)
    amount = fields.Monetary("Handed over", compute="_compute_amounts")
    open_amount = fields.Monetary("Still open", compute="_compute_amounts")
    paid_amount = fields.Monetary("Paid since", compute="_compute_amounts")
    commission_amount = fields.Monetary("Commission", compute="_compute_amounts")
    obstacles = fields.Text(
        "What stands in the way", compute="_compute_obstacles", help="Nothing: it may be approved."
    )
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="restrict")
    approved_at = fields.Datetime(readonly=True, copy=False, help="In UTC.")
    sent_at = fields.Datetime(readonly=True, copy=False, help="In UTC.")
    closed_on = fields.Date(readonly=True, copy=False)
    closing_note = fields.Char("Why it ended", readonly=True, copy=False)
    package_id = fields.Many2one(
        "ir.attachment", "Archive", readonly=True, copy=False, ondelete="restrict"
    )
    package_hash = fields.Char("SHA-256 of the archive", readonly=True, copy=False)

    # === COMPUTE METHODS === #

    @api.depends("partner_id.name")
    def _compute_display_name(self):
        for handover in self:
            handover.display_name = f"{handover.partner_id.name or ''}, H{handover.id or ''}"

    @api.depends("line_ids.amount", "line_ids.told_amount", "payment_ids.amount")
    def _compute_amounts(self):
        for handover in self:
            lines, payments = handover.line_ids, handover.payment_ids
            handover.amount = sum(lines.mapped("amount"))
            handover.open_amount = sum(lines.mapped("told_amount"))
            handover.paid_amount = sum(payments.mapped("amount"))
            handover.commission_amount = sum(payments.mapped("commission_amount"))

    @api.depends("agency_id", "line_ids", "state")
    def _compute_obstacles(self):
        waiting = self.filtered(lambda handover: handover.state in ("draft", "approved"))
        (self - waiting).obstacles = False
        for handover in waiting:
            codes = handover.sudo()._obstacles()
            labels = handover._obstacle_labels()
            handover.obstacles = "\n".join(labels[code] for code in codes) or False

    # === CRUD METHODS === #

    def write(self, vals):
        """Write what people decide; state and figures come from the methods.

        :raise AccessError: for a user who writes more than that
        """
        more = {name for name in vals if name in self._fields and self._fields[name].readonly}
        if more - _BY_HAND and not self.env.su:
            raise AccessError(
                self.env._(
                    "%(fields)s of a hand-over cannot be written by hand.",
                    fields=", ".join(sorted(more)),
                )
            )
        return super().write(vals)

    # === ACTION METHODS === #

    def action_approve(self):
        """Approve the hand-over and make its archive; from now on we leave the customer alone.

        :raise AccessError: for everybody but a manager
        :raise UserError: while something stands in the way
        """
        self._check_manager()
        for handover in self:
            handover.sudo()._refuse_obstacles()
            handover.sudo()._transition(
                "approved",
                {"approved_by_id": self.env.uid, "approved_at": fields.Datetime.now()},
            )
            handover.sudo()._keep_package()
            handover.sudo().line_ids.move_line_id._collection_changed()

    def action_draft(self):
        """Take the approval back."""
        self._check_manager()
        self.sudo()._transition("draft", {"approved_by_id": False, "approved_at": False})
        self.sudo().line_ids._restate()
        self.sudo().line_ids.move_line_id._collection_changed()

    def action_cancel(self):
        """Drop the proposal."""
        self._check_manager()
        self.sudo()._transition("cancelled")
        self.sudo().activity_ids.action_feedback()
        self.sudo().line_ids.move_line_id._collection_changed()

    def action_send(self):
        """Send the archive to the agency, or record that a person passes it on.

        :raise UserError: when the books have changed since the approval, or everything is stopped
        """
        self._check_manager()
        for handover in self.sudo():
            handover._refuse_obstacles()
            handover._send_package()

    def action_accept(self):
        """Record that the agency took the claim."""
        self._check_manager()
        self.sudo()._transition("accepted")

    def action_recall(self):
        """Ask why the claim comes back, and where the reminders go on."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Take the claim back"),
            "res_model": "collection.handover.recall",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_handover_id": self.id},
        }

    def action_download(self):
        """Download the archive."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.package_id.id}?download=true",
            "target": "download",
        }

    def _check_manager(self):
        self.check_access("write")
        if not self.env.user.has_group("invoice_collections.group_manager"):
            raise AccessError(self.env._("Only a collections manager decides about hand-overs."))

    # === BUSINESS METHODS === #

    def _transition(self, target, values=None, payload=None):
        """Move all records to ``target``, or none, and record it: the only writer of ``state``.

        :raise UserError: when one record may not go there
        """
        self._check_may_become(target)
        self.write({"state": target, **(values or {})})
        self.env["collection.event"]._log_many(
            [
                (f"handover_{target}", handover, {**handover._told(), **(payload or {})})
                for handover in self
            ]
        )

    def _told(self):
        """Return what an event keeps of a hand-over."""
        self.ensure_one()
        places = self.currency_id.decimal_places
        return {
            "agency": self.agency_id.id or None,
            "currency": self.currency_id.name,
            "archive": self.package_hash or "",
            "items": [[line.label, f"{line.amount:.{places}f}"] for line in self.line_ids],
        }

    def _end(self, target, note, step=None, day=None):
        """End a hand-over (sudo): we take the claim back, or the agency gives it back.

        :param target: ``recalled`` or ``returned``
        :param step: the step with which reminders go on; none: the case is paused
        :param day: the day of that step
        """
        self.ensure_one()
        today = self.company_id._collection_today()
        self._transition(target, {"closed_on": today, "closing_note": note})
        self._tell_agency(self.env._("The claim was taken back. Please stop collecting it."))
        items = self.line_ids.move_line_id
        if step:
            items._collection_restart(step, day or today)
        else:
            self.case_id._hold("hold", note=note)
        items._collection_changed()
