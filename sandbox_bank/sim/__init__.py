"""The levers of the simulation: what no real bank offers, and every test needs."""

from . import accounts, clock, consents, customers, faults, payments, quirks, quotas, truth
from .common import blueprint
