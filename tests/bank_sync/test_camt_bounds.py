"""Reading costs little more than xmltodict itself, and memory only for the entries."""

import gc
import io
import time
import tracemalloc

import pytest
import xmltodict

from odoo.addons.bank_sync.core.camt import read_camt

ENTRIES = 1000
#: Margin over the 1.5 that is defended on 50,000 entries: a short run on a busy machine jitters.
MOST_RATIO = 2.0
#: Bytes one entry with one transaction may take once read, and while it is read.
MOST_BYTES_PER_ENTRY = 2500


@pytest.fixture(scope="module")
def many():
    """Return a statement of many entries as XML."""
    entry = (
        "<Ntry><NtryRef>R{0}</NtryRef><Amt Ccy='EUR'>{0}.10</Amt><CdtDbtInd>CRDT</CdtDbtInd>"
        "<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-03-02</Dt></BookgDt>"
        "<ValDt><Dt>2026-03-02</Dt></ValDt><AcctSvcrRef>B{0}</AcctSvcrRef><BkTxCd><Domn>"
        "<Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>"
        "<NtryDtls><TxDtls><Refs><EndToEndId>E{0}</EndToEndId></Refs><Amt Ccy='EUR'>{0}.10</Amt>"
        "<RltdPties><Dbtr><Pty><Nm>Customer {0}</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>DE{0:020}"
        "</IBAN></Id></DbtrAcct></RltdPties><RmtInf><Ustrd>Invoice INV/2026/{0:05}</Ustrd>"
        "</RmtInf></TxDtls></NtryDtls></Ntry>\n"
    )
    head = "<Document><BkToCstmrStmt><Stmt><Acct><Id><IBAN>DE1</IBAN></Id></Acct>"
    body = "".join(entry.format(number) for number in range(1, ENTRIES + 1))
    return f"{head}{body}</Stmt></BkToCstmrStmt></Document>".encode()


def _fastest(work, rounds=3):
    """Return the least processor time of some rounds, in seconds."""
    times = []
    for _round in range(rounds):
        gc.collect()
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def test_reading_costs_little_more_than_plain_xmltodict(many):
    def plain():
        xmltodict.parse(io.BytesIO(many), item_depth=4, item_callback=lambda *_args: True)

    assert _fastest(lambda: read_camt(io.BytesIO(many))) < MOST_RATIO * _fastest(plain)


def test_memory_is_that_of_the_entries_not_of_the_xml(many):
    stream = io.BytesIO(many)
    tracemalloc.start()
    try:
        file = read_camt(stream)
        kept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(file.statements[0].entries) == ENTRIES
    assert kept / ENTRIES < MOST_BYTES_PER_ENTRY
    assert (peak - kept) / ENTRIES < MOST_BYTES_PER_ENTRY / 5
