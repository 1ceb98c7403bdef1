from odoo import api, fields, models
from odoo.exceptions import AccessError


class CollectionPolicy(models.Model):
    """How one company collects: its cadence, what waits, and the two big switches."""

    _name = "collection.policy"
    _description = "Collection Policy"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _rec_name = "company_id"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    cadence_id = fields.Many2one(
        "collection.cadence",
        required=True,
        ondelete="restrict",
        domain="[('company_id', '=', company_id), ('state', '=', 'active')]",
        help="Applies to every customer whose case names no other.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Gets the tasks of cases that have no responsible of their own.",
    )
    dry_run = fields.Boolean(
        help="Plan everything every night, send nothing. What would have gone out is kept as "
        "blocked touchpoints."
    )
    kill_switch = fields.Boolean(
        "Stop everything", help="Nothing is sent, not even what already waits in the mail queue."
    )
    catch_up_days = fields.Integer(
        "Catch up for (days)",
        default=3,
        help="A step that could not be taken on its day is caught up for so many days, then "
        "skipped.",
    )
    working_days_only = fields.Boolean(
        "Only on working days",
        default=True,
        help="Not at weekends, not on public holidays where the customer is, not on our own days "
        "off.",
    )
    cap_count = fields.Integer("At most (days with a message)", default=3, help="Zero: no limit.")
    cap_days = fields.Integer("In (days)", default=7)
    cap_shared = fields.Boolean(
        "Count our other companies",
        help="Messages of other companies with this setting count too, and a customer hears of one "
        "of them a day at most.",
    )
    min_amount = fields.Monetary(
        "Not below",
        default=1.0,
        help="A customer who owes less than this in all, after credits, is not reminded. Other "
        "currencies are converted at the rate of the day.",
    )
    link_days = fields.Integer("Links are valid for (days)", default=60)
    paid_claim_days = fields.Integer(
        "Wait for reported payments (days)",
        default=5,
        help="For so many days an invoice the customer reports as paid is not chased.",
    )

    _company_uniq = models.Constraint("UNIQUE(company_id)", "A company has one policy.")
    _positive = models.Constraint(
        "CHECK(catch_up_days >= 0 AND cap_count >= 0 AND cap_days > 0 AND min_amount >= 0"
        " AND link_days > 0 AND paid_claim_days >= 0)",
        "Days, counts and amounts of a policy are not negative.",
    )

    #: Settings whose change is an event.
    _RECORDED = (
        "cadence_id",
        "dry_run",
        "kill_switch",
        "catch_up_days",
        "working_days_only",
        "cap_count",
        "cap_days",
        "cap_shared",
        "min_amount",
        "link_days",
        "gain_days",
        "capital_rate",
        "holdout_share",
        "paid_claim_days",
        "reply_pause_days",
    )

    def write(self, vals):
        """Write, and record every changed setting with its old and new value."""
        names = [name for name in self._RECORDED if name in vals]
        before = [policy._recorded(names) for policy in self]
        result = super().write(vals)
        rows = []
        for policy, old in zip(self, before, strict=True):
            new = policy._recorded(names)
            changed = {name: [old[name], new[name]] for name in names if old[name] != new[name]}
            if changed:
                rows.append(("policy_changed", policy, changed))
        if rows:
            self.env["collection.event"]._log_many(rows)
        return result

    def _tell_about_feed(self, reason):
        """Leave one task while overdue reminders wait for the bank's books; take it away after.

        :param reason: why nobody can know what is paid, or a false value
        """
        self.ensure_one()
        summary = self.env._("Overdue reminders wait: the bank's books are not up to date")
        kind = "mail.mail_activity_data_warning"
        waiting = self.activity_search([kind], additional_domain=[("summary", "=", summary)])
        if reason and not waiting:
            responsible = self.user_id or self.env.ref("base.user_admin")
            self.activity_schedule(
                kind,
                self.company_id._collection_today(),
                summary=summary,
                user_id=responsible.id,
            )
        elif waiting and not reason:
            waiting.unlink()

    def _recorded(self, names):
        """Return the settings in a form an event can keep (no floats)."""
        values = {}
        for name in names:
            value = self[name]
            if isinstance(value, models.BaseModel):
                value = value.id
            values[name] = str(value) if isinstance(value, float) else value
        return values

    # === ACTION METHODS === #

    @api.model
    def action_open(self):
        """Open the policy of the current company."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Policy"),
            "res_model": self._name,
            "res_id": self.env.company._collection_policy().id,
            "views": [(False, "form")],
        }

    def action_preview_run(self):
        """Show who would get what today, before anything is sent."""
        self.ensure_one()
        return self.env["collection.run.preview"]._open(self.company_id)

    def action_verify_events(self):
        """Seal the company's latest events, walk its whole chain, and say what was found."""
        self.ensure_one()
        self.check_access("read")
        events = self.env["collection.event"]
        events._seal(self.company_id)
        sealed, broken = events._verify(self.company_id)
        if broken:
            message = self.env._(
                "The record was changed: event %(number)s does not fit.", number=broken
            )
        else:
            message = self.env._("%(count)s events verified: nothing was changed.", count=sealed)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "danger" if broken else "success",
                "sticky": bool(broken),
                "message": message,
            },
        }

    def action_run(self):
        """Run today's reminders of these companies, as the night does.

        :return: ``{company id: counts}`` as :meth:`res.company._collection_run` gives them
        :raise AccessError: for everybody but a manager
        """
        if not self.env.user.has_group("invoice_collections.group_manager"):
            raise AccessError(self.env._("Only a collections manager can start a run."))
        self.check_access("read")
        return {policy.company_id.id: policy.company_id._collection_run() for policy in self}
