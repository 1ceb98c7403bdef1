"""Money of a customer we know that fits nothing: it stays the customer's credit."""

from .drafts import Draft
from .fitting import Fit
from .payers import Payers
from .reading import Reading
from .values import Kind, Reason

#: What leaves no doubt who pays.
_CERTAIN = frozenset({Reason.PARTNER_ACCOUNT_KNOWN, Reason.NAME_SAME})


def on_account(reading: Reading, payers: Payers) -> Draft | None:
    """Return that a receipt is the payer's credit; nothing where it is not sure who pays."""
    receipt = reading.receipt
    if receipt.amount <= 0 or receipt.return_reason or receipt.count > 1:
        return None
    if len(payers.identified) != 1:
        return None
    (partner,) = payers.identified
    if payers.reasons.get(partner) not in _CERTAIN:
        return None
    found = Fit((), Reason.NOTHING_FITS, on_account=receipt.amount)
    return Draft((), found, kind=Kind.ON_ACCOUNT, partner=partner)
