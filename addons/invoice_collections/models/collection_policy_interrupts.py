from odoo import fields, models

from . import collection_policy


class CollectionPolicy(models.Model):
    _inherit = "collection.policy"

    promise_grace_days = fields.Integer(
        "Grace after a promise (days)",
        default=2,
        help="A promise is kept when the money is dated so many days after the promised day at the"
        " latest. Bank transfers take their time.",
    )
    promise_max_days = fields.Integer(
        "Promises reach at most (days)",
        default=30,
        help="For promises that customers give on their page. A person may agree on any day.",
    )
    promise_broken_limit = fields.Integer(
        "Broken promises a year",
        default=3,
        help="After so many broken promises in twelve months a customer can no longer promise on"
        " the page, only to a person. Zero: no limit.",
    )
    dispute_days = fields.Integer(
        "Answer disputes within (days)",
        default=10,
        help="Sets the deadline of a new dispute.",
    )
    resume_days = fields.Integer(
        "After a dispute, wait (days)",
        default=5,
        help="The next reminder comes so many days after the dispute ended, at the earliest.",
    )
    notice_days = fields.Integer(
        "Deadline of a final notice (days)",
        default=14,
        help="Counted from the day it was delivered.",
    )

    _interrupts_positive = models.Constraint(
        "CHECK(promise_grace_days >= 0 AND promise_max_days >= 0 AND promise_broken_limit >= 0"
        " AND dispute_days >= 0 AND resume_days >= 0 AND notice_days > 0)",
        "Days and counts of a policy are not negative, and a final notice leaves a day at least.",
    )

    _RECORDED = (
        *collection_policy.CollectionPolicy._RECORDED,
        "promise_grace_days",
        "promise_max_days",
        "promise_broken_limit",
        "dispute_days",
        "resume_days",
        "notice_days",
    )
