"""Print bank files as JSON, one object per file and line; see bin/statement."""

import io
import pathlib
import signal
import sys
from typing import BinaryIO

# core/ is plain Python: taken as a package of its own it needs neither Odoo nor its addons path.
sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "addons" / "bank_sync"))

from core.errors import StatementError
from core.file_reader import read_statement_file
from core.limits import Limits
from core.statement_json import statement_to_json

REFUSED = 2


def _seekable(stream: BinaryIO) -> BinaryIO:
    """Return a file as it is, of a pipe as much as a file may hold and one byte more."""
    return stream if stream.seekable() else io.BytesIO(stream.read(Limits().max_bytes + 1))


def print_file(name: str) -> bool:
    """Print one file as a JSON line, or one line on stderr why not; return whether it was read."""
    try:
        with open(name, "rb") as stream:
            file = read_statement_file(_seekable(stream))
    except StatementError as error:
        problem = str(error)
    except OSError as error:
        problem = f"cannot be read: {error.strerror or error}"
    else:
        sys.stdout.writelines(statement_to_json(name, file))
        print(flush=True)
        return True
    print(f"{name}: refused: {problem}", file=sys.stderr, flush=True)
    return False


def main(names: list[str]) -> int:
    """Print all files; return the exit code."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `bin/statement FILE | head` ends quietly
    for output in (sys.stdout, sys.stderr):
        output.reconfigure(encoding="utf-8", errors="backslashreplace")
    read = [print_file(name) for name in names]
    return 0 if all(read) else REFUSED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
