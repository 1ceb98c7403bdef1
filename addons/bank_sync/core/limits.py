"""How much of a file we are willing to read."""

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one bank file; beyond any of them the file is refused, whatever it holds.

    :param max_bytes: size of an XML file, after unpacking where it is packed. The default, 256 MiB,
        holds about 250,000 entries with one transaction each.
    :param max_depth: levels of nested elements. A statement needs about 15; the default leaves
        room for a bank's own supplementary data.
    :param max_header_bytes: how far into the file the message must begin
    :param max_entry_bytes: size of one entry with all its transactions. The default, 64 MiB,
        holds a batch of about 60,000 payments.
    :param max_text_bytes: size of a file that is no XML. Its text is held as a whole; the default,
        32 MiB, holds about 150,000 entries.
    :param max_lines: lines of such a file; five to an entry are usual
    :param max_line: characters in one line of such a file
    :param max_members: files in one ZIP archive
    :param chunk_bytes: how much is read at once
    """

    max_bytes: int = 256 * MEBIBYTE
    max_depth: int = 512
    max_header_bytes: int = 1 * MEBIBYTE
    max_entry_bytes: int = 64 * MEBIBYTE
    max_text_bytes: int = 32 * MEBIBYTE
    max_lines: int = 750_000
    max_line: int = 1 * MEBIBYTE
    max_members: int = 200
    chunk_bytes: int = 64 * 1024
