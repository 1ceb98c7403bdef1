"""Book a batch of bank lines: gather, check, plan; then one write, one create, one reconciliation.

Not a model: it lives for one batch. What the entries must hold is ``core.booking``.
"""

from dataclasses import dataclass, field

from ..core.booking import Role
from ..core.matching.values import Kind
from .bank_entry_values import to_float, to_minor
from .match_checks import MatchChecks
from .match_counterparts import Counterparts
from .match_items import (
    AMOUNTS,
    BOOKING_CONTEXT,
    TAXES,
    assign,
    before_values,
    is_worth,
    without_analytics,
    write_amounts,
    write_taxes,
)
from .match_order import RefusedOrderError
from .match_returns import free_payments


@dataclass(eq=False)
class Row:
    """One journal item to be, and what it settles."""

    order: object
    values: dict
    role: Role
    item_ids: list = field(default_factory=list)
    record: object = None


class MatchBooking:
    """Book orders; those that are refused are left as they were."""

    def __init__(self, env, orders):
        self.env = env
        self.orders = orders
        self.items = env["account.move.line"].with_context(**BOOKING_CONTEXT)
        self.refused = {}
        self.rows = []
        self.rows_of = {}

    def book(self):
        """Book what can be booked.

        :return: dict of line → what was done, as plain values to undo it by
        """
        self.look()
        if not self.orders:
            return {}
        for order in self.orders:
            if order.is_return:
                order.freed = free_payments(order)
        self._write()
        self._create()
        payloads = {order.line: self._payload(order) for order in self.orders}
        self._reconcile()
        return payloads

    # === PLAN === #

    def look(self):
        """Work out what would be booked, and write nothing.

        :return: dict of line → why it is refused
        """
        self._gather()
        self._check_and_plan()
        return self.refused

    def _gather(self):
        """Bring all items into one prefetch."""
        ids = [claim.item for order in self.orders for claim in order.proposal.claims]
        known = self.items.browse(ids).exists() if ids else self.items
        existing, prefetch = set(known.ids), known._prefetch_ids
        lines = self.env["account.bank.statement.line"].browse([o.line.id for o in self.orders])
        lines.move_id.fetch(["inalterable_hash"])
        for order in self.orders:
            mine = [key for key in order.proposal.items if key in existing]
            order.items = self.items.browse(mine).with_prefetch(prefetch)
            order.suspense_item = order.line._seek_for_lines()[1]
            order.before = before_values(order.suspense_item)

    def _check_and_plan(self):
        """Keep the orders that can be booked, each with its rows; nothing is written yet."""
        checks, counterparts, kept = MatchChecks(), {}, []
        for order in self.orders:
            company = order.line.company_id
            desk = counterparts.setdefault(company, Counterparts(self.env, company))
            try:
                checks.check(order)
                order.plan(desk.discount_worth(order))
                rows = self._plan_rows(order, desk)
            except RefusedOrderError as error:
                self.refused[order.line] = error
                continue
            self.rows += rows
            self.rows_of[order] = rows
            kept.append(order)
        self.orders = kept

    def _plan_rows(self, order, desk):
        """Return the rows of an order; items of one account that are paid whole share a row."""
        rows = [
            Row(order, values, portion.role, [portion.item] if portion.role is Role.ITEM else [])
            for portion in order.portions
            if portion.role is not Role.REST
            for values in desk.values(order, portion)
        ]
        rows = self._joined(order, rows)
        if len(rows) == 1 and not order.rest and is_worth(rows[0].values, order.suspense_item):
            # The whole suspense item: it keeps its amounts and its text.
            for name in ("name", *AMOUNTS):
                rows[0].values.pop(name, None)
        return rows

    def _joined(self, order, rows):
        whole = self._paid_whole(order)
        joined, made = {}, []
        for row in rows:
            target = (
                row.role in {Role.ITEM, Role.ON_ACCOUNT}
                and set(row.item_ids) <= whole
                and (
                    row.values["account_id"],
                    row.values["partner_id"],
                    row.values["currency_id"],
                )
            )
            if not target or target not in joined:
                made.append(row)
                if target and row.role is Role.ITEM:
                    joined[target] = row
                continue
            known = joined[target]
            known.item_ids += row.item_ids
            for name in ("amount_currency", "balance"):
                total = known.values[name] + row.values[name]
                known.values[name] = round(total, 6)
        return made

    def _paid_whole(self, order):
        if order.is_return:
            return set()
        claims = {claim.item: claim.applied for claim in order.proposal.claims}
        return {
            item.id
            for item in order.items
            if to_minor(item.amount_residual_currency, item.currency_id.name) == claims[item.id]
        }

    # === WRITE === #

    def _write(self):
        """Turn the suspense items into the first rows: one write per account, not per line."""
        first = {}
        for row in self.rows:
            if not row.order.rest:
                first.setdefault(row.order, row)
        self._write_amounts(first)
        partners, names, accounts, rest = {}, {}, {}, {}
        for order, row in first.items():
            row.record = self.items.browse(order.suspense_item.id)
            key, values = row.record.id, dict(row.values)
            partners.setdefault(values.pop("partner_id", False) or False, []).append(key)
            if "name" in values:
                names.setdefault(values.pop("name"), []).append(key)
            taxes = {name: values.pop(name) for name in TAXES if name in values}
            if taxes:
                write_taxes(row.record, taxes)
            account = values.pop("account_id")
            extra = {name: value for name, value in values.items() if name not in AMOUNTS}
            # Given, so that Odoo does not search a distribution model for each item.
            extra.setdefault("analytic_distribution", False)
            if row.role is Role.ITEM and not order.suspense_item.analytic_distribution:
                accounts.setdefault(account, []).append(key)
            else:
                group = (account, repr(sorted(extra.items(), key=str)))
                rest.setdefault(group, ({"account_id": account, **extra}, []))[1].append(key)
        with without_analytics(self.items, [key for ids in accounts.values() for key in ids]):
            assign(self.items, partner_id=partners, name=names, account_id=accounts)
        for values, ids in rest.values():
            self.items.browse(ids).write(values)

    def _write_amounts(self, first):
        """Give suspense items that are split their new amounts, in one go."""
        changed = {}
        for order in self.orders:
            if order.rest:
                rest = next(p for p in order.portions if p.role is Role.REST)
                currency = order.suspense_item.currency_id
                company_currency = order.suspense_item.company_currency_id
                changed[order.suspense_item.id] = {
                    "currency_id": currency.id,
                    "amount_currency": to_float(rest.amount, currency.name),
                    "balance": to_float(rest.balance, company_currency.name),
                }
            elif "balance" in first[order].values:
                row = first[order]
                changed[order.suspense_item.id] = {name: row.values[name] for name in AMOUNTS}
        write_amounts(self.items, changed)

    def _create(self):
        rows = [
            row
            for row in self.rows
            if not row.record and (row.values["balance"] or row.values["amount_currency"])
        ]
        if not rows:
            return
        made = self.items.create(
            [{**row.values, "move_id": row.order.line.move_id.id} for row in rows]
        )
        for row, record in zip(rows, made, strict=True):
            row.record = record

    # === RECONCILE === #

    def _reconcile(self):
        """Reconcile everything in one plan that shares one prefetch."""
        groups = [group for row in self.rows if (group := self._group(row))]
        groups += self._transfers()
        if not groups:
            return
        everything = self.items.browse([key for group in groups for key in group])
        plan = [
            self.items.browse(group).with_prefetch(everything._prefetch_ids) for group in groups
        ]
        self.items._reconcile_plan(plan)

    def _group(self, row):
        """Return the ids of what a row settles and its own; nothing for one that settles none."""
        settled = row.item_ids
        if row.order.is_return:
            settled = [key for item in row.item_ids for key in row.order.freed[item].ids]
        return [*row.record.ids, *settled] if settled and row.record else settled

    def _transfers(self):
        """Pair both ends of internal transfers that have arrived, where only one fits."""
        rows = [
            row
            for row in self.rows
            if row.order.proposal.kind is Kind.TRANSFER and row.role is Role.ON_ACCOUNT
        ]
        if not rows:
            return []
        ends = self.items.search(
            [
                ("account_id", "in", [row.record.account_id.id for row in rows]),
                ("company_id", "in", [row.record.company_id.id for row in rows]),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("statement_line_id", "!=", False),
            ]
        )
        by_amount = {}
        for end in ends:
            key = (end.company_id.id, end.currency_id.id, round(end.amount_residual_currency, 4))
            by_amount.setdefault(key, []).append(end)
        pairs, used = [], set()
        for row in rows:
            end = row.record
            key = (end.company_id.id, end.currency_id.id, round(-end.amount_residual_currency, 4))
            same = (*key[:2], round(end.amount_residual_currency, 4))
            others = [o for o in by_amount.get(key, ()) if o.journal_id != end.journal_id]
            if len(others) == 1 and len(by_amount.get(same, ())) == 1 and end.id not in used:
                pairs.append([end.id, others[0].id])
                used.update(pairs[-1])
        return pairs

    # === EVIDENCE === #

    def _payload(self, order):
        """Return what was done to a line, to undo it by."""
        rows = self.rows_of[order]
        suspense = order.suspense_item
        created = [row.record.id for row in rows if row.record and row.record != suspense]
        proposal = order.proposal
        return {
            "items": list(proposal.items),
            "claims": [[c.item, c.applied, c.discount] for c in proposal.claims],
            "counterpart": suspense.id,
            "created": created,
            "before": order.before,
            "freed": [[item, payments.ids] for item, payments in order.freed.items()],
            "kind": proposal.kind.value,
            "fee": proposal.fee,
            "write_off": proposal.write_off,
            "on_account": proposal.on_account,
        }
