from collections import namedtuple
from dataclasses import replace
from datetime import timedelta

from odoo import api, models
from odoo.tools import split_every

from ..core import cadence, consolidate
from .collection_cadence_step import COURTEOUS
from .collection_engine import BATCH_SIZE
from .collection_touchpoint import CONTACTED

#: Days after a payment in which one says thank you, and days back to which reminders are looked at.
_THANKS_DAYS, _REMINDED_DAYS = 7, 90
#: A note is friendly, and no step of a cadence.
_FRIENDLY = cadence.Step(0, 0, 1)

#: What the debtors of a day are found by.
_Someone = namedtuple("_Someone", "customer worth")


class CollectionEngine(models.AbstractModel):
    _inherit = "collection.engine"

    # === NOTES === #

    @api.model
    def _send_notes(self, company, today, counts, customer_ids=None, commit=None):
        """Send the day's courtesies: a note on the promised day, thanks for a late payment.

        They pass the same guard as every contact and never come to a customer who hears something
        else that day. What does not go out on its day is dropped, not caught up.
        """
        policy = company._collection_policy()
        notes = self._promise_notes(company, today, customer_ids) if policy.promise_text_id else []
        if policy.thanks_text_id:
            notes += self._thanks(company, today, customer_ids)
        for batch in split_every(BATCH_SIZE, self._judged_notes(company, today, notes), list):
            if not policy.try_lock_for_update():
                break
            self._act(batch, today, counts)
            if commit:
                commit()

    @api.model
    def _judged_notes(self, company, today, notes):
        """Return the notes that may go out today, as planned contacts.

        :param notes: list of ``(note, message)``
        """
        # One note a customer and currency: the first of the list.
        by_key = {(note[1].customer, note[1].currency): note for note in reversed(notes)}
        if not by_key:
            return []
        debtors = self._debtors(
            company,
            [_Someone(customer, 0) for customer, _currency in by_key],
            self.env["collection.holiday"]._calendars(company, today),
        )
        messages = [message for _note, message in by_key.values()]
        planned = self._judge(company, company._collection_policy(), messages, today, debtors)
        return [
            replace(plan, note=by_key[plan.message.customer, plan.message.currency][0])
            for plan in planned
            if plan.choice.channel in COURTEOUS and (plan.verdict.passed or plan.verdict.retry_at)
        ]

    # === PROMISES === #

    @api.model
    def _promise_notes(self, company, today, customer_ids):
        """Return the notes to those who promised to pay today and have not paid yet."""
        domain = [("company_id", "=", company.id), ("state", "=", "open"), ("date", "=", today)]
        if customer_ids is not None:
            domain.append(("partner_id", "in", customer_ids))
        promises = self.env["collection.promise"].search(domain)
        lines = promises.line_ids.move_line_id
        residuals = self.env["collection.ledger"]._residuals(lines.ids)
        reasons = lines.move_id._collection_hold_reasons()
        parts = lines._collection_withholdings()
        notes = []
        for promise in promises:
            items = [
                self._note_item(promise, line.move_line_id, amount)
                for line in promise.line_ids
                if (amount := line._still_promised(residuals))
            ]
            of_promise = promise.line_ids.move_line_id
            codes = set().union(*(reasons.get(move, ()) for move in of_promise.move_id))
            for line in of_promise:
                codes |= {part.code for part in parts.get(line.id, ())}
            if items and not codes - {"promise"}:
                notes.append(("promise_day", self._note_message(promise, items)))
        return notes

    # === THANKS === #

    @api.model
    def _thanks(self, company, today, customer_ids):
        """Return thanks to those who paid, late and reminded, all that was overdue."""
        since = today - timedelta(days=_REMINDED_DAYS)
        domain = [
            ("touchpoint_id.company_id", "=", company.id),
            ("touchpoint_id.date", ">=", since),
            ("touchpoint_id.case_id.overdue_amount", "=", 0),
            ("move_line_id.reconciled", "=", True),
        ]
        if customer_ids is not None:
            domain.append(("touchpoint_id.partner_id", "in", customer_ids))
        told = self.env["collection.touchpoint.item"].search(
            [*domain, ("block", "in", ("due", "paid")), ("touchpoint_id.state", "in", CONTACTED)]
        )
        thanked = told.filtered(lambda item: item.block == "paid").move_line_id
        lines = (told.move_line_id - thanked)._paid_late_since(today - timedelta(days=_THANKS_DAYS))
        by_customer = lines.grouped(
            lambda line: (line.partner_id.commercial_partner_id, line.currency_id)
        )
        notes = []
        for of_customer in by_customer.values():
            items = [
                self._note_item(line, line, round(line.amount_currency * _factor(line)))
                for line in of_customer
            ]
            notes.append(("thanks", self._note_message(of_customer[:1], items)))
        return notes

    # === MESSAGES === #

    @api.model
    def _note_item(self, owner, line, minor):
        """Return an item of a note, in minor units."""
        return consolidate.Item(
            key=line.id,
            customer=owner.partner_id.commercial_partner_id.id,
            currency=owner.currency_id.id,
            due_date=line.date_maturity or line.date,
            residual=minor,
        )

    @api.model
    def _note_message(self, owner, items):
        """Return the message of a note to the customer of ``owner`` about these items."""
        return consolidate.Message(
            customer=owner.partner_id.commercial_partner_id.id,
            currency=owner.currency_id.id,
            step=_FRIENDLY,
            upcoming=(),
            due=tuple(items),
            credits=(),
        )


def _factor(line):
    """Return how many minor units one of an item's currency has."""
    return 10**line.currency_id.decimal_places
