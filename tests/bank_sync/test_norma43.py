"""Norma 43 as Spanish banks write it."""

import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.bank_sync.core.errors import StatementError
from odoo.addons.bank_sync.core.file_reader import read_statement_file
from odoo.addons.bank_sync.core.proof import prove_statement

ACCOUNT = "210004180201234567"


def header(amount=150025, *, sign="2", currency="978", account=ACCOUNT):
    return f"11{account}260301260331{sign}{amount:014}{currency}3ACME SL".ljust(80)


def movement(amount, *, sign="2", day="260302", value="260303", ref="FACTURA 4711"):
    text = f"22    0418{day}{value}02040{sign}{amount:014}0000000001000000000777{ref}"
    return text.ljust(80)


def trailer(
    *, debits=(0, 0), credits_=(0, 0), sign="2", closing=0, currency="978", account=ACCOUNT
):
    return (
        f"33{account}{debits[0]:05}{debits[1]:014}{credits_[0]:05}{credits_[1]:014}"
        f"{sign}{closing:014}{currency}"
    ).ljust(80)


def end(count):
    return f"88{'9' * 18}{count:06}".ljust(80)


def month(*between, closing=400025, **options):
    total = trailer(credits_=(1, 250000), closing=closing, **options)
    return [header(), movement(250000), *between, total, end(3 + len(between))]


def read(*lines, encoding="latin-1", newline="\r\n"):
    data = newline.join(lines).encode(encoding)
    return read_statement_file(io.BytesIO(data))


def refusal(*lines):
    with pytest.raises(StatementError) as caught:
        read(*lines)
    return caught.value


def codes(file):
    return [warning.code for warning in file.warnings]


def test_a_month_is_read_and_proved():
    texts = ("2301" + "CLIENTE ESPAÑA".ljust(38) + "PAGO", "2302" + "FACTURA")
    file = read(*month(*texts))
    (one,) = file.statements
    assert (file.format, file.warnings) == ("Norma 43", ())
    assert (one.account, one.currency) == (ACCOUNT, "EUR")
    assert (one.opening, one.closing) == (150025, 400025)
    assert (one.opening_date, one.closing_date) == (date(2026, 3, 1), date(2026, 3, 31))
    assert prove_statement(one).status == "proved"
    (entry,) = one.entries
    assert (entry.booking_date, entry.value_date) == (date(2026, 3, 2), date(2026, 3, 3))
    assert entry.remittance == ("FACTURA 4711", "CLIENTE ESPAÑA", "PAGO", "FACTURA")
    assert (entry.entry_reference, entry.servicer_reference) == ("0000000001", "000000000777")
    assert entry.bank_transaction_code == "02-040"


def test_the_amount_in_the_currency_it_was_ordered_in_is_kept():
    file = read(*month("2401" + "840" + f"{12345:014}"))
    (entry,) = file.statements[0].entries
    assert (entry.original_amount, entry.original_currency) == (12345, "USD")
    own = read(*month("2401" + "978" + f"{250000:014}"))
    assert own.statements[0].entries[0].original_currency is None


def test_unpadded_lines_and_lines_without_breaks_are_read():
    lines = month("2301TEXTO")
    whole = read(*lines)
    assert read(*(line.rstrip() for line in lines), newline="\n") == whole
    joined = read("".join(line.ljust(80) for line in lines))
    assert joined.statements == whole.statements


def test_a_balance_without_a_sign_is_credit_unless_the_proof_says_debit():
    file = read(*month(sign="0"))
    assert (file.statements[0].closing, codes(file)) == (400025, ["sign_assumed"])
    debit = [header(0), movement(500, sign="1"), trailer(debits=(1, 500), sign="0", closing=500)]
    file = read(*debit, end(3))
    assert file.statements[0].closing == -500
    assert prove_statement(file.statements[0]).status == "proved"


def test_a_balance_with_a_false_sign_is_refused():
    error = refusal(*month(sign="9"))
    assert (error.code, error.place) == ("bad_direction", "line 3")


def test_missing_trailers_are_told():
    lines = month()
    assert codes(read(*lines[:-1])) == ["trailer_missing"]
    file = read(*lines[:-2])
    assert codes(file) == ["trailer_missing"] * 2
    assert (file.statements[0].closing, file.statements[0].closing_date) == (None, None)


