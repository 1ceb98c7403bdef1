"""The kinds of proposals in the words of an accountant."""

from ..core.matching.values import Kind

#: What each kind of the matching core says to an accountant, in the order of the core.
KIND_LABELS = [
    ("exact", "Exact"),
    ("damaged_reference", "Damaged reference"),
    ("unnamed", "No reference"),
    ("several", "Several items"),
    ("netted", "Netted with credit notes"),
    ("discount", "Early-payment discount"),
    ("charges", "Charges deducted"),
    ("tolerance", "Within tolerance"),
    ("short", "Paid short"),
    ("over", "Paid over"),
    ("foreign_currency", "Foreign currency"),
    ("third_party", "Paid by a third party"),
    ("collection", "Run of payments"),
    ("payout", "Payout of a payment service"),
    ("return", "Returned payment"),
    ("refund", "Refund"),
    ("duplicate", "Paid twice"),
    ("on_account", "On account"),
    ("transfer", "Internal transfer"),
]

if [code for code, _label in KIND_LABELS] != [kind.value for kind in Kind]:
    raise TypeError("every kind of the matching core needs its label, in the same order")
