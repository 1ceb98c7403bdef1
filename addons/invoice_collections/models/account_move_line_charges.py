from odoo import models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _collection_charges(self, today):
        """Return ``{line id: [(kind, minor units, rule line, explanation)]}`` of late items.

        What each costs its debtor by law as of ``today`` and is not claimed yet; what is claimed
        is an invoice of its own. Kinds: ``interest``, ``fixed_sum``, ``fee``. An amount of 0 says
        in its explanation why nothing is claimed. Companies whose policy says nothing of charges
        give none. In the language of the context; a fixed number of queries.
        """
        lines_sudo = self.sudo().filtered(lambda line: line._collection_charges_announced())
        found = self.env["collection.late.payment"].sudo()._charges(lines_sudo, today)
        words = self.env["collection.charge.words"]
        rules = self.env["collection.rule.line"].sudo()
        currencies = {line.id: line.currency_id for line in lines_sudo}
        return {
            line: [
                (
                    charge.kind,
                    charge.amount,
                    rules.browse(charge.rule or []),
                    words._explain({"code": charge.code, **charge.details}, currencies[line]),
                )
                for charge in charges
            ]
            for line, charges in found.items()
        }

    def _collection_charges_announced(self):
        """Return whether the customer of this item is told of its charges."""
        self.ensure_one()
        policy = self.company_id._collection_policy()
        waived = policy.fee_policy == "waive" and self.reconciled
        return policy.charge_mode == "announce" and not waived
