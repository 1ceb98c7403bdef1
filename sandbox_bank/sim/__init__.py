"""The levers of the simulation: what no real bank offers, and every test needs."""

from . import (
    accounts,
    approval,
    clock,
    consents,
    customers,
    faults,
    files,
    orders,
    payments,
    quirks,
)
from . import quotas, truth, webhooks
from .common import blueprint
