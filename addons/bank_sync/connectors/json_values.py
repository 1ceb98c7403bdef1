"""Read single values out of a bank's JSON: exactly, or not at all."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from ..core import money
from .errors import ContractViolation
from .transport import Answer


def as_object(value: Any, what: str) -> Mapping[str, Any]:
    """Return a JSON object.

    :raise ContractViolation: when it is anything else
    """
    if not isinstance(value, dict):
        raise ContractViolation("wrong_shape", f"The {what} is not an object.")
    return value


def as_list(value: Mapping[str, Any], key: str) -> list[Any]:
    """Return a list the bank may leave out.

    :raise ContractViolation: when something else stands there
    """
    items = value.get(key)
    if items is None:
        return []
    if not isinstance(items, list):
        raise ContractViolation("wrong_shape", f"{key} is not a list.")
    return items


def text_of(value: Mapping[str, Any], key: str) -> str | None:
    """Return a text without blanks around it; a blank one, or another kind of value, is none.

    >>> text_of({"a": " x "}, "a"), text_of({"a": " "}, "a"), text_of({"a": 7}, "a")
    ('x', None, None)
    """
    found = value.get(key)
    return found.strip() or None if isinstance(found, str) else None


def first_text(value: Mapping[str, Any], *keys: str) -> str | None:
    """Return the first text of several keys that says anything."""
    return next((text for text in (text_of(value, key) for key in keys) if text), None)


def required_text(answer: Answer, value: Mapping[str, Any], key: str) -> str:
    """Return a text the standard promises.

    :raise ContractViolation: when the bank leaves it out
    """
    text = text_of(value, key)
    if not text:
        raise ContractViolation(
            "incomplete", f"The answer comes without {key}.", answer.request_id, answer.content
        )
    return text


def exact_amount(value: Any, amount_key: str, currency_key: str) -> tuple[int, str]:
    """Return minor units and currency of an amount object.

    >>> exact_amount({"amount": "5768.2", "currency": "EUR"}, "amount", "currency")
    (576820, 'EUR')

    :raise ContractViolation: when the amount is not exact in its currency
    """
    amount = as_object(value, "amount")
    text, currency = amount.get(amount_key), text_of(amount, currency_key)
    if isinstance(text, int) and not isinstance(text, bool):
        text = str(text)
    if not isinstance(text, str) or not currency:
        raise ContractViolation("bad_amount", "An amount comes without its text or currency.")
    try:
        return money.to_minor(text.strip(), currency), currency
    except ValueError as error:
        raise ContractViolation("bad_amount", f"{text[:40]!r} is not an exact amount.") from error


def bank_date(value: Mapping[str, Any], key: str, zone: str = "UTC") -> date | None:
    """Return the day the bank means: its date as it stands, its moment in its own zone.

    >>> bank_date({"on": "2026-03-02"}, "on", "Europe/Paris")
    datetime.date(2026, 3, 2)
    >>> bank_date({"on": "2026-03-02T23:30:00Z"}, "on", "Europe/Paris")
    datetime.date(2026, 3, 3)
    >>> bank_date({"on": "2026-03-02T23:30:00"}, "on", "Europe/Paris")
    datetime.date(2026, 3, 2)

    :raise ContractViolation: when it is no date
    """
    text = text_of(value, key)
    if text is None:
        return None
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
        moment = datetime.fromisoformat(_plain(text))
        return moment.astimezone(ZoneInfo(zone)).date() if moment.tzinfo else moment.date()
    except (ValueError, OverflowError) as error:
        raise ContractViolation("bad_date", f"{key} {text[:40]!r} is not a date.") from error


def _plain(text: str) -> str:
    """Return a moment in the form Python 3.10 reads: seconds without fraction, offset with colon.

    >>> _plain("2026-03-02T23:30:00.5Z"), _plain("2026-03-02T23:30:00+0100")
    ('2026-03-02T23:30:00+00:00', '2026-03-02T23:30:00+01:00')
    """
    day, clock = text[:11], text[11:].replace("Z", "+00:00")
    mark = next((sign for sign in "+-" if sign in clock), "")
    seconds, _, offset = clock.partition(mark) if mark else (clock, "", "")
    if len(offset) == 4 and offset.isdigit():
        offset = f"{offset[:2]}:{offset[2:]}"
    return f"{day}{seconds.partition('.')[0]}{mark}{offset}"
