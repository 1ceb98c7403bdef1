from odoo import Command, api, fields, models

from ..core.plan.position import Position
from ..core.plan.schedule import Installment

#: States of a plan whose interest does not run any more.
_ENDED = ("quote", "offered", "cancelled", "defaulted", "refinanced", "completed")


class CollectionPlanAccrual(models.TransientModel):
    """Asks for a day, and shows the interest plans have borne by then that is not invoiced yet."""

    _name = "collection.plan.accrual"
    _description = "Accrued Interest of Payment Plans"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        "As of",
        required=True,
        default=lambda self: self.env.company._collection_today(),
        help="Interest of the day itself is counted.",
    )
    line_ids = fields.One2many(
        "collection.plan.accrual.line",
        "accrual_id",
        compute="_compute_line_ids",
        store=True,
        precompute=True,
        string="Plans",
    )
    total = fields.Monetary("Accrued in all", compute="_compute_total")

    # === COMPUTE METHODS === #

    def _compute_display_name(self):
        for report in self:
            report.display_name = self.env._("Accrued interest")

    @api.depends("company_id", "date")
    def _compute_line_ids(self):
        for report in self:
            rows = report._prepare_lines() if report.date and report.company_id else []
            report.line_ids = [Command.clear(), *(Command.create(values) for values in rows)]

    @api.depends("line_ids.accrued")
    def _compute_total(self):
        for report in self:
            report.total = report.currency_id.round(sum(report.line_ids.mapped("accrued")))

    # === BUSINESS METHODS === #

    def _versions(self):
        """Return the versions that were in force at the end of the day, one a plan at most."""
        self.ensure_one()
        end = fields.Datetime.end_of(fields.Datetime.to_datetime(self.date), "day")
        versions = self.env["collection.plan.version"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "in", ("accepted", "superseded")),
                ("accepted_at", "<=", end),
                ("rate", ">", 0),
            ],
            order="plan_id, number",
        )
        latest = {version.plan_id: version for version in versions}
        return versions.browse(
            [
                version.id
                for plan, version in latest.items()
                if not (plan.state in _ENDED and plan.settled_on and plan.settled_on <= self.date)
            ]
        )

    def _prepare_lines(self):
        """Return the values of a line for each plan with accrued interest. Constant queries."""
        found = []
        for version in self._versions():
            plan = version.plan_id
            position = self._position(version)
            accrued = _accrued(position) if position else 0
            if not accrued:
                continue
            found.append(
                {
                    "plan_id": plan.id,
                    "since": position.since,
                    "bearing": plan._major(position.bearing),
                    "rate": version.rate,
                    "accrued": plan._major(accrued),
                }
            )
        return found

    def _position(self, version):
        """Return where a version stood by its schedule on the day; none before it began."""
        terms = version._core_terms()
        if self.date < terms.start:
            return None
        minor = version.plan_id._minor
        installments = tuple(
            Installment(
                one.number,
                one.due_date,
                minor(one.principal),
                minor(one.interest),
                minor(one.fee),
                minor(one.balance),
            )
            for one in version.installment_ids.sorted("number")
            if one.number
        )
        return Position(terms, installments, self.date)

    # === ACTION METHODS === #

    @api.model
    def action_open(self):
        """Open the report of today."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Accrued interest"),
            "res_model": self._name,
            "res_id": self.create({}).id,
            "views": [(False, "form")],
        }

    def action_list(self):
        """Open the lines as a list, to be exported."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Accrued interest"),
            "res_model": "collection.plan.accrual.line",
            "views": [(False, "list")],
            "domain": [("accrual_id", "=", self.id)],
        }


def _accrued(position):
    """Return what has accrued, in minor units; never more than the interest still to come."""
    coming = sum(one.interest for one in position.installments if one.due > position.on)
    return min(position.accrued, coming)
