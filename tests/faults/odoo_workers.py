"""Odoo worker processes that are cheap to start and to kill.

Odoo is imported, and the database's registry loaded, once in this process; every worker is a fork
of it with database connections of its own, as Odoo's own prefork server makes its workers.
"""

import os
import signal
import sys
import time
import traceback
from dataclasses import dataclass

#: Seconds after which a worker nobody killed counts as hung.
PATIENCE = 300


@dataclass
class Worker:
    """A forked Odoo process: ``ended`` is ``None`` while it lives, else its exit or signal."""

    pid: int
    started: float
    ended: int | None = None
    seconds: float = 0.0

    def poll(self):
        """Tell whether it has ended, and remember how."""
        if self.ended is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._note(status)
        return self.ended is not None

    def kill(self):
        """End it with ``SIGKILL``; return whether it was alive to be killed."""
        if self.poll():
            return False
        os.kill(self.pid, signal.SIGKILL)
        self._note(os.waitpid(self.pid, 0)[1])
        return self.ended == -signal.SIGKILL

    def wait(self):
        """Wait for its end and return its exit code.

        :raise TimeoutError: when it does not end
        """
        while not self.poll():
            if time.monotonic() - self.started > PATIENCE:
                self.kill()
                raise TimeoutError(f"worker {self.pid} hung")
            time.sleep(0.005)
        return self.ended

    def _note(self, status):
        self.ended = os.waitstatus_to_exitcode(status)
        self.seconds = time.monotonic() - self.started


class OdooWorkers:
    """Start workers on one database.

    :param log: file all workers write to
    """

    def __init__(self, database, log):
        from odoo import sql_db  # noqa: PLC0415 (this process may be told about the database late)
        from odoo.modules.registry import Registry  # noqa: PLC0415
        from odoo.netsvc import init_logger  # noqa: PLC0415
        from odoo.tools import config  # noqa: PLC0415

        self.database, self.log, self._pools = database, log, sql_db
        config.parse_config(["-d", database, "--no-http", "--log-level=warn"])
        init_logger()
        Registry(database)
        self._forget_connections()

    def _forget_connections(self):
        """Keep no connection open that a fork would share."""
        self._pools.close_all()
        self._pools._Pool = self._pools._Pool_readonly = None

    def start(self, work, *arguments):
        """Fork a worker that runs ``work(env, *arguments)`` and commits at its end."""
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid:
            return Worker(pid, time.monotonic())
        self._be_worker(work, arguments)
        raise AssertionError("unreachable")

    def run(self, work, *arguments):
        """Run a worker to its end.

        :raise RuntimeError: when it failed; the reason is in the log
        """
        worker = self.start(work, *arguments)
        if worker.wait() != 0:
            message = f"{work.__name__} failed:\n{self.log.read_text()[-4000:]}"
            raise RuntimeError(message)
        return worker.seconds

    def _be_worker(self, work, arguments):
        from odoo import SUPERUSER_ID, api  # noqa: PLC0415
        from odoo.modules.registry import Registry  # noqa: PLC0415

        code = 1
        try:
            target = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            os.dup2(target, 1)
            os.dup2(target, 2)
            with Registry(self.database).cursor() as cursor:
                work(api.Environment(cursor, SUPERUSER_ID, {}), *arguments)
            code = 0
        except BaseException:  # noqa: BLE001 (a fork must never return into its parent's code)
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
