"""A SEPA credit transfer as the body of an order, in the words of Berlin Group NextGenPSD2.

Source: Berlin Group, "NextGenPSD2 XS2A Interoperability Framework", 1.3.11, ``POST
/v1/payments/sepa-credit-transfers``; lengths of EPC SEPA Credit Transfer rulebook.
"""

import re
from typing import Any

from .money import to_decimal_text

MOST_NAME, MOST_TEXT = 70, 140

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", re.ASCII)


class TransferRefused(ValueError):
    """The transfer makes no sense; ``code`` names the part."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def sepa_credit_transfer(
    *,
    debtor_account: str,
    creditor_account: str,
    creditor_name: str,
    amount: int,
    currency: str,
    text: str,
    end_to_end_id: str,
) -> dict[str, Any]:
    """Return the body of one transfer.

    >>> sepa_credit_transfer(debtor_account="LU28 0019 4006 4475 0000",
    ...     creditor_account="DE89370400440532013000", creditor_name="Martin", amount=1250,
    ...     currency="EUR", text="Refund", end_to_end_id="e1")["instructedAmount"]
    {'currency': 'EUR', 'amount': '12.50'}

    :param amount: minor units, above zero
    :param text: what the receiver reads; cut to the 140 characters that arrive
    :raise TransferRefused: when the order can only be refused by every bank
    """
    if currency != "EUR":
        raise TransferRefused("currency")
    if amount <= 0:
        raise TransferRefused("amount")
    name = " ".join(creditor_name.split())[:MOST_NAME]
    if not name:
        raise TransferRefused("name")
    return {
        "endToEndIdentification": end_to_end_id,
        "debtorAccount": {"iban": _iban(debtor_account)},
        "creditorAccount": {"iban": _iban(creditor_account)},
        "creditorName": name,
        "instructedAmount": {"currency": currency, "amount": to_decimal_text(amount, currency)},
        "remittanceInformationUnstructured": " ".join(text.split())[:MOST_TEXT],
    }


def _iban(number: str) -> str:
    """Return an IBAN without blanks; its check digits must fit (ISO 7064, modulus 97).

    >>> _iban("LU28 0019 4006 4475 0000")
    'LU280019400644750000'
    """
    compact = "".join(number.split()).upper()
    if not _IBAN.fullmatch(compact):
        raise TransferRefused("account")
    digits = "".join(str(int(sign, 36)) for sign in compact[4:] + compact[:4])
    if int(digits) % 97 != 1:
        raise TransferRefused("account")
    return compact
