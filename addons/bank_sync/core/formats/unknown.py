"""What to say about a file that is none of ours."""

_WHITE_SPACE = b" \t\r\n"
_MAGIC = (
    (b"%PDF", "a PDF"),
    (b"PK", "a ZIP archive or an office document"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8", "a picture"),
    (b"\x1f\x8b", "a gzip archive"),
)


def describe(head: bytes) -> str:
    """Say in a few words what an unknown file begins with.

    >>> describe(b"%PDF-1.7 ...")
    'it is a PDF'
    >>> describe(b"Dear customer, please find")
    'it begins with "Dear customer, pleas"'
    >>> describe(bytes(40))
    'it is no text'
    """
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return f"it is {name}"
    start = head.lstrip(_WHITE_SPACE)[:20].decode("ascii", "replace")
    readable = sum(char.isprintable() and char != "\N{REPLACEMENT CHARACTER}" for char in start)
    if readable * 2 < len(start):
        return "it is no text"
    return f'it begins with "{start}"'
