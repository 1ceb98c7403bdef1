from dateutil.relativedelta import relativedelta

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError

from ..models.collection_touchpoint import BLOCK_REASONS

#: Lines of a look ahead that are shown; all are counted.
MOST_LINES = 1000


class CollectionRunPreview(models.TransientModel):
    """Who would get what today, and who would not and why; nothing is sent by looking."""

    _name = "collection.run.preview"
    _description = "Preview of a Run"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    cadence_id = fields.Many2one("collection.cadence", "Tried", readonly=True)
    date = fields.Date("Day", required=True, readonly=True)
    until = fields.Date("Last day", readonly=True)
    line_ids = fields.One2many("collection.run.preview.line", "preview_id", readonly=True)
    sending_count = fields.Integer(readonly=True)
    blocked_count = fields.Integer(readonly=True)
    ahead_count = fields.Integer(readonly=True)
    customer_count = fields.Integer(readonly=True)

    @api.model
    def _open(self, company, cadence=None):
        """Plan the company's day and open it as a preview.

        :param cadence: look ahead to the end of the month as well, with this cadence in place of
            the one it would follow
        :raise AccessError: for everybody but a manager of that company
        """
        if not self.env.user.has_group("invoice_collections.group_manager"):
            raise AccessError(self.env._("Only a collections manager can preview a run."))
        company.check_access("read")
        today = company._collection_today()
        engine_sudo = self.env["collection.engine"].sudo().with_company(company)
        company._collection_evaluate(today=today)
        if cadence:
            values = self._prepare_ahead(engine_sudo, company, today, cadence)
        else:
            planned = engine_sudo._plan(company.sudo(), today)
            values = {
                "sending_count": sum(plan.verdict.passed for plan in planned),
                "blocked_count": sum(not plan.verdict.passed for plan in planned),
                "line_ids": [Command.create(self._prepare_line_values(plan)) for plan in planned],
            }
        preview = self.create({"company_id": company.id, "date": today, **values})
        return {
            "type": "ir.actions.act_window",
            "name": cadence.display_name if cadence else self.env._("Today's run"),
            "res_model": self._name,
            "res_id": preview.id,
            "views": [(False, "form")],
            "target": "new",
        }

    @api.model
    def _prepare_ahead(self, engine_sudo, company, today, cadence):
        """Return the values of a look ahead to the end of the month, a week at least."""
        month_end = today + relativedelta(day=31)
        until = max(month_end, today + relativedelta(days=6))
        rows = engine_sudo._forecast(company.sudo(), today, until, cadence.sudo())
        free = [row for row in rows if not row.code]
        cases = self.env["collection.case"].search(
            [
                ("company_id", "=", company.id),
                ("partner_id", "in", [row.customer for row in rows[:MOST_LINES]]),
            ]
        )
        by_customer = {case.partner_id.id: case for case in cases}
        currencies = self.env["res.currency"].browse({row.currency for row in rows})
        factors = {currency.id: 10**currency.decimal_places for currency in currencies}
        return {
            "cadence_id": cadence.id,
            "until": until,
            "sending_count": sum(row.day == today for row in free),
            "ahead_count": len(free),
            "blocked_count": len(rows) - len(free),
            "customer_count": len({row.customer for row in free}),
            "line_ids": [
                Command.create(
                    {
                        "date": row.day,
                        "case_id": by_customer[row.customer].id,
                        "currency_id": row.currency,
                        "step_id": row.step,
                        "amount": row.amount / factors[row.currency],
                        "item_count": row.items,
                        "block_reason": row.code,
                    }
                )
                for row in rows[:MOST_LINES]
            ],
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
