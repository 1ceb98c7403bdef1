from odoo import api, models
from odoo.fields import Domain

from .bank_match_workspace import MAX_WORDS, parse_amount

#: Items of one answer; whoever does not find theirs says more of it.
LIMIT = 30


class BankMatchWorkspace(models.AbstractModel):
    """Search among everything a bank line may be matched with."""

    _inherit = "bank.match.workspace"

    @api.model
    def search_items(self, line_id, text="", partner_id=False):
        """Return open items that fit the words, the partner's own first.

        Without words these are the partner's items, and those of exactly the line's amount.

        :return: dict of ``items`` and ``more``, whether there are others
        """
        self._check_role()
        line = self._find_line(line_id)
        if not line:
            return {"items": [], "more": False}
        domain = Domain(line._get_default_amls_matching_domain())
        domain &= Domain("amount_residual_currency", "!=", 0)
        domain &= Domain("move_id", "!=", line.move_id.id)
        own = Domain("partner_id", "child_of", int(partner_id)) if partner_id else Domain.FALSE
        words = str(text or "").split()[:MAX_WORDS]
        for word in words:
            domain &= self._item_word_domain(word)
        items = self.env["account.move.line"]
        order = "date_maturity, id"
        found = items.search(domain & own, order=order, limit=LIMIT + 1) if partner_id else items
        if len(found) <= LIMIT:
            others = domain & ~own if words else domain & self._same_amount(line) & ~own
            found |= items.search(others, order=order, limit=LIMIT + 1 - len(found))
        return {
            "items": [self._item(item, line) for item in found[:LIMIT]],
            "more": len(found) > LIMIT,
        }

    @api.model
    def _same_amount(self, line):
        amount = self._open_amount(line)["open_amount"]
        return Domain("amount_residual_currency", "in", [amount, -amount])

    @api.model
    def _item_word_domain(self, word):
        domain = Domain.OR(
            Domain(field, "ilike", word)
            for field in (
                "move_name",
                "ref",
                "name",
                "move_id.payment_reference",
                "partner_id.name",
            )
        )
        amount = parse_amount(word)
        if amount is not None:
            domain |= Domain("amount_residual_currency", "in", [amount, -amount])
        return domain
