"""The interface for third parties of Open Banking UK: Account Information API 4.0, over one ledger.

There is no OAuth here: the bearer token of a call is the id of the consent it uses.
"""

from ..quotas import Exceeded
from . import accounts, consents, transactions
from .blueprint import blueprint
from .guard import check_headers, too_many_reads

blueprint.before_request(check_headers)
blueprint.register_error_handler(Exceeded, too_many_reads)
