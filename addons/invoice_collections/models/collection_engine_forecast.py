from collections import defaultdict, namedtuple
from datetime import timedelta

from odoo import api, models

from ..core import cadence as core_cadence
from ..core import withheld

#: What a customer would hear on a day; ``amount`` in minor units, ``code`` why perhaps not.
ForecastRow = namedtuple("ForecastRow", "day customer currency step amount items code")


class CollectionEngine(models.AbstractModel):
    _inherit = "collection.engine"

    # === LOOK AHEAD === #

    @api.model
    def _forecast(self, company, first, last, cadence=None):
        """Return who would hear what from ``first`` to ``last`` if nobody paid anything.

        Writes nothing; a fixed number of queries. Caps and hours are not looked at: they move a
        message by days at most.

        :param cadence: a cadence to try in place of the one it would follow
        :return: list of :class:`ForecastRow`, by day
        """
        policy = company._collection_policy()
        ledger = self.env["collection.ledger"]
        customers = list(ledger._balances(company, policy, first))
        items = ledger._items(company, policy, customers) if customers else []
        calendars = self.env["collection.holiday"]._calendars(company, first)
        debtors = self._debtors(company, items, calendars)
        steps_of = self._steps_to_try(company, policy, cadence)
        told = self._told_ahead(items, steps_of, debtors, policy, first, last)
        minimums = self._minimums(company, policy, {item.currency for item in items}, first)
        by_customer = defaultdict(list)
        for item in items:
            if not item.no_followup:
                by_customer[item.customer, item.currency].append(item)
        return [
            self._forecast_row(key, steps, by_customer[key[1:]], minimums)
            for key, steps in sorted(told.items())
        ]

    @api.model
    def _steps_to_try(self, company, policy, cadence):
        """Return a function that gives the core steps of a ledger item."""
        steps = self._steps_by_cadence(company)
        if not cadence:
            return lambda item: steps.get(item.cadence, ())
        tried = cadence._core_steps()
        followed = cadence._earlier_versions().filtered(lambda one: one.state == "active")
        replaced = set((followed or policy.cadence_id).ids)
        cases = self.env["collection.case"]
        running = cases.search(
            [
                ("company_id", "=", company.id),
                ("state", "in", cases._RUNNING_STATES if followed else []),
            ]
        ).partner_id
        kept = set(running.ids)
        return lambda item: (
            tried
            if item.cadence in replaced and item.customer not in kept
            else steps.get(item.cadence, ())
        )

    @api.model
    def _told_ahead(self, items, steps_of, debtors, policy, first, last):
        """Return ``{(day, customer id, currency id): [(item, step)]}``."""
        debts = [item for item in items if item.residual > 0 and not item.no_followup]
        done = self._done_offsets([item.line for item in debts], first)
        lines = self.env["account.move.line"].browse([item.line for item in debts])
        parts = lines._collection_withholdings()
        held = lines.move_id._collection_hold_reasons()
        held = {move.id for move, codes in held.items() if codes}
        told = defaultdict(list)
        for item in debts:
            residual, codes = withheld.asked(item.residual, parts.get(item.line, ()))
            if codes or item.move in held or residual <= 0:
                continue
            debtor, anchor = debtors[item.customer], item.due_date + timedelta(days=item.shift)
            for step in core_cadence.for_debtor(
                steps_of(item), debtor.facts, late_only=bool(item.shift)
            ):
                offset = done.get(item.line)
                if offset is not None and step.offset_days <= offset:
                    continue
                day = step.working_day(anchor, debtor.calendar)
                if day < first <= step.last_day(anchor, policy.catch_up_days, debtor.calendar):
                    day = first
                if first <= day <= last:
                    told[day, item.customer, item.currency].append((item, step))
        return told

    @api.model
    def _forecast_row(self, key, steps, items, minimums):
        """Return one row: the firmest step, and what would be asked for on that day."""
        day, customer, currency = key
        due = [item for item in items if item.residual > 0 and item.due_date <= day]
        upcoming = [item for item, _step in steps if item.due_date > day]
        asked = due if any(item.due_date <= day for item, _step in steps) else upcoming
        credit = -sum(item.residual for item in items if item.residual < 0)
        amount = sum(item.residual for item in asked) - credit
        _item, step = max(steps, key=lambda one: (one[1].tone, one[1].offset_days))
        code = None
        if amount <= 0:
            code = "pending_money"
        elif amount < minimums[currency]:
            code = "min_amount"
        return ForecastRow(day, customer, currency, step.key, amount, len(asked), code)
