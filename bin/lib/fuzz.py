"""Damaged bank files against the readers; see bin/fuzz."""

import argparse
import contextlib
import hashlib
import io
import json
import os
import pathlib
import random
import resource
import signal
import subprocess
import sys
import time
import traceback
from collections import Counter

# As bin/lib/statement.py does: core/ as a package of its own.
sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "addons" / "bank_sync"))

from core.errors import SENTENCES, StatementError
from core.file_reader import read_statement_file
from core.formats.registry import FORMATS
from core.limits import Limits
from core.statement_json import statement_to_json
from fuzz_mutations import MAX_BYTES, mutate

ROOT = pathlib.Path(__file__).parents[2]
SAMPLES = ROOT / "tests" / "bank_sync" / "samples" / "fuzz"
#: CPU seconds one input may take. The slowest honest reading of 256 KiB takes a tenth of it.
SECONDS_PER_INPUT = 5
#: After so many it is interrupted: it may never end.
SECONDS_UNTIL_HANG = 30
MAX_GROWTH_MIB = 300
MAX_FAILURES = 20
#: Every so many inputs go through recognition, as a user's file does, not to the reader alone.
RECOGNISED_EVERY = 8
#: Folders of the corpus whose files begin like a format: folder -> format.
CORPUS = {
    "bai2": "BAI2",
    "camt.052": "camt",
    "camt.053": "camt",
    "camt.054": "camt",
    "cfonb120": "CFONB120",
    "coda": "CODA",
    "mt940": "MT940",
    "mt942": "MT940",
    "n43": "Norma 43",
    "ofx": "OFX",
    "pain002": "pain.002",
    "qif": "QIF",
}


class Hang(BaseException):
    """One input took too long; no reader may catch it."""


def short_name(known):
    """Return the name a format is asked for by: ``camt`` for camt.052, camt.053 and camt.054."""
    return "camt" if known.names[0].startswith("camt") else known.names[0]


def formats():
    """Return the formats that can be read, by name."""
    return {short_name(known): known for known in FORMATS}


def seeds(name):
    """Return our own samples of a format, and those of the corpus where there is one."""
    folders = [SAMPLES / name.replace(" ", "_").lower()]
    if corpus := os.environ.get("STATEMENT_CORPUS_DIR"):
        folders += [pathlib.Path(corpus) / key for key, value in CORPUS.items() if value == name]
    paths = [path for folder in folders for path in sorted(folder.glob("*")) if path.is_file()]
    return [path.read_bytes()[:MAX_BYTES] for path in paths]


class Checker:
    """Reads one input and says what is wrong with how that went."""

    def __init__(self, known):
        self._known = known
        self.codes = Counter()
        self.accepted = 0

    def read(self, data, recognise):
        """Return the file as the readers give it."""
        if recognise:
            return read_statement_file(io.BytesIO(data))
        return self._known.read(io.BytesIO(data), Limits())

    def problem(self, data, recognise):
        """Return ``None``, or why this input fails."""
        try:
            file = self.read(data, recognise)
        except StatementError as error:
            self.codes[error.code] += 1
            return self._bad_refusal(error)
        except Hang:
            return "hang"
        except BaseException as error:  # noqa: BLE001 - whatever else there is, it is a failure
            return describe(error)
        self.accepted += 1
        return self._bad_file(file) or self._differs(file, data, recognise)

    @staticmethod
    def _bad_refusal(error):
        if error.code not in SENTENCES:
            return f"code without a sentence: {error.code}"
        lines = str(error).splitlines()
        return None if len(lines) == 1 else "a refusal is one line"

    @staticmethod
    def _bad_file(file):
        for statement in file.statements:
            figures = [entry.amount for entry in statement.entries]
            figures += [f for f in (statement.opening, statement.closing) if f is not None]
            if not all(type(figure) is int for figure in figures):
                return "an amount is no int"
        try:
            text = "".join(statement_to_json("x", file))
            json.loads(text)
            text.encode()
        except Exception as error:  # noqa: BLE001 - as above
            return "as JSON: " + describe(error)
        return "NUL in a text" if "\\u0000" in text else None

    def _differs(self, file, data, recognise):
        try:
            return None if self.read(data, recognise) == file else "read again, it differs"
        except StatementError:
            return "read again, it is refused"


