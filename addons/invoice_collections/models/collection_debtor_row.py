from odoo import models

#: Documents a customer can read on the page.
DOCUMENTS = ("out_invoice", "out_receipt")


class CollectionCase(models.Model):
    _inherit = "collection.case"

    # === BUSINESS METHODS - WHAT THE PAGE SAYS OF ONE DOCUMENT === #

    def _debtor_rows(self, lines, today):
        """Return the documents these open items belong to, see :meth:`_debtor_row`."""
        reasons = lines.move_id._collection_hold_reasons()
        said = {
            "claims": self.env["collection.paid.claim"]._waited_for(lines.move_id),
            "withheld": lines._collection_withholdings(),
            "planned": self._debtor_planned_items() & lines,
        }
        return [
            self._debtor_row(move, items, today, reasons[move], said)
            for move, items in lines.grouped("move_id").items()
        ]

    def _debtor_row(self, move, lines, today, reasons, said):
        """Return one document of the page.

        :param lines: its open receivable items, the earliest due date first
        :param reasons: the codes for which it must not be chased now
        :param said: what the customer told us: ``claims`` and ``withheld``, both by item, and
            ``planned``, the items in a running plan: they are late only as the plan says
        :return: dict with ``move``, ``lines``, ``due_date`` (of the earliest open item), ``when``
            (how far away that is, in words), ``amount`` and ``overdue`` (what is left, and how much
            of it is past its date), ``asks`` (what is left without what is disputed; ``minor`` is
            the same in minor units), ``being_paid`` and ``payable`` (online, now), ``notes``
            (sentences on what is known of it), ``unsure`` (not to be paid unless chosen),
            ``codes`` (why parts of it are not chased), ``document`` (can be read), ``chosen`` (by
            default)
        """
        currency = lines.currency_id
        due_date = lines[0].date_maturity or lines[0].date
        planned = bool(lines & said["planned"])
        late = lines.filtered(
            lambda line: (line.date_maturity or line.date) < today and not planned
        )
        amount = lines._collection_amount()
        being_paid = self._debtor_is_being_paid(move)
        parts = [part for line in lines for part in said["withheld"].get(line.id, ())]
        codes = {part.code for part in parts} | ({"plan"} if planned else set())
        disputed = sum(part.amount for part in parts if part.code == "dispute")
        asks = currency.round(amount - disputed / 10**currency.decimal_places)
        # Who chooses an invoice that is disputed altogether means to pay it after all.
        whole = currency.compare_amounts(asks, 0) <= 0
        asks = amount if whole else asks
        money = self._debtor_note(lines, being_paid, reasons, said["claims"])
        in_dispute = min(amount, disputed / 10**currency.decimal_places)
        return {
            "move": move,
            "lines": lines,
            "due_date": due_date,
            "when": self._debtor_when((today - due_date).days, planned),
            "amount": amount,
            "asks": asks,
            "minor": round(asks * 10**currency.decimal_places),
            "overdue": late._collection_amount(),
            "payable": not being_paid and move._has_to_be_paid(),
            "being_paid": being_paid,
            "notes": [
                *([money] if money else []),
                *self._debtor_said(parts, in_dispute, amount, currency),
            ],
            # Nobody is asked beforehand to pay what may be paid, is promised or all in dispute.
            "unsure": bool(money or whole or codes - {"dispute"}),
            "codes": codes,
            "document": move.move_type in DOCUMENTS,
            "chosen": False,
        }

    def _debtor_note(self, lines, being_paid, reasons, claims):
        """Return in words what is known about money on its way, or False."""
        if being_paid:
            return self.env._("A payment is under way.")
        if any(line in claims for line in lines):
            return self.env._("You told us that you paid this.")
        if "pending_money" in reasons:
            return self.env._("We may have received a payment for this already.")
        return False

    def _debtor_said(self, parts, disputed, amount, currency):
        """Return in words what the customer disputes and promised of ``amount``."""
        if not currency.is_zero(disputed):
            yield self.env._(
                "You dispute %(amount)s. We look into it.", amount=currency.format(disputed)
            )
        promised = sum(part.amount for part in parts if part.code == "promise")
        promised /= 10**currency.decimal_places
        if currency.compare_amounts(promised, amount) >= 0:
            yield self.env._("You promised to pay this.")
        elif promised:
            yield self.env._(
                "You promised to pay %(amount)s of this.", amount=currency.format(promised)
            )
        if any(part.code == "handed_over" for part in parts):
            yield self.env._("Our partner for collections looks after this: please pay there.")

    def _debtor_charges(self, lines, today):
        """Return ``[(document, what for, amount, how it was worked out)]`` of charges by law.

        What is charged already is an invoice of its own; this is what has come up since.
        """
        currency = lines.currency_id
        kinds = dict(self.env["collection.charge"]._fields["kind"]._description_selection(self.env))
        found = lines._collection_charges(today)
        return [
            (
                line.move_id.name,
                kinds.get(kind, kind),
                minor / 10**currency.decimal_places,
                explanation,
            )
            for line in lines
            for kind, minor, _rule, explanation in found.get(line.id, ())
            if minor
        ]

    def _debtor_when(self, days, planned=False):
        """Return how far the due date is away, in words; ``days`` are days overdue.

        :param planned: a payment plan has taken its place
        """
        if planned:
            return self.env._("in a payment plan")
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
