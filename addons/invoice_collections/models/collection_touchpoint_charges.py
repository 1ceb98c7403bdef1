from collections import defaultdict
from datetime import timedelta

from odoo import fields, models

from ..core import late_debt

#: Class of the paragraph that gives notice: without it in the text, no notice was given.
NOTICE_MARK = "o_collection_notice"
#: Days after a letter in which public holidays matter to when it arrives.
_POST_SPAN = 30
#: Days a message may take to leave: its last day leaves so many more than the law asks for.
_SLACK, _LETTER_SLACK = timedelta(days=1), timedelta(days=3)


class CollectionTouchpoint(models.Model):
    _inherit = "collection.touchpoint"

    charge_rows = fields.Json(
        "Charges told", readonly=True, copy=False, help="What the message says of charges."
    )
    notice_terms = fields.Json(
        "Terms of the notice",
        readonly=True,
        copy=False,
        help="Last day and costs that the message names.",
    )
    notice_ids = fields.One2many("collection.notice", "touchpoint_id", readonly=True)

    # === SEND === #

    def _dispatch(self):
        """Work out what the messages say of charges, for all of them at once, then hand over."""
        for company, of_company in self.grouped("company_id").items():
            if company._collection_policy().charge_mode == "announce":
                by_day = of_company.grouped(lambda one: one._leaves_on())
                for day, touchpoints in by_day.items():
                    touchpoints._prepare_charges(day)
        return super()._dispatch()

    def _leaves_on(self):
        """Return the day a message is handed over on: a later one, where somebody approved it."""
        self.ensure_one()
        return max(self.date, self.company_id._collection_today())

    def _prepare_charges(self, day):
        """Record the charges of what is due, and note what each message says of them."""
        debts, found = self._told_charges(day)
        lines = self.item_ids.filtered(lambda item: item.block == "due").move_line_id
        # Messages leave whoever is at work on the charges; the next look records them.
        if self.company_id._collection_policy().try_lock_for_update():
            self.env["collection.charge"]._record(lines, day, found)
        days_off = self._post_days_off(day)
        for touchpoint in self:
            country = touchpoint.partner_id.country_id
            values = {
                "charge_rows": touchpoint._prepare_charge_rows(found),
                "notice_terms": touchpoint._prepare_notice(debts, day, days_off[country]),
            }
            if any(values.values()):
                touchpoint.write(values)

    def _told_charges(self, day):
        """Return ``{line id: debt}`` of what is due, and what late payment adds to each."""
        lines = self.item_ids.filtered(lambda item: item.block == "due").move_line_id
        debts = {debt.key: debt for debt in self.env["collection.late.payment"]._debts(lines, day)}
        return debts, late_debt.charges(debts.values())

    def _post_days_off(self, day):
        """Return ``{country: public holidays of the coming weeks}``, anywhere in the country."""
        days_off = defaultdict(set)
        letters = self.filtered(lambda touchpoint: touchpoint.channel == "letter")
        for holiday_sudo in (
            self.env["collection.holiday"]
            .sudo()
            .search(
                [
                    ("country_id", "in", letters.partner_id.country_id.ids),
                    ("date", ">", day),
                    ("date", "<=", day + timedelta(days=_POST_SPAN)),
                ]
            )
            if letters
            else ()
        ):
            days_off[holiday_sudo.country_id].add(holiday_sudo.date)
        return days_off

    def _prepare_charge_rows(self, found):
        """Return what this message says of charges, in its language."""
        self = self.with_context(lang=self.lang)  # noqa: PLW0642
        words = self.env["collection.charge.words"]
        kinds = dict(self.env["collection.charge"]._fields["kind"]._description_selection(self.env))
        return [
            {
                "label": item.label,
                "kind": kinds[charge.kind],
                "minor": charge.amount,
                "explanation": words._explain(
                    {"code": charge.code, **charge.details}, self.currency_id
                ),
            }
            for item in self.item_ids
            if item.block == "due"
            for charge in found.get(item.move_line_id.id, [])
        ]

    def _prepare_notice(self, debts, day, days_off):
        """Return what this message has to name: last day, costs, what was bought; or ``None``."""
        latest = day + (_LETTER_SLACK if self.channel == "letter" else _SLACK)
        costs, last_days, goods = {}, [], []
        for line in self.item_ids.filtered(lambda item: item.block == "due").move_line_id:
            debt = debts.get(line.id)
            if not debt or not debt.needs_notice or debt.notice_ended:
                continue
            cost = late_debt.cost_after_notice(debt)
            if cost or debt.rule_number("notice_interest"):
                costs[str(line.id)] = cost
                goods.append(f"{line.move_id.name}: {line.move_id.invoice_line_ids[:1].name or ''}")
                last_days.append(
                    self.env["collection.notice"]._deadline(
                        debt, latest, self.channel == "letter", days_off
                    )
                )
        if not costs:
            return None
        return {
            "latest": str(latest),
            "deadline": str(max(last_days)),
            "costs": costs,
            "total": sum(costs.values()),
            "goods": goods,
        }

    def _charge_amounts(self):
        """Return the told charges as a letter shows them: rows with amounts, and the notice."""
        self.ensure_one()
        factor = 10**self.currency_id.decimal_places
        rows = [{**row, "amount": row["minor"] / factor} for row in self.charge_rows or []]
        notice = self.notice_terms and {
            "deadline": fields.Date.to_date(self.notice_terms["deadline"]),
            "amount": self.notice_terms["total"] / factor,
            "goods": self.notice_terms["goods"],
        }
        return {"rows": rows, "notice": notice, "total": sum(row["amount"] for row in rows)}

    # === NOTICE === #

    def _transition(self, target, values=None, payload=None):
        """Move on; a message that left with a notice in it starts the notice's days."""
        result = super()._transition(target, values, payload)
        if target == "sent":
            self.filtered("notice_terms")._note_notices()
        return result

    def _note_notices(self):
        """Note the notices given, of those that left in time and with the words in them."""
        rows = []
        for touchpoint in self - self.notice_ids.touchpoint_id:
            sent_on = touchpoint.company_id._collection_today()
            on_time = sent_on <= fields.Date.to_date(touchpoint.notice_terms["latest"])
            if not on_time or NOTICE_MARK not in (touchpoint.message_id.body or ""):
                continue
            terms = touchpoint.notice_terms
            factor = 10**touchpoint.currency_id.decimal_places
            rows += [
                {
                    "move_line_id": int(line),
                    "touchpoint_id": touchpoint.id,
                    "amount": cost / factor,
                    "deadline": terms["deadline"],
                    "sent_on": sent_on,
                }
                for line, cost in terms["costs"].items()
            ]
        notices = self.env["collection.notice"].sudo().create(rows)
        self.env["collection.event"]._log_many(
            [
                ("notice_given", notice.touchpoint_id, {"deadline": str(notice.deadline)})
                for notice in notices
            ]
        )
