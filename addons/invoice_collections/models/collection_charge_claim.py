import logging

from odoo import Command, api, models
from odoo.exceptions import UserError
from odoo.tools import format_date

_logger = logging.getLogger(__name__)


class CollectionCharge(models.Model):
    _inherit = "collection.charge"

    # === CRON === #

    @api.model
    def _cron_follow_payments(self):
        """Decide, company by company, what becomes of the charges of invoices paid meanwhile."""
        companies = self.search([("state", "in", ("computed", "claimed", "paid"))]).company_id
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(companies))
        for company in companies:
            try:
                # Another process at work on the company leaves the charges to the next night.
                if company._collection_policy().try_lock_for_update():
                    self._follow_payments(company, company._collection_today())
            except Exception:
                self.env.cr.rollback()
                _logger.exception("Charges of company %s failed", company.id)
            if not cron._commit_progress(1):
                break

    # === CLAIM === #

    def _claim(self):
        """Ask for these charges with one posted invoice a customer and currency.

        They are worked out anew first: what the law does not allow today is not claimed.

        :return: the invoices (sudo)
        :raise UserError: when nothing is left to claim
        """
        self._lock(self.company_id)
        self = self.filtered(lambda charge: charge.state == "computed")  # noqa: PLW0642
        fresh = self.browse()
        for company, charges in self.grouped("company_id").items():
            recorded = self._record(charges.move_line_id, company._collection_today())
            fresh |= recorded & charges
        if not fresh:
            raise UserError(
                self.env._(
                    "Nothing can be claimed: these charges are claimed already, or law and books "
                    "do not allow them today."
                )
            )
        groups = list(fresh.grouped(lambda c: (c.company_id, c.partner_id, c.currency_id)).values())
        claims = self.env["account.move"].create([group._prepare_claim() for group in groups])
        for group, claim in zip(groups, claims, strict=True):
            lines = claim.invoice_line_ids.sorted(lambda line: (line.sequence, line.id))
            for charge, line in zip(group, lines, strict=True):
                charge.claim_line_id = line
        claims.action_post()
        fresh._transition("claimed")
        return claims

    def _prepare_claim(self):
        """Return the values of the invoice that asks for these charges of one customer."""
        company, partner = self.company_id, self.partner_id
        policy = company._collection_policy()
        today = company._collection_today()
        return {
            "move_type": "out_invoice",
            "company_id": company.id,
            "journal_id": self._claim_journal(company, policy).id,
            "partner_id": partner.id,
            "currency_id": self.currency_id.id,
            "invoice_date": today,
            "invoice_date_due": today,
            "invoice_payment_term_id": False,
            "invoice_origin": ", ".join(sorted(set(self.move_id.mapped("name")))),
            "collection_is_claim": True,
            "invoice_line_ids": [
                Command.create(charge._prepare_claim_line(policy, position))
                for position, charge in enumerate(self, 1)
            ],
        }

    def _prepare_claim_line(self, policy, position):
        """Return the values of one line: outside the scope of VAT, so without tax of its own."""
        account = policy.interest_account_id if self.kind == "interest" else policy.cost_account_id
        return {
            "sequence": position,
            "name": self.with_context(lang=self.partner_id.lang)._claim_label(),
            "quantity": 1,
            "price_unit": self.amount,
            "tax_ids": [Command.set(policy.charge_tax_id.ids)],
            **({"account_id": account.id} if account else {}),
        }

    def _claim_label(self):
        """Return what a line of a claim says, in the language of the context."""
        kind = dict(self._fields["kind"]._description_selection(self.env))[self.kind]
        return self.env._(
            "%(kind)s on %(invoice)s, due %(due)s: %(explanation)s",
            kind=kind,
            invoice=self.move_id.name,
            due=format_date(self.env, self.move_line_id.date_maturity),
            explanation=self.explanation,
        )

    @api.model
    def _claim_journal(self, company, policy):
        journal = policy.charge_journal_id or self.env["account.journal"].search(
            [("type", "=", "sale"), ("company_id", "=", company.id)], limit=1
        )
        if not journal:
            raise UserError(
                self.env._(
                    "%(company)s has no sales journal. Create one, or choose a journal of claims "
                    "in the policy.",
                    company=company.name,
                )
            )
        return journal

    # === GIVE UP === #

    def _give_up(self, reason):
        """Waive what is computed, and credit what is claimed and not paid."""
        self._lock(self.company_id)
        self.filtered(lambda charge: charge.state == "computed")._transition(
            "waived", {"waive_reason": reason}
        )
        self.filtered(lambda charge: charge.state == "claimed")._credit(reason)

    def _credit(self, reason):
        """Take back claimed charges: one credit note a claim, set off against it."""
        if not self:
            return
        groups = list(self.grouped("claim_move_id").items())
        refunds = self.env["account.move"].create(
            [charges._prepare_refund(claim, reason) for claim, charges in groups]
        )
        refunds.action_post()
        # Before they are set off: a claim that is settled by its credit note is not paid.
        self._transition("credited", {"waive_reason": reason})
        plans = []
        for (claim, _charges), refund in zip(groups, refunds, strict=True):
            items = (claim | refund).line_ids.filtered(
                lambda line: (
                    line.account_id.account_type == "asset_receivable" and not line.reconciled
                )
            )
            if len(items.move_id) > 1:
                plans.append(items)
        self.env["account.move.line"]._reconcile_plan(plans)

    def _prepare_refund(self, claim, reason):
        """Return the values of the credit note of these charges of one claim."""
        return {
            "move_type": "out_refund",
            "company_id": claim.company_id.id,
            "journal_id": claim.journal_id.id,
            "partner_id": claim.partner_id.id,
            "currency_id": claim.currency_id.id,
            "invoice_date": claim.company_id._collection_today(),
            "invoice_payment_term_id": False,
            "reversed_entry_id": claim.id,
            "ref": reason,
            "invoice_line_ids": [
                Command.create(
                    {
                        "name": charge.claim_line_id.name,
                        "quantity": 1,
                        "price_unit": charge.amount,
                        "account_id": charge.claim_line_id.account_id.id,
                        "tax_ids": [Command.set(charge.claim_line_id.tax_ids.ids)],
                    }
                )
                for charge in self
            ],
        }

    # === FOLLOW === #

    @api.model
    def _follow_payments(self, company, today):
        """Bring a company's open charges up to date; where the invoice is paid, follow the policy.

        Safe to repeat.
        """
        charges = self.search(
            [("company_id", "=", company.id), ("state", "in", ("computed", "claimed", "paid"))]
        )
        charges._follow_claims()
        recorded = self._record(
            charges.filtered(lambda charge: charge.state == "computed").move_line_id, today
        )
        open_charges = recorded | charges.exists().filtered(lambda c: c.state == "claimed")
        settled = open_charges.filtered("move_line_id.reconciled")
        if not settled:
            return
        fee_policy = company._collection_policy().fee_policy
        if fee_policy == "waive":
            settled._give_up(self.env._("The invoice is paid"))
        elif fee_policy == "enforce":
            settled.filtered(lambda charge: charge.state == "computed")._claim()
        else:
            settled.claim_move_id.line_ids.filtered(
                lambda line: (
                    line.account_id.account_type == "asset_receivable" and not line.no_followup
                )
            ).write({"no_followup": True})

    def _follow_claims(self):
        """Note a claim that is open again because its payment came back, or paid unnoticed."""
        self.filtered(
            lambda charge: charge.state == "paid" and charge.claim_move_id.amount_residual
        )._transition("claimed")
