from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..core import channels


class CollectionTouchpoint(models.Model):
    _inherit = "collection.touchpoint"

    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    channel_story = fields.Text("Channels compared", compute="_compute_channel_story")

    # === COMPUTE METHODS === #

    @api.depends("alternatives")
    @api.depends_context("lang")
    def _compute_channel_story(self):
        labels = dict(self._fields["channel"]._description_selection(self.env))
        refusals = {
            "opt_out": self.env._(" (the customer does not want it)"),
            "no_address": self.env._(" (no address)"),
            "bounced": self.env._(" (the address does not work)"),
            "tried": self.env._(" (tried already for this step)"),
        }
        chosen = self.env._(" (chosen)")
        for touchpoint in self:
            rows = touchpoint.alternatives or []
            touchpoint.channel_story = "\n".join(
                self.env._(
                    "%(channel)s: chance %(chance)s, cost %(cost)s, worth %(value)s%(note)s",
                    channel=labels[row["channel"]],
                    chance=row["chance"],
                    cost=row["cost"],
                    value=row["value"],
                    note=refusals.get(row["refusal"], chosen if row["chosen"] else ""),
                )
                for row in sorted(rows, key=lambda row: channels.CHANNELS.index(row["channel"]))
                if row["refusal"] != "disabled"
            )

    # === ACTION METHODS === #

    def action_approve(self):
        """Let these go out now. Each is looked at once more: what was paid meanwhile does not.

        :raise AccessError: for everybody but a manager
        """
        if not self.env.user.has_group("invoice_collections.group_manager"):
            raise AccessError(self.env._("Only a collections manager approves what goes out."))
        self.check_access("read")
        approver = self.env.user
        waiting_sudo = self.sudo().filtered(lambda one: one.state == "waiting")
        waiting_sudo._recheck()
        approved_sudo = waiting_sudo.filtered(lambda one: one.state == "waiting")
        approved_sudo.write({"approved_by_id": approver.id})
        self.env["collection.event"]._log_many(
            [("touchpoint_approved", one, None) for one in approved_sudo]
        )
        for company, touchpoints in approved_sudo.grouped("company_id").items():
            touchpoints.with_company(company)._claim_charges(company)
            touchpoints.with_company(company)._dispatch()
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    def action_cancel(self):
        """Do not send these, and do not come back to their step: the next one applies.

        :raise AccessError: for who may not write to customers
        """
        self.check_access("read")
        self.case_id.check_access("write")
        waiting_sudo = self.sudo().filtered(lambda one: one.state in ("waiting", "queued"))
        waiting_sudo._withdraw_mails()
        waiting_sudo._transition("cancelled", payload={"by": self.env.uid})
