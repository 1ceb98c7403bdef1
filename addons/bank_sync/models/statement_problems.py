"""What is wrong or odd with a statement, in plain words: what, where, what to do."""

from ..core.account_number import compact, same_account
from ..core.money import NO_CURRENCY, to_decimal_text
from ..core.statement_check import check_batches, check_dates
from .bank_entry_values import to_float

#: Problems told one by one; more are counted.
MAX_TOLD = 3


class StatementSentences:
    """The sentences of one ``StatementReading``."""

    def __init__(self, reading):
        self.reading, self.env = reading, reading.env

    def problem(self, code):
        """Return the sentence of a code of ``StatementReading.problem``."""
        return getattr(self, f"_{code}")()

    @property
    def _label(self):
        statement = self.reading.statement
        return statement.id or statement.sequence or str(self.reading.number)

    def _money(self, minor):
        currency = self.reading.currency
        return currency.format(to_float(minor, currency.name))

    # === PROBLEMS === #

    def _unknown_account(self):
        statement = self.reading.statement
        return self.env._(
            "Account %(account)s belongs to no bank journal of %(company)s kept in %(currency)s. "
            "Choose the journal, or create it.",
            account=statement.account or "?",
            company=self.reading.company.name,
            currency=statement.currency or "?",
        )

    def _journal_archived(self):
        return self.env._(
            "Journal %(journal)s of account %(account)s is archived. Take it out of the archive to "
            "import its statements.",
            journal=self.reading.journal.display_name,
            account=self.reading.statement.account or self.reading.account.name or "?",
        )

    def _unfit_currency(self):
        return self.env._(
            "Statement %(statement)s names no currency, and its amounts have more decimals than "
            "%(currency)s. Choose a journal in the currency of the account.",
            statement=self._label,
            currency=self.reading.currency.name,
        )

    def _not_proved(self):
        proof = self.reading.proof
        return self.env._(
            "Statement %(statement)s does not add up: %(opening)s and the entries give "
            "%(computed)s, but the bank says %(closing)s. The difference is %(difference)s. Get "
            "the file from the bank again.",
            statement=self._label,
            opening=self._money(proof.opening),
            computed=self._money(proof.opening + proof.total),
            closing=self._money(proof.closing),
            difference=self._money(proof.difference),
        )

    def _signs_contradict(self):
        return self.env._(
            "Statement %(statement)s adds up only if money in and money out are exchanged, unlike "
            "the statements of this account before. Ask the bank which is right.",
            statement=self._label,
        )

    def _date_missing(self):
        return self._dates(
            self.env._("%(entries)s: the bank gives no date. Ask it for a corrected file.")
        )

    def _date_absurd(self):
        return self._dates(
            self.env._(
                "%(entries)s: the booking date cannot be true. Ask the bank for a corrected file."
            )
        )

    def _dates(self, sentence):
        problems = check_dates(self.reading.statement, self.reading.company._bank_today())
        return sentence.replace("%(entries)s", self._entries(list(problems)))

    def _details_differ(self):
        problems = list(check_batches(self.reading.statement))
        return self.env._(
            "%(entries)s: the transactions of the batch do not add up to the entry (difference "
            "%(difference)s), so that it cannot become one line per transaction. Ask the bank, "
            "or let the journal book batches as one line.",
            entries=self._entries(problems),
            difference=to_decimal_text(problems[0].difference, problems[0].entry.currency),
        )

    def _entries(self, problems):
        """Return the entries by number, day and amount."""
        told = [
            self.env._(
                "entry %(number)s of %(day)s over %(amount)s %(currency)s",
                number=problem.number,
                day=problem.entry.booking_date or problem.entry.value_date or "?",
                amount=to_decimal_text(problem.entry.amount, problem.entry.currency),
                currency=problem.entry.currency,
            )
            for problem in problems[:MAX_TOLD]
        ]
        more = len(problems) - MAX_TOLD
        if more > 0:
            told.append(self.env._("and %(count)s more", count=more))
        text = ", ".join(told)
        return self.env._("Statement %(statement)s, ", statement=self._label) + text

    # === WARNINGS === #

    def batches(self, problems):
        """Say which batches do not add up; each stays one line."""
        if not problems:
            return []
        return [
            self.env._(
                "%(entries)s: the transactions of the batch differ from the entry by "
                "%(difference)s. The entry is booked as one line.",
                entries=self._entries(problems),
                difference=to_decimal_text(problems[0].difference, problems[0].entry.currency),
            )
        ]

    def signs_reversed(self):
        """Say that the amounts were turned, and why that is right."""
        return self.env._(
            "The file tells money in as money out, and the other way round; its balances prove it. "
            "The amounts are turned."
        )

    def unproven(self):
        """Say that nothing proves the statement complete."""
        return self.env._(
            "The bank gives no opening and closing balance: nothing proves that the file is "
            "complete."
        )

    def pending(self, count):
        """Say what is not booked yet."""
        return self.env._("%(count)s entries are still pending and are left out.", count=count)

    def known_statement(self, known):
        """Say that the same statement came before in another file."""
        return self.env._(
            "Statement %(statement)s was already imported from %(file)s; only what is new in it "
            "is added.",
            statement=self._label,
            file=known.document_id.name,
        )

    def gap(self, difference):
        """Say that a statement between this one and the last is missing."""
        return self.env._(
            "The opening balance is not the last closing balance: between them another statement "
            "is missing (%(difference)s).",
            difference=self._money(difference),
        )

    def locked(self, days):
        """Say which new entries will be dated on an open day."""
        return self.env._(
            "Entries from %(first)s to %(last)s lie in a locked period. Odoo will date their lines "
            "on an open day; the bank's own day stays on each line.",
            first=days[0],
            last=days[-1],
        )


def entry_sample(entry):
    """Return what the preview shows of an entry, as plain texts."""
    day = entry.booking_date or entry.value_date
    return {
        "day": day.isoformat() if day else "",
        "name": entry.counterparty_name or entry.counterparty_account or "",
        "text": " ".join(" ".join(entry.remittance).split())
        or entry.creditor_reference
        or entry.description
        or "",
        "amount": to_decimal_text(entry.amount, entry.currency),
        "currency": "" if entry.currency == NO_CURRENCY else entry.currency,
        "out": entry.amount < 0,
    }


def journal_choices(told):
    """Return the journals an unassigned statement may go to, as (id, name) for the page."""
    if told.problem_code != "unknown_account":
        return []
    accounts = told.env["bank.connection.account"]
    journals = accounts._unfed_journals(told.company_id, told.currency_id.name or None)
    fed_sudo = accounts.sudo().search([("company_id", "=", told.company_id.id)])
    fed = fed_sudo.journal_id
    if told.account_number:
        # Where several bear the number, a person says which one.
        number = compact(told.account_number)
        same = fed_sudo.filtered(lambda one: same_account(compact(one.iban), number))
        journals |= same.journal_id.sudo(False)
    else:
        # Without a number of its own the file may be of any account.
        journals |= fed.sudo(False).filtered(
            lambda one: (
                not told.currency_id
                or (one.currency_id or one.company_id.currency_id) == told.currency_id
            )
        )
    return [{"id": journal.id, "name": journal.display_name} for journal in journals]
