"""Who paid, why, and with which references."""

import pytest

DEBTOR = (
    "<Dbtr><Pty><Nm>Ann Payer</Nm></Pty></Dbtr>"
    "<DbtrAcct><Id><IBAN>NL13TEST0123456789</IBAN></Id></DbtrAcct>"
)
CREDITOR = "<Cdtr><Nm>Bob Seller</Nm></Cdtr><CdtrAcct><Id><Othr><Id>77</Id></Othr></Id></CdtrAcct>"


def transaction(*parts):
    return f"<TxDtls>{''.join(parts)}</TxDtls>"


def parties(*parts):
    return f"<RltdPties>{''.join(parts)}</RltdPties>"


def remittance(*parts):
    return f"<RmtInf>{''.join(parts)}</RmtInf>"


def test_the_only_transaction_speaks_for_its_entry(camt):
    details = transaction(
        "<Refs><AcctSvcrRef>B1</AcctSvcrRef><EndToEndId>E1</EndToEndId><MndtId>M1</MndtId></Refs>",
        '<Amt Ccy="EUR">10.00</Amt>',
        parties(DEBTOR, CREDITOR),
        remittance(
            "<Ustrd>Invoice 7</Ustrd><Ustrd>thanks</Ustrd>",
            "<Strd><CdtrRefInf><Ref>RF18539007547034</Ref></CdtrRefInf></Strd>",
        ),
        "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>",
    )
    code = (
        "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn>"
        "<Prtry><Cd>166</Cd></Prtry></BkTxCd>"
    )
    entry = camt.only_entry(details=details, inner=f"<NtryRef>N1</NtryRef>{code}")
    assert entry.entry_reference == "N1"
    assert entry.servicer_reference == "B1"
    assert entry.end_to_end_id == "E1"
    assert entry.mandate_id == "M1"
    assert entry.counterparty_name == "Ann Payer"
    assert entry.counterparty_account == "NL13TEST0123456789"
    assert entry.remittance == ("Invoice 7", "thanks")
    assert entry.creditor_reference == "RF18539007547034"
    assert entry.return_reason == "AC04"
    assert entry.bank_transaction_code == "PMNT-RCDT-ESCT"
    assert entry.details[0].amount == 1000


def test_a_batch_keeps_its_payers_apart(camt):
    one = transaction('<Amt Ccy="EUR">4.00</Amt>', parties(DEBTOR))
    two = transaction(
        "<AmtDtls><TxAmt><Amt Ccy='EUR'>7.00</Amt></TxAmt></AmtDtls>",
        "<Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>",
    )
    fee = transaction('<Amt Ccy="EUR">1.00</Amt><CdtDbtInd>DBIT</CdtDbtInd>')
    entry = camt.only_entry("10.00", details=one + two + f"</NtryDtls><NtryDtls>{fee}")
    assert entry.counterparty_name is None
    assert [detail.amount for detail in entry.details] == [400, 700, -100]
    assert entry.details[0].counterparty_name == "Ann Payer"
    assert entry.details[1].end_to_end_id is None


def test_a_batch_that_does_not_add_up_is_told(camt):
    entry = camt.entry("10.00", details=transaction('<Amt Ccy="EUR">4.00</Amt>') * 2)
    file = camt.read(camt.document(camt.statement(entry)))
    assert [(w.code, w.place, w.detail) for w in file.warnings] == [
        ("details_differ", "Stmt[1]/Ntry[1]", "2.00 EUR")
    ]


def test_an_instructed_amount_counts_only_when_nothing_was_converted(camt):
    def detail(currency):
        amount = f'<AmtDtls><InstdAmt><Amt Ccy="{currency}">10.00</Amt></InstdAmt></AmtDtls>'
        return camt.only_entry(details=transaction(amount)).details[0].amount

    assert (detail("EUR"), detail("USD")) == (1000, None)


