"""bin/bench import FILE [--entries N]

Read a camt statement file and import it, each against its floor in the same run:

- reading: plain xmltodict streaming over the same file, which makes nothing of what it finds;
- importing into Odoo (preview, mirror, lines, statement; without matching): Odoo's own batched
  ``create()`` of the same statement lines.

Prints one JSON: seconds, CPU seconds, floors, ratios (CPU), queries, peak memory. Without FILE a
statement of ``--entries`` entries is made up.
"""

import argparse
import io
import json
import os
import pathlib
import random
import tempfile

import benchmarking
import xmltodict
from benchmarking import measured, odoo_environment, say

#: Account of a made-up statement; the journal of the benchmark bears the file's own number.
IBAN = "DE89370400440532013000"
#: Lines created by Odoo at once, as an import would.
BATCH = 1000


def main():
    """Measure all parts and print the comparison."""
    options = _options()
    if options.part:
        print(json.dumps(PARTS[options.part](options)))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = options.file or _made_up(pathlib.Path(folder) / "statement.xml", options.entries)
        results = {}
        for part in PARTS:
            say(f"Measuring {part} …")
            results[part] = _run(part, path, options.database)
        print(json.dumps(_summary(path, results), indent=2))


def _options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[1])
    parser.add_argument("file", nargs="?", type=pathlib.Path, help="a camt statement file")
    parser.add_argument("--entries", type=int, default=2000, help="of a made-up file (%(default)s)")
    parser.add_argument("--part", help=argparse.SUPPRESS)
    parser.add_argument("--database", default=os.environ.get("PGDATABASE"), help=argparse.SUPPRESS)
    return parser.parse_args()


def _run(part, path, database):
    """Run one part in a process of its own; those that write get a copy of the database."""
    arguments = [str(path), "--part", part]
    if not part.startswith("import"):
        return benchmarking.run_part(*arguments)
    copy = f"{database}_{part}"
    benchmarking.copy_database(database, copy)
    try:
        return benchmarking.run_part(*arguments, "--database", copy)
    finally:
        benchmarking.drop_database(copy)


def _summary(path, results):
    def ratio(part, floor):
        return round(results[part]["cpu_seconds"] / results[floor]["cpu_seconds"], 2)

    return {
        "benchmark": "import",
        "file": pathlib.Path(path).name,
        "bytes": pathlib.Path(path).stat().st_size,
        "entries": results["read"].pop("entries"),
        "read": results["read"],
        "read_floor": results["read_floor"],
        "read_ratio": ratio("read", "read_floor"),
        "import": results["import"],
        "import_floor": results["import_floor"],
        "import_ratio": ratio("import", "import_floor"),
        "import_again": results["import_again"],
        "import_again_ratio": ratio("import_again", "import"),
    }


# === PARTS === #


def _reader():
    """Return our reader of statements; it needs no Odoo in the process, and minds none."""
    from odoo.addons.bank_sync.core.file_reader import read_statement_file  # noqa: PLC0415

    return lambda stream: read_statement_file(stream).statements


def _read(options):
    benchmarking.without_odoo()
    read = _reader()
    with measured() as measure, options.file.open("rb") as stream:
        statements = read(stream)
    entries = sum(len(statement.entries) for statement in statements)
    return {**measure.as_json(), "entries": entries}


def _read_floor(options):
    with measured() as measure, options.file.open("rb") as stream:
        xmltodict.parse(stream, item_depth=4, item_callback=lambda _path, _item: True)
    return measure.as_json()


def _import(options, *, again=False):
    """Look at the file, take it into the mirror and make its lines, batch by batch."""
    with odoo_environment(options.database) as env:
        wizard, attachment = _wizard(env, options)
        if again:
            _book(wizard, attachment)
            env.cr.commit()
            content = options.file.read_bytes().replace(b"</Stmt>", b"<!-- again --></Stmt>")
            wizard, attachment = _wizard(env, options, content)
        env.flush_all()
        env.invalidate_all()
        with measured(env) as measure:
            _book(wizard, attachment)
        document = wizard.document_ids
        expected = 0 if again else sum(document.file_statement_ids.mapped("entry_count"))
        if document.state != "parsed" or document.added_count != expected:
            raise SystemExit(f"{document.state}, {document.added_count} added: {document.problem}")
    return measure.as_json()


