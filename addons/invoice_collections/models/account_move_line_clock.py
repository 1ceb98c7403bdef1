from odoo import models

from ..core import clock


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    # === BUSINESS METHODS === #

    def _collection_resume(self, stopped_on):
        """Let the cadences of these items go on with the step they had reached on a day.

        The next contact comes after a fresh interval (``resume_days`` of the policy).
        """
        for company, lines in self.sudo().grouped("company_id").items():
            policy = company._collection_policy()
            today = company._collection_today()
            for line, (dial, marks) in lines._collection_clocks(company).items():
                line.collection_shift_days = clock.after_pause(
                    dial,
                    marks,
                    stopped_on,
                    today,
                    interval_days=policy.resume_days,
                    catch_up_days=policy.catch_up_days,
                )

    def _collection_go_firmer(self, today):
        """Have the next firmer step of these items due today."""
        for company, lines in self.sudo().grouped("company_id").items():
            for line, (dial, marks) in lines._collection_clocks(company).items():
                line.collection_shift_days = clock.to_firmer(dial, marks, today)

    def _collection_go_next(self, today):
        """Have the step after the last one taken due today, for each of these items."""
        for company, lines in self.sudo().grouped("company_id").items():
            for line, (dial, marks) in lines._collection_clocks(company).items():
                line.collection_shift_days = clock.to_next(dial, marks, today)

    def _collection_restart(self, step, day):
        """Have ``step`` of the cadence due on ``day``, and the later ones after it.

        What was said before does not count any more: the step may be an earlier one.
        """
        mark = clock.Mark(step.offset_days, int(step.tone))
        for company, lines in self.sudo().grouped("company_id").items():
            for line, (dial, _marks) in lines._collection_clocks(company).items():
                shift = clock.to_step(dial, mark, day)
                line.write({"collection_shift_days": shift, "collection_restart_date": day})

    def _collection_clocks(self, company):
        """Return ``{line: (clock, marks of its cadence)}`` of the open items of one company."""
        engine = self.env["collection.engine"].sudo()
        policy = company._collection_policy()
        marks = {
            cadence: [clock.Mark(step.offset_days, step.tone) for step in steps]
            for cadence, steps in engine._steps_by_cadence(company).items()
        }
        done = engine._done_offsets(self.ids, company._collection_today())
        customers = self.partner_id.commercial_partner_id.ids
        items = self.env["collection.ledger"]._items(company, policy, customers)
        by_id = {line.id: line for line in self}
        return {
            by_id[item.line]: (
                clock.Clock(item.due_date, item.shift, done.get(item.line)),
                marks.get(item.cadence, ()),
            )
            for item in items
            if item.line in by_id and item.residual > 0
        }
