from collections import namedtuple
from datetime import timedelta

from odoo import api, models

from ..core import cadence

#: An open item around a day: its journal item, why it is left out (codes), the last step taken,
#: the step of that day and the next one after it with its day; empty records where there is none.
ItemAround = namedtuple("ItemAround", "line codes taken of_day next next_day")


class CollectionEngine(models.AbstractModel):
    _inherit = "collection.engine"

    # === PLAN === #

    @api.model
    def _items_around(self, company, customer_ids, day):
        """Return the open debts of customers with the steps around a day, as ItemAround.

        Writes nothing; the number of queries does not depend on the number of items. Runs as
        superuser: callers decide who may see the answer.
        """
        items = self.env["collection.ledger"]._items(
            company, company._collection_policy(), customer_ids
        )
        debts = [item for item in items if item.residual > 0]
        calendars = self.env["collection.holiday"]._calendars(company, day)
        debtors = self._debtors(company, items, calendars)
        steps = self._steps_by_cadence(company)
        done = self._done_offsets([item.line for item in debts], day)
        lines = self.env["account.move.line"].browse([item.line for item in debts])
        held, parts = lines.move_id._collection_hold_reasons(), lines._collection_withholdings()
        rows = []
        for item, line in zip(debts, lines, strict=True):
            codes = set(held.get(line.move_id, ())) | {part.code for part in parts.get(line.id, ())}
            if item.no_followup:
                codes.add("hold")
            around = self._steps_around(
                item, steps.get(item.cadence, ()), debtors[item.customer], done.get(item.line), day
            )
            rows.append(ItemAround(line, sorted(codes), *around))
        return sorted(rows, key=lambda row: (row.line.date_maturity or row.line.date, row.line.id))

    @api.model
    def _steps_around(self, item, steps, debtor, offset, day):
        """Return the last step taken, that of the day, the next one after it, and its day."""
        anchor = item.due_date + timedelta(days=item.shift)
        meant = cadence.for_debtor(steps, debtor.facts, late_only=bool(item.shift))
        days = {step: step.working_day(anchor, debtor.calendar) for step in meant}
        ahead = [
            step
            for step in meant
            if days[step] > day and (offset is None or step.offset_days > offset)
        ]
        following = min(ahead, key=days.get, default=None)
        record = self.env["collection.cadence.step"]
        taken = next((step for step in steps if step.offset_days == offset), None)
        of_day = next((step for step in meant if days[step] == day), None)
        return (
            record.browse(taken and taken.key),
            record.browse(of_day and of_day.key),
            record.browse(following and following.key),
            following and days[following],
        )
