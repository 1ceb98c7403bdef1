import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError

from .collection_cadence_step import RISKS

_logger = logging.getLogger(__name__)

#: Allowed transitions: state -> states it may move to.
TRANSITIONS = {
    "clear": {"watching", "dunning", "on_hold", "handed_over"},
    "watching": {"clear", "dunning", "on_hold", "final_notice", "handed_over"},
    "dunning": {"clear", "watching", "on_hold", "final_notice", "handed_over"},
    "on_hold": {"clear", "watching", "dunning", "final_notice", "handed_over"},
    "final_notice": {"clear", "watching", "dunning", "on_hold", "handed_over"},
    "handed_over": {"clear", "watching", "dunning", "on_hold"},
}

#: What comes from the books and from the buttons only: no form and no remote call writes it.
_DERIVED = {
    "partner_id",
    "company_id",
    "state",
    "hold_reason",
    "hold_until",
    "pause_reason",
    "pause_until",
    "pause_note",
    "open_amount",
    "overdue_amount",
    "value_at_risk",
    "oldest_due_date",
    "next_action_date",
    "last_contact_date",
    "running_cadence_id",
    "wake_at",
}


class CollectionCase(models.Model):
    """The story of one customer with one company: what is open, what was said, what comes next.

    The state is derived from the facts every night and on every payment, promise and dispute
    (``core.standing``); only a pause is decided by people. A case whose debts are all settled is
    clear, whatever it was before.
    """

    _name = "collection.case"
    _description = "Collection Case"
    _inherit = [
        "collection.lifecycle",
        "mail.thread",
        "mail.activity.mixin",
        "collection.debtor.link",
        "collection.hold",
        "collection.reach",
    ]
    _order = "overdue_amount desc, open_amount desc, id"
    _transitions = TRANSITIONS
    _mail_post_access = "read"

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(
        [
            ("clear", "Clear"),
            ("watching", "Watching"),
            ("dunning", "Dunning"),
            ("on_hold", "On hold"),
            ("final_notice", "Final notice"),
            ("handed_over", "Handed over"),
        ],
        default="clear",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        help="Clear: nothing open. Watching: open, nothing overdue. Dunning: something overdue."
        " On hold: nothing of what is overdue may be chased now. Final notice: the last chance"
        " before an agency takes over. Handed over: an agency collects what is overdue.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        tracking=True,
        index="btree_not_null",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    cadence_id = fields.Many2one(
        "collection.cadence",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        domain="[('company_id', '=', company_id), ('state', '=', 'active')]",
        help="Empty: the cadence of the company's policy.",
    )
    running_cadence_id = fields.Many2one(
        "collection.cadence",
        "Runs on",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The version the customer is being reminded with, until nothing is overdue any more; "
        "a newer one has taken over since.",
    )
    risk_band = fields.Selection(
        RISKS, "Risk", tracking=True, help="Empty: nobody has judged it; it counts as medium."
    )
    opt_out = fields.Boolean(
        "No reminders by e-mail",
        compute="_compute_opt_out",
        inverse="_inverse_opt_out",
        store=True,
        tracking=True,
        help="The customer asked not to get them.",
    )
    open_amount = fields.Monetary("Open", readonly=True, help="In company currency.")
    overdue_amount = fields.Monetary("Overdue", readonly=True, help="In company currency.")
    oldest_due_date = fields.Date(readonly=True)
    next_action_date = fields.Date("Next step", readonly=True, index="btree_not_null")
    days_overdue = fields.Integer(compute="_compute_days_overdue")
    touchpoint_ids = fields.One2many("collection.touchpoint", "case_id", readonly=True)
    event_ids = fields.One2many("collection.event", "case_id", readonly=True)
    last_contact_date = fields.Date(readonly=True)
    item_ids = fields.Many2many(
        "account.move.line", string="Open items", compute="_compute_item_ids"
    )
    touchpoint_count = fields.Integer(compute="_compute_touchpoint_count")
    why = fields.Char(compute="_compute_story", help="Why the case is where it is.")
    what_next = fields.Char(compute="_compute_story", help="What happens next, and when.")
    invoice_count = fields.Integer(compute="_compute_item_ids")

    #: What is read of every case each night, all at once.
    _EVALUATED = (
        "partner_id",
        "company_id",
        "state",
        "open_amount",
        "overdue_amount",
        "value_at_risk",
        "risk_band",
        "oldest_due_date",
        "next_action_date",
        "hold_reason",
        "hold_until",
        "pause_reason",
        "pause_until",
    )
    #: States in which a customer is being reminded: the cadence keeps its version.
    _RUNNING_STATES = ("dunning", "on_hold", "final_notice")

    _partner_company_uniq = models.Constraint(
        "UNIQUE(partner_id, company_id)", "A customer has one case with a company."
    )

    # === CRUD METHODS === #

    def write(self, vals):
        """Write what people decide; refuse to have state and figures written past the events.

        :raise AccessError: for a user who writes what is derived
        """
        derived = _DERIVED.intersection(vals)
        if derived and not self.env.su:
            raise AccessError(
                self.env._(
                    "%(fields)s of a case cannot be written by hand.",
                    fields=", ".join(sorted(derived)),
                )
            )
        if "cadence_id" in vals and "running_cadence_id" not in vals:
            vals = {**vals, "running_cadence_id": False}
        return super().write(vals)

    # === COMPUTE METHODS === #

    @api.depends("partner_id.name")
    def _compute_display_name(self):
        for case in self:
            case.display_name = case.partner_id.name

    @api.depends("oldest_due_date")
    def _compute_days_overdue(self):
        today = {company: company._collection_today() for company in self.company_id}
        for case in self:
            days = case.oldest_due_date and (today[case.company_id] - case.oldest_due_date).days
            case.days_overdue = max(0, days or 0)

    def _get_item_domain(self):
        """Return the domain of the open receivable items of these cases, credits included."""
        return [
            ("account_type", "=", "asset_receivable"),
            ("parent_state", "=", "posted"),
            ("reconciled", "=", False),
            ("amount_residual_currency", "!=", 0),
            ("company_id", "in", self.company_id.ids),
            ("partner_id.commercial_partner_id", "in", self.partner_id.ids),
        ]

    @api.depends("partner_id", "company_id")
    def _compute_item_ids(self):
        items = self.env["account.move.line"].search(
            self._get_item_domain(), order="date_maturity, id"
        )
        groups = items.grouped(
            lambda item: (item.partner_id.commercial_partner_id, item.company_id)
        )
        for case in self:
            case.item_ids = groups.get((case.partner_id, case.company_id), items.browse())
            case.invoice_count = len(case.item_ids.move_id)

    @api.depends("touchpoint_ids")
    def _compute_touchpoint_count(self):
        counts = dict(
            self.env["collection.touchpoint"]._read_group(
                [("case_id", "in", self.ids)], ["case_id"], ["__count"]
            )
        )
        for case in self:
            case.touchpoint_count = counts.get(case, 0)

    @api.depends("state", "hold_reason", "hold_until", "next_action_date", "touchpoint_ids.state")
    def _compute_story(self):
        latest = {}
        for touchpoint in self.env["collection.touchpoint"].search(
            [("case_id", "in", self.ids), ("state", "=", "blocked")], order="date, id"
        ):
            latest[touchpoint.case_id] = touchpoint
        for case in self:
            case.why = case._why()
            case.what_next = case._what_next(latest.get(case))

    def _why(self):
        """Return in words why the case is in its state."""
        env = self.env
        if self.state == "on_hold":
            reason = dict(self._fields["hold_reason"]._description_selection(env))[self.hold_reason]
            if self.hold_until:
                until = self._format_date(self.hold_until)
                return env._("On hold until %(until)s: %(reason)s.", until=until, reason=reason)
            return env._("On hold: %(reason)s.", reason=reason)
        if self.state == "final_notice":
            return env._("A final notice is running for %(amount)s.", amount=self._overdue_text())
        if self.state == "handed_over":
            return env._("An agency collects %(amount)s.", amount=self._overdue_text())
        if self.state == "dunning":
            return env._(
                "%(amount)s is overdue, the oldest item for %(days)s days.",
                amount=self._overdue_text(),
                days=self.days_overdue,
            )
        if self.state == "watching":
            return env._(
                "%(amount)s is open, nothing is overdue.",
                amount=self.currency_id.format(self.open_amount),
            )
        return env._("Nothing is open.")

    def _what_next(self, blocked):
        """Return in words what happens next; ``blocked`` is the last blocked touchpoint."""
        env = self.env
        if self.state == "clear":
            return env._("Nothing to do until the next invoice.")
        parts = []
        if blocked and blocked.date == self.company_id._collection_today():
            parts.append(env._("Not contacted today: %(reason)s.", reason=blocked.block_label))
        if self.next_action_date:
            parts.append(
                env._("Next look on %(day)s.", day=self._format_date(self.next_action_date))
            )
        else:
            parts.append(env._("No further step is planned: a person decides."))
        return " ".join(parts)

    def _overdue_text(self):
        """Return what is overdue, with its currency."""
        return self.currency_id.format(self.overdue_amount)

    def _format_date(self, day):
        """Return a date as the reader of the screen writes it."""
        return self.env["ir.qweb.field.date"].value_to_html(day, {})

    # === ACTION METHODS === #

    def action_evaluate(self):
        """Look at the books again, now."""
        self.check_access("write")
        self.sudo()._evaluate()

    def action_view_invoices(self):
        """Open the invoices with something open."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Open invoices"),
            "res_model": "account.move",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", self.item_ids.move_id.ids)],
            "context": {"create": False},
        }

    def action_view_touchpoints(self):
        """Open what was said to this customer, and what was not."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Touchpoints"),
            "res_model": "collection.touchpoint",
            "views": [(False, "list"), (False, "form")],
            "domain": [("case_id", "=", self.id)],
        }

    # === CRON === #

    @api.model
    def _cron_nightly(self):
        """Run every company's reminders, each with its own day and in its own transactions.

        A company that fails never stops the others. Safe to repeat: a customer gets one message
        per company, currency and day, whatever runs how often.
        """
        companies = self.env["collection.policy"].search([("company_id", "!=", False)]).company_id
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(companies))
        for company in companies:
            try:
                company._collection_run(commit=cron._commit_progress)
                self.env["collection.event"]._seal(company)
            except Exception:
                self.env.cr.rollback()
                _logger.exception("Collections of company %s failed", company.id)
            if not cron._commit_progress(1):
                break

    # === BUSINESS METHODS === #

    def _transition(self, target, values=None):
        """Move all records to ``target``, or none, and record it: the only writer of ``state``.

        :param values: further values, the same for all
        :raise UserError: when one record may not go there
        """
        self._check_may_become(target)
        rows = [(f"case_{target}", case, {"from": case.state}) for case in self]
        self.write({"state": target, **(values or {})})
        self.env["collection.event"]._log_many(rows)

    def _retry_days(self, today):
        """Return ``{case id: day}`` of cases held back today that may be tried again later."""
        groups = self.env["collection.touchpoint"]._read_group(
            [
                ("case_id", "in", self.ids),
                ("state", "=", "blocked"),
                ("date", "=", today),
                ("retry_date", ">", today),
            ],
            ["case_id"],
            ["retry_date:min"],
        )
        return {case.id: day for case, day in groups}

    def _look_again_on(self, day):
        """Have the next look at these cases on ``day`` at the latest."""
        self.filtered(lambda case: not case.next_action_date or case.next_action_date > day).write(
            {"next_action_date": day}
        )

    def _evaluate(self):
        """Bring state and figures of these cases in line with the facts."""
        for company, cases in self.grouped("company_id").items():
            company._collection_evaluate(cases.partner_id.ids)

    def _figures(self, balance):
        """Return the figures of a case for a balance, ``None`` when nothing is open."""
        factor = 10**self.company_id.currency_id.decimal_places
        return {
            "open_amount": balance.open / factor if balance else 0.0,
            "overdue_amount": balance.overdue / factor if balance else 0.0,
        }
