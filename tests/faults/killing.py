"""Two workers at once, of which one or both are killed at seeded moments of their work."""

import contextlib
import time

import psycopg2


class Killing:
    """What every fault run shares.

    Needs ``database``, its name; ``random``, the seeded moments; ``kills`` and ``rounds``, counted;
    ``problems``, what went wrong, in words.
    """

    def kill_some(self, team, seconds):
        """Kill one or both of a team that has just started, and wait for all to end.

        :param seconds: how long their work takes
        :return: the shares of the work after which one was killed, and the seconds of each worker
            that nobody killed in time
        """
        victims = team if self.random.random() < 0.5 else [self.random.choice(team)]
        moments = sorted((self.random.random(), number) for number in range(len(victims)))
        shares = []
        for share, number in moments:
            time.sleep(max(0, team[0].started + share * seconds - time.monotonic()))
            if victims[number].kill():
                self.kills += 1
                shares.append(share)
        survivors = []
        for worker in team:
            if worker.wait() == 0:
                survivors.append(worker.seconds)
            elif worker.ended > 0:
                self.problems.append(f"round {self.rounds}: a worker failed by itself")
        return shares, survivors

    def wait_for_the_dead(self):
        """Wait until PostgreSQL has noticed that the killed are gone."""
        for _attempt in range(2000):
            with self.cursor() as cursor:
                cursor.execute(
                    "SELECT count(*) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid != pg_backend_pid()"
                )
                if not cursor.fetchone()[0]:
                    return
            time.sleep(0.01)
        self.problems.append(f"round {self.rounds}: a dead worker's session never ended")

    @contextlib.contextmanager
    def cursor(self):
        """Give a cursor of a connection that no worker shares."""
        connection = psycopg2.connect(dbname=self.database)
        try:
            with connection, connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()
