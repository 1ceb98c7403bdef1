"""Which encoding a bank east of Germany has written its file in."""

import re

#: The account of ``:25:`` says the country.
_COUNTRY = re.compile(rb"^:25P?:[^\r\n]*?\b(?:PL|CZ|SK|HU|SI|HR|RO)\d\d", re.MULTILINE)
_ENCODINGS = ("cp1250", "iso-8859-2", "cp852")
_SMALL = "ąćęłńóśźżáčďéěíňřšťúůýžäľĺôŕőűöüđăâîșțşţ"
_LETTERS = frozenset(_SMALL + _SMALL.upper())


def central_encoding(data: bytes) -> str | None:
    """Return the encoding that gives the letters of the region, ``None`` for any other file.

    >>> text = ":25:PL61109010140000071219812874\\r\\n:86:Zażółć gęślą jaźń"
    >>> [central_encoding(text.encode(name)) for name in ("cp1250", "cp852", "iso-8859-2")]
    ['cp1250', 'cp852', 'iso-8859-2']
    >>> central_encoding(text.encode()) is central_encoding(b":25:DE89370400440532013000") is None
    True
    """
    if data.isascii() or not _COUNTRY.search(data):
        return None
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        scores = {name: _score(data, name) for name in _ENCODINGS}
        return max(scores, key=scores.__getitem__)
    return None


def _score(data: bytes, encoding: str) -> int:
    """Return how many letters of the region there are more than other signs."""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return -len(data)
    return sum(1 if char in _LETTERS else -1 for char in text if not char.isascii())
