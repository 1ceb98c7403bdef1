"""bin/bench cash-application --mode odoo: the workload end to end through a database.

Each day of the statement is that day in Odoo. What was issued, collected and paid out by then is
in the books. The day's statement comes as a file and takes the way of every file; the company's
matching runs; the accountant decides on what it left, and looks at a share of what it booked;
the night learns. What Odoo holds otherwise than the workload is said in docs/benchmarks.md.
"""

import contextlib
import datetime
import os
import random
import re
from collections import Counter, defaultdict
from unittest import mock

import benchmarking
import cash_application_files as files
from cash_application_decisions import DecisionFile, Shown

_STATEMENT = re.compile(rb"<Stmt>.*?</Stmt>", re.DOTALL)
_IBAN = re.compile(rb"<IBAN>(\w+)</IBAN>")
#: Refusals that are told in full.
FEW = 10
#: What is counted as the way of a bank line; documents are Odoo's own business.
END_TO_END = ("import", "match", "accountant", "night")


def run(options):
    """Run the workload, and return what came of it."""
    path = options.directory / "decisions.csv"
    with (
        benchmarking.odoo_environment(os.environ["PGDATABASE"]) as env,
        path.open("w", newline="", encoding="utf-8") as file,
    ):
        company = Company(env, options)
        company.live(DecisionFile(file))
        return company.summary()


class Parts:
    """What each part of the work cost, added up over the days."""

    def __init__(self, env):
        self.env = env
        self.costs = defaultdict(benchmarking.Measure)

    @contextlib.contextmanager
    def __call__(self, name):
        with benchmarking.measured(self.env) as measure:
            yield
        known = self.costs[name]
        known.seconds += measure.seconds
        known.cpu_seconds += measure.cpu_seconds
        known.queries += measure.queries

    def as_json(self):
        """Return what each part cost."""
        return {
            name: {
                "seconds": round(cost.seconds, 2),
                "cpu_seconds": round(cost.cpu_seconds, 2),
                "queries": cost.queries,
            }
            for name, cost in self.costs.items()
        }

    def total(self, name):
        """Return one figure of all parts a bank line goes through."""
        return sum(getattr(self.costs[part], name) for part in END_TO_END)


