"""Weeks in the life of a bank with bad habits, and of our books beside it."""

from .profiles import PROFILES
from .run import Result, simulate
