"""What a camt file says is what the statement holds."""

from datetime import date

import pytest

from odoo.addons.bank_sync.core.proof import prove_statement

MARCH_2 = date(2026, 3, 2)
MESSAGES = {
    "camt.052": ("BkToCstmrAcctRpt", "Rpt"),
    "camt.053": ("BkToCstmrStmt", "Stmt"),
    "camt.054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
}


@pytest.mark.parametrize("number", range(1, 15))
@pytest.mark.parametrize("form", MESSAGES)
def test_every_version_of_every_message_is_read(camt, form, number):
    message, tag = MESSAGES[form]
    version = f"{form}.001.{number:02d}"
    name = message + "V01" if number == 1 else message
    data = camt.document(camt.statement(camt.entry(), tag=tag), message=name, version=version)
    file = camt.read(data)
    assert (file.format, file.version) == (form, version)
    assert file.statements[0].entries[0].amount == 1000


def test_an_unknown_namespace_is_no_reason_to_refuse(camt):
    data = camt.document(camt.statement(camt.entry())).replace(b"iso:20022", b"iso:20023")
    assert camt.read(data).version == "camt.053.001.08"
    assert camt.read(data.replace(b"camt.053.001.08", b"bank")).version is None


def test_prefixes_and_envelopes_change_nothing(camt):
    bare = camt.read(camt.document(camt.statement(camt.entry(), camt.balance("CLBD", "10.00"))))
    data = camt.document(camt.statement(camt.entry(), camt.balance("CLBD", "10.00"))).decode()
    body = data.split("\n", 1)[1].replace("xmlns=", "xmlns:n=")
    prefixed = body.replace("</", "\0").replace("<", "<n:").replace("\0", "</n:")
    envelope = f"<E><AppHdr><Fr><Id>x</Id></Fr></AppHdr><Body>{prefixed}</Body></E>"
    assert camt.read(prefixed.encode()) == bare
    assert camt.read(envelope.encode()) == bare


def test_white_space_before_the_xml_is_forgiven(camt):
    assert camt.read(b"\r\n \t" + camt.document(camt.statement())).statements


@pytest.mark.parametrize("encoding", ["UTF-8", "ISO-8859-1", "UTF-16", "windows-1252", "utf-8-sig"])
def test_umlauts_survive_every_encoding(camt, encoding):
    data = camt.document(camt.statement(camt.entry(inner="<AddtlNtryInf>Größe</AddtlNtryInf>")))
    declared = "UTF-8" if encoding == "utf-8-sig" else encoding
    text = data.decode().replace('"UTF-8"', f'"{declared}"')
    file = camt.read(text.encode(encoding))
    assert file.statements[0].entries[0].remittance == ("Größe",)


class TestAmounts:
    def test_the_indicator_is_the_sign(self, camt):
        assert camt.only_entry("10.00").amount == 1000
        assert camt.only_entry("10.00", indicator="DBIT").amount == -1000

    def test_a_reversal_goes_the_way_the_indicator_says(self, camt):
        entry = camt.only_entry(indicator="DBIT", inner="<RvslInd>true</RvslInd>")
        assert (entry.amount, entry.reversal) == (-1000, True)

    def test_zeros_after_the_cents_are_no_harm(self, camt):
        assert camt.only_entry("8.85000").amount == 885

    def test_each_currency_has_its_own_decimals(self, camt):
        assert camt.only_entry("1056", currency="JPY").amount == 1056
        assert camt.only_entry("1.234", currency="KWD").amount == 1234

    def test_a_comment_inside_an_amount_does_not_cut_it(self, camt):
        assert camt.only_entry("1<!-- x -->0.00").amount == 1000

    def test_an_amount_without_currency_is_in_the_currency_of_the_account(self, camt):
        data = camt.document(camt.statement(camt.entry())).replace(b' Ccy="EUR"', b"")
        assert camt.read(data).statements[0].entries[0].currency == "EUR"


class TestBalances:
    def test_opening_and_closing_are_the_booked_balances(self, camt):
        statement = camt.one(
            camt.balance("CLAV", "5.00"),
            camt.balance("OPBD", "100.00", day="2026-03-01"),
            camt.balance("CLBD", "3.00", indicator="DBIT", day="2026-03-04"),
        )
        assert (statement.opening, statement.closing) == (10000, -300)
        assert statement.opening_date == date(2026, 3, 1)
        assert statement.closing_date == date(2026, 3, 4)

    def test_the_previous_closing_balance_stands_in_for_the_opening_one(self, camt):
        assert camt.one(camt.balance("PRCD", "7.00")).opening == 700
        both = camt.one(camt.balance("PRCD", "7.00"), camt.balance("OPBD", "8.00"))
        assert both.opening == 800

    def test_the_credit_line_is_not_the_balance(self, camt):
        line = '<CdtLine><Incl>false</Incl><Amt Ccy="EUR">10000.00</Amt></CdtLine>'
        assert camt.one(camt.balance("CLBD", "23644.83", inner=line)).closing == 2364483

    def test_without_an_indicator_the_figure_stands_as_written(self, camt):
        assert camt.one(camt.balance("CLBD", "5.00", indicator=None)).closing == 500
        assert camt.one(camt.balance("CLBD", "-5.00", indicator=None)).closing == -500

    def test_of_several_balances_the_first_opens_and_the_last_closes(self, camt):
        statement = camt.one(
            camt.balance("OPBD", "2.00", day="2026-03-02"),
            camt.balance("OPBD", "1.00", day="2026-03-01"),
            camt.balance("CLBD", "9.00", day="2026-03-03"),
            camt.balance("CLBD", "8.00", day="2026-03-02"),
        )
        assert (statement.opening, statement.closing) == (100, 900)

    def test_a_balance_in_another_currency_can_fail_a_proof_but_never_give_one(self, camt):
        def read(closing):
            balances = camt.balance("OPBD", "100.00"), camt.balance("CLBD", closing, currency="SEK")
            return camt.read(camt.document(camt.statement(*balances, camt.entry("10.00"))))

        wrong, lucky = read("27.00"), read("110.00")
        assert prove_statement(wrong.statements[0]).status == "failed"
        assert prove_statement(lucky.statements[0]).status == "unproven"
        for file in (wrong, lucky):
            assert [w.code for w in file.warnings] == ["balance_currency_differs"]

    def test_the_currency_of_the_account_may_come_from_balances_or_entries(self, camt):
        assert (
            camt.one(camt.balance("CLAV", "1.00", currency="CHF"), currency=None).currency == "CHF"
        )
        assert camt.one(camt.entry(currency="SEK"), currency=None).currency == "SEK"
        mixed = camt.entry(currency="SEK"), camt.entry(currency="EUR")
        assert camt.one(*mixed, currency=None).currency is None


