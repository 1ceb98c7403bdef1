import re
from datetime import datetime, time, timezone

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from .match_advice import waiting_advice, waiting_label

#: Lines of one page of the queue.
PAGE = 80

#: How many words of a search are looked for; more only cost time.
MAX_WORDS = 6

#: How many proposals for a document are looked at; a number that fits more says too little.
MAX_PAYING = 1000

#: What the queue may be sorted by.
ORDERS = {
    "newest": "internal_index desc",
    "oldest": "internal_index",
    "largest": "amount desc, internal_index desc",
    "surest": "bank_match_score desc, internal_index desc",
}

_OPEN = Domain("is_reconciled", "=", False)


class BankMatchWorkspace(models.AbstractModel):
    """What the accountant's workspace asks and orders. It keeps nothing of its own.

    Every method reads one screenful, with a number of queries that does not depend on how many
    lines wait. Reading and deciding are done with the rights of the user.
    """

    _name = "bank.match.workspace"
    _description = "Workspace of Cash Application"

    @api.model
    def _check_role(self):
        """Refuse whoever does not decide on bank lines.

        :raise AccessError: for everybody but accountants
        """
        if not self.env.user.has_group("bank_sync.group_user"):
            raise AccessError(self.env._("Only accountants of the bank decide on bank lines."))

    @api.model
    def _action(self, **params):
        """Return the action that opens the workspace.

        :param params: ``options`` of the queue, and ``line``, the id of the line to show
        """
        action = self.env["ir.actions.actions"]._for_xml_id("bank_sync.bank_match_workspace_action")
        return {**action, "params": params}

    # === THE QUEUE === #

    @api.model
    def get_start(self):
        """Return what the screen needs once: journals, write-off presets, colleagues."""
        self._check_role()
        journals = self.env["account.journal"].search_fetch(
            [
                ("company_id", "in", self.env.companies.ids),
                ("type", "in", ["bank", "cash", "credit"]),
            ],
            ["display_name", "company_id"],
        )
        group = self.env.ref("bank_sync.group_user")
        colleagues_sudo = (
            self.env["res.users"]
            .sudo()
            .search_fetch(
                [
                    ("all_group_ids", "in", group.ids),
                    ("share", "=", False),
                    ("company_ids", "in", self.env.companies.ids),
                ],
                ["name"],
                limit=PAGE,
            )
        )
        return {
            "page": PAGE,
            "journals": [
                {"id": journal.id, "name": journal.display_name, "company": journal.company_id.id}
                for journal in journals
            ],
            "presets": self._presets(),
            "colleagues": [{"id": user.id, "name": user.name} for user in colleagues_sudo],
        }

    @api.model
    def _presets(self):
        """Return the presets of the user's companies that a rest can be written off with."""
        return [
            {"id": preset.id, "name": preset.name, "company": preset.company_id.id}
            for preset in self._find_presets(self.env.companies)
        ]

    @api.model
    def _find_presets(self, companies):
        return self.env["account.reconcile.model"].search(
            [("company_id", "in", companies.ids), ("line_ids.account_id", "!=", False)]
        )

    @api.model
    def get_queue(self, options):
        """Return one page of the queue, with the numbers beside each filter.

        :param options: dict of ``filter``, ``journal``, ``reason``, ``text``, ``order``,
            ``offset``; all may be missing. ``brief`` leaves the numbers out, where another page
            or search does not change them
        """
        self._check_role()
        options = dict(options or {})
        numbers = {} if options.get("brief") else self.get_counts(options.get("journal"))
        offset = max(int(options.get("offset") or 0), 0)
        found = self._page(options, offset)
        total = self._total(options, offset, len(found), numbers.get("counts", {}))
        if total and not found:
            # Others have decided meanwhile: what is now the last page.
            offset = (total - 1) // PAGE * PAGE
            found = self._page(options, offset)
        return {
            "rows": [self._row(line) for line in found],
            "total": total,
            "offset": offset,
            **numbers,
        }

    @api.model
    def _page(self, options, offset):
        return self.env["account.bank.statement.line"].search(
            self._queue_domain(options),
            order=self._queue_order(options),
            limit=PAGE,
            offset=offset,
        )

    @api.model
    def _total(self, options, offset, shown, counts):
        """Return how many lines there are; counted only where it is not known already."""
        narrowed = options.get("text") or "reason" in options
        if options.get("filter") in counts and not narrowed:
            return counts[options["filter"]]
        if shown < PAGE and (shown or not offset):
            return offset + shown
        lines = self.env["account.bank.statement.line"]
        return lines.search_count(self._queue_domain(options))

    @api.model
    def get_counts(self, journal_id=False):
        """Return the numbers beside the filters, and the reasons of the exceptions.

        :param journal_id: only lines of this journal
        """
        self._check_role()
        waiting = self._waiting(int(journal_id or 0))
        return {
            "counts": self._counts(waiting, int(journal_id or 0)),
            "groups": self._groups(waiting),
        }

    @api.model
    def _scope(self):
        return Domain("company_id", "in", self.env.companies.ids)

    @api.model
    def _filter_domain(self, name):
        """Return which lines a filter of the queue shows."""
        if name == "review":
            return (_OPEN & Domain("bank_match_state", "=", "suggested")) | Domain(
                "bank_review", "=", True
            )
        if name == "exception":
            return _OPEN & Domain("bank_match_state", "!=", "suggested")
        if name == "auto":
            return Domain("bank_match_state", "=", "booked") & Domain(
                "bank_booked_at", ">=", self._start_of_today()
            )
        if name == "mine":
            return _OPEN & Domain("bank_match_user_id", "=", self.env.uid)
        return Domain.TRUE

    @api.model
    def _start_of_today(self):
        """Return when today began where the user is, in UTC."""
        here = self.env.tz
        today = datetime.now(here).date()
        began = here.localize(datetime.combine(today, time.min))
        return began.astimezone(timezone.utc).replace(tzinfo=None)

    @api.model
    def _queue_domain(self, options):
        domain = self._scope() & self._filter_domain(options.get("filter"))
        if journal := options.get("journal"):
            domain &= Domain("journal_id", "=", int(journal))
        if options.get("filter") == "exception" and "reason" in options:
            domain &= Domain("bank_match_reason", "=", options["reason"])
        for word in str(options.get("text") or "").split()[:MAX_WORDS]:
            domain &= self._word_domain(word)
        return domain

    @api.model
    def _word_domain(self, word):
        """Return the lines that say ``word``, have it as an amount, or may pay it."""
        domain = Domain.OR(
            Domain(field, "ilike", word)
            for field in ("payment_ref", "partner_name", "account_number")
        )
        # Partners are asked apart, as documents are: then every part of the search has its index.
        if partners := self.env["res.partner"].search([("name", "ilike", word)], limit=MAX_PAYING):
            domain |= Domain("partner_id", "in", partners.ids)
        if paying := self._lines_paying(word):
            domain |= Domain("id", "in", paying)
        amount = parse_amount(word)
        if amount is not None:
            domain |= Domain("amount", "in", [amount, -amount])
        return domain

    @api.model
    def _lines_paying(self, word):
        """Return the lines that may pay a document whose number says ``word``.

        Asked apart: inside the other conditions it would be looked up line by line.
        """
        if not any(character.isdigit() for character in word):
            return []
        claims = self.env["bank.match.suggestion.line"].search_fetch(
            [("move_id.name", "ilike", word)], ["statement_line_id"], limit=MAX_PAYING
        )
        return claims.statement_line_id.ids

    @api.model
    def _queue_order(self, options):
        order = ORDERS.get(options.get("order"), ORDERS["newest"])
        return f"bank_match_reason, {order}" if options.get("filter") == "exception" else order

    # === THE NUMBERS === #

    @api.model
    def _journal_scope(self, journal_id):
        scope = self._scope()
        return scope & Domain("journal_id", "=", journal_id) if journal_id else scope

    @api.model
    def _waiting(self, journal_id):
        """Return how many lines wait, as (state, reason, count); one query."""
        return self.env["account.bank.statement.line"]._read_group(
            self._journal_scope(journal_id) & _OPEN,
            ["bank_match_state", "bank_match_reason"],
            ["__count"],
        )

    @api.model
    def _counts(self, waiting, journal_id):
        lines = self.env["account.bank.statement.line"]
        scope = self._journal_scope(journal_id)
        sampled = lines.search_count(scope & Domain("bank_review", "=", True))
        return {
            "review": sampled + sum(n for state, _r, n in waiting if state == "suggested"),
            "exception": sum(n for state, _r, n in waiting if state != "suggested"),
            "auto": lines.search_count(scope & self._filter_domain("auto")),
            "mine": lines.search_count(scope & self._filter_domain("mine")),
        }

    @api.model
    def _groups(self, waiting):
        """Return the reasons lines wait for, most frequent first, and what to do about each."""
        counts = {}
        for state, reason, count in waiting:
            if state != "suggested":
                counts[reason] = counts.get(reason, 0) + count
        return [
            {
                "reason": reason,
                "label": waiting_label(self.env, reason),
                "advice": waiting_advice(self.env, reason),
                "count": count,
            }
            for reason, count in sorted(counts.items(), key=lambda pair: -pair[1])
        ]

    # === THE ROWS === #

    @api.model
    def _row(self, line):
        """Return what the queue shows of a line."""
        user = line.bank_match_user_id
        reason, state = line.bank_match_reason, self._state(line)
        waits = not line.is_reconciled and (reason or state == "exception")
        return {
            "id": line.id,
            "date": line.bank_booking_date or line.date,
            "name": line.partner_name or line.partner_id.name or "",
            "text": " ".join((line.payment_ref or "")[:200].split()),
            "amount": line.amount,
            "currency_id": line.currency_id.id,
            "company_id": line.company_id.id,
            "journal": line.journal_id.code,
            "state": state,
            "open": not line.is_reconciled,
            "reason": reason,
            "reason_text": waiting_label(self.env, reason) if waits else "",
            "review": line.bank_review,
            "user": user.sudo().name if user else "",
            "score": line.bank_match_score,
        }

    @api.model
    def _state(self, line):
        """Return the state of a line; ``manual`` where it was booked outside of the matching."""
        ours = line.bank_match_state in {"booked", "accepted"}
        if line.is_reconciled:
            return line.bank_match_state if ours else "manual"
        # A match that was taken back outside of the matching leaves its state behind.
        return "exception" if ours else line.bank_match_state or "exception"


def parse_amount(text):
    """Return the number somebody typed, in either notation, or ``None``.

    >>> parse_amount("1.234,50"), parse_amount("1,234.50"), parse_amount("4/26")
    (1234.5, 1234.5, None)
    >>> parse_amount("1.234"), parse_amount("12,5")
    (1234.0, 12.5)
    """
    if not re.fullmatch(r"[-+]?\d[\d.,']{0,20}", text):
        return None
    digits = text.lstrip("+-").replace("'", "")
    whole, separator, decimals = digits, "", ""
    if match := re.fullmatch(r"(.*)[.,](\d{1,2})", digits):
        whole, separator, decimals = match[1], ".", match[2]
    whole = re.sub(r"[.,]", "", whole)
    return float(f"{whole or 0}{separator}{decimals}")
