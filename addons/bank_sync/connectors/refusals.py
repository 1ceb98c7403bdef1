"""Is the consent really dead? What a refusal stands for, after the bank was asked about it.

Some banks answer 401 for troubles of their own. A consent that is given up wrongly costs a person's
time, so nothing is given up on one refusal alone.
"""

from collections.abc import Callable

from .base import ConsentState
from .errors import BankError, ConsentInvalid, Temporary

#: Codes of refusals that have nothing to do with any consent.
OURS = {"relink", "clock"}


def judged(error: BankError, ask: Callable[[], ConsentState]) -> BankError:
    """Return the error to raise instead of ``error``.

    :param error: the bank refused credentials or consent
    :param ask: asks the bank for the consent's state
    """
    if error.code in OURS:
        return error
    try:
        status = ask().status
    except ConsentInvalid as gone:
        return gone
    except BankError:
        return error
    if status == "valid":
        detail = f"The bank refuses a consent it calls valid. {error.detail}"
        return Temporary("contradiction", detail, error.request_id)
    if isinstance(error, ConsentInvalid):
        return error
    return ConsentInvalid(f"consent_{status}"[:60], error.detail, error.request_id)
