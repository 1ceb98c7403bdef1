from math import ceil

from odoo import models
from odoo.fields import Domain

#: Documents a customer can read on the page.
_DOCUMENTS = ("out_invoice", "out_receipt")

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
        """Return what the overview shows: ``sections``, and ``credits`` where nothing is owed."""
        self.ensure_one()
        sums = self._debtor_sums(self.company_id._collection_today())
        return {
            "sections": self._debtor_sections(sums, page),
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
            may be empty), ``covered`` (the credit is not less than the debt) and ``online``
            (whether something can be paid on the page now); amounts in the currency of the section
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
            section = {
                "currency": currency,
                **values,
                "rows": self._debtor_rows(self._debtor_lines(moves, currency), today),
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
        owed = dict(lines._read_group(credits_, ["currency_id"], [amount]))
        for currency in owed:
            sums.setdefault(currency, {"total": 0.0, "count": 0, "overdue": 0.0})
        for currency, values in sums.items():
            values["credit"] = currency.round(-owed.get(currency, 0.0))
        return sums

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

    def _debtor_rows(self, lines, today):
        """Return the documents these open items belong to, see :meth:`_debtor_row`."""
        reasons = lines.move_id._collection_hold_reasons()
        said = {
            "claims": self.env["collection.paid.claim"]._waited_for(lines.move_id),
            "withheld": lines._collection_withholdings(),
        }
        return [
            self._debtor_row(move, items, today, reasons[move], said)
            for move, items in lines.grouped("move_id").items()
        ]

    def _debtor_row(self, move, lines, today, reasons, said):
        """Return one document of the page.

        :param lines: its open receivable items, the earliest due date first
        :param reasons: the codes for which it must not be chased now
        :param said: what the customer told us: ``claims`` and ``withheld``, both by item
        :return: dict with ``move``, ``lines``, ``due_date`` (of the earliest open item), ``when``
            (how far away that is, in words), ``amount`` and ``overdue`` (what is left, and how much
            of it is past its date), ``asks`` (what is left without what is disputed; ``minor`` is
            the same in minor units), ``being_paid`` and ``payable`` (online, now), ``notes``
            (sentences on what is known of it), ``document`` (can be read), ``chosen`` (by default)
        """
        currency = lines.currency_id
        due_date = lines[0].date_maturity or lines[0].date
        late = lines.filtered(lambda line: (line.date_maturity or line.date) < today)
        amount = lines._collection_amount()
        being_paid = self._debtor_is_being_paid(move)
        parts = [part for line in lines for part in said["withheld"].get(line.id, ())]
        disputed = sum(part.amount for part in parts if part.code == "dispute")
        asks = currency.round(amount - disputed / 10**currency.decimal_places)
        # Who chooses an invoice that is disputed altogether means to pay it after all.
        asks = asks if currency.compare_amounts(asks, 0) > 0 else amount
        notes = [
            self._debtor_note(lines, being_paid, reasons, said["claims"]),
            *self._debtor_said(
                parts, min(amount, disputed / 10**currency.decimal_places), currency
            ),
        ]
        return {
            "move": move,
            "lines": lines,
            "due_date": due_date,
            "when": self._debtor_when((today - due_date).days),
            "amount": amount,
            "asks": asks,
            "minor": round(asks * 10**currency.decimal_places),
            "overdue": late._collection_amount(),
            "payable": not being_paid and move._has_to_be_paid(),
            "being_paid": being_paid,
            "notes": [note for note in notes if note],
            "document": move.move_type in _DOCUMENTS,
            "chosen": False,
        }

    def _debtor_note(self, lines, being_paid, reasons, claims):
        """Return in words what is known about money on its way, or False."""
        if being_paid:
            return self.env._("A payment is under way.")
        if any(line in claims for line in lines):
            return self.env._("You told us that you paid this.")
        if "pending_money" in reasons:
            return self.env._("We may have received a payment for this already.")
        return False

    def _debtor_said(self, parts, disputed, currency):
        """Return in words what the customer disputes and promised."""
        if not currency.is_zero(disputed):
            yield self.env._(
                "You dispute %(amount)s. We look into it.", amount=currency.format(disputed)
            )
        if any(part.code == "promise" for part in parts):
            yield self.env._("You promised to pay this.")

    def _debtor_when(self, days):
        """Return how far the due date is away, in words; ``days`` are days overdue."""
        if days == 0:
            return self.env._("due today")
        if days == 1:
            return self.env._("1 day overdue")
        if days > 1:
            return self.env._("%(days)s days overdue", days=days)
        if days == -1:
            return self.env._("due tomorrow")
        return self.env._("due in %(days)s days", days=-days)

    def _debtor_is_being_paid(self, move):
        """Return whether an online payment of this document has not reached the books yet.

        A bank transfer that was only announced does not count, as in Odoo itself.
        """
        return any(
            tx.provider_code not in ("none", "custom")
            and (
                tx.state in ("pending", "authorized")
                or (tx.state == "done" and not tx.is_post_processed)
            )
            for tx in move.transaction_ids
        )

    def _debtor_document(self, move_id):
        """Return the document with this id if it is the customer's, or an empty recordset.

        Open ones, and those of the payments the page lists.
        """
        self.ensure_one()
        move = self.env["account.move"].browse(move_id)
        mine = self._debtor_lines(move).move_id or (self._debtor_paid_documents() & move)
        return mine.filtered(lambda move: move.move_type in _DOCUMENTS)

    # === BUSINESS METHODS - WHAT THE CUSTOMER CHOOSES === #

    def _debtor_choose(self, move_ids, online=False):
        """Return the chosen documents as a section with ``rows``, ``total`` and ``bank``, or None.

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
                return {
                    "currency": currency,
                    "rows": rows,
                    "total": currency.round(sum(row["asks"] for row in rows)),
                    "bank": self._debtor_bank(currency, moves),
                    "mixed": len(groups) > 1,
                }
        return None

    def _debtor_choose_overdue(self, currency_id, online=False):
        """Return the choice of everything overdue in a currency, the oldest first."""
        currency = self.env["res.currency"].browse(currency_id).exists()
        today = self.company_id._collection_today()
        moves = self._debtor_moves(currency, MAX_CHOICE, late_on=today)
        return self._debtor_choose(moves.ids, online=online)
