from collections import defaultdict, namedtuple

from odoo import api, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.fields import Domain
from odoo.tools import split_every

from ..core.plan.standing import plan_standing
from .collection_plan import RUNNING
from .collection_plan_books import total_of

#: Plans that are looked at in one transaction.
BATCH_SIZE = 500

#: What one look at a plan found: the books, ``{number: minor units paid}``, the core's standing,
#: and ``{installment: values}`` as they should be.
Look = namedtuple("Look", "books paid standing installments")


class CollectionPlan(models.Model):
    _inherit = "collection.plan"

    # === OBSERVE === #

    @api.model
    def _observe(self, company, today, customer_ids=None):
        """Bring all plans of a company in line with the books and the day (sudo).

        A constant number of queries for each batch of plans, besides what has to be posted. Safe
        to repeat.

        :param customer_ids: only plans of these customers
        """
        plans = self.sudo()
        plans._lapse(company, today)
        domain = Domain("company_id", "=", company.id) & (
            Domain("state", "in", RUNNING) | Domain("id", "in", plans._reopened(company).ids)
        )
        if customer_ids is not None:
            domain &= Domain("partner_id", "in", list(customer_ids))
        for ids in split_every(BATCH_SIZE, plans.search(domain, order="id").ids):
            plans.browse(ids)._follow_each(today)

    def _follow_each(self, today):
        """Follow the books of these plans (sudo); one that cannot be billed does not stop the rest.

        Looks at all at once, and at halves of them only where something was refused.
        """
        try:
            with self.env.cr.savepoint():
                self._follow_books(today)
        except (UserError, RedirectWarning) as refusal:
            if len(self) == 1:
                self._tell_stuck(refusal.args[0])
                return
            middle = len(self) // 2
            self[:middle]._follow_each(today)
            self[middle:]._follow_each(today)

    def _tell_stuck(self, reason):
        """Leave a person a task about a plan that the night could not follow."""
        self.case_id._debtor_ask(
            self.env._("Payment plan needs a look"),
            self.env._(
                "%(plan)s could not be brought in line with the books, so nothing was invoiced:"
                " %(reason)s",
                plan=self.name,
                reason=reason,
            ),
        )

    @api.model
    def _reopened(self, company):
        """Return completed plans something of which is open again: a payment came back."""
        lines = self.env["collection.plan.line"].search(
            [
                ("plan_id.company_id", "=", company.id),
                ("plan_id.state", "=", "completed"),
                ("move_line_id.reconciled", "=", False),
            ]
        )
        charges = self.env["account.move"].search(
            [
                ("company_id", "=", company.id),
                ("collection_plan_id.state", "=", "completed"),
                ("state", "=", "posted"),
                ("move_type", "=", "out_invoice"),
                ("amount_residual", ">", 0),
            ]
        )
        return lines.plan_id | charges.collection_plan_id

    @api.model
    def _lapse(self, company, today):
        """Let offers go that nobody accepted in time."""
        late = self.env["collection.plan.version"].search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "offered"),
                ("valid_until", "<", today),
            ]
        )
        for version in late:
            plan = version.plan_id
            if plan.state == "offered":
                plan._end("cancelled", self.env._("The offer was not accepted in time"))
            else:
                version._transition("lapsed")
                plan.proposed_id = False

    def _follow_books(self, today=None, posting=True):
        """Bring these plans in line with the books: installments, figures, states (sudo).

        :param posting: whether invoices may be posted: not in the middle of a reconciliation
        """
        for company, plans in self.sudo().grouped("company_id").items():
            day = today or company._collection_today()
            plans._reopen()
            running = plans.filtered(lambda plan: plan.state in RUNNING)
            if posting:
                running._bill_due(day)
            books = running._books()
            running._take_back(books, day)
            # Read at once: the items of each plan would be read one by one otherwise.
            running.line_ids.mapped("residual")
            looks = {plan: plan._look(books[plan.id], day) for plan in running}
            running.line_ids.move_line_id.fetch(["amount_residual_currency", "date_maturity"])
            credited = running.filtered(
                lambda plan, looks=looks: (
                    plan._minor(plan.credited_amount) < looks[plan].books.credited
                )
            )
            asks = {}
            for plan, look in looks.items():
                for installment, values in look.installments.items():
                    installment.write(values)
                plan._write_figures(look, day)
                asks |= plan._asks(look, day)
            self.env["collection.plan.line"]._ask(asks, day)
            credited._tell_credits()
            running._move_on(looks, day, posting)

    def _reopen(self):
        """Start completed plans again of which something is open: a payment came back."""
        completed = self.filtered(lambda plan: plan.state == "completed")
        books = completed._books()
        for plan in completed:
            found = books[plan.id]
            if found.items > 0 or found.charges > 0:
                plan.version_id.installment_ids.filtered(lambda one: one.state == "waived").write(
                    {"state": "open"}
                )
                plan._transition("active", {"end_reason": False, "settled_on": False})

    def _look(self, books, today):
        """Return what the books say of this plan, as it should be written. Writes nothing."""
        self.ensure_one()
        offer, rows = self.offer_id, self.version_id.installment_ids
        parts = self._paid_parts(books, today)
        paid = {number: total_of(part) for number, part in parts.items()}
        standing = plan_standing(
            rows._as_core(), paid, today, offer.arrears_days, offer.default_days
        )
        changed = {}
        for row in rows:
            amount = self._major(paid.get(row.number, 0))
            left = self.currency_id.round(row.total - amount)
            state = "part" if amount else "open"
            if self.currency_id.is_zero(left):
                state = "paid"
            values = {"paid_amount": amount, "open_amount": left, "state": state}
            if any(row[name] != value for name, value in values.items()):
                if state == "paid" or row.state == "paid":
                    paid_on = min(max(books.last_paid or today, self.accepted_on), today)
                    values["paid_on"] = paid_on if state == "paid" else False
                changed[row] = values
        return Look(books, paid, standing, changed)

    def _write_figures(self, look, today):
        """Write what is paid, open, late and next, where it changed."""
        rows = self.version_id.installment_ids.sorted(lambda one: (one.due_date, one.number))
        waiting = rows.filtered(lambda one: one.state in ("open", "part"))
        money = max(0, self._money(look.books))
        others = sum(
            one.paid_amount for one in self.all_installment_ids if one.version_id != self.version_id
        )
        back = sum(self.version_ids.mapped("returned_amount"))
        values = {
            "paid_amount": self.currency_id.round(self._major(money) + others - back),
            "open_amount": self.currency_id.round(sum(waiting.mapped("open_amount"))),
            "late_amount": self._major(look.standing.late_amount),
            "days_late": look.standing.days_late,
            "credited_amount": self._major(look.books.credited),
            "next_due_date": waiting[:1].due_date,
            "next_amount": waiting[:1].open_amount,
        }
        changed = {name: value for name, value in values.items() if self[name] != value}
        if changed:
            self.write(changed)

    def _asks(self, look, today):
        """Return how much of which item reminders may ask for: what is due, or comes next.

        :return: ``{plan line: (amount, day of the installment)}``
        """
        rows = self.version_id.installment_ids.sorted(lambda one: (one.due_date, one.number))
        waiting = rows.filtered(lambda one: one.state in ("open", "part"))
        due = waiting.filtered(lambda one: one.due_date <= today)
        asked = due or waiting[:1]
        amount = self._minor(sum(asked.mapped("open_amount")))
        charges = look.books.charges
        if self.charges_wait != (charges > amount):
            self.charges_wait = charges > amount
        left, found = max(0, amount - charges), {}
        for line in self.line_ids.filtered("is_running"):
            share = min(left, max(0, self._minor(line.residual)))
            left -= share
            found[line] = (self._major(share), asked[:1].due_date)
        return found

    def _tell_credits(self):
        """Leave a person a task that an invoice of a plan was credited: they decide on its terms.

        The credit counts as paid: the next installments need not be paid.
        """
        for plan in self:
            plan.case_id._debtor_ask(
                self.env._("Credit note in a payment plan"),
                self.env._(
                    "%(amount)s of %(plan)s is credited and counts as paid for the next"
                    " installments. Reschedule the plan if that is not meant.",
                    amount=plan.currency_id.format(plan.credited_amount),
                    plan=plan.name,
                ),
            )

    # === MOVE ON === #

    def _move_on(self, looks, today, posting):
        """Change the states that do not fit the books any more."""
        targets = defaultdict(self.browse)
        for plan, look in looks.items():
            target = plan._target(look, today)
            if target != plan.state:
                targets[target] |= plan
        settled = targets.pop("settled", self.browse())
        for plan in settled if posting else ():
            plan._settle_out(looks[plan].books, today)
        reasons = {
            "completed": False,
            "defaulted": self.env._("An installment was not paid"),
            "cancelled": self.env._("The deposit was not paid"),
        }
        for target, reason in reasons.items():
            for plan in targets.pop(target, ()):
                plan._end(target, reason)
        activated = targets.pop("activated", self.browse())
        if not posting:
            activated = activated.filtered(lambda plan: not plan.version_id.terms["fee_financed"])
        for plan in activated:
            plan._activate()
        for target, plans in targets.items():
            plans._transition(target, {"paused_until": False})
        if activated:
            activated._follow_books(today, posting)

    def _target(self, look, today):
        """Return the state this plan should be in, ``activated`` or ``settled`` for a step."""
        books, standing = look.books, look.standing
        if self.state == "accepted":
            if self._money(books) >= self._minor(self.version_id.deposit):
                return "activated"
            late = (today - self.accepted_on).days > self.offer_id.default_days
            return "cancelled" if late else "accepted"
        if standing.state == "completed" and not books.items and not books.charges:
            return "completed"
        if not books.items and self.version_id.kind != "settled":
            return "settled"
        if self.state == "paused" and self.paused_until and today <= self.paused_until:
            return "paused"
        # All is paid in sum, but not matched yet: a person or the matching does that.
        return "active" if standing.state == "completed" else standing.state
