from odoo import api, fields, models
from odoo.tools import SQL


class AccountBankStatementLine(models.Model):
    """What lists, cards, pivots and graphs of bank lines show beside the line itself."""

    _inherit = "account.bank.statement.line"

    bank_best_text = fields.Char(compute="_compute_bank_best_text", string="Best Proposal")
    bank_company_amount = fields.Monetary(
        string="Amount in Company Currency",
        compute="_compute_bank_company_amount",
        currency_field="company_currency_id",
        help="As it was booked, at the rate of its day: lines of several currencies add up.",
    )

    @api.depends("bank_suggestion_ids.state", "bank_suggestion_ids.rank")
    @api.depends_context("lang")
    def _compute_bank_best_text(self):
        """Say kind, chance and items of the best open proposal; one query for all lines."""
        best = {}
        suggestions = self.env["bank.match.suggestion"].search(
            [("statement_line_id", "in", self.ids), ("state", "=", "open")], order="rank desc, id"
        )
        for suggestion in suggestions:
            best[suggestion.statement_line_id.id] = suggestion
        kinds = dict(suggestions._fields["kind"]._description_selection(self.env))
        for line in self:
            found = best.get(line.id)
            line.bank_best_text = found and " · ".join(
                part
                for part in (
                    kinds.get(found.kind),
                    self.env._("%(percent)s %%", percent=int(100 * found.score)),
                    found.item_text,
                )
                if part
            )

    @api.depends("journal_id.default_account_id", "line_ids.balance", "line_ids.account_id")
    def _compute_bank_company_amount(self):
        for line in self:
            account = line.journal_id.default_account_id
            items = line.line_ids.filtered(lambda item, account=account: item.account_id == account)
            line.bank_company_amount = sum(items.mapped("balance"))

    def _read_group_select(self, aggregate_spec, query):
        """Add up what was booked, while reading: booking pays nothing for it.

        Where the companies have several currencies, ``sum_currency`` turns them into the one of
        the user's company, as it does everywhere.
        """
        if aggregate_spec not in {"bank_company_amount:sum", "bank_company_amount:sum_currency"}:
            return super()._read_group_select(aggregate_spec, query)
        booked = SQL(
            """(SELECT SUM(item.balance)
                  FROM account_move_line item
                  JOIN account_journal journal ON journal.id = item.journal_id
                 WHERE item.move_id = %s AND item.account_id = journal.default_account_id)""",
            self._field_to_sql(self._table, "move_id", query),
        )
        if aggregate_spec.endswith(":sum"):
            return SQL("SUM(%s)", booked)
        return SQL("SUM(%s * %s)", booked, self._rate_to_company(query))

    def _rate_to_company(self, query):
        """Return today's rate from the currency of a line's company to that of the user's."""
        company, today = self.env.company, fields.Date.context_today(self)
        rates = {
            one.id: one.currency_id._get_conversion_rate(
                one.currency_id, company.currency_id, company, today
            )
            for one in self.env.companies
        }
        cases = SQL(" ").join(SQL("WHEN %s THEN %s", key, rate) for key, rate in rates.items())
        column = self._field_to_sql(self._table, "company_id", query)
        return SQL("CASE %s %s ELSE 1 END", column, cases)
