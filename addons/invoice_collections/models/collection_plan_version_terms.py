import json
from dataclasses import fields as dataclass_fields
from datetime import date
from decimal import Decimal

from odoo import Command, models

from ..core.plan.quote import quote
from ..core.plan.terms import Terms


class CollectionPlanVersion(models.Model):
    _inherit = "collection.plan.version"

    # === BUSINESS METHODS - TERMS === #

    def _core_terms(self):
        """Return the terms as the core knows them."""
        self.ensure_one()
        return terms_from_json(self.terms)

    def _core_quote(self):
        """Return the quote of these terms, as it was when the version was made."""
        self.ensure_one()
        return quote(self._core_terms(), self._agreed_days())

    def _agreed_days(self):
        """Return what moves the days of the terms to those of the schedule."""
        dues = iter(self.installment_ids.filtered("number").sorted("number").mapped("due_date"))
        return lambda _day: next(dues)


class CollectionPlan(models.Model):
    _inherit = "collection.plan"

    # === BUSINESS METHODS - VERSIONS === #

    def _create_version(self, kind, found, **values):
        """Create a version with its schedule from a core quote (sudo).

        :param found: the core's quote
        :param values: further values of the version
        """
        self.ensure_one()
        terms, major = found.terms, self._major
        shown = [one.total for one in found.installments]
        return self.env["collection.plan.version"].create(
            {
                "plan_id": self.id,
                "number": max(self.version_ids.mapped("number"), default=0) + 1,
                "kind": kind,
                "terms": terms_as_json(terms),
                "principal": major(terms.principal),
                "deposit": major(terms.deposit),
                "rate": float(terms.rate * 100),
                "method": terms.method,
                "frequency": terms.frequency,
                "day_count": terms.day_count,
                "count": terms.count,
                "first_due": found.installments[0].due,
                "last_due": found.last_due,
                "installment_amount": major(max(shown)),
                "total_interest": major(found.total_interest),
                "total_fees": major(found.total_fees),
                "total_cost": major(found.total_cost),
                "total_payable": major(found.total_payable),
                "apr": float(found.apr_percent or 0),
                "lang": self.case_id._debtor_lang(),
                "installment_ids": self._prepare_installments(found),
                **values,
            }
        )

    def _prepare_installments(self, found):
        """Return the commands that create the schedule; number 0 is what is paid at the start."""
        terms, rows = found.terms, []
        at_start = 0 if terms.fee_financed else terms.upfront_fee
        if terms.deposit or at_start:
            rows.append((0, terms.start, terms.deposit, 0, at_start, terms.credit))
        rows += [
            (one.number, one.due, one.principal, one.interest, one.fee, one.balance)
            for one in found.installments
        ]
        return [Command.create(self._prepare_installment(*row)) for row in rows]

    def _prepare_installment(self, number, due, principal, interest, fee, balance):
        """Return the values of one installment; amounts in minor units."""
        major = self._major
        total = major(principal + interest + fee)
        return {
            "plan_id": self.id,
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "number": number,
            "due_date": due,
            "principal": major(principal),
            "interest": major(interest),
            "fee": major(fee),
            "total": total,
            "balance": major(balance),
            "open_amount": total,
        }


def terms_as_json(terms):
    """Return core terms as JSON keeps them: days ISO 8601, rates decimal text."""
    values = {field.name: getattr(terms, field.name) for field in dataclass_fields(Terms)}
    return json.loads(json.dumps(values, default=str))


def terms_from_json(values):
    """Return the core terms that :func:`terms_as_json` wrote."""
    return Terms(
        **{
            **values,
            "start": date.fromisoformat(values["start"]),
            "first_due": date.fromisoformat(values["first_due"]),
            "rate": Decimal(values["rate"]),
            "amounts": tuple(values["amounts"]),
            "weights": tuple(Decimal(weight) for weight in values["weights"]),
            "dates": tuple(date.fromisoformat(day) for day in values["dates"]),
        }
    )
