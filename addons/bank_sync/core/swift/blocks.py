"""Lines of a SWIFT file -> messages, each a list of fields."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

#: Where in a message a field may stand: in its head, before the first entry, or after that.
_HEAD, _BODY = 0, 1
_TAGS = {
    **dict.fromkeys(("20", "21", "25", "25P", "28", "28C", "13", "13C", "13D", "34F"), _HEAD),
    **dict.fromkeys(("60", "60F", "60M", "60E"), _HEAD),
    **dict.fromkeys(("61", "62", "62F", "62M", "64", "65", "86", "90C", "90D", "90", "NS"), _BODY),
}
#: What the value of a field begins with, where text of a payment could look like the field.
_SHAPES = {
    "60": re.compile(r"[DC]R?\d{6}", re.ASCII),
    "61": re.compile(r"\d{6}", re.ASCII),
    "62": re.compile(r"[DC]R?\d{6}", re.ASCII),
    "64": re.compile(r"[DC]R?\d{6}", re.ASCII),
    "65": re.compile(r"[DC]R?\d{6}", re.ASCII),
    "90": re.compile(r"\d*[A-Z]{3}", re.ASCII),
}
_TAG = re.compile(r":(\d\d[A-Z]?|NS):", re.ASCII)
#: ``{1:F01…}{2:…}{4:`` before a message, possibly on its first line.
_ENVELOPE = re.compile(r"(?:\{[1-3]:[^\n]*\})?(?:\{4:)?", re.ASCII)
#: What may follow ``:20:``; ``None``: the file ends, it was cut off.
_AFTER_START = (None, "21", "25", "25P", "28", "28C", "13", "13C", "13D")


@dataclass(slots=True)
class Field:
    """One field: ``:61:`` and what follows it up to the next field.

    :param line: number of its first line, counted from 1
    """

    tag: str
    line: int
    lines: list[str]


@dataclass(slots=True)
class Block:
    """One message, from its ``:20:`` on."""

    line: int
    fields: list[Field] = field(default_factory=list)
    #: Whether its opening balance or its first entry has come.
    opened: bool = False


def split(lines: list[str]) -> Iterator[Block]:
    """Yield the messages of a file.

    Lines of a payment's text may begin like a field (``:08:46 Uhr``), like the next message or
    like its end; a field counts only at a place where the standard allows it and with a value of
    its kind. What stands before and between messages is passed over.
    """
    following = _following_tags(lines)
    block: Block | None = None
    stage = _HEAD
    for number, written in enumerate(lines, 1):
        line = _ENVELOPE.sub("", written) if written.startswith("{") else written
        if line.startswith(":20:") and (
            block is None or stage == _HEAD or following[number] in _AFTER_START
        ):
            if block is not None and len(block.fields) > 1:
                yield block  # a reference alone, written twice, is no message
            block, stage = Block(number), _HEAD
        if block is None:
            continue
        tag = _tag(line, stage) or (None if block.opened else _opening(line))
        if tag is not None:
            block.opened = block.opened or tag[:2] in ("60", "61")
            if tag != "NS":
                stage = _TAGS[tag]
            block.fields.append(Field(tag, number, [line[line.index(":", 1) + 1 :]]))
        elif _is_end(line, following[number]):
            yield block
            block = None
        elif block.fields:
            block.fields[-1].lines.append(line)
    if block is not None:
        yield block


def _following_tags(lines: list[str]) -> list[str | None]:
    """Return for every line the tag that comes next from it on, ``None`` at the end."""
    found: list[str | None] = [None] * (len(lines) + 1)
    for index in range(len(lines) - 1, -1, -1):
        match = _TAG.match(lines[index])
        found[index] = match[1] if match and match[1] in _TAGS else found[index + 1]
    return found


def _tag(line: str, stage: int) -> str | None:
    """Return the tag of the field that begins here, ``None`` where the line is text."""
    match = _TAG.match(line)
    if match is None:
        return None
    tag = match[1]
    place = _TAGS.get(tag)
    if place is None or place < stage:
        return None
    shape = _SHAPES.get(tag[:2])
    if shape is not None and not shape.match(line, match.end()):
        # Where no text has come yet, it can be nothing but a broken field.
        return tag if stage == _HEAD else None
    return tag


def _opening(line: str) -> str | None:
    """Return the tag of an opening balance; some banks put a ``:86:`` of their own before it."""
    match = _TAG.match(line)
    if match is None or match[1] not in ("60", "60F", "60M"):
        return None
    return match[1] if _SHAPES["60"].match(line, match.end()) else None


def _is_end(line: str, following: str | None) -> bool:
    """Return whether a message ends here: ``-`` or ``-}``, also ``:940:`` of the next one.

    A dash is text where the message still goes on behind it.
    """
    bare = line.strip()
    if bare.startswith((":940", ":942")) and bare.endswith(":"):
        return True
    return bare.startswith("-}") or (bare == "-" and following in (None, "20"))
