from markupsafe import Markup

from odoo import api, fields, models

from ..core.entry_store import charges_from_plain, details_from_plain
from ..core.money import to_decimal_text
from .bank_entry_values import to_minor


class BankEntry(models.Model):
    """What the bank says about an entry, as a person reads it."""

    _inherit = "bank.entry"

    original_text = fields.Char(compute="_compute_readable", string="Ordered")
    charges_text = fields.Char(compute="_compute_readable", string="Fees")
    line_count = fields.Integer(compute="_compute_line_count", string="Bank Lines")
    details_html = fields.Html(compute="_compute_details_html", string="Transactions")

    @api.depends("original_amount", "original_currency", "exchange_rate", "charges", "amount")
    @api.depends_context("lang")
    def _compute_readable(self):
        for entry in self:
            entry.original_text = entry._original_text()
            entry.charges_text = entry._charges_text()

    def _original_text(self):
        if not self.original_currency:
            return False
        amount = _money(to_minor(self.original_amount, self.original_currency), self)
        if not self.exchange_rate:
            return self.env._("Ordered as %(amount)s", amount=amount)
        return self.env._(
            "Ordered as %(amount)s, the bank's rate is %(rate)s",
            amount=amount,
            rate=self.exchange_rate,
        )

    def _charges_text(self):
        """Say what the bank kept, and what was paid before it did."""
        charges = charges_from_plain(self.charges)
        if not charges:
            return False
        currency = self.currency_id.name
        fees = ", ".join(
            f"{to_decimal_text(charge.amount, charge.currency)} {charge.currency}"
            for charge in charges
        )
        taken = [charge for charge in charges if charge.included]
        if not taken or any(charge.currency != currency for charge in taken):
            return self.env._("Bank fees: %(fees)s", fees=fees)
        booked = to_minor(self.amount, currency)
        gross = booked + sum(charge.amount for charge in taken)
        return self.env._(
            "Bank fees of %(fees)s are netted: %(gross)s %(currency)s before them, "
            "%(net)s %(currency)s booked",
            fees=fees,
            gross=to_decimal_text(gross, currency),
            net=to_decimal_text(booked, currency),
            currency=currency,
        )

    @api.depends("statement_line_ids")
    def _compute_line_count(self):
        for entry in self:
            entry.line_count = len(entry.statement_line_ids)

    def action_open_lines(self):
        """Open the bank lines of these entries."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "bank_sync.account_bank_statement_line_action"
        )
        return {**action, "domain": [("bank_entry_id", "in", self.ids)]}

    @api.depends("details")
    def _compute_details_html(self):
        row = Markup(
            "<tr><td>{number}</td><td>{name}<br/><small class='text-muted'>{account}</small></td>"
            "<td>{text}</td><td class='text-end text-nowrap'>{amount}</td></tr>"
        )
        for entry in self:
            details = details_from_plain(entry.details)
            rows = Markup().join(
                row.format(
                    number=number,
                    name=detail.counterparty_name or "",
                    account=detail.counterparty_account or "",
                    text=Markup("<br/>").join(_texts(detail)),
                    amount=_amount(detail),
                )
                for number, detail in enumerate(details, start=1)
            )
            table = Markup("<table class='table table-sm'><tbody>{}</tbody></table>")
            entry.details_html = table.format(rows) if details else False


def _texts(detail):
    texts = [*detail.remittance, detail.creditor_reference, detail.end_to_end_id]
    return [text for text in dict.fromkeys(texts) if text]


def _amount(detail):
    if detail.amount is None or not detail.currency:
        return ""
    return f"{to_decimal_text(detail.amount, detail.currency)} {detail.currency}"


def _money(minor, entry):
    return f"{to_decimal_text(minor, entry.original_currency)} {entry.original_currency}"
