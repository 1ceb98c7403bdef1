"""XML read in pieces, bounded, and with nothing in it that a bank statement never needs.

`xmltodict` does the work. It lets the caller hand in the ``expat`` it uses; ours refuses a
DOCTYPE and entities, counts levels and strips namespace prefixes. The last is done here because
it costs much less than xmltodict's own namespace processing.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, BinaryIO
from xml.parsers import expat  # the guards below are what defusedxml would add

import xmltodict

from ..errors import StatementError
from ..formats.unknown import describe
from ..limits import MEBIBYTE, Limits
from .xml_errors import explain

#: Message element -> (format, element of one statement). Version 01 adds ``V01`` to the name.
MESSAGES = {
    "BkToCstmrAcctRpt": ("camt.052", "Rpt"),
    "BkToCstmrStmt": ("camt.053", "Stmt"),
    "BkToCstmrDbtCdtNtfctn": ("camt.054", "Ntfctn"),
}

_MESSAGE_NAME = re.compile(r"(BkToCstmr[A-Za-z]+?)(?:V[0-9]{2})?", re.ASCII)
_VERSION = re.compile(r"(?:camt\.05[234]|pain\.002)\.[0-9]{3}\.[0-9]{2}", re.ASCII)
_WHITE_SPACE = b" \t\r\n"
#: Distinct element names kept; a statement has about 200, a hostile file as many as it likes.
_MAX_NAMES = 4096


KnownMessage = Callable[[str], "tuple[str, str] | None"]


@dataclass(frozen=True, slots=True)
class Message:
    """Which message a file holds, and where.

    :param format: ``camt.052``, ``camt.053`` or ``camt.054``
    :param version: full message name, ``None`` where the namespace does not tell it
    :param tag: element of one statement: ``Rpt``, ``Stmt`` or ``Ntfctn``
    :param depth: level of the message element; 2 where ``Document`` is the root, more inside
        an envelope
    """

    format: str
    version: str | None
    tag: str
    depth: int


def message_format(name: str) -> tuple[str, str] | None:
    """Return format and statement element of a message element, ``None`` for any other element.

    >>> message_format("BkToCstmrAcctRptV01")
    ('camt.052', 'Rpt')
    """
    match = _MESSAGE_NAME.fullmatch(name)
    return MESSAGES.get(match.group(1)) if match else None


class XmlStream:
    """One XML file, read once from front to back.

    :param known: tells format and item of a message by the name of its element
    """

    def __init__(
        self, stream: BinaryIO, limits: Limits, known: "KnownMessage" = message_format
    ) -> None:
        self._limits = limits
        self._known = known
        self._chunks: Iterator[bytes] = _bounded_chunks(stream, limits)
        self._start = b""

    def find_message(self) -> Message:
        """Return the message the file holds; the file can still be read from its start.

        :raise StatementError: when there is none, or the file is broken before it
        """
        kept: list[bytes] = []
        finder = _MessageFinder(self._limits, self._known)
        for chunk in self._chunks:
            if not self._start:
                self._start = chunk[:80]
            kept.append(chunk)
            if message := finder.feed(chunk, self._start):
                self._chunks = chain(kept, self._chunks)
                return message
            if sum(map(len, kept)) > self._limits.max_header_bytes:
                raise finder.not_camt()
        if not kept:
            raise StatementError("empty")
        return finder.close(self._start)

    def items(self, depth: int, handle: Callable[[list, Any], None]) -> None:
        """Call ``handle(path, item)`` for every element at ``depth``, then forget the element.

        ``path`` is xmltodict's: ``(name, attributes)`` from the root to the element.

        :raise StatementError: for whatever cannot be read; calls may have been made before
        """
        guard = _GuardedExpat(self._limits)

        def callback(path: list, item: Any) -> bool:
            guard.unfinished = 0
            handle(path, item)
            return True

        try:
            xmltodict.parse(
                (chunk for chunk in self._chunks),
                expat=guard,
                item_depth=depth,
                item_callback=callback,
            )
        except expat.ExpatError as error:
            raise guard.explain(error) from error


def _bounded_chunks(stream: BinaryIO, limits: Limits) -> Iterator[bytes]:
    """Yield the stream in chunks, without the white space some banks put before the XML."""
    total = 0
    started = False
    while chunk := stream.read(limits.chunk_bytes):
        total += len(chunk)
        if total > limits.max_bytes:
            raise StatementError("too_large", None, f"{limits.max_bytes // MEBIBYTE} MiB")
        if not started:
            chunk = chunk.lstrip(_WHITE_SPACE)
            started = bool(chunk)
        if chunk:
            yield chunk


def _refuse_doctype() -> None:
    raise StatementError("doctype")


def _refuse_entity(*_args: object) -> None:
    raise StatementError("entity")


def _create_parser(encoding: str | None, separator: str | None) -> expat.XMLParserType:
    """Return a parser that stops at the first entity, and at the end of any DOCTYPE."""
    parser = expat.ParserCreate(encoding, separator)
    parser.EntityDeclHandler = _refuse_entity
    parser.EndDoctypeDeclHandler = _refuse_doctype
    return parser


class _Names(dict):
    """Qualified name -> local name: ``ns2:Ntry`` -> ``Ntry``."""

    def __missing__(self, name: str) -> str:
        local = name.rpartition(":")[2]
        if len(self) < _MAX_NAMES:
            self[name] = local
        return local


class _GuardedExpat:
    """What xmltodict takes for the ``expat`` module: creates the one guarded parser."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.real: expat.XMLParserType | None = None
        self.final = False
        self.chunk = b""
        self.chunk_start = 0
        #: Bytes parsed since the last finished item.
        self.unfinished = 0

    def ParserCreate(self, encoding: str | None, separator: str | None) -> "_GuardedParser":
        """Create the parser; the name is expat's."""
        self.real = _create_parser(encoding, separator)
        return _GuardedParser(self)

    def parse(self, data: bytes, final: bool) -> int:
        """Parse one more chunk, and remember where it began."""
        self.final = final
        self.chunk_start += len(self.chunk)
        self.chunk = data
        self.unfinished += len(data)
        if self.unfinished > self.limits.max_entry_bytes:
            size = f"{self.limits.max_entry_bytes // MEBIBYTE} MiB for one entry"
            raise StatementError("too_large", f"line {self.real.CurrentLineNumber}", size)
        return self.real.Parse(data, final)

    def explain(self, error: expat.ExpatError) -> StatementError:
        """Return the refusal for an error of the real parser."""
        return explain(
            error,
            index=self.real.ErrorByteIndex,
            chunk=self.chunk,
            chunk_start=self.chunk_start,
            final=self.final,
        )


