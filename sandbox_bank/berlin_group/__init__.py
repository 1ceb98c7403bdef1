"""The interface for third parties: NextGenPSD2 XS2A Framework 1.3.11 of the Berlin Group."""

from ..quotas import Exceeded
from . import accounts, consents, payments, quota_answers, transactions
from .blueprint import blueprint
from .guard import check_headers

blueprint.before_request(check_headers)
blueprint.register_error_handler(Exceeded, quota_answers.answer)
