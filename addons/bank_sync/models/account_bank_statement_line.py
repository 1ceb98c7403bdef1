from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..core.matching.knowledge import account_key
from ..core.matching.values import Receipt
from .bank_entry_values import charges_kept, to_minor

#: What the bank and the matching say about a line; nobody writes it by hand.
_DERIVED = frozenset(
    {
        "bank_entry_id",
        "bank_detail_number",
        "bank_booking_date",
        "bank_value_date",
        "bank_match_state",
        "bank_match_reason",
        "bank_match_kind",
        "bank_match_score",
        "bank_review",
        "bank_booked_at",
    }
)

#: Transactions of a batch in one line that are read; more are known by their run.
MAX_DETAILS = 500


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    bank_entry_id = fields.Many2one("bank.entry", readonly=True, copy=False, index="btree_not_null")
    bank_detail_number = fields.Integer(
        string="Transaction of the Batch",
        readonly=True,
        copy=False,
        help="Which transaction of the bank's entry this line is; 0 stands for the whole entry.",
    )
    bank_booking_date = fields.Date(
        string="Booked at the Bank",
        readonly=True,
        copy=False,
        help="The bank's own booking day; Odoo moves the accounting date out of locked periods.",
    )
    bank_value_date = fields.Date(string="Value Date", readonly=True, copy=False)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Create lines; what the bank says about them comes from its entries alone."""
        self._check_derived(set().union(*vals_list))
        return super().create(vals_list)

    def write(self, vals):
        """Write what people decide.

        :raise AccessError: for a user who writes what the bank or the matching says
        """
        self._check_derived(vals)
        self._check_bank_says(vals)
        return super().write(vals)

    def _check_bank_says(self, vals):
        """Refuse another amount or journal for a line of the bank's books: they must stay equal."""
        for line in self.filtered("bank_entry_id") if {"amount", "journal_id"} & set(vals) else ():
            amount, journal = vals.get("amount", line.amount), vals.get("journal_id")
            if line.currency_id.compare_amounts(amount, line.amount) or (
                journal not in {None, line.journal_id.id}
            ):
                raise UserError(
                    self.env._(
                        "%(text)s is in the bank's books: its amount and journal stay as they are.",
                        text=line.payment_ref,
                    )
                )

    def _check_derived(self, names):
        if not self.env.su and (derived := _DERIVED.intersection(names)):
            names = ", ".join(sorted(derived))
            raise AccessError(self.env._("%(fields)s cannot be written by hand.", fields=names))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_mirrored(self):
        """A line the bank's books hold comes back by no reading: it must not get lost."""
        if mirrored := self.filtered("bank_entry_id"):
            raise UserError(
                self.env._(
                    "%(text)s is in the bank's books and cannot be deleted. Match it, or reverse "
                    "its journal entry.",
                    text=mirrored[0].payment_ref,
                )
            )

    # === MATCHING === #

    @api.model
    def _get_receipts(self, company):
        """Return the company's bank lines that are not booked, as core receipts, in one query.

        Amount and currency are those of the suspense item, so that what was booked by hand and
        the bank's own exchange rate are respected.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT st.id, currency.name, -suspense.amount_currency, st.payment_ref,
                       entry.remittance, entry.creditor_reference, entry.end_to_end_id,
                       st.partner_name, partner.commercial_partner_id,
                       COALESCE(st.bank_booking_date, move.date),
                       CASE WHEN st.bank_detail_number > 0
                            THEN entry.details -> (st.bank_detail_number - 1)
                            WHEN jsonb_typeof(entry.details) = 'array'
                            AND jsonb_array_length(entry.details) > 1
                            THEN entry.details END,
                       st.account_number, entry.charges, entry.original_currency,
                       entry.original_amount, entry.batch_reference, entry.batch_size,
                       entry.return_reason, move.journal_id, entry.ultimate_name,
                       own.name, st.amount
                  FROM account_bank_statement_line st
                  JOIN account_move move ON move.id = st.move_id AND move.state = 'posted'
                  JOIN account_journal journal ON journal.id = move.journal_id
                  JOIN account_move_line suspense ON suspense.move_id = move.id
                       AND suspense.account_id = journal.suspense_account_id
                  JOIN res_currency currency ON currency.id = suspense.currency_id
                  JOIN res_currency own ON own.id = st.currency_id
             LEFT JOIN bank_entry entry ON entry.id = st.bank_entry_id
             LEFT JOIN res_partner partner ON partner.id = st.partner_id
                 WHERE st.company_id = %(company)s
                   AND st.is_reconciled IS NOT TRUE
                   AND st.bank_match_reason IS DISTINCT FROM 'put_aside'
                   AND suspense.amount_currency != 0
                 ORDER BY st.id
                """,
                company=company.id,
            )
        )
        return [_receipt(row) for row in rows]

    def _filtered_unlocked(self):
        """Return the lines whose accounting period is still open; one check per day."""
        allowed = {}
        for line in self:
            key = (line.company_id, line.date)
            if key not in allowed:
                allowed[key] = not line.company_id._get_lock_date_violations(
                    line.date, sale=False, purchase=False, tax=False
                )
        return self.filtered(lambda line: allowed[line.company_id, line.date])


def texts_said(remittance, payment_ref, details=None):
    """Return the lines of text a bank line is read by; marked parts point into them.

    :param details: of a batch in one line its transactions, of a line of a batch its own one
    """
    if isinstance(details, dict):
        return list(details.get("remittance") or (payment_ref or "").split("\n"))
    texts = (remittance or payment_ref or "").split("\n")
    for one in (details or ())[:MAX_DETAILS]:
        texts += one.get("remittance") or ()
    return texts


def _receipt(row):
    (key, currency, amount, payment_ref, remittance, creditor_reference, end_to_end_id) = row[:7]
    account, charges, original_currency, original_amount = row[11:15]
    run_id, count, return_reason, journal, ultimate_name, own, booked = row[15:]
    structured = [creditor_reference, end_to_end_id]
    if isinstance(detail := row[10], list):
        # A batch in one line: what its transactions say is said of the line.
        count = count or len(detail)
        for one in detail[:MAX_DETAILS]:
            structured += [one.get("creditor_reference"), one.get("end_to_end_id")]
    elif detail:
        # One transaction of a batch: what the others say is not its own.
        end_to_end_id = detail.get("end_to_end_id")
        structured = [detail.get("creditor_reference"), end_to_end_id]
        charges, return_reason = detail.get("charges"), detail.get("return_reason")
        ultimate_name = detail.get("ultimate_name")
        original_currency, original_amount, run_id, count = None, None, None, None
    return Receipt(
        key=key,
        currency=currency,
        amount=to_minor(float(amount), currency),
        texts=tuple(texts_said(remittance, payment_ref, detail)),
        structured=tuple(dict.fromkeys(text for text in structured if text)),
        counterparty_name=row[7] or "",
        partner=row[8],
        booking_date=row[9],
        account=account_key(account or ""),
        ultimate_name=ultimate_name or "",
        charges=charges_kept(charges, currency),
        instructed=_instructed(original_currency, original_amount, currency)
        or _instructed(own, booked, currency),
        end_to_end_id=end_to_end_id or "",
        run_id=run_id or "",
        count=count or 0,
        return_reason=return_reason or "",
        journal=journal,
    )


def _instructed(currency, amount, booked):
    """Return an amount in another currency than is booked: what was ordered, or what arrived."""
    if not currency or not amount or currency == booked:
        return None
    return currency, to_minor(abs(amount), currency)
