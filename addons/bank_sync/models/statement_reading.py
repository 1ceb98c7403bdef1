"""One statement of a file, laid against our books: what it would mean, with nothing written.

Not a model: it lives for one look at a file. Codes come from the core, words from
``statement_problems``.
"""

from functools import cached_property

from ..core.account_number import compact
from ..core.denominate import denominate
from ..core.money import NO_CURRENCY, PrecisionError
from ..core.proof import prove_statement
from ..core.sign_convention import told_signs, turn_statement
from ..core.statement_check import check_batches, check_dates, period
from .bank_entry_values import to_float
from .bank_window import BankWindow
from .statement_problems import StatementSentences, entry_sample

#: Entries the preview shows.
SAMPLE = 5


class StatementReading:
    """A statement of a file and the account it belongs to.

    :param number: place in the file, from 1
    :param journal: the journal a person has chosen for it, may be empty
    """

    def __init__(self, document, number, statement, journal):
        self.env, self.document = document.env, document
        self.company, self.number, self.statement = document.company_id, number, statement
        accounts = self.env["bank.connection.account"]
        where = (self.company, statement.account, statement.currency)
        self.account = accounts._find_for_file(*where) if compact(statement.account) else accounts
        self.journal = self.account.journal_id or journal
        if not self.journal and compact(statement.account):
            self.journal = accounts._find_journal_for_file(*where)
        if not self.account and self.journal:
            self.account = accounts._of_journal(self.journal, statement.account)
        self.fits_currency = self._denominate()
        self.signs = self._turn_signs()
        self.proof = prove_statement(self.statement)
        self.booked = [entry for entry in self.statement.entries if not entry.pending]
        self.words = StatementSentences(self)
        #: What the reader of the file found odd, in sentences.
        self.remarks = []

    def _denominate(self):
        """Take the currency of the books where the file names none; return whether it can be so."""
        if self.journal and self.statement.currency is None and self.currency:
            try:
                self.statement = denominate(self.statement, self.currency.name)
            except PrecisionError:
                return False
        return True

    def _turn_signs(self):
        """Turn the amounts of a source that tells them the other way round; return its signs.

        Balances tell which way round it is, once for the whole source: a statement that later
        tells it otherwise is not believed.
        """
        statement, known = self.statement, self.account.file_signs
        told = told_signs(
            statement.opening, statement.closing, statement.entries, statement.currency
        )
        if known and told and told != known:
            return "contradict"
        if (told or known) == "reversed":
            self.statement = turn_statement(statement)
        return told

    @cached_property
    def currency(self):
        """The currency the balances are in; the account's, or the file's own."""
        code = self.statement.currency
        if self.account:
            return self.account.currency_id
        if code:
            return (
                self.env["bank.connection.account"]
                ._currencies([code])
                .get(code, self.env["res.currency"])
            )
        if not self.journal and any(e.currency == NO_CURRENCY for e in self.statement.entries):
            return self.env["res.currency"]  # that of the journal a person will choose
        return self.journal.currency_id or self.company.currency_id

    @cached_property
    def window(self):
        """The statement laid against the mirror; ``None`` without an account: all is new."""
        if not self.account:
            return None
        return BankWindow(
            self.account,
            self.env["bank.sync.run"],
            self.booked,
            complete=False,
            trust_ids=False,
            statement=self.statement,
        )

    @cached_property
    def is_split(self):
        """Whether batches become one line per transaction in this journal."""
        return self.journal.bank_batch_lines == "many"

    # === PROBLEMS === #

    @cached_property
    def problem(self):
        """Code of the first reason not to book the statement, ``None`` when there is none."""
        if not self.journal:
            return "unknown_account"
        if not self.journal.active:
            return "journal_archived"
        if not self.fits_currency:
            return "unfit_currency"
        if self.signs == "contradict":
            return "signs_contradict"
        if self.proof.status == "failed":
            return "not_proved"
        dates = next(check_dates(self.statement, self.company._bank_today()), None)
        if dates:
            return dates.code
        if self.is_split and next(check_batches(self.statement), None):
            return "details_differ"
        return None

    def warnings(self):
        """Return sentences about what is odd and does not stop the booking."""
        sentences = list(self.remarks)
        if not self.is_split:
            sentences += self.words.batches(list(check_batches(self.statement)))
        if self.signs == "reversed":
            sentences.append(self.words.signs_reversed())
        if self.proof.status == "unproven":
            sentences.append(self.words.unproven())
        if pending := len(self.statement.entries) - len(self.booked):
            sentences.append(self.words.pending(pending))
        if self.window is not None:
            sentences += self._books_warnings()
        if locked := self._locked():
            sentences.append(self.words.locked(locked))
        return sentences

    def _books_warnings(self):
        sentences = []
        known = self.same_statement()
        if known:
            sentences.append(self.words.known_statement(known))
        status, difference = self.window.prove(self.statement.closing, self.statement.closing_date)
        # Between statements of files the chain knows better; the page lays it.
        if status == "failed" and not known and not self.account._told_statements():
            sentences.append(self.words.gap(difference))
        return sentences

    def _locked(self):
        """Return the days of new entries that lie in a locked period."""
        new = self.booked if self.window is None else self.window.added
        days = {day for entry in new if (day := entry.booking_date or entry.value_date)}
        return sorted(
            day
            for day in days
            if self.company._get_lock_date_violations(day, sale=False, purchase=False, tax=False)
        )

    def same_statement(self):
        """Return the same statement of an earlier file: same account, number, period, balances."""
        statement = self.statement
        first, last = period(statement)
        if not (statement.sequence or statement.id) or statement.closing is None:
            return self.env["bank.file.statement"]
        told = "sequence" if statement.sequence else "name"
        return (
            self.env["bank.file.statement"]
            .sudo()
            .search(
                [
                    ("account_id", "=", self.account.id),
                    ("document_id", "!=", self.document.id),
                    ("document_id.state", "in", ["booking", "parsed"]),
                    (told, "=", statement.sequence or statement.id),
                    ("date_from", "=", first),
                    ("date_to", "=", last),
                    ("closing", "=", to_float(statement.closing, self.currency.name)),
                ],
                limit=1,
            )
        )

    # === VALUES === #

    def values(self):
        """Return the ``bank.file.statement`` that keeps what this look has shown."""
        # Looking at the balances first: they tell what merely resembles a known entry.
        problem, warnings = self.problem, self.warnings()
        new = len(self.booked) if self.window is None else len(self.window.added)
        return {
            **self.figures(),
            "document_id": self.document.id,
            "company_id": self.company.id,
            "number": self.number,
            "name": self.statement.id,
            "sequence": self.statement.sequence,
            "account_number": self.statement.account,
            "account_id": self.account.id,
            "journal_id": self.journal.id,
            "entry_count": len(self.booked),
            "new_count": new,
            "known_count": len(self.booked) - new,
            "problem_code": problem,
            "problem": self.words.problem(problem) if problem else False,
            "warnings": warnings or False,
            "sample": [entry_sample(entry) for entry in self.booked[:SAMPLE]] or False,
        }

    def figures(self):
        """Return balances, sum and proof as Odoo keeps them."""
        code, statement, proof = self.currency.name or NO_CURRENCY, self.statement, self.proof
        first, last = period(statement)

        def amount(minor):
            return to_float(minor, code) if minor is not None and code else 0.0

        return {
            "currency_id": self.currency.id,
            "date_from": first,
            "date_to": last,
            "closing_date": statement.closing_date,
            "opening": amount(statement.opening),
            "closing": amount(statement.closing),
            "has_opening": statement.opening is not None,
            "has_closing": statement.closing is not None,
            "total": amount(proof.total),
            "difference": amount(proof.difference),
            "proof": proof.status,
        }