def _book(wizard, attachment):
    """Import as the page and the schedule do, each batch in a transaction of its own."""
    wizard.add_files(attachment.ids)
    wizard.book()
    document = wizard.document_ids
    while document.state == "booking":
        wizard.env.cr.commit()
        wizard.env.invalidate_all()
        document._book_next()


def _wizard(env, options, content=None):
    """Return an import and the uploaded file, with the journals it needs."""
    content = content or options.file.read_bytes()
    company = env["res.company"].search([("chart_template", "!=", False)], limit=1)
    env = env(context={**env.context, "allowed_company_ids": company.ids})
    for statement in _reader()(io.BytesIO(content)):
        _journal(env, company, statement)
    attachment = env["ir.attachment"].create({"name": options.file.name, "raw": content})
    return env["bank.statement.import"].create({"company_id": company.id}), attachment


def _journal(env, company, statement):
    """Return the journal of a statement's account, made where it is missing."""
    number = "".join(filter(str.isalnum, statement.account)).upper()
    journals = env["account.journal"].search(
        [("company_id", "=", company.id), ("type", "=", "bank")]
    )
    journal = journals.filtered(lambda one: one.bank_account_id.sanitized_acc_number == number)
    currency = (
        env["res.currency"]
        .with_context(active_test=False)
        .search([("name", "=", statement.currency)])
    )
    currency.active = True
    return journal[:1] or env["account.journal"].create(
        {
            "name": f"Bench {number}",
            "type": "bank",
            "company_id": company.id,
            "currency_id": currency.id if currency != company.currency_id else False,
            "bank_acc_number": number,
        }
    )


def _import_floor(options):
    with odoo_environment(options.database) as base:
        company = base["res.company"].search([("chart_template", "!=", False)], limit=1)
        env = base(context={**base.context, "allowed_company_ids": company.ids})
        with options.file.open("rb") as stream:
            statements = _reader()(stream)
        values = [
            {
                "journal_id": _journal(env, company, statement).id,
                "date": entry.booking_date,
                "amount": entry.amount / 100,
                "payment_ref": " ".join(entry.remittance) or "/",
                "partner_name": entry.counterparty_name,
                "account_number": entry.counterparty_account,
            }
            for statement in statements
            for entry in statement.entries
        ]
        env.flush_all()
        env.invalidate_all()
        with measured(env) as measure:
            for start in range(0, len(values), BATCH):
                env["account.bank.statement.line"].create(values[start : start + BATCH])
                env.flush_all()
    return measure.as_json()


PARTS = {
    "read": _read,
    "read_floor": _read_floor,
    "import_floor": _import_floor,
    "import": _import,
    "import_again": lambda options: _import(options, again=True),
}


# === A STATEMENT === #


def _made_up(path, count):
    """Write a camt.053 of ``count`` entries that adds up, and return its path."""
    generator = random.Random(7)  # noqa: S311 (figures, not secrets)
    cents = [generator.randint(100, 900_000) for _number in range(count)]
    balance = (
        "<Bal><Tp><CdOrPrtry><Cd>{}</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>{:.2f}</Amt>"
        "<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-02-16</Dt></Dt></Bal>"
    )
    entry = (
        "<Ntry><Amt Ccy='EUR'>{amount:.2f}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>"
        "<BookgDt><Dt>2026-02-16</Dt></BookgDt><ValDt><Dt>2026-02-16</Dt></ValDt>"
        "<AcctSvcrRef>B{number}</AcctSvcrRef><NtryDtls><TxDtls>"
        "<Refs><EndToEndId>E{number}</EndToEndId></Refs>"
        "<RltdPties><Dbtr><Pty><Nm>Customer {customer}</Nm></Pty></Dbtr></RltdPties>"
        "<RmtInf><Ustrd>Order {customer}, thank you</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
    )
    with path.open("w") as file:
        file.write(
            "<?xml version='1.0' encoding='UTF-8'?>"
            "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.08'><BkToCstmrStmt>"
            "<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-02-17T06:00:00</CreDtTm></GrpHdr>"
            f"<Stmt><Id>S1</Id><Acct><Id><IBAN>{IBAN}</IBAN></Id><Ccy>EUR</Ccy></Acct>"
        )
        file.write(balance.format("OPBD", 0) + balance.format("CLBD", sum(cents) / 100))
        for number, amount in enumerate(cents):
            file.write(entry.format(amount=amount / 100, number=number, customer=number % 500))
        file.write("</Stmt></BkToCstmrStmt></Document>")
    return path


if __name__ == "__main__":
    main()
