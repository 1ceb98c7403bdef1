"""What an administrator types as a regular expression never stops the house."""

import contextlib
import time

import pytest

from odoo.addons.bank_sync.core.pattern_guard import HostilePatternError, search


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a+)+$",
        r"(a|a)*b",
        r"((a*)*)*b",
        r"(\d+)\1",
        r".*.*.*.*=",
        r"(?:x{1,60}){1,60}y",
        "a?" * 40 + "a" * 40,
        r"(",
        r"[",
        "a" * 10 + "(" * 2000,
    ],
)
def test_a_hostile_pattern_is_refused_or_found_out_at_once(pattern):
    begun = time.monotonic()
    with contextlib.suppress(HostilePatternError):
        assert search(pattern, "a" * 100_000) is None
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"([\d,]+)", "fee 12,50 EUR", "12,50"),
        (r"BRT: ([\d,.]+)", "R:1 BRT: 3.358,07 C:", "3.358,07"),
        (r"(?i)charges?\s+(\d+\.\d{2})", "CHARGES 7.35", "7.35"),
        (r"fee ([\d,]+)", "nothing", None),
    ],
)
def test_what_people_write_is_found(pattern, text, found):
    match = search(pattern, text)
    assert (match and match.group(1)) == found
