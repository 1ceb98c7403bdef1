from datetime import timedelta

from odoo import models

#: For how long the page remembers what the customer told us, and how much of it.
STORY_DAYS = 365
_MOST = 20


class CollectionCase(models.Model):
    _inherit = "collection.case"

    # === BUSINESS METHODS - WHAT THE CUSTOMER TOLD US, AND WHAT CAME OF IT === #

    def _debtor_story(self):
        """Return what the customer told us in the last year, the latest first; writes nothing.

        :return: list of dict: ``date``, ``title``, ``invoices`` (their numbers), ``state`` (in
            words), ``answer`` (what we said, or False)
        """
        self.ensure_one()
        since = self.company_id._collection_today() - timedelta(days=STORY_DAYS)
        of_case = [("case_id", "=", self.id), ("create_date", ">=", since)]
        told = [
            *map(self._debtor_story_claim, self._debtor_told("collection.paid.claim", of_case)),
            *map(self._debtor_story_promise, self._debtor_told("collection.promise", of_case)),
            *map(self._debtor_story_dispute, self._debtor_told("collection.dispute", of_case)),
            *map(self._debtor_story_plan, self._debtor_plans_of_year(since)),
        ]
        return sorted(told, key=lambda one: one["date"], reverse=True)[:_MOST]

    def _debtor_told(self, model, domain):
        return self.env[model].search(domain, order="id desc", limit=_MOST)

    def _debtor_story_claim(self, claim):
        return {
            "date": claim.create_date,
            "title": self.env._(
                "You paid %(amount)s on %(day)s",
                amount=claim.currency_id.format(claim.amount),
                day=self._format_date(claim.paid_date),
            ),
            "invoices": claim.line_ids.move_id.mapped("name"),
            "state": self._debtor_state(claim),
            "answer": False,
        }

    def _debtor_story_promise(self, promise):
        return {
            "date": promise.create_date,
            "title": self.env._(
                "You promised %(amount)s by %(day)s",
                amount=promise.currency_id.format(promise.amount),
                day=self._format_date(promise.date),
            ),
            "invoices": promise.line_ids.mapped("label"),
            "state": self._debtor_state(promise),
            "answer": False,
        }

    def _debtor_story_dispute(self, dispute):
        return {
            "date": dispute.create_date,
            "title": self.env._(
                "You disputed %(amount)s", amount=dispute.currency_id.format(dispute.amount)
            ),
            "invoices": dispute.line_ids.mapped("label"),
            "state": self._debtor_state(dispute),
            "answer": dispute.resolution,
        }

    def _debtor_plans_of_year(self, since):
        """Return the plans that the customer asked for or accepted since a day."""
        plans = self._debtor_told(
            "collection.plan", [("case_id", "=", self.id), ("create_date", ">=", since)]
        )
        return plans.filtered(lambda plan: plan.source == "customer" or plan.accepted_on)

    def _debtor_story_plan(self, plan):
        return {
            "date": plan.create_date,
            "title": self.env._(
                "You asked to pay %(amount)s in installments",
                amount=plan.currency_id.format(plan.principal),
            ),
            "invoices": plan.line_ids.mapped("label"),
            "state": self._debtor_plan_says(plan),
            "answer": False,
        }

    def _debtor_state(self, record):
        """Return the state of a record in words."""
        return dict(record._fields["state"]._description_selection(self.env))[record.state]
