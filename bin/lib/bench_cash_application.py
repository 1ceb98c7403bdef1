"""bin/bench cash-application DIR [--mode core|odoo] [--no-feedback] [--seed N] [--experience FILE]

Decide a workload of bank lines day by day, as a company would: what is certain is posted, the
rest is resolved by an accountant as DIR/truth.csv says, and that teaches. A small random share of
what was posted is looked at afterwards. DIR holds partners.csv, open_items.csv, collections.csv,
settlements.csv, statement.xml and truth.csv.

Writes DIR/decisions.csv (line_id, action, rank, item_id, applied, discount, fee, writeoff,
on_account) and prints one JSON: lines a CPU second, memory, what was done.

  --mode core        the matching core alone, without a database; nothing else is built (default)
  --mode odoo        end to end through a database of its own: documents are posted on their day,
                     each day's statement is imported as a file, the company's matching runs, an
                     accountant decides on the rest in the workspace, every night is learnt
  --no-feedback      nobody resolves, nothing is learned
  --experience FILE  count right and wrong first proposals by situation into FILE, without booking
                     (--mode core)
"""
# needs no database, except with: --mode odoo

import importlib
import json

import benchmarking
import cash_application_files


def main():
    """Run the workload and print what came of it."""
    options = cash_application_files.options(__doc__)
    if options.mode == "core":
        benchmarking.without_odoo()
    # Not at the top: only now it is known with which Odoo the addons may be imported.
    mode = importlib.import_module(f"cash_application_{options.mode}")
    done = mode.run(options)
    print(json.dumps({"benchmark": "cash-application", "mode": options.mode, **done}, indent=2))


if __name__ == "__main__":
    main()
