"""The reconciliation report: its journals, and the open items of their companies."""

from odoo.tools import format_date

from ..core.reconciliation_statement import MISSING, Part
from ..models.bank_entry_values import to_float
from ..models.reconciliation_items import PAYABLE, RECEIVABLE, ReconciliationItems
from .reconciliation_labels import AGE_LABELS, PART_LABELS, SIDES
from .reconciliation_section import SectionMaker, state_text

#: What a person has something to do about, although it explains the figures.
INCOMPLETE = {*MISSING, Part.UNBOOKED, Part.REMOVED}
#: Rows of a list on screen and on paper; files hold all.
ON_SCREEN = 100


class ReconciliationReport:
    """Everything one report shows.

    :param env: of the user: language, and what may be read
    :param limit: how many rows of each list; ``None`` for all
    """

    def __init__(self, env, journals, day, limit=None):
        self.env, self.day, self.limit, self.journals = env, day, limit, journals
        self.sections = [SectionMaker(env, journal, day, limit).make() for journal in journals]

    def open_items(self):
        """Return every company with its sides, as (company, [(side, ReconciliationItems)])."""
        return [
            (
                company,
                [
                    (side, ReconciliationItems(company, self.day, side))
                    for side in (RECEIVABLE, PAYABLE)
                ],
            )
            for company in self.journals.company_id
        ]

    def open_totals(self):
        """Return per company and side the largest partners, and the totals of all of them."""
        found = []
        for company, sides in self.open_items():
            for side, items in sides:
                totals = items.totals()
                if not totals and (side == PAYABLE or found):
                    continue
                ages = [sum(one.ages[age] for one in totals) for age in range(len(AGE_LABELS))]
                found.append(
                    {
                        "company": company,
                        "side": self.env._(SIDES[side]),
                        "partners": totals[: self.limit],
                        "more": len(totals[self.limit :]) if self.limit else 0,
                        "ages": ages,
                        "total": sum(one.total for one in totals),
                        "count": sum(one.count for one in totals),
                    }
                )
        return found

    def summary(self, section):
        """Return the figures of a section from top to bottom, as (label, text, count, amount)."""
        way, position = section.way, section.position
        rows = []
        if way.bank is not None:
            rows = [(self.env._("Balance at the bank"), section.source, 0, way.bank)]
            rows += [(label, "", count, amount) for _part, label, count, amount in section.rows]
            rows.append((self.env._("Not explained"), "", 0, way.unexplained))
        rows.append((self.env._("Ledger balance"), section.account, 0, way.ledger))
        for label, count, amount in self.position_rows(section):
            rows.append((label, "", count, amount))
        rows.append((self.env._("Balance by our own records"), "", 0, position.own))
        return rows

    def position_rows(self, section):
        """Return what leads from the ledger's balance to our own records."""
        position, outstanding = section.position, section.outstanding
        receipts = sum(one.amount > 0 for one in outstanding)
        return [
            (
                self.env._("Less bank lines not matched on this day"),
                section.waiting_count,
                -position.unmatched,
            ),
            (
                self.env._("Receipts we registered, not at the bank yet"),
                receipts,
                position.receipts,
            ),
            (
                self.env._("Payments we registered, not at the bank yet"),
                len(outstanding) - receipts,
                position.payments,
            ),
        ]

    # === FOR THE TEMPLATE === #

    def title(self, section):
        """Return the head of a section."""
        return self.env._("Bank reconciliation: %(journal)s", journal=section.journal.display_name)

    def subtitle(self, section):
        """Say what the section is about, and who made it."""
        return self.env._(
            "As of %(day)s, in %(currency)s, account %(account)s; made by %(user)s",
            day=format_date(self.env, self.day),
            currency=section.currency.name,
            account=section.account,
            user=self.env.user.name,
        )

    def unexplained(self, section):
        """Say how much nothing explains."""
        amount = self.money(section.way.unexplained, section.currency)
        return self.env._("%(amount)s are not explained.", amount=amount)

    def waiting(self, section):
        """Say how many lines were not matched on the day, and how many have been since."""
        since, later = section.since
        values = {
            "count": section.waiting_count,
            "amount": self.money(section.position.unmatched, section.currency),
        }
        if not later:
            return self.env._("Lines: %(count)s, %(amount)s.", **values)
        return self.env._(
            "Lines: %(count)s, %(amount)s. Of these matched since: %(later)s, %(since)s.",
            later=later,
            since=self.money(since, section.currency),
            **values,
        )

    def open_subtitle(self, totals):
        """Say what the appendix lists, and how it is dated."""
        return self.env._(
            "Open items as of %(day)s by accounting dates, in %(currency)s: %(count)s. XLSX and "
            "CSV hold each of them.",
            day=format_date(self.env, self.day),
            currency=totals["company"].currency_id.name,
            count=totals["count"],
        )

    def cut(self, count):
        """Say that the screen shows only the first rows."""
        return self.env._(
            "The first %(limit)s of %(count)s rows. XLSX and CSV hold all of them.",
            limit=self.limit,
            count=count,
        )

    def money(self, minor, currency):
        """Return an amount as people read it."""
        return currency.format(to_float(minor, currency.name))

    def verdict(self, section):
        """Return how the section stands, as the colour of its first sentence."""
        way = section.way
        if way.bank is None:
            return "unknown"
        if way.unexplained:
            return "unexplained"
        return "incomplete" if INCOMPLETE & set(way.parts) else "agreed"

    def part_label(self, part):
        """Return what a part is called."""
        return self.env._(PART_LABELS[Part(part)])

    def state_text(self, waiting):
        """Return the best proposal for a line, or why it waits."""
        return state_text(self.env, waiting)

    def age_labels(self):
        """Return the heads of the ages."""
        return [self.env._(label) for label in AGE_LABELS]
