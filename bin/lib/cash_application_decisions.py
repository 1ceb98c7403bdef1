"""What bin/bench cash-application writes for the scorer, and when a proposal is right.

Both modes bring proposals whose claims bear the workload's own item numbers.
"""

import csv
from dataclasses import dataclass

COLUMNS = (
    *("line_id", "action", "rank", "item_id", "applied"),
    *("discount", "fee", "writeoff", "on_account"),
)


@dataclass(frozen=True)
class Shown:
    """A proposal as a company in Odoo saw it."""

    claims: tuple
    fee: int
    write_off: int
    on_account: int
    partner: int | None = None


class DecisionFile:
    """Writes ``decisions.csv``: one row a line, proposal and item."""

    def __init__(self, file):
        self._writer = csv.writer(file, lineterminator="\n")
        self._writer.writerow(COLUMNS)

    def write(self, line, action, proposals):
        """Write one decision.

        :param line: number of the bank line
        :param action: ``auto``, ``suggest`` or ``exception``
        :param proposals: best first
        """
        self._writer.writerows(_decision_rows(f"L{line:07}", action, proposals))


def is_right(proposal, truth):
    """Tell whether a proposal is what ``truth`` says: the same items, the same amounts."""
    claims = {claim.item: claim.applied for claim in proposal.claims}
    if claims or truth["claims"]:
        return claims == truth["claims"]
    return truth["outcome"] == "exception"


def _decision_rows(line, action, proposals):
    if not proposals:
        yield (line, action, 1, "", "", 0, 0, 0, 0)
    for rank, proposal in enumerate(proposals, start=1):
        rest = [_text(v) for v in (proposal.fee, proposal.write_off, proposal.on_account)]
        claims = proposal.claims or (None,)
        for place, claim in enumerate(claims):
            item = (f"I{claim.item:07}", _text(claim.applied)) if claim else ("", "")
            discount = _text(claim.discount) if claim else 0
            yield (line, action, rank, *item, discount, *(rest if place == 0 else (0, 0, 0)))


def _text(minor):
    return f"{minor / 100:.2f}"