class _GuardedParser:
    """What xmltodict takes for an expat parser.

    xmltodict installs its handlers by assignment. The two for elements are wrapped to count
    levels and to drop namespace prefixes; everything else goes to the real parser as it is.
    """

    def __init__(self, guard: _GuardedExpat) -> None:
        start, end = _wrappers(guard.real, guard.limits.max_depth)
        own = {"_real": guard.real, "_start": start, "_end": end, "Parse": guard.parse}
        self.__dict__.update(own)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "StartElementHandler":
            value = self._start(value)
        elif name == "EndElementHandler":
            value = self._end(value)
        elif name in ("EntityDeclHandler", "ordered_attributes"):
            # Ours refuses entities too, in our own words. Attributes come as dicts, which are
            # ordered anyway: cheaper than the lists xmltodict would turn into dicts.
            return
        setattr(self._real, name, value)


def _wrappers(parser: expat.XMLParserType, most: int) -> tuple[Callable, Callable]:
    """Return what wraps the start and the end handler; they share the level and the names.

    They run for every element: 50,000 entries have three million. Hence closures, which cost a
    tenth of what attributes cost.
    """
    names = _Names()
    depth = 0

    def wrap_start(handler: Callable[[str, Any], None]) -> Callable[[str, Any], None]:
        def start(name: str, attributes: Any) -> None:
            nonlocal depth
            depth += 1
            if depth > most:
                raise StatementError("too_deep", f"line {parser.CurrentLineNumber}", str(most))
            handler(names[name], attributes)

        return start

    def wrap_end(handler: Callable[[str], None]) -> Callable[[str], None]:
        def end(name: str) -> None:
            nonlocal depth
            depth -= 1
            handler(names[name])

        return end

    return wrap_start, wrap_end


class _Found(Exception):
    """The message element has been reached."""


class _MessageFinder:
    """Reads the head of a file until the message element opens."""

    def __init__(self, limits: Limits, known: KnownMessage) -> None:
        self._limits = limits
        self._known = known
        self._parser = _create_parser(None, " ")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._depth = 0
        self._root = ""
        self._declared = ""
        self._parsed = 0
        self._message: Message | None = None

    def feed(self, chunk: bytes, file_start: bytes) -> Message | None:
        """Return the message once it has opened, ``None`` before."""
        return self._parse(chunk, False, file_start)

    def close(self, file_start: bytes) -> Message:
        """Say what is wrong with a file that has ended without a message."""
        self._parse(b"", True, file_start)
        raise self.not_camt()

    def not_camt(self) -> StatementError:
        """Return the error for XML without a message."""
        return StatementError("not_camt", None, f"its root element is {self._root or 'missing'}")

    def _parse(self, chunk: bytes, final: bool, file_start: bytes) -> Message | None:
        try:
            self._parser.Parse(chunk, final)
        except _Found:
            return self._message
        except (LookupError, ValueError) as error:  # the encoding declared is not one we have
            raise StatementError("encoding", "line 1", str(error)) from error
        except expat.ExpatError as error:
            if not self._root:
                raise StatementError("not_xml", None, describe(file_start)) from error
            raise explain(
                error,
                index=self._parser.ErrorByteIndex,
                chunk=chunk,
                chunk_start=self._parsed,
                final=final,
            ) from error
        self._parsed += len(chunk)
        return None

    def _start(self, name: str, attributes: dict) -> None:
        self._depth += 1
        if self._depth > self._limits.max_depth:
            line = f"line {self._parser.CurrentLineNumber}"
            raise StatementError("too_deep", line, str(self._limits.max_depth))
        namespace, _blank, local = name.rpartition(" ")
        self._root = self._root or local
        if local == "Document":
            # Some producers write "Xmlns", which declares nothing but says the same.
            self._declared = " ".join(attributes.values())
        if known := self._known(local):
            version = _VERSION.search(namespace) or _VERSION.search(self._declared)
            same = version is not None and version.group().startswith(known[0])
            self._message = Message(
                known[0], version.group() if same else None, known[1], self._depth
            )
            raise _Found

    def _end(self, _name: str) -> None:
        self._depth -= 1
