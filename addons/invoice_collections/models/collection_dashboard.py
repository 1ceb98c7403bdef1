from datetime import timedelta

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools.misc import format_date

from ..core import aging
from .collection_touchpoint import CONTACTED

#: Days the charts and the counts of reminders look back, today included.
ACTIVITY_DAYS = 30

#: Days of sales the DSO looks back on.
DSO_DAYS = 90


class CollectionDashboard(models.AbstractModel):
    """Puts together what the dashboard shows: a fixed number of queries whatever is open."""

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

    @api.model
    def _data(self, company):
        """Return what the dashboard of a company shows. Plain data, in the user's language.

        Amounts are in company currency; other currencies are converted at today's rate, and
        ``note`` says so. Only debts count, credits are not deducted. "Overdue" begins the day
        after the due date; days are days where the company is.

        :return: dict with

            - ``company`` (its name), ``currency_id``, ``today`` (text), ``note``, ``empty`` (there
              is nothing to show yet)
            - ``warnings``: sentences on what keeps reminders from going out
            - ``tiles``: dict ``key``, ``label``, ``value`` (False: not known), ``kind`` (``money``,
              ``count`` or ``days``), ``detail``, ``help``, ``tone`` (``late`` or False), ``action``
            - ``aging``: dict ``key``, ``label``, ``value``
            - ``activity``: one dict a day, oldest first: ``date``, ``label``, ``sent``, ``held``
            - ``reasons``: dict ``key``, ``label``, ``count``, the most frequent first
            - ``cases``: what needs a person: dict ``id``, ``name``, ``why``, ``overdue``, ``days``
            - ``largest``: other cases, the most overdue first, in the same form
        """
        today = company._collection_today()
        receivables = self._receivables(company, today)
        contacts = self._contacts(company, today)
        on_hold = self.env["collection.case"].search_count(
            [("company_id", "=", company.id), ("state", "=", "on_hold")]
        )
        return {
            "company": company.name,
            "currency_id": company.currency_id.id,
            "today": format_date(self.env, today),
            "empty": not any(receivables["aging"].values()) and not contacts["any"],
            "note": self._note(receivables["foreign"]),
            "warnings": self._warnings(company),
            "tiles": self._tiles(company, today, receivables, contacts, on_hold),
            "aging": [
                {"key": key, "label": label, "value": receivables["aging"][key]}
                for key, label in self._bucket_labels()
            ],
            "activity": contacts["days"],
            "reasons": contacts["reasons"],
            **self._cases(company, today, ACTIVITY_DAYS),
        }

    # === WHAT IS OWED === #

    @api.model
    def _receivables(self, company, today):
        """Return ``aging`` by bucket, ``due_soon`` (today and six days), ``foreign`` currencies."""
        by_currency = {}
        for due_date, currency_id, minor in self.env["collection.ledger"]._totals_by_due_date(
            company
        ):
            by_currency.setdefault(currency_id, []).append((due_date, minor))
        buckets = dict.fromkeys((code for code, _first, _last in aging.BUCKETS), 0.0)
        due_soon = 0.0
        currencies = self.env["res.currency"].browse(by_currency)
        for currency in currencies:
            convert = self._converter(currency, company, today)
            items = by_currency[currency.id]
            for key, minor in aging.aged_totals(items, today).items():
                buckets[key] += convert(minor)
            due_soon += convert(
                sum(minor for day, minor in items if today <= day < today + timedelta(days=7))
            )
        rounded = company.currency_id.round
        return {
            "aging": {key: rounded(value) for key, value in buckets.items()},
            "due_soon": rounded(due_soon),
            "foreign": currencies - company.currency_id,
        }

    @api.model
    def _debtor_count(self, company):
        """Return how many customers owe something; a receivable names the commercial partner."""
        [(count,)] = self.env["account.move.line"]._read_group(
            [
                ("company_id", "=", company.id),
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("amount_residual_currency", ">", 0),
            ],
            [],
            ["partner_id:count_distinct"],
        )
        return count

    @api.model
    def _converter(self, currency, company, today):
        """Return a function from minor units of ``currency`` to an amount in company currency."""
        rate = currency._get_conversion_rate(currency, company.currency_id, company, today)
        factor = 10**currency.decimal_places
        return lambda minor: company.currency_id.round(minor / factor * rate)

    @api.model
    def _dso(self, company, today, open_amount):
        """Return the days sales outstanding, or ``None`` without sales in the period."""
        [(sales,)] = self.env["account.move"]._read_group(
            [
                ("company_id", "=", company.id),
                ("state", "=", "posted"),
                ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
                ("invoice_date", ">", today - timedelta(days=DSO_DAYS)),
                ("invoice_date", "<=", today),
            ],
            [],
            ["amount_total_signed:sum"],
        )
        factor = 10**company.currency_id.decimal_places
        return aging.days_sales_outstanding(
            round(open_amount * factor), round((sales or 0.0) * factor), DSO_DAYS
        )

    @api.model
    def _bucket_labels(self):
        return [
            ("not_due", self.env._("Not due")),
            ("1_30", self.env._("1 to 30 days")),
            ("31_60", self.env._("31 to 60 days")),
            ("61_90", self.env._("61 to 90 days")),
            ("over_90", self.env._("Over 90 days")),
        ]

    @api.model
    def _note(self, foreign):
        if not foreign:
            return ""
        return self.env._(
            "All amounts in company currency; %(currencies)s converted at today's rate.",
            currencies=", ".join(sorted(foreign.mapped("name"))),
        )

    @api.model
    def _warnings(self, company):
        policy = company._collection_policy()
        warnings = []
        if policy.kill_switch:
            warnings.append(self.env._("Everything is stopped: no reminder goes out."))
        elif policy.dry_run:
            warnings.append(self.env._("Dry run: reminders are planned, none goes out."))
        reason = company._collection_feed_reason()
        if reason:
            labels = self._reason_labels()
            label = labels.get(reason, labels["hold"])
            warnings.append(self.env._("Overdue reminders wait: %(reason)s.", reason=label))
        return warnings

    # === WHAT WAS SAID === #

    @api.model
    def _reason_labels(self):
        field = self.env["collection.touchpoint"]._fields["block_reason"]
        return dict(field._description_selection(self.env))

    @api.model
    def _contacts(self, company, today):
        """Return ``sent``, ``held``, ``days`` and ``reasons`` of the days looked back on."""
        first = today - timedelta(days=ACTIVITY_DAYS - 1)
        rows = self.env["collection.touchpoint"]._read_group(
            [
                ("company_id", "=", company.id),
                ("date", ">=", first),
                ("date", "<=", today),
                ("state", "in", (*CONTACTED, "blocked")),
            ],
            ["date:day", "state", "block_reason"],
            ["__count"],
        )
        sent, held, reasons = {}, {}, {}
        for day, state, reason, count in rows:
            if state == "blocked":
                held[day] = held.get(day, 0) + count
                reasons[reason] = reasons.get(reason, 0) + count
            else:
                sent[day] = sent.get(day, 0) + count
        labels = self._reason_labels()
        days = [first + timedelta(days=offset) for offset in range(ACTIVITY_DAYS)]
        return {
            "any": bool(rows),
            "sent": sum(sent.values()),
            "held": sum(held.values()),
            "days": [
                {
                    "date": day.isoformat(),
                    "label": format_date(self.env, day, date_format="d MMM"),
                    "sent": sent.get(day, 0),
                    "held": held.get(day, 0),
                }
                for day in days
            ],
            "reasons": [
                {"key": key, "label": labels.get(key, labels["hold"]), "count": count}
                for key, count in sorted(reasons.items(), key=lambda item: -item[1])
            ],
        }

    # === TILES === #

    @api.model
    def _tiles(self, company, today, receivables, contacts, on_hold):
        return [
            *self._tiles_owed(company, receivables),
            self._tile_dso(
                company, today, company.currency_id.round(sum(receivables["aging"].values()))
            ),
            *self._tiles_said(company, today, contacts, on_hold),
        ]

    @api.model
    def _tiles_owed(self, company, receivables):
        env = self.env
        open_amount = company.currency_id.round(sum(receivables["aging"].values()))
        overdue = company.currency_id.round(open_amount - receivables["aging"]["not_due"])
        customers = self._debtor_count(company)
        share = round(100 * overdue / open_amount) if open_amount else 0
        return [
            {
                "key": "open",
                "label": env._("Open"),
                "value": open_amount,
                "kind": "money",
                "detail": env._("1 customer")
                if customers == 1
                else env._("%(count)s customers", count=customers),
                "help": env._("What all customers still owe, due or not. Credits not deducted."),
                "tone": False,
                "action": self._open("collection.case", company, [("state", "!=", "clear")]),
            },
            {
                "key": "overdue",
                "label": env._("Overdue"),
                "value": overdue,
                "kind": "money",
                "detail": env._("%(share)s %% of what is open", share=share),
                "help": env._("Open and past its due date; due today is not overdue."),
                "tone": "late" if overdue else False,
                "action": self._open("collection.case", company, [("overdue_amount", ">", 0)]),
            },
            {
                "key": "due_soon",
                "label": env._("Due in 7 days"),
                "value": receivables["due_soon"],
                "kind": "money",
                "detail": env._("today included"),
                "help": env._("Open, with a due date from today to six days from now."),
                "tone": False,
                "action": False,
            },
        ]

    @api.model
    def _tile_dso(self, company, today, open_amount):
        dso = self._dso(company, today, open_amount)
        return {
            "key": "dso",
            "label": self.env._("DSO"),
            "value": False if dso is None else float(dso),
            "kind": "days",
            "detail": self.env._("days, on %(days)s days of sales", days=DSO_DAYS),
            "help": self.env._(
                "Days sales outstanding: what is open, divided by what was invoiced in the last "
                "%(days)s days (tax included, credit notes deducted), times %(days)s.",
                days=DSO_DAYS,
            ),
            "tone": False,
            "action": False,
        }

    @api.model
    def _tiles_said(self, company, today, contacts, on_hold):
        env = self.env
        period = [("date", ">=", (today - timedelta(days=ACTIVITY_DAYS - 1)).isoformat())]
        sent = [*period, ("state", "in", CONTACTED)]
        held = [*period, ("state", "=", "blocked")]
        return [
            {
                "key": "sent",
                "label": env._("Reminders"),
                "value": contacts["sent"],
                "kind": "count",
                "detail": env._("in %(days)s days", days=ACTIVITY_DAYS),
                "help": env._("Messages sent, or waiting in the mail queue."),
                "tone": False,
                "action": self._open("collection.touchpoint", company, sent),
            },
            {
                "key": "held",
                "label": env._("Held back"),
                "value": contacts["held"],
                "kind": "count",
                "detail": env._("1 case on hold now")
                if on_hold == 1
                else env._("%(count)s cases on hold now", count=on_hold),
                "help": env._(
                    "Reminders of the last %(days)s days that did not go out; the reasons are "
                    "listed below.",
                    days=ACTIVITY_DAYS,
                ),
                "tone": False,
                "action": self._open("collection.touchpoint", company, held),
            },
        ]

    @api.model
    def _open(self, model, company, domain):
        """Return the action that shows the records behind a figure."""
        names = {
            "collection.case": self.env._("Cases"),
            "collection.touchpoint": self.env._("Touchpoints"),
        }
        return {
            "type": "ir.actions.act_window",
            "name": names[model],
            "res_model": model,
            "views": [[False, "list"], [False, "form"]],
            "domain": [("company_id", "=", company.id), *domain],
        }
