"""A first proposal of what the columns mean, from their names and what stands in them."""

import unicodedata
from collections.abc import Sequence

from .mapping import ColumnMapping, ColumnRole
from .notation import guess_date_format, guess_decimal_mark
from .sheet import Cell, Sheet

#: Words in column names → role, tried in this order; lower case without accents. English, French,
#: German, Spanish, Dutch, Italian, Portuguese.
WORDS: tuple[tuple[ColumnRole, tuple[str, ...]], ...] = (
    (
        ColumnRole.VALUE_DATE,
        (
            "value date",
            "valuta",
            "date de valeur",
            "fecha valor",
            "wertstellung",
            "valutadatum",
            "rentedatum",
            "data valuta",
            "interest date",
        ),
    ),
    (
        ColumnRole.BOOKING_DATE,
        (
            "booking date",
            "buchungstag",
            "buchungsdatum",
            "date",
            "datum",
            "fecha",
            "data",
            "completed date",
            "boekdatum",
            "posted",
        ),
    ),
    (
        ColumnRole.MONEY_OUT,
        (
            "money out",
            "paid out",
            "debit",
            "soll",
            "cargo",
            "af",
            "dare",
            "withdrawal",
            "ausgang",
            "uitgaven",
        ),
    ),
    (
        ColumnRole.MONEY_IN,
        (
            "money in",
            "paid in",
            "credit",
            "haben",
            "abono",
            "bij",
            "avere",
            "deposit",
            "eingang",
            "inkomsten",
        ),
    ),
    (ColumnRole.BALANCE, ("balance", "saldo", "solde", "kontostand")),
    (
        ColumnRole.CURRENCY,
        (
            "currency",
            "wahrung",
            "waehrung",
            "devise",
            "divisa",
            "valuta code",
            "moneda",
            "muntsoort",
            "ccy",
        ),
    ),
    (
        ColumnRole.AMOUNT,
        (
            "amount",
            "betrag",
            "montant",
            "importe",
            "bedrag",
            "importo",
            "umsatz",
            "valor",
            "montante",
        ),
    ),
    (
        ColumnRole.DIRECTION,
        ("dr/cr", "cr/dr", "debit/credit", "af bij", "s/h", "soll/haben", "direction", "sens"),
    ),
    (ColumnRole.ACCOUNT, ("auftragskonto", "own account", "rekening", "account", "konto")),
    (
        ColumnRole.COUNTERPARTY_ACCOUNT,
        (
            "counterparty account",
            "counterparty iban",
            "iban",
            "kontonummer",
            "tegenrekening",
            "account number",
            "cuenta contraparte",
            "compte contrepartie",
        ),
    ),
    (
        ColumnRole.COUNTERPARTY_NAME,
        (
            "payee",
            "payer",
            "counterparty",
            "name",
            "beguenstigter",
            "begunstigter",
            "auftraggeber",
            "empfanger",
            "naam",
            "nom",
            "beneficiary",
            "nombre",
            "tegenpartij",
        ),
    ),
    (ColumnRole.END_TO_END_ID, ("end to end", "end-to-end", "endtoend", "e2e", "kundenreferenz")),
    (ColumnRole.MANDATE_ID, ("mandate", "mandat")),
    (
        ColumnRole.CREDITOR_REFERENCE,
        ("creditor reference", "structured", "payment reference", "viite", "kid", "ogm"),
    ),
    (
        ColumnRole.ENTRY_REFERENCE,
        (
            "transaction id",
            "transaktions-id",
            "bank reference",
            "reference number",
            "transactiereferentie",
            "referencia",
        ),
    ),
    (
        ColumnRole.REMITTANCE,
        (
            "description",
            "details",
            "remittance",
            "verwendungszweck",
            "libelle",
            "concepto",
            "omschrijving",
            "mededelingen",
            "memo",
            "narrative",
            "causale",
            "descricao",
            "reference",
            "text",
            "communication",
        ),
    ),
    (ColumnRole.TRANSACTION_CODE, ("type", "buchungstext", "code", "transaction type")),
    (ColumnRole.STATE, ("status", "state", "statut")),
)
#: Rows above the header we are willing to look through, and rows that tell the notation.
MAX_PREAMBLE, SAMPLE_ROWS = 30, 2_000


