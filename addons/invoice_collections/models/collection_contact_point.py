from odoo import api, fields, models

from .collection_channel import CHANNELS

#: Soft bounces in a row after which an address counts as dead.
MOST_SOFT_BOUNCES = 3

#: Health -> healths it may move to. A dead address lives again only through a person.
TRANSITIONS = {
    "ok": {"ok", "soft", "hard", "invalid"},
    "soft": {"ok", "soft", "hard", "invalid"},
    "hard": {"ok"},
    "invalid": {"ok"},
}


class CollectionContactPoint(models.Model):
    """One address at which a customer is reached on one channel, and whether it works.

    A new address is a new point: what is known of the old one does not spoil it.
    """

    _name = "collection.contact.point"
    _description = "Contact Point"
    _rec_name = "address"
    _order = "case_id, channel, id desc"

    case_id = fields.Many2one(
        "collection.case", required=True, readonly=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="case_id.partner_id", store=True, index=True)
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    contact_id = fields.Many2one("res.partner", "Person", readonly=True, ondelete="set null")
    channel = fields.Selection(CHANNELS, required=True, readonly=True)
    address = fields.Char(required=True, readonly=True)
    health = fields.Selection(
        [
            ("ok", "Works"),
            ("soft", "Bounced for now"),
            ("hard", "Dead"),
            ("invalid", "Not an address"),
        ],
        default="ok",
        required=True,
        readonly=True,
        copy=False,
    )
    soft_bounces = fields.Integer(readonly=True, copy=False, help="In a row.")
    bounced_at = fields.Datetime("Last bounce", readonly=True, copy=False, help="In UTC.")
    bounce_reason = fields.Char(readonly=True, copy=False)
    verified_at = fields.Datetime(
        readonly=True, copy=False, help="When the customer last showed that it reaches them. UTC."
    )
    lang = fields.Char("Language", readonly=True)
    tz = fields.Char("Time zone", readonly=True)

    _address_uniq = models.Constraint(
        "UNIQUE(case_id, channel, address)", "A customer has this address once."
    )

    # === ACTION METHODS === #

    def action_revive(self):
        """Use the address again: a person knows that it works."""
        self.check_access("read")
        self.case_id.check_access("write")
        self.sudo().filtered(lambda point: point.health != "ok")._transition(
            "ok", {"soft_bounces": 0}, {"by": "person"}
        )

    # === BUSINESS METHODS === #

    def _transition(self, target, values=None, payload=None):
        """Move all points to ``target``, and record it: the only writer of ``health``."""
        allowed = self.filtered(lambda point: target in TRANSITIONS[point.health])
        allowed.write({"health": target, **(values or {})})
        self.env["collection.event"]._log_many(
            [
                (
                    f"contact_point_{target}",
                    point,
                    {"channel": point.channel, "address": point.address, **(payload or {})},
                )
                for point in allowed
            ]
        )

    def _bounce(self, hard, reason):
        """Take note that something could not be delivered here.

        :param hard: the address is dead; else it is for now, and dead after the third in a row
        """
        for point in self:
            count = point.soft_bounces + 1
            dead = hard or count >= MOST_SOFT_BOUNCES
            point._transition(
                "hard" if dead else "soft",
                {
                    "soft_bounces": count,
                    "bounced_at": fields.Datetime.now(),
                    "bounce_reason": reason,
                },
                {"reason": reason or ""},
            )

    def _confirm(self):
        """Take note that the customer was reached here."""
        self.filtered(lambda point: point.health == "soft")._transition("ok", {"soft_bounces": 0})
        self.write({"verified_at": fields.Datetime.now()})

    @api.model
    def _ensure(self, wanted):
        """Return ``{(case, channel, address): point}``, missing ones created, in two queries.

        :param wanted: ``{(case, channel, address): values}`` of those that may be missing
        """
        cases = self.env["collection.case"].union(*(case for case, _channel, _address in wanted))
        points = self.search([("case_id", "in", cases.ids)])
        known = {(point.case_id, point.channel, point.address): point for point in points}
        missing = [key for key in wanted if key not in known]
        created = self.create(
            [
                {"case_id": case.id, "channel": channel, "address": address, **wanted[key]}
                for key in missing
                for case, channel, address in [key]
            ]
        )
        known.update(zip(missing, created, strict=True))
        return known
