"""The statement lines that book an entry of the bank: one, or one per transaction of a batch."""

from dataclasses import dataclass

from markupsafe import Markup

from ..core.entry_store import details_difference, details_from_plain
from ..core.money import to_decimal_text
from .bank_entry_values import TEXTS, charges_kept, to_float, to_minor


@dataclass(frozen=True)
class LineMaker:
    """Makes the values of statement lines, with what a batch of entries shares.

    :param partners: account number of a counterparty → partner id
    :param currencies: ISO code → res.currency
    :param split: whether a batch with details becomes one line per transaction
    """

    env: object
    partners: dict
    currencies: dict
    split: bool

    def values(self, row):
        """Return the values of the lines of one ``bank.entry`` record; never none."""
        details = split_details(row) if self.split else ()
        if details:
            return [
                self._detail_values(row, detail, number)
                for number, detail in enumerate(details, start=1)
            ]
        return [self._entry_values(row)]

    def _entry_values(self, row):
        return {
            **self._common(row),
            "payment_ref": row.payment_text,
            "amount": row.amount,
            "partner_id": self.partners.get(row.counterparty_account),
            "partner_name": row.counterparty_name,
            "account_number": row.counterparty_account,
            "transaction_type": row.bank_transaction_code,
            **self._foreign(row.original_amount, row.original_currency, row.charges, row),
            "transaction_details": self._details(row),
            "narration": self._narration(row.description, row._charges_text(), row),
        }

    def _detail_values(self, row, detail, number):
        account = detail.counterparty_account or row.counterparty_account
        text = " ".join(" ".join(detail.remittance).split())
        name = detail.counterparty_name or row.counterparty_name
        original = detail.original_amount
        if original is not None and detail.original_currency:
            original = to_float(original, detail.original_currency)
        return {
            **self._common(row),
            "bank_detail_number": number,
            "payment_ref": text or detail.creditor_reference or name or row.payment_text,
            "amount": to_float(detail.amount, detail.currency),
            "partner_id": self.partners.get(account),
            "partner_name": name,
            "account_number": account,
            "transaction_type": detail.bank_transaction_code or row.bank_transaction_code,
            **self._foreign(
                original, detail.original_currency, row.details[number - 1].get("charges"), row
            ),
            "transaction_details": {**row.details[number - 1], "batch": row.batch_reference},
            "narration": self._narration(
                row.description,
                self.env._(
                    "Transaction %(number)s of %(count)s in one entry of the bank",
                    number=number,
                    count=len(row.details),
                ),
                row,
            ),
        }

    def _common(self, row):
        return {
            "journal_id": row.account_id.journal_id.id,
            "date": row.booking_date or row.value_date,
            "bank_entry_id": row.id,
            "bank_booking_date": row.booking_date,
            "bank_value_date": row.value_date,
        }

    def _foreign(self, amount, currency_code, charges, row):
        """Return what was ordered in another currency, as the bank says it: no rate is ours.

        Odoo takes one amount in another currency than the journal's, of the same sign, and what
        both are worth is the same: of charges that the bank has kept it would make a loss of
        exchange. Such a line stays in the journal's currency; what was ordered is known of its
        entry.
        """
        currency = self.currencies.get(currency_code)
        if not amount or not currency or currency == row.currency_id:
            return {}
        if charges_kept(charges, row.currency_id.name):
            return {}
        if (amount < 0) != (row.amount < 0):
            return {}
        return {"foreign_currency_id": currency.id, "amount_currency": amount}

    def _details(self, row):
        """Return what the bank says beyond Odoo's own fields, as plain data."""
        facts = {name: row[name] for name in TEXTS if row[name]}
        facts |= {
            name: row[name]
            for name in ("exchange_rate", "charges", "details", "batch_size", "original_amount")
            if row[name]
        }
        if row.reversal:
            facts["reversal"] = True
        return facts

    def _narration(self, *parts):
        """Return what a person wants to read below the line, or nothing."""
        *texts, row = parts
        if row.original_currency:
            texts.append(row.original_text)
        if row.return_reason:
            texts.append(self.env._("Returned: %(reason)s", reason=row.return_reason))
        if row.remittance and "\n" in row.remittance:
            texts.extend(row.remittance.split("\n"))
        texts = [text for text in texts if text]
        return Markup("<br/>").join(texts) if texts else False


def split_details(row):
    """Return the details of a batch whose sum is the entry's, else nothing to split by."""
    if len(row.details or ()) < 2:
        return ()
    details = details_from_plain(row.details)
    currency = row.currency_id.name
    if details_difference(to_minor(row.amount, currency), currency, details) != 0:
        return ()
    return details


def money_text(minor, currency):
    """Return an amount with its currency code, exactly."""
    return f"{to_decimal_text(minor, currency)} {currency}"


def detail_currencies(row):
    """Return the codes of the currencies an entry's payments were ordered in."""
    codes = {detail.get("original_currency") for detail in row.details or ()}
    return {code for code in {row.original_currency, *codes} if code}
