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

    Older formats give the bank's own number, which an IBAN holds from its fifth place on; German
    files leave out zeros before the account number, French and Spanish ones the check digits.

    >>> same_account("DE89370400440532013000", "370400440532013000")
    True
    >>> same_account("DE89370400440532013000", "37040044532013000")
    True
    >>> same_account("FR7630004008210001234567849", "300040082100012345678")
    True
    >>> same_account("DE89370400440532013000", "0532013000"), same_account("", "")
    (False, False)
    """
    if not one or not other:
        return False
    return one == other or other in _national(one) or one in _national(other)


def _national(number: str) -> tuple[str, ...]:
    """Return all ways a bank writes the account of an IBAN by itself; none for another number."""
    if not _IBAN.fullmatch(number):
        return ()
    country, whole = number[:2], number[4:]
    if country == "DE":
        bank, account = whole[:8], whole[8:]
        return tuple(bank + account[cut:] for cut in range(_zeros(account) + 1))
    if country in ("FR", "MC"):
        return (whole, whole[:-2])
    if country == "ES":
        return (whole, whole[:8] + whole[10:])
    return (whole,)


def _zeros(digits: str) -> int:
    return len(digits) - len(digits.lstrip("0"))
