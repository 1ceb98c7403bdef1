"""bin/bench cash-application --mode core: the matching core alone, without a database."""

import csv
import random
import time
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import benchmarking
from cash_application_decisions import DecisionFile, is_right
from cash_application_workload import World

from odoo.addons.bank_sync.core.matching.customers import Customers
from odoo.addons.bank_sync.core.matching.engine import Engine
from odoo.addons.bank_sync.core.matching.payers import find_payers
from odoo.addons.bank_sync.core.matching.reading import read
from odoo.addons.bank_sync.core.matching.shipped import PRIOR
from odoo.addons.bank_sync.core.matching.trust import AUTOMATIC_WRONG, REVIEWED_RIGHT, Trust
from odoo.addons.bank_sync.core.matching.values import Action

#: Share of automatic postings the accountant looks at afterwards.
REVIEW_SHARE = 0.03
#: Days in which somebody may quote or pay a settled item again.
SETTLED_DAYS = 120
ACTIONS = {Action.BOOK: "auto", Action.SUGGEST: "suggest", Action.EXCEPTION: "exception"}


def run(options):
    """Run the workload, and return what came of it."""
    world = World(options.directory)
    company = Company(world, options)
    path = options.directory / "decisions.csv"
    with benchmarking.measured() as measure, path.open("w", newline="", encoding="utf-8") as file:
        company.live(DecisionFile(file))
    if options.experience:
        company.write_experience(options.experience)
    return {
        "lines": company.count,
        "items": len(world.items),
        "core_cpu_seconds": round(company.seconds, 2),
        "lines_per_second": round(company.count / company.seconds),
        "peak_mib": round(measure.peak_mib),
        **company.done,
    }


class Company:
    """Decides its bank lines day by day, with an accountant who knows the truth."""

    def __init__(self, world, options):
        self.world, self.options = world, options
        self.engine = Engine.start(customers=Customers(world.customers), trust=Trust(prior=PRIOR))
        self.chance = random.Random(options.seed)  # noqa: S311 - chance of a review, no secret
        self.known = {item.key: item for item in world.items}
        self.coming = {
            "items": iter(world.items),
            "collected": iter(sorted(world.collected, key=lambda one: one.day)),
            "paid_out": iter(sorted(world.paid_out, key=lambda pair: pair[0])),
        }
        self.waiting = {}
        self.rates = {"EUR": Fraction(1)}
        self.done, self.seconds, self.count = Counter(), 0.0, 0
        self.experience = defaultdict(lambda: [0, 0])

    def live(self, file):
        """Go through all days, and write what a scorer reads."""
        for receipts in self.world.days:
            today = receipts[0].booking_date
            started = time.process_time()
            self._begin(today, receipts)
            decisions = self.engine.decide(receipts)
            if self.options.experience:
                decisions = [_only_shown(decision) for decision in decisions]
            for decision in decisions:
                if decision.action is Action.BOOK:
                    for claim in decision.proposals[0].claims:
                        self._apply(claim.item, claim.applied, today)
            self.seconds += time.process_time() - started
            self.count += len(receipts)
            for decision in decisions:
                action = ACTIONS[decision.action]
                self.done[action] += 1
                file.write(decision.receipt, action, decision.proposals)
            if not self.options.no_feedback:
                for receipt, decision in zip(receipts, decisions, strict=True):
                    self._resolve(receipt, decision, today)

    def _begin(self, today, receipts):
        """Take in what the company knows by today."""
        ledger, runs = self.engine.ledger, self.engine.runs
        for item in self._until(today, "items", lambda item: item.issued):
            ledger.add(item)
        for one in self._until(today, "collected", lambda one: one.day):
            runs.add_collected(one)
        for _today, part in self._until(today, "paid_out", lambda pair: pair[0]):
            runs.add_paid_out(part)
        ledger.forget_settled_before(today - timedelta(days=SETTLED_DAYS))
        for receipt in receipts:
            if receipt.instructed:
                currency, amount = receipt.instructed
                paid = max(1, receipt.amount + receipt.charges)
                self.rates[currency] = Fraction(amount, paid)
        self.engine.policy = replace(self.engine.policy, rates=dict(self.rates))

    def _until(self, today, name, day_of):
        while True:
            one = self.waiting.pop(name, None) or next(self.coming[name], None)
            if one is None:
                return
            if day_of(one) > today:
                self.waiting[name] = one
                return
            yield one

    def _apply(self, key, applied, today):
        """Settle a part of an item; what is taken back is owed again."""
        ledger = self.engine.ledger
        item = ledger.items.get(key)
        if item is None:
            if applied * self.known[key].residual < 0:
                settled = ledger.settled.get(key)
                base = settled.item if settled else self.known[key]
                ledger.add(replace(base, residual=-applied, discount_residual=None))
            return
        left = item.residual - applied
        if left * item.residual > 0:
            ledger.add(replace(item, residual=left, discount_residual=None))
        else:
            ledger.settle(key, today)

    # === THE ACCOUNTANT === #

    def _resolve(self, receipt, decision, today):
        """Post what was not posted as it truly is, and teach; look at some of what was."""
        truth = self.world.truth[receipt.key]
        best = decision.proposals[0] if decision.proposals else None
        right = bool(best) and is_right(best, truth)
        if best:
            self.experience[best.situation][0 if right else 1] += 1
        if decision.action is Action.BOOK:
            if self.chance.random() < REVIEW_SHARE:
                weight = REVIEWED_RIGHT if right else AUTOMATIC_WRONG
                self.engine.trust.record(best.situation, right, weight)
                self._teach_payer(receipt, truth)
            return
        for key, applied in truth["claims"].items():
            self._apply(key, applied, today)
        if best:
            self.engine.trust.record(best.situation, right)
        self._teach_payer(receipt, truth)

    def _teach_payer(self, receipt, truth):
        """Teach whose debt a payer paid; collections and payouts come from nobody."""
        applied = truth["outcome"] == "apply" and receipt.amount > 0
        if not applied or receipt.count > 1 or len(truth["partners"]) != 1:
            return
        (partner,) = truth["partners"]
        engine = self.engine
        payers = find_payers(
            receipt, read(receipt, engine.ledger), engine.customers, engine.knowledge
        )
        known_name = engine.customers.named(receipt.counterparty_name).same
        engine.knowledge.learn_payment(
            receipt.account,
            "" if known_name else receipt.counterparty_name,
            partner,
            receipt.booking_date,
            family=bool(payers.identified) and partner not in payers.identified,
        )

    # === OUTPUT === #

    def write_experience(self, path):
        """Write right and wrong first proposals by situation, those seen more than once."""
        with path.open("w", newline="", encoding="ascii") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(("situation", "right", "wrong"))
            for situation, (right, wrong) in sorted(self.experience.items()):
                if right + wrong >= 2:
                    writer.writerow((situation, right, wrong))


def _only_shown(decision):
    if decision.action is Action.BOOK:
        return replace(decision, action=Action.SUGGEST)
    return decision
