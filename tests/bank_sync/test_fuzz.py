"""A few hundred damaged files for each reader; bin/fuzz does the same for ten minutes and more."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

from odoo.addons.bank_sync.core.formats.registry import FORMATS

ROOT = pathlib.Path(__file__).parents[2]
SAMPLES = pathlib.Path(__file__).parent / "samples" / "fuzz"
RUNS = 200
NAMES = ["camt" if known.names[0].startswith("camt") else known.names[0] for known in FORMATS]


def fuzz(*arguments, folder):
    command = [sys.executable, "-X", "utf8", str(ROOT / "bin" / "lib" / "fuzz.py"), *arguments]
    # Our own samples alone: the run is the same on every machine.
    own = {key: value for key, value in os.environ.items() if key != "STATEMENT_CORPUS_DIR"}
    own["ODOO_HOME"] = str(folder)
    return subprocess.run(command, capture_output=True, text=True, check=False, env=own)


@pytest.mark.parametrize("name", NAMES)
def test_damaged_files_are_refused_or_read_twice_alike(name, tmp_path):
    result = fuzz(name, "--runs", str(RUNS), "--seed", "3", folder=tmp_path)
    figures = json.loads(result.stdout)
    assert (figures["failures"], result.returncode, result.stderr) == ({}, 0, "")
    # Without some of either, the damage is too little or too much to find anything.
    assert figures["accepted"] > RUNS / 20
    assert figures["refused"] > RUNS / 20
    assert figures["runs"] == RUNS


@pytest.mark.parametrize("name", NAMES)
def test_every_sample_is_read_before_it_is_damaged(name):
    known = FORMATS[NAMES.index(name)]
    samples = sorted((SAMPLES / name.replace(" ", "_").lower()).iterdir())
    assert samples
    for sample in samples:
        assert known.recognises(sample.read_bytes()[:4096])


def test_a_fault_is_reported_and_its_input_kept(tmp_path):
    """A reader that fails on purpose: the harness must not be blind."""
    broken = tmp_path / "broken.py"
    broken.write_text(
        f"import sys; sys.path.insert(0, {str(ROOT / 'bin' / 'lib')!r})\n"
        "import fuzz\n"
        "class Broken:\n"
        "    names = ('QIF',)\n"
        "    def recognises(self, head): return True\n"
        "    def read(self, stream, limits): return 1 / (len(stream.read()) * 0)\n"
        "fuzz.FORMATS = (Broken(),)\n"
        "sys.argv = ['fuzz', '--inside', 'QIF', '--runs', '20', '--out', sys.argv[1]]\n"
        "sys.exit(fuzz.main(sys.argv[1:]))\n"
    )
    command = [sys.executable, str(broken), str(tmp_path / "out")]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    failures = json.loads(result.stdout)["failures"]
    assert result.returncode == 1
    (path,) = [path for problem, path in failures.items() if problem.startswith("ZeroDivision")]
    assert pathlib.Path(path).parent == tmp_path / "out"
    assert pathlib.Path(path).is_file()
