"""The reasons of the matching core in the words of an accountant."""

from odoo.tools.translate import LazyTranslate

from ..core.matching.values import Reason

_lt = LazyTranslate(__name__)

#: What each reason of the matching core says to an accountant.
REASON_LABELS = {
    Reason.REFERENCE_QUOTED: _lt("Reference quoted"),
    Reason.ORDER_QUOTED: _lt("Order number quoted"),
    Reason.SEVERAL_QUOTED_SUM: _lt("Several quoted, sum is exact"),
    Reason.EXACT_AMOUNT: _lt("Exact amount"),
    Reason.PARTNER_TOTAL: _lt("Everything the customer owes"),
    Reason.AMOUNT_UNIQUE: _lt("Only item of this amount"),
    Reason.PARTNER_ACCOUNT_KNOWN: _lt("Known bank account"),
    Reason.NAME_SIMILAR: _lt("Similar name"),
    Reason.SHORT: _lt("Pays less"),
    Reason.OVER: _lt("Pays more"),
    Reason.WEAK_REFERENCE: _lt("Short number quoted"),
    Reason.RIVAL_RECEIPT: _lt("Another line pays the same"),
    Reason.SHARED_REFERENCE: _lt("Reference of several items"),
}


def reason_text(env, codes):
    """Return reason codes as one line in the user's language.

    What older rules said is kept for ever; a code that has no label any more stands for itself.
    """
    labels = ((code, REASON_LABELS.get(code)) for code in codes)
    return " · ".join(env._(label) if label else code for code, label in labels)
