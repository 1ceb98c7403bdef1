"""camt.053 files for tests, small enough to read."""

ENTRY = """
    <Ntry>
      <Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>
      <Sts><Cd>BOOK</Cd></Sts>
      <BookgDt><Dt>{date}</Dt></BookgDt><ValDt><Dt>{date}</Dt></ValDt>
      <NtryDtls><TxDtls><RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls>
    </Ntry>"""

STATEMENT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">
  <BkToCstmrStmt>
    <GrpHdr><MsgId>M-{name}</MsgId><CreDtTm>{date}T06:00:00</CreDtTm></GrpHdr>
    <Stmt>
      <Id>{name}</Id>
      <Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>{currency}</Ccy></Acct>
      <Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp>
        <Amt Ccy="{currency}">{opening}</Amt><CdtDbtInd>CRDT</CdtDbtInd>
        <Dt><Dt>{date}</Dt></Dt></Bal>
      <Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp>
        <Amt Ccy="{currency}">{closing}</Amt><CdtDbtInd>CRDT</CdtDbtInd>
        <Dt><Dt>{date}</Dt></Dt></Bal>
{entries}
    </Stmt>
  </BkToCstmrStmt>
</Document>
"""


def camt(
    iban, *entries, opening="100.00", closing=None, date="2026-03-02", name="S1", currency="EUR"
):
    """Return a camt.053 file; each entry is (amount, text), negative is money out.

    Without ``closing`` the statement adds up.
    """
    if closing is None:
        cents = round(float(opening) * 100) + sum(round(float(row[0]) * 100) for row in entries)
        closing = f"{cents / 100:.2f}"
    body = "".join(
        ENTRY.format(
            amount=amount.lstrip("-"),
            direction="DBIT" if amount.startswith("-") else "CRDT",
            text=text,
            date=date,
            currency=currency,
        )
        for amount, text in entries
    )
    return STATEMENT.format(
        iban=iban,
        entries=body,
        opening=opening,
        closing=closing,
        date=date,
        name=name,
        currency=currency,
    ).encode()


def camt_of(iban, body, *, opening="100.00", closing="200.00", date="2026-03-02", name="S1"):
    """Return a camt.053 file with entries written out as XML."""
    return STATEMENT.format(
        iban=iban,
        entries=body,
        opening=opening,
        closing=closing,
        date=date,
        name=name,
        currency="EUR",
    ).encode()


def ntry(amount, inner="", details="", *, date="2026-03-02", direction="CRDT"):
    """Return one booked entry as XML; ``date`` may be empty."""
    day = f"<BookgDt><Dt>{date}</Dt></BookgDt><ValDt><Dt>{date}</Dt></ValDt>" if date else ""
    return (
        f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>'
        f"<Sts><Cd>BOOK</Cd></Sts>{day}{inner}<NtryDtls>{details}</NtryDtls></Ntry>"
    )


def tx(amount, text, *, name="", inner="", currency="EUR"):
    """Return one transaction of a batch as XML."""
    payer = f"<RltdPties><Dbtr><Pty><Nm>{name}</Nm></Pty></Dbtr></RltdPties>" if name else ""
    return (
        f'<TxDtls><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>{inner}{payer}'
        f"<RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls>"
    )
