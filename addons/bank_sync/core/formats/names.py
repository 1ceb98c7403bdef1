"""Names of the formats we read: for people, and the codes programs go by."""

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
#: Code of a format where it is not its name in small letters.
_CODES = {"Norma 43": "n43"}
#: What programs call a format whose files do not tell their version.
_ONLY_VERSIONS = {
    "MT940": "MT940",
    "MT942": "MT942",
    "CFONB120": "CFONB120",
    "Norma 43": "AEB43",
    "QIF": "QIF",
}


def readable() -> str:
    """Return all names as one text."""
    return ", ".join(NAMES)


def machine_format(name: str) -> str:
    """Return the code of a format.

    >>> machine_format("Norma 43"), machine_format("BAI2"), machine_format("pain.002")
    ('n43', 'bai2', 'pain.002')
    """
    return _CODES.get(name, name.lower())


def machine_version(name: str, version: str | None) -> str | None:
    """Return the version of a file as programs write it.

    >>> machine_version("OFX", "102"), machine_version("OFX", None), machine_version("CODA", "2")
    ('OFX 102', 'OFX (no header)', 'CODA 2')
    >>> machine_version("Norma 43", None), machine_version("BAI2", "2")
    ('AEB43', '2')
    """
    if name == "OFX":
        return f"OFX {version or '(no header)'}"
    if name == "CODA" and version:
        return f"CODA {version}"
    return version or _ONLY_VERSIONS.get(name)
