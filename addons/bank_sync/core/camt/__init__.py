"""ISO 20022 bank-to-customer statements: camt.052 (report), camt.053 (statement), camt.054
(notification)."""

from ..limits import Limits
from .reader import read_camt
