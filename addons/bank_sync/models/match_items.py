"""Journal items of bank lines, rewritten many at once."""

#: Context under which suspense items are rewritten: the statement line itself does not change, so
#: Odoo need not compare both sides line by line. What must still follow is tested.
BOOKING_CONTEXT = {
    "skip_account_move_synchronization": True,
    "skip_invoice_sync": True,
    "skip_readonly_check": True,
    "check_move_validity": False,
    "tracking_disable": True,
}
#: What is rewritten of a suspense item beside its account.
AMOUNTS = ("currency_id", "amount_currency", "balance")
#: What says how an item is taxed.
TAXES = ("tax_ids", "tax_tag_ids")


def assign(items, **ids_by_value):
    """Give items a value each; one UPDATE for all of them, where `write` makes one each.

    What depends on the fields is recomputed once, as after one write. ``write`` also compares
    every field of every item; of its checks those of the account are made here, and callers have
    asked for hashed entries and locked periods before.

    :param ids_by_value: field → value → ids of the items
    """
    changed = set()
    for name, groups in ids_by_value.items():
        field_written = items._fields[name]
        for value, ids in groups.items():
            field_written.write(items.browse(ids), value)
            changed.update(ids)
    items.browse(sorted(changed)).modified(list(ids_by_value))
    accounts = ids_by_value.get("account_id", {})
    moved = items.browse([key for ids in accounts.values() for key in ids])
    moved._check_constrains_account_id_journal_id()


def is_worth(values, item):
    """Tell whether a journal item has these amounts already."""
    return (
        values["currency_id"] == item.currency_id.id
        and not item.currency_id.compare_amounts(values["amount_currency"], item.amount_currency)
        and not item.company_currency_id.compare_amounts(values["balance"], item.balance)
    )


def before_values(suspense_item):
    """Return what booking changes of a suspense item, as plain values."""
    return {
        "partner_id": suspense_item.partner_id.id,
        "name": suspense_item.name,
        "currency_id": suspense_item.currency_id.id,
        "amount_currency": suspense_item.amount_currency,
        "balance": suspense_item.balance,
        "analytic_distribution": suspense_item.analytic_distribution or False,
    }


def write_taxes(item, values):
    """Write the taxes of a posted item whose account becomes another one.

    ``write`` refuses new taxes on a posted item, as they would change what was declared; here
    the item was no taxed one before, and periods that are declared are refused all the same.
    """
    for name, commands in values.items():
        item._fields[name].write(item, commands)
    item.modified(list(values))
    item._check_tax_lock_date()


def without_analytics(items, ids):
    """Return a context in which no analytic distribution is searched for the items."""
    return items.env.protecting([items._fields["analytic_distribution"]], items.browse(ids))


def write_amounts(items, values_by_id):
    """Write amounts of journal items that ``write`` would check one by one; rows stay as written.

    Each entry as a whole is worth the same before and after: callers see to that.
    """
    if not values_by_id:
        return
    records = items.browse(list(values_by_id))
    fields = [items._fields[name] for name in AMOUNTS]
    with items.env.protecting(fields, records):
        for key, values in values_by_id.items():
            for field_written in fields:
                field_written.write(items.browse(key), values[field_written.name])
        records.modified(AMOUNTS)
