from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from .collection_promise import SOURCES

#: Allowed transitions: state -> states it may move to.
TRANSITIONS = {
    "open": {"confirmed", "unconfirmed", "withdrawn"},
    "unconfirmed": {"confirmed", "withdrawn"},
    "confirmed": set(),
    "withdrawn": set(),
}

#: An item reported as paid is waited for once in so many days: saying it again wins no more time.
ONCE_IN_DAYS = 90

#: What the customer says on the page, and how else it may reach a person.
PAGE_SOURCES = [("link", "Link"), ("portal", "Customer portal")]
CLAIM_SOURCES = [*PAGE_SOURCES, *(source for source in SOURCES if source[0] != "customer")]


class CollectionPaidClaim(models.Model):
    """What a customer says they have paid: its date and reference help to find the money.

    For a few days the items are not chased. Then the money is there, or a person has to look.
    """

    _name = "collection.paid.claim"
    _description = "Payment Reported by a Customer"
    _order = "id desc"

    case_id = fields.Many2one(
        "collection.case", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="case_id.partner_id", store=True, index=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    line_ids = fields.Many2many("account.move.line", string="Items", readonly=True)
    repeated_line_ids = fields.Many2many(
        "account.move.line",
        "collection_paid_claim_repeated_rel",
        string="Reported before",
        readonly=True,
        help="Waited for already, and not again.",
    )
    amount = fields.Monetary(required=True, readonly=True)
    paid_date = fields.Date("Paid on", required=True, readonly=True)
    reference = fields.Char(readonly=True, help="What the customer wrote into the transfer.")
    source = fields.Selection(CLAIM_SOURCES, required=True, readonly=True)
    user_id = fields.Many2one("res.users", "Taken by", readonly=True, ondelete="restrict")
    wait_until = fields.Date(
        readonly=True, index=True, help="The last day on which the items are not chased."
    )
    state = fields.Selection(
        [
            ("open", "Waiting for the money"),
            ("confirmed", "Paid"),
            ("unconfirmed", "Not found"),
            ("withdrawn", "Withdrawn"),
        ],
        default="open",
        required=True,
        readonly=True,
        index=True,
    )

    _positive = models.Constraint("CHECK(amount > 0)", "What was paid is more than nothing.")

    @api.depends("partner_id.name", "paid_date")
    def _compute_display_name(self):
        for claim in self:
            claim.display_name = f"{claim.partner_id.name}, {claim.paid_date}"

    # === ACTION METHODS === #

    def action_withdraw(self):
        """Chase again what was reported as paid, from now on."""
        self.check_access("read")
        self.case_id.check_access("write")
        self.sudo()._transition("withdrawn")
        self.sudo().line_ids._collection_changed()

    # === BUSINESS METHODS === #

    @api.model
    def _take(self, case, lines, amount, paid_date, reference="", source="link"):
        """Record what a customer reports as paid; saying the same twice changes nothing.

        :param case: the case; the caller's right to write it is checked
        :param lines: open receivable items of the case, in one currency
        :param amount: in the currency of the items, at most what is open of them
        :param paid_date: not after today
        :param source: a code of ``CLAIM_SOURCES``
        :return: the claim (sudo)
        :raise UserError: for items that are not the customer's, or a date to come
        """
        case.check_access("write")
        today = case.company_id._collection_today()
        foreign = lines - case._debtor_lines(lines.move_id)
        if not lines or foreign or len(lines.currency_id) != 1 or paid_date > today:
            raise UserError(self.env._("Only open invoices paid by today can be reported as paid."))
        self._check_amount(lines, amount)
        earlier_sudo = self.sudo().search(
            [
                ("line_ids", "in", lines.ids),
                ("create_date", ">", fields.Datetime.now() - timedelta(days=ONCE_IN_DAYS)),
                ("state", "in", ("open", "unconfirmed")),
            ]
        )
        for claim_sudo in earlier_sudo:
            if (claim_sudo.line_ids, claim_sudo.paid_date, claim_sudo.reference or "") == (
                lines,
                paid_date,
                reference,
            ):
                return claim_sudo
        days = case.company_id._collection_policy().paid_claim_days
        claim_sudo = self.sudo().create(
            {
                "case_id": case.id,
                "currency_id": lines.currency_id.id,
                "line_ids": [Command.set(lines.ids)],
                "repeated_line_ids": [Command.set((earlier_sudo.line_ids & lines).ids)],
                "amount": amount,
                "paid_date": paid_date,
                "reference": reference,
                "source": source,
                "user_id": False if source in dict(PAGE_SOURCES) else self.env.uid,
                "wait_until": today + timedelta(days=days),
            }
        )
        self.env["collection.event"]._log("paid_claimed", claim_sudo, payload=claim_sudo._said())
        lines._collection_changed()
        return claim_sudo

    @api.model
    def _check_amount(self, lines, amount):
        """Refuse an amount that is nothing, or more than is open."""
        currency, open_ = lines.currency_id, lines._collection_amount()
        if currency.compare_amounts(amount, 0) <= 0 or currency.compare_amounts(amount, open_) > 0:
            raise UserError(
                self.env._(
                    "What was paid is more than nothing, and at most what is open: %(amount)s.",
                    amount=currency.format(open_),
                )
            )

    @api.model
    def _waited_for(self, moves):
        """Return ``{line: claim}`` (claims sudo) of the items not chased because of a claim."""
        claims_sudo = self.sudo().search(
            [("state", "=", "open"), ("line_ids.move_id", "in", moves.ids)], order="id desc"
        )
        today = {company: company._collection_today() for company in claims_sudo.company_id}
        return {
            line.with_env(moves.env): claim_sudo
            for claim_sudo in claims_sudo
            if today[claim_sudo.company_id] <= claim_sudo.wait_until
            for line in claim_sudo.line_ids - claim_sudo.repeated_line_ids
        }

    @api.model
    def _claimed_references(self, company):
        """Return ``{line id: set of texts}`` that customers say they wrote into their transfers.

        For whoever matches the bank's lines. It is what a customer says: no proof of anything.
        """
        claims_sudo = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("state", "in", ("open", "unconfirmed")),
                ("reference", "!=", False),
            ]
        )
        texts = {}
        for claim_sudo in claims_sudo:
            for line in claim_sudo.line_ids.ids:
                texts.setdefault(line, set()).add(claim_sudo.reference)
        return texts

    def _transition(self, target):
        """Move all claims to ``target``, or none, and record it: the only writer of ``state``.

        :raise UserError: when one may not go there
        """
        if any(target not in TRANSITIONS[claim.state] for claim in self):
            raise UserError(self.env._("This reported payment is decided already."))
        rows = [(f"paid_claim_{target}", claim, {"from": claim.state}) for claim in self]
        self.write({"state": target})
        self.env["collection.event"]._log_many(rows)

    def _follow_books(self):
        """Confirm the claims whose items are all settled; a person looks after those in vain."""
        waiting = self.filtered(lambda claim: claim.state in ("open", "unconfirmed"))
        settled = waiting.filtered(lambda claim: all(claim.line_ids.mapped("reconciled")))
        settled._transition("confirmed")
        today = {company: company._collection_today() for company in waiting.company_id}
        late = (waiting - settled).filtered(
            lambda claim: claim.state == "open" and claim.wait_until < today[claim.company_id]
        )
        late._transition("unconfirmed")
        for claim in late:
            claim.case_id._debtor_ask(
                self.env._("Reported as paid, but no money found"),
                self.env._(
                    "%(amount)s, paid on %(day)s, reference: %(reference)s",
                    amount=claim.currency_id.format(claim.amount),
                    day=claim.paid_date,
                    reference=claim.reference or "-",
                ),
            )

    @api.model
    def _cron_follow_up(self):
        """Look at all reported payments that are not decided yet."""
        cron = self.env["ir.cron"]
        claims = self.search([("state", "in", ("open", "unconfirmed"))], order="id")
        cron._commit_progress(remaining=len(claims))
        for start in range(0, len(claims), 200):
            batch = claims[start : start + 200]
            batch._follow_books()
            if not cron._commit_progress(len(batch)):
                break

    def _said(self):
        """Return what the customer said, as an event keeps it."""
        self.ensure_one()
        return {
            "invoices": self.line_ids.move_id.mapped("name"),
            "amount": f"{self.amount:.{self.currency_id.decimal_places}f}",
            "currency": self.currency_id.name,
            "paid_on": str(self.paid_date),
            "reference": self.reference or "",
            "source": self.source,
            "wait_until": str(self.wait_until),
        }
