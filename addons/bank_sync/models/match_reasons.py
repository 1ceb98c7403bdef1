"""The reasons of the matching core in the words of an accountant."""

from odoo.tools.translate import LazyTranslate

from ..core.matching.values import Reason

_lt = LazyTranslate(__name__)

#: What each reason of the matching core says to an accountant.
REASON_LABELS = {
    Reason.STRUCTURED_REFERENCE: _lt("Payment reference with check digits"),
    Reason.REFERENCE_QUOTED: _lt("Reference quoted"),
    Reason.NUMBER_DIGITS: _lt("Digits of the number quoted"),
    Reason.WEAK_REFERENCE: _lt("Short number quoted"),
    Reason.ORDER_QUOTED: _lt("Order number quoted"),
    Reason.NUMBER_CUT: _lt("Number cut off"),
    Reason.NUMBER_DAMAGED: _lt("Number with a slip"),
    Reason.NUMBER_TAIL: _lt("Last digits of the number"),
    Reason.NOTHING_QUOTED: _lt("No document named"),
    Reason.SEVERAL_QUOTED_SUM: _lt("Several quoted"),
    Reason.LIST_COMPLETED: _lt("List or range of numbers"),
    Reason.SOME_QUOTED: _lt("Some quoted, others added"),
    Reason.EXACT_AMOUNT: _lt("Exact amount"),
    Reason.DISCOUNT_TAKEN: _lt("Early-payment discount"),
    Reason.CHARGES_DEDUCTED: _lt("Bank charges deducted"),
    Reason.SMALL_DIFFERENCE: _lt("Small difference"),
    Reason.SHORT: _lt("Pays less"),
    Reason.OVER: _lt("Pays more"),
    Reason.CREDIT_NETTED: _lt("Less credit notes"),
    Reason.INSTRUCTED_EXACT: _lt("Exact in the other currency"),
    Reason.RATE_PLAUSIBLE: _lt("Fits the exchange rate"),
    Reason.NOTHING_FITS: _lt("Nothing open fits"),
    Reason.AMOUNT_UNIQUE: _lt("Only item of this amount"),
    Reason.PAYER_AMOUNT_UNIQUE: _lt("Only item of this amount of the payer"),
    Reason.OLDEST_OF_AMOUNT: _lt("Oldest of this amount"),
    Reason.LATER_OF_AMOUNT: _lt("Not the oldest of this amount"),
    Reason.PERIOD_NAMED: _lt("Its month is named"),
    Reason.DATE_NAMED: _lt("Its date is named"),
    Reason.PARTNER_TOTAL: _lt("Everything the customer owes"),
    Reason.SUM_UNIQUE: _lt("Only these add up"),
    Reason.SUM_LIKELY: _lt("Only these add up, perhaps by chance"),
    Reason.SUM_OLDEST: _lt("They add up and follow each other"),
    Reason.SUM_FIRST: _lt("The oldest of all"),
    Reason.SUM_AMBIGUOUS: _lt("Others add up as well"),
    Reason.PARTNER_ACCOUNT_KNOWN: _lt("Known bank account"),
    Reason.ACCOUNT_LEARNED: _lt("Paid so before"),
    Reason.NAME_SAME: _lt("Same name"),
    Reason.NAME_SHARED: _lt("Name of several customers"),
    Reason.NAME_SIMILAR: _lt("Similar name"),
    Reason.PAYER_FAMILY: _lt("Pays for this customer"),
    Reason.CUSTOMER_NUMBER: _lt("Customer number quoted"),
    Reason.CUSTOMER_NAMED: _lt("Customer named in the text"),
    Reason.PAYER_UNTOLD: _lt("The bank does not say who pays"),
    Reason.PAYER_UNKNOWN: _lt("Unknown payer"),
    Reason.PAYER_OTHER: _lt("Payer is another customer"),
    Reason.OUR_COLLECTION: _lt("Our own run of payments"),
    Reason.COLLECTION_TOTAL: _lt("Total of our run of payments"),
    Reason.PAYOUT_REPORTED: _lt("Reported by the processor"),
    Reason.PAYOUT_LIKELY: _lt("Whole days of the processor less its fee"),
    Reason.TAKEN_BACK: _lt("Payment comes back"),
    Reason.OWN_ACCOUNT: _lt("Our own account"),
    Reason.OTHER_END: _lt("Other end on another account"),
    Reason.SHARED_REFERENCE: _lt("Reference of several items"),
    Reason.OTHER_QUOTED: _lt("Another document is quoted"),
    Reason.OWN_OTHER_QUOTED: _lt("Another open invoice of the payer is quoted"),
    Reason.SETTLED_QUOTED: _lt("Quotes what is paid already"),
    Reason.SETTLED_HINTED: _lt("May repeat what is paid already"),
    Reason.UNREAD_REFERENCE: _lt("A reference we cannot place"),
    Reason.PERIOD_OTHER: _lt("Another month is named"),
    Reason.OTHERS_OPEN: _lt("Other open items may explain it"),
    Reason.EXACT_ELSEWHERE: _lt("Another invoice of the customer has this very amount"),
    Reason.TWO_ADD_UP: _lt("Two smaller invoices add up to it as well"),
    Reason.ROUND_AMOUNT: _lt("A round amount, perhaps an advance"),
    Reason.RIVAL_RECEIPT: _lt("Another line pays the same"),
    Reason.CLOSE_SECOND: _lt("A second proposal is close"),
    Reason.TOO_LARGE: _lt("Above the limit for automation"),
    Reason.KIND_NOT_ALLOWED: _lt("This kind is always shown"),
    Reason.NOT_EARNED_YET: _lt("Not earned yet"),
}


def reason_text(env, codes):
    """Return reason codes as one line in the user's language.

    What older rules said is kept for ever; a code that has no label any more stands for itself.
    """
    labels = ((code, REASON_LABELS.get(code)) for code in codes)
    return " · ".join(env._(label) if label else code for code, label in labels)
