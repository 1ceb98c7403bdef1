"""What expat's errors mean for the person who has to get a better file."""

from xml.parsers import expat

from ..errors import StatementError

_ENDS_TOO_EARLY = {
    expat.errors.codes[text]
    for text in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
    )
}
_UNKNOWN_ENCODING = {
    expat.errors.codes[text]
    for text in (
        expat.errors.XML_ERROR_UNKNOWN_ENCODING,
        expat.errors.XML_ERROR_INCORRECT_ENCODING,
    )
}
_INVALID_TOKEN = expat.errors.codes[expat.errors.XML_ERROR_INVALID_TOKEN]
#: First byte that is not ASCII.
_NOT_ASCII = 0x80


def explain(
    error: expat.ExpatError, *, index: int, chunk: bytes, chunk_start: int, final: bool
) -> StatementError:
    """Return the refusal for a parser error, with line and column (both counted from 1).

    :param index: byte of the file where the parser stopped
    :param chunk: the bytes parsed last, which begin at byte ``chunk_start`` of the file
    :param final: whether the parser had been told that the file is over
    """
    place = f"line {error.lineno}, column {error.offset + 1}"
    words = expat.ErrorString(error.code)
    if final and error.code in _ENDS_TOO_EARLY:
        return StatementError("truncated", place)
    if error.code in _UNKNOWN_ENCODING:
        return StatementError("encoding", place, words)
    if error.code == _INVALID_TOKEN and 0 <= index - chunk_start < len(chunk):
        byte = chunk[index - chunk_start]
        if byte >= _NOT_ASCII:
            return StatementError("encoding", place, f"byte 0x{byte:02X}")
        words = f"character 0x{byte:02X} is not allowed here"
    return StatementError("xml_broken", place, words)
