from odoo import api, models

from .collection_handover import ACTIVE_STATES


class CollectionHandover(models.Model):
    _inherit = "collection.handover"

    # === BUSINESS METHODS - PROPOSALS === #

    @api.model
    def _propose(self, lines_of_cases):
        """Propose to hand items over; what is proposed or handed over already is kept.

        As many queries for a thousand cases as for one.

        :param lines_of_cases: ``{case: its open receivable items}``; one proposal a case and
            currency
        :return: the proposals (sudo) these items are in
        """
        all_ids = [line.id for lines in lines_of_cases.values() for line in lines]
        known_sudo = self.line_ids.sudo().search(
            [
                ("move_line_id", "in", all_ids),
                ("handover_id.state", "in", ("draft", *ACTIVE_STATES)),
            ]
        )
        taken_sudo = known_sudo.move_line_id
        wanted = {}
        for case, lines in lines_of_cases.items():
            missing_sudo = (lines.sudo() - taken_sudo).with_prefetch(all_ids)
            missing_sudo = missing_sudo.filtered(lambda line: line.amount_residual_currency > 0)
            for currency, items_sudo in missing_sudo.grouped("currency_id").items():
                wanted[case.sudo(), currency] = items_sudo
        return known_sudo.handover_id | self._propose_missing(wanted)

    @api.model
    def _propose_missing(self, wanted):
        """Add the items to the proposals of their cases; make those that are not there.

        :param wanted: ``{(case, currency): items}``
        """
        if not wanted:
            return self.sudo()
        drafts_sudo = self.sudo().search(
            [
                ("case_id", "in", [case.id for case, _currency in wanted]),
                ("state", "=", "draft"),
            ]
        )
        proposals = {(draft.case_id, draft.currency_id): draft for draft in drafts_sudo}
        new = [key for key in wanted if key not in proposals]
        proposals.update(zip(new, self._create_proposals(new), strict=True))
        self.line_ids.sudo().create(
            [
                self.line_ids._prepare_values(proposals[key], item)
                for key, items in wanted.items()
                for item in items
            ]
        )
        changed_sudo = self.sudo().union(*(proposals[key] for key in wanted))
        self.env["collection.event"]._log_many(
            [("handover_draft", handover, handover._told()) for handover in changed_sudo]
        )
        return changed_sudo

    @api.model
    def _create_proposals(self, keys):
        """Create a proposal for each case and currency, and leave a person a task about it."""
        none_sudo = self.env["collection.agency"].sudo()
        by_company = none_sudo.search(
            [("company_id", "in", [case.company_id.id for case, _currency in keys])]
        ).grouped("company_id")
        proposals_sudo = (
            self.sudo()
            .with_context(mail_create_nosubscribe=True)
            .create(
                [
                    {
                        "case_id": case.id,
                        "partner_id": case.partner_id.id,
                        "company_id": case.company_id.id,
                        "currency_id": currency.id,
                        "agency_id": by_company.get(case.company_id, none_sudo)[:1].id,
                    }
                    for case, currency in keys
                ]
            )
        )
        proposals_sudo._ask_to_decide()
        return proposals_sudo

    def _ask_to_decide(self):
        """Give whoever is responsible the task to decide about these proposals."""
        model_id = self.env["ir.model"]._get_id(self._name)
        kind = self.env.ref("mail.mail_activity_data_todo")
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                {
                    "res_model_id": model_id,
                    "res_id": handover.id,
                    "activity_type_id": kind.id,
                    "summary": self.env._("Hand over to an agency?"),
                    "date_deadline": handover.company_id._collection_today(),
                    "user_id": handover.case_id._responsible().id,
                }
                for handover in self
            ]
        )
