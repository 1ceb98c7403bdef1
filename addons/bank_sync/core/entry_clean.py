"""An entry as a database can keep it: no NUL, no half a character, one line per remittance line."""

from dataclasses import fields, replace
from typing import TypeVar

from .statement import Entry, EntryDetail

_Payment = TypeVar("_Payment", Entry, EntryDetail)


def _texts(cls: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(cls) if field.type == str | None)


_TEXTS = {cls: _texts(cls) for cls in (Entry, EntryDetail)}


def clean(entry: Entry) -> Entry:
    """Return ``entry`` with texts that can be stored, and that are the same when read back.

    Blanks at the ends go, and so do texts that were nothing but blanks. Nothing else changes.

    >>> clean(Entry(None, None, 1, "EUR", remittance=(" a\\0b\\nc ", ""))).remittance
    ('ab c',)
    """
    details = entry.details
    if details:
        entry = replace(entry, details=tuple(_clean_payment(detail) for detail in details))
    return _clean_payment(entry)


def _clean_payment(payment: _Payment) -> _Payment:
    changes: dict[str, object] = {}
    for name in _TEXTS[type(payment)]:
        value = getattr(payment, name)
        if value is not None and (text := clean_text(value) or None) != value:
            changes[name] = text
    lines = tuple(line for raw in payment.remittance if (line := _clean_line(raw)))
    if lines != payment.remittance:
        changes["remittance"] = lines
    return replace(payment, **changes) if changes else payment


def _clean_line(line: str) -> str:
    return clean_text(" ".join(line.split("\n")))


def clean_text(text: str) -> str:
    """Return ``text`` without NUL, lone surrogates and outer blanks.

    >>> clean_text(" caf\\ud800\\0e ")
    'caf?e'
    """
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")
    return text.replace("\0", "").strip()
