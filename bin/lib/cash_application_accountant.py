"""The accountant of bin/bench cash-application --mode odoo, who knows the truth.

Decides by what the workspace calls, as a user of its own: accepts the proposal that is right,
else composes the match; what that refuses becomes the customer's credit.
"""

from collections import Counter

import cash_application_files as files
from cash_application_decisions import Shown, is_right

from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.bank_sync.core.matching.values import Claim


class Accountant:
    """Decides on bank lines as the truth says."""

    def __init__(self, books, truth):
        self.books, self.truth = books, truth
        user = books.env["res.users"].create(
            {
                "name": "Accountant of the workload",
                "login": "cash-application",
                "company_id": books.company.id,
                "company_ids": [Command.set(books.company.ids)],
                "group_ids": [Command.link(books.env.ref("bank_sync.group_user").id)],
            }
        )
        self.env = books.env(user=user)
        self.workspace = self.env["bank.match.workspace"]
        self.done = Counter()
        self.refusals = []

    # === WHAT IS SHOWN === #

    def open_proposals(self, line):
        """Return the open proposals of a line, best first."""
        return line.bank_suggestion_ids.filtered(lambda one: one.state == "open").sorted("rank")

    def shown(self, suggestion):
        """Return a proposal with the workload's item numbers."""
        proposal = suggestion._proposal()
        rows = [(claim.item, claim.applied, claim.discount) for claim in proposal.claims]
        return Shown(
            self.claims(rows),
            proposal.fee,
            proposal.write_off,
            proposal.on_account,
            proposal.partner,
        )

    def claims(self, rows):
        """Return (journal item, applied, discount) as claims on the workload's items."""
        return tuple(
            Claim(self.books.documents_of[item], applied, discount)
            for item, applied, discount in rows
        )

    # === DECIDING === #

    def decide(self, lines):
        """Go through a day's lines: resolve what waits, and review what was chosen for it."""
        for line in lines.with_env(self.env):
            truth = self.truth[files.number(line.sudo().bank_entry_id.entry_reference)]
            if line.bank_match_state == "booked":
                self._review(line, truth)
            else:
                self._resolve(line, truth)

    def _review(self, line, truth):
        """Look at what booked itself, if it was chosen for that; what is wrong is taken back."""
        due = self.workspace._due_review(line)
        if not due:
            return
        (chosen,) = [values for values in due.inputs["proposals"] if values["chosen"]] or [None]
        right = chosen and is_right(Shown(self.claims(chosen["claims"]), 0, 0, 0), truth)
        self.done["reviewed_right" if right else "reviewed_wrong"] += 1
        if right:
            self.workspace.confirm_review(line.id)
            return
        self.workspace.undo(line.id)
        self._resolve(line, truth)

    def _resolve(self, line, truth):
        """Book a line as it truly is, by the first way that is not refused."""
        for way in (self._accept, self._compose, self._credit, self._put_aside):
            try:
                with self.env.cr.savepoint():
                    done = way(line, truth)
            except UserError as error:
                self.done[f"refused_{way.__name__.strip('_')}"] += 1
                self.refusals.append(str(error))
                self.env.invalidate_all()
                continue
            if done:
                self.done[done] += 1
                return

    def _accept(self, line, truth):
        for suggestion in self.open_proposals(line):
            shown = self.shown(suggestion)
            if is_right(shown, truth) and (shown.claims or self._is_same_credit(shown, truth)):
                self.workspace.accept(suggestion.id, None)
                return "accepted" if suggestion.rank <= 1 else "accepted_other"
        return None

    def _is_same_credit(self, shown, truth):
        partner = self.books.partners.get(truth["partner"])
        return shown.partner == partner and shown.on_account == truth["on_account"]

    def _compose(self, line, truth):
        draft = self._draft(line, truth)
        if not draft:
            return None
        self.workspace.match(line.id, None, draft)
        return "composed"

    def _draft(self, line, truth):
        """Return what is composed in the workspace; nothing where nothing can be."""
        open_amount = self.workspace._open_amount(line)["open_amount"]
        if truth["outcome"] == "none":
            return {"write_off": -open_amount, "preset": self.books.not_ours.id}
        draft = {
            "items": [
                (self._owed(key), applied / 100, truth["discounts"][key] / 100)
                for key, applied in truth["claims"].items()
            ],
            "partner": self.books.partners.get(truth["partner"]),
        }
        if line.foreign_currency_id:
            # The bank has told the amount before its charges: nothing is left over.
            return draft if draft["items"] else None
        amounts = {name: truth[name] / 100 for name in ("fee", "write_off", "on_account")}
        if not draft["items"] and not amounts["on_account"]:
            return None
        return {**draft, **amounts}

    def _owed(self, key):
        """Return the journal item to claim: that of a payment, if one waits for its bank line."""
        payment = self.env["account.move.line"].browse(self.books.payments.get(key, []))
        if payment and not payment.reconciled:
            return payment.id
        return self.books.receivables[key]

    def _credit(self, line, truth):
        """Give the whole amount to the customer: on account."""
        partner = self.books.partners.get(truth["partner"])
        if not partner:
            return None
        open_amount = self.workspace._open_amount(line)["open_amount"]
        self.workspace.match(line.id, None, {"on_account": open_amount, "partner": partner})
        return "credited"

    def _put_aside(self, line, _truth):
        self.workspace.put_aside(line.id, "")
        return "put_aside"
