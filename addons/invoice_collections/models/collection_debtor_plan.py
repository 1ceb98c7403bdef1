from odoo import models
from odoo.exceptions import UserError

from .collection_plan import RUNNING


class CollectionCase(models.Model):
    _inherit = "collection.case"

    # === BUSINESS METHODS - THE CUSTOMER'S PLANS === #

    def _debtor_plans(self):
        """Return the plans the overview names: ``[{"plan", "says"}]``, the latest first."""
        self.ensure_one()
        states = ("quote", "offered", *RUNNING)
        plans = self.env["collection.plan"].search(
            [("case_id", "=", self.id), ("state", "in", states)]
        )
        return [
            {"plan": plan, "says": self._debtor_plan_says(plan)}
            for plan in plans
            if plan.state != "quote" or plan.source == "customer"
        ]

    def _debtor_plan(self, plan_id):
        """Return the plan with this id if it is this customer's to see, or an empty one."""
        self.ensure_one()
        plan = self.env["collection.plan"].search(
            [("id", "=", plan_id), ("case_id", "=", self.id)], limit=1
        )
        return plan.filtered(lambda plan: plan.state != "quote" or plan.source == "customer")

    def _debtor_plan_values(self, plan):
        """Return what the page of a plan shows; writes nothing."""
        self.ensure_one()
        today = self.company_id._collection_today()
        version, proposed = plan.version_id, plan.proposed_id
        # Before it is agreed there is one version, and it is the one on offer.
        shown = version if version != proposed else version.browse()
        running = plan.state in RUNNING
        cost = self._debtor_cost_of_version(shown) if shown else None
        choice = self._debtor_plan_choice(plan)
        online, bank = self._debtor_ways_of_paying(choice)
        return {
            "plan": plan,
            "says": self._debtor_plan_says(plan),
            "version": shown,
            "cost": cost,
            "schedule": cost and cost["all"],
            "running": running,
            "pay_now": choice["total"] if choice else 0.0,
            "online": online,
            "bank": bank,
            "paid_says": self.env._(
                "Paid %(paid)s of %(all)s",
                paid=plan.currency_id.format(plan.paid_amount),
                all=plan.currency_id.format(plan.paid_amount + plan.open_amount),
            ),
            "documents": [
                self._debtor_plan_document(version)
                for version in plan.version_ids.filtered("document_id").sorted("number")
            ],
            "withdraw_says": self.env._(
                "Until %(day)s you can withdraw from this plan without a reason. The invoices are"
                " then due as before.",
                day=self._format_date(plan.withdrawal_until),
            ),
            "may_withdraw": running
            and bool(plan.withdrawal_until)
            and today <= plan.withdrawal_until,
            **self._debtor_proposal(plan, proposed, today),
        }

    def _debtor_proposal(self, plan, proposed, today):
        """Return what the page says of the version a customer may accept."""
        if not proposed:
            return {"proposed": proposed}
        cost = self._debtor_cost_of_version(proposed)
        is_change = plan.version_id != proposed
        return {
            "proposed": proposed,
            "proposed_cost": cost,
            "proposed_schedule": cost["all"],
            "before": self._debtor_before_after(plan, proposed) if is_change else [],
            "expired": proposed.valid_until < today,
            "valid_says": self._debtor_valid_says(proposed, today),
            "rules": self._debtor_plan_rules(plan, proposed),
            "consent": self._debtor_consent(plan, proposed),
        }

    def _debtor_valid_says(self, proposed, today):
        """Return in words until when a version may be accepted."""
        if proposed.valid_until < today:
            return self.env._("This offer has expired: please ask for a new one.")
        return self.env._(
            "You can accept it until %(day)s.", day=self._format_date(proposed.valid_until)
        )

    def _debtor_plan_document(self, version):
        """Return what the list of documents says of a version."""
        accepted = version.accepted_at and self.env._(
            "Accepted by %(name)s on %(day)s",
            name=version.accepted_name,
            day=self._format_date(version.accepted_at.date()),
        )
        return {
            "number": version.number,
            "name": self.env._("Version %(number)s (PDF)", number=version.number),
            "accepted": accepted,
        }

    def _debtor_cost_of_version(self, version):
        """Return what the cost box says of a version, and ``all`` payments of its schedule."""
        rows = [
            {
                "number": one.number,
                "due": one.due_date,
                "total": one.total,
                "principal": one.principal,
                "cost": one.interest + one.fee,
                "balance": one.balance,
                "late": bool(one.days_late),
                "state": self._debtor_installment_state(one),
            }
            for one in version.installment_ids.sorted("number")
        ]
        numbered = [row for row in rows if row["number"]]
        return {
            **self._debtor_cost(numbered),
            "all": rows,
            "deposit": sum(row["total"] for row in rows if not row["number"]),
            "principal": version.principal,
            "rate": version.rate,
            "interest_says": self._debtor_interest_says(version.rate),
            "interest": version.total_interest,
            "fees": version.total_fees,
            # With what was billed before a change and is still to be paid: as the rows above it.
            "cost": version.currency_id.round(version.total_interest + version.total_fees),
            "payable": version.currency_id.round(sum(row["total"] for row in rows)),
            "apr": version.apr,
        }

    def _debtor_installment_state(self, installment):
        """Return in words where one payment stands."""
        if installment.days_late:
            return self.env._("Late")
        return self._debtor_state(installment)

    # === BUSINESS METHODS - WHAT THE CUSTOMER DECIDES === #

    def _debtor_choose_plan(self, values):
        """Return the plan (sudo) made of what the calculator shows; offered at once if it may be.

        :param values: see :meth:`_debtor_calculator`
        :raise UserError: with a sentence for the customer
        """
        return self.env["collection.plan"]._quote_for_debtor(
            values["lines"], values["offer"], values["count"], self._debtor_first_due(values)
        )

    def _debtor_accept(self, plan, seen, name, ip):
        """Take the acceptance of what is on offer.

        :param seen: the hash of what the customer had before them
        :raise UserError: with a sentence for the customer
        """
        version = plan.proposed_id
        if not version:
            raise UserError(
                self.env._("This plan is not on offer any more: please look at it anew.")
            )
        plan._accept(version, name, self._debtor_consent(plan, version), ip, seen)

    # === BUSINESS METHODS - IN WORDS === #

    def _debtor_plan_says(self, plan):
        """Return in one sentence where a plan stands, and what is to be done."""
        env, money = self.env, plan.currency_id.format
        if plan.state in RUNNING and plan.proposed_id:
            return env._("We offer you a change of this plan: please read it.")
        if plan.state == "paused":
            return env._(
                "Paused until %(day)s: there is nothing to pay before.",
                day=self._format_date(plan.paused_until),
            )
        if plan.state == "active" and plan.next_due_date:
            return env._(
                "Your next payment is %(amount)s, due on %(day)s.",
                amount=money(plan.next_amount),
                day=self._format_date(plan.next_due_date),
            )
        return {
            "quote": env._("We look at it and answer you."),
            "offered": env._("Please read it. It counts once you accept it."),
            "accepted": env._(
                "Agreed. It begins once we have received %(amount)s.",
                amount=money(self._debtor_plan_asks(plan)),
            ),
            "active": env._("All is well: you keep to this plan."),
            "arrears": env._(
                "%(amount)s is late. Pay it, or talk to us, so that the plan goes on.",
                amount=money(plan.late_amount),
            ),
            "completed": env._("All of it is paid. Thank you."),
            "defaulted": env._(
                "This plan has ended, since payments were missing. What is left of the invoices is"
                " due now."
            ),
            "cancelled": env._("This plan has ended."),
            "refinanced": env._("Another plan has taken the place of this one."),
        }[plan.state]

    def _debtor_consent(self, plan, version):
        """Return the words a customer agrees to."""
        rows = version.installment_ids
        return self.env._(
            "I have read the payment plan %(plan)s, version %(number)s. I agree to pay %(amount)s"
            " in %(count)s payments, from %(first)s to %(last)s.",
            plan=plan.name,
            number=version.number,
            amount=plan.currency_id.format(sum(rows.mapped("total"))),
            count=len(rows),
            first=self._format_date(min(rows.mapped("due_date"))),
            last=self._format_date(max(rows.mapped("due_date"))),
        )

    def _debtor_plan_rules(self, plan, version):
        """Return in plain sentences how a plan is kept, left and changed."""
        env, offer = self.env, plan.offer_id
        rules = [
            env._("While you keep to the plan, we do not remind you of these invoices."),
            env._(
                "If a payment is more than %(late)s days late, the plan is in arrears. If it is"
                " more than %(end)s days late, the plan ends: all that is left of the invoices is"
                " due at once.",
                late=offer.arrears_days,
                end=offer.default_days,
            ),
            env._(
                "You may pay all of it earlier, at any time and without charge. You then save the"
                " interest of the time after."
            ),
        ]
        if offer.pause_months:
            rules.append(
                env._(
                    "You may ask for a pause of up to %(months)s months.", months=offer.pause_months
                )
                + " "
                + self._debtor_pause_costs(offer)
            )
        days = plan._withdrawal_days(version) if version.kind == "start" else 0
        if days:
            rules.append(
                env._(
                    "You can withdraw within %(days)s days after you have accepted it, without a"
                    " reason.",
                    days=days,
                )
            )
        return rules

    def _debtor_pause_costs(self, offer):
        return {
            "waive": self.env._("It costs no interest."),
            "shift": self.env._("The interest of the pause is added at the end."),
            "relevel": self.env._("The payments after it are a little higher."),
        }[offer.pause_how]

    def _debtor_before_after(self, plan, proposed):
        """Return ``[(what, so far, from now on)]`` of a change, in words."""
        before, money = plan.version_id, plan.currency_id.format
        return [
            (
                self.env._("Last payment"),
                self._format_date(before.last_due),
                self._format_date(proposed.last_due),
            ),
            (
                self.env._("Each payment"),
                money(before.installment_amount),
                money(proposed.installment_amount),
            ),
            (
                self.env._("All costs as a yearly rate (APR)"),
                f"{before.apr:.1f} %",
                f"{proposed.apr:.1f} %",
            ),
            (self.env._("The change costs you"), "", money(proposed.extra_cost)),
        ]
