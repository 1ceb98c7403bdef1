from collections import Counter
from datetime import timedelta

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools.misc import format_date

from ..core import aging

#: Days of the DSO and of the chart of touchpoints.
DSO_DAYS = 90
CHART_DAYS = 30

#: Cases in the list of what needs a person.
NEEDS_YOU = 8


class CollectionDashboard(models.AbstractModel):
    """The figures of one company at a glance; a fixed number of queries whatever is open."""

    _name = "collection.dashboard"
    _description = "Collections Dashboard"

    @api.model
    @api.readonly
    def get_data(self):
        """Return the dashboard of the current company.

        :return: what :meth:`res.company._collection_dashboard` returns
        :raise AccessError: for everybody but collectors
        """
        if not self.env.user.has_group("invoice_collections.group_user"):
            raise AccessError(self.env._("Only collectors see the collections dashboard."))
        return self.env.company._collection_dashboard()

    # === PARTS === #

    @api.model
    def _data(self, company):
        """Return all parts. Amounts are floats in company currency and text beside them.

        :return: ``tiles`` (code, label, text, hint, tone, action), ``aging`` (codes, labels,
            values), ``touchpoints`` (labels, sent, blocked), ``blocked`` (code, label, count),
            ``needs_you`` (case_id, name, amount, reason), ``currency``, ``converted`` (codes of
            currencies converted at today's rate), ``is_empty``
        """
        today = company._collection_today()
        totals, converted = self._converted_totals(company, today)
        aged = aging.aged_totals(totals, today)
        activity = self._activity(company, today)
        blocked = self._blocked(company, today)
        return {
            "company": company.name,
            "today": format_date(self.env, today),
            "currency": self._currency_data(company.currency_id),
            "converted": converted,
            "is_empty": not totals and not any(activity["sent"]) and not blocked,
            "tiles": self._tiles(company, today, totals, activity, blocked),
            "aging": {
                "codes": list(aged),
                "labels": [self._bucket_labels()[code] for code in aged],
                "values": [self._major(company, amount) for amount in aged.values()],
            },
            "touchpoints": activity,
            "blocked": blocked,
            "needs_you": self._needs_you(company),
        }

    @api.model
    def _currency_data(self, currency):
        return {"name": currency.name, "digits": currency.decimal_places}

    @api.model
    def _major(self, company, amount):
        return amount / 10**company.currency_id.decimal_places

    @api.model
    def _converted_totals(self, company, today):
        """Return ``([(due date, minor units of company currency)], [codes converted])``."""
        rows = self.env["collection.ledger"]._totals_by_due_date(company)
        currencies = self.env["res.currency"].browse({currency for _d, currency, _a in rows})
        home = company.currency_id
        factors = {
            currency.id: currency._get_conversion_rate(currency, home, company, today)
            * 10 ** (home.decimal_places - currency.decimal_places)
            for currency in currencies
        }
        totals = [
            (due_date, int(amount * factors[currency] + 0.5)) for due_date, currency, amount in rows
        ]
        return totals, sorted((currencies - home).mapped("name"))

    @api.model
    def _tiles(self, company, today, totals, activity, blocked):
        week = today + timedelta(days=7)
        overdue = sum(amount for due, amount in totals if due < today)
        soon = sum(amount for due, amount in totals if today <= due <= week)
        held = sum(reason["count"] for reason in blocked)
        dso = self._dso(company, today)
        _ = self.env._

        def money(amount):
            return company.currency_id.format(self._major(company, amount))

        def tile(code, label, text, hint, action, tone="plain"):
            return {
                "code": code,
                "label": label,
                "text": text,
                "hint": hint,
                "action": action,
                "tone": tone,
            }

        return [
            tile("open", _("Open"), money(sum(a for _d, a in totals)), "", "cases"),
            tile(
                "overdue",
                _("Overdue"),
                money(overdue),
                _("%(share)s %% of what is open", share=_share(overdue, totals)),
                "overdue",
                "late" if overdue else "good",
            ),
            tile("soon", _("Due in 7 days"), money(soon), _("today included"), "cases"),
            tile(
                "dso",
                _("DSO"),
                "-" if dso is None else _("%(days)s days", days=dso),
                _("receivables per day of sales, last %(days)s days", days=DSO_DAYS),
                "cases",
            ),
            tile(
                "sent",
                _("Sent this month"),
                str(self._sent_this_month(company, today)),
                _("one message per customer, currency and day"),
                "sent",
            ),
            tile(
                "blocked",
                _("Held back today"),
                str(held),
                _("each with its reason"),
                "blocked",
                "warn" if held else "plain",
            ),
        ]

    @api.model
    def _dso(self, company, today):
        """Return the simple DSO over :data:`DSO_DAYS`, gross of tax, in company currency."""
        [(receivables,)] = self.env["account.move.line"]._read_group(
            [
                ("company_id", "=", company.id),
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
            ],
            [],
            ["amount_residual:sum"],
        )
        [(sales,)] = self.env["account.move"]._read_group(
            [
                ("company_id", "=", company.id),
                ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
                ("state", "=", "posted"),
                ("invoice_date", ">", today - timedelta(days=DSO_DAYS)),
                ("invoice_date", "<=", today),
            ],
            [],
            ["amount_total_signed:sum"],
        )
        factor = 10**company.currency_id.decimal_places
        dso = aging.days_sales_outstanding(
            int((receivables or 0) * factor), int((sales or 0) * factor), DSO_DAYS
        )
        return None if dso is None else float(dso)

    @api.model
    def _activity(self, company, today):
        """Return what was sent and held back on each of the last days."""
        days = [today - timedelta(days=back) for back in reversed(range(CHART_DAYS))]
        counts = Counter()
        for day, state, count in self.env["collection.touchpoint"]._read_group(
            [("company_id", "=", company.id), ("date", ">=", days[0]), ("date", "<=", today)],
            ["date:day", "state"],
            ["__count"],
        ):
            side = "sent" if state in ("sent", "queued") else "blocked"
            if state != "superseded":
                counts[day, side] += count
        return {
            "labels": [format_date(self.env, day, date_format="d MMM") for day in days],
            "sent": [counts[day, "sent"] for day in days],
            "blocked": [counts[day, "blocked"] for day in days],
        }

    @api.model
    def _sent_this_month(self, company, today):
        return self.env["collection.touchpoint"].search_count(
            [
                ("company_id", "=", company.id),
                ("state", "in", ("sent", "queued")),
                ("date", ">=", today.replace(day=1)),
                ("date", "<=", today),
            ]
        )

    @api.model
    def _blocked(self, company, today):
        """Return why customers were not contacted today, the most frequent reason first."""
        touchpoints = self.env["collection.touchpoint"]
        labels = dict(touchpoints._fields["block_reason"]._description_selection(self.env))
        groups = touchpoints._read_group(
            [("company_id", "=", company.id), ("date", "=", today), ("state", "=", "blocked")],
            ["block_reason"],
            ["__count"],
        )
        return [
            {"code": code, "label": labels.get(code, code), "count": count}
            for code, count in sorted(groups, key=lambda group: -group[1])
        ]

    @api.model
    def _needs_you(self, company):
        """Return the cases in which only a person can go on, the largest debt first."""
        cases = self.env["collection.case"].search(
            [
                ("company_id", "=", company.id),
                ("state", "!=", "clear"),
                "|",
                ("activity_ids", "!=", False),
                "&",
                ("state", "=", "dunning"),
                ("next_action_date", "=", False),
            ],
            limit=NEEDS_YOU,
        )
        return [
            {
                "case_id": case.id,
                "name": case.partner_id.name,
                "amount": case.currency_id.format(case.overdue_amount or case.open_amount),
                "days": case.days_overdue,
                "reason": case.activity_ids[:1].summary or self.env._("No further step is planned"),
            }
            for case in cases
        ]

    @api.model
    def _bucket_labels(self):
        _ = self.env._
        return {
            "not_due": _("Not due"),
            "1_30": _("1 to 30 days"),
            "31_60": _("31 to 60 days"),
            "61_90": _("61 to 90 days"),
            "over_90": _("over 90 days"),
        }


def _share(part, totals):
    """Return ``part`` of the sum of ``totals`` in whole percent, 0 of nothing."""
    whole = sum(amount for _due, amount in totals)
    return part * 100 // whole if whole else 0
