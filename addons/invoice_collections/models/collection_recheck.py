import logging
from datetime import timedelta

from odoo import Command, models

from ..core import guard, withheld

_logger = logging.getLogger(__name__)


class CollectionRecheck(models.AbstractModel):
    """The last look before a touchpoint's mail leaves: is every word of it still true?"""

    _name = "collection.recheck"
    _description = "Check before Sending"

    # === BUSINESS METHODS === #

    def _recheck_waiting(self):
        """Look at everything once more, and return those of these that must not leave now.

        Other messages share the queues with ours: whatever goes wrong here keeps back ours only,
        until the queue is worked off again.
        """
        try:
            with self.env.cr.savepoint():
                in_hand = self._settle_claims()
                (self - in_hand)._recheck()
                waiting = (self - in_hand).filtered(lambda one: one.state in ("queued", "failed"))
                early = waiting._postpone()
        except Exception:
            _logger.exception("Reminders %s could not be checked before sending", self.ids)
            return self
        gone = ("blocked", "superseded", "unknown")
        return in_hand | early | self.filtered(lambda one: one.state in gone)

    def _recheck(self):
        """Hold back what may no longer be sent, drop what is overtaken, follow the books."""
        for company, touchpoints in self._waiting().grouped("company_id").items():
            policy = company._collection_policy()
            today = company._collection_today()
            feed_reason = company._collection_feed_reason()
            if policy.kill_switch:
                touchpoints._stop("kill_switch")
            elif policy.dry_run:
                touchpoints._stop("dry_run")
            elif feed_reason:
                late = touchpoints.filtered("due_amount")
                late._stop(feed_reason, today + timedelta(days=1))
            touchpoints._waiting()._drop_overtaken(today, policy.catch_up_days)
        self._follow_books()

    def _waiting(self):
        """Return those that have not left."""
        return self.filtered(lambda one: one.state in ("waiting", "queued", "failed"))

    def _stop(self, code, retry=None):
        """Hold these back with their mails."""
        self._withdraw_mails()
        self._block(code, retry)

    def _drop_overtaken(self, today, catch_up_days):
        """Drop mails that stayed in the queue until their words were wrong.

        That is: longer than a step is caught up for, or until the same customer was written to
        anew. Nobody gets two messages a day because the mail server was away.
        """
        old = self.filtered(lambda touchpoint: touchpoint.date < today)
        newer = self.search(
            [
                ("partner_id", "in", old.partner_id.ids),
                ("company_id", "in", old.company_id.ids),
                ("state", "in", ("queued", "sent", "delivered")),
                ("date", ">", min(old.mapped("date"), default=today)),
            ]
        )
        latest = {}
        for touchpoint in newer:
            key = touchpoint.partner_id, touchpoint.company_id, touchpoint.currency_id
            latest[key] = max(touchpoint.date, latest.get(key, touchpoint.date))
        overtaken = old.filtered(
            lambda one: (
                (today - one.date).days > catch_up_days
                or latest.get((one.partner_id, one.company_id, one.currency_id), one.date)
                > one.date
            )
        )
        overtaken._withdraw_mails()
        overtaken._transition("superseded", payload={"reason": "overtaken"})

    def _follow_books(self):
        """Take out of waiting mails what was paid, credited, cancelled or put on hold since.

        A mail that has nothing left to ask for is withdrawn: superseded when it is settled, held
        back when what is left is on hold or covered by money not assigned yet.
        """
        waiting = self._waiting()
        if not waiting:
            return
        lines = waiting.item_ids.move_line_id
        current = self.env["collection.ledger"]._residuals(lines.ids)
        holds = lines.move_id._collection_hold_reasons()
        parts = lines._collection_withholdings()
        credits_ = waiting._open_credits()
        changed = waiting.filtered(
            lambda touchpoint: touchpoint._update_items(current, holds, credits_, parts)
        )
        over = changed.filtered(
            lambda touchpoint: (
                touchpoint.currency_id.compare_amounts(touchpoint.net_amount, 0) <= 0
                or not touchpoint.item_ids.filtered("is_step")
            )
        )
        for touchpoint in over:
            touchpoint._give_up()
        (changed - over)._rewrite_mails()

    def _give_up(self):
        """Withdraw a mail that has nothing left to ask for, and keep the reason."""
        self.ensure_one()
        reasons = {
            code
            for item in self.item_ids.filtered("hold_reasons")
            for code in item.hold_reasons.split(",")
        }
        if self.item_ids.filtered("is_step"):
            reasons.add("pending_money")
        if reasons:
            tomorrow = self.company_id._collection_today() + timedelta(days=1)
            self._stop(guard.first_hold(reasons), tomorrow)
            return
        self._withdraw_mails()
        self._transition("superseded", payload={"reason": "settled"})

    def _open_credits(self):
        """Return ``{(company, customer id, currency id): {line id: residual}}``, not positive."""
        credits_ = {}
        for company, touchpoints in self.grouped("company_id").items():
            items = self.env["collection.ledger"]._items(
                company, company._collection_policy(), touchpoints.partner_id.ids
            )
            for item in items:
                if item.residual < 0:
                    key = company, item.customer, item.currency
                    credits_.setdefault(key, {})[item.line] = item.residual
        return credits_

    def _update_items(self, current, holds, credits_, parts):
        """Bring items and sums in line with the books; return whether anything changed.

        :param current: ``{line id: residual in minor units}`` of the debts
        :param holds: ``{move: codes}``
        :param credits_: as :meth:`_open_credits` gives them
        :param parts: what is withheld, ``{line id: list of Withheld}``
        """
        self.ensure_one()
        factor = 10**self.currency_id.decimal_places
        changed = False
        for item in self.item_ids.filtered(lambda item: item.block in ("due", "upcoming")):
            line = item.move_line_id.id
            residual, held = withheld.asked(current.get(line, 0), parts.get(line, ()))
            residual /= factor
            held |= holds.get(item.move_id, set())
            if self.currency_id.is_zero(residual):
                item.unlink()
            elif held:
                reasons = ",".join(sorted(held))
                item.write({"block": "held", "hold_reasons": reasons, "is_step": False})
            elif self.currency_id.compare_amounts(residual, item.amount):
                item.amount = residual
            else:
                continue
            changed = True
        of_customer = credits_.get((self.company_id, self.partner_id.id, self.currency_id.id), {})
        changed |= self._update_credits(of_customer, factor)
        if changed:
            self._sum_up()
        return changed

    def _update_credits(self, of_customer, factor):
        """List the customer's open credits as they are now; return whether that is a change."""
        listed = self.item_ids.filtered(lambda item: item.block == "credit")
        before = {item.move_line_id.id: round(item.amount * factor) for item in listed}
        if before == of_customer:
            return False
        listed.unlink()
        lines = self.env["account.move.line"].browse(of_customer)
        self.write(
            {
                "item_ids": [
                    Command.create(
                        {
                            "move_line_id": line.id,
                            "block": "credit",
                            "label": line.move_id.name or line.name,
                            "due_date": line.date_maturity or line.date,
                            "amount": of_customer[line.id] / factor,
                        }
                    )
                    for line in lines
                ]
            }
        )
        return True

    def _sum_up(self):
        """Write the sums of the items."""
        sums = dict.fromkeys(("due", "upcoming", "credit"), 0.0)
        for item in self.item_ids.filtered(lambda item: item.block in sums):
            sums[item.block] += item.amount
        self.write(
            {
                "due_amount": sums["due"],
                "upcoming_amount": sums["upcoming"],
                "credit_amount": -sums["credit"],
                "net_amount": (sums["due"] or sums["upcoming"]) + sums["credit"],
            }
        )

    def _withdraw_mails(self):
        """Take the mails out of the queue; message and notification stay as evidence."""
        mails = self.mail_id.filtered(lambda mail: mail.state != "sent")
        mails.write({"state": "cancel"})
        self.env["mail.notification"].search([("mail_mail_id", "in", mails.ids)]).write(
            {"notification_status": "canceled"}
        )

    def _rewrite_mails(self):
        """Write the mails anew from the items as they are now."""
        letters = self._write_letters()
        written = self._hold_unwritten(letters)
        for touchpoint in written:
            subject, body = letters[touchpoint]
            touchpoint.message_id.write({"subject": subject, "body": body})
            if touchpoint.mail_id:
                touchpoint.mail_id.write({"body_html": touchpoint._in_layout(body)})
            touchpoint.subject = subject
        self.env["collection.event"]._log_many(
            [
                ("touchpoint_rewritten", touchpoint, touchpoint._letter_evidence())
                for touchpoint in written
            ]
        )
