"""Whether two ways of writing an account number mean one account."""

import re

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")


def compact(number: str | None, currency: str | None = None) -> str:
    """Return letters and digits of an account number in capitals, without its currency.

    >>> compact("DE89 3704 0044 0532 0130 00"), compact("NL91ABNA0417164300EUR", "EUR")
    ('DE89370400440532013000', 'NL91ABNA0417164300')
    """
    text = "".join(filter(str.isalnum, number or "")).upper()
    if currency and len(text) > 10 and text.endswith(currency):
        text = text[: -len(currency)]
    return text


def same_account(one: str, other: str) -> bool:
    """Return whether two compact numbers are one account: equal, or one the other's IBAN.

    Older formats give the bank's own number, which an IBAN holds from its fifth place on.

    >>> same_account("DE89370400440532013000", "370400440532013000")
    True
    >>> same_account("DE89370400440532013000", "0532013000"), same_account("", "")
    (False, False)
    """
    if not one or not other:
        return False
    return one == other or _national(one) == other or one == _national(other)


def _national(number: str) -> str | None:
    return number[4:] if _IBAN.fullmatch(number) else None
