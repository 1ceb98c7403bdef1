from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..models.collection_cadence_step import TONES
from ..models.collection_touchpoint import BLOCK_REASONS

#: Steps that are shown at most, the nearest first.
MOST_STEPS = 3000


class CollectionPlannedStep(models.TransientModel):
    """Who is to hear what on which day, to the end of the next month, if nobody paid anything.

    A look at the plan, worked out when it is opened. Days follow from due dates, cadences and days
    off: a step is not moved by hand, the cadence is changed or the case put on hold.
    """

    _name = "collection.planned.step"
    _description = "Planned Step"
    _order = "date, tone desc, amount desc, id"

    date = fields.Date("Day", readonly=True)
    case_id = fields.Many2one("collection.case", "Customer", readonly=True, ondelete="cascade")
    user_id = fields.Many2one(related="case_id.user_id", string="Responsible")
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    step_id = fields.Many2one("collection.cadence.step", readonly=True, ondelete="cascade")
    tone = fields.Selection(TONES, readonly=True)
    amount = fields.Monetary("Asks for", readonly=True)
    item_count = fields.Integer("Items", readonly=True)
    state = fields.Selection(
        [
            ("planned", "Planned"),
            ("waiting", "Waiting for approval"),
            ("queued", "Waiting to be sent"),
        ],
        readonly=True,
    )
    block_reason = fields.Selection(BLOCK_REASONS, "Held back because", readonly=True)

    @api.depends("case_id", "step_id")
    def _compute_display_name(self):
        for step in self:
            names = filter(None, (step.case_id.display_name, step.step_id.name))
            step.display_name = " · ".join(names)

    # === ACTION METHODS === #

    @api.model
    def action_open(self):
        """Work out what is planned in the user's companies, and show it as a calendar.

        :raise AccessError: for whoever is no collector
        """
        if not self.env.user.has_group("invoice_collections.group_user"):
            raise AccessError(self.env._("Only collectors see what is planned."))
        self.search([("create_uid", "=", self.env.uid)]).unlink()
        for company in self.env.companies:
            self._plan(company)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Planned steps"),
            "res_model": self._name,
            "views": [(False, "calendar"), (False, "list"), (False, "pivot"), (False, "form")],
            "context": {"create": False},
            "help": self.env._("Nothing is planned: nobody has a step due until then."),
        }

    def action_open_case(self):
        """Open the whole story of the customer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "collection.case",
            "res_id": self.case_id.id,
            "views": [(False, "form")],
        }

    # === BUSINESS METHODS === #

    @api.model
    def _plan(self, company):
        """Write what is planned in one company down for this user."""
        today = company._collection_today()
        until = today + relativedelta(months=1, day=31)
        engine_sudo = self.env["collection.engine"].sudo().with_company(company)
        rows = engine_sudo._forecast(company.sudo(), today, until)[:MOST_STEPS]
        cases = self.env["collection.case"].search(
            [
                ("company_id", "=", company.id),
                ("partner_id", "in", [row.customer for row in rows]),
            ]
        )
        by_customer = {case.partner_id.id: case for case in cases}
        currencies = self.env["res.currency"].browse({row.currency for row in rows})
        factors = {currency.id: 10**currency.decimal_places for currency in currencies}
        steps = self.env["collection.cadence.step"].browse({row.step for row in rows})
        tones = {step.id: step.tone for step in steps}
        self.create(
            [
                {
                    "date": row.day,
                    "case_id": by_customer[row.customer].id,
                    "company_id": company.id,
                    "currency_id": row.currency,
                    "step_id": row.step,
                    "tone": tones[row.step],
                    "amount": row.amount / factors[row.currency],
                    "item_count": row.items,
                    "block_reason": row.code,
                    "state": "planned",
                }
                for row in rows
                if row.customer in by_customer
            ]
            + self._prepare_waiting(company, today)
        )

    @api.model
    def _prepare_waiting(self, company, today):
        """Return the values of what is written already and has not left."""
        waiting = self.env["collection.touchpoint"].search(
            [("company_id", "=", company.id), ("state", "in", ("waiting", "queued"))],
            limit=MOST_STEPS,
        )
        return [
            {
                "date": max(one.date, today),
                "case_id": one.case_id.id,
                "company_id": company.id,
                "currency_id": one.currency_id.id,
                "step_id": one.step_id.id,
                "tone": one.tone,
                "amount": one.net_amount,
                "item_count": len(one.item_ids),
                "state": one.state,
            }
            for one in waiting
        ]
