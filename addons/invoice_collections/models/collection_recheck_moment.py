from collections import defaultdict
from datetime import UTC, timedelta

from odoo import fields, models

from ..core import work_calendar

#: Channel -> the cron that works its queue off; all others are handed over by the relay.
_QUEUES = {
    "email": "mail.ir_cron_mail_scheduler_action",
    "sms": "sms.ir_cron_sms_scheduler_action",
}
_RELAY = "invoice_collections.collection_touchpoint_cron_relay"


class CollectionRecheck(models.AbstractModel):
    _inherit = "collection.recheck"

    # === BUSINESS METHODS - MOMENT === #

    def _postpone(self):
        """Leave in the queue what must not arrive now, until the first moment at which it may.

        A message was planned for a moment that suits. It leaves later where no server took it, or
        where a person approved it in the evening.

        :return: those that wait
        """
        now = fields.Datetime.now().replace(tzinfo=UTC)
        slots = defaultdict(self.browse)
        for company, touchpoints in self.grouped("company_id").items():
            for one, slot in touchpoints._next_slots(company, now).items():
                if slot > now:
                    slots[slot.replace(tzinfo=None)] |= one
        for slot, touchpoints in slots.items():
            touchpoints._wait_until(slot)
        return self.browse().union(*slots.values())

    def _next_slots(self, company, now):
        """Return ``{touchpoint: first moment (UTC) from now on that suits the customer}``.

        Hours are those of the channel. Days off matter to what was planned for another day; a step
        that stays, whatever the day, knows none.
        """
        engine = self.env["collection.engine"]
        today = company._collection_today()
        calendars = self.env["collection.holiday"]._calendars(company, today)
        limits = self.env["collection.contact.rule"]._limits(company)
        slots = {}
        for one in self:
            customer = one.partner_id
            place = customer.country_id.id or None
            week = limits(place, customer._collection_kind(), one.channel).week
            if week is None and one.date >= today:
                slots[one] = now
                continue
            calendar = calendars.of(customer.country_id.id, customer.state_id.id)
            if one.step_id.shift == "none":
                calendar = work_calendar.EVERY_DAY
            slots[one] = work_calendar.next_slot(
                now,
                engine._zones(company, customer),
                work_calendar.ANY_HOUR if week is None else week,
                calendar,
            ) or now + timedelta(days=1)
        return slots

    def _wait_until(self, slot):
        """Have the queues pass these by until a moment (UTC, without zone)."""
        later = self.filtered(lambda one: one.next_try_at != slot)
        later.write({"next_try_at": slot})
        later.mail_id.write({"scheduled_date": slot})
        for cron in {_QUEUES.get(channel, _RELAY) for channel in later.mapped("channel")}:
            self.env.ref(cron).sudo()._trigger(at=slot)
        self.env["collection.event"]._log_many(
            [("touchpoint_postponed", one, {"until": f"{slot}Z"}) for one in later]
        )
