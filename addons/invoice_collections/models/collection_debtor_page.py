from datetime import timedelta

from odoo import models
from odoo.tools.misc import hash_sign, verify_hash_signed

#: What a choice of invoices to pay is signed for; no other signature passes for one.
PAYMENT_SCOPE = "invoice_collections.debtor_payment"

#: For how long a payment form may stay open. The amount is checked again when it is sent.
PAYMENT_FORM_HOURS = 24

#: Documents a customer can read on the page.
_DOCUMENTS = ("out_invoice", "out_receipt")


class CollectionCase(models.Model):
    _inherit = "collection.case"

    # === BUSINESS METHODS - WHAT THE PAGE SHOWS === #

    def _debtor_lang(self):
        """Return the code of the language the customer is written to; always an active one."""
        self.ensure_one()
        contact = self.partner_id._collection_contacts()[self.partner_id]
        wanted = (contact.lang, self.partner_id.lang, self.company_id.partner_id.lang)
        active = dict(self.env["res.lang"].get_installed())
        return next((code for code in wanted if code in active), next(iter(active)))

    def _debtor_sections(self):
        """Return what the customer owes, one section a currency, the company's own first.

        Call it on a sudo case in the customer's language: nothing here filters by the user.
        Writes nothing.

        :return: list of dict: ``currency``, ``rows`` (see :meth:`_debtor_row`; the oldest due date
            first), ``total``, ``overdue``, ``credit`` (what we owe the customer, not negative),
            ``bank`` (``res.partner.bank``, may be empty) and ``online`` (whether something can be
            paid on the page now); amounts in the currency of the section
        """
        self.ensure_one()
        today = self.company_id._collection_today()
        debts = self.item_ids.filtered(lambda item: item.amount_residual_currency > 0)
        reasons = debts.move_id._collection_hold_reasons()
        sections = []
        for currency, items in debts.grouped("currency_id").items():
            rows = [
                self._debtor_row(move, lines, today, reasons[move])
                for move, lines in items.grouped("move_id").items()
            ]
            credits_ = (self.item_ids - debts).filtered(
                lambda item, c=currency: item.currency_id == c
            )
            section = {
                "currency": currency,
                "rows": rows,
                "total": currency.round(sum(row["amount"] for row in rows)),
                "overdue": currency.round(sum(row["overdue"] for row in rows)),
                "credit": currency.round(-sum(credits_.mapped("amount_residual_currency"))),
                "bank": self._debtor_bank(currency, items.move_id),
            }
            self._debtor_preselect(section)
            sections.append(section)
        own = self.company_id.currency_id
        return sorted(sections, key=lambda section: (section["currency"] != own, -section["total"]))

    def _debtor_row(self, move, lines, today, reasons):
        """Return one document of the page.

        :param lines: its open receivable items, the earliest due date first
        :param reasons: the codes for which it must not be chased now
        :return: dict with ``move``, ``due_date`` (of the earliest open item), ``when`` (how far
            away that is, in words), ``amount`` and ``overdue`` (what is left, and how much of it is
            past its date), ``minor`` (the amount in minor units), ``being_paid`` and ``payable``
            (online, now), ``note`` (a sentence on money that may be on its way, or False),
            ``document`` (can be read), ``chosen`` (by default)
        """
        due_date = lines[0].date_maturity or lines[0].date
        late = lines.filtered(lambda line: (line.date_maturity or line.date) < today)
        amount = lines._collection_amount()
        being_paid = self._debtor_is_being_paid(move)
        note = False
        if being_paid:
            note = self.env._("A payment is under way.")
        elif "pending_money" in reasons:
            note = self.env._("We may have received a payment for this already.")
        return {
            "move": move,
            "due_date": due_date,
            "when": self._debtor_when((today - due_date).days),
            "amount": amount,
            "minor": round(amount * 10**lines.currency_id.decimal_places),
            "overdue": late._collection_amount(),
            "payable": not being_paid and move._has_to_be_paid(),
            "being_paid": being_paid,
            "note": note,
            "document": move.move_type in _DOCUMENTS,
            "chosen": False,
        }

    def _debtor_when(self, days):
        """Return how far the due date is away, in words; ``days`` are days overdue."""
        if days == 0:
            return self.env._("due today")
        if days == 1:
            return self.env._("1 day overdue")
        if days > 1:
            return self.env._("%(days)s days overdue", days=days)
        if days == -1:
            return self.env._("due tomorrow")
        return self.env._("due in %(days)s days", days=-days)

    def _debtor_is_being_paid(self, move):
        """Return whether an online payment of this document has not reached the books yet.

        A bank transfer that was only announced does not count, as in Odoo itself.
        """
        return any(
            tx.provider_code not in ("none", "custom")
            and (
                tx.state in ("pending", "authorized")
                or (tx.state == "done" and not tx.is_post_processed)
            )
            for tx in move.transaction_ids
        )

    def _debtor_preselect(self, section):
        """Choose what the Pay button pays unless told otherwise: all overdue, or else all.

        What we may have received money for is left to the customer to choose.
        """
        payable = [row for row in section["rows"] if row["payable"]]
        certain = [row for row in payable if not row["note"]]
        for row in [row for row in certain if row["overdue"]] or certain:
            row["chosen"] = True
        amount = section["currency"].round(sum(row["amount"] for row in payable))
        providers_sudo, methods_sudo = self._debtor_payment_means(amount, section["currency"])
        section["online"] = bool(payable and providers_sudo and methods_sudo)

    def _debtor_bank(self, currency, moves):
        """Return the bank account to transfer to: the invoices' own, or that of a bank journal.

        Only accounts of the company itself, and none that is kept in another currency.
        """
        own = moves.partner_bank_id.filtered(
            lambda bank: (
                bank.partner_id == self.company_id.partner_id
                and (not bank.currency_id or bank.currency_id == currency)
            )
        )
        if own:
            return own[0]
        journals_sudo = self.env["account.journal"].search(
            [
                ("type", "=", "bank"),
                ("company_id", "=", self.company_id.id),
                ("bank_account_id", "!=", False),
            ]
        )
        return journals_sudo.filtered(
            lambda journal: (journal.currency_id or journal.company_id.currency_id) == currency
        )[:1].bank_account_id

    def _debtor_document(self, move_id):
        """Return the open document with this id if the page lists it, or an empty recordset."""
        self.ensure_one()
        return self.item_ids.move_id.filtered(
            lambda move: move.id == move_id and move.move_type in _DOCUMENTS
        )

    # === BUSINESS METHODS - PAYING === #

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

    def _debtor_choose(self, move_ids):
        """Return the section holding only the chosen documents, or ``None``.

        The ids come from outside: what is not an open, payable invoice of this customer in one
        currency is as if it did not exist.
        """
        for section in self._debtor_sections():
            rows = [row for row in section["rows"] if row["payable"] and row["move"].id in move_ids]
            if rows:
                total = section["currency"].round(sum(row["amount"] for row in rows))
                return {**section, "rows": rows, "total": total}
        return None

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
            case_id, move_ids, minor = payload or (0, [], 0)
        except (AttributeError, TypeError, ValueError):
            return None
        choice = case_id == self.id and self._debtor_choose(set(move_ids))
        if not choice or self._debtor_choice_key(choice) != [move_ids, minor]:
            return None
        return choice

    def _debtor_choice_key(self, choice):
        """Return what makes two choices the same: the documents, and the total in minor units."""
        minor = round(choice["total"] * 10 ** choice["currency"].decimal_places)
        return [sorted(row["move"].id for row in choice["rows"]), minor]

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
