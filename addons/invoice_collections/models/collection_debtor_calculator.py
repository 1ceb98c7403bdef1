from datetime import timedelta

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import formatLang

#: What of an invoice keeps it out of a new plan.
HINDRANCES = {"dispute", "handed_over", "plan"}

#: The first payment may be so far away, or as far as the offer says.
MOST_DAYS = 45


class CollectionCase(models.Model):
    _inherit = "collection.case"

    # === BUSINESS METHODS - WHAT A PLAN WOULD COST === #

    def _debtor_calculator(self, named_ids, typed):
        """Return what the calculator of plans shows; writes nothing.

        :param named_ids: ids of the chosen documents, ``None``: what is overdue, or else all
        :param typed: what the visitor chose: ``offer``, ``count``, ``wait``; any text
        :return: dict with ``sections`` (what may be in a plan), ``chosen_ids``, ``offers``,
            ``offer`` (one of them, or none), ``count``, ``wait`` (days until the first payment),
            ``quote`` (see :meth:`_debtor_cost`) or ``refusal`` (a sentence), and ``scenarios``
        """
        self.ensure_one()
        sections = self._debtor_plan_sections()
        rows = [row for section in sections for row in section["rows"]]
        values = {"sections": sections, "currency": self.company_id.currency_id, "quote": None}
        if named_ids is None:
            sure = [row for row in rows if not row["unsure"]] or rows
            rows = [row for row in sure if row["overdue"]] or sure
        else:
            rows = [row for row in rows if row["move"].id in named_ids]
        lines = self._debtor_chosen_lines({"rows": rows})
        offers = self.env["collection.plan"]._suiting_offers(self, lines) if lines else None
        values.update(
            chosen_ids={row["move"].id for row in rows},
            lines=lines,
            offers=offers or self.env["collection.plan.offer"],
            refusal=self.env._(
                "We have no plan for this choice. Choose other invoices, or ask us."
            ),
        )
        values["offer_says"] = {
            offer.id: self._debtor_interest_says(
                offer.rate if offer.method != "interest_free" else 0.0
            )
            for offer in values["offers"]
        }
        values["offer"] = self._debtor_wanted_offer(values["offers"], typed)
        if values["offer"]:
            self._debtor_work_out(values, typed)
        return values

    def _debtor_plan_sections(self):
        """Return the sections of the page with what may be in a new plan, and nothing else."""
        own = self.company_id.currency_id
        sections = []
        for section in self._debtor_sections():
            rows = [row for row in section["rows"] if not row["codes"] & HINDRANCES]
            if rows and section["currency"] == own:
                sections.append({**section, "rows": rows})
        return sections

    def _debtor_wanted_offer(self, offers, typed):
        """Return the offer a visitor chose, else the first."""
        return offers.filtered(lambda offer: str(offer.id) == typed.get("offer")) or offers[:1]

    def _debtor_work_out(self, values, typed):
        """Add to the values of the calculator what the offer costs as it was chosen."""
        offer = values["offer"]
        wait_max = max(offer.first_days, MOST_DAYS)
        values["wait_max"] = wait_max
        values["wait"] = _number(typed.get("wait"), 0, wait_max, offer.first_days)
        middle = (offer.count_min + offer.count_max) // 2
        count = _number(typed.get("count"), offer.count_min, offer.count_max, None)
        # Untold, the longest plan up to a middling one that the law allows.
        tried = [count] if count else range(middle, offer.count_min - 1, -1)
        for values["count"] in tried:
            scenario = self._debtor_scenario(values, values["count"])
            if scenario:
                break
        values["frequency"] = dict(offer._fields["frequency"]._description_selection(self.env))[
            offer.frequency
        ]
        if not scenario:
            values["refusal"] = self.env._(
                "That is not possible. Choose fewer payments, or an earlier first payment."
            )
            return
        values["quote"] = self._debtor_cost_of_scenario(scenario)
        values["at_once"] = (
            values["currency"].compare_amounts(values["quote"]["principal"], offer.auto_amount) <= 0
        )
        least, span = offer.count_min, offer.count_max - offer.count_min
        counts = sorted({*(least + span * part // 4 for part in range(5)), values["count"]})
        values["scenarios"] = [
            self._debtor_cost_of_scenario(found)
            for found in (self._debtor_scenario(values, number) for number in counts)
            if found
        ]

    def _debtor_first_due(self, values):
        return self.company_id._collection_today() + timedelta(days=values["wait"])

    def _debtor_scenario(self, values, count):
        """Return what so many payments cost, or ``None`` where they are refused."""
        try:
            return self.env["collection.plan"]._scenario(
                values["offer"], values["lines"], count, self._debtor_first_due(values)
            )
        except UserError:
            return None

    def _debtor_cost_of_scenario(self, scenario):
        """Return what the cost box of the page says of a scenario, see :meth:`_debtor_cost`."""
        found, factor = scenario.quote, 10**scenario.quote.terms.digits
        rows = [
            {
                "due": one.due,
                "total": one.total / factor,
                "principal": one.principal / factor,
                "cost": (one.interest + one.fee) / factor,
                "balance": one.balance / factor,
            }
            for one in found.installments
        ]
        return {
            **self._debtor_cost(rows),
            "deposit": found.terms.paid_at_start / factor,
            "principal": found.terms.principal / factor,
            "rate": float(found.terms.rate * 100),
            "interest_says": self._debtor_interest_says(float(found.terms.rate * 100)),
            "interest": scenario.total_interest,
            "fees": scenario.total_fees,
            "cost": scenario.total_cost,
            "payable": (found.total_payable + found.terms.deposit) / factor,
            "apr": scenario.apr,
            "hash": found.hash,
        }

    def _debtor_cost(self, rows):
        """Return what the cost box says of a schedule.

        :param rows: of the schedule, without what is paid before it begins
        :return: dict with ``count``, ``each`` (``None`` where they all differ) and ``times`` (so
            often that amount), ``first``, ``ends`` (in words what differs), ``first_due``,
            ``last_due`` and ``schedule``; whoever calls adds the sums
        """
        totals = [row["total"] for row in rows]
        level = len(set(totals[:-1])) <= 1
        even = level and totals[0] == totals[-1]
        return {
            "count": len(rows),
            "each": totals[0] if level else None,
            "times": len(rows) if even else len(rows) - 1,
            "first": totals[0],
            "ends": self._debtor_ends_say(totals, level, even),
            "first_due": rows[0]["due"],
            "last_due": rows[-1]["due"],
            "schedule": rows,
        }

    def _debtor_ends_say(self, totals, level, even):
        """Return in words what the first and the last payment come to, where they differ."""
        money = self.company_id.currency_id.format
        if even:
            return False
        if level:
            return self.env._("and at the end %(amount)s", amount=money(totals[-1]))
        return self.env._(
            "the first %(first)s, the last %(last)s", first=money(totals[0]), last=money(totals[-1])
        )

    def _debtor_interest_says(self, rate):
        """Return in words at which rate interest is asked."""
        if not rate:
            return self.env._("No interest")
        return self.env._(
            "Interest (%(rate)s %% a year)", rate=formatLang(self.env, rate, digits=2)
        )


def _number(text, least, most, default):
    """Return a visitor's text as a number within bounds, or what stands for it.

    >>> _number("7", 2, 12, 3), _number("99", 2, 12, 3), _number("x", 2, 12, 3)
    (7, 12, 3)
    """
    text = text or ""
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        return default
    return max(least, min(int(text), most))
