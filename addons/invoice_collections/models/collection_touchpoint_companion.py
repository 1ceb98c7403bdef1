from odoo import Command, fields, models

from .collection_channel_choice import ChannelRequest

_COPIED = ("block", "label", "due_date", "amount", "is_step", "offset_days", "hold_reasons")


class CollectionTouchpoint(models.Model):
    """A message and a call on the same day: the call is a contact of its own beside the message.

    It has hours, limits, a script and a result like every call. What is said in the message is
    what counts for the step: a call that falls away loses nothing.
    """

    _inherit = "collection.touchpoint"

    companion_of_id = fields.Many2one(
        "collection.touchpoint",
        "Goes with",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="cascade",
        help="The message of the same day which this call goes with.",
    )

    _one_companion = models.UniqueIndex(
        "(companion_of_id) WHERE companion_of_id IS NOT NULL", "One call goes with a message."
    )

    # === SEND === #

    def _dispatch(self):
        """Call those whose step says so, once their message is on its way."""
        taken = super()._dispatch()
        taken._call_as_well()
        return taken

    def _call_as_well(self):
        """Add the call to those messages whose step wants one, where the customer may be called.

        One a day and customer, and once for a step: a message that bounced and is sent anew brings
        no second call.
        """
        wanting = self.filtered(
            lambda one: one.step_id.with_call and one.channel != "call" and one.due_amount
        )
        if not wanting:
            return
        called = self.search(
            [("case_id", "in", wanting.case_id.ids), ("companion_of_id", "!=", False)]
        )
        done = called._steps_taken()
        new = wanting.filtered(lambda one: one._steps_taken() - done)
        a_day = {(one.case_id, one.date): one for one in (*reversed(new), *called)}
        first = self.browse().union(*a_day.values())
        calls = self.create((new & first)._prepare_calls())
        calls._ensure_contact_points()
        calls._queue_calls()

    def _steps_taken(self):
        """Return ``{(item, step, days from due date)}`` these contacts were made for."""
        return {
            (item.move_line_id, item.step_id, item.offset_days)
            for item in self.item_ids.filtered("is_step")
        }

    def _prepare_calls(self):
        """Return the values of the calls that go with these messages."""
        choices = {}
        for company, messages in self.grouped("company_id").items():
            free = self.env["collection.engine"]._free_to_call(company, messages)
            choices.update(
                self.env["collection.channel"]._choose(
                    ChannelRequest(
                        key=one,
                        case=one.case_id,
                        day=one.date,
                        amount=0,
                        step=one.step_id,
                        order=("call",),
                    )
                    for one in free
                )
            )
        return [
            one._prepare_call(choice) for one, choice in choices.items() if choice.channel == "call"
        ]

    def _prepare_call(self, choice):
        """Return the values of the call that goes with this message."""
        self.ensure_one()
        copied = (
            "case_id",
            "partner_id",
            "company_id",
            "currency_id",
            "step_id",
        )
        return {
            **{name: self[name].id for name in copied},
            **{name: self[name] for name in ("date", "tone", "lang")},
            **self._prepare_channel_values(choice),
            "companion_of_id": self.id,
            "due_amount": self.due_amount,
            "upcoming_amount": self.upcoming_amount,
            "credit_amount": self.credit_amount,
            "net_amount": self.net_amount,
            "item_ids": [
                Command.create(
                    {
                        **{name: item[name] for name in _COPIED},
                        "move_line_id": item.move_line_id.id,
                        "step_id": item.step_id.id,
                    }
                )
                for item in self.item_ids
            ],
        }
