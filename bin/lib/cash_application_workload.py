"""The workload of bin/bench cash-application: a company's items, its bank's lines, and the truth.

The files of a folder as values of the matching core; amounts are minor units.
"""

import csv
from datetime import date
from decimal import Decimal

from odoo.addons.bank_sync.core.file_reader import read_statement_file
from odoo.addons.bank_sync.core.matching.knowledge import account_key
from odoo.addons.bank_sync.core.matching.own_runs import Collected, PaidOut
from odoo.addons.bank_sync.core.matching.values import Customer, OpenItem, Receipt


def _rows(path):
    with path.open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def _number(key):
    return int(key[1:])


def _minor(text):
    return int(Decimal(text) * 100) if text else 0


def _day(text):
    return date.fromisoformat(text) if text else None


class World:
    """What the files say."""

    def __init__(self, directory):
        partners = list(_rows(directory / "partners.csv"))
        self.customers = _customers(partners)
        named = {row["partner_id"]: row for row in partners}
        self.items = [_item(row, named) for row in _rows(directory / "open_items.csv")]
        self.items.sort(key=lambda item: (item.issued, item.key))
        self.collected = [
            Collected(
                row["run_id"],
                row["end_to_end_id"],
                _number(row["item_id"]),
                _minor(row["amount"]),
                _day(row["date"]),
            )
            for row in _rows(directory / "collections.csv")
        ]
        self.paid_out = [
            (
                _day(row["date"]),
                PaidOut(
                    row["payout"],
                    _number(row["item_id"]),
                    _minor(row["gross"]),
                    _minor(row["fee"]),
                ),
            )
            for row in _rows(directory / "settlements.csv")
        ]
        self.truth = _truth(directory / "truth.csv")
        with (directory / "statement.xml").open("rb") as stream:
            file = read_statement_file(stream)
        self.days = [
            [_receipt(entry) for entry in statement.entries]
            for statement in file.statements
            if statement.entries
        ]


def _item(row, partners):
    number, reference = row["number"], row["reference"]
    partner = partners[row["partner_id"]]
    until = row["discount_until"]
    return OpenItem(
        key=_number(row["item_id"]),
        currency=row["currency"],
        residual=_minor(row["amount_open"]),
        partner=_number(row["partner_id"]),
        partner_name=partner["name"],
        references=tuple(dict.fromkeys((number, reference))),
        orders=(row["po"],) if row["po"] else (),
        due_date=_day(row["due"]),
        issued=_day(row["issued"]),
        discount_residual=_minor(row["discount_amount"]) if until else None,
        discount_until=_day(until),
        period=row["description"].split()[-1] if row["description"] else "",
        country=partner["country"],
    )


def _truth(path):
    truth = {}
    for row in _rows(path):
        line = truth.setdefault(
            _number(row["line_id"]), {"outcome": row["outcome"], "claims": {}, "partners": set()}
        )
        if row["item_id"]:
            key = _number(row["item_id"])
            line["claims"][key] = line["claims"].get(key, 0) + _minor(row["applied"])
            line["partners"].add(_number(row["partner_id"]))
    return truth


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
        key=_number(entry.entry_reference),
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
            key=_number(row["partner_id"]),
            name=row["name"],
            number=row["ref"],
            accounts=tuple(account_key(one) for one in row["accounts"].split("|") if one),
            parent=_number(row["parent_id"]) if row["parent_id"] else None,
        )
        for row in rows
    ]
