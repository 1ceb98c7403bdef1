from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..core import promise as core_promise
from ..core import withheld

#: Allowed transitions: state -> states it may move to. Only an open promise changes.
TRANSITIONS = {
    "open": {"kept", "part_kept", "broken", "cancelled"},
    "kept": set(),
    "part_kept": set(),
    "broken": set(),
    "cancelled": set(),
}

#: How a promise or a dispute reached us. What a customer does alone has its own limits.
SOURCES = [
    ("customer", "Customer's page"),
    ("phone", "Phone"),
    ("email", "E-mail"),
    ("letter", "Letter"),
    ("person", "In person"),
]


class CollectionPromise(models.Model):
    """A customer's word to pay so much by a day. Until then, and the grace after it, we wait."""

    _name = "collection.promise"
    _inherit = ["collection.lifecycle", "collection.case.paper"]
    _description = "Promise to Pay"
    _order = "date desc, id desc"
    _transitions = TRANSITIONS

    amount = fields.Monetary("Promised", required=True, readonly=True)
    date = fields.Date("Promised for", required=True, readonly=True, index=True)
    grace_days = fields.Integer("Days of grace", readonly=True)
    last_day = fields.Date(
        readonly=True, required=True, help="The promised day with the days of grace."
    )
    source = fields.Selection(SOURCES, required=True, readonly=True)
    user_id = fields.Many2one("res.users", "Taken by", readonly=True, ondelete="restrict")
    note = fields.Char(readonly=True)
    state = fields.Selection(
        [
            ("open", "Open"),
            ("kept", "Kept"),
            ("part_kept", "Kept in part"),
            ("broken", "Broken"),
            ("cancelled", "Cancelled"),
        ],
        default="open",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    paid_amount = fields.Monetary(
        "Paid in time", readonly=True, copy=False, help="Payments dated up to the last day."
    )
    settled_on = fields.Date(readonly=True, copy=False)
    line_ids = fields.One2many("collection.promise.line", "promise_id", readonly=True)

    _positive = models.Constraint("CHECK(amount > 0)", "A promise is more than nothing.")

    @api.depends("partner_id.name", "amount", "currency_id")
    def _compute_display_name(self):
        for promise in self:
            amount = promise.currency_id.format(promise.amount) if promise.currency_id else ""
            promise.display_name = f"{promise.partner_id.name or ''}: {amount}"

    # === ACTION METHODS === #

    def action_cancel(self):
        """Take the promise back: reminders go on."""
        self.case_id.check_access("write")
        self.sudo()._transition("cancelled", payload={"reason": "by_hand"})
        self.sudo().line_ids.move_line_id._collection_changed()

    # === BUSINESS METHODS === #

    @api.model
    def _take(self, case, lines, amount, date, source, note=""):
        """Record that the customer promised to pay ``amount`` by ``date``.

        A new promise takes the place of an open one on the same items, unless a customer without
        a person gives it: then the first word stands.

        :param case: the case; the caller's right to write it is checked
        :param lines: open receivable items in one currency; empty: all that is overdue, else all
        :param amount: in the currency of the items; ``None``: all that is open of them
        :param source: a code of ``SOURCES``; ``customer`` obeys the limits of the policy
        :return: the promise
        :raise UserError: when the promise cannot be meant so, with a sentence for whoever gave it
        """
        case.ensure_one()
        case.check_access("write")
        case_sudo = case.sudo()
        lines_sudo = case_sudo._own_items(lines.sudo())
        currency = lines_sudo.currency_id
        policy = case_sudo.company_id._collection_policy()
        amount = lines_sudo._collection_amount() if amount is None else currency.round(amount)
        self._check_promise(case_sudo, lines_sudo, amount, date, source)
        earlier_sudo = case_sudo.promise_ids.filtered(
            lambda promise: promise.state == "open" and promise.line_ids.move_line_id & lines_sudo
        )
        earlier_sudo._transition("cancelled", payload={"reason": "replaced"})
        promise_sudo = self.sudo().create(
            {
                "case_id": case_sudo.id,
                "partner_id": case_sudo.partner_id.id,
                "company_id": case_sudo.company_id.id,
                "currency_id": currency.id,
                "amount": amount,
                "date": date,
                "grace_days": policy.promise_grace_days,
                "last_day": date + timedelta(days=policy.promise_grace_days),
                "source": source,
                "user_id": False if source == "customer" else self.env.uid,
                "note": note or False,
                "line_ids": self._prepare_lines(lines_sudo, amount),
            }
        )
        self.env["collection.event"]._log(
            "promise_open", promise_sudo, payload=promise_sudo._told()
        )
        lines_sudo._collection_changed()
        return promise_sudo.with_env(self.env)

    @api.model
    def _prepare_lines(self, lines, amount):
        """Return the commands that spread ``amount`` over the items, the oldest first."""
        factor = 10**lines.currency_id.decimal_places
        open_minor = [(line.id, round(line.amount_residual_currency * factor)) for line in lines]
        labels = {line.id: line.move_id.name or line.name for line in lines}
        shares = withheld.spread(round(amount * factor), open_minor)
        return [
            Command.create(
                {
                    "move_line_id": line,
                    "label": labels[line],
                    "amount": shares[line] / factor,
                    "open_amount": residual / factor,
                }
            )
            for line, residual in open_minor
            if line in shares
        ]

    @api.model
    def _check_promise(self, case, lines, amount, date, source):
        """Refuse what cannot be promised."""
        env, currency = self.env, lines.currency_id
        residual = lines._collection_amount()
        today = case.company_id._collection_today()
        policy = case.company_id._collection_policy()
        if (
            currency.compare_amounts(amount, 0) <= 0
            or currency.compare_amounts(amount, residual) > 0
        ):
            raise UserError(
                env._(
                    "A promise must be more than zero and at most what is open: %(amount)s.",
                    amount=currency.format(residual),
                )
            )
        if date < today:
            raise UserError(env._("The promised day cannot be in the past."))
        if source != "customer":
            return
        if not case.can_promise:
            raise UserError(
                env._("Please contact us to agree on a day: earlier promises were not kept.")
            )
        if date > today + timedelta(days=policy.promise_max_days):
            raise UserError(
                env._(
                    "Please choose a day within the next %(days)s days, or contact us.",
                    days=policy.promise_max_days,
                )
            )
        if case.promise_ids.filtered(
            lambda promise: promise.state == "open" and promise.line_ids.move_line_id & lines
        ):
            raise UserError(env._("You have promised a payment for this already. Thank you."))

    def _told(self):
        """Return what an event keeps of a promise."""
        self.ensure_one()
        places = self.currency_id.decimal_places
        return {
            "amount": f"{self.amount:.{places}f}",
            "paid": f"{self.paid_amount:.{places}f}",
            "currency": self.currency_id.name,
            "date": str(self.date),
            "last_day": str(self.last_day),
            "source": self.source,
            "items": self.line_ids.mapped("label"),
        }

    def _transition(self, target, values=None, payload=None):
        """Move all records to ``target``, or none, and record it: the only writer of ``state``.

        :raise UserError: when one record may not go there
        """
        self._check_may_become(target)
        for company, promises in self.grouped("company_id").items():
            today = company._collection_today()
            promises.write({"state": target, "settled_on": today, **(values or {})})
        self.env["collection.event"]._log_many(
            [
                (f"promise_{target}", promise, {**promise._told(), **(payload or {})})
                for promise in self
            ]
        )

    # === CRUD METHODS === #

    def write(self, vals):
        """Refuse to have a promise written past its methods.

        :raise AccessError: for whoever is not the server
        """
        if not self.env.su:
            raise AccessError(self.env._("A promise is not changed: cancel it and take a new one."))
        return super().write(vals)

    # === OBSERVE === #

    @api.model
    def _observe(self, company, today, customer_ids=None):
        """Find out what became of the open promises of a company (sudo), and act on it.

        A constant number of queries whatever the number of promises.
        """
        domain = [("company_id", "=", company.id), ("state", "=", "open")]
        if customer_ids is not None:
            domain.append(("partner_id", "in", list(customer_ids)))
        promises = self.sudo().search(domain)
        if not promises:
            return
        settled_books = not company._collection_feed_reason()
        facts = promises._facts()
        pending = promises._with_pending_money()
        outcomes = {}
        for promise in promises:
            result = core_promise.outcome(
                facts[promise.id],
                today,
                settled_books=settled_books and promise not in pending,
            )
            if result != "open":
                outcomes.setdefault(result, self.sudo().browse())
                outcomes[result] |= promise
        for result, settled in outcomes.items():
            settled._settle(result, facts, today)

    def _facts(self):
        """Return ``{promise id: core facts}``."""
        moved = self.line_ids._taken_off()
        facts = {}
        for promise in self:
            factor = 10**promise.currency_id.decimal_places
            paid = sum(moved[line.id][0] for line in promise.line_ids)
            credited = sum(moved[line.id][1] for line in promise.line_ids)
            facts[promise.id] = core_promise.Promise(
                promised=round(promise.amount * factor),
                open_then=sum(round(line.open_amount * factor) for line in promise.line_ids),
                last_day=promise.last_day,
                paid=paid,
                credited=credited,
            )
        return facts

    def _with_pending_money(self):
        """Return the promises whose money may be on its way: nobody is called a liar for that."""
        reasons = self.line_ids.move_line_id.move_id._collection_hold_reasons()
        return self.filtered(
            lambda promise: any(
                "pending_money" in reasons[move] for move in promise.line_ids.move_line_id.move_id
            )
        )

    def _settle(self, result, facts, today):
        """Close these promises with one outcome; a broken one turns the clock forward."""
        for promise in self:
            factor = 10**promise.currency_id.decimal_places
            promise.paid_amount = facts[promise.id].paid / factor
        self._transition(result)
        if result in ("broken", "part_kept"):
            self.line_ids.move_line_id._collection_go_firmer(today)
