from collections import Counter

from odoo import api, fields, models

from ..core.value_at_risk import value_at_risk


class CollectionCase(models.Model):
    _inherit = "collection.case"

    value_at_risk = fields.Monetary(
        "Value at risk",
        readonly=True,
        default=0.0,
        help="What may be lost of what is open, by its age and the customer's risk: the work is put"
        " in order by it.",
    )
    promised_date = fields.Date(
        "Promised by", compute="_compute_promised", search="_search_promised_date"
    )
    promised_text = fields.Char("Open promise", compute="_compute_promised")
    disputed_text = fields.Char("Disputed", compute="_compute_disputed_text")
    phone = fields.Char(related="partner_id.phone")
    email = fields.Char(related="partner_id.email")

    # === CRUD METHODS === #

    def write(self, vals):
        """Write, and rank the cases anew whose risk somebody has judged."""
        result = super().write(vals)
        if "risk_band" in vals:
            self.sudo()._evaluate()
        return result

    # === COMPUTE METHODS === #

    @api.depends("promise_ids.state")
    def _compute_promised(self):
        promises = self.env["collection.promise"].search_fetch(
            [("case_id", "in", self.ids), ("state", "=", "open")],
            ["case_id", "amount", "currency_id", "date"],
            order="date, id",
        )
        of_cases = promises.grouped("case_id")
        for case in self:
            first = of_cases.get(case, promises.browse())[:1]
            case.promised_date = first.date
            case.promised_text = bool(first) and self.env._(
                "%(amount)s by %(day)s",
                amount=first.currency_id.format(first.amount),
                day=case._format_date(first.date),
            )

    @api.model
    def _search_promised_date(self, operator, value):
        """Return the domain of cases by the day of an open promise; ``= False``: without one."""
        if operator in ("=", "in") and not any(value if operator == "in" else [value]):
            return [("promise_ids", "not any", [("state", "=", "open")])]
        if operator in ("!=", "not in") and not any(value if operator == "not in" else [value]):
            return [("promise_ids", "any", [("state", "=", "open")])]
        return [("promise_ids", "any", [("state", "=", "open"), ("date", operator, value)])]

    @api.depends("dispute_ids.state")
    def _compute_disputed_text(self):
        disputes = self.env["collection.dispute"].search(
            [("case_id", "in", self.ids), ("is_open", "=", True)], order="id"
        )
        of_cases = disputes.grouped("case_id")
        for case in self:
            of_case = of_cases.get(case, disputes.browse())
            case.disputed_text = ", ".join(
                currency.format(sum(group.mapped("amount")))
                for currency, group in of_case.grouped("currency_id").items()
            )

    # === ACTION METHODS === #

    def action_assign(self):
        """Ask who takes care of these cases from now on."""
        return self._act_on("assign", self.env._("Assign"))

    def action_remind(self):
        """Ask which message these customers are to get now."""
        return self._act_on("remind", self.env._("Send now"))

    def action_call(self):
        """Ask who calls these customers, and when."""
        return self._act_on("call", self.env._("Call"))

    def action_promise(self):
        """Ask what the customer promised; of several, by which day they all will pay."""
        if len(self) == 1:
            return super().action_promise()
        return self._act_on("promise", self.env._("Promise to pay"))

    def _act_on(self, action, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "collection.case.act",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_case_ids": self.ids, "default_action": action},
        }

    # === BUSINESS METHODS === #

    def _figures(self, balance):
        """Return the value at risk, too."""
        factor = 10**self.company_id.currency_id.decimal_places
        worth = value_at_risk(balance.aged, self.risk_band) if balance else 0
        return {**super()._figures(balance), "value_at_risk": worth / factor}

    def _remind_now(self, forward=False):
        """Run the reminders of these customers at once; every question of the guard is asked.

        :param forward: have the step after the last one taken due today, where none is due
        :return: ``{"sent": n, "blocked": {code: n}}``
        :raise AccessError: for who may not write the cases
        """
        self.check_access("write")
        told = {"sent": 0, "blocked": Counter()}
        for company, cases in self.grouped("company_id").items():
            cases_sudo = cases.sudo()
            today = company._collection_today()
            if forward:
                cases_sudo.item_ids.filtered(
                    lambda item, today=today: (item.date_maturity or item.date) < today
                )._collection_go_next(today)
            self.env["collection.event"]._log_many(
                [("case_reminded", case, {"forward": forward}) for case in cases]
            )
            counts = company._collection_run(customers=cases.partner_id)
            told["sent"] += counts["sent"]
            told["blocked"].update(counts["blocked"])
        return told

    @api.model
    def _reminded_text(self, told):
        """Say what became of :meth:`_remind_now`."""
        touchpoints = self.env["collection.touchpoint"]
        labels = dict(touchpoints._fields["block_reason"]._description_selection(self.env))
        parts = [self.env._("Messages on their way: %(count)s.", count=told["sent"])]
        parts += [
            self.env._(
                "Held back: %(count)s (%(reason)s).", count=count, reason=labels.get(code, code)
            )
            for code, count in told["blocked"].items()
        ]
        if not told["sent"] and not told["blocked"]:
            parts.append(self.env._("For none of these customers a step is due."))
        return " ".join(parts)
