from odoo import api, models


class CollectionEngine(models.AbstractModel):
    _inherit = "collection.engine"

    # === PROPOSE === #

    @api.model
    def _handover_steps(self, found):
        """Return the ids of the steps due that speak to us and not to the customer."""
        steps = self.env["collection.cadence.step"].browse(
            {item.step.key for item in found.items if item.step}
        )
        return set(steps.filtered(lambda step: step.outcome == "handover").ids)

    @api.model
    def _propose_handovers(self, company, found):
        """Propose to hand over what reached that step; a person decides."""
        proposals = self._handover_steps(found)
        lines_by_customer = {}
        for item in found.items:
            if item.step and item.step.key in proposals and not item.held:
                lines_by_customer.setdefault(item.customer, []).append(item.key)
        cases = self.env["collection.case"].search(
            [("company_id", "=", company.id), ("partner_id", "in", list(lines_by_customer))]
        )
        lines = self.env["account.move.line"]
        self.env["collection.handover"]._propose(
            {case: lines.browse(lines_by_customer[case.partner_id.id]) for case in cases}
        )
