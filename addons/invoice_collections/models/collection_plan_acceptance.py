import hashlib
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import consteq

from .collection_plan import LIVING, RUNNING


class CollectionPlan(models.Model):
    _inherit = "collection.plan"

    # === BUSINESS METHODS - ACCEPT === #

    def _accept(self, version, name, consent_text, ip, version_hash):
        """Take the customer's acceptance of a version, and keep it as evidence.

        Call it on sudo, for a customer who came through a signed link.

        :param name: what they typed as their name
        :param consent_text: the words they agreed to
        :param version_hash: of what they were shown
        :raise UserError: with one sentence for the customer, when that version is not on offer
        """
        self.ensure_one()
        self._lock_agreement()
        name = " ".join((name or "").split())[:200]
        if not name or not (consent_text or "").strip():
            raise UserError(self.env._("Please type your name and agree to the plan."))
        self._check_on_offer(version, version_hash)
        if version.kind == "start":
            self._check_unchanged(version)
        evidence = {
            "accepted_at": fields.Datetime.now(),
            "accepted_name": name,
            "accepted_text": consent_text.strip(),
            "accepted_ip": ip or False,
            "accepted_hash": version_hash,
        }
        if version.kind == "start":
            self._begin(version, evidence)
        else:
            self._put_in_force(version, evidence)

    def _lock_agreement(self):
        """Let one browser at a time agree on anything of this customer."""
        try:
            self.case_id.lock_for_update()
            self.lock_for_update()
        except UserError as error:
            raise UserError(
                self.env._("Somebody is just agreeing on this plan: please reload the page.")
            ) from error
        self.invalidate_recordset()
        self.version_ids.invalidate_recordset()

    def _check_on_offer(self, version, version_hash):
        """Refuse a version that is not the one on offer, unaltered and in time."""
        if version.plan_id != self or version != self.proposed_id or version.state != "offered":
            raise UserError(
                self.env._("This plan is not on offer any more: please look at it anew.")
            )
        digest = hashlib.sha256((version.snapshot or "").encode()).hexdigest()
        if not consteq(version.sha256, version_hash or "") or digest != version.sha256:
            raise UserError(
                self.env._("The plan has changed since you opened it: please look at it anew.")
            )
        if version.valid_until < self.company_id._collection_today():
            raise UserError(self.env._("This offer has expired: please ask for a new one."))

    def _begin(self, version, evidence):
        """Let an accepted plan take the place of the due dates of its invoices."""
        today = self.company_id._collection_today()
        self.refinances_id._close_for(self)
        self._drop_rivals()
        version._transition("accepted", {**evidence, "base_open": self._open_in_books()})
        version.installment_ids.write({"state": "open"})
        days = self._withdrawal_days(version)
        self._transition(
            "accepted",
            {
                "version_id": version.id,
                "proposed_id": False,
                "accepted_on": today,
                "withdrawal_until": today + timedelta(days=days) if days else False,
            },
            self._evidence(version),
        )
        if self.currency_id.is_zero(version.deposit):
            self._activate()
        self._follow_books()
        self.line_ids.move_line_id._collection_changed()

    def _evidence(self, version):
        """Return what an event keeps of an acceptance."""
        return {
            "version": version.number,
            "hash": version.sha256,
            "document_hash": version.document_hash or None,
            "name": version.accepted_name,
            "text": version.accepted_text,
            "ip": version.accepted_ip or None,
            "at": fields.Datetime.to_string(version.accepted_at),
        }

    def _drop_rivals(self):
        """End other quotes and offers about the same invoices, and promises: this takes over."""
        items = self.line_ids.move_line_id
        rivals = self.search(
            [
                ("line_ids.move_line_id", "in", items.ids),
                ("state", "in", ("quote", "offered")),
                ("id", "!=", self.id),
            ]
        )
        for rival in rivals:
            rival._end("cancelled", self.env._("%(plan)s was agreed instead", plan=self.name))
        self.env["collection.promise"].search(
            [("state", "=", "open"), ("line_ids.move_line_id", "in", items.ids)]
        )._transition("cancelled", payload={"reason": "plan"})

    def _activate(self):
        """Start a plan whose deposit is paid, or that has none: its fee falls due."""
        today = self.company_id._collection_today()
        self._transition("active", {"activated_on": today})
        terms = self.version_id._core_terms()
        if terms.fee_financed and terms.upfront_fee:
            self._finance(0.0, self._major(terms.upfront_fee))

    # === BUSINESS METHODS - END === #

    def _withdraw(self):
        """Take the customer's withdrawal within its period: as if nothing had been agreed.

        Interest and fees are credited; the invoices are due as they were.

        :raise UserError: when no period runs
        """
        self.ensure_one()
        self._lock_agreement()
        today = self.company_id._collection_today()
        if self.state not in RUNNING or not self.withdrawal_until or today > self.withdrawal_until:
            raise UserError(
                self.env._("The period in which you can withdraw from this plan is over.")
            )
        charges = self._open_charges()
        self._end("cancelled", self.env._("The customer withdrew"))
        self._credit_charges(charges, self.env._("Withdrawal from %(plan)s", plan=self.name))

    def _end(self, state, reason):
        """End a plan: what is open of its invoices is due as it was, and nothing more is billed."""
        self.ensure_one()
        if self.state not in LIVING:
            self._check_may_become(state)
        today = self.company_id._collection_today()
        draft = self.version_ids.filtered(lambda one: one.state in ("draft", "offered"))
        draft._transition("lapsed")
        self.all_installment_ids.filtered(lambda one: one.state in ("open", "part")).write(
            {"state": "superseded" if state != "completed" else "waived"}
        )
        self._transition(
            state,
            {
                "end_reason": reason,
                "settled_on": today,
                "proposed_id": False,
                "next_due_date": False,
                "next_amount": 0.0,
                "late_amount": 0.0,
                "days_late": 0,
            },
            {"reason": reason},
        )
        self.line_ids.move_line_id._collection_changed()
