from math import ceil

from odoo import models
from odoo.fields import Domain

from .collection_debtor_row import DOCUMENTS

#: Documents of one currency on a page; the sums are those of all.
PAGE_SIZE = 50

#: Documents that can be chosen at once, the oldest first.
MAX_CHOICE = 500


class CollectionCase(models.Model):
    _inherit = "collection.case"

    # === BUSINESS METHODS - WHAT THE PAGE SHOWS === #

    def _debtor_lang(self):
        """Return the code of the language the customer is written to; always an active one."""
        self.ensure_one()
        contact = self.partner_id._collection_contacts()[self.partner_id]
        wanted = (contact.lang, self.partner_id.lang, self.company_id.partner_id.lang)
        active = dict(self.env["res.lang"].get_installed())
        return next((code for code in wanted if code in active), next(iter(active)))

    def _debtor_overview(self, page=1):
        """Return what the overview shows: ``sections``, ``plans``, and ``credits`` where nothing is
        owed.
        """
        self.ensure_one()
        sums = self._debtor_sums(self.company_id._collection_today())
        return {
            "sections": self._debtor_sections(sums, page),
            "plans": self._debtor_plans(),
            "credits": [
                (currency, values["credit"])
                for currency, values in sums.items()
                if not values["count"] and values["credit"]
            ],
        }

    def _debtor_portal_sums(self):
        """Return ``[(currency, open in all, overdue)]``, as the list of companies shows it."""
        self.ensure_one()
        sums = self._debtor_sums(self.company_id._collection_today())
        return [
            (currency, values["total"], values["overdue"])
            for currency, values in sums.items()
            if values["count"]
        ]

    def _debtor_sections(self, sums=None, page=1):
        """Return what the customer owes, one section a currency, the company's own first.

        Call it on a sudo case in the customer's language: nothing here filters by the user.
        Writes nothing. Reads one page of documents, however many there are.

        :param sums: see :meth:`_debtor_sums`
        :return: list of dict: ``currency``, ``rows`` (see :meth:`_debtor_row`; the oldest due date
            first), ``total``, ``overdue`` and ``credit`` (what we owe the customer, not negative)
            of all documents, ``count``, ``page`` and ``pages``, ``bank`` (``res.partner.bank``,
            may be empty), ``charges`` (see :meth:`_debtor_charges`; not in the sums), ``covered``
            (the credit is not less than the debt) and ``online`` (whether something can be paid on
            the page now); amounts in the currency of the section
        """
        self.ensure_one()
        today = self.company_id._collection_today()
        sections = []
        for currency, values in (sums or self._debtor_sums(today)).items():
            if not values["count"]:
                continue
            pages = ceil(values["count"] / PAGE_SIZE)
            at = min(max(page, 1), pages)
            moves = self._debtor_moves(currency, PAGE_SIZE, (at - 1) * PAGE_SIZE)
            lines = self._debtor_lines(moves, currency)
            section = {
                "currency": currency,
                **values,
                "rows": self._debtor_rows(lines, today),
                "charges": self._debtor_charges(lines, today),
                "page": at,
                "pages": pages,
                "bank": self._debtor_bank(currency, moves),
                "covered": currency.compare_amounts(values["credit"], values["total"]) >= 0,
            }
            self._debtor_preselect(section)
            sections.append(section)
        own = self.company_id.currency_id
        return sorted(sections, key=lambda section: (section["currency"] != own, -section["total"]))

    def _debtor_sums(self, today):
        """Return ``{currency: dict}`` with ``total``, ``overdue``, ``credit`` and ``count``."""
        debts = self._debtor_debts_domain()
        late = debts & self._debtor_late_domain(today)
        credits_ = Domain(self._get_item_domain()) & Domain("amount_residual_currency", "<", 0)
        lines = self.env["account.move.line"]
        amount = "amount_residual_currency:sum"
        open_ = lines._read_group(debts, ["currency_id"], [amount, "move_id:count_distinct"])
        sums = {
            currency: {"total": currency.round(total), "count": count, "overdue": 0.0}
            for currency, total, count in open_
        }
        for currency, overdue in lines._read_group(late, ["currency_id"], [amount]):
            sums[currency]["overdue"] = currency.round(overdue)
        for currency, planned in self._debtor_planned_late(today).items():
            sums[currency]["overdue"] = currency.round(sums[currency]["overdue"] - planned)
        owed = dict(lines._read_group(credits_, ["currency_id"], [amount]))
        for currency in owed:
            sums.setdefault(currency, {"total": 0.0, "count": 0, "overdue": 0.0})
        for currency, values in sums.items():
            values["credit"] = currency.round(-owed.get(currency, 0.0))
        return sums

    def _debtor_planned_late(self, today):
        """Return ``{currency: amount}`` of late items in a running plan: it says what is late."""
        late = self._debtor_planned_items().filtered_domain(
            self._debtor_debts_domain() & self._debtor_late_domain(today)
        )
        return {
            currency: items._collection_amount()
            for currency, items in late.grouped("currency_id").items()
        }

    def _debtor_planned_items(self):
        """Return the items that a running plan pays off, with its interest and fees."""
        lines = self.env["collection.plan.line"].search(
            [("plan_id.case_id", "=", self.id), ("is_running", "=", True)]
        )
        charges = lines.plan_id._open_charges().line_ids
        return lines.move_line_id | charges.filtered(
            lambda item: item.account_type == "asset_receivable"
        )

    def _debtor_debts_domain(self):
        """Return the domain of the receivable items the customer owes."""
        return Domain(self._get_item_domain()) & Domain("amount_residual_currency", ">", 0)

    def _debtor_late_domain(self, today):
        """Return the domain of items whose date is past."""
        return Domain("date_maturity", "<", today) | (
            Domain("date_maturity", "=", False) & Domain("date", "<", today)
        )

    def _debtor_moves(self, currency, limit, offset=0, late_on=None):
        """Return the open documents of a currency, the oldest due date first.

        :param late_on: only those with something overdue on that day
        """
        domain = self._debtor_debts_domain() & Domain("currency_id", "=", currency.id)
        if late_on:
            domain &= self._debtor_late_domain(late_on)
        groups = self.env["account.move.line"]._read_group(
            domain,
            ["move_id"],
            ["date_maturity:min", "id:min"],
            order="date_maturity:min, id:min",
            limit=limit,
            offset=offset,
        )
        return self.env["account.move"].browse(move.id for move, *_rest in groups)

    def _debtor_lines(self, moves, currency=None):
        """Return what is open of these documents, if they are the customer's; else nothing."""
        domain = self._debtor_debts_domain() & Domain("move_id", "in", moves.ids)
        if currency:
            domain &= Domain("currency_id", "=", currency.id)
        return self.env["account.move.line"].search(domain, order="date_maturity, id")

    def _debtor_document(self, move_id):
        """Return the document with this id if it is the customer's, or an empty recordset.

        Open ones, and those of the payments the page lists.
        """
        self.ensure_one()
        move = self.env["account.move"].browse(move_id)
        mine = self._debtor_lines(move).move_id or (self._debtor_paid_documents() & move)
        return mine.filtered(lambda move: move.move_type in DOCUMENTS)

    # === BUSINESS METHODS - WHAT THE CUSTOMER CHOOSES === #

    def _debtor_choose(self, move_ids, online=False):
        """Return the chosen documents as a section with ``rows``, ``total`` and ``bank``, or None.

        ``full`` is the total too, until a part is taken of it (:meth:`_debtor_take_part`).

        Where they are in several currencies, those of one, and ``mixed`` says so.

        The ids come from outside: what is not an open document of this customer in one currency is
        as if it did not exist.

        :param online: leave out what cannot be paid on the page now
        """
        self.ensure_one()
        today = self.company_id._collection_today()
        lines = self._debtor_lines(self.env["account.move"].browse(sorted(move_ids)[:MAX_CHOICE]))
        own = self.company_id.currency_id
        groups = lines.grouped("currency_id")
        for currency in sorted(groups, key=lambda currency: (currency != own, currency.id)):
            rows = self._debtor_rows(groups[currency], today)
            if online:
                rows = [row for row in rows if row["payable"]]
            if rows:
                moves = groups[currency].move_id
                total = currency.round(sum(row["asks"] for row in rows))
                return {
                    "currency": currency,
                    "rows": rows,
                    "total": total,
                    "full": total,
                    "bank": self._debtor_bank(currency, moves),
                    "mixed": len(groups) > 1,
                }
        return None

    def _debtor_choose_overdue(self, currency_id, online=False):
        """Return the choice of everything overdue in a currency, the oldest first.

        What is paid by a plan is overdue only as the plan says.
        """
        currency = self.env["res.currency"].browse(currency_id).exists()
        today = self.company_id._collection_today()
        moves = self._debtor_moves(currency, MAX_CHOICE, late_on=today)
        planned = self._debtor_planned_items().move_id
        return self._debtor_choose((moves - planned).ids, online=online)

    def _debtor_take_part(self, choice, amount):
        """Return a choice of which only a part is paid, the oldest due date first.

        As the books match it later. Documents the part does not reach are left out.

        :param amount: more than nothing, at most the total of the choice
        """
        currency = choice["currency"]
        factor = 10**currency.decimal_places
        left = round(amount * factor)
        room = {row["move"]: row["minor"] for row in choice["rows"]}
        parts = dict.fromkeys(room, 0)
        lines = self._debtor_chosen_lines(choice)
        for line in lines.sorted(lambda line: (line.date_maturity or line.date, line.id)):
            part = min(
                left,
                round(line.amount_residual_currency * factor),
                room[line.move_id] - parts[line.move_id],
            )
            parts[line.move_id] += part
            left -= part
        reached = [row for row in choice["rows"] if parts[row["move"]]]
        return {
            **choice,
            "rows": [{**row, "asks": parts[row["move"]] / factor} for row in reached],
            "total": currency.round(amount),
            "full": currency.round(sum(row["asks"] for row in reached)),
        }
