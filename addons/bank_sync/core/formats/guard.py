"""Between us and the libraries that read bank files: what they raise, and how long they run."""

import importlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Generic, TypeVar

from ..errors import StatementError

Item = TypeVar("Item")


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


class Budget(Generic[Item]):
    """Items for a library that might ask for ever: refuses the file after too many questions.

    A parser in an endless loop keeps asking an iterator that is exhausted. It is allowed to ask
    ``slack`` times more than there are items, then the file is refused.

    >>> items = Budget(["a"], slack=1)
    >>> next(items), next(items, None)
    ('a', None)
    """

    def __init__(self, items: Iterable[Item], *, slack: int = 100) -> None:
        self._items = iter(items)
        self._left = slack

    def __iter__(self) -> "Budget[Item]":
        return self

    def __next__(self) -> Item:
        try:
            return next(self._items)
        except StopIteration:
            if self._left <= 0:
                raise StatementError("truncated") from None
            self._left -= 1
            raise
