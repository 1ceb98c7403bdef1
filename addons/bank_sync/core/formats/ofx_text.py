"""The text of an OFX file: its header, its encoding, and its tags one after another.

OFX 1 is SGML: a value has no end tag (``<NAME>ACME`` ends at the next tag); OFX 2 is XML with the
same tags. Banks mix both in one file, and neither is valid as such half of the time, so both are
read the same way: as tags, each with the text up to the next one.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from html.entities import html5

from ..errors import StatementError
from .text import decode

#: Deepest nesting inside one record; the specification needs three levels.
MAX_DEPTH = 50
#: Most pieces one text is made of: comments, CDATA sections, lone ``<``.
MAX_PIECES = 10_000
#: How much of a file is its header: blanks, ``OFXHEADER:100 …`` or ``<?xml …?><?OFX …?>``.
HEADER_CHARACTERS = 8192

#: ``CHARSET`` of OFX 1. Names that say nothing (``NONE``, ``CSUNICODE``) are not here.
_CHARSETS = {
    "1250": "cp1250",
    "1251": "cp1251",
    "1252": "cp1252",
    "1253": "cp1253",
    "1254": "cp1254",
    "1257": "cp1257",
    "8859-1": "cp1252",
    "ISO-8859-1": "cp1252",
    "8859-15": "iso-8859-15",
    "ISO-8859-15": "iso-8859-15",
    "8859-2": "iso-8859-2",
    "ISO-8859-2": "iso-8859-2",
    "932": "cp932",
    "936": "gb18030",
    "949": "cp949",
    "950": "cp950",
}
_DECLARED = re.compile(rb"(?<![A-Z])(ENCODING|CHARSET):\s{0,9}([A-Za-z0-9_-]{1,20})")
_XML_ENCODING = re.compile(rb"<\?xml[^>]{0,200}?encoding=[\"']([A-Za-z0-9._-]{1,30})[\"']")
_VERSION = re.compile(r"(?<![A-Z])VERSION\s{0,9}[:=]\s{0,9}[\"']?([0-9]{3})(?![0-9.])")
_TAG = re.compile(r"<(/?[A-Za-z][A-Za-z0-9._:-]{0,60})(?:\s[^<>]{0,500})?(/?)>")
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31}|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});")
_LAST_CODE_POINT = 0x10FFFF
_WHITE_SPACE = (9, 10, 13)

#: Twice in one record they are two records that have run together.
_ONCE = {"TRNAMT", "DTPOSTED", "BALAMT"}

Node = dict[str, "str | Node"]


def ofx_version(text: str) -> str | None:
    """Return the version of the header such as ``102`` or ``211``; ``None`` without one.

    >>> ofx_version("OFXHEADER:100 DATA:OFXSGML VERSION:102 SECURITY:NONE")
    '102'
    >>> ofx_version('<?xml version="1.0"?><?OFX OFXHEADER="200" VERSION="211"?><OFX>')
    '211'
    """
    head = text[:HEADER_CHARACTERS]
    match = _VERSION.search(head[: head.find("<OFX>")] if "<OFX>" in head else head)
    return match[1] if match else None


def ofx_text(data: bytes) -> str:
    """Return the text of a file in the encoding it declares, as far as that can be believed.

    Banks that declare 1252 and write UTF-8 are many, and text of one byte a character is
    practically never valid UTF-8 by chance: what is valid UTF-8 is read as UTF-8.

    >>> ofx_text(b"CHARSET:1252\\n<NAME>M\\xc3\\xbcller")[-6:]
    'Müller'
    >>> ofx_text(b"CHARSET:8859-1\\n<NAME>M\\xfcller")[-6:]
    'Müller'

    :raise StatementError: ``encoding`` where the file is not what it says it is
    """
    head = data[:HEADER_CHARACTERS]
    if head[1:2] == b"\0" or head[3:4] == b"\0":
        return decode(data, "utf-16-le")
    if head[:1] == b"\0":
        return decode(data, "utf-16-be")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return decode(data, _declared(head))
    return decode(data)


def _declared(head: bytes) -> str | None:
    """Return the codec a header names; ``None`` where it names none that says anything."""
    if match := _XML_ENCODING.search(head):
        name = match[1].decode("ascii").lower()
        return None if name in ("us-ascii", "ascii") else name
    named = {key: value.decode("ascii").upper() for key, value in _DECLARED.findall(head)}
    if named.get(b"ENCODING", "").replace("-", "") == "UTF8":
        return "utf-8"
    return _CHARSETS.get(named.get(b"CHARSET", ""))


def read_tags(text: str) -> Iterator[tuple[str, str]]:
    """Yield each tag (``NAME``, ``/NAME``) and the text between it and the next one.

    Comments and processing instructions are passed over, CDATA is text. ``&`` and ``<`` that begin
    nothing are text, too. An empty element ``<NAME/>`` is not yielded.

    >>> list(read_tags("<A> <B>x &amp; y & z<C><![CDATA[a<b]]></C></A>"))
    [('A', ''), ('B', 'x & y & z'), ('C', 'a<b'), ('/C', ''), ('/A', '')]

    :raise StatementError: ``doctype``, ``too_large``; ``truncated`` inside a comment or the like
    """
    name: str | None = None
    pieces: list[str] = []
    position = 0
    while (start := text.find("<", position)) >= 0:
        pieces.append(_unescape(text[position:start]))
        match = _TAG.match(text, start)
        if match is None:
            position, piece = _other(text, start)
            pieces.append(piece)
            if len(pieces) > MAX_PIECES:
                raise StatementError("too_large", name, f"{MAX_PIECES} pieces of text")
            continue
        position = match.end()
        if match[2] and not match[1].startswith("/"):
            continue
        if name is not None:
            yield name, _clean(pieces)
        name, pieces = _name(match[1]), []
    if name is not None:
        yield name, _clean([*pieces, _unescape(text[position:])])


def _name(written: str) -> str:
    """Return a tag in capitals, without the prefix of a namespace; one with nothing behind stays.

    >>> _name("n:Ofx"), _name("/n:OFX"), _name("/n:")
    ('OFX', '/OFX', '/N:')
    """
    prefix, colon, local = written.upper().rpartition(":")
    if not local:
        return written.upper()
    return f"/{local}" if colon and prefix.startswith("/") else local


def _other(text: str, start: int) -> tuple[int, str]:
    """Return where to go on after a ``<`` that begins no tag, and the text it stands for."""
    for opening, closing in (("<!--", "-->"), ("<?", "?>"), ("<![CDATA[", "]]>")):
        if text.startswith(opening, start):
            end = text.find(closing, start + len(opening))
            if end < 0:
                raise StatementError("truncated")
            cdata = text[start + len(opening) : end] if opening == "<![CDATA[" else ""
            return end + len(closing), cdata
    if text.startswith("<!", start):
        raise StatementError("doctype")
    return start + 1, "<"


def _clean(pieces: list[str]) -> str:
    return " ".join("".join(pieces).split())


def _unescape(text: str) -> str:
    return _ENTITY.sub(_entity, text) if "&" in text else text


def _entity(match: re.Match[str]) -> str:
    name = match[1]
    if name[0] != "#":
        # OFX knows four names; banks that make it from web pages use those of HTML.
        return html5.get(f"{name};", match[0])
    digits = name[1:]
    code = int("0" + digits, 0) if digits[0] == "x" else int(digits)
    if code in _WHITE_SPACE:
        return " "
    return chr(code) if _is_character(code) else "\ufffd"


def _is_character(code: int) -> bool:
    """Return whether it can be kept as text: no control character, no half of a pair."""
    return 32 <= code <= _LAST_CODE_POINT and code != 127 and not 0xD800 <= code <= 0xDFFF


def build_node(tags: Iterable[tuple[str, str]], place: str) -> Node:
    """Return the inside of one record as nested values; of a repeated element the first.

    A tag without text is an aggregate where an end tag for it follows, else an empty value.

    >>> build_node([("A", "1"), ("B", ""), ("P", ""), ("C", "2"), ("/P", ""), ("A", "3")], "X")
    {'A': '1', 'P': {'C': '2'}}

    :raise StatementError: ``too_deep``; ``repeated`` for what would be lost if the first counted
    """
    tags = list(tags)
    ends = Counter(tag for tag, _text in tags if tag.startswith("/"))
    root: Node = {}
    open_nodes: list[tuple[str, Node]] = [("", root)]
    for tag, text in tags:
        if tag.startswith("/"):
            ends[tag] -= 1
            if any(name == tag[1:] for name, _node in open_nodes):
                while open_nodes.pop()[0] != tag[1:]:
                    pass
        elif text:
            if tag in _ONCE and tag in open_nodes[-1][1]:
                raise StatementError("repeated", f"{place}/{tag}", tag)
            open_nodes[-1][1].setdefault(tag, text)
        elif ends["/" + tag] > 0:
            child: Node = {}
            open_nodes[-1][1].setdefault(tag, child)
            open_nodes.append((tag, child))
            if len(open_nodes) > MAX_DEPTH:
                raise StatementError("too_deep", place, str(MAX_DEPTH))
    return root
