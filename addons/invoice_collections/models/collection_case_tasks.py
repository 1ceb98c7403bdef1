from odoo import models


class CollectionCase(models.Model):
    _inherit = "collection.case"

    # === BUSINESS METHODS - WHAT PEOPLE ARE ASKED === #

    def _ask(
        self, summary, activity_type="mail.mail_activity_data_todo", notes=None, day=None, user=None
    ):
        """Give whoever is responsible one task a case, unless the same one is open already.

        :param notes: ``{case: what stands in the task}``
        :param day: by when; today when not given
        :param user: who gets the tasks in place of whoever is responsible
        """
        if not self:
            return
        open_ids = set(
            self.env["mail.activity"]
            .search(
                [
                    ("res_model", "=", "collection.case"),
                    ("res_id", "in", self.ids),
                    ("summary", "=", summary),
                ]
            )
            .mapped("res_id")
        )
        model_id = self.env["ir.model"]._get_id("collection.case")
        kind = self.env.ref(activity_type)
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                {
                    "res_model_id": model_id,
                    "res_id": case.id,
                    "activity_type_id": kind.id,
                    "summary": summary,
                    "note": (notes or {}).get(case, False),
                    "date_deadline": day or case.company_id._collection_today(),
                    "user_id": (user or case._responsible()).id,
                }
                for case in self
                if case.id not in open_ids
            ]
        )

    def _responsible(self):
        """Return who gets the tasks of a case."""
        self.ensure_one()
        user = self.user_id or self.company_id._collection_policy().user_id
        # The id is cached: a reference would ask the database once a case.
        return user or user.browse(self.env["ir.model.data"]._xmlid_to_res_id("base.user_admin"))

    def _call_script(self):
        """Return what whoever calls needs to know, as HTML."""
        self.ensure_one()
        today = self.company_id._collection_today()
        overdue = self.item_ids.filtered(
            lambda item: (
                item.amount_residual_currency > 0 and (item.date_maturity or item.date) < today
            )
        )
        return self.env["ir.qweb"]._render(
            "invoice_collections.call_task_note", {"case": self, "items": overdue}
        )
