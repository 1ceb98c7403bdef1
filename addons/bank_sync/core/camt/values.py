"""Values inside xmltodict's dicts: text, dates, amounts, indicators. Direct children only.

xmltodict gives an element as ``None`` (empty), ``str`` (text), ``dict`` (children, attributes)
and a ``list`` of these where it is repeated. Where a value counts money or days, a repeated
element is refused; where it is descriptive, the first one is taken.

The ``place`` of an error raised here is relative to the element being read.
"""

import re
from datetime import date
from typing import Any

from ..errors import StatementError
from ..money import PrecisionError, to_minor

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:T[0-9:.]+)?(?:Z|[+-]\d{2}:\d{2})?", re.ASCII)
_INDICATORS = {"true": True, "1": True, "false": False, "0": False}


def child(node: Any, name: str) -> Any:
    """Return the first child ``name`` of ``node``, ``None`` where there is none."""
    if type(node) is list:
        node = node[0]
    if type(node) is not dict:
        return None
    found = node.get(name)
    return found[0] if type(found) is list else found


def children(node: Any, name: str) -> list:
    """Return all children ``name`` of ``node``, in their order."""
    if type(node) is not dict or name not in node:
        return []
    found = node[name]
    return found if type(found) is list else [found]


def descend(node: Any, *names: str) -> Any:
    """Return the element at the end of a path of direct children, ``None`` where it ends early."""
    for name in names:
        if node is None:
            return None
        node = child(node, name)
    return node


def text(node: Any) -> str | None:
    """Return the text of an element, ``None`` where it has none.

    >>> text({"@Ccy": "EUR", "#text": "12.30"}), text("a"), text(None), text({"Cd": "x"})
    ('12.30', 'a', None, None)
    """
    if type(node) is list:
        node = node[0]
    if type(node) is dict:
        node = node.get("#text")
    return node or None


def single(node: dict, name: str) -> Any:
    """Return the only child ``name``, ``None`` where there is none.

    :raise StatementError: ``repeated``
    """
    found = node.get(name)
    if type(found) is list:
        raise StatementError("repeated", name, name)
    return found


class ValueReader:
    """Reads dates and amounts, and keeps one object for values that come again and again.

    A statement of 50,000 entries has some thirty different days and one currency.
    """

    #: Different days and codes kept; beyond it values are still read, but no longer shared.
    MAX_KEPT = 10_000

    def __init__(self) -> None:
        self._dates: dict[str, date] = {}
        self._shared: dict[str, str] = {}

    def share(self, value: str) -> str:
        """Return one object for all equal strings."""
        if len(self._shared) >= self.MAX_KEPT:
            return value
        return self._shared.setdefault(value, value)

    def date(self, node: Any, name: str) -> date | None:
        """Return the bank's calendar date in child ``name``, from its ``Dt`` or ``DtTm``.

        A time is cut off, not converted: the bank books in its own time zone.

        :raise StatementError: ``bad_date``, ``repeated``
        """
        holder = single(node, name)
        if type(holder) is not dict:
            return None
        for form in ("Dt", "DtTm"):
            written = text(single(holder, form))
            if written:
                known = self._dates.get(written)
                return known if known is not None else self._new_date(written, f"{name}/{form}")
        return None

    def _new_date(self, written: str, place: str) -> date:
        match = _DATE.fullmatch(written)
        if match is None:
            raise StatementError("bad_date", place, written)
        try:
            day = date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError as error:
            raise StatementError("bad_date", place, written) from error
        if len(self._dates) < self.MAX_KEPT:
            self._dates[written] = day
        return day

    def amount(self, node: Any, place: str, default_currency: str | None) -> tuple[int, str]:
        """Return an amount in minor units as written, and its currency.

        :param node: the ``Amt`` element itself
        :param default_currency: taken where the bank leaves out ``Ccy``
        :raise StatementError: ``missing``, ``repeated``, ``bad_amount``, ``amount_precision``,
            ``bad_currency``
        """
        if type(node) is dict:
            written, currency = node.get("#text"), node.get("@Ccy", default_currency)
        elif type(node) is list:
            raise StatementError("repeated", place, "Amt")
        else:
            written, currency = node, default_currency
        if not written:
            raise StatementError("missing", place, "the amount")
        if not currency:
            raise StatementError("missing", place, "the currency")
        currency = self.share(currency)
        try:
            return to_minor(written, currency), currency
        except PrecisionError as error:
            raise StatementError("amount_precision", place, f"{written} {currency}") from error
        except ValueError as error:
            bad_currency = len(currency) != 3 or not currency.isascii() or not currency.isupper()
            if bad_currency:
                raise StatementError("bad_currency", place, currency) from error
            raise StatementError("bad_amount", place, written) from error


def direction(node: dict, default: int | None) -> int:
    """Return 1 for ``CdtDbtInd`` CRDT, -1 for DBIT, ``default`` where the bank gives none.

    :raise StatementError: ``bad_direction``, ``repeated``; ``missing`` without ``default``
    """
    written = single(node, "CdtDbtInd")
    if written == "CRDT":
        return 1
    if written == "DBIT":
        return -1
    written = text(written)
    if written is not None:
        if written in ("CRDT", "DBIT"):
            return 1 if written == "CRDT" else -1
        raise StatementError("bad_direction", "CdtDbtInd", written)
    if default is None:
        raise StatementError("missing", "CdtDbtInd", "CdtDbtInd")
    return default


def indicator(node: dict, name: str) -> bool:
    """Return the boolean child ``name``, ``False`` where there is none.

    :raise StatementError: ``bad_indicator``, ``repeated``
    """
    written = text(single(node, name))
    if written is None:
        return False
    if written not in _INDICATORS:
        raise StatementError("bad_indicator", name, written)
    return _INDICATORS[written]
