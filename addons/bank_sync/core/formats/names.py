"""Names of the formats we read, as the refusal of an unknown file gives them."""

#: In the order of the sentence. A test holds it equal to what the registry can read.
NAMES = (
    "camt.052",
    "camt.053",
    "camt.054",
    "MT940",
    "MT942",
    "CODA",
    "CFONB120",
    "OFX",
    "BAI2",
    "Norma 43",
    "QIF",
    "pain.002",
)


def readable() -> str:
    """Return all names as one text."""
    return ", ".join(NAMES)
