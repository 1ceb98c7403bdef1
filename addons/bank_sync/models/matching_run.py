"""One matching run of one company: gather, decide, book, propose.

Not a model: it lives for one run. The decisions are ``core.matching``; this class knows the few
queries around them.
"""

from ..core.matching.partner_rules import with_partners
from ..core.matching.values import Action, Reason
from .bank_entry_values import to_minor
from .matching_inputs import MatchingInputs

#: Decimals a suggestion keeps of its score.
SCORE_DIGITS = 4


class MatchingRun:
    """Match all open bank lines of a company against all its open items."""

    def __init__(self, env, company):
        self.env, self.company = env, company
        self.suggestions = env["bank.match.suggestion"]
        self.items = {}
        self.lines = {}
        self.version = ""

    def run(self):
        """Book what is certain, propose the rest, and return the booked lines."""
        self._drop_booked_by_hand()
        rules = self.env["account.reconcile.model"]._partner_rules(self.company)
        receipts = with_partners(
            self.env["account.bank.statement.line"]._get_receipts(self.company), rules
        )
        statement_lines = self.env["account.bank.statement.line"].browse(
            [receipt.key for receipt in receipts]
        )
        self.lines = {
            line.id: (receipt, line)
            for receipt, line in zip(receipts, statement_lines, strict=True)
        }
        if not receipts:
            return statement_lines
        open_items = self.env["account.move.line"]._get_open_items(self.company)
        refused = self.suggestions._refused(statement_lines.ids)
        engine = MatchingInputs(self.env, self.company).engine(open_items, receipts)
        # What was settled is claimed too, where its payment comes back.
        settled = (known.item for known in engine.ledger.settled.values())
        self.items = {item.key: item for item in (*settled, *open_items)}
        self.version = engine.version
        decisions = engine.decide(receipts, refused)
        booked = self._book([d for d in decisions if d.action is Action.BOOK])
        booked_ids = set(booked.ids)
        self._propose([d for d in decisions if d.receipt not in booked_ids])
        return booked

    def _drop_booked_by_hand(self):
        """Take lines off the list that somebody has booked without a proposal."""
        lines_sudo = (
            self.env["account.bank.statement.line"]
            .sudo()
            .search(
                [
                    ("company_id", "=", self.company.id),
                    ("bank_match_state", "in", ["suggested", "exception"]),
                    ("is_reconciled", "=", True),
                ]
            )
        )
        lines_sudo.bank_suggestion_ids._supersede()
        lines_sudo.write({"bank_match_state": False, "bank_match_reason": False})

    def _book(self, decisions):
        """Book the certain decisions in one batch; lines of locked periods are left to a person."""
        lines = self.env["account.bank.statement.line"].browse([d.receipt for d in decisions])
        every_item = self.env["account.move.line"].browse(
            [item for decision in decisions for item in decision.proposals[0].items]
        )
        held = set(every_item.try_lock_for_update(allow_referencing=True).ids)
        chosen = [d for d in decisions if held.issuperset(d.proposals[0].items)]
        proposals, evidence = {}, {}
        for decision in chosen:
            line = self.lines[decision.receipt][1]
            proposals[line] = decision.proposals[0]
            evidence[line] = {
                "by": "rule",
                "version": self.version,
                "margin": decision.margin,
                "shown": decision.proposals,
            }
        chosen_lines = lines.browse([decision.receipt for decision in chosen])
        booked = chosen_lines._book_proposals(proposals, evidence)
        if booked:
            booked.bank_suggestion_ids._supersede()
        return booked

    def _propose(self, decisions):
        """Bring the open suggestions in line with the decisions; what still holds stays."""
        existing = self.suggestions.sudo().search(
            [("statement_line_id", "in", list(self.lines)), ("state", "=", "open")]
        )
        # What one of two people has accepted waits for the other, whatever the rules say now.
        waiting = existing.filtered("approved_by_id").statement_line_id
        existing = existing.filtered(lambda s: s.statement_line_id not in waiting)
        decisions = [d for d in decisions if d.receipt not in set(waiting._ids)]
        current = {}
        for suggestion in existing:
            claims = tuple(
                to_minor(line.claim_amount, line.currency_id.name) for line in suggestion.line_ids
            )
            current.setdefault(suggestion.statement_line_id.id, []).append(
                (
                    suggestion.rank,
                    round(suggestion.score, SCORE_DIGITS),
                    tuple(suggestion.line_ids.move_line_id.ids),
                    claims,
                )
            )
        fresh = [
            decision
            for decision in decisions
            if sorted(current.get(decision.receipt, []))
            != sorted(
                (rank, round(proposal.score, SCORE_DIGITS), proposal.items, _applied(proposal))
                for rank, proposal in enumerate(decision.proposals, start=1)
            )
        ]
        stale = {decision.receipt for decision in fresh}
        existing.filtered(lambda s: s.statement_line_id.id in stale)._supersede()
        self.suggestions._create_from_decisions(fresh, self.lines, self.items, self.version)
        self._write_states(decisions)

    def _write_states(self, decisions):
        """Write what became of each line, one write per outcome."""
        outcomes = {}
        for decision in decisions:
            state = "suggested" if decision.proposals else "exception"
            reason = decision.reasons[0] if decision.reasons else None
            outcomes.setdefault((state, reason), []).append(decision.receipt)
        for (state, reason), line_ids in outcomes.items():
            lines = self.env["account.bank.statement.line"].browse(line_ids).sudo()
            value = reason.value if isinstance(reason, Reason) else "unknown_payment"
            code = value if state == "exception" or reason else False
            lines.filtered(
                lambda line, state=state, code=code: (
                    # A line matched in part says so until the rest is matched or undone.
                    line.bank_match_reason != "rest_open"
                    and (line.bank_match_state, line.bank_match_reason) != (state, code)
                )
            ).write({"bank_match_state": state, "bank_match_reason": code})


def _applied(proposal):
    return tuple(claim.applied for claim in proposal.claims)
