"""One translated sentence for every way a bank or a file can fail.

Cores and connectors speak in codes; this is the only place that turns them into words.
"""

from odoo.tools.translate import LazyTranslate

from ..connectors.base import (
    Ambiguous,
    AuthExpired,
    ConsentInvalid,
    ContractViolation,
    Permanent,
    QuotaExceeded,
    Temporary,
)

_lt = LazyTranslate(__name__)

#: The first class an error belongs to gives its code for people and its sentence.
KINDS = (
    (ConsentInvalid, "consent", _lt("The bank no longer accepts the consent. Connect again.")),
    (AuthExpired, "credentials", _lt("The bank refuses our credentials. Renew the access token.")),
    (
        QuotaExceeded,
        "quota",
        _lt("The bank allows no more reads for now. It is tried again later."),
    ),
    (Temporary, "unreachable", _lt("The bank does not answer. It is tried again by itself.")),
    (Ambiguous, "ambiguous", _lt("The bank did not confirm. Look at its state before repeating.")),
    (Permanent, "refused_by_bank", _lt("The bank refuses the request.")),
    (
        ContractViolation,
        "nonsense",
        _lt("The bank's answer cannot be understood. It is kept; nothing of it was booked."),
    ),
)
#: Codes of the connectors that say more than their class.
CODES = {
    "relink": _lt("The bank has withdrawn the permission to read on. Connect again."),
    "clock": _lt(
        "This server's clock and the bank's disagree, so the bank refuses us. Set the clock; the "
        "credentials are fine."
    ),
    "client_certificate": _lt("The bank does not accept our certificate. Renew it."),
    "tls": _lt(
        "The bank's certificate is not trusted, so nothing was sent. Ask the bank before anything "
        "is changed."
    ),
    "folder_missing": _lt("The folder with the files does not exist, or may not be opened."),
    "folder_not_allowed": _lt(
        "The folder is not below one this server may read. Your administrator names those in "
        "odoo.conf: bank_sync_file_roots."
    ),
    "host_key_changed": _lt(
        "The server shows another key than the one you confirmed; nothing was fetched. Ask the "
        "bank whether it has changed its key, and confirm the new one only if it says so."
    ),
    "host_key_unknown": _lt(
        "Nobody has confirmed the server's key. Let it be shown, compare it with what the bank "
        "told you, and confirm it."
    ),
    "key_refused": _lt("The server does not let our key in. Give the bank our public key."),
    "not_movable": _lt(
        "Fetched files cannot be moved to the archive there. Have that allowed, or choose to leave "
        "them where they are."
    ),
    "private_key": _lt(
        "The private key cannot be read. It must be in OpenSSH or PEM form, without passphrase."
    ),
    "too_many_files": _lt("The folder holds too many files. Move the old ones away."),
}
#: Problems that time does not heal.
PERSON_CODES = frozenset({"consent", "credentials", "refused_by_bank", *CODES})


def problem_code(error):
    """Return the code for people of a :class:`BankError`."""
    if error.code in CODES:
        return error.code
    return next(code for kind, code, _label in KINDS if isinstance(error, kind))


def problem_sentence(env, error):
    """Return what went wrong and the reference to give the bank, in the user's language."""
    label = CODES.get(error.code) or next(
        label for kind, _code, label in KINDS if isinstance(error, kind)
    )
    sentence = env._(label)
    if not error.request_id:
        return f"{sentence} ({error.code})"
    return env._(
        "%(sentence)s (%(code)s, request %(request_id)s)",
        sentence=sentence,
        code=error.code,
        request_id=error.request_id,
    )
