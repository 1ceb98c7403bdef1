"""Starts the bank: ``python -m sandbox_bank --port 8070 --database bank.sqlite``."""

import argparse
import datetime
import logging
import sqlite3

from .app import LARGEST_BODY, create_app
from .lines import create_server
from .storage import OtherVersion
from .web import Settings
from .webhooks import Courier

THREADS = 8


def main() -> None:
    """Serve the bank until the process is ended."""
    arguments = _arguments()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    today = arguments.today or datetime.datetime.now(tz=datetime.timezone.utc).date()
    settings = Settings(arguments.page_size, arguments.public_url, arguments.files)
    try:
        app = create_app(arguments.database, today, settings)
    except (OtherVersion, sqlite3.Error) as error:
        raise SystemExit(f"sandbox_bank: cannot open {arguments.database}: {error}") from error
    Courier(app.extensions["sandbox_bank"]).start()
    server = create_server(
        app,
        host=arguments.host,
        port=arguments.port,
        threads=THREADS,
        max_request_body_size=LARGEST_BODY,
        ident="sandbox-bank",
    )
    server.print_listen("Listening on http://{}:{}")
    server.run()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="sandbox_bank", description="A bank to run against.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=8070, help="port to listen on (%(default)s)")
    parser.add_argument("--database", required=True, help="SQLite file, created when missing")
    parser.add_argument(
        "--today",
        type=datetime.date.fromisoformat,
        help="first day of a new bank, YYYY-MM-DD (the real one); an existing bank keeps its day",
    )
    parser.add_argument(
        "--page-size", type=_positive, default=50, help="entries on a page (%(default)s)"
    )
    parser.add_argument(
        "--public-url", default="", help="address for browsers, if it is not the one of programs"
    )
    parser.add_argument(
        "--files", default="", help="folder that exists, for statements laid down as files"
    )
    return parser.parse_args()


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be above 0")
    return number


if __name__ == "__main__":
    main()
