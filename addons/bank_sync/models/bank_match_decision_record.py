from odoo import api, fields, models

from .bank_match_decision import BOOKING_ACTIONS


class BankMatchDecision(models.Model):
    """How decisions are recorded: all of a batch at once."""

    _inherit = "bank.match.decision"

    @api.model
    def _record_orders(self, orders):
        """Record that lines were booked, each with everything that was known.

        :param orders: BookingOrder records; ``evidence["shown"]`` has the proposals that were
            shown, best first
        """
        lines = self.env["account.bank.statement.line"].browse([o.line.id for o in orders])
        policies = {company.id: company._bank_match_policy() for company in lines.company_id}
        values_by_line = self._line_values(lines)
        rows = []
        for order in orders:
            proposal, evidence, line = order.proposal, order.evidence, order.line
            by_rule = evidence["by"] == "rule"
            values = values_by_line[line.id]
            rows.append(
                {
                    **values,
                    "user_id": False if by_rule else self.env.uid,
                    "action": evidence.get("action") or ("automatic" if by_rule else "accepted"),
                    "straight_through": by_rule,
                    "kind": proposal.kind.value,
                    "score": proposal.score,
                    "margin": evidence.get("margin") or 0.0,
                    "situation": proposal.situation,
                    "reasons": [reason.value for reason in proposal.reasons],
                    "version": evidence.get("version") or False,
                    "partner_id": proposal.partner,
                    "inputs": {
                        "proposals": _shown(proposal, evidence.get("shown") or ()),
                        "policy": policies[values["company_id"]],
                    },
                }
            )
        return self._record_rows(lines, rows, booked=True)

    @api.model
    def _record_lines(self, lines, action):
        """Record that people put lines aside, rejected what was shown, or took matches back."""
        values_by_line = self._line_values(lines)
        rows = []
        for line in lines:
            shown = line.bank_suggestion_ids._shown() if action != "undone" else ()
            best = shown[0] if shown else None
            rows.append(
                {
                    **values_by_line[line.id],
                    "user_id": self.env.uid,
                    "action": action,
                    "kind": best.kind.value if best else False,
                    "score": best.score if best else 0.0,
                    "situation": best.situation if best else False,
                    "reasons": [reason.value for reason in best.reasons] if best else [],
                    "partner_id": best.partner if best else False,
                    "inputs": {"proposals": _shown(None, shown)},
                }
            )
        return self._record_rows(lines, rows, booked=False, undone=action == "undone")

    @api.model
    def _record_rows(self, lines, rows, *, booked, undone=False):
        """Create rows, after telling the earlier ones of the same lines what became of them."""
        earlier = self.sudo().search(
            [
                ("statement_line_id", "in", lines.ids),
                ("action", "in", BOOKING_ACTIONS),
                ("outcome", "in", ["open", "confirmed"] if undone else ["undone"]),
            ]
        )
        if earlier and (booked or undone):
            earlier.write({"outcome": "undone" if undone else "corrected"})
        return self.sudo().create(rows)

    @api.model
    def _line_values(self, lines):
        """Return line id → what a decision keeps of its line; it may outlive the line."""
        now = fields.Datetime.now()
        banks = {journal: journal.bank_id.id for journal in lines.journal_id}
        values = {}
        for line in lines:
            journal, entry, foreign = line.journal_id, line.bank_entry_id, line.foreign_currency_id
            values[line.id] = {
                "statement_line_id": line.id,
                "payment_ref": line.payment_ref,
                "company_id": line.company_id.id,
                "journal_id": journal.id,
                "connection_id": entry.account_id.connection_id.id if entry else False,
                "bank_id": banks[journal],
                "date": line.bank_booking_date or line.date,
                "currency_id": (foreign or line.currency_id).id,
                "amount": line.amount_currency if foreign else line.amount,
                "decided_at": now,
                "seconds": max((now - (line.create_date or now)).total_seconds(), 0.0),
            }
        return values


def _shown(chosen, shown):
    """Return proposals as plain values, the chosen one marked."""
    return [_proposal_values(proposal, chosen) for proposal in shown]


def _proposal_values(proposal, chosen):
    return {
        "kind": proposal.kind.value,
        "score": proposal.score,
        "situation": proposal.situation,
        "reasons": [reason.value for reason in proposal.reasons],
        "partner": proposal.partner,
        "claims": [[claim.item, claim.applied, claim.discount] for claim in proposal.claims],
        "fee": proposal.fee,
        "write_off": proposal.write_off,
        "on_account": proposal.on_account,
        "chosen": chosen is not None
        and proposal.claims == chosen.claims
        and proposal.partner == chosen.partner,
    }
