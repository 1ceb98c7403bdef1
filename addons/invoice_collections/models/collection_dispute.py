from odoo import api, fields, models
from odoo.exceptions import AccessError

from .collection_promise import SOURCES

#: Allowed transitions: state -> states it may move to. What was decided stays decided.
TRANSITIONS = {
    "new": {"review", "upheld", "partial", "rejected", "withdrawn"},
    "review": {"upheld", "partial", "rejected", "withdrawn"},
    "upheld": set(),
    "partial": set(),
    "rejected": set(),
    "withdrawn": set(),
}

#: States in which nobody has decided yet.
OPEN_STATES = ("new", "review")

CATEGORIES = [
    ("price", "Price"),
    ("quantity", "Quantity"),
    ("quality", "Faulty or not as agreed"),
    ("not_received", "Not delivered"),
    ("not_ordered", "Not ordered"),
    ("duplicate", "Invoiced twice"),
    ("already_paid", "Already paid"),
    ("wrong_recipient", "Wrong recipient"),
    ("missing_document", "Document or reference missing"),
    ("terms", "Terms of payment"),
    ("other", "Other"),
]

#: What people write on a dispute; all else comes from its methods.
_BY_HAND = {"category", "user_id", "deadline", "note", "message_main_attachment_id"}


class CollectionDispute(models.Model):
    """What a customer does not agree with, on one or several items or parts of them.

    What is disputed is not chased until somebody has decided, and what was granted not until its
    credit note is posted; all the rest is.
    """

    _name = "collection.dispute"
    _description = "Dispute"
    _inherit = [
        "collection.lifecycle",
        "collection.case.paper",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "is_open desc, deadline, id desc"
    _transitions = TRANSITIONS
    _mail_post_access = "read"

    category = fields.Selection(CATEGORIES, required=True, default="other", tracking=True)
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        tracking=True,
        index="btree_not_null",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Who finds out what happened.",
    )
    deadline = fields.Date(
        "Answer by", tracking=True, index=True, help="The customer gets an answer by this day."
    )
    source = fields.Selection(SOURCES, required=True, readonly=True)
    note = fields.Text("What the customer says")
    state = fields.Selection(
        [
            ("new", "New"),
            ("review", "In review"),
            ("upheld", "Granted"),
            ("partial", "Granted in part"),
            ("rejected", "Rejected"),
            ("withdrawn", "Withdrawn"),
        ],
        default="new",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    is_open = fields.Boolean(compute="_compute_is_open", store=True, index=True)
    is_late = fields.Boolean(compute="_compute_is_late", search="_search_is_late")
    amount = fields.Monetary("Disputed", readonly=True, tracking=True)
    granted_amount = fields.Monetary("Granted", readonly=True, copy=False)
    resolution = fields.Text("What we answered", readonly=True, copy=False)
    opened_on = fields.Date(required=True, readonly=True)
    resolved_on = fields.Date(readonly=True, copy=False)
    resolved_by_id = fields.Many2one(
        "res.users", "Decided by", readonly=True, copy=False, ondelete="restrict"
    )
    age = fields.Integer("Days open", compute="_compute_age")
    line_ids = fields.One2many("collection.dispute.line", "dispute_id", readonly=True)
    credit_move_ids = fields.Many2many(
        "account.move", string="Credit notes", compute="_compute_credit_move_ids"
    )

    # === COMPUTE METHODS === #

    @api.depends("partner_id.name", "category")
    def _compute_display_name(self):
        labels = dict(self._fields["category"]._description_selection(self.env))
        for dispute in self:
            label = labels.get(dispute.category, "")
            dispute.display_name = f"{dispute.partner_id.name or ''}: {label}"

    @api.depends("state")
    def _compute_is_open(self):
        for dispute in self:
            dispute.is_open = dispute.state in OPEN_STATES

    @api.depends("is_open", "deadline")
    def _compute_is_late(self):
        for dispute in self:
            today = dispute.company_id and dispute.company_id._collection_today()
            dispute.is_late = bool(
                dispute.is_open and dispute.deadline and dispute.deadline < today
            )

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env.company._collection_today()
        return [("is_open", "=", True), ("deadline", "<", today)]

    @api.depends("opened_on", "resolved_on")
    def _compute_age(self):
        for dispute in self:
            today = dispute.company_id and dispute.company_id._collection_today()
            end = dispute.resolved_on or today
            dispute.age = (end - dispute.opened_on).days if dispute.opened_on and end else 0

    @api.depends("line_ids.credit_move_id")
    def _compute_credit_move_ids(self):
        for dispute in self:
            dispute.credit_move_ids = dispute.sudo().line_ids.credit_move_id

    # === CRUD METHODS === #

    def write(self, vals):
        """Write what people know; state, amounts and outcome come from the methods.

        :raise AccessError: for a user who writes more than that
        """
        decided = {
            name
            for name in vals
            if name in self._fields and name not in _BY_HAND and self._fields[name].readonly
        }
        if decided and not self.env.su:
            raise AccessError(
                self.env._(
                    "%(fields)s of a dispute cannot be written by hand.",
                    fields=", ".join(sorted(decided)),
                )
            )
        return super().write(vals)

    # === ACTION METHODS === #

    def action_review(self):
        """Take the dispute up."""
        self.check_access("write")
        self.sudo()._transition("review")
        for dispute in self.sudo().filtered(lambda dispute: not dispute.user_id):
            dispute.user_id = self.env.user

    def action_resolve(self):
        """Ask for the decision."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Decide the dispute"),
            "res_model": "collection.dispute.resolve",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_dispute_id": self.id},
        }

    def action_withdraw(self):
        """Record that the customer no longer disputes: reminders go on where they stopped."""
        self.check_access("write")
        for dispute in self.sudo():
            dispute._close("withdrawn", {}, "")

    def action_view_credit_notes(self):
        """Open the credit notes this dispute led to."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Credit notes"),
            "res_model": "account.move",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", self.credit_move_ids.ids)],
        }

    # === BUSINESS METHODS === #

    def _told(self):
        """Return what an event keeps of a dispute."""
        self.ensure_one()
        places = self.currency_id.decimal_places
        return {
            "amount": f"{self.amount:.{places}f}",
            "granted": f"{self.granted_amount:.{places}f}",
            "currency": self.currency_id.name,
            "category": self.category,
            "source": self.source,
            "items": [[line.label, f"{line.amount:.{places}f}"] for line in self.line_ids],
        }

    def _transition(self, target, values=None, payload=None):
        """Move all records to ``target``, or none, and record it: the only writer of ``state``.

        :raise UserError: when one record may not go there
        """
        self._check_may_become(target)
        self.write({"state": target, **(values or {})})
        self.env["collection.event"]._log_many(
            [
                (f"dispute_{target}", dispute, {**dispute._told(), **(payload or {})})
                for dispute in self
            ]
        )

    def _resolve(self, granted, answer):
        """Decide a dispute: nothing, a part or all of it is granted.

        What is granted becomes a draft credit note for the accountant; it is not chased meanwhile.

        :param granted: ``{dispute line: amount}`` in the dispute's currency
        :param answer: what the customer is told
        :return: the draft credit notes
        """
        self.ensure_one()
        self.check_access("write")
        dispute_sudo = self.sudo()
        currency = dispute_sudo.currency_id
        amounts = {line: currency.round(amount) for line, amount in granted.items()}
        total = currency.round(sum(amounts.values()))
        if not total:
            dispute_sudo._close("rejected", {}, answer)
        elif currency.compare_amounts(total, dispute_sudo.amount) < 0:
            dispute_sudo._close("partial", amounts, answer)
        else:
            dispute_sudo._close("upheld", amounts, answer)
        return dispute_sudo.credit_move_ids.with_env(self.env)

    def _close(self, target, amounts, answer):
        """Close a dispute; the clocks of its items go on from where they stopped."""
        self.ensure_one()
        for line in self.line_ids:
            line.sudo()._grant(amounts.get(line.sudo(False), amounts.get(line, 0.0)))
        self._transition(
            target,
            {
                "granted_amount": self.currency_id.round(
                    sum(self.line_ids.mapped("granted_amount"))
                ),
                "resolution": answer or False,
                "resolved_on": self.company_id._collection_today(),
                "resolved_by_id": self.env.uid,
            },
        )
        self.activity_ids.action_feedback()
        items = self.line_ids.move_line_id
        items._collection_resume(self.opened_on)
        items._collection_changed()
