from datetime import timedelta

from odoo import models
from odoo.tools.misc import hash_sign, verify_hash_signed

#: What a choice of invoices to pay is signed for; no other signature passes for one.
PAYMENT_SCOPE = "invoice_collections.debtor_payment"

#: For how long a payment form may stay open. The amount is checked again when it is sent.
PAYMENT_FORM_HOURS = 24


class CollectionCase(models.Model):
    _inherit = "collection.case"

    # === BUSINESS METHODS - PAYING ONLINE === #

    def _debtor_payment_means(self, amount, currency, report=None):
        """Return ``(providers, payment methods)`` the customer can pay this with; both sudo."""
        self.ensure_one()
        provider_sudo = self.env["payment.provider"].sudo()
        method_sudo = self.env["payment.method"].sudo()
        partner = self.partner_id
        providers_sudo = provider_sudo._get_compatible_providers(
            self.company_id.id, partner.id, amount, currency_id=currency.id, report=report
        )
        methods_sudo = method_sudo._get_compatible_payment_methods(
            providers_sudo.ids, partner.id, currency_id=currency.id, report=report
        )
        return providers_sudo, methods_sudo

    def _debtor_preselect(self, section):
        """Say what can be chosen, and choose what is paid unless told otherwise.

        That is all overdue, or else all. What we may have received money for, and what a credit
        covers, is left to the customer to choose.
        """
        payable = [row for row in section["rows"] if row["payable"]]
        amount = section["currency"].round(sum(row["asks"] for row in payable))
        providers_sudo, methods_sudo = self._debtor_payment_means(amount, section["currency"])
        section["online"] = bool(payable and providers_sudo and methods_sudo)
        for row in section["rows"]:
            row["selectable"] = row["payable"] if section["online"] else not row["being_paid"]
        certain = [row for row in section["rows"] if row["selectable"] and not row["unsure"]]
        if not section["covered"]:
            for row in [row for row in certain if row["overdue"]] or certain:
                row["chosen"] = True

    def _debtor_sign_choice(self, choice):
        """Return the signature of a choice and its total, to be sent back by the payment form."""
        self.ensure_one()
        return hash_sign(
            self.sudo().env,
            PAYMENT_SCOPE,
            [self.id, *self._debtor_choice_key(choice)],
            expiration=timedelta(hours=PAYMENT_FORM_HOURS),
        )

    def _debtor_signed_choice(self, signature):
        """Return the choice a payment form was shown for, with today's amounts, or ``None``.

        ``None`` too when anything changed since: an invoice was paid, credited or cancelled
        meanwhile. What was agreed to on the screen is charged, or nothing.
        """
        self.ensure_one()
        try:
            payload = verify_hash_signed(self.sudo().env, PAYMENT_SCOPE, signature)
            case_id, move_ids, full, minor, plan_id = payload or (0, [], 0, 0, 0)
        except (AttributeError, TypeError, ValueError):
            return None
        if case_id != self.id:
            return None
        if plan_id:
            choice = self._debtor_plan_choice_again(plan_id, minor)
        else:
            choice = self._debtor_choose(set(move_ids), online=True)
        if not choice or self._debtor_choice_key(choice)[:2] != [move_ids, full]:
            return None
        if plan_id or minor == full:
            return choice
        return self._debtor_take_part(choice, minor / 10 ** choice["currency"].decimal_places)

    def _debtor_choice_key(self, choice):
        """Return what makes two choices the same: the documents, what they ask, what is paid (both
        in minor units), and the plan that is paid by it, or 0.
        """
        factor = 10 ** choice["currency"].decimal_places
        ids = sorted(row["move"].id for row in choice["rows"])
        plan = choice.get("plan")
        return [
            ids,
            round(choice["full"] * factor),
            round(choice["total"] * factor),
            plan.id if plan else 0,
        ]

    def _debtor_payment(self, reference):
        """Return the online payment (sudo) of this customer with that reference, or none.

        :param reference: anything a visitor may have put into the address
        """
        self.ensure_one()
        tx_sudo = self.env["payment.transaction"].sudo()
        if not reference or "\0" in reference:
            return tx_sudo
        return tx_sudo.search(
            [
                ("reference", "=", reference),
                ("company_id", "=", self.company_id.id),
                ("partner_id", "=", self.partner_id.id),
            ],
            limit=1,
        )

    def _log_payment_started(self, tx_sudo):
        """Record that the customer began to pay online through their link."""
        self.ensure_one()
        self.env["collection.event"]._log(
            "payment_started",
            record=self,
            payload={
                "reference": tx_sudo.reference,
                "amount": f"{tx_sudo.amount:.{tx_sudo.currency_id.decimal_places}f}",
                "currency": tx_sudo.currency_id.name,
                "invoices": tx_sudo.invoice_ids.mapped("name"),
            },
        )
