"""The workload of bin/bench cash-application: a company's items, its bank's lines, and the truth.

The files of a folder as values of the matching core; amounts are minor units.
"""

import cash_application_files as files

from odoo.addons.bank_sync.core.file_reader import read_statement_file
from odoo.addons.bank_sync.core.matching.knowledge import account_key
from odoo.addons.bank_sync.core.matching.own_runs import Collected, PaidOut
from odoo.addons.bank_sync.core.matching.values import Customer, OpenItem, Receipt


class World:
    """What the files say."""

    def __init__(self, directory):
        partners = list(files.rows(directory / "partners.csv"))
        self.customers = _customers(partners)
        named = {row["partner_id"]: row for row in partners}
        self.items = [_item(row, named) for row in files.rows(directory / "open_items.csv")]
        self.items.sort(key=lambda item: (item.issued, item.key))
        self.collected = [
            Collected(
                row["run_id"],
                row["end_to_end_id"],
                files.number(row["item_id"]),
                files.minor(row["amount"]),
                files.day(row["date"]),
            )
            for row in files.rows(directory / "collections.csv")
        ]
        self.paid_out = [
            (
                files.day(row["date"]),
                PaidOut(
                    row["payout"],
                    files.number(row["item_id"]),
                    files.minor(row["gross"]),
                    files.minor(row["fee"]),
                ),
            )
            for row in files.rows(directory / "settlements.csv")
        ]
        self.truth = files.truth(directory / "truth.csv")
        with (directory / "statement.xml").open("rb") as stream:
            file = read_statement_file(stream)
        self.days = [
            [_receipt(entry) for entry in statement.entries]
            for statement in file.statements
            if statement.entries
        ]


def _item(row, partners):
    partner = partners[row["partner_id"]]
    until = row["discount_until"]
    return OpenItem(
        key=files.number(row["item_id"]),
        currency=row["currency"],
        residual=files.minor(row["amount_open"]),
        partner=files.number(row["partner_id"]),
        partner_name=partner["name"],
        references=tuple(dict.fromkeys((row["number"], row["reference"]))),
        orders=(row["po"],) if row["po"] else (),
        due_date=files.day(row["due"]),
        issued=files.day(row["issued"]),
        discount_residual=files.minor(row["discount_amount"]) if until else None,
        discount_until=files.day(until),
        period=row["description"].split()[-1] if row["description"] else "",
        country=partner["country"],
    )


def _receipt(entry):
    one = entry.details[0] if len(entry.details) == 1 else None

    def say(name):
        return (getattr(one, name) if one else None) or getattr(entry, name)

    end_to_end_id = say("end_to_end_id") or ""
    if end_to_end_id == "NOTPROVIDED":
        end_to_end_id = ""
    original, currency = say("original_amount"), say("original_currency")
    abroad = original is not None and currency not in {None, entry.currency}
    return Receipt(
        key=files.number(entry.entry_reference),
        currency=entry.currency,
        amount=entry.amount,
        texts=tuple(say("remittance") or ()),
        structured=tuple(filter(None, (say("creditor_reference"), end_to_end_id))),
        counterparty_name=say("counterparty_name") or "",
        ultimate_name=say("ultimate_name") or "",
        booking_date=entry.booking_date,
        account=account_key(say("counterparty_account") or ""),
        charges=sum(charge.amount for charge in say("charges")),
        instructed=(currency, abs(original)) if abroad else None,
        end_to_end_id=end_to_end_id,
        run_id=entry.batch_reference or "",
        count=entry.batch_size or len(entry.details),
        return_reason=say("return_reason") or "",
    )


def _customers(rows):
    return [
        Customer(
            key=files.number(row["partner_id"]),
            name=row["name"],
            number=row["ref"],
            accounts=tuple(account_key(one) for one in row["accounts"].split("|") if one),
            parent=files.number(row["parent_id"]) if row["parent_id"] else None,
        )
        for row in rows
    ]
