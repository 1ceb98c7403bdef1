"""The company's side of the main job: connect the bank, read its books, compare."""

from collections import Counter
from decimal import Decimal

CONNECTION_NAME = "Banque du Parc"


class Books:
    """What the manager and the accountant of the demo company do and see."""

    def __init__(self, people, bank_url, say):
        self.manager = people["manager"]
        self.accountant = people["accountant"]
        self.bank_url = bank_url
        self.say = say

    def open_invoices(self):
        """Return the open invoices as the customers know them."""
        invoices = self.accountant.search_read(
            "account.move",
            [
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
                ("amount_residual", ">", 0),
            ],
            ["name", "invoice_date_due", "amount_residual", "currency_id", "partner_id"],
            order="id",
        )
        customers = {invoice["partner_id"][0] for invoice in invoices}
        accounts = self.accountant.search_read(
            "res.partner.bank",
            [("partner_id", "in", list(customers))],
            ["partner_id", "acc_number"],
        )
        ibans = {account["partner_id"][0]: account["acc_number"] for account in accounts}
        return [
            {
                "number": invoice["name"],
                "due": invoice["invoice_date_due"],
                "amount": f"{invoice['amount_residual']:.2f}",
                "currency": invoice["currency_id"][1],
                "customer": invoice["partner_id"][1],
                "iban": ibans.get(invoice["partner_id"][0]),
            }
            for invoice in invoices
        ]

    def connect(self, desk):
        """Connect the sandbox bank by its consent page, unless it is connected.

        :raise OdooError: when the connection does not come up
        """
        connection = self._connection()
        if connection["state"] == "active":
            return
        action = self.manager.call("bank.connection", "action_connect", [connection["id"]])
        self.manager.get(desk.approve(action["url"]))
        connection = self._connection()
        self.say(
            f"Connect     the manager approved at the bank; the connection is {connection['state']}"
        )

    def sync(self):
        """Read the bank now, as the accountant would by the button."""
        connection = self._connection()
        self.manager.call("bank.connection", "action_sync", [connection["id"]])
        for account in self._accounts():
            self.say(
                f"Money in    {account['name']}: complete until {account['covered_until']},"
                f" {account['last_proof']} at {account['proved_balance']:,.2f}"
            )

    def compare(self, truth):
        """Hold the company's books against the bank's, account by account.

        :return: figures by account, and ``problems``: sentences, empty when both agree
        """
        accounts = {
            account["iban"] + account["currency_id"][1]: account for account in self._accounts()
        }
        figures, problems = {}, []
        for bank in truth["accounts"]:
            key = bank["iban"] + bank["currency"]
            account = accounts.get(key)
            if not account:
                problems.append(f"account {key} is not connected")
                continue
            lines = self._lines(account["journal_id"][0])
            booked = [entry for entry in bank["entries"] if entry["status"] == "booked"]
            expected = sum((Decimal(entry["amount"]) for entry in booked), Decimal(0))
            found = sum((Decimal(str(line["amount"])) for line in lines), Decimal(0))
            figures[key] = {
                "entries_at_bank": len(booked),
                "statement_lines": len(lines),
                "balance_at_bank": bank["balance"],
                "proof": account["last_proof"],
            }
            if len(lines) != len(booked) or found != expected:
                problems.append(
                    f"{key}: the bank booked {len(booked)} entries of {expected},"
                    f" the company has {len(lines)} lines of {found}"
                )
            if f"{account['proved_balance']:.2f}" != f"{Decimal(bank['balance']):.2f}":
                problems.append(
                    f"{key}: the balance is {bank['balance']}, proved {account['proved_balance']}"
                )
        return {"accounts": figures, "problems": problems}

    def matching(self, truth):
        """Count what was booked, suggested and left, and look for wrong bookings.

        A line is wrong when it booked itself onto an invoice its payer did not pay.
        """
        lines = self.accountant.search_read(
            "account.bank.statement.line", [], ["bank_match_state", "bank_entry_id", "move_id"]
        )
        counts = Counter(line["bank_match_state"] or "open" for line in lines)
        pays = {
            entry["entry_reference"]: set(entry["reference_of"])
            for account in truth["accounts"]
            for entry in account["entries"]
        }
        booked = [line for line in lines if line["bank_match_state"] == "booked"]
        wrong = [
            f"line {reference} was booked on {', '.join(sorted(invoices - pays[reference]))}"
            for reference, invoices in self._booked_on(booked)
            if not invoices <= pays[reference]
        ]
        suggestions = self.accountant.count("bank.match.suggestion", [("state", "=", "open")])
        self.say(
            f"Matching    {counts['booked']} lines booked themselves, {counts['suggested']} wait as"
            f" suggestions, {counts['exception']} need a look"
        )
        return {
            "booked": counts["booked"],
            "suggested": counts["suggested"],
            "exceptions": counts["exception"],
            "suggestions": suggestions,
            "wrong": len(wrong),
            "problems": wrong,
        }

    def events(self):
        """Return how many events each log holds for the company."""
        return {
            model: self.manager.count(model, []) for model in ("bank.event", "collection.event")
        }

    def _booked_on(self, lines):
        """Yield (entry reference, numbers of the invoices it was booked on) of each line."""
        entries = self.accountant.search_read(
            "bank.entry",
            [("statement_line_id", "in", [line["id"] for line in lines])],
            ["entry_reference", "statement_line_id"],
        )
        moves = {line["id"]: line["move_id"][0] for line in lines}
        items = self.accountant.search_read(
            "account.move.line",
            [("move_id", "in", list(moves.values())), ("matched_debit_ids", "!=", False)],
            ["move_id", "matched_debit_ids"],
        )
        partials = self.accountant.search_read(
            "account.partial.reconcile",
            [("id", "in", [partial for item in items for partial in item["matched_debit_ids"]])],
            ["debit_move_id"],
        )
        debits = self.accountant.search_read(
            "account.move.line",
            [("id", "in", [partial["debit_move_id"][0] for partial in partials])],
            ["move_name"],
        )
        names = {debit["id"]: debit["move_name"] for debit in debits}
        invoice = {partial["id"]: names[partial["debit_move_id"][0]] for partial in partials}
        booked = {}
        for item in items:
            booked.setdefault(item["move_id"][0], set()).update(
                invoice[partial] for partial in item["matched_debit_ids"]
            )
        for entry in entries:
            move = moves[entry["statement_line_id"][0]]
            yield entry["entry_reference"], booked.get(move, set())

    def _connection(self):
        """Return the connection to the sandbox bank, made where there is none."""
        fields = ["state", "base_url"]
        domain = [("name", "=", CONNECTION_NAME)]
        found = self.manager.search_read("bank.connection", domain, fields)
        if not found:
            values = {"name": CONNECTION_NAME, "adapter": "berlin_group", "base_url": self.bank_url}
            self.manager.call("bank.connection", "create", [values])
            found = self.manager.search_read("bank.connection", domain, fields)
        if found[0]["base_url"] != self.bank_url:
            self.manager.call(
                "bank.connection", "write", [found[0]["id"]], {"base_url": self.bank_url}
            )
        return found[0]

    def _accounts(self):
        return self.accountant.search_read(
            "bank.connection.account",
            [("connection_id.name", "=", CONNECTION_NAME)],
            [
                "name",
                "iban",
                "currency_id",
                "journal_id",
                "covered_until",
                "last_proof",
                "proved_balance",
            ],
        )

    def _lines(self, journal_id):
        return self.accountant.search_read(
            "account.bank.statement.line", [("journal_id", "=", journal_id)], ["amount"]
        )
