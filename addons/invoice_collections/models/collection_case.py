import logging
import uuid
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)

#: Allowed transitions: state -> states it may move to.
TRANSITIONS = {
    "clear": {"watching", "dunning", "on_hold"},
    "watching": {"clear", "dunning", "on_hold"},
    "dunning": {"clear", "watching", "on_hold"},
    "on_hold": {"clear", "watching", "dunning"},
}

#: Why a person put a case on hold; the codes are those the guard tells.
HOLD_REASONS = [
    ("hold", "Paused by us"),
    ("dispute", "Disputed"),
    ("promise", "Payment promised"),
    ("hardship", "Hardship"),
    ("legal_stop", "Insolvency or legal stop"),
]


class CollectionCase(models.Model):
    """The story of one customer with one company: what is open, what was said, what comes next.

    The state is derived from the books every night and on every payment; only being on hold is
    decided by people. A case whose debts are all settled is clear, whatever it was before.
    """

    _name = "collection.case"
    _description = "Collection Case"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "overdue_amount desc, open_amount desc, id"
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
        ],
        default="clear",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        help="Clear: nothing open. Watching: open, nothing overdue. Dunning: something overdue.",
    )
    hold_reason = fields.Selection(HOLD_REASONS, readonly=True, copy=False, tracking=True)
    hold_until = fields.Date(
        readonly=True, copy=False, tracking=True, help="The last day on hold; empty: no end."
    )
    hold_note = fields.Char(readonly=True, copy=False)
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
        domain="[('company_id', '=', company_id)]",
        help="Empty: the cadence of the company's policy.",
    )
    opt_out = fields.Boolean(
        "No reminders by e-mail", tracking=True, help="The customer asked not to get them."
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
    invoice_count = fields.Integer(compute="_compute_item_ids")
    access_nonce = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_system",
        default=lambda self: uuid.uuid4().hex,
        help="Part of every link the customer holds: a new one revokes them all.",
    )

    _partner_company_uniq = models.Constraint(
        "UNIQUE(partner_id, company_id)", "A customer has one case with a company."
    )

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

    # === ACTION METHODS === #

    def action_hold(self):
        """Ask for the reason and the last day of a hold."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Hold"),
            "res_model": "collection.case.hold",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_case_ids": self.ids},
        }

    def action_resume(self):
        """End the hold; the books decide where the case stands."""
        self.check_access("write")
        held = self.filtered(lambda case: case.state == "on_hold")
        held.write({"hold_until": False, "hold_reason": False, "hold_note": False})
        held.sudo()._evaluate(resume=True)

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
        refused = self.filtered(lambda case: target not in TRANSITIONS[case.state])
        if refused:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "The case of %(customer)s is %(state)s and cannot become %(target)s.",
                    customer=refused[0].partner_id.name,
                    state=labels[refused[0].state],
                    target=labels[target],
                )
            )
        rows = [(f"case_{target}", case, {"from": case.state}) for case in self]
        self.write({"state": target, **(values or {})})
        self.env["collection.event"]._log_many(rows)

    def _hold(self, reason, until=None, note=None):
        """Put the cases on hold: no reminder until the day after ``until``, or until resumed."""
        values = {"hold_reason": reason, "hold_until": until, "hold_note": note}
        (self.filtered(lambda case: case.state != "on_hold"))._transition("on_hold", values)
        self.write(values)
        self.env["collection.event"]._log_many(
            [
                ("case_held", case, {"reason": reason, "until": str(until or ""), "note": note})
                for case in self
            ]
        )

    def _is_held(self, today):
        """Return whether a person's hold covers ``today``."""
        self.ensure_one()
        return self.state == "on_hold" and (not self.hold_until or today <= self.hold_until)

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

    def _evaluate(self, resume=False):
        """Bring state and figures of these cases in line with the books."""
        for company, cases in self.grouped("company_id").items():
            company._collection_evaluate(cases.partner_id.ids, resume=resume)

    def _apply_balance(self, balance, today, retry=None, resume=False):
        """Return ``(target state, values)`` for a balance; writes nothing.

        :param balance: the customer's ``Balance``, or ``None`` when nothing is open
        :param retry: the day on which a contact held back today may be tried again
        :param resume: end a hold
        """
        self.ensure_one()
        factor = 10**self.company_id.currency_id.decimal_places
        held = self._is_held(today) and not resume
        if not balance:
            target = "clear"
        elif held:
            target = "on_hold"
        else:
            target = "dunning" if balance.overdue > 0 else "watching"
        next_day = balance and min(filter(None, (balance.next_day, retry)), default=None)
        if held and balance:
            next_day = self.hold_until and self.hold_until + timedelta(days=1)
        values = {
            "open_amount": balance.open / factor if balance else 0.0,
            "overdue_amount": balance.overdue / factor if balance else 0.0,
            "oldest_due_date": balance.oldest_due_date if balance else False,
            "next_action_date": next_day or False,
        }
        if target != "on_hold":
            values.update(hold_reason=False, hold_until=False, hold_note=False)
        return target, values
