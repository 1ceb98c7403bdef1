from odoo import models
from odoo.exceptions import UserError

from ..core import handover as core_handover


class CollectionHandover(models.Model):
    _inherit = "collection.handover"

    # === BUSINESS METHODS - WHAT STANDS IN THE WAY === #

    def _obstacle_labels(self):
        """Return ``{code: sentence}``: what it is, and what to do about it."""
        env = self.env
        return {
            "legal_stop": env._("The customer is insolvent or under a legal stop."),
            "hardship": env._("The customer is in hardship: offer a plan instead."),
            "settled": env._("Nothing is owed any more."),
            "not_due": env._("Something in it is not due yet."),
            "pending_money": env._("Money may be on its way: match the bank's lines first."),
            "unknown_books": env._("The bank's books are not up to date: sync the bank first."),
            "withheld": env._("A dispute or a promise is open on it."),
            "elsewhere": env._("Something in it is with an agency already."),
            "no_notice": env._("A final notice has not been delivered yet."),
            "notice_running": env._("The days of the final notice are not over."),
            "no_agency": env._("No agency is chosen."),
            "changed": env._("What is owed has changed: take it back to a proposal."),
        }

    def _refuse_obstacles(self):
        """Refuse while something stands in the way (sudo).

        :raise UserError: with all of it
        """
        self.ensure_one()
        if self.state == "draft":
            self.line_ids._restate()
            self.line_ids._note_notices()
        labels = self._obstacle_labels()
        codes = self._obstacles()
        if codes:
            raise UserError("\n".join(labels[code] for code in codes))

    def _obstacles(self):
        """Return the codes of what stands in the way of handing this over (sudo)."""
        self.ensure_one()
        today = self.company_id._collection_today()
        stops = self.partner_id._collection_stops(today).get(self.partner_id.id, set())
        return core_handover.obstacles(
            core_handover.Facts(
                today=today,
                claims=tuple(self._core_claims()),
                notice_days=self.company_id._collection_policy().notice_days,
                stops=frozenset(stops),
                books_known=not self.company_id._collection_feed_reason(),
                has_agency=bool(self.agency_id),
            )
        )

    def _core_claims(self):
        """Return the items as the core knows them."""
        items = self.line_ids.move_line_id
        residuals = self.env["collection.ledger"]._residuals(items.ids)
        holds = items.move_id._collection_hold_reasons()
        withheld = items._collection_withholdings()
        notices = items._collection_notices()
        elsewhere = self._items_elsewhere()
        factor = 10**self.currency_id.decimal_places
        claims = []
        for line in self.line_ids:
            item = line.move_line_id
            codes = {part.code for part in withheld.get(item.id, ())}
            residual = residuals.get(item.id, 0)
            stated = residual if self.state == "draft" else round(line.amount * factor)
            claims.append(
                core_handover.Claim(
                    residual=residual,
                    stated=stated,
                    due_date=line.due_date,
                    noticed_on=notices.get(item.id),
                    is_withheld=bool(codes - {"handed_over"}),
                    is_pending="pending_money" in holds.get(item.move_id, ()),
                    is_elsewhere=item.id in elsewhere,
                )
            )
        return claims

    def _items_elsewhere(self):
        """Return ids of the items another hand-over has."""
        others = self.env["collection.handover.line"].search(
            [
                ("move_line_id", "in", self.line_ids.move_line_id.ids),
                ("is_active", "=", True),
                ("handover_id", "not in", self.ids),
            ]
        )
        return set(others.move_line_id.ids)
