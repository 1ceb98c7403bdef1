from odoo import api, fields, models
from odoo.exceptions import UserError

from .collection_channel import CHANNELS


class CollectionReach(models.AbstractModel):
    """How the customer of a case can be reached, and what they do not want."""

    _name = "collection.reach"
    _description = "Reaching a Customer"

    contact_point_ids = fields.One2many(
        "collection.contact.point", "case_id", "Addresses", readonly=True
    )
    opt_out_ids = fields.One2many("collection.opt.out", "case_id", "Opt-outs", readonly=True)
    channel_stat_ids = fields.One2many("collection.channel.stat", "case_id", readonly=True)

    # === COMPUTE METHODS === #

    @api.depends("opt_out_ids.channel", "opt_out_ids.ended_at")
    def _compute_opt_out(self):
        for case in self:
            case.opt_out = case._is_opted_out("email")

    def _inverse_opt_out(self):
        for case in self:
            if case.opt_out:
                case._opt_out(["email"], "person")
            else:
                case._opt_in(["email"], "person")

    # === BUSINESS METHODS === #

    def _opt_out_url(self, channel):
        """Return the address at which the customer stops the messages on a channel."""
        self.ensure_one()
        return f"{self._debtor_url()}/stop/{channel}"

    def _is_opted_out(self, channel):
        """Return whether the customer does not want messages on a channel."""
        self.ensure_one()
        return any(one.channel == channel and not one.ended_at for one in self.opt_out_ids)

    def _opt_out(self, codes, source):
        """Stop writing to these customers on these channels, at once: what waits is withdrawn.

        Whoever calls checked who asks. Safe to repeat.

        :param codes: channels, as in ``collection_channel.CHANNELS``
        :param source: one of ``collection_opt_out.SOURCES``
        :raise UserError: for a channel that does not exist
        """
        unknown = set(codes) - dict(CHANNELS).keys()
        if unknown:
            raise UserError(self.env._("There is no such channel: %(name)s.", name=min(unknown)))
        opt_outs_sudo = self.env["collection.opt.out"].sudo()
        known = opt_outs_sudo._open(self)
        rows = [(case, code) for case in self for code in codes if (case.id, code) not in known]
        opt_outs_sudo.create(
            [{"case_id": case.id, "channel": code, "source": source} for case, code in rows]
        )
        self.env["collection.event"]._log_many(
            [("opted_out", case, {"channel": code, "source": source}) for case, code in rows]
        )
        self.env["collection.touchpoint"].sudo().search(
            [
                ("case_id", "in", self.ids),
                ("channel", "in", list(codes)),
                ("state", "in", ("waiting", "queued")),
            ]
        )._stop("opt_out")

    def _opt_in(self, codes, source):
        """Write to these customers on these channels again. Safe to repeat."""
        open_sudo = (
            self.env["collection.opt.out"]
            .sudo()
            .search(
                [
                    ("case_id", "in", self.ids),
                    ("channel", "in", list(codes)),
                    ("ended_at", "=", False),
                ]
            )
        )
        open_sudo.write({"ended_at": fields.Datetime.now()})
        self.env["collection.event"]._log_many(
            [
                ("opted_in", one.case_id, {"channel": one.channel, "source": source})
                for one in open_sudo
            ]
        )
