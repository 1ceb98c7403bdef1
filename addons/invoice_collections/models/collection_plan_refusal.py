from odoo import api, models
from odoo.exceptions import UserError


class InternalRefusalError(UserError):
    """Why there can be no plan, in words for colleagues: the customer's page does not show them."""


class CollectionPlan(models.Model):
    _inherit = "collection.plan"

    @api.model
    def _refusal_text(self, code, facts):
        """Return one sentence about a code of ``core.plan``: what is wrong and what to do."""
        env = self.env
        sentences = {
            "consumer_interest": env._(
                "Consumers are offered plans without interest only: the company has no permission"
                " for consumer credit on file."
            ),
            "consumer_fee": env._(
                "Consumers are offered plans without fees only: the company has no permission for"
                " consumer credit on file."
            ),
            "consumer_third_party": env._(
                "A plan funded by a bank is consumer credit: the company has no permission for it"
                " on file."
            ),
            "consumer_too_long": env._(
                "A plan for a consumer has to end within 50 days of the supply: the company has no"
                " permission for consumer credit on file."
            ),
            "principal": env._("The amount is too small or too large for a plan."),
            "principal_too_small": env._(
                "The amount is too small for so many installments: choose fewer."
            ),
            "count": env._("Please choose from 1 to 600 installments."),
            "rate": env._("The interest rate has to be between 0 and 1000 percent a year."),
            "first_due": env._("The day of the first installment is not possible."),
            "first_due_before_start": env._(
                "The first installment cannot be due before the plan starts."
            ),
            "first_due_too_late": env._("The first installment is due too late."),
        }
        return sentences.get(code) or env._(
            "These terms make no plan that can be kept (%(code)s): please choose others.", code=code
        )
