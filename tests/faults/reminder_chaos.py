"""Nights of reminders whose workers are killed at any moment: who got what, and how often?

Two workers at once run the reminders of a day and send mails and texts; one or both are killed.
Then a worker does what the next hour would do. The notes of the mail server and of the gateway are
held against the books: every customer has one message, or a person was asked whether it left;
nobody has two.
"""

import argparse
import datetime
import json
import pathlib
import random
import subprocess
import sys
import tempfile
from collections import Counter

sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))
from tests.end_to_end.servers import free_port
from tests.faults import reminder_works as works
from tests.faults.killing import Killing
from tests.faults.odoo_workers import OdooWorkers

CUSTOMERS = 10
_TOLD = """
SELECT lower(t.address), t.state,
       EXISTS (SELECT 1 FROM mail_activity a
                WHERE a.res_model = 'collection.case' AND a.res_id = t.case_id)
  FROM collection_touchpoint t JOIN res_company c ON c.id = t.company_id
 WHERE c.name = %s AND t.date = %s
"""


class ReminderChaos(Killing):
    """Kill workers of nights until enough were killed."""

    def __init__(self, database, folder, seed):
        self.database, self.random = database, random.Random(seed)  # noqa: S311 (moments)
        self.notes = folder / "taken"
        self.notes.touch()
        self.workers = OdooWorkers(database, folder / "workers.log")
        self.day = datetime.datetime.now(datetime.UTC).date()
        self.kills = self.rounds = self.asked = 0
        self.problems, self.servers = [], []

    def start(self):
        """Start the servers, make company and customers, measure one night."""
        ports = free_port(), free_port()
        for name, port in zip(("keeping_sink.py", "keeping_gateway.py"), ports, strict=True):
            script = pathlib.Path(__file__).with_name(name)
            self.servers.append(
                subprocess.Popen([sys.executable, str(script), str(port), str(self.notes)])
            )
        self.workers.run(works.prepare, *ports, CUSTOMERS)
        self.workers.run(works.bill, self.day.isoformat())
        self.seconds = self.workers.run(works.night, self.day.isoformat())
        self.compare()

    def stop(self):
        """Stop the servers."""
        for server in self.servers:
            server.terminate()
            server.wait()

    def round(self):
        """Bill, let two workers run the night, kill, let the next hour come, compare."""
        self.rounds += 1
        self.day += datetime.timedelta(days=1)
        self.notes.write_text("")
        day = self.day.isoformat()
        self.workers.run(works.bill, day)
        team = [self.workers.start(works.night, day) for _worker in range(2)]
        _shares, survivors = self.kill_some(team, self.seconds)
        for seconds in survivors:
            self.seconds += 0.3 * (seconds - self.seconds)
        self.wait_for_the_dead()
        self.workers.run(works.night, day)
        self.compare()

    def compare(self):
        """Hold the notes of the servers against the books of the day."""
        taken = Counter(self.notes.read_text().split())
        with self.cursor() as cursor:
            cursor.execute(_TOLD, [works.COMPANY, self.day])
            told = {address: (state, asked) for address, state, asked in cursor.fetchall()}
        for number in range(CUSTOMERS):
            address = works.address(number)
            state, asked = told.get(address, ("missing", False))
            count, name = taken[address], f"round {self.rounds}, {address}"
            if count > 1:
                self.problems.append(f"{name}: {count} messages")
            elif state == "unknown" and asked:
                self.asked += 1
            elif (state, count) != ("sent", 1):
                self.problems.append(f"{name}: {state} here, {count} at the server")


def main(arguments=None):
    """Kill until enough have been killed, and print the summary as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--kills", type=int, default=100, help="how many (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the moments (%(default)s)")
    parser.add_argument("--database", required=True, help="a copy with our addons")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        chaos = ReminderChaos(options.database, pathlib.Path(folder), options.seed)
        try:
            chaos.start()
            while chaos.kills < options.kills and not chaos.problems:
                chaos.round()
                sys.stderr.write(f"{chaos.kills} killed, {chaos.asked} asked\n")
        finally:
            chaos.stop()
            if chaos.problems:
                sys.stderr.write(chaos.workers.log.read_text()[-6000:])
        summary = {
            "benchmark": "reminder-chaos",
            "seed": options.seed,
            "kills": chaos.kills,
            "nights": chaos.rounds + 1,
            "messages": (chaos.rounds + 1) * CUSTOMERS,
            "asked": chaos.asked,
            "problems": chaos.problems,
        }
        sys.stdout.write(json.dumps(summary) + "\n")
    return 1 if chaos.problems else 0


if __name__ == "__main__":
    sys.exit(main())
