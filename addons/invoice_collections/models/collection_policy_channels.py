from odoo import fields, models


class CollectionPolicy(models.Model):
    _inherit = "collection.policy"

    gain_days = fields.Integer(
        "An answer gains (days)",
        default=8,
        help="By how much earlier a customer who reacts to a contact pays. With the price of "
        "capital it says what a contact is worth.",
    )
    capital_rate = fields.Float("Price of capital (% a year)", default=10.0)
    holdout_share = fields.Float(
        "Left alone for comparison (%)",
        help="Share of customers whom soft steps leave alone, always the same ones: only against "
        "them does one see what reminders bring. Zero: nobody.",
    )

    reply_pause_days = fields.Integer(
        "After an answer, wait (days)",
        default=7,
        help="So long no reminder follows when a customer has answered; a person gets the answer. "
        "Zero: reminders go on.",
    )

    _worth = models.Constraint(
        "CHECK(gain_days >= 0 AND reply_pause_days >= 0 AND capital_rate >= 0"
        " AND holdout_share >= 0 AND holdout_share <= 50)",
        "Days and rates are not negative, and at most half of the customers are left alone.",
    )

    # === BUSINESS METHODS === #

    def _tell_about_queue(self, today):
        """Leave one task where what was queued before today still waits: a queue must not stop
        silently.
        """
        self.ensure_one()
        waiting = self.env["collection.touchpoint"].search_count(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "=", "queued"),
                ("channel", "in", ("email", "sms", "push", "webhook")),
                ("date", "<", today),
                # Not what waits for its hour.
                "|",
                ("next_try_at", "=", False),
                ("next_try_at", "<", fields.Datetime.now()),
            ],
            limit=1,
        )
        if waiting:
            self._ask_responsible(
                self.env._("Reminders of yesterday or before still wait: is the queue worked off?")
            )

    def _ask_responsible(self, summary, note=""):
        """Give the person responsible for collections one task, unless it is open already."""
        for policy in self:
            if summary not in policy.sudo().activity_ids.mapped("summary"):
                policy.sudo().activity_schedule(
                    "mail.mail_activity_data_todo",
                    policy.company_id._collection_today(),
                    summary=summary,
                    note=note,
                    user_id=(policy.user_id or self.env.ref("base.user_admin")).id,
                )
