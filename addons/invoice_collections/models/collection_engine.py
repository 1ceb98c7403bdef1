from collections import Counter, defaultdict, namedtuple
from dataclasses import replace
from datetime import timedelta

from odoo import api, models
from odoo.tools import split_every

from ..core import cadence, consolidate, withheld
from .collection_touchpoint import TAKEN

#: Messages that are written in one transaction.
BATCH_SIZE = 200

#: Open items as the core knows them, and ``{customer id: Debtor}``.
Found = namedtuple("Found", "items debtors")


class CollectionEngine(models.AbstractModel):
    """Decides, for one company and day, who is told what, and leaves the mails in the queue.

    Gathers in a fixed number of queries, asks the core, writes in batches. Runs as superuser with
    the company's own context; whoever starts it was checked before.
    """

    _name = "collection.engine"
    _description = "Collections Engine"

    # === RUN === #

    @api.model
    def _run(self, company, today, commit=None, customers=None):
        """See :meth:`res.company._collection_run`."""
        counts = {"planned": 0, "sent": 0, "blocked": Counter(), "cases": 0}
        policy = company._collection_policy()
        # No policy, nothing to do; another process at work on the same company does it all.
        if not policy.try_lock_for_update():
            return {**counts, "blocked": {}}
        customer_ids = None if customers is None else customers.ids
        self.env["collection.plan"]._observe(company, today, customer_ids)
        self.env["collection.promise"]._observe(company, today, customer_ids)
        self.env["collection.handover.payment"]._observe(company)
        counts["cases"] = len(company._collection_evaluate(customer_ids, today=today))
        self._release_versions(company)
        policy._tell_about_feed(company._collection_feed_reason())
        policy._tell_about_queue(today)
        found = self._gather(company, today, customer_ids)
        for batch in split_every(BATCH_SIZE, self._judged(company, found, today), list):
            # The lock ends with each batch that is committed: somebody may have come between.
            if not policy.try_lock_for_update():
                break
            self._act(batch, today, counts)
            if commit:
                commit()
        self._send_notes(company, today, counts, customer_ids, commit)
        self._propose_handovers(company, found)
        counts["blocked"] = dict(counts["blocked"])
        self.env["collection.event"]._log(
            "run_finished",
            company=company,
            payload={"day": str(today), **counts, "customers": customer_ids or "all"},
        )
        if counts["sent"]:
            self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
        return counts

    @api.model
    def _release_versions(self, company):
        """Let cases that are not being reminded any more take the version in use."""
        cases = self.env["collection.case"]
        cases.search(
            [
                ("company_id", "=", company.id),
                ("running_cadence_id", "!=", False),
                ("state", "not in", cases._RUNNING_STATES),
            ]
        ).write({"running_cadence_id": False})

    # === PLAN === #

    @api.model
    def _plan(self, company, today, customer_ids=None):
        """Return what every customer with a step due is to be told today, judged by the guard.

        Writes nothing. The number of queries does not depend on the number of items.

        :param customer_ids: only these customers
        :return: list of :class:`PlannedContact`, ordered by customer and currency
        """
        return self._judged(company, self._gather(company, today, customer_ids), today)

    @api.model
    def _gather(self, company, today, customer_ids=None):
        """Return the items of every customer with a step due today, and who these customers are."""
        policy = company._collection_policy()
        steps = self._steps_by_cadence(company)
        calendars = self.env["collection.holiday"]._calendars(company, today)
        due_dates = set().union(
            *(
                cadence.candidate_due_dates(
                    of_cadence, today, policy.catch_up_days, calendars.all()
                )
                for of_cadence in steps.values()
            )
        )
        ledger = self.env["collection.ledger"]
        customers = ledger._customers_with_candidates(company, policy, due_dates)
        if customer_ids is not None:
            customers = sorted(set(customers) & set(customer_ids))
        items = ledger._items(company, policy, customers) if customers else []
        debtors = self._debtors(company, items, calendars)
        return Found(self._core_items(items, steps, policy, today, debtors), debtors)

    @api.model
    def _judged(self, company, found, today):
        """Return the contacts that follow from what was found; a proposal to us is none."""
        proposals = self._handover_steps(found)
        messages = consolidate.consolidate(
            (
                replace(item, step=None) if item.step and item.step.key in proposals else item
                for item in found.items
            ),
            today,
        )
        policy = company._collection_policy()
        return self._judge(company, policy, messages, today, found.debtors)

    @api.model
    def _core_items(self, items, steps, policy, today, debtors):
        """Return the ledger's items as the core knows them, with step, history and holds."""
        debts = [item for item in items if item.residual > 0 and not item.no_followup]
        done = self._done_offsets([item.line for item in debts], today)
        moves = self.env["account.move"].browse({item.move for item in debts})
        held = {move.id: codes for move, codes in moves._collection_hold_reasons().items()}
        lines = self.env["account.move.line"].browse([item.line for item in debts])
        parts = lines._collection_withholdings()
        credits_ = [item for item in items if item.residual < 0]
        result = [
            consolidate.Item(item.line, item.customer, item.currency, item.due_date, item.residual)
            for item in credits_
        ]
        for item in debts:
            debtor = debtors[item.customer]
            of_cadence = steps.get(item.cadence, ())
            offset = done.get(item.line)
            residual, codes = withheld.asked(item.residual, parts.get(item.line, ()))
            result.append(
                consolidate.Item(
                    key=item.line,
                    customer=item.customer,
                    currency=item.currency,
                    due_date=item.due_date,
                    residual=residual,
                    step=cadence.due_step(
                        cadence.for_debtor(of_cadence, debtor.facts, late_only=bool(item.shift)),
                        item.due_date + timedelta(days=item.shift),
                        today,
                        catch_up_days=policy.catch_up_days,
                        done_offset=offset,
                        calendar=debtor.calendar,
                    ),
                    reached=next((s for s in of_cadence if s.offset_days == offset), None),
                    held=frozenset(codes | held.get(item.move, set())),
                )
            )
        return result

    @api.model
    def _done_offsets(self, line_ids, today):
        """Return ``{line id: latest offset the customer was contacted for}``."""
        groups = self.env["collection.touchpoint.item"]._read_group(
            [
                ("move_line_id", "in", line_ids),
                ("is_step", "=", True),
                ("touchpoint_id.state", "in", TAKEN),
                ("touchpoint_id.companion_of_id", "=", False),
            ],
            ["move_line_id"],
            ["offset_days:max"],
        )
        return {line.id: offset for line, offset in groups}

    # === ACT === #

    @api.model
    def _act(self, planned, today, counts):
        """Create the touchpoints of a batch and queue the mails of those that may go out.

        A customer who has today's touchpoint already is left alone, unless it was held back.
        """
        touchpoints = self.env["collection.touchpoint"]
        existing = {
            (touchpoint.partner_id.id, touchpoint.currency_id.id): touchpoint
            for touchpoint in touchpoints.search(
                [
                    ("company_id", "=", planned[0].case.company_id.id),
                    ("partner_id", "in", [plan.message.customer for plan in planned]),
                    ("date", "=", today),
                    ("companion_of_id", "=", False),
                ]
            )
        }
        todo = []
        for plan in planned:
            touchpoint = existing.get((plan.message.customer, plan.message.currency), touchpoints)
            if not touchpoint or touchpoint.state in ("planned", "blocked"):
                todo.append((plan, touchpoint))
        counts["planned"] += len(todo)
        done = self._write_planned(todo, today)
        self._block_and_queue(done, counts)

    @api.model
    def _write_planned(self, todo, today):
        """Create, or bring up to date, one touchpoint a plan; return ``[(plan, touchpoint)]``."""
        touchpoints = self.env["collection.touchpoint"]
        lines = self._line_labels([plan for plan, _touchpoint in todo])
        new = [plan for plan, touchpoint in todo if not touchpoint]
        created = touchpoints.create(
            [touchpoints._prepare_planned_values(plan, today, lines) for plan in new]
        )
        done = list(zip(new, created, strict=True))
        # Held back before: written anew only when it may go out now.
        anew = [touchpoint for plan, touchpoint in todo if touchpoint and plan.verdict.passed]
        touchpoints.union(*anew).item_ids.unlink()
        for plan, touchpoint in todo:
            if touchpoint and plan.verdict.passed:
                touchpoint.write(touchpoints._prepare_planned_values(plan, today, lines))
            if touchpoint:
                done.append((plan, touchpoint))
        return done

    @api.model
    def _line_labels(self, plans):
        """Return ``{line id: number as the customer reads it}`` in one read."""
        keys = {
            item.key
            for plan in plans
            for item in (
                *plan.message.due,
                *plan.message.upcoming,
                *plan.message.credits,
                *plan.message.held,
            )
        }
        lines = self.env["account.move.line"].browse(keys)
        return {line.id: line.move_id.name or line.move_name or line.name for line in lines}

    @api.model
    def _block_and_queue(self, done, counts):
        """Hold back what the guard refused, queue the rest; tell the cases."""
        touchpoints = self.env["collection.touchpoint"]
        refused = defaultdict(lambda: touchpoints)
        moments = {}
        for plan, touchpoint in done:
            verdict = plan.verdict
            if not verdict.passed:
                refused[verdict.code, verdict.retry] |= touchpoint
                counts["blocked"][verdict.code] += 1
            if verdict.retry_at:
                moments.setdefault(verdict.retry_at, plan.case.browse())
                moments[verdict.retry_at] |= plan.case
        self._hold_back(refused)
        for moment, cases in moments.items():
            cases._wake(moment)
        sending = touchpoints.union(
            *(touchpoint for plan, touchpoint in done if plan.verdict.passed)
        )
        queued = sending._dispatch()
        counts["sent"] += len(queued)
        counts["blocked"].update((sending - queued).mapped("block_reason"))

    @api.model
    def _hold_back(self, refused):
        """Store why these touchpoints do not go out.

        :param refused: ``{(code, earliest next day): touchpoints}``
        """
        for (code, retry), group in refused.items():
            if code == "approval":
                group._transition("waiting", {"block_reason": False, "retry_date": False})
                continue
            group._block(code, retry)
            if retry:
                group.case_id._look_again_on(retry)
            if code == "no_address":
                group._ask_for_address()
