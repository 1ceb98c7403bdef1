from collections import namedtuple
from dataclasses import replace

from odoo import api, models

from ..core import consolidate

#: What a text would say to a customer today, and whether it would go out.
TextPreview = namedtuple("TextPreview", "touchpoint verdict subject body frame letter words")


class CollectionTouchpoint(models.Model):
    _inherit = "collection.touchpoint"

    # === BUSINESS METHODS - PREVIEW === #

    @api.model
    def _preview_text(self, case, template, lang=None):
        """Return what ``template`` would say to the customer of ``case`` today; writes nothing.

        The contact is planned as the night plans it, but for its day: the same items, credits and
        charges, the same choice of channel, the same guard.

        :param lang: a language to try instead of the customer's
        :return: a :class:`TextPreview`, or ``None`` where the customer owes nothing
        """
        step = self._preview_step(case.company_id, template)
        plan = self._preview_plan(case, step)
        if not plan:
            return None
        plan = replace(plan, lang=lang or plan.lang)
        labels = self.env["collection.engine"]._line_labels([plan])
        today = case.company_id._collection_today()
        touchpoint = self.new(self._prepare_planned_values(plan, today, labels))
        touchpoint._preview_charges(today)
        return touchpoint.with_context(lang=plan.lang)._preview_words(template, plan.verdict)

    @api.model
    def _preview_step(self, company, template):
        """Return the step that says ``template``; the first reminder where none does."""
        steps = self.env["collection.cadence.step"].search(
            [
                ("cadence_id.company_id", "=", company.id),
                ("cadence_id.active", "=", True),
                ("outcome", "not in", ("call", "handover")),
            ]
        )
        saying = steps.filtered(lambda step: step.template_id == template)
        late = steps.filtered(lambda step: step.offset_days >= 0)
        return (saying or late or steps)[:1]

    @api.model
    def _preview_plan(self, case, step):
        """Return the contact the engine would plan if ``step`` were due for all that is open."""
        company, engine = case.company_id, self.env["collection.engine"]
        policy, today = company._collection_policy(), company._collection_today()
        items = self.env["collection.ledger"]._items(company, policy, case.partner_id.ids)
        debts = [item for item in items if item.residual > 0 and not item.no_followup]
        if not debts or not step:
            return None
        core_step = step._core_step()
        late = [item for item in debts if item.due_date <= today]
        asked = [item for item in debts if item.due_date > today] if step.offset_days < 0 else late
        asked = sorted(asked or debts, key=lambda item: -item.worth)
        currency = asked[0].currency
        core_items = [
            consolidate.Item(
                item.line,
                item.customer,
                item.currency,
                item.due_date,
                item.residual,
                core_step if item in asked else None,
            )
            for item in items
            if item.currency == currency and (item.residual < 0 or item in debts)
        ]
        message = replace(consolidate.consolidate(core_items, today)[0], step=core_step)
        calendars = self.env["collection.holiday"]._calendars(company, today)
        debtors = engine._debtors(company, items, calendars)
        return engine._judge(company, policy, [message], today, debtors)[0]

    def _preview_charges(self, day):
        """Have this contact say of charges what it would say; nothing is recorded."""
        self.ensure_one()
        if self.company_id._collection_policy().charge_mode != "announce":
            return
        debts, found = self._told_charges(day)
        self.charge_rows = self._prepare_charge_rows(found)
        country = self.partner_id.country_id
        self.notice_terms = self._prepare_notice(debts, day, self._post_days_off(day)[country])

    def _preview_words(self, template, verdict):
        """Return everything this contact would say, on every kind of channel."""
        self.ensure_one()
        ids = list(self._ids)
        subject = template._render_field("subject", ids, compute_lang=True)[self.id]
        body = template._render_field("body_html", ids, compute_lang=True)[self.id]
        self.channel, channel = "sms", self.channel
        words = self._write_short_text(self._render_own_words(template).get(self, ""))
        self.channel = channel
        letter = self.env["ir.qweb"]._render(
            "invoice_collections.letter_content",
            {"touchpoint": self, "company": self.company_id, "subject": subject, "body": body},
            minimal_qcontext=True,
        )
        frame = self._in_layout(body)
        return TextPreview(self, verdict, subject, body, frame, letter, words)