class Company:
    """Lives through the days of a workload."""

    def __init__(self, env, options):
        # Only an environment makes the addons importable.
        from cash_application_accountant import Accountant  # noqa: PLC0415
        from cash_application_books import Books  # noqa: PLC0415

        self.options = options
        content = (options.directory / "statement.xml").read_bytes()
        iban = _IBAN.search(content)[1].decode()
        self.statements = list(_statements(content))
        self.truth = files.truth(options.directory / "truth.csv")
        benchmarking.say("Entering customers and terms …")
        self.books = Books(env, options.directory, iban)
        self.env = self.books.env
        if options.no_feedback:
            self.books.company.bank_review_share = 0
        self.accountant = Accountant(self.books, self.truth)
        self.parts = Parts(self.env)
        self.done = Counter()
        self.count = 0
        self.env.cr.commit()

    def live(self, file):
        """Go through all days, and write what a scorer reads."""
        learning = "odoo.addons.bank_sync.models.bank_match_decision_learning._chance"
        chance = random.Random(self.options.seed).random  # noqa: S311 - a review, no secret
        with mock.patch(learning, chance):
            for number, content in enumerate(self.statements, start=1):
                self._live_day(content, file)
                if number % 10 == 0 or number == len(self.statements):
                    benchmarking.say(f"  day {number} of {len(self.statements)}")

    def _live_day(self, content, file):
        env, company = self.env, self.books.company
        today = _day_of(content)
        with _today_is(today):
            with self.parts("documents"):
                self.books.take_up(today)
            env.cr.commit()
            env.invalidate_all()
            with self.parts("import"):
                lines = self._import(today, content)
            with self.parts("documents"):
                self._know_rates(lines, today)
            with self.parts("match"):
                env["bank.match.suggestion"]._run(company)
            self._keep(lines, file)
            env.cr.commit()
            if not self.options.no_feedback:
                with self.parts("accountant"):
                    self.accountant.decide(lines)
                env.cr.commit()
                with self.parts("night"):
                    env["bank.match.weights"]._cron_learn()
            env.cr.commit()
            env.invalidate_all()

    # === THE BANK === #

    def _import(self, today, content):
        """Import a statement as a file that came by itself, and return its lines."""
        env = self.env
        document = env["bank.raw.document"]._import_file(
            self.books.company, f"{today}.xml", content
        )
        while document.state == "booking":
            document._book_next()
        if document.state != "parsed":
            raise SystemExit(f"{document.name}: {document.problem}")
        # Matched as the schedule does, but counted for itself.
        document.sudo().matching_due = False
        entries = env["bank.entry"].search(
            [("file_statement_id", "in", document.file_statement_ids.ids)], order="id"
        )
        return entries.statement_line_id

    def _know_rates(self, lines, today):
        """Enter the rates at which the bank has changed money today."""
        for entry in lines.bank_entry_id:
            kept = sum(charge["amount"] for charge in entry.charges or ())
            paid = entry.amount + kept / 100
            if entry.original_amount and entry.original_currency != "EUR" and paid > 0:
                rate = abs(entry.original_amount) / paid
                self.books.know_rate(entry.original_currency, rate, today)

    # === WHAT WAS DECIDED === #

    def _keep(self, lines, file):
        """Write what the matching has made of the day's lines."""
        booked = lines.filtered(lambda line: line.bank_match_state == "booked")
        for line in lines:
            if line in booked:
                action = "auto"
                decision = line.bank_decision_ids.filtered(lambda d: d.action == "automatic")[:1]
                shown = [self._shown_then(values) for values in decision.inputs["proposals"]]
            else:
                shown = [self.shown(one) for one in self.accountant.open_proposals(line)]
                action = "suggest" if shown else "exception"
            self.done[action] += 1
            file.write(_number_of(line), action, shown)
        self.count += len(lines)

    def shown(self, suggestion):
        """Return an open proposal with the workload's item numbers."""
        return self.accountant.shown(suggestion)

    def _shown_then(self, values):
        """Return a proposal as the decision that booked it has kept it."""
        return Shown(
            self.accountant.claims(values["claims"]),
            *(values[name] for name in ("fee", "write_off", "on_account")),
        )

    def summary(self):
        """Return the figures."""
        cpu = self.parts.total("cpu_seconds")
        alone = sum(self.parts.costs[name].cpu_seconds for name in ("import", "match"))
        return {
            "lines": self.count,
            "items": self.books.posted,
            "seconds": round(self.parts.total("seconds"), 2),
            "cpu_seconds": round(cpu, 2),
            "queries": self.parts.total("queries"),
            "lines_per_second": round(self.count / cpu, 1),
            "lines_per_second_unattended": round(self.count / alone, 1),
            "peak_mib": round(benchmarking.peak_mib()),
            **self.done,
            "accountant": dict(self.accountant.done),
            "refusals": self.accountant.refusals[:FEW],
            "parts": self.parts.as_json(),
        }


def _statements(content):
    """Yield each statement of a file as a file of its own."""
    first = last = None
    for match in _STATEMENT.finditer(content):
        first = match.start() if first is None else first
        last = match.end()
    head, tail = content[:first], content[last:]
    for match in _STATEMENT.finditer(content):
        if b"<Ntry>" in match[0]:
            yield head + match[0] + tail


def _day_of(content):
    return datetime.date.fromisoformat(
        re.search(rb"<BookgDt><Dt>([\d-]+)</Dt>", content)[1].decode()
    )


def _number_of(line):
    return files.number(line.bank_entry_id.entry_reference)


@contextlib.contextmanager
def _today_is(day):
    """Let it be the evening of a day in Odoo; the clock itself goes on."""
    from odoo import fields  # noqa: PLC0415

    evening = datetime.datetime.combine(day, datetime.time(21))
    with (
        mock.patch.object(fields.Date, "today", staticmethod(lambda *_args: day)),
        mock.patch.object(
            fields.Date,
            "context_today",
            staticmethod(lambda _record, timestamp=None: timestamp.date() if timestamp else day),
        ),
        mock.patch.object(fields.Datetime, "now", staticmethod(lambda *_args: evening)),
    ):
        yield
