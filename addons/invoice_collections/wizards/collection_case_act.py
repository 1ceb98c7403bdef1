from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.collection_promise import SOURCES


class CollectionCaseAct(models.TransientModel):
    """Does the same for many cases at once: assign, remind, call, take promises."""

    _name = "collection.case.act"
    _description = "Act on Cases"

    case_ids = fields.Many2many("collection.case", required=True)
    action = fields.Selection(
        [
            ("assign", "Assign"),
            ("remind", "Send now"),
            ("call", "Call"),
            ("promise", "Take a promise"),
        ],
        required=True,
        readonly=True,
    )
    summary = fields.Char(compute="_compute_summary")
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        domain=[("share", "=", False)],
        default=lambda self: self.env.user,
    )
    which = fields.Selection(
        [
            ("due", "Only steps that are due today"),
            ("next", "The next step, although it is not due yet"),
        ],
        "Message",
        required=True,
        default="due",
        help="Either way nobody is written to who must not be: promises, disputes, days off and "
        "the limits of contacts hold.",
    )
    date = fields.Date(
        "Day", required=True, default=lambda self: self.env.company._collection_today()
    )
    source = fields.Selection(
        [source for source in SOURCES if source[0] != "customer"], required=True, default="phone"
    )
    note = fields.Char()

    @api.depends("case_ids")
    def _compute_summary(self):
        for wizard in self:
            totals = [
                currency.format(sum(group.mapped("overdue_amount")))
                for currency, group in wizard.case_ids.grouped("currency_id").items()
            ]
            wizard.summary = self.env._(
                "Customers: %(count)s, overdue: %(amounts)s",
                count=len(wizard.case_ids),
                amounts=", ".join(totals),
            )

    # === ACTION METHODS === #

    def action_apply(self):
        """Do it, and say what was done.

        :raise AccessError: for who may not write the cases
        """
        self.ensure_one()
        self.case_ids.check_access("write")
        message = {
            "assign": self._apply_assign,
            "remind": self._apply_remind,
            "call": self._apply_call,
            "promise": self._apply_promise,
        }[self.action]()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _apply_assign(self):
        if foreign := self.case_ids.company_id - self.user_id.sudo().company_ids:
            raise UserError(
                self.env._(
                    "%(user)s does not work for %(company)s.",
                    user=self.user_id.name,
                    company=foreign[0].name,
                )
            )
        self.case_ids.write({"user_id": self.user_id.id})
        return self.env._("Cases assigned: %(count)s.", count=len(self.case_ids))

    def _apply_remind(self):
        told = self.case_ids._remind_now(forward=self.which == "next")
        return self.case_ids._reminded_text(told)

    def _apply_call(self):
        cases = self.case_ids
        notes = {case: case._call_script() for case in cases}
        cases._ask(
            self.env._("Call the customer"),
            activity_type="mail.mail_activity_data_call",
            notes=notes,
            day=self.date,
            user=self.user_id,
        )
        return self.env._("Customers to call: %(count)s.", count=len(cases))

    def _apply_promise(self):
        """Take what is overdue of each as promised; a case for which that cannot be is told."""
        taken, refused = 0, []
        for case in self.case_ids:
            try:
                with self.env.cr.savepoint():
                    self.env["collection.promise"]._take(
                        case, case.item_ids.browse(), None, self.date, self.source, self.note
                    )
                taken += 1
            except UserError as error:
                refused.append(f"{case.display_name}: {error.args[0]}")
        told = self.env._("Promises taken: %(count)s.", count=taken)
        return " ".join([told, *refused])
