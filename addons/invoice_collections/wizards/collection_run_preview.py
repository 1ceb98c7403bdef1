from odoo import Command, api, fields, models
from odoo.exceptions import AccessError

from ..models.collection_touchpoint import BLOCK_REASONS


class CollectionRunPreview(models.TransientModel):
    """Who would get what today, and who would not and why; nothing is sent by looking."""

    _name = "collection.run.preview"
    _description = "Preview of a Run"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    date = fields.Date("Day", required=True, readonly=True)
    line_ids = fields.One2many("collection.run.preview.line", "preview_id", readonly=True)
    sending_count = fields.Integer(readonly=True)
    blocked_count = fields.Integer(readonly=True)

    @api.model
    def _open(self, company):
        """Plan the company's day and open it as a preview.

        :raise AccessError: for everybody but a manager of that company
        """
        if not self.env.user.has_group("invoice_collections.group_manager"):
            raise AccessError(self.env._("Only a collections manager can preview a run."))
        company.check_access("read")
        today = company._collection_today()
        engine_sudo = self.env["collection.engine"].sudo().with_company(company)
        company._collection_evaluate(today=today)
        planned = engine_sudo._plan(company.sudo(), today)
        preview = self.create(
            {
                "company_id": company.id,
                "date": today,
                "sending_count": sum(plan.verdict.passed for plan in planned),
                "blocked_count": sum(not plan.verdict.passed for plan in planned),
                "line_ids": [Command.create(self._prepare_line_values(plan)) for plan in planned],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Today's run"),
            "res_model": self._name,
            "res_id": preview.id,
            "views": [(False, "form")],
            "target": "new",
        }

    @api.model
    def _prepare_line_values(self, plan):
        known = dict(BLOCK_REASONS)
        code = plan.verdict.code
        return {
            "case_id": plan.case.id,
            "currency_id": plan.currency.id,
            "step_id": plan.message.step.key,
            "amount": plan.message.asked / 10**plan.currency.decimal_places,
            "item_count": len(plan.message.due) + len(plan.message.upcoming),
            "email": plan.choice.address,
            "lang": plan.lang,
            "block_reason": code if code in known or not code else "hold",
        }

    def action_run(self):
        """Send what is previewed, as the books are at this moment."""
        self.ensure_one()
        self.company_id._collection_policy().with_env(self.env).action_run()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Touchpoints"),
            "res_model": "collection.touchpoint",
            "views": [(False, "list"), (False, "form")],
            "domain": [("company_id", "=", self.company_id.id), ("date", "=", self.date)],
        }
