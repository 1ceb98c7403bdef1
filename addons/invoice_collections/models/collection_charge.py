from odoo import api, fields, models
from odoo.exceptions import AccessError

#: Allowed transitions: state -> states it may move to. What is claimed is given up by crediting it.
TRANSITIONS = {
    "computed": {"claimed", "waived"},
    "claimed": {"paid", "credited"},
    "paid": {"claimed", "credited"},
    "waived": set(),
    "credited": set(),
}

KINDS = [
    ("interest", "Late-payment interest"),
    ("fixed_sum", "Recovery costs"),
    ("fee", "Reminder fee"),
]


class CollectionCharge(models.Model):
    """What a late item costs its debtor by law: interest, a fixed sum, the fee of a reminder.

    Computed: worked out, and perhaps announced; nothing is in the books. Claimed: an invoice of
    its own asks for it. A charge stands on one verified rule and keeps how it was worked out. The
    database refuses a second fixed sum for an invoice, and a second fee for a reminder.
    """

    _name = "collection.charge"
    _inherit = "collection.lifecycle"
    _description = "Late-Payment Charge"
    _order = "date_to desc, id desc"
    _transitions = TRANSITIONS

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    case_id = fields.Many2one(
        "collection.case", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    move_line_id = fields.Many2one(
        "account.move.line",
        "Late item",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    move_id = fields.Many2one(
        "account.move", "Invoice", related="move_line_id.move_id", store=True, index=True
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    amount = fields.Monetary(required=True, readonly=True)
    date_from = fields.Date("From", readonly=True)
    date_to = fields.Date("Until", required=True, readonly=True, help="The last day counted.")
    rule_line_id = fields.Many2one(
        "collection.rule.line", "Rule", required=True, readonly=True, ondelete="restrict"
    )
    touchpoint_id = fields.Many2one(
        "collection.touchpoint",
        "Reminder",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    computation = fields.Json(readonly=True, help="How the amount was worked out.")
    explanation = fields.Char(compute="_compute_explanation")
    state = fields.Selection(
        [
            ("computed", "Computed"),
            ("claimed", "Claimed"),
            ("paid", "Paid"),
            ("waived", "Waived"),
            ("credited", "Credited"),
        ],
        default="computed",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    claim_line_id = fields.Many2one(
        "account.move.line",
        "Line of the claim",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    claim_move_id = fields.Many2one(
        "account.move",
        "Claim",
        related="claim_line_id.move_id",
        store=True,
        index="btree_not_null",
    )
    waive_reason = fields.Char(readonly=True, copy=False)

    _one_sum = models.UniqueIndex(
        "(move_id) WHERE kind = 'fixed_sum'", "An invoice bears its fixed sum once."
    )
    _one_fee = models.UniqueIndex(
        "(touchpoint_id) WHERE kind = 'fee'", "A reminder costs its fee once."
    )
    _one_open_interest = models.UniqueIndex(
        "(move_line_id) WHERE kind = 'interest' AND state = 'computed'",
        "An item has one computation of interest at a time.",
    )
    _interest_once = models.UniqueIndex(
        "(move_line_id, date_from) WHERE kind = 'interest'",
        "The interest of a day is charged once.",
    )
    _positive = models.Constraint("CHECK(amount > 0)", "A charge is more than nothing.")

    @api.depends("kind", "move_id.name")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for charge in self:
            charge.display_name = f"{labels[charge.kind]}, {charge.move_id.name}"

    @api.depends("computation", "kind", "amount")
    @api.depends_context("lang")
    def _compute_explanation(self):
        words = self.env["collection.charge.words"]
        for charge in self:
            charge.explanation = words._explain(charge.computation or {}, charge.currency_id)

    # === ACTION METHODS === #

    def action_claim(self):
        """Ask for these charges: one posted invoice a customer and currency."""
        self._check_manager()
        claims = self.sudo()._claim()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Claims"),
            "res_model": "account.move",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", claims.ids)],
        }

    def action_waive(self):
        """Give these charges up; those claimed already are credited."""
        self._check_manager()
        self.sudo()._give_up(self.env._("Waived by %(user)s", user=self.env.user.name))

    def action_open_claim(self):
        """Open the invoice that asks for this charge."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.claim_move_id.id,
            "views": [(False, "form")],
        }

    def _check_manager(self):
        """Refuse everybody but a manager of the charges' companies."""
        if not self.env.user.has_group("invoice_collections.group_manager"):
            raise AccessError(self.env._("Only a collections manager claims or waives charges."))
        self.check_access("read")

    # === BUSINESS METHODS === #

    def _transition(self, target, values=None):
        """Move all charges to ``target``, or none, and record it: the only writer of ``state``."""
        self._check_may_become(target)
        rows = [(f"charge_{target}", charge, charge._evidence()) for charge in self]
        self.write({"state": target, **(values or {})})
        self.env["collection.event"]._log_many(rows)

    def _evidence(self):
        """Return what an event keeps of a charge."""
        self.ensure_one()
        return {
            "from": self.state,
            "kind": self.kind,
            "amount": self._minor(),
            "currency": self.currency_id.name,
            "invoice": self.move_id.name,
            "until": str(self.date_to),
        }

    def _minor(self):
        """Return the amount in minor units."""
        self.ensure_one()
        return round(self.amount * 10**self.currency_id.decimal_places)

    @api.model
    def _record(self, lines, today, found=None):
        """Bring the computed charges of these items up to date with law and books.

        What the law does not allow any more goes; what was claimed or given up stays as it is.

        :param found: what :meth:`collection.late.payment._charges` says, where it is known
        :return: the computed charges of the items (sudo)
        """
        self_sudo = self.sudo()
        lines_sudo = lines.sudo()
        self_sudo._lock(lines_sudo.company_id)
        if found is None:
            found = self.env["collection.late.payment"].sudo()._charges(lines_sudo, today)
        known = self_sudo.search(
            [("move_id", "in", lines_sudo.move_id.ids), ("state", "=", "computed")]
        )
        by_key = {charge._key(): charge for charge in known}
        kept, new = self_sudo, []
        cases = self_sudo._cases_of(lines_sudo)
        for line in lines_sudo:
            for charge in found.get(line.id, []):
                if not charge.amount:
                    continue
                values = self_sudo._prepare_values(line, charge, today, cases)
                same = by_key.get(self_sudo._key_of(line, charge))
                if same:
                    same.write(values)
                    kept |= same
                else:
                    new.append(values)
        (known.filtered(lambda charge: charge.move_line_id in lines_sudo) - kept).unlink()
        return kept | self_sudo.create(new)

    @api.model
    def _lock(self, companies):
        """Let one process at a time work charges of a company out; the night's run holds it too.

        :raise LockError: when another one is at it
        """
        self.env["collection.policy"].sudo().search(
            [("company_id", "in", companies.ids)]
        ).lock_for_update()

    def _key(self):
        """Return what a computed charge is recognised by."""
        self.ensure_one()
        about = {"interest": self.move_line_id, "fixed_sum": self.move_id}
        return self.kind, about.get(self.kind, self.touchpoint_id).id

    @api.model
    def _key_of(self, line, charge):
        """Return the key a core charge of an item would have as a record."""
        about = {"interest": line.id, "fixed_sum": line.move_id.id}
        return charge.kind, about.get(charge.kind, charge.reminder)

    @api.model
    def _cases_of(self, lines):
        """Return ``{(customer id, company id): case}``. One query."""
        cases = self.env["collection.case"].search(
            [
                ("partner_id", "in", lines.partner_id.commercial_partner_id.ids),
                ("company_id", "in", lines.company_id.ids),
            ]
        )
        return {(case.partner_id.id, case.company_id.id): case for case in cases}

    @api.model
    def _prepare_values(self, line, charge, today, cases):
        customer = line.partner_id.commercial_partner_id
        case = cases.get((customer.id, line.company_id.id))
        return {
            "partner_id": customer.id,
            "company_id": line.company_id.id,
            "case_id": case.id if case else False,
            "move_line_id": line.id,
            "currency_id": line.currency_id.id,
            "kind": charge.kind,
            "amount": charge.amount / 10**line.currency_id.decimal_places,
            "date_from": charge.first,
            "date_to": charge.last or today,
            "rule_line_id": charge.rule,
            "touchpoint_id": charge.reminder,
            "computation": {"code": charge.code, **charge.details},
        }
