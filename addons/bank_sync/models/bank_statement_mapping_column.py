from odoo import fields, models


class BankStatementMappingColumn(models.Model):
    """What one column of a bank's table holds."""

    _name = "bank.statement.mapping.column"
    _description = "Table Column"
    _order = "position, id"
    _rec_name = "header"

    mapping_id = fields.Many2one(
        "bank.statement.mapping", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="mapping_id.company_id", store=True)
    position = fields.Integer(required=True, readonly=True, help="Counted from 0.")
    header = fields.Char(string="Column", readonly=True)
    example = fields.Char(readonly=True, help="What the first rows have there.")
    role = fields.Selection(
        [
            ("booking_date", "Booking date"),
            ("value_date", "Value date"),
            ("amount", "Amount, with its sign"),
            ("money_in", "Money in"),
            ("money_out", "Money out"),
            ("direction", "In or out"),
            ("currency", "Currency"),
            ("balance", "Balance after the row"),
            ("account", "Our account"),
            ("counterparty_name", "Counterparty: name"),
            ("counterparty_account", "Counterparty: account"),
            ("remittance", "Text"),
            ("creditor_reference", "Structured reference"),
            ("end_to_end_id", "End-to-end ID"),
            ("mandate_id", "Mandate"),
            ("entry_reference", "The bank's ID of the entry"),
            ("bank_transaction_code", "Kind of transaction"),
            ("state", "Booked or pending"),
        ],
        string="Holds",
        help="Leave it empty for a column that is not needed.",
    )

    _position_uniq = models.Constraint(
        "UNIQUE(mapping_id, position)", "The mapping already has this column."
    )
