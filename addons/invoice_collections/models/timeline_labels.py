"""The words of the timeline: what happened, and the details people want to see of it."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

#: Beginning of an event's kind -> the model whose state the rest of it names.
STATES_OF = {
    "touchpoint_": "collection.touchpoint",
    "promise_": "collection.promise",
    "dispute_": "collection.dispute",
    "handover_": "collection.handover",
    "charge_": "collection.charge",
    "plan_": "collection.plan",
}

#: What an event is called that is no state of its document.
KINDS = {
    "address_asked": _lt("The customer gave a new e-mail address, not confirmed yet"),
    "auto_reply": _lt("A machine answered"),
    "call_made": _lt("Called"),
    "case_held": _lt("Put on hold"),
    "case_opened": _lt("Case opened"),
    "case_reminded": _lt("Reminded at once, by hand"),
    "case_resumed": _lt("Hold ended"),
    "case_version_moved": _lt("Took the new version of the cadence"),
    "contact_details_changed": _lt("The customer changed their contact details"),
    "customer_stops_changed": _lt("Hardship, insolvency and the like noted"),
    "handover_packed": _lt("Archive for the agency made"),
    "handover_payment": _lt("Agency told of a payment"),
    "links_revoked": _lt("Links revoked"),
    "opted_in": _lt("Wants messages again"),
    "opted_out": _lt("Does not want messages any more"),
    "paid_claimed": _lt("Says it is paid"),
    "replied": _lt("The customer answered"),
    "statement_sent": _lt("Statement of account sent"),
    "touchpoint_approved": _lt("Message approved"),
    "touchpoint_charges_claimed": _lt("Interest and costs claimed with a message"),
    "touchpoint_postponed": _lt("Message postponed"),
    "touchpoint_readdressed": _lt("Message goes to a new address"),
    "touchpoint_rewritten": _lt("Message corrected after a payment"),
}

#: What a row is about, for colours and filters: beginning of the kind -> topic.
TOPICS_OF = {
    "touchpoint_": "message",
    "call_": "message",
    "statement_": "message",
    "replied": "message",
    "promise_": "promise",
    "paid_": "promise",
    "dispute_": "dispute",
    "plan_": "plan",
    "handover_": "handover",
    "charge_": "charge",
}
TOPICS = [
    ("message", "Message"),
    ("promise", "Promise"),
    ("dispute", "Dispute"),
    ("plan", "Plan"),
    ("handover", "Hand-over"),
    ("charge", "Charge"),
    ("invoice", "Invoice"),
    ("payment", "Payment"),
    ("note", "Note"),
    ("other", "Case"),
]
