"""Write-offs as Odoo's presets (``account.reconcile.model``) say: accounts, taxes, analytics."""

from odoo import Command

from ..core.pattern_guard import HostilePatternError, search
from .bank_entry_values import to_float, to_minor
from .match_order import RefusedOrderError

#: What a preset's pattern may find between the digits of an amount.
_NOT_DIGITS = str.maketrans("", "", " '\u2019\u00a0")


def preset_shares(preset, line, total, currency):
    """Return how much each line of a preset takes of ``total``, as (preset line, minor units).

    As in Odoo: a percentage is taken of what the lines before have left, a fixed amount is a
    credit where positive, and none takes more than is left.

    :param total: minor units, signed as in the ledger
    :raise RefusedOrderError: for a pattern that cannot be searched
    """
    shares, left = [], total
    for preset_line in preset.line_ids.filtered("account_id"):
        wanted = _wanted(preset_line, line, total, left, currency)
        share = min(wanted, left) if left > 0 else max(wanted, left)
        if share * left > 0:
            shares.append((preset_line, share))
            left -= share
    return shares


def _wanted(preset_line, line, total, left, currency):
    """Return what a line of a preset wants, in minor units signed as in the ledger."""
    kind = preset_line.amount_type
    if kind == "percentage":
        return round(left * preset_line.amount / 100)
    if kind == "percentage_st_line":
        amount = to_minor(line.amount_currency or line.amount, currency)
        return round(-amount * preset_line.amount / 100)
    if kind == "fixed":
        return to_minor(-preset_line.amount, currency)
    found = _found_amount(preset_line, line)
    return to_minor(found if total > 0 else -found, currency)


def _found_amount(preset_line, line):
    try:
        match = search(preset_line.amount_string, line.payment_ref or "")
    except HostilePatternError:
        raise RefusedOrderError("pattern", preset=preset_line.model_id.name) from None
    if not match or not match.groups() or not match[1]:
        return 0.0
    digits = match[1].translate(_NOT_DIGITS)
    whole, mark, decimals = digits.replace(",", ".").rpartition(".")
    if mark and len(decimals) in {1, 2}:
        digits = f"{whole.replace('.', '')}.{decimals}"
    else:
        digits = digits.replace(",", "").replace(".", "")
    try:
        return abs(float(digits))
    except ValueError:
        return 0.0


def preset_values(order, whole):
    """Return the journal items of a write-off, with its taxes taken out of the amount.

    :param whole: values of one item over the whole amount, in the line's currency and the
        company's
    """
    shares = order.shares
    currency = order.suspense_item.currency_id
    company_currency = order.suspense_item.company_currency_id
    total = sum(share for _line, share in shares)
    made, left = [], whole["balance"]
    for preset_line, share in shares:
        balance = company_currency.round(whole["balance"] * share / total)
        if preset_line == shares[-1][0]:
            balance = left
        left = company_currency.round(left - balance)
        values = {
            **whole,
            "name": preset_line.label or whole["name"],
            "amount_currency": to_float(share, currency.name),
            "balance": balance,
            "account_id": preset_line.account_id.id,
            "partner_id": preset_line.partner_id.id or order.proposal.partner,
            "reconcile_model_id": preset_line.model_id.id,
        }
        if preset_line.analytic_distribution:
            values["analytic_distribution"] = preset_line.analytic_distribution
        made += _with_taxes(order, preset_line, values) if preset_line.tax_ids else [values]
    return made


def _with_taxes(order, preset_line, values):
    """Split an amount that holds its taxes into base and taxes, as Odoo computes them."""
    taxes = preset_line.env["account.tax"]
    company = order.line.company_id
    balance, amount = values["balance"], values["amount_currency"]
    base_line = taxes._prepare_base_line_for_taxes_computation(
        None,
        tax_ids=preset_line.tax_ids,
        price_unit=amount,
        quantity=1.0,
        currency_id=order.suspense_item.currency_id,
        rate=abs(amount / balance) if balance else 1.0,
        special_mode="total_included",
        is_refund=_is_refund(preset_line.tax_ids, balance),
        partner_id=preset_line.env["res.partner"].browse(values["partner_id"] or []),
        account_id=preset_line.account_id,
        analytic_distribution=values.get("analytic_distribution"),
    )
    taxes._add_tax_details_in_base_lines([base_line], company)
    taxes._round_base_lines_tax_details([base_line], company)
    taxes._add_accounting_data_in_base_lines_tax_details([base_line], company)
    made = taxes._prepare_tax_lines([base_line], company)
    tax_values = made["tax_lines_to_add"]
    base = made["base_lines_to_update"][0][1]
    currency, company_currency = order.suspense_item.currency_id, company.sudo().currency_id
    return [
        {
            **values,
            "tax_ids": [Command.set(preset_line.tax_ids.ids)],
            "tax_tag_ids": base["tax_tag_ids"],
            "amount_currency": currency.round(
                amount - sum(value["amount_currency"] for value in tax_values)
            ),
            "balance": company_currency.round(
                balance - sum(value["balance"] for value in tax_values)
            ),
        },
        *({**value, "reconcile_model_id": values["reconcile_model_id"]} for value in tax_values),
    ]


def _is_refund(taxes, balance):
    """Tell whether an entry takes the taxes back: a sale in debit, a purchase in credit."""
    if taxes[0].type_tax_use == "sale":
        return balance > 0
    return balance < 0
