from random import SystemRandom

from odoo import api, fields, models
from odoo.fields import Domain

from ..core.matching.trust import AUTOMATIC_WRONG, REVIEWED_RIGHT

#: Decisions by which a person says whose the money is.
_SAYS_WHOSE = frozenset({"accepted", "corrected", "manual"})
#: Decisions by which a person judges the proposals that were shown.
_JUDGES = _SAYS_WHOSE | {"written_off", "rejected"}
#: Outcomes of a decision that a later one took back.
_TAKEN_BACK = frozenset({"undone", "corrected"})
#: Kinds whose counterparty pays nobody's debt.
_NOBODYS = frozenset({"collection", "payout", "return", "transfer"})

_chance = SystemRandom().random


class BankMatchDecision(models.Model):
    """What a decision teaches, and how it is unlearnt.

    A lesson is what was counted because of a decision. Whatever later happens to the decision,
    its lesson is taken out and the one it then teaches is put in: nothing is counted twice, and
    nothing stays of a decision that was undone. What we book by ourselves teaches nothing, until
    a person has looked at it.
    """

    _inherit = "bank.match.decision"

    lesson = fields.Json(readonly=True, copy=False, help="What was counted because of this.")
    judged = fields.Boolean(
        compute="_compute_judged",
        store=True,
        index="btree_not_null",
        help="A person has said whether the best proposal was right.",
    )
    counterparty = fields.Char(related="statement_line_id.partner_name", string="Paid by")
    paid_text = fields.Char(related="statement_line_id.bank_match_text", string="Pays")
    forgotten = fields.Boolean(
        readonly=True, copy=False, help="A person wants nothing to be learnt from this."
    )

    @api.model
    def _later_fields(self):
        return super()._later_fields() | {"lesson", "forgotten"}

    @api.model_create_multi
    def create(self, vals_list):
        """Learn from what people decide, and draw what they are to look at."""
        # Nothing is judged before it is learnt: said here, it needs no second statement.
        decisions = super().create([{"judged": False, **vals} for vals in vals_list])
        decisions._draw_for_review()
        decisions._learn()
        return decisions

    def write(self, vals):
        """Learn from what became of the decisions; who undoes one has reviewed it too."""
        result = super().write(vals)
        if vals.get("outcome") in _TAKEN_BACK:
            self.filtered(lambda decision: decision.review == "due")._end_review("wrong")
        if {"outcome", "review", "forgotten"}.intersection(vals):
            self._learn()
        return result

    @api.depends("lesson")
    def _compute_judged(self):
        for decision in self:
            decision.judged = bool(decision.lesson and decision.lesson["case"])

    # === REVIEW === #

    def _draw_for_review(self):
        """Mark a random share of what booked itself: the only honest measure of precision."""
        shares = {company: company.sudo().bank_review_share for company in self.company_id}
        drawn = self.filtered(
            lambda decision: (
                decision.action == "automatic" and _chance() < shares[decision.company_id]
            )
        )
        if drawn:
            drawn.sudo().write({"review": "due"})
            drawn.sudo().statement_line_id.write({"bank_review": True})

    def action_review_right(self):
        """Say that what booked itself is right."""
        self._finish_review("confirmed")

    def action_review_wrong(self):
        """Say that what booked itself is wrong: it is undone, and its kind must earn anew."""
        due = self._finish_review("wrong")
        due.statement_line_id.action_undo_match()

    def _finish_review(self, result):
        self.env["account.bank.statement.line"].check_access("write")
        self.check_access("read")
        due = self.filtered(lambda decision: decision.review == "due")
        due.sudo()._end_review(result)
        return due

    def _end_review(self, result):
        self.write({"review": result})
        self.statement_line_id.write({"bank_review": False})

    # === LESSONS === #

    def _learn(self):
        """Bring what is counted in line with the decisions as they stand; constant queries."""
        telling = self.filtered(
            lambda decision: (
                decision.lesson or decision.action != "automatic" or decision._looked_at()
            )
        )
        wanted = telling._lessons()
        changed = telling.filtered(lambda decision: (decision.lesson or None) != wanted[decision])
        old = [decision.lesson for decision in changed if decision.lesson]
        new = [wanted[decision] for decision in changed if wanted[decision]]
        for model in ("bank.match.payer", "bank.match.situation"):
            self.env[model]._unlearn(old)
            self.env[model]._learn(new)
        for decision in changed:
            decision.sudo().lesson = wanted[decision]

    def _looked_at(self):
        return self.outcome != "open" or self.review in {"confirmed", "wrong"}

    def _lessons(self):
        """Return what each decision teaches as things stand, or None."""
        self.statement_line_id.fetch(["account_number", "partner_name", "partner_id"])
        return {decision: decision._lesson() for decision in self}

    def _lesson(self):
        if self.forgotten or not self.company_id:
            return None
        verdict = self._verdict()
        partners = self._taught_partners() if verdict["whose"] else []
        if verdict["right"] is None and not partners:
            return None
        line = self.statement_line_id
        return {
            "company": self.company_id.id,
            "account": (partners and line.account_number) or "",
            "name": (partners and line.partner_name) or "",
            "day": fields.Date.to_string(self.date or self.decided_at.date()),
            "partners": partners,
            "situation": verdict["situation"] if verdict["right"] is not None else "",
            "right": bool(verdict["right"]),
            "weight": verdict["weight"],
            "case": verdict["case"],
        }

    def _verdict(self):
        """Return whether the best proposal was right, by what a person said of it, if any did.

        :return: dict of ``situation`` of the best proposal, ``right`` (None when nobody said),
            ``weight``, ``whose``: whether a person confirmed whose the money is, and ``case``:
            every shown proposal as [reasons, right]
        """
        shown = self._shown()
        best = shown[0] if shown else {}
        verdict = {
            "situation": best.get("situation") or "",
            "right": None,
            "weight": 1.0,
            "whose": False,
            "case": [],
        }
        undone = self.outcome in _TAKEN_BACK
        if self.action == "automatic":
            if self.review == "wrong" or undone:
                verdict.update(right=False, weight=AUTOMATIC_WRONG)
            elif self.review == "confirmed":
                verdict.update(right=True, whose=True, weight=REVIEWED_RIGHT)
        elif not undone:
            verdict["whose"] = self.action in _SAYS_WHOSE
            if self.action in _JUDGES and shown:
                verdict["right"] = bool(best.get("chosen"))
        if verdict["right"] is not None:
            verdict["case"] = [
                [proposal["reasons"], bool(proposal.get("chosen")) and not undone]
                for proposal in shown
            ]
        return verdict

    def _shown(self):
        """Return the proposals that were shown, best first; what booked itself was the only one.

        What a person has composed, and a second one has accepted, has no reasons and is none.
        """
        every = (self.inputs or {}).get("proposals") or []
        shown = [proposal for proposal in every if proposal["reasons"]]
        if not shown and self.action == "automatic" and self.situation:
            shown = [{"situation": self.situation, "reasons": self.reasons or [], "chosen": True}]
        return shown

    def _taught_partners(self):
        """Return (partner id, whether the payer is somebody else) of everybody who was paid for."""
        if self.kind in _NOBODYS:
            return []
        line = self.statement_line_id
        partners = (
            line.line_ids.filtered(
                lambda item: (
                    item.account_id.account_type in {"asset_receivable", "liability_payable"}
                )
            ).partner_id.commercial_partner_id
            or self.partner_id.commercial_partner_id
        )
        payer = line.partner_id.commercial_partner_id
        family = self.kind == "third_party" or len(partners) > 1
        return [[p.id, family or bool(payer and payer != p)] for p in partners.sorted("id")]

    def action_forget(self):
        """Learn nothing from these decisions any more."""
        self.env["bank.match.situation"].check_access("write")
        self.check_access("read")
        known = self.filtered(lambda decision: not decision.forgotten)
        known.sudo().write({"forgotten": True})
        self.env["bank.event"]._record("decision_forgotten", known)

    # === CASES === #

    @api.model
    def _judged_domain(self, company):
        return Domain([("company_id", "=", company.id), ("judged", "=", True)])

    @api.model
    def _cases(self, company, limit):
        """Return the newest decisions that judged a proposal, oldest first.

        :return: list of (case, weight); a case is the shown proposals as (reasons, right)
        """
        found_sudo = self.sudo().search_fetch(
            self._judged_domain(company), ["lesson"], limit=limit, order="id desc"
        )
        lessons = [decision.lesson for decision in reversed(found_sudo)]
        return [
            ([(tuple(reasons), right) for reasons, right in lesson["case"]], lesson["weight"])
            for lesson in lessons
        ]

    @api.model
    def _judged_since(self, company, moment):
        """Return of each decision since ``moment`` whether its best proposal was right."""
        since = self._judged_domain(company) & Domain("decided_at", ">=", moment)
        return [row.lesson["right"] for row in self.sudo().search_fetch(since, ["lesson"])]

    @api.model
    def _newest_judged(self, company):
        """Return the newest decision that judged a proposal, or none."""
        return self.sudo().search(self._judged_domain(company), limit=1, order="id desc")

    @api.model
    def _count_judged_after(self, company, decision_id):
        """Return how many judged decisions came after another."""
        return self.sudo().search_count(
            self._judged_domain(company) & Domain("id", ">", decision_id)
        )
