"""Two companies that share their limit and run at the same moment: who writes to the customers?

The first company has written all down and has not committed; the second one comes to the same
customers and waits for it. Then the first one is killed, or goes on. Prints what became of both.
"""

import argparse
import contextlib
import datetime
import json
import pathlib
import sys
import tempfile
import time

import psycopg2

sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))
from tests.faults import shared_limit_works as works
from tests.faults.odoo_workers import OdooWorkers

CUSTOMERS = 6
_TOLD = """
SELECT c.name, t.state, t.block_reason, t.retry_date - t.date, count(*)
  FROM collection_touchpoint t JOIN res_company c ON c.id = t.company_id
 WHERE c.name = ANY(%s) AND t.date = %s
 GROUP BY 1, 2, 3, 4 ORDER BY 1
"""
_WAITING = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND wait_event_type = 'Lock'
   AND query LIKE '%collection_contact_day%'
"""


class SharedLimit:
    """One race a day between the two companies."""

    def __init__(self, database, folder):
        self.database, self.folder = database, folder
        self.workers = OdooWorkers(database, folder / "workers.log")
        self.day = datetime.datetime.now(datetime.UTC).date()
        self.workers.run(works.prepare, CUSTOMERS)

    def race(self, killed):
        """Let both companies come to the same customers; kill the first one, or let it go on."""
        first, second = works.COMPANIES
        day = self.day.isoformat()
        self.workers.run(works.bill, day)
        arrived, go_on = self.folder / f"arrived {day}", self.folder / f"go on {day}"
        one = self.workers.start(works.run, first, day, str(arrived), str(go_on))
        self._wait_for(arrived.exists)
        other = self.workers.start(works.run, second, day)
        self._wait_for(lambda: self._rows(_WAITING)[0][0])
        if killed:
            one.kill()
        else:
            go_on.touch()
            one.wait()
        if other.wait():
            raise RuntimeError(self.workers.log.read_text()[-4000:])
        return self.told()

    def next_day(self):
        """Let both companies run on the day after, one after the other."""
        self.day += datetime.timedelta(days=1)
        for name in works.COMPANIES:
            self.workers.run(works.run, name, self.day.isoformat())
        return self.told()

    def told(self):
        """Return company, state, reason, days until the next attempt, and number of customers."""
        return self._rows(_TOLD, [list(works.COMPANIES), self.day])

    def _rows(self, query, values=None):
        with (
            contextlib.closing(psycopg2.connect(dbname=self.database)) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(query, values)
            return cursor.fetchall()

    def _wait_for(self, condition):
        started = time.monotonic()
        while not condition():
            if time.monotonic() - started > works.PATIENCE:
                raise TimeoutError(self.workers.log.read_text()[-4000:])
            time.sleep(0.01)


def main(arguments=None):
    """Race twice and print what became of it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--database", required=True, help="a copy with our addons")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        limit = SharedLimit(options.database, pathlib.Path(folder))
        summary = {"first killed": limit.race(killed=True)}
        limit.day += datetime.timedelta(days=30)
        summary["both go on"] = limit.race(killed=False)
        summary["the day after"] = limit.next_day()
    sys.stdout.write(json.dumps(summary) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
