from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_amount, format_date


class BankMatchWorkspace(models.AbstractModel):
    """Colleagues: who is to look at a line, and whom to ask about it."""

    _inherit = "bank.match.workspace"

    @api.model
    def assign(self, line_ids, user_id):
        """Let a colleague look at lines, and tell them; nobody where ``user_id`` is ``False``.

        :raise UserError: for somebody who may not decide on bank lines
        """
        self._check_role()
        known = [line_id for line_id in line_ids if isinstance(line_id, int)]
        lines = self.env["account.bank.statement.line"].search(
            [("id", "in", known), ("company_id", "in", self.env.companies.ids)]
        )
        user = self.env["res.users"].sudo().browse(int(user_id or 0))
        if user and not user.has_group("bank_sync.group_user"):
            raise UserError(self.env._("%(user)s is no accountant of the bank.", user=user.name))
        if foreign := lines.company_id - user.company_ids if user else False:
            raise UserError(
                self.env._(
                    "%(user)s does not work for %(company)s.",
                    user=user.name,
                    company=foreign[0].sudo().name,
                )
            )
        lines.bank_match_user_id = user.id
        if lines and user and user != self.env.user:
            lines[0].move_id.message_notify(
                partner_ids=user.partner_id.ids,
                subject=self.env._("Bank lines for you"),
                body=self.env._(
                    "%(user)s asks you to look at %(count)s bank line(s): %(text)s",
                    user=self.env.user.name,
                    count=len(lines),
                    text=", ".join(line.payment_ref or "/" for line in lines[:5]),
                ),
            )
        return True

    @api.model
    def get_people(self, line_id, partner_id=False):
        """Return whom one may ask about a line: first who sold to the customer."""
        line = self._existing_line(line_id)
        partner = self.env["res.partner"].browse(int(partner_id or 0)).exists()
        roles = {}
        if partner:
            moves = line.bank_suggestion_ids.line_ids.move_id
            for user in moves.sudo().invoice_user_id | partner.sudo().user_id:
                roles[user] = self.env._("salesperson")
        for colleague in self.get_start()["colleagues"]:
            user = self.env["res.users"].sudo().browse(colleague["id"])
            roles.setdefault(user, self.env._("accountant"))
        return [
            {"id": user.id, "name": user.sudo().name, "role": role}
            for user, role in roles.items()
            if user.sudo().active and user != self.env.user
        ]

    @api.model
    def ask(self, line_id, partner_id, user_id, question):
        """Ask somebody about a line; their feedback comes back to its notes.

        The question says what the bank says: who answers needs no access to bank lines, Odoo
        shows them the activity all the same.
        """
        line = self._existing_line(line_id)
        people = {person["id"] for person in self.get_people(line_id, partner_id)}
        if int(user_id or 0) not in people:
            raise UserError(self.env._("Choose somebody who can be asked about this line."))
        line.move_id.activity_schedule(
            "bank_sync.activity_type_ask_payment",
            summary=self.env._("What is this payment for?"),
            note=self._question(line, question),
            user_id=int(user_id),
        )
        user = self.env["res.users"].sudo().browse(int(user_id))
        self._note(line, self.env._("Asked %(user)s", user=user.name), question)
        return True

    @api.model
    def _question(self, line, question):
        amount = format_amount(self.env, line.amount, line.currency_id)
        says = [line.partner_name, amount, format_date(self.env, line.date), line.payment_ref]
        return Markup("<p>{}</p><p>{}</p>").format(
            question or "", " · ".join(text for text in says if text)
        )
