"""bin/statement: one JSON object per file and line, one clear line for a file it refuses."""

import json
import os
import pathlib
import subprocess
import sys
import zipfile

import pytest

ROOT = pathlib.Path(__file__).parents[2]
SAMPLES = pathlib.Path(__file__).parent / "samples"
SAMPLE = SAMPLES / "camt.053.001.08_march.xml"


def run(*files, cwd=None):
    command = [sys.executable, str(ROOT / "bin" / "lib" / "statement.py"), *map(str, files)]
    return subprocess.run(command, capture_output=True, cwd=cwd, encoding="utf-8", check=False)


@pytest.mark.parametrize("golden", sorted(SAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_a_sample_is_printed_exactly_as_agreed(golden):
    (sample,) = (path for path in SAMPLES.glob(f"{golden.stem}.*") if path != golden)
    result = run(sample.name, cwd=SAMPLES)
    assert (result.returncode, result.stderr) == (0, "")
    assert json.loads(result.stdout) == json.loads(golden.read_text("utf-8"))


def test_a_refused_file_is_named_with_its_place_and_the_others_are_still_printed(tmp_path):
    bad = tmp_path / "bad.xml"
    bad.write_bytes(SAMPLE.read_bytes().replace(b"120.50", b"120,50", 1))
    result = run(SAMPLE, bad, SAMPLE)
    assert result.returncode == 2
    assert [json.loads(line)["file"] for line in result.stdout.splitlines()] == [str(SAMPLE)] * 2
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"{bad}: refused: Stmt[1]/Ntry[1]/Amt: ")
    assert "120,50" in line


def test_a_file_that_comes_through_a_pipe_is_read_as_any_other(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    script = f"open({str(pipe)!r}, 'wb').write(open({str(SAMPLE)!r}, 'rb').read())"
    with subprocess.Popen([sys.executable, "-c", script]):
        result = run(pipe)
    assert (result.returncode, result.stderr) == (0, "")
    assert json.loads(result.stdout)["statements"] == json.loads(run(SAMPLE).stdout)["statements"]


def test_nothing_of_a_truncated_file_is_printed(tmp_path):
    cut = tmp_path / "cut.xml"
    cut.write_bytes(SAMPLE.read_bytes()[:-200])
    result = run(cut)
    assert (result.returncode, result.stdout, len(result.stderr.splitlines())) == (2, "", 1)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"%PDF-1.7", "a PDF"),
        (b":20:X\r\n:25:1\r\n:60F:C260301EUR1,00\r\n:61:no date\r\n", "line 4: "),
        (b"0000001081700005".ljust(127) + b"2\r\n", "line 1: "),
        (b"0730004    00821EUR2 00012345678  010326\n", "line 1: "),
    ],
)
def test_a_refusal_of_any_format_is_one_line(tmp_path, data, words):
    path = tmp_path / "file"
    path.write_bytes(data)
    result = run(path)
    assert (result.returncode, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"{path}: refused: ")
    assert words in line


@pytest.mark.parametrize("name", ["missing.xml", "."])
def test_a_file_that_cannot_be_opened_is_one_clear_line(name, tmp_path):
    result = run(name, cwd=tmp_path)
    assert (result.returncode, len(result.stderr.splitlines())) == (2, 1)
    assert "Traceback" not in result.stderr


def test_an_archive_is_read_as_one_file(tmp_path):
    archive = tmp_path / "day.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        out.write(SAMPLE, "one.xml")
        out.write(SAMPLE, "two.xml")
    result = run(archive)
    assert len(json.loads(result.stdout)["statements"]) == 2


def test_odoo_is_not_loaded():
    script = ROOT / "bin" / "lib" / "statement.py"
    program = (
        f"import runpy, sys; sys.argv = ['statement', {str(SAMPLE)!r}]\n"
        f"try: runpy.run_path({str(script)!r}, run_name='__main__')\n"
        "except SystemExit as end: assert not end.code\n"
        "assert not [name for name in sys.modules if name.split('.')[0] in ('odoo', 'lxml')]\n"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert (result.returncode, result.stderr) == (0, b"")


def test_help_says_what_it_does_without_setting_anything_up(tmp_path):
    command = [str(ROOT / "bin" / "statement"), "--help"]
    environment = {"PATH": "/usr/bin:/bin", "ODOO_HOME": str(tmp_path / "state")}
    result = subprocess.run(command, capture_output=True, env=environment, text=True, check=False)
    assert result.returncode == 0
    assert "bin/statement FILE" in result.stdout
    assert not (tmp_path / "state").exists()
