from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta

import pytz

from odoo import api, fields, models

from ..core import channels, consolidate, guard, work_calendar
from .collection_channel_choice import SOFT_TONE, ChannelRequest, Choice
from .collection_touchpoint import CONTACTED

#: Days back to which contacts are read: no rule counts further.
_MEMORY_DAYS = 92


@dataclass(frozen=True)
class PlannedContact:
    """A message with everything needed to send it or to say why not; records are sudo."""

    message: consolidate.Message
    verdict: guard.Verdict
    case: models.BaseModel
    choice: Choice
    currency: models.BaseModel
    lang: str
    note: str = ""


class CollectionEngine(models.AbstractModel):
    _inherit = "collection.engine"

    # === JUDGE === #

    @api.model
    def _judge(self, company, policy, messages, today, debtors):
        """Ask the guard about every message; gathers its facts in a fixed number of queries."""
        if not messages:
            return []
        customers = self.env["res.partner"].browse({message.customer for message in messages})
        known = self._gather_facts(company, policy, customers, messages, today)
        known["debtors"] = debtors
        if known["feed_reason"]:
            messages = [
                (consolidate.only_upcoming(message) or message) if message.due else message
                for message in messages
            ]
        choices = self._choices(company, messages, known)
        planned = []
        for message in messages:
            case = known["cases"][message.customer]
            choice = choices[message.customer, message.currency]
            languages = (choice.contact.lang, case.partner_id.lang, company.partner_id.lang)
            planned.append(
                PlannedContact(
                    message=message,
                    verdict=guard.check(self._facts(message, case, choice, policy, known)),
                    case=case,
                    choice=choice,
                    currency=self.env["res.currency"].browse(message.currency),
                    lang=next(filter(None, languages), "en_US"),
                )
            )
        return planned

    @api.model
    def _choices(self, company, messages, known):
        """Return ``{(customer id, currency id): Choice}``: on which channel each message goes.

        A channel that was used often enough lately is left out, where another may take over.
        """
        currencies = self.env["res.currency"].browse({message.currency for message in messages})
        today = known["today"]
        rates = {
            currency.id: currency._get_conversion_rate(
                currency, company.currency_id, company, today
            )
            * 10 ** (company.currency_id.decimal_places - currency.decimal_places)
            for currency in currencies
        }
        requests = []
        for message in messages:
            step = self.env["collection.cadence.step"].browse(message.step.key)
            order, best = step._channel_order()
            free = tuple(
                channel
                for channel in order
                if not self._is_worn_out(message.customer, channel, known)
            )
            requests.append(
                ChannelRequest(
                    key=(message.customer, message.currency),
                    case=known["cases"][message.customer],
                    day=today,
                    amount=round(max(0, message.asked) * rates[message.currency]),
                    step=step,
                    order=free or order,
                    best=best,
                    statutory=step.outcome == "final_notice",
                    cautious=bool(message.held_reasons),
                )
            )
        return self.env["collection.channel"]._choose(requests)

    @api.model
    def _gather_facts(self, company, policy, customers, messages, today):
        """Return what :meth:`_facts` looks up, read once for all messages."""
        cases = self.env["collection.case"].search(
            [("company_id", "=", company.id), ("partner_id", "in", customers.ids)]
        )
        contacts = self._contacts(company, customers, policy, today)
        return {
            "company": company,
            "today": today,
            # The hour matters on the day itself only; another day is planned as a whole.
            "now": fields.Datetime.now().replace(tzinfo=pytz.UTC)
            if today == company._collection_today()
            else None,
            "cases": {case.partner_id.id: case for case in cases},
            "feed_reason": company._collection_feed_reason() or None,
            "contacts": contacts,
            "talks": self._talks(company, customers, today),
            "first_notices": self._first_notices(messages),
            "limits": self.env["collection.contact.rule"]._limits(company),
            "minimums": self._minimums(
                company, policy, {message.currency for message in messages}, today
            ),
        }

    @api.model
    def _facts(self, message, case, choice, policy, known):
        """Return the guard's facts about one message; no query."""
        speaks = message.due or message.upcoming
        debtor = known["debtors"][message.customer]
        limits = known["limits"](debtor.facts.country, debtor.facts.segment, choice.channel)
        step = self.env["collection.cadence.step"].browse(message.step.key)
        calendar = debtor.calendar if message.step.shift != "none" else work_calendar.EVERY_DAY
        slot = self._slot(limits, debtor, calendar, known)
        return guard.Facts(
            today=known["today"],
            due=message.due_total,
            upcoming=message.upcoming_total,
            credit=message.credit_total,
            kill_switch=policy.kill_switch,
            dry_run=policy.dry_run,
            feed_reason=known["feed_reason"],
            held=frozenset() if speaks else message.held_reasons,
            held_until=case.hold_until and case.hold_until + timedelta(days=1),
            held_out=message.step.tone <= SOFT_TONE
            and channels.is_held_out(message.customer, round(policy.holdout_share * 10)),
            opted_out=choice.reason == "opt_out",
            has_address=bool(choice.channel),
            free_from=self._notice_ends(message, limits, known),
            calendar=calendar,
            quiet=slot is None or slot > known["now"] if known["now"] else False,
            slot=slot,
            slot_day=slot and slot.astimezone(_zone(known["company"])).date(),
            caps=self._caps(message, choice.channel, limits, policy, known),
            talked_until=self._talked_until(message.customer, choice.channel, limits, known),
            min_amount=known["minimums"][message.currency],
            needs_approval=step.needs_approval,
        )

    # === HOURS AND COUNTS === #

    @api.model
    def _slot(self, limits, debtor, calendar, known):
        """Return the first moment (UTC) at which the channel may be used, from now on."""
        if known["now"] is None or limits.week is None:
            return known["now"]
        return work_calendar.next_slot(known["now"], debtor.zones, limits.week, calendar)

    @api.model
    def _contacts(self, company, customers, policy, today):
        """Return ``{customer id: [(company id, channel, day)]}`` of earlier contacts.

        Those of our other companies are among them where the policy shares its limit.
        """
        companies = company
        if policy.cap_shared:
            companies = self.env["collection.policy"].search([("cap_shared", "=", True)]).company_id
        touchpoints = self.env["collection.touchpoint"].search_fetch(
            [
                ("company_id", "in", companies.ids),
                ("partner_id", "in", customers.ids),
                # A call nobody answered rang all the same.
                "|",
                ("state", "in", CONTACTED),
                "&",
                ("state", "=", "bounced"),
                ("channel", "=", "call"),
                ("date", ">", today - timedelta(days=_MEMORY_DAYS)),
                ("date", "<=", today),
            ],
            ["company_id", "partner_id", "channel", "date"],
        )
        contacts = defaultdict(list)
        for one in touchpoints:
            # What this company says today is what is being planned; it does not count itself.
            if one.company_id != company or one.date < today:
                contacts[one.partner_id.id].append((one.company_id.id, one.channel, one.date))
        return contacts

    @api.model
    def _caps(self, message, channel, limits, policy, known):
        """Return the limits of frequency that concern a message on a channel."""
        contacts = known["contacts"].get(message.customer, ())
        days = tuple(sorted({day for _company, _channel, day in contacts}))
        caps = [guard.Cap(policy.cap_count, policy.cap_days, days)]
        if policy.cap_shared:
            others = {
                day
                for company, _channel, day in contacts
                if company != known["company"].id and day == known["today"]
            }
            caps.append(guard.Cap(1, 1, tuple(others)))
        for ruled, count, length in limits.caps:
            of_rule = tuple(day for _company, used, day in contacts if ruled in ("any", used))
            if ruled in ("any", channel):
                caps.append(guard.Cap(count, length, of_rule))
        return tuple(caps)

    @api.model
    def _is_worn_out(self, customer_id, channel, known):
        """Return whether a channel of its own was used as often as the rules allow."""
        debtor = known["debtors"][customer_id].facts
        limits = known["limits"](debtor.country, debtor.segment, channel)
        contacts = known["contacts"].get(customer_id, ())
        used = tuple(day for _company, of, day in contacts if of == channel)
        return bool(self._talked_until(customer_id, channel, limits, known)) or any(
            guard.Cap(count, length, used).free_from(known["today"])
            for ruled, count, length in limits.caps
            if ruled == channel
        )

    @api.model
    def _talks(self, company, customers, today):
        """Return ``{customer id: day of the latest conversation by telephone}``."""
        groups = self.env["collection.touchpoint"]._read_group(
            [
                ("company_id", "=", company.id),
                ("partner_id", "in", customers.ids),
                ("channel", "=", "call"),
                ("replied_at", ">=", today - timedelta(days=_MEMORY_DAYS)),
            ],
            ["partner_id"],
            ["replied_at:max"],
        )
        zone = _zone(company)
        return {
            customer.id: pytz.UTC.localize(moment).astimezone(zone).date()
            for customer, moment in groups
        }

    @api.model
    def _talked_until(self, customer_id, channel, limits, known):
        """Return the last day of silence after a conversation, or ``None``."""
        talk = known["talks"].get(customer_id)
        if channel != "call" or not talk or not limits.talk_days:
            return None
        # The day of the conversation is the first of the days.
        last = talk + timedelta(days=limits.talk_days - 1)
        return last if last >= known["today"] else None

    @api.model
    def _first_notices(self, messages):
        """Return ``{line id: day of the first reminder about it once it was due}``."""
        lines = [item.key for message in messages for item in message.due]
        groups = self.env["collection.touchpoint.item"]._read_group(
            [
                ("move_line_id", "in", lines),
                ("is_step", "=", True),
                ("offset_days", ">=", 0),
                ("touchpoint_id.state", "in", CONTACTED),
                ("touchpoint_id.companion_of_id", "=", False),
            ],
            ["move_line_id"],
            ["touchpoint_id:recordset"],
        )
        return {line.id: min(told.mapped("date")) for line, told in groups}

    @api.model
    def _notice_ends(self, message, limits, known):
        """Return the day from which a firmer word is allowed, or ``None`` where nothing runs."""
        stepping = [item for item in message.due if item.step]
        if not limits.notice_days or not stepping or message.upcoming:
            return None
        told = [known["first_notices"].get(item.key) for item in stepping]
        if None in told:
            return None
        return min(told) + timedelta(days=limits.notice_days)

    @api.model
    def _minimums(self, company, policy, currency_ids, today):
        """Return ``{currency id: smallest sum to write about}``, converted at today's rate."""
        currencies = self.env["res.currency"].browse(currency_ids)
        return {
            currency.id: _minor(
                company.currency_id._convert(policy.min_amount, currency, company, today), currency
            )
            for currency in currencies
        }


def _minor(amount, currency):
    """Return an amount in minor units of its currency."""
    return int(currency.round(amount) * 10**currency.decimal_places + 0.5)


def _zone(company):
    """Return the time zone of a company."""
    return pytz.timezone(company.partner_id.tz or "UTC")
