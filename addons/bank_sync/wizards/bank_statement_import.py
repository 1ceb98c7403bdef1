import io

from odoo import fields, models
from odoo.exceptions import UserError

from ..core.errors import StatementError
from ..core.file_reader import read_statement_file
from ..core.proof import prove_statement
from ..models.bank_entry_values import to_float
from ..models.file_problems import file_problem

#: Bytes of one uploaded file; larger ones are split by the bank on request.
MAX_FILE_BYTES = 64 * 1024 * 1024


class BankStatementImport(models.TransientModel):
    """Take bank statement files into the books: all of a file, or nothing of it."""

    _name = "bank.statement.import"
    _description = "Import Bank Statements"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    attachment_ids = fields.Many2many("ir.attachment", string="Files", bypass_search_access=True)
    result_ids = fields.One2many("bank.statement.import.result", "import_id", readonly=True)
    done = fields.Boolean(readonly=True)

    def action_import(self):
        """Import every file for itself and show what became of each.

        A refused file raises nothing: its bytes are kept as a document, nothing of it is booked,
        and the result page says in one sentence why.
        """
        self.ensure_one()
        if not self.attachment_ids:
            raise UserError(self.env._("Choose at least one file."))
        if self.company_id not in self.env.companies:
            raise UserError(self.env._("This company is not open to you."))
        results = self.result_ids.create(
            [
                self._import_file(attachment.name, attachment.raw or b"")
                for attachment in self.attachment_ids
            ]
        )
        self._discard_uploads()
        if "imported" in results.mapped("outcome"):
            self.env["bank.match.suggestion"]._run(self.company_id)
        self.done = True
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import Result"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _discard_uploads(self):
        """Remove the user's own uploads, which are kept as documents now, and no other file."""
        self.attachment_ids.sudo().filtered(
            lambda file: file.create_uid == self.env.user and file.res_model in {False, self._name}
        ).unlink()

    def _import_file(self, name, content):
        """Import one file and return the values of its result line."""
        documents = self.env["bank.raw.document"]
        document = documents._keep(
            content[:MAX_FILE_BYTES],
            name=name,
            company_id=self.company_id.id,
            source="file",
            media_type="application/xml",
        )
        known = documents.sudo().search(
            [
                ("company_id", "=", self.company_id.id),
                ("sha256", "=", document.sha256),
                ("state", "=", "parsed"),
                ("source", "=", "file"),
            ],
            limit=1,
        )
        values = {"import_id": self.id, "file_name": name, "document_id": document.id}
        if known:
            problem = self.env._(
                "%(file)s was already imported on %(date)s; nothing was added.",
                file=name,
                date=fields.Date.to_string(known.received_at.date()),
            )
            document._transition("refused", problem_code="known_file", problem=problem)
            return {**values, "outcome": "known", "message": problem}
        try:
            with self.env.cr.savepoint():
                return {**values, **self._import_document(document, content)}
        except StatementError as error:
            code, problem = error.code, file_problem(self.env, name, error)
        except FileRefused as error:
            code, problem = error.code, str(error)
        document._transition("refused", problem_code=code, problem=problem)
        return {**values, "outcome": "refused", "message": problem}

    def _import_document(self, document, content):
        """Read, prove and book a whole file.

        :raise StatementError: when it cannot be read
        :raise FileRefused: when it does not fit our books
        """
        if len(content) > MAX_FILE_BYTES:
            raise StatementError("too_large", None, f"{MAX_FILE_BYTES // 2**20} MiB")
        file = read_statement_file(io.BytesIO(content))
        accounts = [
            self._check_statement(document.name, statement) for statement in file.statements
        ]
        added = self.env["bank.entry"]
        runs = self.env["bank.sync.run"]
        for account, statement in zip(accounts, file.statements, strict=True):
            self._hold_account(document.name, account)
            run = self.env["bank.sync.run"]._begin(
                "file", company_id=self.company_id.id, account_id=account.id
            )
            document.sudo().write({"account_id": account.id, "run_id": run.id})
            added |= self.env["bank.entry"]._apply_statement(account, run, statement, document)
            runs |= run
        document._transition("parsed")
        seen = sum(runs.mapped("seen_count"))
        return {
            "outcome": "imported" if added else "known",
            "added_count": len(added),
            "known_count": seen - len(added),
            "message": self._imported_message(document.name, added, seen, runs),
        }

    def _hold_account(self, name, account):
        """Keep every other reading of the account out until the end of the transaction.

        :raise FileRefused: when one is at work: it may be adding the same entries
        """
        if not account.try_lock_for_update(allow_referencing=True):
            raise FileRefused(
                "busy",
                self.env._(
                    "%(file)s: account %(account)s is being read at this moment. Import the file "
                    "again in a minute.",
                    file=name,
                    account=account.name,
                ),
            )

    def _imported_message(self, name, added, seen, runs):
        if not added:
            return self.env._(
                "%(file)s: all %(count)s entries were already there.", file=name, count=seen
            )
        sentence = self.env._(
            "%(file)s: %(added)s entries imported, %(known)s were already there.",
            file=name,
            added=len(added),
            known=seen - len(added),
        )
        return " ".join([sentence, *filter(None, runs.mapped("problem"))])

    def _check_statement(self, name, statement):
        """Return the account of a statement that adds up.

        :raise FileRefused: when the account is not ours, or the balances do not add up
        """
        account = self._find_account(statement)
        if not account:
            raise FileRefused(
                "unknown_account",
                self.env._(
                    "%(file)s: account %(account)s belongs to no bank journal of %(company)s. "
                    "Enter the number on the journal, or choose the right company.",
                    file=name,
                    account=statement.account or "?",
                    company=self.company_id.name,
                ),
            )
        proof = prove_statement(statement)
        if proof.status == "failed":
            currency = account.currency_id
            raise FileRefused(
                "not_proved",
                self.env._(
                    "%(file)s, statement %(statement)s: %(opening)s and the entries give "
                    "%(computed)s, but the bank says %(closing)s. Nothing was imported.",
                    file=name,
                    statement=statement.id or "1",
                    opening=currency.format(to_float(proof.opening, currency.name)),
                    computed=currency.format(to_float(proof.opening + proof.total, currency.name)),
                    closing=currency.format(to_float(proof.closing, currency.name)),
                ),
            )
        return account

    def _find_account(self, statement):
        """Return the account the statement is of, made from a journal that bears its number."""
        number = "".join(filter(str.isalnum, statement.account or "")).upper()
        if not number:
            return None
        accounts_sudo = self.env["bank.connection.account"].sudo()
        known = accounts_sudo.search(
            [("company_id", "=", self.company_id.id), ("journal_id", "!=", False)]
        ).filtered(
            lambda account: (
                "".join(filter(str.isalnum, account.iban or "")).upper() == number
                and statement.currency in (None, account.currency_id.name)
            )
        )
        return known[:1] or accounts_sudo._from_journal(self.company_id, number, statement.currency)


class FileRefused(Exception):
    """A readable file that does not fit our books; ``str()`` is the translated sentence."""

    def __init__(self, code, sentence):
        super().__init__(sentence)
        self.code = code
