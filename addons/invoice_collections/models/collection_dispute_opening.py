from datetime import timedelta

from odoo import Command, api, models
from odoo.exceptions import UserError


class CollectionDispute(models.Model):
    _inherit = "collection.dispute"

    # === BUSINESS METHODS === #

    @api.model
    def _open(self, case, lines_amounts, category, note, source, attachments=()):
        """Record that the customer disputes items, or parts of them; they are not chased meanwhile.

        :param case: the case; the caller's right to write it is checked
        :param lines_amounts: ``{open receivable item: disputed amount in its currency}``; ``None``
            as amount: all that is open of it
        :param category: a code of ``CATEGORIES``
        :param source: a code of ``SOURCES``
        :param attachments: ``(file name, bytes)`` pairs: the evidence
        :return: the dispute
        :raise UserError: when an item or amount cannot be disputed
        """
        case.ensure_one()
        case.check_access("write")
        case_sudo = case.sudo()
        lines_sudo = (
            self.env["account.move.line"].sudo().union(*(line.sudo() for line in lines_amounts))
        )
        if not lines_sudo:
            raise UserError(self.env._("Please say which invoice is disputed."))
        lines_sudo = case_sudo._own_items(lines_sudo)
        amounts = self._disputed_amounts(
            lines_sudo, {line.id: amount for line, amount in lines_amounts.items()}
        )
        dispute_sudo = self.sudo().with_context(mail_create_nosubscribe=True)
        dispute_sudo = dispute_sudo.create(
            {
                **self._prepare_opening(case_sudo),
                "currency_id": lines_sudo.currency_id.id,
                "category": category,
                "source": source,
                "note": note or False,
                "amount": lines_sudo.currency_id.round(sum(amounts.values())),
                "line_ids": [
                    Command.create(
                        {
                            "move_line_id": line.id,
                            "label": line.move_id.name or line.name,
                            "open_amount": line.amount_residual_currency,
                            "amount": amounts[line.id],
                        }
                    )
                    for line in lines_sudo
                ],
            }
        )
        dispute_sudo._keep_evidence(attachments)
        self.env["collection.event"]._log("dispute_new", dispute_sudo, payload=dispute_sudo._told())
        dispute_sudo._ask_owner()
        lines_sudo._collection_changed()
        return dispute_sudo.with_env(self.env)

    @api.model
    def _prepare_opening(self, case):
        """Return the values every new dispute of a case starts with."""
        policy = case.company_id._collection_policy()
        today = case.company_id._collection_today()
        return {
            "case_id": case.id,
            "partner_id": case.partner_id.id,
            "company_id": case.company_id.id,
            "user_id": (case.user_id or policy.user_id).id,
            "opened_on": today,
            "deadline": today + timedelta(days=policy.dispute_days),
        }

    @api.model
    def _disputed_amounts(self, lines, wanted):
        """Return ``{line id: amount}``, refused where it is not more than zero and still open.

        What another dispute covers already cannot be disputed again.
        """
        currency = lines.currency_id
        factor = 10**currency.decimal_places
        taken = {
            line: sum(part.amount for part in parts if part.code == "dispute") / factor
            for line, parts in lines._collection_withholdings().items()
        }
        amounts = {}
        for line in lines:
            free = currency.round(line.amount_residual_currency - taken.get(line.id, 0.0))
            amount = free if wanted[line.id] is None else currency.round(wanted[line.id])
            too_much = currency.compare_amounts(amount, free) > 0
            if too_much or currency.compare_amounts(amount, 0) <= 0:
                raise UserError(
                    self.env._(
                        "Of %(document)s at most %(amount)s can be disputed.",
                        document=line.move_id.name or line.name,
                        amount=currency.format(max(0.0, free)),
                    )
                )
            amounts[line.id] = amount
        return amounts

    def _keep_evidence(self, attachments):
        """Keep the files that came with a dispute."""
        self.ensure_one()
        self.env["ir.attachment"].create(
            [
                {"name": name, "raw": content, "res_model": self._name, "res_id": self.id}
                for name, content in attachments
            ]
        )

    def _ask_owner(self):
        """Leave the owner a task with the deadline; without an owner, whoever is responsible."""
        self.ensure_one()
        user = self.user_id or self.env.ref("base.user_admin")
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=self.deadline,
            summary=self.env._("Find out and decide"),
            user_id=user.id,
        )
