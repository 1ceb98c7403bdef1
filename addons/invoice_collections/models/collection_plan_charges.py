from odoo import Command, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class CollectionPlan(models.Model):
    _inherit = "collection.plan"

    # === BUSINESS METHODS - INTEREST AND FEES === #

    def _bill_due(self, today):
        """Invoice interest and fee of the installments that are due (sudo): one a plan and date.

        Safe to repeat; the database refuses a second invoice. A fixed number of queries besides
        those of posting.

        :return: the invoices
        """
        due = self.env["collection.plan.installment"].search(
            [
                ("version_id", "in", self.version_id.ids),
                ("due_date", "<=", today),
                ("move_id", "=", False),
                ("state", "in", ("open", "part", "paid")),
                "|",
                ("interest", ">", 0),
                ("fee", ">", 0),
            ]
        )
        due = due.filtered(lambda one: one.plan_id.state in ("active", "arrears", "paused"))
        groups = due.grouped(lambda one: (one.plan_id, one.due_date))
        return self._bill([(key, group) for key, group in groups.items() if any(group._to_bill())])

    def _bill(self, groups):
        """Post one invoice for each ``((plan, day), installments)``."""
        moves = self.env["account.move"].create(
            [
                plan._prepare_charge(day, *installments._to_bill(), installments)
                for (plan, day), installments in groups
            ]
        )
        moves.action_post()
        for ((plan, _day), installments), move in zip(groups, moves, strict=True):
            plan._check_charge(move)
            installments.move_id = move
        self.env["collection.event"]._log_many(
            [
                (
                    "plan_charged",
                    plan,
                    {
                        "invoice": move.name,
                        "amount": plan._minor(move.amount_total),
                        "currency": plan.currency_id.name,
                        "installments": installments.mapped("number"),
                    },
                )
                for ((plan, _day), installments), move in zip(groups, moves, strict=True)
            ]
        )
        return moves

    def _prepare_charge(self, day, interest, fee, installments):
        """Return the values of the invoice of interest and fee that fall due on a day."""
        self.ensure_one()
        offer, company = self.offer_id, self.company_id
        policy = company._collection_policy()
        journal = offer.journal_id or self.env["collection.charge"]._claim_journal(company, policy)
        interest_text, fee_text = self._charge_texts(installments, day)
        rows = []
        if not self.currency_id.is_zero(interest):
            account = offer.interest_account_id or policy.interest_account_id
            tax = offer.interest_tax_id or policy.charge_tax_id
            rows.append(self._prepare_charge_line(interest_text, interest, account, tax))
        if not self.currency_id.is_zero(fee):
            account = offer.fee_account_id or policy.cost_account_id
            tax = offer.fee_tax_id or policy.charge_tax_id
            rows.append(self._prepare_charge_line(fee_text, fee, account, tax))
        return {
            "move_type": "out_invoice",
            "company_id": company.id,
            "journal_id": journal.id,
            "partner_id": self.partner_id.id,
            "currency_id": self.currency_id.id,
            "invoice_date": day,
            "invoice_date_due": day,
            "invoice_payment_term_id": False,
            "invoice_origin": self.name,
            "collection_is_claim": True,
            "collection_plan_id": self.id,
            "collection_plan_due": day,
            "invoice_line_ids": rows,
        }

    def _charge_texts(self, installments, day):
        """Return what an invoice calls its interest and its fee, in the customer's language."""
        env = self.with_context(lang=self.partner_id.lang).env
        if not installments:
            return (
                env._("Interest of %(plan)s", plan=self.name),
                env._("Fee of %(plan)s", plan=self.name),
            )
        facts = {
            "plan": self.name,
            "numbers": ", ".join(str(one.number) for one in installments),
            "day": format_date(env, day),
        }
        return (
            env._("Interest of %(plan)s, installment %(numbers)s, due %(day)s", **facts),
            env._("Fee of %(plan)s, installment %(numbers)s, due %(day)s", **facts),
        )

    def _prepare_charge_line(self, text, amount, account, tax):
        return Command.create(
            {
                "name": text,
                "quantity": 1,
                "price_unit": amount,
                "tax_ids": [Command.set(tax.ids)],
                **({"account_id": account.id} if account else {}),
            }
        )

    def _check_charge(self, move):
        """Refuse an invoice that asks for anything but what was disclosed."""
        wanted = sum(
            line.price_total for line in move.invoice_line_ids if line.display_type == "product"
        )
        asked = sum(move.invoice_line_ids.mapped("price_unit"))
        if self.currency_id.compare_amounts(wanted, asked):
            raise UserError(
                self.env._(
                    "The tax of interest or fees in “%(offer)s” is added on top: choose one that is"
                    " included in the price, or of 0 %%.",
                    offer=self.offer_id.name,
                )
            )

    def _open_charges(self):
        """Return the posted invoices of interest and fees of these plans."""
        return self.move_ids.filtered(
            lambda move: move.state == "posted" and move.move_type == "out_invoice"
        )

    def _credit_charges(self, moves, reason):
        """Take invoices of interest and fees back, with credit notes set off against them."""
        if moves:
            day = self.company_id._collection_today()
            moves._reverse_moves(
                [{"ref": reason, "invoice_date": day, "date": day} for _move in moves], cancel=True
            )

    def _bill_accrued(self, amount, day):
        """Invoice interest that ran up to a day on which no installment falls due (sudo)."""
        self.ensure_one()
        values = self._prepare_charge(day, amount, 0.0, self.installment_ids[:0])
        move = self.env["account.move"].create(values)
        move.action_post()
        self._check_charge(move)
        return move

    def _finance(self, interest, fee):
        """Invoice interest or a fee that the installments pay off with the rest of the debt."""
        self.ensure_one()
        version = self.version_id
        values = self._prepare_charge(version.last_due, interest, fee, version.installment_ids[:0])
        today = self.company_id._collection_today()
        move = self.env["account.move"].create(
            {**values, "invoice_date": today, "collection_plan_due": False}
        )
        move.action_post()
        self._check_charge(move)
        self._cover(move.line_ids)
        version.base_open += move.amount_residual

    def _cover(self, items):
        """Let the installments pay off these items too: those that are receivable and open."""
        items = items.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        )
        self.env["collection.plan.line"].create(
            [
                {
                    "plan_id": self.id,
                    "move_line_id": item.id,
                    "label": item.move_id.name,
                    "amount": item.amount_residual_currency,
                }
                for item in items
            ]
        )._follow_plans()
