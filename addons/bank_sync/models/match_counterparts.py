"""On which accounts the portions of an entry lie, and what Odoo's own mechanisms make of them."""

from ..core.booking import Role
from ..core.matching.values import Kind
from .bank_entry_values import to_float, to_minor
from .match_order import RefusedOrderError
from .match_presets import preset_values


class Counterparts:
    """Values of journal items for the portions of one company's orders."""

    def __init__(self, env, company):
        self.env, self.company = env, company
        self.company_sudo = company.sudo()
        self.discounts = {}

    # === DISCOUNTS === #

    def discount_worth(self, order):
        """Return item id → worth of its discount in minor units, as Odoo would enter it."""
        worth = {}
        by_id = {item.id: item for item in order.items}
        for claim in order.proposal.claims:
            if claim.discount:
                values = self._discount_values(by_id[claim.item], claim)
                total = sum(value["balance"] for value in values)
                worth[claim.item] = to_minor(total, self.company_sudo.currency_id.name)
        return worth

    def _discount_values(self, item, claim):
        """Return Odoo's items for an early-payment discount, in the size that is granted.

        Which account, and whether the tax is corrected, is for the payment term to say.
        """
        key = (item.id, claim.discount)
        if key not in self.discounts:
            own = self._own_discount(item)
            self.discounts[key] = self._scaled(own, item, claim)
        return self.discounts[key]

    def _own_discount(self, item):
        move = item.move_id
        term_items = move.line_ids.filtered(lambda line: line.display_type == "payment_term")
        if len(term_items) != 1 or not move.invoice_payment_term_id.early_discount:
            return []
        made = self.env["account.move"]._get_invoice_counterpart_amls_for_early_payment_discount(
            [
                {
                    "aml": item,
                    "amount_currency": -item.amount_residual_currency,
                    "balance": -item.amount_residual,
                }
            ],
            0.0,
        )
        return made["base_lines"] + made["tax_lines"] + made["term_lines"]

    def _scaled(self, own, item, claim):
        """Bring Odoo's items to exactly ``claim.discount``; rounding goes into the largest."""
        discount = to_float(claim.discount, item.currency_id.name)
        total = sum(value["amount_currency"] for value in own)
        if not own or not total or (total > 0) != (discount > 0):
            return [self._plain_discount(item, discount)]
        ratio = discount / total
        company_currency = self.company_sudo.currency_id
        scaled = [
            {
                **value,
                "amount_currency": item.currency_id.round(value["amount_currency"] * ratio),
                "balance": company_currency.round(value["balance"] * ratio),
            }
            for value in own
        ]
        largest = max(scaled, key=lambda value: abs(value["amount_currency"]))
        rounding = discount - sum(value["amount_currency"] for value in scaled)
        largest["amount_currency"] = item.currency_id.round(largest["amount_currency"] + rounding)
        if item.currency_id == company_currency:
            for value in scaled:
                value["balance"] = value["amount_currency"]
        return [value for value in scaled if value["amount_currency"] or value["balance"]]

    def _plain_discount(self, item, discount):
        company = self.company_sudo
        account = (
            company.account_journal_early_pay_discount_loss_account_id
            if discount > 0
            else company.account_journal_early_pay_discount_gain_account_id
        )
        if not account:
            raise RefusedOrderError("discount_account")
        rate = item.balance / item.amount_currency if item.amount_currency else 1.0
        return {
            "name": self.env._("Early Payment Discount"),
            "account_id": account.id,
            "partner_id": item.partner_id.id,
            "currency_id": item.currency_id.id,
            "amount_currency": discount,
            "balance": company.currency_id.round(discount * rate),
        }

    # === PORTIONS === #

    def values(self, order, portion):
        """Return the values of the journal items for one portion; most have one.

        :raise RefusedOrderError: when the company has no account for it
        """
        if portion.role is Role.DISCOUNT:
            claim = next(c for c in order.proposal.claims if c.item == portion.item)
            item = order.items.filtered(lambda item: item.id == portion.item)
            return self._discount_values(item, claim)
        values = {
            "name": order.line.payment_ref,
            "currency_id": self._currency(order, portion).id,
            "amount_currency": to_float(portion.amount, portion.currency),
            "balance": to_float(portion.balance, self.company_sudo.currency_id.name),
        }
        if portion.role is Role.WRITE_OFF and order.shares:
            return preset_values(order, values)
        return [{**values, **getattr(self, f"_{portion.role.value}_values")(order, portion)}]

    def _currency(self, order, portion):
        own = order.suspense_item.currency_id
        if own.name == portion.currency:
            return own
        candidates = own | order.items.currency_id | self.company_sudo.currency_id
        return candidates.filtered(lambda currency: currency.name == portion.currency)

    def _item_values(self, order, portion):
        item = order.items.filtered(lambda item: item.id == portion.item)
        return {
            "account_id": item.account_id.id,
            "partner_id": item.partner_id.id,
            "analytic_distribution": False,
        }

    def _on_account_values(self, order, portion):
        if order.proposal.kind is Kind.TRANSFER:
            account = self._need(self.company_sudo.transfer_account_id, "transfer_account")
            return {"account_id": account.id, "partner_id": False, "analytic_distribution": False}
        partner = self.env["res.partner"].browse(order.proposal.partner)
        owed = order.items.filtered(
            lambda item: (
                item.account_id.account_type in {"asset_receivable", "liability_payable"}
                and item.partner_id.commercial_partner_id == partner.commercial_partner_id
            )
        )[:1]
        if not (account := owed.account_id):
            partner = partner.with_company(self.company)
            account = (
                partner.property_account_receivable_id
                if portion.amount < 0
                else partner.property_account_payable_id
            )
        return {
            "account_id": account.id,
            "partner_id": (owed.partner_id or partner).id,
            "analytic_distribution": False,
        }

    def _fee_values(self, order, _portion):
        account = self.company_sudo.bank_charge_account_id
        name = self.env._("Charges: %(text)s", text=order.line.payment_ref)
        return self._result_values(order, name, account, "charges_account")

    def _write_off_values(self, order, portion):
        company = self.company_sudo
        loss = company.default_cash_difference_expense_account_id
        gain = company.default_cash_difference_income_account_id
        name = self.env._("Difference: %(text)s", text=order.line.payment_ref)
        account = loss if portion.amount > 0 else gain
        return self._result_values(order, name, account, "difference_account")

    def _exchange_values(self, order, portion):
        company = self.company_sudo
        loss = company.expense_currency_exchange_account_id
        gain = company.income_currency_exchange_account_id
        name = self.env._("Exchange difference: %(text)s", text=order.line.payment_ref)
        account = loss if portion.amount > 0 else gain
        return self._result_values(order, name, account, "exchange_account")

    def _result_values(self, order, name, account, code):
        """Return what lies on an account of profit and loss, in the payer's name."""
        account = self._need(account, code)
        # What a processor keeps is no matter of one of its many payers.
        one = order.proposal.kind is not Kind.PAYOUT
        partner = order.proposal.partner if one else False
        return {"name": name, "account_id": account.id, "partner_id": partner}

    def _need(self, account, code):
        if not account:
            raise RefusedOrderError(code)
        return account
