"""One line to book and what is known of it; and why it may be refused."""

from dataclasses import dataclass, field

from odoo.tools.translate import LazyTranslate

from ..core.booking import NotBalancedError, Owed, Suspense, portions
from ..core.matching.values import Kind
from .bank_entry_values import to_minor

_lt = LazyTranslate(__name__)

#: Why an order is refused, by code; every sentence says what, and what to do.
REFUSALS = {
    "booked": _lt("%(line)s has been booked meanwhile."),
    "nothing": _lt("%(line)s has no amount that could be matched."),
    "hashed": _lt(
        "The entry of %(line)s is secured and cannot change. Match it from an entry of its own."
    ),
    "company": _lt("%(item)s belongs to another company than %(line)s."),
    "draft": _lt("%(item)s is not posted. Post it first, or choose another item."),
    "account": _lt("%(item)s lies on an account without reconciliation. Choose another item."),
    "own": _lt("%(item)s is an item of %(line)s itself. Choose another item."),
    "open": _lt("%(item)s no longer has the amount open. Look at the line again."),
    "balance": _lt(
        "What is chosen does not add up to %(line)s: %(missing)s is left. Change an amount, or say "
        "what becomes of the difference."
    ),
    "partner": _lt("Say whose credit the rest of %(line)s becomes."),
    "charges_account": _lt(
        "There is no account for charges yet. Choose one in the settings under Bank Matching."
    ),
    "difference_account": _lt(
        "There is no account for cash differences yet. Choose one in the accounting settings."
    ),
    "discount_account": _lt(
        "There is no account for early-payment discounts yet. Choose one in the accounting "
        "settings."
    ),
    "exchange_account": _lt(
        "There is no account for exchange differences yet. Choose one in the accounting settings."
    ),
    "transfer_account": _lt(
        "There is no account for internal transfers yet. Choose one in the accounting settings."
    ),
    "four_eyes": _lt("%(line)s is so large that two people must accept it."),
    "preset": _lt("%(preset)s has nothing to write off here. Choose another preset."),
    "pattern": _lt(
        "The pattern of %(preset)s cannot be searched safely. Simplify it: no repeats within "
        "repeats."
    ),
    "locked": _lt(
        "%(line)s of %(date)s lies in a locked period. Open the period, or book a transfer in an "
        "open one."
    ),
}


class RefusedOrderError(Exception):
    """An order that cannot be booked as it stands; ``values`` fill the sentence of its code."""

    def __init__(self, code, **values):
        super().__init__(code)
        self.code, self.values = code, values


def refusal_text(env, line, error):
    """Return in one sentence why ``line`` was not booked."""
    values = {"line": line.payment_ref or line.display_name, "date": str(line.date)}
    sentence = env._(REFUSALS[error.code])
    return sentence % {**values, **error.values}


@dataclass(eq=False)
class BookingOrder:
    """Book ``line`` as ``proposal`` says.

    :param evidence: why, see ``_book_proposals``
    :param shares: how a preset splits the write-off, as (preset line, minor units)
    :param rest: what stays open on suspense, minor units signed like the receipt
    """

    line: object
    proposal: object
    evidence: dict
    shares: list = field(default_factory=list)
    rest: int = 0
    suspense_item: object = None
    items: object = None
    portions: tuple = ()
    freed: dict = field(default_factory=dict)
    before: dict = field(default_factory=dict)

    @property
    def is_return(self):
        """Tell whether the line takes an earlier payment back."""
        return self.proposal.kind is Kind.RETURN

    def suspense(self):
        """Return the open item of the line as a value of the core."""
        item = self.suspense_item
        company_currency = item.company_currency_id.name
        currency = item.currency_id.name
        return Suspense(
            currency=currency,
            amount=to_minor(item.amount_currency, currency),
            company_currency=company_currency,
            balance=to_minor(item.balance, company_currency),
        )

    def plan(self, discount_worth):
        """Work out the portions.

        :param discount_worth: item id → minor units of the company's currency, for discounts
            that are entered at the rate of their invoice
        :raise RefusedOrderError: when proposal and line are not worth the same
        """
        owed = {item.id: self._owed(item, discount_worth.get(item.id)) for item in self.items}
        suspense = self.suspense()
        try:
            self.portions = portions(self.proposal, suspense, owed, rest=self.rest)
        except NotBalancedError as error:
            currency = self.suspense_item.currency_id
            missing = currency.format(error.missing / 10**currency.decimal_places)
            raise RefusedOrderError("balance", missing=missing) from None

    def _owed(self, item, discount_worth):
        """Return what the core must know of a claimed item."""
        currency = item.currency_id.name
        claim = next(claim for claim in self.proposal.claims if claim.item == item.id)
        net = claim.applied - claim.discount
        amount = to_minor(item.amount_currency, currency)
        balance = to_minor(item.balance, item.company_currency_id.name)
        worth = round(net * balance / amount) if amount else net
        return Owed(currency, worth, discount_worth)
