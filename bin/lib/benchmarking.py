"""What benchmarks share: an Odoo on a database of their own, and honest counting.

CPU seconds are those of this process and of its PostgreSQL session together: wall time belongs to
whatever else the machine does.
"""

import contextlib
import json
import os
import pathlib
import resource
import subprocess
import sys
import time
import types
from dataclasses import asdict, dataclass

ADDONS = pathlib.Path(__file__).parents[2] / "addons"


@dataclass
class Measure:
    """What one piece of work cost. ``peak_mib`` is the peak of the whole process so far."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    queries: int = 0
    peak_mib: float = 0.0

    def as_json(self):
        """Return the figures, rounded to what they mean."""
        return {name: round(value, 3) for name, value in asdict(self).items()}


@contextlib.contextmanager
def measured(env=None):
    """Measure the body; with ``env``, what it leaves to be written is written within it."""
    measure = Measure()
    backend = _backend(env) if env else None
    queries = env.cr.sql_log_count if env else 0
    started, cpu, database = time.perf_counter(), time.process_time(), _cpu_of(backend)
    yield measure
    if env:
        env.flush_all()
        measure.queries = env.cr.sql_log_count - queries
    measure.seconds = time.perf_counter() - started
    measure.cpu_seconds = time.process_time() - cpu + _cpu_of(backend) - database
    measure.peak_mib = peak_mib()


def peak_mib():
    """Return the peak resident memory of this process in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _backend(env):
    env.cr.execute("SELECT pg_backend_pid()")
    return env.cr.fetchone()[0]


def _cpu_of(pid):
    """Return the CPU seconds of a process of this machine, 0 where it cannot be seen."""
    if pid is None:
        return 0.0
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    ticks = int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def odoo_environment(database):
    """Give an environment of ``database`` as superuser; nothing is committed by itself."""
    # Not at the top: parts that need no Odoo are measured without it.
    from odoo import SUPERUSER_ID, api  # noqa: PLC0415
    from odoo.modules.registry import Registry  # noqa: PLC0415
    from odoo.tools import config  # noqa: PLC0415

    config.parse_config(["-d", database, "--no-http", "--log-level=warn"])
    with Registry(database).cursor() as cursor:
        yield api.Environment(cursor, SUPERUSER_ID, {"tracking_disable": True})


def without_odoo():
    """Let the pure parts of the addons be imported in this process without Odoo."""
    names = {"odoo": None, "odoo.addons": None}
    names |= {f"odoo.addons.{path.parent.name}": path.parent for path in ADDONS.glob("*/core")}
    for name, folder in names.items():
        package = types.ModuleType(name)
        package.__path__ = [str(folder)] if folder else []
        sys.modules[name] = package


def databases_named(pattern):
    """Return the databases whose name is like ``pattern`` (SQL)."""
    return _psql(f"SELECT datname FROM pg_database WHERE datname LIKE '{pattern}'").split()  # noqa: S608


def database_exists(name):
    """Tell whether the PostgreSQL of ``PGHOST`` has this database."""
    return name in databases_named(name)


def rename_database(name, other):
    """Give a database its final name, when it is complete."""
    _psql(f'ALTER DATABASE "{name}" RENAME TO "{other}"')


def _psql(statement):
    command = ["psql", "-XAt", "-v", "ON_ERROR_STOP=1", "-d", "postgres", "-c", statement]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def copy_database(source, target):
    """Make ``target`` a copy of ``source``."""
    drop_database(target)
    subprocess.run(["createdb", "-T", source, target], check=True)


def drop_database(name):
    """Drop a database of ours if it is there."""
    subprocess.run(["dropdb", "--if-exists", "--force", name], check=True, capture_output=True)


def run_part(*arguments, **variables):
    """Run this script again for one part of the benchmark, and return the JSON it prints.

    :param variables: of the environment, beside those of this process
    """
    environment = {**os.environ, **variables}
    command = [sys.executable, sys.argv[0], *arguments]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment)
    return json.loads(answer.stdout.splitlines()[-1])


def run_script(script, *arguments):
    """Run another benchmark in a process of its own, and return the JSON it prints."""
    command = [sys.executable, str(script), *arguments]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(answer.stdout)


def say(text):
    """Tell the person at the terminal how far it is."""
    print(text, file=sys.stderr, flush=True)
