"""Ways to damage a bank file: as bytes, and along the lines, tags and fields it is made of."""

import re

#: No input grows beyond this: what a reader does with size is measured by the benchmarks.
MAX_BYTES = 256 * 1024

_NUMBER = re.compile(rb"[0-9][0-9.,]*")
_TAG = re.compile(rb"<[^<>]{1,200}>")
_TOKEN = re.compile(rb"[A-Za-z0-9]+|[^A-Za-z0-9]")
#: What a number may turn into.
_NUMBERS = (
    b"", b"0", b"-1", b"+0", b"00", b"1e9", b"NaN", b"Infinity", b"0x10", b"1_000", b"1.234,56",
    b"1,234.56", b"9" * 18, b"9" * 19, b"9" * 400, b"1" * 5000, b"0.000000000000001", b"20260230",
    b"99999999", b"000000", b"991399", b"\xd9\xa1\xd9\xa2", b"\xc2\xb2", b"2147483648",
)  # fmt: skip
#: Bytes that mean something to one format or another, or to nobody.
_SPECIAL = (
    b"\0", b"\r", b"\n", b"\r\n", b"\x1a", b"\x85", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"<",
    b">", b"&", b"&#0;", b"&#x110000;", b"&#xD800;", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?",
    b"/", b",", b",,", b"^", b"!", b":", b":61:", b":86:", b"{", b"-}", b"/88,", b"'", b'"', b"%",
    b"\xe2\x80\xa8", b"\xed\xa0\x80", b" " * 80, b"\t", b"}", b"{A", b"!Type:Bank\n", b"</OFX>",
)  # fmt: skip
_ENCODINGS = ("utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-8-sig", "utf-7", "cp500")


def mutate(data, others, random):
    """Return ``data`` damaged in one to eight ways.

    :param others: further samples, to take pieces from
    :param random: a :class:`random.Random`; the same one gives the same damage
    """
    for _ in range(random.choice((1, 1, 1, 2, 2, 3, 5, 8))):
        data = random.choice(MUTATIONS)(data, others, random)[:MAX_BYTES]
    return data


def _place(data, random):
    return random.randrange(len(data) + 1)


def _span(data, random, longest=64):
    start = _place(data, random)
    return start, min(len(data), start + random.randrange(1, longest))


def _flip(data, _others, random):
    changed = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 8, 64)) if data else 0):
        changed[random.randrange(len(data))] ^= 1 << random.randrange(8)
    return bytes(changed)


def _truncate(data, _others, random):
    at = _place(data, random)
    return data[at:] if random.random() < 0.2 else data[:at]


def _delete(data, _others, random):
    start, end = _span(data, random, random.choice((8, 64, 1024)))
    return data[:start] + data[end:]


def _repeat(data, _others, random):
    start, end = _span(data, random, random.choice((4, 64, 1024)))
    times = random.choice((2, 2, 3, 10, 1000, 20000))
    return data[:end] + data[start:end] * min(times, MAX_BYTES // (end - start + 1)) + data[end:]


def _insert(data, _others, random):
    at = _place(data, random)
    return data[:at] + random.choice(_SPECIAL) * random.choice((1, 1, 1, 2, 500)) + data[at:]


def _splice(data, others, random):
    other = random.choice(others)
    return data[: _place(data, random)] + other[_place(other, random) :]


def _transplant(data, others, random):
    other = random.choice(others)
    start, end = _span(other, random, 400)
    at, upto = _span(data, random, 400)
    return data[:at] + other[start:end] + data[upto:]


def _pieces(data, random):
    """Return the file in pieces of one kind: lines, tags, comma fields or columns."""
    kind = random.randrange(4)
    if kind == 0:
        return data.splitlines(keepends=True)
    if kind == 1:
        return re.split(rb"(?=<)", data)
    if kind == 2:
        return re.split(rb"(?<=,)", data)
    width = random.choice((80, 120, 128))
    return [data[at : at + width] for at in range(0, len(data), width)]


def _shuffle(data, others, random):
    pieces = _pieces(data, random)
    for _ in range(random.choice((1, 1, 2, 5))):
        what, at = random.randrange(5), random.randrange(len(pieces) + 1)
        piece = random.choice(pieces) if pieces else b""
        if what == 0:
            pieces.insert(at, piece)
        elif what == 1:
            del pieces[at : at + random.choice((1, 1, 3))]
        elif what == 2:
            times = min(random.choice((2, 50, 2000)), MAX_BYTES // (len(piece) + 1))
            pieces[at:at] = [piece] * times
        elif what == 3:
            pieces.insert(at, random.choice(_pieces(random.choice(others), random) or [b""]))
        else:
            window = pieces[at : at + 6]
            random.shuffle(window)
            pieces[at : at + 6] = window
        if sum(map(len, pieces)) > MAX_BYTES:
            break
    return b"".join(pieces)


def _one_of(pattern, data, random):
    found = list(pattern.finditer(data))
    return random.choice(found) if found else None


def _number(data, _others, random):
    match = _one_of(_NUMBER, data, random)
    if match is None:
        return data
    new = random.choice((*_NUMBERS, match[0] * 2, match[0][::-1], match[0][1:], b"-" + match[0]))
    return data[: match.start()] + new + data[match.end() :]


def _same_length_number(data, _others, random):
    """Change digits only: what stands at fixed columns stays there."""
    match = _one_of(_NUMBER, data, random)
    if match is None:
        return data
    new = bytes(random.choice(b"0123456789 -") for _ in match[0])
    return data[: match.start()] + new + data[match.end() :]


def _tag(data, _others, random):
    match = _one_of(_TAG, data, random)
    if match is None:
        return data
    other = _one_of(_TAG, data, random)
    new = random.choice(
        (b"", match[0] * 2, other[0], match[0] * 2000, match[0].replace(b"<", b"</"))
    )
    return data[: match.start()] + new + data[match.end() :]


def _token(data, _others, random):
    match, other = _one_of(_TOKEN, data, random), _one_of(_TOKEN, data, random)
    if match is None:
        return data
    return data[: match.start()] + other[0] + data[match.end() :]


def _ends_of_lines(data, _others, random):
    plain = data.replace(b"\r\n", b"\n")
    return plain.replace(b"\n", random.choice((b"\r\n", b"\r", b"", b"\n\n", b" \n", b"\x85")))


def _encoding(data, _others, random):
    try:
        text = data.decode(random.choice(("utf-8", "latin-1")))
        return text.encode(random.choice(_ENCODINGS), "replace")
    except UnicodeError:
        return data


MUTATIONS = (
    *(_flip, _truncate, _delete, _repeat, _insert, _insert, _splice, _transplant),
    *(_shuffle, _shuffle, _shuffle, _number, _number, _same_length_number, _same_length_number),
    *(_tag, _token, _token, _ends_of_lines, _encoding),
)
