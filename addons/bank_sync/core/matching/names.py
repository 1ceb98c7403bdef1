"""Compare the names banks print with the names in the books."""

import unicodedata

#: Words that say what a company is, not who.
LEGAL_FORMS = frozenset(
    (
        *("AG", "AB", "AS", "ASA", "BV", "BVBA", "CO", "COMPANY", "CORP", "CV", "EIRL", "ETS"),
        *("EURL", "GBR", "GMBH", "INC", "KG", "KGAA", "LDA", "LLC", "LLP", "LTD", "NV", "OHG"),
        *("OY", "PLC", "SA", "SARL", "SAS", "SASU", "SCI", "SE", "SL", "SNC", "SPA", "SPRL"),
        *("SRL", "STIFTUNG", "UG", "VOF"),
    )
)
#: Small words and titles, which two names share by accident.
FILLERS = frozenset(
    (
        *("AND", "DE", "DER", "DES", "DI", "DIE", "DU", "ET", "FRAU", "HERR", "LA", "LE", "LES"),
        *("MADAME", "MME", "MR", "MRS", "MS", "UND"),
    )
)
#: Names whose words overlap at least this much are the same to a person in a hurry.
SIMILAR = 0.5


def words(name: str) -> frozenset[str]:
    """Return the telling words of a name, upper case and without accents.

    >>> sorted(words("Société Générale des Thés S.A.R.L."))
    ['GENERALE', 'SOCIETE', 'THES']
    """
    plain = unicodedata.normalize("NFKD", name.replace(".", "").replace("ß", "ss"))
    letters = "".join(c for c in plain if not unicodedata.combining(c)).upper()
    spaced = "".join(c if c.isalnum() else " " for c in letters)
    return frozenset(
        word for word in spaced.split() if len(word) > 1 and word not in LEGAL_FORMS | FILLERS
    )


def similarity(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of words two names have in common, 0 to 1 (Dice coefficient).

    >>> similarity(words("Maison Tilleul SARL"), words("TILLEUL MAISON"))
    1.0
    """
    if not one or not other:
        return 0.0
    return 2 * len(one & other) / (len(one) + len(other))
