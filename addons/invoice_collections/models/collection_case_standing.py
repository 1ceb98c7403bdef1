from datetime import timedelta

from odoo import api, models

from ..core import standing, withheld

#: Codes of withheld items that put a case on hold; an agency at work is a state of its own.
_AGENCY = "handed_over"


class CollectionCase(models.Model):
    _inherit = "collection.case"

    # === BUSINESS METHODS === #

    def _standings(self, balances, today):
        """Return ``{case id: Standing}``: where these cases of one company stand today.

        :param balances: ``{customer id: Balance}`` of what they owe
        """
        stops = self.partner_id._collection_stops(today)
        items = self._overdue_items(today)
        notices = self._notices_running(today) if self else {}
        return {
            case.id: standing.standing(
                case._standing_facts(
                    balances.get(case.partner_id.id),
                    stops.get(case.partner_id.id, ()),
                    items.get(case.partner_id.id),
                    notices.get(case.id),
                    today,
                )
            )
            for case in self
        }

    def _standing_facts(self, balance, stops, items, notice_until, today):
        """Return the core's facts about one case.

        :param stops: codes for which nothing of this customer is chased
        :param items: ``[(chased, parts withheld)]`` of the overdue items, ``None`` when nothing
            of them is withheld
        :param notice_until: the last day a final notice gives, or ``None``
        """
        self.ensure_one()
        holds = dict.fromkeys(stops)
        if self._is_paused(today):
            holds[self.pause_reason] = self.pause_until or None
        parts = [part for _chased, of_item in items or () for part in of_item]
        codes = {part.code for part in parts}
        return standing.Facts(
            is_open=bool(balance),
            is_overdue=bool(balance and balance.overdue > 0),
            is_chased=items is None or any(chased for chased, _parts in items),
            is_handed_over=_AGENCY in codes,
            notice_until=notice_until,
            holds=holds,
            withheld={
                code: withheld.release_day(part for part in parts if part.code == code)
                for code in codes - {_AGENCY}
            },
        )

    def _overdue_items(self, today):
        """Return ``{customer id: [(minor units chased, parts withheld)]}`` of overdue items.

        Only customers of whom something is withheld are in the answer.
        """
        if not self:
            return {}
        company = self.company_id
        sources = self.env["account.move.line"]._collection_withheld_customers(
            company, self.partner_id.ids
        )
        if not sources:
            return {}
        ledger = self.env["collection.ledger"]
        overdue = [
            item
            for item in ledger._items(company, company._collection_policy(), sources)
            if item.residual > 0 and item.due_date < today and not item.no_followup
        ]
        lines = self.env["account.move.line"].browse([item.line for item in overdue])
        parts = lines._collection_withholdings()
        answer = {customer: [] for customer in sources}
        for item in overdue:
            of_item = parts.get(item.line, [])
            answer[item.customer].append((withheld.chased(item.residual, of_item), of_item))
        return answer

    @api.model
    def _standing_values(self, stand, balance, retry, today):
        """Return the values of a case that stands so; writes nothing.

        :param retry: the day on which a contact held back today may be tried again
        """
        next_day = None
        if stand.state in ("dunning", "watching"):
            next_day = min(filter(None, (balance.next_day, retry)), default=None)
        elif stand.until:
            next_day = max(stand.until, today) + timedelta(days=1)
        held = stand.state == "on_hold"
        return {
            "oldest_due_date": balance.oldest_due_date if balance else False,
            "next_action_date": next_day or False,
            "hold_reason": stand.reason or False,
            "hold_until": (held and stand.until) or False,
        }
