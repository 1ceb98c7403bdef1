"""The closed set of ways in which a bank can fail; every adapter raises these and nothing else.

The class says what may be done about it, the code what happened. Callers import them from
``base``.
"""

from datetime import date

#: Codes of :class:`Temporary` under which nothing has reached the bank's books: no connection came
#: up, we had no token to call with, or the bank counted the call and did not look at it.
NOTHING_HAPPENED = frozenset({"refused", "quota", "token"})


class BankError(Exception):
    """The bank did not give what was asked.

    :param code: stable machine code; the user interface has a sentence for it
    :param detail: what happened, in English, free of secrets and of personal data
    :param request_id: our ``X-Request-ID`` of the failed call, ``None`` before any call
    """

    #: HTTP status the error came with; ``None`` where no answer of the bank is the error.
    status: int | None = None

    def __init__(self, code: str, detail: str = "", request_id: str | None = None) -> None:
        super().__init__(detail or code)
        self.code = code
        self.detail = detail
        self.request_id = request_id


class Temporary(BankError):
    """Trying again later may help: the bank is down, slow, or its network is.

    :param retry_after: seconds the bank asks to wait, ``None`` when it does not say
    """

    def __init__(
        self,
        code: str,
        detail: str = "",
        request_id: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(code, detail, request_id)
        self.retry_after = retry_after


class QuotaExceeded(Temporary):
    """The bank allows no more reads for now; the consent itself is fine.

    :param per_day: the allowance is of the day: nothing helps before the bank's next day begins
    """

    def __init__(
        self,
        code: str,
        detail: str = "",
        request_id: str | None = None,
        retry_after: int | None = None,
        *,
        per_day: bool = False,
    ) -> None:
        super().__init__(code, detail, request_id, retry_after)
        self.per_day = per_day


class AuthExpired(BankError):
    """Our own credentials are refused; the consent may still be valid.

    Codes with a meaning of their own: ``clock`` (our clock and the bank's disagree; the
    credentials may be fine) and ``relink`` (the permission to renew the token is gone: a person
    must connect again; it is not tried again before).
    """


class ConsentInvalid(BankError):
    """The account holder's permission is unknown, expired or withdrawn: a person must renew it."""


class Ambiguous(BankError):
    """An order may or may not have been executed: ask for its status, never send it again."""


class Permanent(BankError):
    """The bank understood and refuses; asking the same again cannot help.

    Codes with a meaning of their own: ``tls`` (we do not trust the bank's certificate),
    ``client_certificate`` (the bank does not trust ours) and ``not_supported``.
    """


class PeriodTooOld(Permanent):
    """The bank shows no entries of that long ago: ask for a shorter stretch.

    :param earliest: first day the bank offers, ``None`` where it does not say
    """

    def __init__(
        self,
        code: str,
        detail: str = "",
        request_id: str | None = None,
        earliest: date | None = None,
    ) -> None:
        super().__init__(code, detail, request_id)
        self.earliest = earliest


class ContractViolation(BankError):
    """The answer is not what the standard promises: nothing of it may be used.

    :param raw: the bytes that came, to be kept as evidence
    """

    def __init__(
        self,
        code: str,
        detail: str = "",
        request_id: str | None = None,
        raw: bytes = b"",
    ) -> None:
        super().__init__(code, detail, request_id)
        self.raw = raw
