"""camt: fees, conversions, batches, descriptions, all kinds of remittance, reversals."""

from decimal import Decimal

import pytest

from odoo.addons.bank_sync.core.proof import prove_statement
from odoo.addons.bank_sync.core.statement import Charge

MONEY = '<Amt Ccy="EUR">10.00</Amt>'


def transaction(*parts):
    return f"<TxDtls>{MONEY}{''.join(parts)}</TxDtls>"


def exchange(rate, tag="InstdAmt", amount="11.50", currency="USD"):
    return (
        f'<AmtDtls><{tag}><Amt Ccy="{currency}">{amount}</Amt><CcyXchg><SrcCcy>USD</SrcCcy>'
        f"<TrgtCcy>EUR</TrgtCcy><XchgRate>{rate}</XchgRate></CcyXchg></{tag}></AmtDtls>"
    )


class TestCharges:
    @pytest.mark.parametrize(
        ("written", "charges"),
        [
            (
                '<Rcrd><Amt Ccy="EUR">0.50</Amt><CdtDbtInd>DBIT</CdtDbtInd>'
                "<ChrgInclInd>true</ChrgInclInd></Rcrd>",
                (Charge(50, "EUR", True),),
            ),
            (
                '<Rcrd><Amt Ccy="EUR">0.50</Amt></Rcrd><Rcrd><Amt Ccy="USD">1</Amt>'
                "<CdtDbtInd>CRDT</CdtDbtInd><ChrgInclInd>false</ChrgInclInd></Rcrd>",
                (Charge(50, "EUR"), Charge(-100, "USD", False)),
            ),
            ('<TtlChrgsAndTaxAmt Ccy="EUR">0.75</TtlChrgsAndTaxAmt>', (Charge(75, "EUR"),)),
            (
                '<TtlChrgsAndTaxAmt Ccy="EUR">0.75</TtlChrgsAndTaxAmt>'
                '<Rcrd><Amt Ccy="EUR">0.75</Amt></Rcrd>',
                (Charge(75, "EUR"),),
            ),
            ('<Amt Ccy="EUR">0.25</Amt><CdtDbtInd>DBIT</CdtDbtInd>', (Charge(25, "EUR"),)),
            ('<Rcrd><Amt Ccy="EUR">0.00</Amt></Rcrd>', ()),
            ('<Rcrd><Amt Ccy="EUR">nonsense</Amt></Rcrd>', ()),
            ("", ()),
        ],
    )
    def test_of_the_entry_or_of_its_only_transaction(self, camt, written, charges):
        fees = f"<Chrgs>{written}</Chrgs>"
        assert camt.only_entry(inner=fees).charges == charges
        entry = camt.only_entry(details=transaction(fees))
        assert entry.charges == entry.details[0].charges == charges

    def test_of_version_02_are_one_each(self, camt):
        fee = '<Chrgs><Amt Ccy="EUR">0.25</Amt></Chrgs>'
        assert camt.only_entry(inner=fee * 2).charges == (Charge(25, "EUR"),) * 2


class TestConversion:
    def test_the_order_in_another_currency_is_the_original(self, camt):
        for place in ({"inner": exchange("1.15")}, {"details": transaction(exchange("1.15"))}):
            entry = camt.only_entry(indicator="DBIT", **place)
            assert (entry.original_amount, entry.original_currency) == (-1150, "USD")
            assert entry.exchange_rate == Decimal("1.15")

    def test_the_order_in_the_same_currency_is_none(self, camt):
        entry = camt.only_entry(inner=exchange("1", currency="EUR"))
        assert (entry.original_amount, entry.exchange_rate) == (None, None)

    def test_without_an_order_the_transaction_amount_counts(self, camt):
        entry = camt.only_entry(inner=exchange("1.15", tag="TxAmt"))
        assert (entry.original_amount, entry.exchange_rate) == (1150, Decimal("1.15"))

    def test_a_foreign_amount_of_the_only_transaction_is_the_original(self, camt):
        details = '<TxDtls><Amt Ccy="JPY">1500</Amt></TxDtls>'
        entry = camt.only_entry(details=details)
        assert (entry.original_amount, entry.original_currency) == (1500, "JPY")

    @pytest.mark.parametrize("rate", ["0", "-1", "1e3", "", "NaN", "9" * 100])
    def test_a_rate_that_is_none_is_left_out(self, camt, rate):
        entry = camt.only_entry(inner=exchange(rate))
        assert (entry.original_amount, entry.exchange_rate) == (1150, None)

    def test_what_cannot_be_read_refuses_no_file(self, camt):
        assert camt.only_entry(inner=exchange("1", amount="1,5")).original_amount is None
        assert camt.only_entry(inner=exchange("1", amount="0.005")).original_amount is None


