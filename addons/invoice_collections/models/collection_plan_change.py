from collections import namedtuple
from datetime import timedelta

from odoo import models
from odoo.exceptions import UserError

from ..core.plan.change import pause, refinance, reschedule
from ..core.plan.periods import add_months
from ..core.plan.quote import quote
from ..core.plan.refusal import PlanRefusedError
from ..core.plan.settle import settle

#: Figures of a changed schedule in the form of a core quote, so that versions are made one way.
Figures = namedtuple(
    "Figures",
    "terms installments total_interest total_fees total_cost total_payable apr_percent last_due",
)

#: States in which the terms of a plan can be changed.
_CHANGEABLE = ("active", "paused", "arrears")


class CollectionPlan(models.Model):
    _inherit = "collection.plan"

    # === BUSINESS METHODS - WHAT A CHANGE WOULD COST === #

    def _preview_pause(self, months, how=None):
        """Return what a pause costs, before and after (core ``Change``). Writes nothing.

        :param how: ``shift``, ``relevel`` or ``waive``; that of the offer when not given
        :raise UserError: with one sentence, when it cannot be
        """
        most = self.offer_id.pause_months
        if not 1 <= months <= most:
            raise UserError(
                self.env._(
                    "%(plan)s can be paused for %(most)s months at most.", plan=self.name, most=most
                )
            )
        how = how or self.offer_id.pause_how
        return self._preview(lambda position, shift: pause(position, months, how, shift))

    def _preview_reschedule(self, count=None, amount=None, first_due=None):
        """Return what another number or amount of installments costs (core ``Change``).

        :param count: installments for all that is open; give this or ``amount``
        :param amount: of an installment, in the currency of the plan
        """
        minor = None if amount is None else self._minor(amount)
        return self._preview(
            lambda position, shift: reschedule(
                position, count, amount=minor, first_due=first_due, shift=shift
            )
        )

    def _preview_refinance(self, offer, count, first_due=None):
        """Return what a new plan in place of this one costs (core ``Change``)."""
        today = self.company_id._collection_today()
        lines = self._refinanced_items()
        terms = self._terms_of(offer.sudo(), lines, count, first_due, today)
        return self._preview(lambda position, shift: refinance([position], terms, shift))

    def _preview(self, work_out):
        """Return a core change worked out from where the plan stands; refusals in words."""
        self.ensure_one()
        today = self.company_id._collection_today()
        if self.state not in _CHANGEABLE:
            states = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(plan)s is “%(state)s”: only a running plan can be changed.",
                    plan=self.name,
                    state=states[self.state],
                )
            )
        try:
            return work_out(self._position(today), self._working_day_shift(self.case_id, today))
        except PlanRefusedError as refusal:
            raise UserError(self._refusal_text(refusal.code, refusal.facts)) from refusal

    # === BUSINESS METHODS - PROPOSE === #

    def _propose_pause(self, months, how=None):
        """Offer the customer a pause; return the version to accept (sudo)."""
        change = self._preview_pause(months, how)
        today = self.company_id._collection_today()
        return self._propose("pause", change, paused_until=add_months(today, months))

    def _propose_reschedule(self, count=None, amount=None, first_due=None):
        """Offer the customer another schedule of what is open; return the version (sudo)."""
        return self._propose("reschedule", self._preview_reschedule(count, amount, first_due))

    def _propose(self, kind, change, **values):
        """Make a version of a change and offer it, in place of one that is on offer."""
        self.ensure_one()
        if self.proposed_id:
            self.proposed_id._transition("lapsed")
            self.proposed_id = False
        self._follow_books()
        version = self._create_changed_version(kind, change, **values)
        # What falls due or is paid before they accept makes it another change.
        today = self.company_id._collection_today()
        coming = [one.due for one in change.before if one.due > today]
        self._offer(version, min(coming) - timedelta(days=1) if coming else None)
        return version

    def _create_changed_version(self, kind, change, **values):
        """Create a version from a core change; what is invoiced already is carried over."""
        interest = sum(one.interest for one in change.after)
        fees = sum(one.fee for one in change.after)
        today = self.company_id._collection_today()
        carried = {
            one.number: (one.interest, one.fee)
            if one.due <= today
            else (one.carried_interest, one.carried_fee)
            for one in change.after
        }
        cost = interest + fees - sum(map(sum, carried.values())) + change.capitalized
        version = self._create_version(
            kind,
            Figures(
                terms=change.terms,
                installments=change.after,
                total_interest=interest,
                total_fees=fees,
                total_cost=cost,
                total_payable=change.total_after,
                apr_percent=None if change.apr_after is None else 100 * change.apr_after,
                last_due=change.after[-1].due,
            ),
            extra_cost=self._major(change.extra_cost),
            capitalized=self._major(change.capitalized),
            base_open=self._open_in_books(),
            **values,
        )
        for row in version.installment_ids:
            interest, fee = carried[row.number]
            row.write({"carried_interest": self._major(interest), "carried_fee": self._major(fee)})
        return version

    # === BUSINESS METHODS - PUT IN FORCE === #

    def _put_in_force(self, version, evidence):
        """Let an accepted change take the place of the version in force."""
        self._follow_books()
        if self.state not in _CHANGEABLE or self.currency_id.compare_amounts(
            version.base_open, self._open_in_books()
        ):
            raise UserError(
                self.env._("Something was paid or fell due since this offer: please ask anew.")
            )
        self._replace_version(version, evidence)
        paused = version.kind == "pause"
        values = {"paused_until": version.paused_until if paused else False}
        if paused and self.state != "paused":
            self._transition("paused", values, self._evidence(version))
        else:
            self.write(values)
        self.env["collection.event"]._log(
            f"plan_{version.kind}", self, payload={**self._told(), **self._evidence(version)}
        )
        if not self.currency_id.is_zero(version.capitalized):
            self._finance(version.capitalized, 0.0)
        self._follow_books()
        self.line_ids.move_line_id._collection_changed()

    def _replace_version(self, version, values):
        """Supersede the version in force and what is open of it, by another one."""
        old = self.version_id
        old._transition("superseded")
        # Written first: the database lets one version be in force at a time.
        old.flush_recordset(["state"])
        old.installment_ids.filtered(lambda one: one.state in ("open", "part")).write(
            {"state": "waived" if version.kind == "settled" else "superseded"}
        )
        if version.state == "draft":
            version._transition("offered")
        version._transition("accepted", values)
        version.installment_ids.write({"state": "open"})
        self.write({"version_id": version.id, "proposed_id": False})

    def _settle_out(self, books, today):
        """Follow a debt that is paid before its time: bill what has accrued, and nothing more."""
        day = min(today, books.last_paid or today)
        position = self._position(day, books)
        accrued = settle(position).accrued_interest - position.owed_interest
        accrued = self._major(max(0, accrued))
        move = self.env["account.move"]
        if not self.currency_id.is_zero(accrued):
            move = self._bill_accrued(accrued, position.on)
        base = self._open_in_books()
        if self.currency_id.is_zero(base):
            self._end("completed", False)
            return
        terms = self.version_id._core_terms()
        version = self.env["collection.plan.version"].create(
            {
                "plan_id": self.id,
                "number": max(self.version_ids.mapped("number")) + 1,
                "kind": "settled",
                "terms": self.version_id.terms,
                "count": 1,
                "first_due": position.on,
                "last_due": position.on,
                "rate": float(terms.rate * 100),
                "total_interest": base,
                "total_payable": base,
                "base_open": base,
                "lang": self.version_id.lang,
            }
        )
        row = self._prepare_installment(1, position.on, 0, self._minor(base), 0, 0)
        self.env["collection.plan.installment"].create(
            {**row, "version_id": version.id, "carried_interest": base, "move_id": move.id}
        )
        self._replace_version(version, {})
        self.env["collection.event"]._log("plan_settled_early", self, payload=self._told())
        self._follow_books(today)

    # === BUSINESS METHODS - REFINANCE === #

    def _refinanced_items(self):
        """Return the open items a refinancing pays off: the invoices, and charges not paid."""
        items = self.line_ids.move_line_id | self._open_charges().line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        return items.filtered(lambda line: not line.reconciled)

    def _propose_refinance(self, offer, count, first_due=None, note=""):
        """Quote a new plan in place of this one; accepting it ends this one. Returns it (sudo)."""
        self.ensure_one()
        self._follow_books()
        change = self._preview_refinance(offer, count, first_due)
        today = self.company_id._collection_today()
        lines = self._refinanced_items()
        found = quote(change.terms, self._working_day_shift(self.case_id, today))
        plan = self._create_quote(self.case_id, lines, offer, found, "phone", note)
        principal = self._major(change.terms.principal)
        plan.write(
            {
                "refinances_id": self.id,
                "principal": principal,
                "accrued_amount": self.currency_id.round(principal - lines._collection_amount()),
            }
        )
        plan.version_id.extra_cost = self._major(change.extra_cost)
        return plan

    def _close_for(self, plan):
        """End these plans for the one that takes their place: bill what has accrued, no more."""
        for old in self:
            old._follow_books()
            if old.state not in _CHANGEABLE:
                raise UserError(self.env._("%(plan)s is not running any more.", plan=old.name))
            if not plan.currency_id.is_zero(plan.accrued_amount):
                day = plan.version_id._core_terms().start
                charge = old._bill_accrued(plan.accrued_amount, day)
                plan._cover(charge.line_ids)
            old._end("refinanced", self.env._("Replaced by %(plan)s", plan=plan.name))
            old.refinanced_by_id = plan

    # === BUSINESS METHODS - WHAT THE CUSTOMER ASKS FOR === #

    def _request_change(self, kind, note):
        """Take the customer's wish for a pause or other terms (sudo).

        A pause is offered at once where the offer foresees pauses and its amount needs nobody's
        approval; all else is a task for a person.

        :param kind: ``pause``, ``reschedule`` or ``refinance``
        :return: the version to accept, or an empty one
        """
        self.ensure_one()
        case = self.case_id
        case._debtor_not_too_often("plan_change_requested")
        note = " ".join((note or "").split())[:2000]
        self.env["collection.event"]._log(
            "plan_change_requested", self, payload={**self._told(), "kind": kind, "note": note}
        )
        if note:
            case._debtor_say(note)
        offer = self.offer_id
        alone = self.currency_id.compare_amounts(self.principal, offer.auto_amount) <= 0
        earlier = self.version_ids.filtered(lambda one: one.kind == "pause" and one.accepted_at)
        if kind == "pause" and offer.pause_months and alone and not earlier:
            return self._propose_pause(offer.pause_months)
        case._debtor_ask(
            self.env._("Asks for other terms of a payment plan"),
            f"{self.name}: {kind}. {note}".strip(),
        )
        return self.env["collection.plan.version"]
