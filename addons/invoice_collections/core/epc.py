"""The QR code from which European banking apps fill in a transfer (EPC069-12, version 002)."""

from collections.abc import Iterable

#: What the guidelines allow: bytes in all, letters of the name and of the text, cents.
MAX_BYTES = 331
MAX_NAME = 70
MAX_TEXT = 140
MAX_AMOUNT = 999_999_999_99


def payload(
    *, name: str, iban: str, amount: int, bic: str = "", reference: str = "", text: str = ""
) -> str | None:
    """Return what the QR code of a transfer in euro holds, or ``None`` when there can be none.

    :param amount: in cents
    :param reference: a creditor reference (ISO 11649); with one, ``text`` is left out, since a
        transfer carries one or the other

    >>> payload(name="Shop", iban="BE71096123456769", amount=12_30, text="INV 1").split("\\n")
    ['BCD', '002', '1', 'SCT', '', 'Shop', 'BE71096123456769', 'EUR12.30', '', '', 'INV 1']
    >>> payload(name="Shop", iban="BE71096123456769", amount=0) is None
    True
    """
    name = _one_line(name)[:MAX_NAME].rstrip()
    if not name or not iban or not 1 <= amount <= MAX_AMOUNT:
        return None
    lines = [
        "BCD",
        "002",
        "1",
        "SCT",
        bic.replace(" ", ""),
        name,
        iban.replace(" ", ""),
        f"EUR{amount // 100}.{amount % 100:02d}",
        "",
        reference.replace(" ", ""),
    ]
    room = MAX_BYTES - len("\n".join(lines).encode()) - 1
    text = "" if reference else _fitting(_one_line(text)[:MAX_TEXT], room)
    return "\n".join([*lines, text]).rstrip("\n") if room >= 0 else None


def remittance(numbers: Iterable[str], limit: int = MAX_TEXT) -> tuple[str, int]:
    """Return the invoice numbers as one text for the payee, and how many it has room for.

    >>> remittance(["INV/1", "INV/2", "INV/3"], limit=12)
    ('INV/1 INV/2', 2)
    """
    text, count = "", 0
    for number in numbers:
        longer = f"{text} {_one_line(number)}".strip()
        if len(longer) > limit:
            break
        text, count = longer, count + 1
    return text, count


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _fitting(text: str, room: int) -> str:
    """Return the beginning of ``text`` that takes at most ``room`` bytes."""
    return text.encode()[: max(0, room)].decode(errors="ignore").rstrip()
