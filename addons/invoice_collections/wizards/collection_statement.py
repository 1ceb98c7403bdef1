from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CollectionStatement(models.TransientModel):
    """Asks for which days statements of account are made, and prints or sends them."""

    _name = "collection.statement"
    _description = "Statement of Account"

    case_ids = fields.Many2many("collection.case", required=True)
    date_from = fields.Date("From", required=True)
    date_to = fields.Date("To", required=True)
    note = fields.Text("Words above", help="Stands at the beginning of the e-mail.")

    @api.model
    def default_get(self, fields):
        """Propose the last months."""
        values = super().default_get(fields)
        cases = self.env["collection.case"].browse(self.env.context.get("default_case_ids"))
        if cases:
            values["date_from"], values["date_to"] = cases[0]._statement_days()
        return values

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        """Refuse days in the wrong order."""
        for wizard in self:
            if wizard.date_from > wizard.date_to:
                raise ValidationError(self.env._("The first day comes after the last."))

    # === ACTIONS === #

    def action_show(self):
        """Open the statements on screen."""
        return self._report_action("qweb-html")

    def action_pdf(self):
        """Print the statements; where the server cannot make PDFs, Odoo shows them on screen."""
        return self._report_action("qweb-pdf")

    def _report_action(self, kind):
        self.ensure_one()
        report = self.env.ref("invoice_collections.statement_action_report")
        # With data, Odoo's client does not tell the server the ids of the records.
        data = {
            "case_ids": self.case_ids.ids,
            "date_from": str(self.date_from),
            "date_to": str(self.date_to),
        }
        action = report.report_action(self.case_ids, data=data, config=False)
        return {**action, "report_type": kind}

    def action_send(self):
        """Send each customer their statement by e-mail, and say who got none."""
        self.ensure_one()
        told, mute, unwilling = self.case_ids._send_statements(
            self.date_from, self.date_to, self.note
        )
        parts = [self.env._("Statements on their way: %(count)s.", count=len(told))]
        if mute:
            names = ", ".join(mute.mapped("display_name")[:5])
            parts.append(self.env._("Without an e-mail address: %(names)s.", names=names))
        if unwilling:
            names = ", ".join(unwilling.mapped("display_name")[:5])
            parts.append(self.env._("Do not want e-mails: %(names)s.", names=names))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if told else "warning",
                "message": " ".join(parts),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