class TestBatch:
    def test_it_has_its_name_and_size_even_without_transactions(self, camt):
        batch = "<Btch><MsgId>M1</MsgId><PmtInfId>P1</PmtInfId><NbOfTxs>25</NbOfTxs></Btch>"
        entry = camt.only_entry(details=batch)
        assert (entry.batch_reference, entry.batch_size, entry.details) == ("P1", 25, ())

    def test_the_name_of_the_message_stands_in(self, camt):
        entry = camt.only_entry(details="<Btch><MsgId>M1</MsgId></Btch>")
        assert (entry.batch_reference, entry.batch_size) == ("M1", None)

    def test_sizes_of_several_are_added_up(self, camt):
        one = "<Btch><PmtInfId>P1</PmtInfId><NbOfTxs>2</NbOfTxs></Btch>"
        entry = camt.only_entry(details=f"{one}</NtryDtls><NtryDtls>{one}")
        assert (entry.batch_reference, entry.batch_size) == ("P1", 4)

    @pytest.mark.parametrize("size", ["many", "-1", "²", "9" * 5000, "9" * 15])
    def test_a_size_that_is_none_is_left_out(self, camt, size):
        details = f"<Btch><NbOfTxs>{size}</NbOfTxs></Btch>"
        assert camt.only_entry(details=details).batch_size is None

    def test_a_size_that_no_database_holds_is_none(self, camt):
        one = "<Btch><NbOfTxs>999999999</NbOfTxs></Btch>"
        assert camt.only_entry(details=one).batch_size == 999_999_999
        assert camt.only_entry(details="</NtryDtls><NtryDtls>".join([one] * 3)).batch_size is None

    def test_transactions_of_one_order_are_a_batch_of_its_name(self, camt):
        ordered = transaction("<Refs><PmtInfId>P1</PmtInfId></Refs>")
        assert camt.only_entry(details=ordered * 2).batch_reference == "P1"
        assert camt.only_entry(details=ordered).batch_reference is None
        other = transaction("<Refs><PmtInfId>P2</PmtInfId></Refs>")
        assert camt.only_entry(details=ordered + other).batch_reference is None

    def test_no_batch_is_none(self, camt):
        entry = camt.only_entry(details=transaction() * 2)
        assert (entry.batch_reference, entry.batch_size) == (None, None)


