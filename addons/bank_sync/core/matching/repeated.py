"""Money that pays again what is paid already, or quotes last month's invoice."""

from collections.abc import Iterator
from datetime import timedelta

from .drafts import Draft
from .fitting import Fit, whole
from .ledger import Ledger
from .numbering import taken_apart
from .reading import Reading
from .values import Kind, Reason

#: A second payment within so many days is a duplicate; later, a standing order was not renewed.
DAYS_OF_DUPLICATE = 14


def names_settled(reading: Reading, partner: int, ledger: Ledger) -> bool:
    """Tell whether the text holds the tail of a number settled with this amount lately."""
    receipt, day = reading.receipt, reading.receipt.booking_date
    tails = {int(word.text) for word in reading.words if word.is_number and len(word.text) <= 8}
    for known in ledger.settled_of(partner, receipt.amount) if tails and day else ():
        item = known.item
        number = taken_apart(item.references[0], item.issued) if item.references else None
        lately = day - known.day <= timedelta(days=DAYS_OF_DUPLICATE)
        if lately and number and number.sequence in tails:
            return True
    return False


def repeated(reading: Reading, ledger: Ledger) -> Iterator[Draft]:
    """Yield drafts for receipts that quote what was settled of late."""
    receipt = reading.receipt
    for quote in reading.quotes:
        if not quote.settled or receipt.amount <= 0:
            continue
        for key in quote.items[:3]:
            known = ledger.settled[key]
            old, day = known.item, receipt.booking_date
            if old.residual != receipt.amount or old.currency != receipt.currency:
                continue
            if day and day - known.day <= timedelta(days=DAYS_OF_DUPLICATE):
                found = Fit((), Reason.EXACT_AMOUNT, on_account=receipt.amount)
                yield Draft((), found, quote.strength, (quote,), (Reason.SETTLED_QUOTED,),
                            kind=Kind.DUPLICATE, partner=old.partner)  # fmt: skip
                continue
            same = ledger.of_partner_and_amount(old.partner, receipt.currency, receipt.amount)
            for item in same[:1]:
                found = Fit(whole((item,)), Reason.EXACT_AMOUNT)
                reasons = (Reason.OLDEST_OF_AMOUNT, Reason.SETTLED_QUOTED)
                yield Draft((item,), found, None, (quote,), reasons)
