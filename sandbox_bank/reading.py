"""Reads values out of JSON bodies and parameters, strictly, naming the place of what is wrong."""

import contextlib
import datetime
import json
import re
import unicodedata
from collections.abc import Callable
from typing import Any

from . import identifiers, money
from .errors import format_error

DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MISSING = object()


def parsed_json(data: bytes) -> object:
    """Return the value of a JSON text, which may be hostile."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise format_error("the body is no JSON value", "$") from error


def checked_text(value: object, path: str, longest: int) -> str:
    """Return text of 1 to ``longest`` characters that every format of the bank can carry."""
    if not isinstance(value, str):
        raise format_error("must be a text", path)
    if not 1 <= len(value) <= longest or not value.strip():
        raise format_error(f"must have 1 to {longest} characters", path)
    if not all(map(_can_be_carried, value)):
        raise format_error("contains a character that cannot be carried", path)
    return value


def _can_be_carried(character: str) -> bool:
    """Tell whether XML 1.0 can hold the character: no control, surrogate or non-character."""
    is_noncharacter = ord(character) & 0xFFFE == 0xFFFE
    return not is_noncharacter and unicodedata.category(character) not in {"Cc", "Cs"}


def checked_date(value: object, path: str) -> datetime.date:
    """Return a calendar day given as YYYY-MM-DD, and in no other form of ISO 8601."""
    if isinstance(value, str) and DATE.fullmatch(value):
        with contextlib.suppress(ValueError):
            return datetime.date.fromisoformat(value)
    raise format_error("must be a date as YYYY-MM-DD", path)


class Body:
    """A JSON object being read. Every method raises a FORMAT_ERROR that names the place."""

    def __init__(self, value: object, path: str = "$"):
        if not isinstance(value, dict):
            raise format_error("must be an object", path)
        self.value = value
        self.path = path

    def _read(self, key: str, read: Callable[[object, str], Any], default: object) -> Any:
        path = f"{self.path}.{key}"
        value = self.value.get(key, _MISSING)
        if value is _MISSING or (value is None and default is not _MISSING):
            if default is _MISSING:
                raise format_error("is missing", path)
            return default
        return read(value, path)

    def text(self, key: str, longest: int, default: object = _MISSING) -> Any:
        """Return a text of at most ``longest`` characters."""
        return self._read(key, lambda value, path: checked_text(value, path, longest), default)

    def date(self, key: str, default: object = _MISSING) -> Any:
        """Return a date."""
        return self._read(key, checked_date, default)

    def boolean(self, key: str, default: object = _MISSING) -> Any:
        """Return true or false; nothing else counts as either."""

        def read(value: object, path: str) -> bool:
            if not isinstance(value, bool):
                raise format_error("must be true or false", path)
            return value

        return self._read(key, read, default)

    def integer(self, key: str, low: int, high: int, default: object = _MISSING) -> Any:
        """Return a whole number from ``low`` to ``high``."""

        def read(value: object, path: str) -> int:
            if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
                raise format_error(f"must be a whole number from {low} to {high}", path)
            return value

        return self._read(key, read, default)

    def choice(self, key: str, choices: tuple[str, ...], default: object = _MISSING) -> Any:
        """Return one of the given words."""

        def read(value: object, path: str) -> str:
            if value not in choices:
                raise format_error(f"must be one of {', '.join(choices)}", path)
            return value

        return self._read(key, read, default)

    def currency(self, key: str, default: object = _MISSING) -> Any:
        """Return an ISO 4217 code (its form; the list of currencies is not checked)."""

        def read(value: object, path: str) -> str:
            if not isinstance(value, str) or not money.CURRENCY.fullmatch(value):
                raise format_error("must be a currency of three capital letters", path)
            return value

        return self._read(key, read, default)

    def amount(self, key: str, currency: str, default: object = _MISSING) -> Any:
        """Return minor units, given as decimal text."""

        def read(value: object, path: str) -> int:
            if not isinstance(value, str):
                raise format_error("must be an amount as text", path)
            try:
                return money.to_minor(value, currency)
            except ValueError as error:
                raise format_error(f"must be an amount: {error}", path) from error

        return self._read(key, read, default)

    def iban(self, key: str, default: object = _MISSING) -> Any:
        """Return an IBAN with right check digits."""

        def read(value: object, path: str) -> str:
            if not isinstance(value, str) or not identifiers.is_iban(value):
                raise format_error("must be an IBAN with right check digits", path)
            return value

        return self._read(key, read, default)

    def items(self, key: str, longest: int, default: object = _MISSING) -> Any:
        """Return the values of a list with their paths."""

        def read(value: object, path: str) -> list[tuple[object, str]]:
            if not isinstance(value, list) or len(value) > longest:
                raise format_error(f"must be a list of at most {longest} items", path)
            return [(item, f"{path}[{index}]") for index, item in enumerate(value)]

        return self._read(key, read, default)

    def objects(self, key: str, longest: int, default: object = _MISSING) -> Any:
        """Return the objects of a list, each ready to be read."""
        items = self.items(key, longest, default)
        return items if items is default else [Body(item, path) for item, path in items]