@pytest.mark.parametrize(
    ("options", "parts", "name"),
    [
        ({}, DEBTOR + CREDITOR, "Ann Payer"),
        ({"indicator": "DBIT"}, DEBTOR + CREDITOR, "Bob Seller"),
        # A reversal keeps the roles of the payment it undoes.
        ({"indicator": "DBIT", "inner": "<RvslInd>true</RvslInd>"}, DEBTOR + CREDITOR, "Ann Payer"),
        # Only one side given: it is the other one, whatever its role.
        ({}, CREDITOR, "Bob Seller"),
        ({}, "<UltmtDbtr><Pty><Nm>Real Payer</Nm></Pty></UltmtDbtr>", "Real Payer"),
        ({}, "<Dbtr><Agt><FinInstnId><Nm>Bank</Nm></FinInstnId></Agt></Dbtr>", "Bank"),
    ],
)
def test_the_counterparty_is_the_other_side(camt, options, parts, name):
    details = transaction(parties(parts))
    assert camt.only_entry(details=details, **options).counterparty_name == name


@pytest.mark.parametrize(
    ("options", "parts", "name"),
    [
        ({}, DEBTOR + "<UltmtDbtr><Nm>Real Payer</Nm></UltmtDbtr>", "Real Payer"),
        ({}, DEBTOR + "<UltmtDbtr><Pty><Nm>Real Payer</Nm></Pty></UltmtDbtr>", "Real Payer"),
        ({}, DEBTOR + "<UltmtDbtr><Nm>Ann Payer</Nm></UltmtDbtr>", None),
        ({}, DEBTOR + CREDITOR + "<UltmtCdtr><Nm>Real Seller</Nm></UltmtCdtr>", None),
        (
            {"indicator": "DBIT"},
            DEBTOR + CREDITOR + "<UltmtCdtr><Nm>Real Seller</Nm></UltmtCdtr>",
            "Real Seller",
        ),
        ({}, "<UltmtDbtr><Nm>Real Payer</Nm></UltmtDbtr>", None),
    ],
)
def test_on_whose_behalf_the_other_side_acts_is_kept(camt, options, parts, name):
    entry = camt.only_entry(details=transaction(parties(parts)), **options)
    assert (entry.ultimate_name, entry.details[0].ultimate_name) == (name, name)


def test_our_own_account_is_never_the_counterparty(camt):
    own = f"<Dbtr><Nm>We</Nm></Dbtr><DbtrAcct><Id><IBAN>{camt.IBAN}</IBAN></Id></DbtrAcct>"
    assert camt.only_entry(details=transaction(parties(own, CREDITOR))).counterparty_name == (
        "Bob Seller"
    )
    assert camt.only_entry(details=transaction(parties(own))).counterparty_account is None


@pytest.mark.parametrize(
    ("details", "inner", "lines"),
    [
        (remittance("<Ustrd>text</Ustrd>"), "", ("text",)),
        (
            remittance("<Strd><RfrdDocInf><Nb>INV 7</Nb></RfrdDocInf></Strd>"),
            "<AddtlNtryInf>bank's words</AddtlNtryInf>",
            ("INV 7",),
        ),
        ("<AddtlTxInf>of the payment</AddtlTxInf>", "", ("of the payment",)),
        ("", "<AddtlNtryInf>of the entry</AddtlNtryInf>", ("of the entry",)),
        (remittance("<Ustrd/><Ustrd> </Ustrd>"), "", ()),
    ],
)
def test_the_payers_text_comes_before_the_banks(camt, details, inner, lines):
    assert camt.only_entry(details=transaction(details), inner=inner).remittance == lines


def test_version_01_has_its_transactions_directly_in_the_entry(camt):
    inner = transaction("<Refs><EndToEndId>E1</EndToEndId></Refs>")
    assert camt.only_entry(inner=inner).end_to_end_id == "E1"


def test_amounts_deeper_down_are_not_the_entrys(camt):
    charges = '<Chrgs><Rcrd><Amt Ccy="EUR">99.00</Amt></Rcrd></Chrgs>'
    nested = '<SplmtryData><Envlp><Ntry><Amt Ccy="EUR">5.00</Amt></Ntry></Envlp></SplmtryData>'
    statement = camt.one(camt.entry("10.00", inner=charges + nested))
    assert [entry.amount for entry in statement.entries] == [1000]
