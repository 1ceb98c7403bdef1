from collections import defaultdict
from datetime import timedelta

from odoo import api, models
from odoo.tools.translate import LazyTranslate

from odoo.addons.invoice_collections.core import aging

_lt = LazyTranslate(__name__)

#: Debtors shown to the bank, the largest first.
TOP_DEBTORS = 10

#: Days of reminders that are counted.
REMINDER_DAYS = 30

#: Names and colours of the age buckets, from calm to alarming.
BUCKETS = {
    "not_due": (_lt("Not due"), "#6c9a8b"),
    "1_30": (_lt("1 to 30 days overdue"), "#e8c468"),
    "31_60": (_lt("31 to 60 days overdue"), "#e8aa42"),
    "61_90": (_lt("61 to 90 days overdue"), "#d9763a"),
    "over_90": (_lt("More than 90 days overdue"), "#b23a48"),
}


class BankPortfolio(models.AbstractModel):
    """The figures a company shares with its bank: nothing a consent does not open.

    All methods run as superuser on an effective consent; which consent a person may use is
    decided before (record rules and ``SponsorBankPortal``).
    """

    _name = "bank.portfolio"
    _description = "Figures Shared with the Bank"

    @api.model
    def _figures(self, consent):
        """Return the shared figures, by block; a block that is not shared is ``None``.

        Amounts are in the currency beside them, unpaid and signed as owed to the company; the
        day is the company's.

        :return: ``{"as_of", "receivables", "debtors", "reminders", "reconciliation"}``
        """
        company = consent.company_id
        portfolio = self.with_company(company).with_context(allowed_company_ids=company.ids)
        figures = dict.fromkeys(("receivables", "debtors", "reminders", "reconciliation"))
        figures["as_of"] = today = company._collection_today()
        if consent.share_receivables:
            items = portfolio._open_items(company)
            figures["receivables"] = portfolio._receivables(items, today)
            figures["debtors"] = portfolio._debtors(items, today, consent.share_debtor_names)
        if consent.share_reminders:
            figures["reminders"] = portfolio._reminders(company, today)
        if consent.share_reconciliation:
            figures["reconciliation"] = portfolio._reconciliation(company)
        return figures

    @api.model
    def _overview(self, consents):
        """Return the receivables of many companies: one query for all of them.

        :return: ``{consent: blocks}`` as in :meth:`_figures`; ``None`` where not shared
        """
        shared = consents.filtered("share_receivables")
        items = self._open_items(shared.company_id)
        by_company = items.grouped("company_id")
        return {
            consent: self._receivables(
                by_company.get(consent.company_id, items.browse()),
                consent.company_id._collection_today(),
            )
            if consent in shared
            else None
            for consent in consents
        }

    @api.model
    def _open_items(self, companies):
        """Return the open receivable items of the companies."""
        return self.env["account.move.line"].search_fetch(
            [
                ("company_id", "in", companies.ids),
                ("parent_state", "=", "posted"),
                ("account_type", "=", "asset_receivable"),
                ("reconciled", "=", False),
            ],
            [
                *("company_id", "currency_id", "amount_residual", "amount_residual_currency"),
                *("date", "date_maturity", "move_id", "partner_id"),
            ],
        )

    @api.model
    def _receivables(self, items, today):
        """Return open and overdue amounts and the ages, currency by currency."""
        blocks = []
        for currency, lines in items.grouped("currency_id").items():
            totals = aging.aged_totals(
                [(line.date_maturity or line.date, self._minor(line, currency)) for line in lines],
                today,
            )
            overdue = sum(amount for code, amount in totals.items() if code != "not_due")
            blocks.append(
                {
                    "currency": currency,
                    "open": self._major(sum(totals.values()), currency),
                    "overdue": self._major(overdue, currency),
                    "count": len(lines.move_id),
                    "buckets": self._buckets(totals, currency),
                }
            )
        return sorted(blocks, key=lambda block: -block["open"])

    @api.model
    def _buckets(self, totals, currency):
        """Return label, colour, amount and share of the bar of each bucket."""
        shown = sum(amount for amount in totals.values() if amount > 0)
        return [
            {
                "label": self.env._(BUCKETS[code][0]),
                "color": BUCKETS[code][1],
                "amount": self._major(amount, currency),
                "share": round(100 * max(amount, 0) / shown, 1) if shown else 0,
            }
            for code, amount in totals.items()
        ]

    @api.model
    def _debtors(self, items, today, show_names):
        """Return the largest debtors in company currency; without names they are numbered."""
        open_by_debtor, overdue_by_debtor = defaultdict(float), defaultdict(float)
        for line in items:
            debtor = line.partner_id.commercial_partner_id
            open_by_debtor[debtor] += line.amount_residual
            if aging.bucket(line.date_maturity or line.date, today) != "not_due":
                overdue_by_debtor[debtor] += line.amount_residual
        total = sum(open_by_debtor.values())
        largest = sorted(open_by_debtor, key=lambda debtor: (-open_by_debtor[debtor], debtor.id))
        return [
            {
                "name": debtor.name
                if show_names
                else self.env._("Customer %(number)s", number=position),
                "open": open_by_debtor[debtor],
                "overdue": overdue_by_debtor[debtor],
                "share": round(100 * open_by_debtor[debtor] / total, 1) if total else 0,
            }
            for position, debtor in enumerate(largest[:TOP_DEBTORS], start=1)
            if open_by_debtor[debtor] > 0
        ]

    @api.model
    def _reminders(self, company, today):
        """Return how many reminders went out in the last days, and why others did not."""
        Touchpoint = self.env["collection.touchpoint"]
        recent = [
            ("company_id", "=", company.id),
            ("date", ">", today - timedelta(days=REMINDER_DAYS)),
        ]
        by_state = dict(Touchpoint._read_group(recent, ["state"], ["__count"]))
        reasons = Touchpoint._read_group(
            [*recent, ("state", "=", "blocked")], ["block_reason"], ["__count"]
        )
        labels = dict(Touchpoint._fields["block_reason"]._description_selection(self.env))
        return {
            "sent": by_state.get("sent", 0),
            "held": by_state.get("blocked", 0),
            "reasons": [
                {"label": labels.get(code, code), "count": count}
                for code, count in sorted(reasons, key=lambda row: -row[1])
            ],
        }

    @api.model
    def _reconciliation(self, company):
        """Return how far the bank's books are proved, and what waits for the accountant."""
        accounts = self.env["bank.connection.account"].search([("company_id", "=", company.id)])
        proofs = dict(accounts._fields["last_proof"]._description_selection(self.env))
        by_match = dict(
            self.env["account.bank.statement.line"]._read_group(
                [("company_id", "=", company.id), ("bank_match_state", "!=", False)],
                ["bank_match_state"],
                ["__count"],
            )
        )
        return {
            "matched": by_match.get("booked", 0) + by_match.get("accepted", 0),
            "unmatched": by_match.get("suggested", 0) + by_match.get("exception", 0),
            "accounts": [
                {
                    "name": f"…{(account.iban or '')[-4:]} {account.currency_id.name}",
                    "covered_until": account.covered_until,
                    "proof": proofs.get(account.last_proof, ""),
                }
                for account in accounts
            ],
        }

    @api.model
    def _minor(self, line, currency):
        """Return a line's residual in minor units of its currency."""
        return round(line.amount_residual_currency * 10**currency.decimal_places)

    @api.model
    def _major(self, amount, currency):
        """Return minor units as an amount of the currency."""
        return currency.round(amount / 10**currency.decimal_places)