def guess_mapping(
    sheet: Sheet, *, currency: str | None = None, account: str | None = None
) -> ColumnMapping:
    """Return the best guess for ``sheet``; a person approves it before it books anything.

    Where a notation cannot be told (``03/04/2026``) day before month and the decimal comma of the
    guess stand first; ``notation`` tells whether there was a choice.

    :param currency: of the journal, for tables without such a column
    :param account: of the journal, for tables without such a column
    """
    header = _header_row(sheet.rows)
    columns = {} if header is None else _roles(sheet.rows[header])
    body = sheet.rows[0 if header is None else header + 1 :][:SAMPLE_ROWS]
    return ColumnMapping(
        header_row=header,
        columns=columns,
        date_format=(*date_formats(body, columns), "%Y-%m-%d")[0],
        decimal_mark=(*decimal_marks(body, columns), ".")[0],
        currency=currency,
        account=account,
    )


def date_formats(rows: Sequence[Sequence[Cell]], columns: dict[int, ColumnRole]) -> tuple[str, ...]:
    """Return every notation in which the date columns can be read; several are a question."""
    dates = {ColumnRole.BOOKING_DATE, ColumnRole.VALUE_DATE}
    return guess_date_format(_texts(rows, columns, dates))


def decimal_marks(
    rows: Sequence[Sequence[Cell]], columns: dict[int, ColumnRole]
) -> tuple[str, ...]:
    """Return every decimal mark with which the money columns can be read."""
    money = {ColumnRole.AMOUNT, ColumnRole.MONEY_IN, ColumnRole.MONEY_OUT, ColumnRole.BALANCE}
    return guess_decimal_mark(_texts(rows, columns, money))


def _texts(rows, columns, roles) -> list[str]:
    positions = [position for position, role in columns.items() if role in roles]
    return [
        cell
        for row in rows
        for position in positions
        if position < len(row) and isinstance(cell := row[position], str) and cell
    ]


def _header_row(rows: Sequence[Sequence[Cell]]) -> int | None:
    """Return the first row whose cells name a date and an amount, ``None`` where none does."""
    for number, row in enumerate(rows[:MAX_PREAMBLE]):
        roles = set(_roles(row).values())
        dated = {ColumnRole.BOOKING_DATE, ColumnRole.VALUE_DATE} & roles
        if dated and {ColumnRole.AMOUNT, ColumnRole.MONEY_IN, ColumnRole.MONEY_OUT} & roles:
            return number
    return None


def _roles(header: Sequence[Cell]) -> dict[int, ColumnRole]:
    """Return position → role; a role that only one column may have goes to the best name."""
    scored = sorted(
        (-score, position, role)
        for position, cell in enumerate(header)
        for score, role in [_role(_fold(str(cell)))]
        if role
    )
    columns: dict[int, ColumnRole] = {}
    for _score, position, role in scored:
        if role is ColumnRole.REMITTANCE or role not in columns.values():
            columns[position] = role
    return dict(sorted(columns.items()))


def _role(name: str) -> tuple[int, ColumnRole | None]:
    """Return how well ``name`` names a role, and the role; the longest word that fits wins."""
    best: tuple[int, ColumnRole | None] = (0, None)
    words = f" {name} "
    for role, names in WORDS:
        for word in names:
            score = 1000 + len(word) if word == name else len(word)
            if (f" {word} " in words or word == name) and score > best[0]:
                best = (score, role)
    return best


def _fold(text: str) -> str:
    """Return ``text`` in lower case without accents and with single blanks.

    >>> _fold("Date de  Valeur"), _fold("Währung")
    ('date de valeur', 'wahrung')
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(plain.replace("_", " ").lower().split())
