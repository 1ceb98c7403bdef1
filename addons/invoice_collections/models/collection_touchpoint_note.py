from odoo import api, fields, models

#: Courtesies that are no steps of a cadence.
NOTES = [
    ("promise_day", "Note on the promised day"),
    ("thanks", "Thanks for a payment"),
]


class CollectionTouchpoint(models.Model):
    """A note is a contact beside the cadence: it reminds of a promise, or says thank you."""

    _inherit = "collection.touchpoint"

    note = fields.Selection(
        NOTES, readonly=True, copy=False, help="What it is, where it is no step of a cadence."
    )

    # === PREPARE === #

    @api.model
    def _prepare_planned_values(self, plan, today, labels):
        """Say which note it is; one of thanks asks for nothing."""
        values = super()._prepare_planned_values(plan, today, labels)
        values["note"] = plan.note or False
        values["step_id"] = values["step_id"] or False
        if plan.note == "thanks":
            values.update(due_amount=0.0, net_amount=0.0)
        if plan.note:
            # Neither is a reminder: no law counts it, and no fee is asked for it.
            for _command, _id, item in values["item_ids"]:
                item["block"] = "paid" if plan.note == "thanks" else "promised"
        return values

    # === SEND === #

    def _text(self):
        """Return the text of the policy for a note."""
        self.ensure_one()
        if not self.note:
            return super()._text()
        policy = self.company_id._collection_policy()
        return policy.promise_text_id if self.note == "promise_day" else policy.thanks_text_id

    def _short_subject(self):
        """Return what a note on a short channel is called where a subject is asked for."""
        if not self.note:
            return super()._short_subject()
        touchpoint = self.with_context(lang=self.lang)
        return dict(touchpoint._fields["note"]._description_selection(touchpoint.env))[self.note]

    # === BOOKS === #

    def _follow_books(self):
        """Drop waiting notes that are not true any more; a courtesy is not written anew."""
        notes = self._waiting().filtered("note")
        for company, of_company in notes.grouped("company_id").items():
            of_company._drop_untrue_notes(company._collection_today())
        return super(CollectionTouchpoint, self - notes)._follow_books()

    def _drop_untrue_notes(self, today):
        """Drop those whose day is over, or whose items are not as they say any more."""
        residuals = self.env["collection.ledger"]._residuals(self.item_ids.move_line_id.ids)
        promised = self._promised_for(today, residuals)
        untrue = self.filtered(
            lambda one: (
                one.date < today
                or not one._text()
                or (one.note == "promise_day" and one._told_amounts() != promised.get(one))
                or (one.note == "thanks" and not one._is_paid(residuals))
            )
        )
        untrue._withdraw_mails()
        untrue._transition("superseded", payload={"reason": "untrue"})

    def _promised_for(self, today, residuals):
        """Return ``{touchpoint: {line id: minor units}}`` of what is promised for the day."""
        return {
            one: {
                line.move_line_id.id: amount
                for promise in one.case_id.promise_ids
                if promise.state == "open" and promise.date == today
                for line in promise.line_ids
                if line.move_line_id in one.item_ids.move_line_id
                and (amount := line._still_promised(residuals))
            }
            for one in self
        }

    def _told_amounts(self):
        """Return ``{line id: minor units}`` of what it says."""
        self.ensure_one()
        factor = 10**self.currency_id.decimal_places
        return {item.move_line_id.id: round(item.amount * factor) for item in self.item_ids}

    def _is_paid(self, residuals):
        """Return whether all it says thank you for is still paid."""
        self.ensure_one()
        return all(residuals.get(line.id) == 0 for line in self.item_ids.move_line_id)
