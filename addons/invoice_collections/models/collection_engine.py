from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta

from odoo import api, models
from odoo.tools import split_every

from ..core import cadence, consolidate, guard, withheld, work_calendar
from .collection_channel_choice import ChannelRequest, Choice
from .collection_touchpoint import CONTACTED, TAKEN

#: Messages that are written in one transaction.
BATCH_SIZE = 200


@dataclass(frozen=True)
class PlannedContact:
    """A message with everything needed to send it or to say why not; records are sudo."""

    message: consolidate.Message
    verdict: guard.Verdict
    case: models.BaseModel
    choice: Choice
    currency: models.BaseModel
    lang: str


class CollectionEngine(models.AbstractModel):
    """Decides, for one company and day, who is told what, and leaves the mails in the queue.

    Gathers in a fixed number of queries, asks the core, writes in batches. Runs as superuser with
    the company's own context; whoever starts it was checked before.
    """

    _name = "collection.engine"
    _description = "Collections Engine"

    # === RUN === #

    @api.model
    def _run(self, company, today, commit=None):
        """See :meth:`res.company._collection_run`."""
        counts = {"planned": 0, "sent": 0, "blocked": Counter(), "cases": 0}
        policy = company._collection_policy()
        # No policy, nothing to do; another process at work on the same company does it all.
        if not policy.try_lock_for_update():
            return {**counts, "blocked": {}}
        self.env["collection.promise"]._observe(company, today)
        counts["cases"] = len(company._collection_evaluate(today=today))
        for batch in split_every(BATCH_SIZE, self._plan(company, today), list):
            # The lock ends with each batch that is committed: somebody may have come between.
            if not policy.try_lock_for_update():
                break
            self._act(batch, today, counts)
            if commit:
                commit()
        counts["blocked"] = dict(counts["blocked"])
        self.env["collection.event"]._log(
            "run_finished", company=company, payload={"day": str(today), **counts}
        )
        if counts["sent"]:
            self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
        return counts

    # === PLAN === #

    @api.model
    def _plan(self, company, today):
        """Return what every customer with a step due is to be told today, judged by the guard.

        Writes nothing. The number of queries does not depend on the number of items.

        :return: list of :class:`PlannedContact`, ordered by customer and currency
        """
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
        items = ledger._items(company, policy, customers) if customers else []
        debtors = self._debtors(company, items, calendars)
        core_items = self._core_items(items, steps, policy, today, debtors)
        messages = consolidate.consolidate(core_items, today)
        return self._judge(company, policy, messages, today, debtors)

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
            of_cadence = cadence.for_debtor(steps.get(item.cadence, ()), debtor.facts)
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
                        of_cadence,
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
            ],
            ["move_line_id"],
            ["offset_days:max"],
        )
        return {line.id: offset for line, offset in groups}

    # === JUDGE === #

    @api.model
    def _judge(self, company, policy, messages, today, debtors):
        """Ask the guard about every message; gathers its facts in a fixed number of queries."""
        if not messages:
            return []
        customers = self.env["res.partner"].browse({message.customer for message in messages})
        known = self._gather_facts(company, policy, customers, messages, today)
        known["debtors"] = debtors
        cases = self.env["collection.case"].search(
            [("company_id", "=", company.id), ("partner_id", "in", customers.ids)]
        )
        by_customer = {case.partner_id.id: case for case in cases}
        if known["feed_reason"]:
            messages = [
                (consolidate.only_upcoming(message) or message) if message.due else message
                for message in messages
            ]
        choices = self._choices(company, messages, by_customer, today)
        planned = []
        for message in messages:
            case = by_customer[message.customer]
            choice = choices[message.customer, message.currency]
            languages = (choice.contact.lang, case.partner_id.lang, company.partner_id.lang)
            planned.append(
                PlannedContact(
                    message=message,
                    verdict=guard.check(self._facts(message, case, choice, policy, known)),
                    case=case,
                    choice=choice,
                    currency=self.env["res.currency"].browse(message.currency),
                    lang=next(filter(None, languages), "en_US"),
                )
            )
        return planned

    @api.model
    def _choices(self, company, messages, by_customer, today):
        """Return ``{(customer id, currency id): Choice}``: on which channel each message goes."""
        currencies = self.env["res.currency"].browse({message.currency for message in messages})
        rates = {
            currency.id: currency._get_conversion_rate(
                currency, company.currency_id, company, today
            )
            * 10 ** (company.currency_id.decimal_places - currency.decimal_places)
            for currency in currencies
        }
        requests = []
        for message in messages:
            step = self.env["collection.cadence.step"].browse(message.step.key)
            order, best = step._channel_order()
            requests.append(
                ChannelRequest(
                    key=(message.customer, message.currency),
                    case=by_customer[message.customer],
                    day=today,
                    amount=round(max(0, message.asked) * rates[message.currency]),
                    step=step,
                    order=order,
                    best=best,
                )
            )
        return self.env["collection.channel"]._choose(requests)

    @api.model
    def _gather_facts(self, company, policy, customers, messages, today):
        """Return what :meth:`_facts` looks up, read once for all messages."""
        return {
            "today": today,
            "feed_reason": company._collection_feed_reason() or None,
            "contact_days": self._contact_days(company, customers, policy, today),
            "minimums": self._minimums(company, policy, messages, today),
        }

    @api.model
    def _facts(self, message, case, choice, policy, known):
        """Return the guard's facts about one message; no query."""
        speaks = message.due or message.upcoming
        return guard.Facts(
            today=known["today"],
            due=message.due_total,
            upcoming=message.upcoming_total,
            credit=message.credit_total,
            kill_switch=policy.kill_switch,
            dry_run=policy.dry_run,
            feed_reason=known["feed_reason"],
            held=frozenset() if speaks else message.held_reasons,
            held_until=case.hold_until and case.hold_until + timedelta(days=1),
            opted_out=choice.reason == "opt_out",
            has_address=bool(choice.channel),
            calendar=known["debtors"][message.customer].calendar
            if message.step.shift != "none"
            else work_calendar.EVERY_DAY,
            caps=(
                guard.Cap(
                    policy.cap_count,
                    policy.cap_days,
                    tuple(known["contact_days"].get(message.customer, ())),
                ),
            ),
            min_amount=known["minimums"][message.currency],
        )

    @api.model
    def _contact_days(self, company, customers, policy, today):
        """Return ``{customer id: days of earlier messages}`` inside the window of the cap."""
        groups = self.env["collection.touchpoint"]._read_group(
            [
                ("company_id", "=", company.id),
                ("partner_id", "in", customers.ids),
                ("state", "in", CONTACTED),
                ("date", ">", today - timedelta(days=policy.cap_days)),
                ("date", "<", today),
            ],
            ["partner_id", "date:day"],
        )
        days = defaultdict(list)
        for customer, day in groups:
            days[customer.id].append(day)
        return days

    @api.model
    def _minimums(self, company, policy, messages, today):
        """Return ``{currency id: smallest sum to write about}``, converted at today's rate."""
        currencies = self.env["res.currency"].browse({message.currency for message in messages})
        return {
            currency.id: _minor(
                company.currency_id._convert(policy.min_amount, currency, company, today), currency
            )
            for currency in currencies
        }

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
        for plan, touchpoint in todo:
            # Held back before: written anew only when it may go out now.
            if touchpoint and plan.verdict.passed:
                touchpoint.item_ids.unlink()
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
        for plan, touchpoint in done:
            verdict = plan.verdict
            if not verdict.passed:
                refused[verdict.code, verdict.retry] |= touchpoint
                counts["blocked"][verdict.code] += 1
        for (code, retry), group in refused.items():
            group._block(code, retry)
            if retry:
                group.case_id._look_again_on(retry)
        unreachable = touchpoints.union(
            *(group for (code, _retry), group in refused.items() if code == "no_address")
        )
        unreachable._ask_for_address()
        sending = touchpoints.union(
            *(touchpoint for plan, touchpoint in done if plan.verdict.passed)
        )
        queued = sending._dispatch()
        counts["sent"] += len(queued)
        counts["blocked"].update(["broken_text"] * len(sending - queued))


def _minor(amount, currency):
    """Return an amount in minor units of its currency."""
    return int(currency.round(amount) * 10**currency.decimal_places + 0.5)
