"""The reconciliation report as tables, for XLSX and CSV: the figures of the screen, every row."""

from typing import NamedTuple

from ..core.reconciliation_statement import AGES
from .reconciliation_labels import AGE_LABELS, PART_LABELS, SIDES
from .reconciliation_section import state_text


class Money(NamedTuple):
    """An amount as a cell: minor units and an ISO code."""

    minor: int
    currency: str


class Table(NamedTuple):
    """One sheet: rows of texts, numbers, days and amounts."""

    title: str
    columns: list
    rows: list


class ReconciliationTables:
    """Make the tables of a report.

    :param report: the ``ReconciliationReport``, gathered without limit
    """

    def __init__(self, report):
        self.report, self.env = report, report.env

    def tables(self):
        """Return all tables, in the order of the screen."""
        return [
            self._summary(),
            self._differences(),
            self._waiting(),
            self._outstanding(),
            self._partners(),
            self._items(),
        ]

    def _head(self, *names):
        return [self.env._("Journal"), *names, self.env._("Amount"), self.env._("Currency")]

    def _row(self, section, *cells, amount):
        code = section.currency.name
        return [section.journal.display_name, *cells, Money(amount, code), code]

    def _summary(self):
        rows = []
        for section in self.report.sections:
            rows += [
                self._row(section, label, text, count or "", amount=amount)
                for label, text, count, amount in self.report.summary(section)
            ]
        head = self._head(self.env._("Figure"), self.env._("Source"), self.env._("Number"))
        return Table(self.env._("Reconciliation"), head, rows)

    def _differences(self):
        rows = [
            self._row(
                section,
                self.env._(PART_LABELS[one.part]),
                one.day,
                one.party,
                one.text,
                amount=one.amount,
            )
            for section in self.report.sections
            for one in section.differences
        ]
        head = self._head(
            self.env._("Why"), self.env._("Date"), self.env._("Partner"), self.env._("Text")
        )
        return Table(self.env._("Bank and ledger"), head, rows)

    def _waiting(self):
        rows = [
            self._row(
                section,
                one.day,
                (self.report.day - one.day).days,
                one.party,
                one.text,
                state_text(self.env, one),
                one.user,
                amount=one.amount,
            )
            for section in self.report.sections
            for one in section.waiting
        ]
        head = self._head(
            self.env._("Date"),
            self.env._("Age in Days"),
            self.env._("Paid by"),
            self.env._("Text"),
            self.env._("Best proposal, or why it waits"),
            self.env._("Assigned to"),
        )
        return Table(self.env._("Not matched"), head, rows)

    def _outstanding(self):
        rows = [
            self._row(section, one.day, one.party, one.text, amount=one.amount)
            for section in self.report.sections
            for one in section.outstanding
        ]
        head = self._head(self.env._("Date"), self.env._("Partner"), self.env._("Text"))
        return Table(self.env._("Not at the bank yet"), head, rows)

    def _partners(self):
        rows = []
        for company, sides in self.report.open_items():
            code = company.currency_id.name
            rows += [
                [
                    company.name,
                    self.env._(SIDES[side]),
                    one.party,
                    *(Money(amount, code) for amount in (*one.ages, one.total)),
                    code,
                ]
                for side, items in sides
                for one in items.totals()
            ]
        head = [self.env._("Company"), self.env._("Side"), self.env._("Partner")]
        ages = [self.env._(label) for label in AGE_LABELS[: len(AGES) + 1]]
        head += [*ages, self.env._("Total"), self.env._("Currency")]
        return Table(self.env._("Open by partner"), head, rows)

    def _items(self):
        rows = []
        for company, sides in self.report.open_items():
            code = company.currency_id.name
            rows += [
                [
                    company.name,
                    self.env._(SIDES[side]),
                    one.party,
                    one.document,
                    one.day,
                    one.due,
                    one.days,
                    Money(one.amount, one.currency),
                    one.currency,
                    Money(one.worth, code),
                ]
                for side, items in sides
                for one in items.items()
            ]
        head = [
            self.env._("Company"),
            self.env._("Side"),
            self.env._("Partner"),
            self.env._("Document"),
            self.env._("Date"),
            self.env._("Due"),
            self.env._("Days Overdue"),
            self.env._("Amount"),
            self.env._("Currency"),
            self.env._("In Company Currency"),
        ]
        return Table(self.env._("Open items"), head, rows)
