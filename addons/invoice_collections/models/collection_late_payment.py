from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL, float_repr

from ..core import interest, late_debt, late_payment

_DAY = timedelta(days=1)


class CollectionLatePayment(models.AbstractModel):
    """Gathers what the law of late payment looks at, in a fixed number of queries.

    Businesses and public bodies: the law of the creditor's country, or of the set the policy
    names. A consumer keeps the law of the own country. Runs on sudo records; callers decide who
    may see the answer.
    """

    _name = "collection.late.payment"
    _description = "Late-Payment Law"

    @api.model
    def _charges(self, lines, today):
        """Return ``{line id: core charges}``: what may be charged, nothing of it claimed yet."""
        return late_debt.charges(self._debts(lines, today))

    @api.model
    def _debts(self, lines, today):
        """Return the :class:`LateDebt` of every item that fell due before today.

        Items under a law we have no verified rules of are left out.
        """
        lines = lines.filtered(lambda line: self._is_late(line, today))
        if not lines:
            return []
        customers = lines.partner_id.commercial_partner_id
        known = {
            "payments": self._payments(lines),
            "disputed": self._disputed(lines),
            "frozen": customers._collection_frozen_from(customers.ids),
            "laws": self._laws(lines.company_id),
            "notices": self.env["collection.notice"]._deadlines(lines),
            "reminders": self._reminders(lines),
            **self._charged(lines),
        }
        return [debt for line in lines if (debt := self._debt(line, today, known))]

    @api.model
    def _is_late(self, line, today):
        """Return whether an item of an invoice fell due; what is claimed bears nothing itself."""
        return (
            line.account_id.account_type == "asset_receivable"
            and line.parent_state == "posted"
            and line.move_id.move_type in ("out_invoice", "out_receipt")
            and not line.move_id.collection_is_claim
            and line.balance > 0
            and (line.date_maturity or line.date) < today
        )

    @api.model
    def _debt(self, line, today, known):
        customer = line.partner_id.commercial_partner_id
        segment = customer._collection_kind()
        policy, laws = known["laws"][line.company_id]
        law = laws.get(self._country(line.company_id, customer, policy, segment))
        if not law:
            return None
        factor = 10**line.currency_id.decimal_places
        frozen = known["frozen"].get(customer.id)
        day = min(today, frozen - _DAY) if frozen else today
        residual = round(line.amount_residual_currency * factor) - known["disputed"].get(line.id, 0)
        own_currency = line.currency_id == line.company_id.currency_id
        return late_debt.LateDebt(
            key=line.id,
            invoice=line.move_id.id,
            currency=line.currency_id.id,
            due=line.date_maturity or line.date,
            day=day,
            segment=segment,
            rules=law["rules"],
            rates=law["rates"][segment],
            parts=interest.tranches(max(residual, 0), known["payments"][line.id], day),
            has_sum=line.move_id.id in known["with_sum"],
            claimed_until=known["claimed_until"].get(line.id),
            notice_ended=known["notices"].get(line.id),
            reminders=tuple(row for row in known["reminders"][line.id] if row[0] <= day),
            charged=known["charged_reminders"],
            fee=round(policy.reminder_fee * factor) if own_currency else 0,
            fees_agreed=policy.fees_agreed,
        )

    @api.model
    def _country(self, company, customer, policy, segment):
        """Return the country whose law counts."""
        if segment == "b2c" and customer.country_id:
            return customer.country_id
        return policy.rule_set_id.country_id or company.account_fiscal_country_id

    # === LAW === #

    @api.model
    def _laws(self, companies):
        """Return ``{company: (policy, {country: rules and rates})}``, verified figures only."""
        sets = self.env["collection.rule.set"]._for_companies(companies)
        references = self._references(companies)
        laws = {}
        for company in companies:
            policy = company._collection_policy()
            if policy.rule_set_id.state == "verified":
                sets[company][policy.rule_set_id.country_id] = policy.rule_set_id
            of_company = {}
            for country, rule_set in sets[company].items():
                verified = rule_set.line_ids.filtered("verified")
                rules = tuple(line._core_line() for line in verified)
                of_company[country] = {
                    "rules": rules,
                    "rates": {
                        segment: late_payment.interest_rates(
                            late_payment.applicable(rules, "interest", segment),
                            references[company],
                        )
                        for segment in late_payment.SEGMENTS
                    },
                }
            laws[company] = (policy, of_company)
        return laws

    @api.model
    def _references(self, companies):
        """Return ``{company: {code: rates}}``; a company's own rate replaces ours of its days."""
        rates = self.env["collection.reference.rate"].search(
            [("verified", "=", True), ("company_id", "in", [*companies.ids, False])]
        )
        found = {}
        for company in companies:
            own = rates.filtered(lambda rate, company=company: rate.company_id == company)
            by_code = defaultdict(list)
            for rate in rates:
                replaced = not rate.company_id and any(rate._overlaps(other) for other in own)
                if rate.company_id in (company, company.browse()) and not replaced:
                    by_code[rate.code].append(
                        late_payment.Reference(
                            rate.date_from, rate.date_to, Decimal(float_repr(rate.value, 4))
                        )
                    )
            found[company] = by_code
        return found

    # === FACTS === #

    @api.model
    def _payments(self, lines):
        """Return ``{line id: [(day, minor units)]}`` of what was paid.

        A credit note is no payment: what it takes back was never owed, and bears nothing.
        """
        self.env["account.partial.reconcile"].flush_model()
        self.env["account.move.line"].flush_model(["date", "currency_id", "move_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partial.debit_move_id, credit.date,
                       ROUND(partial.debit_amount_currency * 10 ^ currency.decimal_places)::bigint
                  FROM account_partial_reconcile partial
                  JOIN account_move_line debit ON debit.id = partial.debit_move_id
                  JOIN res_currency currency ON currency.id = debit.currency_id
                  JOIN account_move_line credit ON credit.id = partial.credit_move_id
                  JOIN account_move move ON move.id = credit.move_id
                 WHERE partial.debit_move_id = ANY(%s) AND move.move_type != 'out_refund'
                """,
                lines.ids,
            )
        )
        payments = defaultdict(list)
        for line, day, amount in rows:
            payments[line].append((day, amount))
        return payments

    @api.model
    def _disputed(self, lines):
        """Return ``{line id: minor units}`` disputed or in a plan: nothing is charged on them."""
        return {
            line: sum(part.amount for part in parts if part.code in ("dispute", "plan"))
            for line, parts in lines._collection_withholdings().items()
        }

    @api.model
    def _charged(self, lines):
        """Return what of these invoices was claimed, paid, waived or credited already."""
        charges = self.env["collection.charge"].search_fetch(
            [("move_id", "in", lines.move_id.ids), ("state", "!=", "computed")],
            ["kind", "move_id", "move_line_id", "date_to", "touchpoint_id"],
        )
        claimed_until = {}
        for charge in charges.filtered(lambda charge: charge.kind == "interest"):
            line = charge.move_line_id.id
            claimed_until[line] = max(charge.date_to, claimed_until.get(line, charge.date_to))
        return {
            "with_sum": {charge.move_id.id for charge in charges if charge.kind == "fixed_sum"},
            "claimed_until": claimed_until,
            "charged_reminders": frozenset(charges.touchpoint_id.ids),
        }

    @api.model
    def _reminders(self, lines):
        """Return ``{line id: [(day, touchpoint id)]}`` of sent reminders whose fee it would bear.

        A reminder of many items costs one fee: the item due first bears it.
        """
        self.env["collection.touchpoint.item"].flush_model()
        self.env["collection.touchpoint"].flush_model(["state", "date", "channel"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT carrier.move_line_id, carrier.date, carrier.touchpoint_id
                  FROM (
                    SELECT DISTINCT ON (item.touchpoint_id)
                           item.touchpoint_id, item.move_line_id, touchpoint.date
                      FROM collection_touchpoint_item item
                      JOIN collection_touchpoint touchpoint ON touchpoint.id = item.touchpoint_id
                      JOIN account_move_line line ON line.id = item.move_line_id
                     WHERE touchpoint.state IN ('sent', 'delivered')
                       AND touchpoint.channel != 'call' AND item.block = 'due'
                       AND item.touchpoint_id IN (
                           SELECT touchpoint_id FROM collection_touchpoint_item
                            WHERE move_line_id = ANY(%(lines)s))
                     ORDER BY item.touchpoint_id, COALESCE(line.date_maturity, line.date), line.id
                  ) carrier
                 WHERE carrier.move_line_id = ANY(%(lines)s)
                 ORDER BY carrier.date, carrier.touchpoint_id
                """,
                lines=lines.ids,
            )
        )
        reminders = defaultdict(list)
        for line, day, touchpoint in rows:
            reminders[line].append((day, touchpoint))
        return reminders