class TestAccount:
    @pytest.mark.parametrize(
        ("identifier", "account"),
        [
            ("<IBAN>de89 3704 0044 0532 0130 00</IBAN>", "DE89370400440532013000"),
            ("<Othr><Id>12-345</Id></Othr>", "12-345"),
            ("<PrtryAcct><Id>12-345</Id></PrtryAcct>", "12-345"),
            ("<BBAN>12345</BBAN>", "12345"),
        ],
    )
    def test_any_identifier_of_the_account_is_found(self, camt, identifier, account):
        data = camt.document(camt.statement()).decode()
        data = data.replace(f"<IBAN>{camt.IBAN}</IBAN>", identifier)
        assert camt.read(data.encode()).statements[0].account == account

    def test_a_statement_without_account_says_so(self, camt):
        file = camt.read(camt.document(camt.statement(account=None)))
        assert [warning.code for warning in file.warnings] == ["account_missing"]


class TestDates:
    def test_the_day_is_the_banks_day_whatever_the_time_zone(self, camt):
        entry = camt.only_entry(booked="<DtTm>2026-03-02T23:59:59.999-11:00</DtTm>")
        assert entry.booking_date == MARCH_2
        assert camt.only_entry(booked="<Dt>2026-03-02+01:00</Dt>").booking_date == MARCH_2

    def test_a_missing_booking_date_is_taken_from_the_value_date_with_a_warning(self, camt):
        entry = camt.entry(booked="", value="<Dt>2026-03-02</Dt>")
        file = camt.read(camt.document(camt.statement(entry)))
        assert file.statements[0].entries[0].booking_date == MARCH_2
        assert [w.code for w in file.warnings] == ["booking_date_from_value_date"]

    def test_else_from_the_closing_balance_wherever_it_stands(self, camt):
        balance = camt.balance("CLBD", "20.00", day="2026-03-02")
        file = camt.read(
            camt.document(camt.statement(camt.entry(booked=""), camt.entry(booked=""), balance))
        )
        assert {entry.booking_date for entry in file.statements[0].entries} == {MARCH_2}
        assert [(w.code, w.count) for w in file.warnings] == [("booking_date_from_balance", 2)]

    def test_else_it_stays_empty(self, camt):
        file = camt.read(camt.document(camt.statement(camt.entry(booked=""))))
        assert file.statements[0].entries[0].booking_date is None
        assert [w.code for w in file.warnings] == ["booking_date_missing"]

    def test_a_pending_entry_needs_no_booking_date(self, camt):
        entry = camt.entry(booked="", status="PDNG")
        assert not camt.read(camt.document(camt.statement(entry))).warnings


@pytest.mark.parametrize(
    ("status", "pending"),
    [
        ("BOOK", False), ("<Cd>BOOK</Cd>", False), ("", False),
        ("PDNG", True), ("<Cd>PDNG</Cd>", True), ("INFO", True), ("<Cd>FUTR</Cd>", True),
        ("<Prtry>HELD</Prtry>", True),
    ],
)  # fmt: skip
def test_only_what_the_bank_has_booked_counts_as_booked(camt, status, pending):
    assert camt.only_entry(status=status).pending is pending


def test_an_entry_in_another_currency_is_kept_and_told_but_not_summed(camt):
    file = camt.read(
        camt.document(
            camt.statement(
                camt.balance("OPBD", "100.00"),
                camt.balance("CLBD", "110.00"),
                camt.entry("10.00"),
                camt.entry("25.00", currency="USD"),
            )
        )
    )
    assert [entry.currency for entry in file.statements[0].entries] == ["EUR", "USD"]
    assert prove_statement(file.statements[0]).status == "proved"
    assert [(w.code, w.detail) for w in file.warnings] == [("foreign_currency", "USD")]


def test_several_statements_keep_their_order_and_their_entries(camt):
    first = camt.statement(camt.entry("1.00"), account="A1")
    second = camt.statement(account="A2")
    third = camt.statement(camt.entry("2.00"), camt.entry("3.00"), account="A1", currency="USD")
    file = camt.read(camt.document(first, second, third))
    assert [(s.account, s.currency, len(s.entries)) for s in file.statements] == [
        ("A1", "EUR", 1),
        ("A2", "EUR", 0),
        ("A1", "USD", 2),
    ]


def test_a_count_the_bank_gets_wrong_is_told(camt):
    summary = "<TxsSummry><TtlNtries><NbOfNtries>2</NbOfNtries></TtlNtries></TxsSummry>"
    file = camt.read(camt.document(camt.statement(summary, camt.entry())))
    assert [(w.code, w.detail) for w in file.warnings] == [("entry_count_differs", "2")]
