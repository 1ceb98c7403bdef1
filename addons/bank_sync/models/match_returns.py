"""Returned payments: the item is owed again, and the payment and its return settle each other."""

from .bank_entry_values import to_minor


def free_payments(order):
    """Take the payments of the returned items off them, newest first, as much as comes back.

    :return: dict of item id → the payments' journal items, which the return can now settle
    """
    by_id = {item.id: item for item in order.items}
    freed = {}
    for claim in order.proposal.claims:
        item = by_id[claim.item]
        currency = item.currency_id.name
        if to_minor(item.amount_currency, currency) * claim.applied > 0:
            # The payment itself is named.
            item.remove_move_reconcile()
            freed[item.id] = item
            continue
        wanted = abs(claim.applied)
        partials = _partials_to_undo(item, wanted, currency)
        payments = (partials.debit_move_id | partials.credit_move_id) - item
        partials.unlink()
        freed[item.id] = payments
    return freed


def _partials_to_undo(item, wanted, currency):
    """Return the partial of exactly the amount, else the newest that make it up."""
    partials = (item.matched_debit_ids | item.matched_credit_ids).sorted(
        lambda partial: (partial.max_date, partial.id), reverse=True
    )
    paid = {
        partial: to_minor(
            partial.debit_amount_currency
            if partial.debit_move_id == item
            else partial.credit_amount_currency,
            currency,
        )
        for partial in partials
    }
    for partial in partials:
        if paid[partial] == wanted:
            return partial
    chosen = partials.browse()
    for partial in partials:
        if wanted > 0:
            chosen |= partial
            wanted -= paid[partial]
    return chosen
