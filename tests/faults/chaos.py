"""Two Odoo workers on one database against a real bank process, killed again and again.

Each round the bank's customers pay, two workers read, import and send, and one or both are killed
with ``SIGKILL`` at seeded moments of their work. Then a fresh worker does what the next cron would
do, and the books must equal the bank's truth.
"""

import argparse
import datetime
import json
import pathlib
import random
import sys
import tempfile
import time

import requests

from ..end_to_end.servers import Server, flags, free_port
from . import books, levers, works
from .killing import Killing
from .odoo_workers import OdooWorkers

#: Days the bank's first day lies before the real one, and rounds after which its day moves on.
DAYS_BACK, ROUNDS_PER_DAY = 80, 3
#: Days a statement file of a round covers.
FILE_DAYS = 4
#: Share of rounds in which the bank can be asked for an order whose answer was lost.
SEARCHABLE = 0.5


class Chaos(Killing):
    """A bank, a database, and the rounds between them.

    :param seed: the same seed kills at the same shares of the work, in the same order
    """

    def __init__(self, database, folder, seed):
        self.folder, self.seed = folder, seed
        self.random = random.Random(seed)  # noqa: S311 (moments, not secrets)
        self.database = database
        self.workers = OdooWorkers(database, folder / "workers.log")
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.today = datetime.datetime.now(tz=datetime.timezone.utc).date()
        self.today -= datetime.timedelta(days=DAYS_BACK)
        options = flags(port=port, database=folder / "bank.sqlite", today=self.today)
        self.bank = Server(
            "bank", [sys.executable, "-m", "sandbox_bank", *options], f"{self.url}/", folder
        )
        self.kills = self.rounds = self.orders = 0
        self.problems = []
        self.shares = []
        self.work_seconds = 2.0

    # === THE BANK === #

    def post(self, lever, **body):
        """Use a lever of the bank."""
        answer = requests.post(f"{self.url}/sim/{lever}", json=body, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def truth(self):
        """Return what the bank really knows of the company's accounts."""
        truth = requests.get(f"{self.url}/sim/truth", timeout=60).json()
        kept = {account["iban"] for account in self.accounts}
        truth["accounts"] = [row for row in truth["accounts"] if row["iban"] in kept]
        return truth

    def start(self):
        """Start the bank with one account to be read and one that comes by files; connect."""
        self.bank.start()
        opened = (self.today - datetime.timedelta(days=5)).isoformat()
        self.accounts = [
            self.post(
                "accounts", owner="Chaos", currency=currency, opened_on=opened, opening="1000.00"
            )
            for currency in ("EUR", "USD")
        ]
        read, by_file = self.accounts
        self.post("orders", progress="at_once", approval="none", idempotency="none")
        self.customers_pay()
        self.workers.run(works.connect, self.url, read["resource_id"], by_file["iban"], "USD")
        self.settle()

    def stop(self):
        """Stop the bank."""
        self.bank.stop()

    def customers_pay(self):
        """Let money come and go on all accounts; some of it twice the same."""
        for account in self.accounts:
            payments = []
            for _number in range(self.random.randint(1, 5)):
                cents = self.random.choice([self.random.randint(1, 90_000), 12_50])
                sign = self.random.choice(["", "", "-"])
                text = self.random.choice(["Invoice", "Rent", "thank you"])
                payments.append(
                    {
                        "amount": f"{sign}{cents / 100:.2f}",
                        "debtor_name": "Late Lark",
                        "remittance": [text],
                    }
                )
            self.post("payments", account=account["resource_id"], payments=payments)

    def statement(self, account):
        """Keep the bank's statement file of the last days and return its path."""
        first = max(
            self.today - datetime.timedelta(days=FILE_DAYS),
            datetime.date.fromisoformat(account["opened_on"]),
        )
        query = {"account": account["resource_id"], "from": first, "to": self.today}
        answer = requests.get(f"{self.url}/sim/statement", params=query, timeout=60)
        answer.raise_for_status()
        path = self.folder / f"{account['currency']}-{self.rounds}-{self.random.random()}.xml"
        path.write_bytes(answer.content)
        return str(path)

    # === ROUNDS === #

    def round(self):
        """Let two workers work, kill one or both, recover, compare."""
        self.rounds += 1
        if self.rounds % ROUNDS_PER_DAY == 0:
            self.today += datetime.timedelta(days=1)
            self.post("clock", today=self.today.isoformat())
        self.customers_pay()
        self.make_due(searchable=self.random.random() < SEARCHABLE)
        team = [self.workers.start(works.work, self.jobs()) for _worker in range(2)]
        shares, survivors = self.kill_some(team, self.work_seconds)
        self.shares += [round(share, 3) for share in shares]
        for seconds in survivors:
            self.work_seconds += 0.2 * (seconds - self.work_seconds)
        self.settle()

    def jobs(self):
        """Return the work of one worker, in seeded order."""
        read, by_file = self.accounts
        self.orders += 1
        jobs = [
            ["sync"],
            ["import", self.statement(read)],
            ["import", self.statement(by_file)],
            ["order", self.orders],
            ["relay"],
            ["relay"],
        ]
        self.random.shuffle(jobs)
        return jobs

    def settle(self):
        """Do what the next crons and the accountant would do, and compare the books."""
        self.wait_for_the_dead()
        self.make_due(searchable=True)
        by_file = self.statement(self.accounts[1])
        jobs = [["import", by_file], ["book"], ["relay"], ["sync"], ["relay"]]
        try:
            self.workers.run(works.work, jobs)
        except RuntimeError as error:
            self.problems.append(f"round {self.rounds}: {error}")
        with self.cursor() as cursor:
            truth = self.truth()
            found = books.differences(cursor, truth) + books.order_differences(cursor, truth)
        self.problems += [f"round {self.rounds}: {problem}" for problem in found]

    def make_due(self, *, searchable):
        """Let time pass: everything that waits is due."""
        with self.cursor() as cursor:
            levers.make_due(cursor)
            levers.let_orders_be_searched(cursor, searchable)

    def summary(self, started):
        """Return what happened, for JSON."""
        truth = self.truth()
        return {
            "benchmark": "chaos",
            "seed": self.seed,
            "kills": self.kills,
            "rounds": self.rounds,
            "orders_at_bank": sum(len(account["orders"]) for account in truth["accounts"]),
            "entries_at_bank": sum(len(account["entries"]) for account in truth["accounts"]),
            "work_seconds": round(self.work_seconds, 2),
            "seconds": round(time.monotonic() - started, 1),
            "problems": self.problems,
        }


def main(arguments=None):
    """Kill until enough have been killed, and print the summary as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--kills", type=int, default=200, help="how many (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of moments and money (%(default)s)")
    parser.add_argument("--database", required=True, help="a copy with the demo company")
    options = parser.parse_args(arguments)
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        chaos = Chaos(options.database, pathlib.Path(folder), options.seed)
        try:
            chaos.start()
            while chaos.kills < options.kills and not chaos.problems:
                chaos.round()
                sys.stderr.write(f"{chaos.kills} killed, books equal\n")
            sys.stdout.write(json.dumps(chaos.summary(started)) + "\n")
        finally:
            chaos.stop()
            if chaos.problems:
                sys.stderr.write(chaos.workers.log.read_text()[-6000:])
    return 1 if chaos.problems else 0