class TestTexts:
    def test_the_bank_describes_beside_what_the_payer_wrote(self, camt):
        note = "<AddtlNtryInf>SEPA CREDIT</AddtlNtryInf>"
        paid = transaction("<RmtInf><Ustrd>Invoice 7</Ustrd></RmtInf>")
        entry = camt.only_entry(inner=note, details=paid)
        assert (entry.remittance, entry.description) == (("Invoice 7",), "SEPA CREDIT")

    def test_the_description_is_the_text_where_the_payer_wrote_none(self, camt):
        entry = camt.only_entry(inner="<AddtlNtryInf>SEPA CREDIT</AddtlNtryInf>")
        assert (entry.remittance, entry.description) == (("SEPA CREDIT",), None)

    def test_what_the_bank_says_of_the_only_transaction_describes_too(self, camt):
        paid = transaction("<RmtInf><Ustrd>Inv 7</Ustrd></RmtInf>", "<AddtlTxInf>SEPA</AddtlTxInf>")
        entry = camt.only_entry(details=paid)
        assert (entry.remittance, entry.description) == (("Inv 7",), "SEPA")
        alone = camt.only_entry(details=transaction("<AddtlTxInf>SEPA</AddtlTxInf>"))
        assert (alone.remittance, alone.description) == (("SEPA",), None)

    def test_a_description_that_repeats_the_text_is_none(self, camt):
        entry = camt.only_entry(
            inner="<AddtlNtryInf>Invoice 7</AddtlNtryInf>",
            details=transaction("<RmtInf><Ustrd>Invoice 7</Ustrd></RmtInf>"),
        )
        assert (entry.remittance, entry.description) == (("Invoice 7",), None)

    def test_free_and_structured_remittance_are_both_kept(self, camt):
        information = (
            "<RmtInf><Ustrd>Invoices</Ustrd>"
            "<Strd><RfrdDocInf><Tp><CdOrPrtry><Cd>CINV</Cd></CdOrPrtry></Tp><Nb>INV-1</Nb></RfrdDocInf>"
            "<RfrdDocInf><Nb>INV-2</Nb></RfrdDocInf>"
            "<CdtrRefInf><Ref>RF18539007547034</Ref></CdtrRefInf></Strd>"
            "<Strd><CdtrRefInf><Ref>RF471234567890</Ref></CdtrRefInf>"
            "<AddtlRmtInf>less 2 %</AddtlRmtInf></Strd></RmtInf>"
        )
        entry = camt.only_entry(details=transaction(information))
        assert entry.creditor_reference == "RF18539007547034"
        assert entry.remittance == ("Invoices", "INV-1", "INV-2", "RF471234567890", "less 2 %")

    def test_what_the_free_text_says_is_not_said_twice(self, camt):
        information = (
            "<RmtInf><Ustrd>Invoice INV-1</Ustrd>"
            "<Strd><RfrdDocInf><Nb>INV-1</Nb></RfrdDocInf></Strd></RmtInf>"
        )
        assert camt.only_entry(details=transaction(information)).remittance == ("Invoice INV-1",)

    def test_an_ultimate_party_stands_in_for_one_without_name(self, camt):
        parties = (
            "<RltdPties><UltmtDbtr><Pty><Nm>Parent</Nm></Pty></UltmtDbtr>"
            "<DbtrAcct><Id><IBAN>NL13TEST0123456789</IBAN></Id></DbtrAcct></RltdPties>"
        )
        entry = camt.only_entry(details=transaction(parties))
        assert entry.counterparty_name == "Parent"
        assert entry.counterparty_account == "NL13TEST0123456789"


class TestReversalDirection:
    """OCA bank-statement-import #375: some banks give the direction of what is undone."""

    def statement(self, camt, indicator, closing, *more):
        parties = "<RltdPties><Dbtr><Nm>Payer</Nm></Dbtr><Cdtr><Nm>Us</Nm></Cdtr></RltdPties>"
        undone = camt.entry(
            indicator=indicator, inner="<RvslInd>true</RvslInd>", details=transaction(parties)
        )
        balances = camt.balance("OPBD", "100.00") + camt.balance("CLBD", closing)
        return camt.read(camt.document(camt.statement(balances, undone, *more)))

    def test_by_the_standard_the_indicator_is_the_way_the_money_went(self, camt):
        file = self.statement(camt, "DBIT", "90.00")
        assert file.statements[0].entries[0].amount == -1000
        assert file.warnings == ()

    def test_the_balances_turn_it_where_only_that_adds_up(self, camt):
        file = self.statement(camt, "CRDT", "90.00")
        (entry,) = file.statements[0].entries
        assert (entry.amount, entry.reversal) == (-1000, True)
        assert [detail.amount for detail in entry.details] == [-1000]
        assert entry.counterparty_name == "Payer"
        assert prove_statement(file.statements[0]).status == "proved"
        assert [(w.code, w.count) for w in file.warnings] == [("reversal_direction", 1)]

    def test_nothing_is_turned_where_neither_adds_up_or_nothing_can_be_proved(self, camt):
        file = self.statement(camt, "CRDT", "55.00")
        assert file.statements[0].entries[0].amount == 1000
        assert [warning.code for warning in file.warnings] == []
        unproven = camt.one(camt.entry(inner="<RvslInd>true</RvslInd>"))
        assert unproven.entries[0].amount == 1000

    def test_other_entries_keep_their_direction(self, camt):
        file = self.statement(camt, "CRDT", "95.00", camt.entry("5.00"))
        assert [entry.amount for entry in file.statements[0].entries] == [-1000, 500]
