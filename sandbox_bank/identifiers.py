"""Account numbers and other identifiers: check digits of ISO 7064 mod 97, derived ids."""

import hashlib
import re
import uuid

BANK_NAME = "Sandbox Bank"
BIC = "SBXBLULLXXX"
BANK_COUNTRY = "LU"
BANK_CODE = "028"
BELGIAN_BANK = "310"
NAMESPACE = uuid.UUID("6a1f3f5e-6c55-5d5e-9b7a-0d1c6f0b8a11")
IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", re.ASCII)


def _mod97(text: str) -> int:
    return int("".join(str(int(character, 36)) for character in text)) % 97


def is_iban(text: str) -> bool:
    """Tell whether an account number has the form and the check digits of an IBAN.

    >>> is_iban("DE89370400440532013000"), is_iban("DE88370400440532013000")
    (True, False)
    """
    return bool(IBAN.fullmatch(text)) and _mod97(text[4:] + text[:4]) == 1


def make_iban(country: str, bban: str) -> str:
    """Return the IBAN of a national account number.

    >>> make_iban("DE", "370400440532013000")
    'DE89370400440532013000'
    """
    return f"{country}{98 - _mod97(f'{bban}{country}00'):02d}{bban}"


def own_iban(number: int) -> str:
    """Return the IBAN of the account ``number`` at this bank."""
    return make_iban(BANK_COUNTRY, f"{BANK_CODE}{number:013d}")


def iban_of_person(name: str) -> str:
    """Return the account a made-up payer always pays from: the same name, the same IBAN."""
    digest = hashlib.sha256(name.encode()).digest()
    digits = f"{int.from_bytes(digest[1:9]) % 10**18:018d}"
    country, length = (("DE", 18), ("AT", 16), ("LU", 16), ("BE", 12))[digest[0] % 4]
    if country == "BE":
        # Belgian accounts begin with the code of a bank that exists and end in check digits of
        # their own: the first ten modulo 97, 0 as 97.
        number = f"{BELGIAN_BANK}{digits[:7]}"
        return make_iban("BE", f"{number}{int(number) % 97 or 97:02d}")
    return make_iban(country, digits[:length])


def derived_id(*parts: object) -> str:
    """Return a UUID that only depends on its parts."""
    return str(uuid.uuid5(NAMESPACE, "/".join(str(part) for part in parts)))
