"""Between us and the libraries that read bank files: what they raise."""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from ..errors import StatementError


def load(name: str, format_name: str) -> ModuleType:
    """Return a library, imported when the first file needs it.

    :raise StatementError: ``library_missing`` where it is not installed
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise StatementError("library_missing", None, f"{format_name}: {name}") from error


@contextmanager
def guarded(format_name: str, place: str | None = None) -> Iterator[None]:
    """Refuse the file for whatever goes wrong inside; our own refusals pass as they are.

    Also for ``RecursionError`` and ``MemoryError``, which a file can provoke.
    """
    try:
        yield
    except StatementError:
        raise
    except Exception as error:
        words = f"{format_name} file ({_describe(error)})"
        raise StatementError("unreadable", place, words) from error


def _describe(error: Exception) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
