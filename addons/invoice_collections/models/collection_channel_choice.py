from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from odoo import api, models

from ..core import channels

#: Days for which a channel that failed for a step is not tried again for that step.
TRIED_DAYS = 14
#: Up to this tone a step is soft: some customers are left alone, for comparison.
SOFT_TONE = 2
#: How often a step is tried in all: once, and once more on the next channel.
MOST_TRIES = 2


@dataclass(frozen=True)
class ChannelRequest:
    """What :meth:`collection.channel._choose` is asked about one contact.

    ``amount`` is what is asked for, in minor units of the company's currency. ``order``, ``best``,
    ``statutory`` and ``cautious`` are those of :class:`..core.channels.Wish`.
    """

    key: object
    case: models.BaseModel
    day: date
    amount: int
    step: models.BaseModel | None = None
    order: tuple[str, ...] = ("email",)
    best: bool = False
    statutory: bool = False
    cautious: bool = False


@dataclass(frozen=True)
class Choice:
    """Where a contact goes. ``channel`` is ``False`` where there is none; ``reason`` says why.

    ``contact_point`` is empty where the address was never used before; ``contact`` is the person.
    ``values`` is one JSON-able dict a channel, from the least to the most intrusive.
    """

    channel: str | bool
    contact_point: models.BaseModel
    reason: str
    contact: models.BaseModel
    address: str
    values: list[dict] = field(default_factory=list)


class CollectionChannel(models.Model):
    _inherit = "collection.channel"

    # === BUSINESS METHODS === #

    @api.model
    def _choose(self, requests):
        """Return ``{request key: Choice}``. Writes nothing; queries do not grow with requests."""
        requests = list(requests)
        if not requests:
            return {}
        cases = self.env["collection.case"].union(*(request.case for request in requests))
        known = self._gather(cases.sudo(), min(request.day for request in requests))
        return {request.key: self.sudo()._choose_one(request, known) for request in requests}

    @api.model
    def _gather(self, cases, today):
        """Return what :meth:`_choose_one` looks up, read once for all requests."""
        settings = self.sudo().search([("company_id", "in", cases.company_id.ids)])
        points = self.env["collection.contact.point"].sudo()
        stats = self.env["collection.channel.stat"].sudo()
        reach = cases.partner_id.sudo()._collection_reach()
        in_cases = [("case_id", "in", cases.ids)]
        return {
            "settings": {(one.company_id.id, one.code): one for one in settings},
            "reach": reach,
            "points": {
                (point.case_id.id, point.channel, point.address): point
                for point in points.search(in_cases)
            },
            "stats": {(stat.case_id.id, stat.channel): stat for stat in stats.search(in_cases)},
            "opt_outs": self.env["collection.opt.out"].sudo()._open(cases),
            "blacklisted": self._blacklisted(reach),
            "tried": self._tried(cases, today),
        }

    @api.model
    def _blacklisted(self, reach):
        """Return addresses and numbers on Odoo's own lists of those who want no messages."""
        addresses = {
            (channel, address)
            for ways in reach.values()
            for channel, (_contact, address) in ways.items()
            if address
        }
        emails = [address for channel, address in addresses if channel == "email"]
        numbers = [address for channel, address in addresses if channel in ("sms", "call")]
        listed = self.env["mail.blacklist"].sudo().search([("email", "in", emails)])
        phones = self.env["phone.blacklist"].sudo().search([("number", "in", numbers)])
        return {*listed.mapped("email"), *phones.mapped("number")}

    @api.model
    def _tried(self, cases, today):
        """Return ``{(case id, step id, channel)}`` of what bounced or failed lately."""
        groups = (
            self.env["collection.touchpoint"]
            .sudo()
            ._read_group(
                [
                    ("case_id", "in", cases.ids),
                    ("state", "=", "bounced"),
                    ("date", ">", today - timedelta(days=TRIED_DAYS)),
                ],
                ["case_id", "step_id", "channel"],
            )
        )
        return {(case.id, step.id, channel) for case, step, channel in groups}

    @api.model
    def _choose_one(self, request, known):
        """Return the choice for one request; no query."""
        company = request.case.company_id
        options = [self._option(code, request, known) for code in channels.CHANNELS]
        policy = company._collection_policy()
        worth = channels.Worth(policy.gain_days, Decimal(str(round(policy.capital_rate, 4))) / 100)
        year, week, _day = request.day.isocalendar()
        wish = channels.Wish(
            request.amount,
            request.order,
            request.best,
            request.statutory,
            request.cautious,
            channels.draw(
                request.case.partner_id.id, request.step.id if request.step else 0, year, week
            ),
        )
        selection = channels.select(options, wish, worth)
        ways = known["reach"][request.case.partner_id]
        contact, address = ways.get(selection.channel) or ways["email"]
        point = known["points"].get((request.case.id, selection.channel, address))
        return Choice(
            channel=selection.channel or False,
            contact_point=point or self.env["collection.contact.point"].sudo(),
            reason=selection.reason,
            contact=contact,
            address=address if selection.channel else "",
            values=[self._told(option, selection, company) for option in options],
        )

    @api.model
    def _option(self, code, request, known):
        """Return one channel as the core knows it."""
        setting = known["settings"].get((request.case.company_id.id, code)) or self.browse()
        if not setting:
            return channels.Option(code, channels.usual(Decimal("0.1")), Decimal(0), "disabled")
        usual = setting._usual()
        stat = known["stats"].get((request.case.id, code))
        belief = stat._belief(usual, request.day) if stat else usual
        return channels.Option(
            code, belief, setting._cost_minor(), self._refusal(setting, request, known)
        )

    @api.model
    def _refusal(self, setting, request, known):
        """Return why a channel is closed for this contact, or ``None``."""
        code, case = setting.code, request.case
        _contact, address = known["reach"][case.partner_id].get(code, (None, ""))
        point = known["points"].get((case.id, code, address))
        step = request.step.id if request.step else False
        if not setting.enabled:
            return "disabled"
        if (case.id, code) in known["opt_outs"] or address in known["blacklisted"]:
            return "opt_out"
        if not address:
            return "no_address"
        if point and point.health in ("hard", "invalid"):
            return "bounced"
        tried = [one for one in channels.CHANNELS if (case.id, step, one) in known["tried"]]
        if code in tried or len(tried) >= MOST_TRIES:
            return "tried"
        return None

    @api.model
    def _told(self, option, selection, company):
        """Return what is kept of one option: exact figures as text, never floats."""
        factor = Decimal(10) ** company.currency_id.decimal_places
        return {
            "channel": option.channel,
            "chosen": option.channel == selection.channel,
            "refusal": option.refusal,
            "chance": str(round(option.belief.chance, 3)),
            "cost": str(option.cost / factor),
            "value": str(round(selection.values[option.channel] / factor, 2)),
        }
