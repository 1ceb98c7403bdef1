from odoo import fields, models
from odoo.tools import format_date

#: Installments to come that the timeline of a plan looks ahead to.
LOOK_AHEAD = 3

#: Kind of event → icon and colour of the timeline; others stand with a plain dot.
_SIGNS = {
    "plan_quote": ("fa-calculator", "secondary"),
    "plan_approved": ("fa-check", "secondary"),
    "plan_offered": ("fa-paper-plane-o", "info"),
    "plan_change_offered": ("fa-paper-plane-o", "info"),
    "plan_accepted": ("fa-handshake-o", "success"),
    "plan_active": ("fa-play", "success"),
    "plan_paused": ("fa-pause", "warning"),
    "plan_arrears": ("fa-exclamation-triangle", "danger"),
    "plan_defaulted": ("fa-times-circle", "danger"),
    "plan_cancelled": ("fa-ban", "secondary"),
    "plan_refinanced": ("fa-exchange", "secondary"),
    "plan_completed": ("fa-flag-checkered", "success"),
    "plan_charged": ("fa-pencil-square-o", "secondary"),
    "plan_pause": ("fa-handshake-o", "success"),
    "plan_reschedule": ("fa-handshake-o", "success"),
    "plan_settled_early": ("fa-flag-checkered", "success"),
    "plan_change_requested": ("fa-comment-o", "info"),
}


#: States in which a sentence says how a plan is doing.
_TOLD = ("accepted", "active", "paused", "arrears")


class CollectionPlan(models.Model):
    _inherit = "collection.plan"

    schedule_chart = fields.Json("Chart of the schedule", compute="_compute_schedule_chart")
    timeline = fields.Html(
        compute="_compute_timeline", sanitize=False, help="What happened, and what comes next."
    )

    standing_text = fields.Char("Where it stands", compute="_compute_standing_text")

    # === COMPUTE METHODS === #

    def _compute_standing_text(self):
        """Say in a sentence how the plan is doing and what comes next."""
        for plan in self:
            plan.standing_text = plan._standing_words() if plan.state in _TOLD else False

    def _standing_words(self):
        """Return a running plan's standing: how much is paid, what is late, what is next."""
        env, money = self.env, self.currency_id.format
        rows = self.installment_ids.filtered("number")
        paid = rows.filtered(lambda one: one.state == "paid")
        told = [
            env._("%(paid)s of %(count)s installments are paid.", paid=len(paid), count=len(rows)),
        ]
        if not self.currency_id.is_zero(self.late_amount):
            told.append(
                env._(
                    "%(amount)s is late for %(days)s days.",
                    amount=money(self.late_amount),
                    days=self.days_late,
                )
            )
        if self.next_due_date:
            told.append(
                env._(
                    "Next: %(amount)s on %(day)s.",
                    amount=money(self.next_amount),
                    day=format_date(self.env, self.next_due_date),
                )
            )
        if self.proposed_id:
            told.append(env._("A change waits for the customer's answer."))
        return " ".join(told)

    def _compute_schedule_chart(self):
        today = {company: company._collection_today() for company in self.company_id}
        for plan in self:
            plan.schedule_chart = {
                "currency_id": plan.currency_id.id,
                "rows": [
                    {
                        "due": str(one.due_date),
                        "paid": one.paid_amount,
                        "late": one.open_amount if one.due_date < today[plan.company_id] else 0,
                        "coming": one.open_amount if one.due_date >= today[plan.company_id] else 0,
                    }
                    for one in plan.installment_ids.sorted("number")
                ],
            }

    def _compute_timeline(self):
        events = self._timeline_events()
        for plan in self:
            rows = [plan._told_event(event) for event in events.get(plan.id, ())]
            plan.timeline = self.env["ir.qweb"]._render(
                "invoice_collections.plan_timeline",
                {
                    "past": rows,
                    "coming": plan._coming_installments(),
                    "today": plan.company_id._collection_today(),
                    "currency": plan.currency_id,
                },
            )

    # === ACTION METHODS === #

    def action_what_if(self):
        """Show what a change would cost; the button says which in ``default_kind``."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What if? %(plan)s", plan=self.name),
            "res_model": "collection.plan.change",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_plan_id": self.id,
                "default_kind": self.env.context.get("default_kind", "pause"),
                "dialog_size": "extra-large",
            },
        }

    # === BUSINESS METHODS === #

    def _timeline_events(self):
        """Return ``{plan id: events}`` in the order in which they happened."""
        events = self.env["collection.event"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)], order="id"
        )
        return events.grouped("res_id")

    def _coming_installments(self):
        """Return the next few installments of a living plan, with what is open of each."""
        self.ensure_one()
        return self.installment_ids.filtered(lambda one: one.state in ("open", "part")).sorted(
            lambda one: (one.due_date, one.number)
        )[:LOOK_AHEAD]

    def _told_event(self, event):
        """Return what the timeline shows of an event."""
        icon, color = _SIGNS.get(event.kind, ("fa-circle", "secondary"))
        told = event.payload or {}
        texts = self._event_texts()
        return {
            "at": event.at,
            "who": told.get("name") or event.user_id.name,
            "text": texts.get(event.kind) or event.kind,
            "detail": told.get("reason") or told.get("invoice") or "",
            "icon": icon,
            "color": color,
        }

    def _event_texts(self):
        """Return ``{kind: what happened}`` of the events of plans."""
        env = self.env
        return {
            "plan_quote": env._("Quote prepared"),
            "plan_approved": env._("Approved by a manager"),
            "plan_offered": env._("Offered to the customer"),
            "plan_change_offered": env._("Change offered to the customer"),
            "plan_accepted": env._("Accepted by the customer"),
            "plan_active": env._("In force"),
            "plan_paused": env._("Paused"),
            "plan_arrears": env._("In arrears: an installment is late"),
            "plan_defaulted": env._("In default: the invoices are due as before"),
            "plan_cancelled": env._("Ended"),
            "plan_refinanced": env._("Replaced by another plan"),
            "plan_completed": env._("Paid in full"),
            "plan_pause": env._("Pause accepted by the customer"),
            "plan_reschedule": env._("Rescheduled, accepted by the customer"),
            "plan_settled_early": env._("Paid early"),
            "plan_change_requested": env._("The customer asks for other terms"),
            "plan_charged": env._("Interest and fees invoiced"),
        }
