from odoo import models


class CollectionCase(models.Model):
    _inherit = "collection.case"

    # === BUSINESS METHODS - WHAT THE CUSTOMER TELLS US === #

    def _debtor_ask(self, summary, note):
        """Leave a person a task about something the customer said, unless it is there already."""
        self.ensure_one()
        user = (
            self.user_id
            or self.company_id._collection_policy().user_id
            or self.env.ref("base.user_admin")
        )
        same = self.activity_ids.filtered(lambda activity: activity.summary == summary)
        if note in same.mapped(lambda activity: activity.note and activity.note.striptags()):
            return
        self.with_context(mail_activity_quick_update=True).activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=self.company_id._collection_today(),
            summary=summary,
            note=note,
            user_id=user.id,
        )

    def _debtor_say(self, text):
        """Keep on the case, as the customer's own words, what they told us on their page."""
        self.ensure_one()
        self.message_post(
            body=text,
            author_id=self.partner_id.id,
            message_type="comment",
            subtype_xmlid="mail.mt_note",
        )

    def _debtor_report_paid(self, choice, paid_date, reference, source):
        """Record that the customer has paid the chosen documents.

        :param choice: a section with ``rows`` and ``total``
        :return: the claim (sudo)
        """
        self.ensure_one()
        lines = self.env["account.move.line"].union(*(row["lines"] for row in choice["rows"]))
        claims = self.env["collection.paid.claim"]
        claim = claims._take(self, lines, choice["total"], paid_date, reference, source)
        if claim.repeated_line_ids:
            self._debtor_ask(
                self.env._("Reported as paid once more"),
                ", ".join(claim.repeated_line_ids.move_id.mapped("name")),
            )
        return claim
