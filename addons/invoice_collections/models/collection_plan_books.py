from collections import namedtuple

from odoo import Command, api, models
from odoo.tools import SQL

from ..core.plan.allocate import Part, allocate, open_installments, reopened
from ..core.plan.position import Position
from ..core.plan.settle import settle
from .collection_plan import RUNNING

#: What the books say of a plan, in minor units: open of its items and of its charges, charges
#: invoiced in the version in force, credited since; and the day of the latest payment.
Books = namedtuple("Books", "items charges billed credited last_paid")

_NOTHING = Books(0, 0, 0, 0, None)

#: One row a plan, in the order of :class:`Books`.
_BOOKS = """
       SELECT plan.id,
              ROUND(COALESCE(items.residual, 0) * 10 ^ currency.decimal_places)::bigint,
              ROUND(COALESCE(charges.residual, 0) * 10 ^ currency.decimal_places)::bigint,
              ROUND(COALESCE(billed.amount, 0) * 10 ^ currency.decimal_places)::bigint,
              ROUND(COALESCE(moved.credited, 0) * 10 ^ currency.decimal_places)::bigint,
              moved.last_paid
         FROM collection_plan plan
         JOIN res_currency currency ON currency.id = plan.currency_id
    LEFT JOIN LATERAL (
              SELECT SUM(item.amount_residual_currency) AS residual
                FROM collection_plan_line part
                JOIN account_move_line item ON item.id = part.move_line_id
               WHERE part.plan_id = plan.id AND item.parent_state = 'posted'
              ) items ON true
    LEFT JOIN LATERAL (
              SELECT SUM(item.amount_residual_currency) AS residual
                FROM account_move charge
                JOIN account_move_line item ON item.move_id = charge.id
                JOIN account_account account ON account.id = item.account_id
               WHERE charge.collection_plan_id = plan.id
                 AND charge.collection_plan_due IS NOT NULL
                 AND charge.move_type = 'out_invoice' AND charge.state = 'posted'
                 AND account.account_type = 'asset_receivable'
              ) charges ON true
    LEFT JOIN LATERAL (
              SELECT SUM(one.interest + one.fee - COALESCE(one.carried_interest, 0)
                         - COALESCE(one.carried_fee, 0)) AS amount
                FROM collection_plan_installment one
               WHERE one.version_id = plan.version_id AND one.move_id IS NOT NULL
              ) billed ON true
    LEFT JOIN LATERAL (
              SELECT SUM(partial.debit_amount_currency) FILTER (
                         WHERE other_move.move_type = 'out_refund'
                           AND other.date >= plan.accepted_on) AS credited,
                     MAX(other.date) AS last_paid
                FROM collection_plan_line part
                JOIN account_partial_reconcile partial
                  ON partial.debit_move_id = part.move_line_id
                JOIN account_move_line other ON other.id = partial.credit_move_id
                JOIN account_move other_move ON other_move.id = other.move_id
               WHERE part.plan_id = plan.id
              ) moved ON true
        WHERE plan.id = ANY(%s)
"""


class CollectionPlan(models.Model):
    _inherit = "collection.plan"

    # === BUSINESS METHODS - WHAT THE BOOKS SAY === #

    @api.model
    def _of_items(self, items):
        """Return the plans these items or charges are in, that run or ran to their end."""
        parts = self.env["collection.plan.line"].search([("move_line_id", "in", items.ids)])
        plans = parts.plan_id | items.move_id.collection_plan_id
        return plans.filtered(lambda plan: plan.state in (*RUNNING, "completed"))

    def _books(self):
        """Return ``{plan id: Books}``. One query, whatever the number of plans."""
        if not self:
            return {}
        self.env.flush_all()
        rows = self.env.execute_query(SQL(_BOOKS, list(self.ids)))
        return {row[0]: Books(*row[1:]) for row in rows}

    def _open_in_books(self):
        """Return what is open of the items and charges of one plan, in its currency."""
        self.ensure_one()
        books = self._books().get(self.id, _NOTHING)
        return self._major(books.items + books.charges)

    def _money(self, books):
        """Return what was paid since the version in force began, in minor units.

        Whatever of the debt, interest or fee the money was matched with: it counts as paid. Below
        zero, a payment of an earlier version came back.
        """
        self.ensure_one()
        base = self._minor(self.version_id.base_open)
        return base + books.billed - books.items - books.charges

    def _paid_parts(self, books, on):
        """Return ``{number: Part}`` of what is paid of each installment, the oldest first."""
        self.ensure_one()
        money = self._money(books)
        if money <= 0:
            return {}
        installments = self.version_id.installment_ids._as_core()
        paid = allocate(open_installments(installments), money, on)
        return {part.number: part for part in paid.parts}

    def _position(self, on, books=None):
        """Return where the plan stands on a day, as the core knows it."""
        self.ensure_one()
        version = self.version_id
        books = books or self._books()[self.id]
        paid_before = self._minor(self.paid_amount) - self._money(books)
        return Position(
            terms=version._core_terms(),
            installments=version.installment_ids._as_core(),
            on=on,
            paid=self._paid_parts(books, on),
            paid_before=max(0, paid_before),
        )

    def _take_back(self, books, today):
        """Let payments of earlier versions that came back be installments of their own (sudo).

        What they had paid is superseded, or invoiced: nobody asks for it any more.
        """
        for plan in self:
            back = -plan._money(books[plan.id])
            if back <= 0:
                continue
            version = plan.version_id
            rows = {one.number: one for one in version.installment_ids}
            for one in reopened(version.installment_ids._as_core(), back, today):
                if one.number in rows:
                    rows[one.number].balance = plan._major(one.balance)
                else:
                    values = plan._prepare_installment(
                        one.number, one.due, one.principal, 0, 0, one.balance
                    )
                    version.installment_ids = [Command.create({**values, "state": "open"})]
            amount = plan._major(back)
            version.base_open += amount
            version.returned_amount += amount
            self.env["collection.event"]._log(
                "plan_payment_returned", plan, payload={**plan._told(), "amount": back}
            )

    def _settlement(self, on=None):
        """Return what ends the plan on a day, and what that saves (core, minor units)."""
        self.ensure_one()
        return settle(self._position(on or self.company_id._collection_today()))


def total_of(part):
    """Return the minor units of a part, 0 for none."""
    return (part or Part(0)).total
