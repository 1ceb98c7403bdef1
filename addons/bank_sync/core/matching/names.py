"""Compare the names banks print with the names in the books."""

import re
import unicodedata

#: Words that say what a company is, not who.
LEGAL_FORMS = frozenset(
    (
        *("AB", "AG", "APS", "AS", "ASA", "BV", "BVBA", "CO", "COMPANY", "CORP", "CV", "CVBA"),
        *("DOO", "DD", "EG", "EIRL", "EK", "ETS", "EURL", "EV", "GBR", "GMBH", "HB", "INC", "IS"),
        *("KB", "KFT", "KG", "KGAA", "KS", "LDA", "LIMITED", "LLC", "LLP", "LTD", "LTDA", "MBH"),
        *("NV", "NYRT", "OG", "OHG", "OU", "OY", "OYJ", "PLC", "PTY", "RT", "SA", "SARL", "SAS"),
        *("SASU", "SCI", "SE", "SIA", "SL", "SLU", "SNC", "SP", "SPA", "SPRL", "SRL", "SRO"),
        *("STIFTUNG", "UAB", "UG", "VOF", "ZOO", "ZRT"),
    )
)
#: Small words and titles, which two names share by accident.
FILLERS = frozenset(
    (
        *("AND", "DA", "DE", "DEL", "DELLA", "DEN", "DER", "DES", "DI", "DIE", "DO", "DU", "EL"),
        *("ET", "FRAU", "HAFTUNGSBESCHRANKT", "HERR", "LA", "LE", "LES", "LOS", "MADAME", "MME"),
        *("MR", "MRS", "MS", "OCH", "OG", "OU", "THE", "U", "UND", "VAN", "VON", "Y"),
    )
)

_ASCII_WORD = re.compile(r"[A-Z0-9]+")
_ABBREVIATION = re.compile(r"\b(?:\w\.){2,}")
_LETTERS = {"ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "æ": "a",
            "Æ": "A", "œ": "o", "Œ": "O", "þ": "th"}  # fmt: skip
_SPELT_OUT = str.maketrans(_LETTERS)


def words(name: str) -> frozenset[str]:
    """Return the telling words of a name, upper case, without accents and spelt one way.

    Letters with an umlaut are compared by their base letter, however a bank writes them.

    >>> sorted(words("Société Générale des Thés S.A.R.L."))
    ['GENERALE', 'SOCIETE', 'THES']
    >>> words("Schröder Gärtnerei") == words("SCHROEDER GAERTNEREI")
    True
    """
    return frozenset(word for word in _all_words(name) if len(word) > 1)


def ordered(name: str) -> tuple[str, ...]:
    """Return the telling words and initials in the order they stand.

    >>> ordered("H. Müller GmbH & Co. KG")
    ('H', 'MULLER')
    """
    return tuple(_all_words(name))


def _all_words(name: str) -> list[str]:
    short = _ABBREVIATION.sub(lambda found: found.group().replace(".", ""), name)
    telling = (
        word.replace("AE", "A").replace("OE", "O").replace("UE", "U")
        for word in _split(short)
        if word not in LEGAL_FORMS
    )
    return [word for word in telling if word not in FILLERS]


def _split(name: str) -> list[str]:
    """Return runs of letters and digits, upper case and without accents."""
    if name.isascii():
        return _ASCII_WORD.findall(name.replace("'", "").upper())
    plain = unicodedata.normalize("NFKD", name.translate(_SPELT_OUT))
    letters = "".join(c for c in plain if not unicodedata.combining(c)).upper()
    return "".join(c if c.isalnum() else " " for c in letters.replace("'", "")).split()


def agree(printed: tuple[str, ...], booked: frozenset[str]) -> float:
    """Return how well a printed name fits a booked one, 0 to 1.

    Banks cut names off, reverse them, and put a second person beside: what counts is how much
    of the booked name is there, and that little else is.

    >>> agree(("MULLER", "HANS"), words("Hans Müller"))
    1.0
    >>> agree(("BOULANGERIE", "MART"), words("Boulangerie Martin"))
    0.95
    >>> agree(("H", "MULLER"), words("Hans Müller"))
    0.85
    """
    if not booked:
        return 0.0
    left, total = set(booked), 0.0
    for place, word in enumerate(printed):
        if word in left:
            left.discard(word)
            total += 1
            continue
        start = next((other for other in sorted(left) if other.startswith(word)), None)
        if start and (len(word) == 1 or (place == len(printed) - 1 and len(word) > 2)):
            left.discard(start)
            total += 0.7 if len(word) == 1 else 0.9
    share = total / len(booked)
    extra = max(0, len(printed) - len(booked))
    return share * (1 - 0.1 * extra) if extra < 5 else 0.0
