"""Every known way in which a bank fails has a test that bears its number.

The numbers are those of the catalogue of 100 failure cases in docs/failure-cases.md.
"""

import re

from . import house

CASE = re.compile(r"^test_case_(\d{3})_")
#: Cases of receivables, plans and the lender's postings: they come with the sponsoring bank.
LATER = {92, 93, 94, 95, 96, 97}


def _tested():
    folders = [house.ROOT / "tests", *(house.ADDONS / addon for addon in house.ADDON_NAMES)]
    return {
        int(found[1])
        for path in house.python_files(*folders)
        if "test" in path.name
        for name, _node in house.functions(path)
        if (found := CASE.match(name.rpartition(".")[2]))
    }


def test_every_case_has_a_test():
    assert set(range(1, 101)) - _tested() == LATER
