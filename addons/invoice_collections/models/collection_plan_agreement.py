import hashlib
import json
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from .collection_plan_refusal import InternalRefusalError


class CollectionPlan(models.Model):
    _inherit = "collection.plan"

    # === ACTION METHODS === #

    def action_approve(self):
        """Agree, as a manager, that these quotes are offered."""
        if not self.env.user.has_group("invoice_collections.group_manager"):
            raise AccessError(self.env._("Only a collections manager approves a plan."))
        self.check_access("read")
        waiting = self.sudo().filtered("needs_approval")
        waiting.write({"needs_approval": False})
        self.env["collection.event"]._log_many(
            [("plan_approved", plan, plan._told()) for plan in waiting]
        )

    def action_offer(self):
        """Disclose the plans to their customers, who may accept them on their page."""
        self.case_id.check_access("write")
        for plan in self.sudo():
            plan._offer()

    def action_recall(self):
        """Take an offer back, to change it."""
        self.case_id.check_access("write")
        for plan in self.sudo():
            plan.proposed_id._transition("draft")
            plan.proposed_id = False
            if plan.state == "offered":
                plan._transition("quote")

    def action_cancel(self):
        """Give the plans up; of running ones only a manager decides."""
        self.case_id.check_access("write")
        running = self.sudo().filtered(lambda plan: plan.state not in ("quote", "offered"))
        if running and not self.env.user.has_group("invoice_collections.group_manager"):
            raise AccessError(self.env._("Only a collections manager ends a running plan."))
        for plan in self.sudo():
            plan._end("cancelled", self.env._("Ended by %(user)s", user=self.env.user.name))

    # === BUSINESS METHODS - OFFER === #

    def _offer(self, version=None, last_day=None):
        """Freeze and disclose a version: from now on it can be accepted, as it is and no other.

        :param version: a draft; the latest when not given
        :param last_day: it can be accepted no longer than this, whatever the offer says
        :raise UserError: when it may not be offered
        """
        self.ensure_one()
        version = version or self.version_id
        if self.needs_approval:
            raise UserError(
                self.env._("%(plan)s has to be approved by a manager first.", plan=self.name)
            )
        if version.kind == "start":
            self._check_unchanged(version)
        today = self.company_id._collection_today()
        valid_until = today + timedelta(days=self.offer_id.valid_days)
        valid_until = min(valid_until, last_day or valid_until)
        snapshot = json.dumps(
            self._snapshot(version, valid_until),
            ensure_ascii=False,
            sort_keys=True,
            separators=(",", ":"),
        )
        version._transition(
            "offered",
            {
                "snapshot": snapshot,
                "sha256": hashlib.sha256(snapshot.encode()).hexdigest(),
                "offered_at": fields.Datetime.now(),
                "valid_until": valid_until,
            },
        )
        version._keep_document()
        self.write({"proposed_id": version.id, "valid_until": valid_until})
        if self.state == "quote":
            self._transition("offered")
        else:
            self.env["collection.event"]._log("plan_change_offered", self, payload=self._told())
        self._tell_customer(version)

    def _snapshot(self, version, valid_until):
        """Return what the version says, as plain data: who, for what, on which terms."""
        found = json.loads(version._core_quote().as_json()) if version.kind == "start" else None
        places = self.currency_id.decimal_places
        return {
            "plan": self.name,
            "version": version.number,
            "kind": version.kind,
            "language": version.lang,
            "creditor": self.company_id.name,
            "debtor": self.partner_id.name,
            "currency": self.currency_id.name,
            "decimals": places,
            "documents": [
                {"document": line.label, "open": f"{line.amount:.{places}f}"}
                for line in self.line_ids
            ],
            "terms": version.terms,
            "quote": found,
            "installments": [one._told() for one in version.installment_ids.sorted("number")],
            "total_cost": f"{version.total_cost:.{places}f}",
            "total_payable": f"{version.total_payable:.{places}f}",
            "extra_cost": f"{version.extra_cost:.{places}f}",
            "apr_percent": f"{version.apr:.6f}",
            "conduct": {
                "arrears_after_days": self.offer_id.arrears_days,
                "default_after_days": self.offer_id.default_days,
                "pause_months": self.offer_id.pause_months,
                "pause_how": self.offer_id.pause_how,
                "withdrawal_days": self._withdrawal_days(version),
                "early_settlement": "without charge",
            },
            "valid_until": str(valid_until),
        }

    def _withdrawal_days(self, version):
        """Return within how many days the customer may withdraw; 0 where no law gives it."""
        consumer = self.partner_id._collection_kind() == "b2c"
        credit = version.total_cost or self.offer_id.third_party_funded
        return self.offer_id.withdrawal_days if consumer and credit else 0

    def _check_unchanged(self, version):
        """Refuse a first agreement whose invoices are not what they were when it was quoted."""
        own, today = self.refinances_id, self.company_id._collection_today()
        lines = self._check_plan_lines(self.case_id, self.line_ids.move_line_id, own or self)
        amount = self.currency_id.round(lines._collection_amount() + self.accrued_amount)
        if self.currency_id.compare_amounts(amount, self.principal):
            raise UserError(
                self.env._(
                    "%(open)s is open now instead of %(quoted)s: please make a new quote.",
                    open=self.currency_id.format(amount),
                    quoted=self.currency_id.format(self.principal),
                )
            )
        terms = version._core_terms()
        codes = self._consumer_codes(self.case_id, self.offer_id, lines, terms, today)
        if codes:
            raise InternalRefusalError(self._refusal_text(codes[0], {}))
