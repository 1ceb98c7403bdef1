"""A small company's books, so that a test shows only what it is about."""

from datetime import date

from odoo.addons.bank_sync.core.matching.customers import Customers
from odoo.addons.bank_sync.core.matching.engine import Engine
from odoo.addons.bank_sync.core.matching.ledger import Ledger
from odoo.addons.bank_sync.core.matching.values import Customer, OpenItem, Receipt

ACCOUNT = "FR7630006000011234567890189"
MARTIN = Customer(5, "Boulangerie Martin SARL", number="10457", accounts=(ACCOUNT,))
BRUNNER = Customer(6, "Brunner Werkzeugbau GmbH", number="20881")
DAY = date(2026, 4, 1)


class TrustAll:
    """Experience that releases every situation, to see what alone holds a booking back."""

    def released(self, _situation, **_how):
        return True


def item(key=1, residual=10_000, number="INV/2026/00012", **values):
    """Return an open item of EUR 100 that Martin owes, unless told otherwise."""
    references = values.pop("references", (number,) if number else ())
    told = {
        "partner": 5,
        "partner_name": MARTIN.name,
        "issued": date(2026, 3, 2),
        "due_date": date(2026, 4, 1),
        "country": "FR",
        **values,
    }
    return OpenItem(key, told.pop("currency", "EUR"), residual, references=references, **told)


def receipt(text="", amount=10_000, key=100, **values):
    """Return a receipt of EUR 100 from Martin's account, unless told otherwise."""
    told = {"account": ACCOUNT, "counterparty_name": "BOULANGERIE MARTIN", **values}
    told.setdefault("booking_date", DAY)
    texts = (text,) if isinstance(text, str) else tuple(text)
    return Receipt(key, told.pop("currency", "EUR"), amount, texts=texts, **told)


def stranger(text="", amount=10_000, key=100, **values):
    """Return a receipt of somebody nobody knows."""
    return receipt(text, amount, key, **{"account": "", "counterparty_name": "", **values})


def engine(*items, customers=(MARTIN, BRUNNER), settled=(), **known):
    """Return an engine that knows these items and customers."""
    ledger = Ledger(items)
    for old, day in settled:
        ledger.add_settled(old, day)
    return Engine.start(ledger=ledger, customers=Customers(customers), **known)


def decide(one, *items, **known):
    """Return the decision on one receipt."""
    return engine(*items, **known).decide([one])[0]


def best(one, *items, **known):
    """Return the likeliest proposal for one receipt."""
    return decide(one, *items, **known).proposals[0]


def adds_up(one, proposal):
    """Tell whether a proposal in the receipt's currency accounts for every cent of it."""
    money = sum(claim.applied - claim.discount for claim in proposal.claims)
    return money - proposal.fee - proposal.write_off + proposal.on_account == one.amount