def describe(error):
    """Return kind and place of an exception; the same fault gives the same text."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{pathlib.Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
    return f"{type(error).__name__} at {place}: {str(error)[:200]}"


def peak_mib():
    """Return the peak resident memory of this process in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class Run:
    """Inputs of one format, and what came of them."""

    def __init__(self, name, seed, out):
        self.name, self.seed, self.out = name, seed, out
        self.samples = seeds(name)
        if not self.samples:
            raise SystemExit(f"{name}: there is no sample to start from")
        self.chance = random.Random(f"{seed}:{name}")  # noqa: S311 - repeatable on purpose
        self.checker = Checker(formats()[name])
        self.failures = {}
        self.done = 0
        self.slowest = (0.0, 0)
        self.greediest = (0.0, b"")

    def read_samples(self):
        """Read what is not damaged: loads libraries, and is no growth."""
        for data in self.samples:
            self._note(self.checker.problem(data, recognise=False), data)
        self.start, self.before = time.monotonic(), peak_mib()
        self.peak = self.before

    def next(self):
        """Damage one sample and read it."""
        data = mutate(self.chance.choice(self.samples), self.samples, self.chance)
        with _watched():
            cpu = time.process_time()
            problem = self.checker.problem(data, recognise=self.done % RECOGNISED_EVERY == 0)
            cpu = time.process_time() - cpu
        if problem is None and cpu > SECONDS_PER_INPUT:
            problem = f"slow: more than {SECONDS_PER_INPUT} s"
        self.slowest = max(self.slowest, (cpu, len(data)))
        peak, self.peak = self.peak, peak_mib()
        self.greediest = max(self.greediest, (self.peak - peak, data))
        self._note(problem, data)
        self.done += 1

    def figures(self):
        """Return what is printed."""
        growth = self.peak - self.before
        if growth > MAX_GROWTH_MIB:
            problem = f"memory grew by {growth:.0f} MiB, {self.greediest[0]:.0f} for this input"
            self._note(problem, self.greediest[1])
        return {
            "format": self.name,
            "seed": self.seed,
            "samples": len(self.samples),
            "seconds": round(time.monotonic() - self.start, 1),
            "runs": self.done,
            "accepted": self.checker.accepted,
            "refused": sum(self.checker.codes.values()),
            "codes": dict(self.checker.codes.most_common()),
            "slowest_seconds": round(self.slowest[0], 3),
            "slowest_bytes": self.slowest[1],
            "growth_mib": round(growth, 1),
            "failures": self.failures,
        }

    def _note(self, problem, data):
        """Keep the first input of each kind of failure."""
        if problem is None or problem in self.failures or len(self.failures) >= MAX_FAILURES:
            return
        self.out.mkdir(parents=True, exist_ok=True)
        name = f"{self.name.replace(' ', '_')}-{hashlib.sha256(data).hexdigest()[:16]}"
        (self.out / name).write_bytes(data)
        self.failures[problem] = str(self.out / name)


def fuzz(name, *, seconds, runs, seed, out):
    """Run one format and return its figures. ``runs`` bounds it by number, ``seconds`` by time."""
    signal.signal(signal.SIGVTALRM, _interrupt)
    run = Run(name, seed, out)
    run.read_samples()
    while (run.done < runs) if runs else (time.monotonic() - run.start < seconds):
        run.next()
    return run.figures()


def _interrupt(_signal, _frame):
    raise Hang


@contextlib.contextmanager
def _watched():
    """Interrupt the body should it never end."""
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS_UNTIL_HANG)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def main(arguments):
    """Run the formats one after another, each in a process of its own; return the exit code."""
    options = _options(arguments)
    if options.inside:
        figures = fuzz(
            options.formats[0],
            seconds=options.minutes * 60,
            runs=options.runs,
            seed=options.seed,
            out=options.out,
        )
        print(json.dumps(figures, ensure_ascii=False), flush=True)
        return 1 if figures["failures"] else 0
    status = 0
    for name in options.formats or list(formats()):
        # A new process: what it grows by is the growth of this reader alone.
        command = [sys.executable, "-X", "utf8", __file__, "--inside", *arguments]
        command = [part for part in command if part not in options.formats] + [name]
        status |= subprocess.run(command, check=False).returncode
    return status


def _options(arguments):
    parser = argparse.ArgumentParser(prog="bin/fuzz")
    parser.add_argument("formats", nargs="*", metavar="FORMAT")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--runs", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    home = os.environ.get("ODOO_HOME") or ROOT / ".odoo"
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(home) / "fuzz")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    unknown = set(options.formats) - set(formats())
    if unknown:
        parser.error(f"no format {', '.join(sorted(unknown))}; there are: {', '.join(formats())}")
    return options


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
