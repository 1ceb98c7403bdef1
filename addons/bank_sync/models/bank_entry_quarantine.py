from odoo import api, models

from ..core.window_days import is_exhausted


class BankEntry(models.Model):
    """Readings that do not add up: nothing of them is booked, and the next one looks further back.

    Where looking back does not help any more, a person is asked.
    """

    _inherit = "bank.entry"

    @api.model
    def _quarantine(self, account, run, documents, figures, *, turned=False):
        """Keep a reading that does not add up out of the books, and say so.

        :param turned: whether it would, with money in and money out exchanged
        """
        account_sudo = account.sudo()
        account_sudo.write({"last_proof": "failed", "failed_proofs": account.failed_proofs + 1})
        exhausted = is_exhausted(account.failed_proofs)
        difference = account.currency_id.format(figures["difference"])
        if turned:
            problem = self.env._(
                "%(account)s: the bank's balance differs by %(difference)s from its entries, as if "
                "money in and money out were exchanged. Nothing was booked. Set Signs on the "
                "connection the other way round, or ask the bank.",
                account=account.name,
                difference=difference,
            )
            account._ask_about_proof(problem)
        elif exhausted:
            problem = self.env._(
                "%(account)s: the bank's balance differs by %(difference)s from its entries, also "
                "those of the last months. Nothing was booked. Import the bank's statement files "
                "of these days, or ask the bank.",
                account=account.name,
                difference=difference,
            )
            account._ask_about_proof(problem)
        else:
            problem = self.env._(
                "%(account)s: the bank's balance differs by %(difference)s from its entries. "
                "Nothing was booked. The next reading looks further back.",
                account=account.name,
                difference=difference,
            )
        code = "signs_reversed" if turned else "not_proved"
        self._close_quarantined(run, documents, code, problem, figures)

    @api.model
    def _quarantine_flood(self, account, run, documents, count):
        """Keep a reading out that no account can have."""
        problem = self.env._(
            "%(account)s: the bank sent %(count)s entries at once. Nothing was booked. Ask the "
            "bank, or import its statement files.",
            account=account.name,
            count=count,
        )
        account._ask_about_proof(problem)
        self._close_quarantined(run, documents, "too_many_entries", problem, {"seen_count": count})

    @api.model
    def _close_quarantined(self, run, documents, code, problem, figures):
        documents._transition("quarantined", problem_code=code, problem=problem)
        run._transition("quarantined", problem_code=code, problem=problem, **figures)
