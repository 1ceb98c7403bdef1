"""As how many text messages a text is counted and paid for."""

#: The alphabet of text messages; each of ``_DOUBLE`` counts twice.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_DOUBLE = frozenset("^{}\\[~]|€\f")


def parts(text: str) -> int:
    """Return the number of text messages a text is sent as.

    160 signs of the alphabet of text messages fit into one, 153 into each of several; a single
    sign outside of it (an emoji, a curly quote) leaves room for 70, and 67.

    >>> parts("x" * 160), parts("x" * 161), parts("€" * 80), parts("€" * 81)
    (1, 2, 1, 2)
    >>> parts("ő" + "x" * 69), parts("ő" + "x" * 70)
    (1, 2)
    >>> parts("")
    0
    """
    if not text:
        return 0
    if set(text) <= _BASIC | _DOUBLE:
        length, one, each = len(text) + sum(text.count(sign) for sign in _DOUBLE), 160, 153
    else:
        length, one, each = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if length <= one else -(-length // each)
