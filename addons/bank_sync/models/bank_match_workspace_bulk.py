from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

#: Proposals booked in one request; each request is a transaction of its own.
BATCH = 40


class BankMatchWorkspace(models.AbstractModel):
    """Approving many proposals at once, batch by batch."""

    _inherit = "bank.match.workspace"

    @api.model
    def _bulk_domain(self, choice):
        """Return the best open proposals of the chosen lines.

        :param choice: ``line_ids``, or the options of the queue and a ``score`` from 0 to 1
        """
        domain = Domain("state", "=", "open") & Domain("rank", "=", 1)
        lines = self._scope() & Domain("is_reconciled", "=", False)
        if "line_ids" in choice:
            lines &= Domain("id", "in", [int(line_id) for line_id in choice["line_ids"]])
        else:
            domain &= Domain("score", ">=", float(choice.get("score", 1)))
            lines &= self._queue_domain(choice)
        return domain & Domain("statement_line_id", "any", lines)

    @api.model
    def count_bulk(self, choice):
        """Return how many proposals would be booked, and their amounts by currency."""
        self._check_role()
        groups = self.env["bank.match.suggestion"]._read_group(
            self._bulk_domain(choice), ["currency_id"], ["__count", "amount:sum"]
        )
        return {
            "count": sum(count for _currency, count, _amount in groups),
            "amounts": [
                {"currency_id": currency.id, "amount": amount}
                for currency, _count, amount in groups
            ],
        }

    @api.model
    def accept_bulk(self, choice, after=False):
        """Book the next batch of chosen proposals; what is refused stays to be decided.

        :param after: id of the last line of the batch before
        :return: dict of ``booked`` line ids, those ``waiting`` for a second person, ``refused``
            lines with the reason, and ``after`` for the next batch, ``False`` when there is none
        """
        self._check_role()
        domain = self._bulk_domain(choice)
        if after:
            domain &= Domain("statement_line_id", ">", int(after))
        batch = self.env["bank.match.suggestion"].search(
            domain, order="statement_line_id.id, id", limit=BATCH
        )
        alone, rivals = self._without_rivals(batch)
        refused = self._accept_each(alone) if alone else []
        message = self.env._("Another line of this batch pays the same item.")
        refused += [self._refusal(suggestion, message) for suggestion in rivals]
        told = {refusal["line"] for refusal in refused}
        line_ids = batch.statement_line_id.ids
        accepted = alone.statement_line_id.filtered(lambda line: line.id not in told)
        booked = accepted.filtered("is_reconciled")
        return {
            "booked": booked.ids,
            "waiting": (accepted - booked).ids,
            "refused": refused,
            "after": line_ids[-1] if len(batch) == BATCH else False,
        }

    @api.model
    def _without_rivals(self, suggestions):
        """Return the proposals, and apart those that claim an item an earlier one claims."""
        claimed, alone, rivals = set(), suggestions.browse(), suggestions.browse()
        for suggestion in suggestions:
            items = set(suggestion.line_ids.move_line_id.ids)
            if items & claimed:
                rivals |= suggestion
            else:
                claimed |= items
                alone |= suggestion
        return alone, rivals

    @api.model
    def _accept_each(self, suggestions):
        """Book all in one go; where that is refused, one by one. Return the refusals."""
        try:
            with self.env.cr.savepoint():
                suggestions.action_accept()
        except UserError as error:
            if len(suggestions) == 1:
                return [self._refusal(suggestions, str(error))]
        else:
            return []
        self.env.invalidate_all()
        refused = []
        for suggestion in suggestions:
            refused += self._accept_each(suggestion)
        return refused

    @api.model
    def _refusal(self, suggestion, message):
        line = suggestion.statement_line_id
        return {
            "line": line.id,
            "name": line.partner_name or line.payment_ref or "",
            "message": message,
        }
