from odoo import models


class CollectionPlan(models.Model):
    _inherit = "collection.plan"

    # === BUSINESS METHODS === #

    def _debtor_path(self):
        """Return the path of the plan on the customer's page, signed."""
        self.ensure_one()
        return f"{self.case_id._debtor_path()}/plan/{self.id}"

    def _tell_customer(self, version):
        """Send the customer what is offered, with its document and the link to accept it.

        Without an e-mail address a person gets a task: nobody is left without an answer.
        """
        self.ensure_one()
        contact = self.partner_id._collection_contacts()[self.partner_id]
        if not contact.email:
            self.case_id._debtor_ask(
                self.env._("Send a payment plan by hand"),
                self.env._("%(plan)s: no e-mail address is known.", plan=self.name),
            )
            return
        template = self.env.ref("invoice_collections.mail_template_plan_disclosure")
        template.send_mail(
            self.id,
            email_values={
                "email_to": contact.email,
                "recipient_ids": [],
                "attachment_ids": version.document_id.ids,
            },
        )
