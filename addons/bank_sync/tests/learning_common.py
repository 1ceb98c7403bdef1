"""Decisions on bank lines, as people make them, without the screens around them."""

from .common import BankSyncCommon

SURE = ("exact_amount", "reference_quoted")
GUESS = ("amount_unique", "name_similar")


def proposal(reasons=SURE, *, kind="exact", chosen=False):
    """Return one proposal as a decision keeps it."""
    return {
        "kind": kind,
        "reasons": list(reasons),
        "situation": "+".join((kind, *sorted(reasons))),
        "score": 0.9,
        "chosen": chosen,
    }


class LearningCommon(BankSyncCommon):
    """A company whose review share is nothing, unless a test says otherwise."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sudo().bank_review_share = 0
        cls.decisions = cls.env["bank.match.decision"]
        cls.payers = cls.env["bank.match.payer"]
        cls.situations = cls.env["bank.match.situation"]
        cls.weights = cls.env["bank.match.weights"]

    @classmethod
    def paid(cls, **values):
        """Return a bank line of a payer with an account and a name."""
        values = {
            "account_number": "DE89 3704 0044",
            "partner_name": "MARTIN BOULANGERIE",
            **values,
        }
        return cls.bank_line(values.pop("amount", 100.0), "thanks", **values)

    @classmethod
    def prepared(cls, line, action="accepted", shown=None, **values):
        """Return the values of one decision on a line."""
        shown = [proposal(chosen=action in {"accepted", "automatic"})] if shown is None else shown
        return {
            "statement_line_id": line.id,
            "payment_ref": line.payment_ref,
            "company_id": line.company_id.id,
            "journal_id": line.journal_id.id,
            "partner_id": cls.customer.id,
            "date": line.bank_booking_date,
            "currency_id": line.currency_id.id,
            "amount": line.amount,
            "user_id": False if action == "automatic" else cls.env.uid,
            "action": action,
            "kind": shown[0]["kind"] if shown else "exact",
            "situation": shown[0]["situation"] if shown else False,
            "reasons": shown[0]["reasons"] if shown else [],
            "inputs": {"proposals": shown},
            **values,
        }

    @classmethod
    def decide(cls, line, action="accepted", shown=None, **values):
        """Record one decision on a line, as booking does."""
        prepared = cls.prepared(line, action, shown, **values)
        return cls.decisions.sudo().create(prepared).sudo(False)

    def known(self):
        """Return what is known of payers as (known as, key, partner, count)."""
        return sorted(
            (payer.thing, payer.key, payer.partner_id.id, payer.count)
            for payer in self.payers.search([("company_id", "=", self.company.id)])
        )

    def counts(self):
        """Return situation → (right, wrong)."""
        return {
            row.situation: (row.right_count, row.wrong_count)
            for row in self.situations.search([("company_id", "=", self.company.id)])
        }