def test_wrong_counts_and_totals_are_told():
    wrong = trailer(debits=(1, 5), credits_=(2, 7), closing=400025)
    file = read(header(), movement(250000), wrong, end(99))
    expected = ["entry_count_differs", "control_total_differs"] * 2 + ["record_count_differs"]
    assert codes(file) == expected
    assert [warning.detail for warning in file.warnings][1::2][:2] == [
        "0.05, not 0.00",
        "0.07, not 2500.00",
    ]


def test_entries_of_nought_count_on_either_side():
    lines = [header(), movement(250000), movement(0), movement(0, sign="1")]
    for counts in ((0, 3), (1, 2), (2, 1)):
        total = trailer(debits=(counts[0], 0), credits_=(counts[1], 250000), closing=400025)
        assert not read(*lines, total, end(5)).warnings


def test_a_trailer_of_another_account_is_told():
    assert codes(read(*month(account="0" * 18))) == ["account_differs"]


def test_several_accounts_are_several_statements():
    other = "210004180200000001"
    lines = [*month()[:-1], header(-0, account=other, currency="840"), trailer(account=other)]
    file = read(*lines, end(5))
    assert [one.account for one in file.statements] == [ACCOUNT, other]
    assert [one.currency for one in file.statements] == ["EUR", "USD"]


def test_yen_have_no_decimals_but_the_format_writes_two():
    lines = [header(100, currency="392"), movement(500), trailer(credits_=(1, 500), closing=600)]
    (one,) = read(*lines, end(3)).statements
    assert (one.opening, one.entries[0].amount, one.closing) == (1, 5, 6)
    assert refusal(header(150, currency="392")).code == "amount_precision"


@pytest.mark.parametrize(
    ("lines", "code", "place"),
    [
        ([header(), movement(1, day="260230")], "bad_date", "line 2"),
        ([header(), movement(1, sign="3")], "bad_direction", "line 2"),
        ([header(), movement(1)[:35]], "bad_amount", "line 2"),
        ([header(), "2301TEXT"], "out_of_place", "line 2"),
        ([header(), "99"], "bad_record", "line 2"),
        ([header(currency="000")], "bad_currency", "line 1"),
        ([*month(), movement(1)], "out_of_place", "line 5"),
        ([header(), end(1), header()], "out_of_place", "line 3"),
        ([header(), movement(1), "33" + ACCOUNT + "x"], "bad_record", "line 3"),
    ],
)
def test_broken_files_are_refused_with_their_line(lines, code, place):
    error = refusal(*lines)
    assert (error.code, error.place) == (code, place)


@given(st.lists(st.integers(-(10**10), 10**10), max_size=8), st.integers(-(10**10), 10**10))
def test_entries_that_add_up_are_proved(amounts, opening):
    closing = opening + sum(amounts)
    debits = [-a for a in amounts if a < 0]
    credits_ = [a for a in amounts if a > 0]
    noughts = amounts.count(0)
    lines = [header(abs(opening), sign="2" if opening >= 0 else "1")]
    lines += [movement(abs(a), sign="2" if a >= 0 else "1") for a in amounts]
    lines.append(
        trailer(
            debits=(len(debits), sum(debits)),
            credits_=(len(credits_) + noughts, sum(credits_)),
            sign="2" if closing >= 0 else "1",
            closing=abs(closing),
        )
    )
    file = read(*lines, end(len(lines)))
    assert not file.warnings
    assert prove_statement(file.statements[0]).status == "proved"


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_the_published_library_reads_the_same():
    aeb43 = pytest.importorskip("csb43.aeb43", reason="peer csb43 is missing: NOT compared")
    lines = month("2301" + "CLIENTE".ljust(38) + "PAGO".ljust(38))
    batch = aeb43.read_batch(io.BytesIO(("\r\n".join(lines) + "\r\n").encode()))
    (account,) = batch.accounts
    (one,) = read(*lines).statements
    assert [int(t.amount * 100) for t in account.transactions] == [e.amount for e in one.entries]
    assert [t.transaction_date for t in account.transactions] == [
        e.booking_date for e in one.entries
    ]


def test_old_files_in_pesetas_are_read():
    first, *rest = month()
    assert first[47:50] == "978"
    (one,) = read(first[:47] + "724" + first[50:], *rest).statements
    assert (one.currency, one.opening) == ("ESP", 150025)
