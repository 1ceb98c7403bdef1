import logging

from odoo import api, fields, models

_logger = logging.getLogger(__name__)


class CollectionCase(models.Model):
    _inherit = "collection.case"

    wake_at = fields.Datetime(
        "Looked at again",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The moment (UTC) from which something may be sent that had to wait for the hour, or "
        "at which something happened.",
    )

    # === CRON === #

    @api.model
    def _cron_wake(self):
        """Run the reminders of the customers whose moment has come.

        A company that fails never stops the others; its cases stay and are tried again.
        """
        now = fields.Datetime.now()
        due = self.search([("wake_at", "<=", now)])
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(due.company_id))
        for company, cases in due.grouped("company_id").items():
            try:
                company._collection_run(customers=cases.partner_id, commit=cron._commit_progress)
                # Only now: what was killed half-way is done again, and does nothing twice.
                cases.filtered(lambda case: case.wake_at and case.wake_at <= now).wake_at = False
            except Exception:
                self.env.cr.rollback()
                _logger.exception("Collections of company %s failed", company.id)
            if not cron._commit_progress(1):
                break

    # === BUSINESS METHODS === #

    def _wake(self, at=None):
        """Have the engine look at these cases at a moment (UTC), now when none is given.

        What happened in between (a payment, a bounce, an answer) is taken into account then.
        """
        now = fields.Datetime.now()
        moment = at.replace(tzinfo=None) if at else now
        later = self.filtered(
            lambda case: not case.wake_at or case.wake_at > moment or case.wake_at <= now
        )
        if later:
            later.sudo().write({"wake_at": moment})
            self.env.ref("invoice_collections.collection_case_cron_wake").sudo()._trigger(moment)
