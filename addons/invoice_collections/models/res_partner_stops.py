from datetime import date

from odoo import api, fields, models

_USER = "invoice_collections.group_user"

#: The facts that stop collections, with the code the guard tells.
STOP_FIELDS = {
    "collection_insolvency_date": "legal_stop",
    "collection_deceased": "legal_stop",
    "collection_moratorium_until": "legal_stop",
    "collection_hardship": "hardship",
    "collection_adviser_id": "hardship",
}


class ResPartner(models.Model):
    _inherit = "res.partner"

    collection_insolvency_date = fields.Date(
        "Insolvent since",
        copy=False,
        groups=_USER,
        help="From this day on nothing is chased, no interest or charge is counted, and nothing is"
        " handed over.",
    )
    collection_deceased = fields.Boolean("Deceased", copy=False, groups=_USER)
    collection_moratorium_until = fields.Date(
        "Moratorium until",
        copy=False,
        groups=_USER,
        help="The last day of a breathing space or another legal stop.",
    )
    collection_hardship = fields.Boolean(
        "Hardship",
        copy=False,
        groups=_USER,
        help="Automatic reminders stop; a person talks to the customer, or offers a plan.",
    )
    collection_adviser_id = fields.Many2one(
        "res.partner",
        "Debt adviser",
        copy=False,
        index="btree_not_null",
        groups=_USER,
        help="Who speaks for the customer. Automatic reminders stop.",
    )
    collection_stop_note = fields.Char("Note on the stop", copy=False, groups=_USER)

    collection_stop_text = fields.Char(
        "What stops collections", compute="_compute_collection_stop_text", groups=_USER
    )

    # === COMPUTE METHODS === #

    @api.depends(*STOP_FIELDS)
    def _compute_collection_stop_text(self):
        """Say what of the customer stops collections; empty when nothing does."""
        today = self.env.company._collection_today()
        stops = self.commercial_partner_id._collection_stops(today)
        for partner in self:
            customer = partner.commercial_partner_id.sudo()
            told = customer._collection_stop_words() if customer.id in stops else []
            partner.collection_stop_text = ", ".join(told) or False

    def _collection_stop_words(self):
        """Return what is known of this customer (sudo), each in a word or two."""
        self.ensure_one()
        fields_get = self.fields_get(list(STOP_FIELDS), ["string"])
        words = []
        for name in STOP_FIELDS:
            value, label = self[name], fields_get[name]["string"]
            if isinstance(value, date):
                day = self.env["ir.qweb.field.date"].value_to_html(value, {})
                words.append(f"{label} {day}")
            elif isinstance(value, models.BaseModel) and value:
                words.append(f"{label}: {value.display_name}")
            elif value:
                words.append(label)
        return words

    # === CRUD METHODS === #

    def write(self, vals):
        """Write; what stops or frees collections is recorded on every case of the customer."""
        names = [name for name in STOP_FIELDS if name in vals]
        if not names:
            return super().write(vals)
        before = {partner: partner._recorded_stops(names) for partner in self.sudo()}
        result = super().write(vals)
        self.sudo()._follow_stops(before, names)
        return result

    def _follow_stops(self, before, names):
        """Record changed stops on the cases of these customers (sudo), and obey them at once."""
        changes = {}
        for partner in self:
            new = partner._recorded_stops(names)
            changed = {name: [before[partner][name], new[name]] for name in names}
            changes[partner] = {name: pair for name, pair in changed.items() if pair[0] != pair[1]}
        cases = self.collection_case_ids.filtered(lambda case: changes.get(case.partner_id))
        self.env["collection.event"].with_user(self.env.user)._log_many(
            [("customer_stops_changed", case, changes[case.partner_id]) for case in cases]
        )
        stopped = cases.filtered(
            lambda case: any(
                STOP_FIELDS[name] == "legal_stop" and pair[1]
                for name, pair in changes[case.partner_id].items()
            )
        )
        stopped.handover_ids._tell_of_stop()
        cases.invalidate_recordset(["item_ids"])
        cases.item_ids._collection_changed()
        cases._evaluate()

    def _recorded_stops(self, names):
        """Return the facts in a form an event can keep."""
        self.ensure_one()
        values = {}
        for name in names:
            value = self[name]
            value = value.id if isinstance(value, models.BaseModel) else value
            values[name] = str(value) if isinstance(value, date) else value
        return values

    # === BUSINESS METHODS === #

    def _collection_stops(self, today):
        """Return ``{customer id: set of codes}`` for those of whom nothing may be chased.

        One query, whatever their number.
        """
        domain = fields.Domain.OR(
            [
                [("collection_insolvency_date", "<=", today)],
                [("collection_deceased", "=", True)],
                [("collection_moratorium_until", ">=", today)],
                [("collection_hardship", "=", True)],
                [("collection_adviser_id", "!=", False)],
            ]
        )
        flagged_sudo = (
            self.sudo().with_context(active_test=False).search([("id", "in", self.ids), *domain])
        )
        return {partner.id: partner._collection_stop_codes(today) for partner in flagged_sudo}

    def _collection_stop_codes(self, today):
        """Return the codes of what stops collections of this customer (sudo) on a day."""
        self.ensure_one()
        insolvent = self.collection_insolvency_date
        moratorium = self.collection_moratorium_until
        codes = set()
        if (insolvent and insolvent <= today) or (moratorium and moratorium >= today):
            codes.add("legal_stop")
        if self.collection_deceased:
            codes.add("legal_stop")
        if self.collection_hardship or self.collection_adviser_id:
            codes.add("hardship")
        return codes

    @api.model
    def _collection_frozen_from(self, partner_ids):
        """Return ``{customer id: day}`` from which no interest or charge runs: insolvency."""
        rows_sudo = (
            self.sudo()
            .with_context(active_test=False)
            .search_fetch(
                [("id", "in", list(partner_ids)), ("collection_insolvency_date", "!=", False)],
                ["collection_insolvency_date"],
            )
        )
        return {partner.id: partner.collection_insolvency_date for partner in rows_sudo}
