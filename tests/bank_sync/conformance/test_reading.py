"""Paging, allowances, refusals and values: what every adapter makes of them."""

import datetime

import pytest

from odoo.addons.bank_sync.connectors import base
from odoo.addons.bank_sync.core.entry_window import Coverage
from odoo.addons.bank_sync.core.identity import reconcile_window

from .dialects import START, Line
from .reading import amounts, pages_of, read
from .scripted_bank import Reply


def books(entries):
    """Return what the books say after this one complete reading."""
    plan = reconcile_window([], entries, Coverage("whole", START))
    return sorted(entries[new.index].amount for new in plan.added)


# === ALLOWANCES AND REFUSALS === #


def test_case_031_a_consent_the_bank_calls_valid_is_not_given_up(bank, dialect, adapter):
    status, code = dialect.dead_consent
    bank.on("GET", dialect.consent, Reply(200, dialect.consent_with("valid")))
    for refusal in (Reply(status, dialect.error(code)), Reply(401, b"")):
        bank.on("GET", dialect.transactions, refusal)
        with pytest.raises(base.Temporary) as caught:
            pages_of(adapter())
        assert caught.value.code == "contradiction"


def test_case_031_a_consent_the_bank_calls_dead_is_dead(bank, dialect, adapter):
    status, code = dialect.dead_consent
    bank.on("GET", dialect.consent, Reply(200, dialect.consent_with("expired")))
    for refusal in (Reply(status, dialect.error(code)), Reply(401, b"")):
        bank.on("GET", dialect.transactions, refusal)
        with pytest.raises(base.ConsentInvalid):
            pages_of(adapter())


def test_case_031_an_internal_error_is_tried_again_and_forgotten(bank, dialect, adapter):
    page = Reply(200, dialect.page(Line("1.00")))
    bank.on("GET", dialect.transactions, Reply(500, b""), Reply(502, b"<html>"), page)
    assert amounts(adapter()) == [100]


def test_case_034_the_banks_own_pause_is_honoured_and_not_tried_again(bank, dialect, adapter):
    status, code = dialect.quota
    reply = Reply(status, dialect.error(code), headers={"Retry-After": "7200"})
    bank.on("GET", dialect.transactions, reply)
    with pytest.raises(base.QuotaExceeded) as caught:
        pages_of(adapter())
    assert caught.value.retry_after == 7200
    assert not caught.value.per_day
    assert len(bank.asked) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 429])
@pytest.mark.parametrize(
    "words",
    [
        "[HUB046] Allowed number of accesses exceeded for consent",
        "CLO03941 Access exceeded",
        "The consented multiplicity per day is used up",
        "Daily limit of requests has been exceeded",
    ],
)
def test_case_035_a_used_up_day_is_known_by_its_words(bank, dialect, adapter, status, words):
    for body in (words.encode(), dialect.error("SERVICE_BLOCKED", words)):
        bank.on("GET", dialect.transactions, Reply(status, body))
        with pytest.raises(base.QuotaExceeded) as caught:
            pages_of(adapter())
        assert caught.value.per_day, "nothing before the bank's next day helps"
        assert caught.value.retry_after is None


@pytest.mark.parametrize("words", ["Consent expired", "Credit limit reached", "Wrong IBAN", ""])
def test_other_words_are_no_allowance(bank, dialect, adapter, words):
    bank.on("GET", dialect.transactions, Reply(400, dialect.error("FORMAT_ERROR", words)))
    with pytest.raises(base.Permanent):
        pages_of(adapter())


def test_case_038_an_allowance_that_ends_between_pages_ends_the_stretch(bank, dialect, adapter):
    path = dialect.transactions
    second = f"{bank.url}{path}?page=2"
    bank.on("GET", path, Reply(200, dialect.page(Line("1.00"), following=second)))
    bank.on("GET", f"{path}?page=2", Reply(dialect.quota[0], dialect.error(dialect.quota[1])))
    pages = adapter().pages("C1", "A1", date_from=START)
    assert next(pages).content
    with pytest.raises(base.QuotaExceeded):
        next(pages)


def test_case_046_a_stretch_too_long_ago_says_so(bank, dialect, adapter):
    status, code = dialect.too_old
    words = "Only entries from 2026-02-10 on are available"
    bank.on("GET", dialect.transactions, Reply(status, dialect.error(code, words)))
    with pytest.raises(base.PeriodTooOld) as caught:
        pages_of(adapter())
    assert caught.value.earliest == datetime.date(2026, 2, 10)


# === PAGING === #


def test_pages_are_followed_to_the_end(bank, dialect, adapter):
    path = dialect.transactions
    for number in (1, 2, 3):
        following = f"{bank.url}{path}?page={number + 1}" if number < 3 else None
        target = path if number == 1 else f"{path}?page={number}"
        page = dialect.page(Line(f"{number}.00", id=f"T{number}"), following=following)
        bank.on("GET", target, Reply(200, page))
    assert amounts(adapter()) == [100, 200, 300]


@pytest.mark.parametrize("following", ["itself", "circle", "same_content"])
def test_case_040_a_next_page_that_leads_back_is_noticed(bank, dialect, adapter, following):
    path = dialect.transactions
    second = f"{bank.url}{path}?page=2"

    def itself(asked):
        return Reply(200, dialect.page(Line("1.00", id="T1"), following=bank.url + asked.target))

    if following == "itself":
        bank.on("GET", path, itself)
    elif following == "circle":
        bank.on("GET", path, Reply(200, dialect.page(Line("1.00"), following=second)))
        bank.on("GET", f"{path}?page=2", Reply(200, dialect.page(Line("2.00"), following=second)))
    else:
        count = iter(range(10_000))
        bank.on(
            "GET",
            path,
            lambda _asked: Reply(
                200,
                dialect.page(
                    Line("1.00", id="T1"), following=f"{bank.url}{path}?page={next(count)}"
                ),
            ),
        )
    with pytest.raises(base.ContractViolation) as caught:
        pages_of(adapter())
    assert caught.value.code == "page_loop"
    assert len(bank.asked) < 10


@pytest.mark.parametrize("shape", ["whole", "root", "no_scheme", "query", "short_root"])
def test_case_041_a_link_is_found_however_it_is_written(bank, dialect, adapter, shape):
    path = dialect.transactions
    shapes = {
        "whole": f"{bank.url}{path}?page=2",
        "root": f"{path}?page=2",
        "no_scheme": f"127.0.0.1:{bank.port}{path}?page=2",
        "query": "?page=2",
        "short_root": f"{path.removeprefix(dialect.base)}?page=2",
    }
    bank.on("GET", path, Reply(200, dialect.page(Line("1.00"), following=shapes[shape])))
    bank.on("GET", f"{path}?page=2", Reply(200, dialect.page(Line("2.00"))))
    assert amounts(adapter()) == [100, 200]


@pytest.mark.parametrize(
    "link",
    [
        "null/open-banking/v3.1/aisp/accounts/A1/transactions",
        "https://evil.example/psd2/v1/accounts/A1/transactions",
        "//evil.example/x",
        "www.evil.example/psd2/v1/accounts/A1/transactions",
        "{base}/accounts/A2/transactions",
        "{base}/accounts/A1/balances",
        "{transactions}/../../A2/transactions",
        "{transactions}%2F..%2F..%2FA2",
        "{transactions}/%2e%2e/%2E%2E/A2/transactions",
        "{transactions}/.%2e/x",
        "{base}/%2e%2e/%2e%2e/admin",
        "\\\\evil.example\\x",
        "http:evil.example",
        "//127.0.0.1@evil.example/x",
        "javascript:alert(1)",
        "file:///etc/passwd",
    ],
)
def test_case_041_a_link_that_leads_elsewhere_is_refused(bank, dialect, adapter, link):
    link = link.format(base=dialect.base, transactions=dialect.transactions)
    bank.on("GET", dialect.transactions, Reply(200, dialect.page(Line("1.00"), following=link)))
    with pytest.raises(base.ContractViolation) as caught:
        pages_of(adapter())
    assert caught.value.code in {"foreign_link", "page_loop"}
    assert len(bank.asked) == 1


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_an_id_that_is_a_step_upwards_leads_nowhere(bank, adapter, name):
    one = adapter()
    for call in (
        lambda: one.consent_state(name),
        lambda: one.revoke_consent(name),
        lambda: one.balances("C1", name),
    ):
        with pytest.raises(base.ContractViolation):
            call()
    assert not bank.asked


def test_case_042_a_next_page_that_is_missing_leaves_the_stretch_incomplete(bank, dialect, adapter):
    path = dialect.transactions
    link = f"{bank.url}{path}?page=2"
    bank.on("GET", path, Reply(200, dialect.page(Line("1.00"), following=link)))
    bank.on("GET", f"{path}?page=2", Reply(404, dialect.error("RESOURCE_UNKNOWN")))
    with pytest.raises(base.Temporary) as caught:
        pages_of(adapter())
    assert caught.value.code == "page_missing"


class MovingBank:
    """Pages by position, newest first; an entry is booked between the first and second page."""

    def __init__(self, bank, dialect, moves):
        self.lines = [Line(f"{number}.00", id=f"T{number}") for number in (4, 3, 2, 1)]
        self.moves, self.bank, self.dialect = moves, bank, dialect
        bank.on("GET", dialect.transactions, self.answer)

    def answer(self, asked):
        start = int(asked.query.get("offset", 0))
        if start and self.moves:
            self.moves -= 1
            number = len(self.lines) + 1
            self.lines.insert(0, Line(f"{number}.00", id=f"T{number}"))
        link = f"{self.bank.url}{self.dialect.transactions}?offset={start + 2}"
        more = link if start + 2 < len(self.lines) else None
        return Reply(200, self.dialect.page(*self.lines[start : start + 2], following=more))


@pytest.mark.parametrize("moves", [0, 1, 2])
def test_case_043_books_that_move_are_read_again_from_the_start(bank, dialect, adapter, moves):
    moving = MovingBank(bank, dialect, moves)
    entries = read(adapter())
    assert books(entries) == sorted(int(line.amount[:-3]) * 100 for line in moving.lines)
    assert len(entries) == len(moving.lines), "pages that do not belong together are void"


@pytest.mark.parametrize("status", [409, 410])
def test_case_043_a_place_in_the_list_that_is_gone_starts_over(bank, dialect, adapter, status):
    path = dialect.transactions
    link = f"{bank.url}{path}?page=2"
    bank.on("GET", path, Reply(200, dialect.page(Line("1.00", id="T1"), following=link)))
    gone = Reply(status, dialect.error("CURSOR_INVALID"))
    bank.on("GET", f"{path}?page=2", gone, Reply(200, dialect.page(Line("2.00", id="T2"))))
    assert amounts(adapter()) == [100, 200]


def test_case_044_pages_that_always_overlap_make_no_duplicates(bank, dialect, adapter):
    path = dialect.transactions
    link = f"{bank.url}{path}?page=2"
    one, two, three = (Line(f"{number}.00", id=f"T{number}") for number in (1, 2, 3))
    bank.on("GET", path, Reply(200, dialect.page(one, two, following=link)))
    bank.on("GET", f"{path}?page=2", Reply(200, dialect.page(two, three)))
    assert books(read(adapter())) == [100, 200, 300]


def test_case_044_two_equal_payments_without_ids_stay_two(bank, dialect, adapter):
    path = dialect.transactions
    link = f"{bank.url}{path}?page=2"
    bank.on("GET", path, Reply(200, dialect.page(Line("5.00"), following=link)))
    bank.on("GET", f"{path}?page=2", Reply(200, dialect.page(Line("5.00"))))
    assert books(read(adapter())) == [500, 500]


def test_case_049_an_account_without_entries_is_a_complete_answer(bank, dialect, adapter):
    bank.on("GET", dialect.transactions, Reply(200, dialect.page()))
    bank.on("GET", dialect.balances, Reply(200, dialect.balance("0.00")))
    one = adapter()
    assert [page.starts_over for page in pages_of(one)] == [False]
    assert read(one) == []
    [balance] = one.balances("C1", "A1")
    assert (balance.kind, balance.amount) == ("closingBooked", 0)


def test_case_050_entries_outside_the_asked_days_are_handed_over(bank, dialect, adapter):
    early, late = Line("1.00", day="2026-02-20"), Line("2.00", day="2026-03-09")
    bank.on("GET", dialect.transactions, Reply(200, dialect.page(late, early)))
    assert amounts(adapter(), date_to=datetime.date(2026, 3, 5)) == [200, 100]


# === VALUES === #


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("5768.2", "EUR", 576820),
        ("1056", "EUR", 105600),
        ("-12.30", "EUR", -1230),
        ("0.01", "EUR", 1),
        ("1.234", "KWD", 1234),
        ("500", "JPY", 500),
        ("500.00", "JPY", 500),
        ("99999999999999.99", "EUR", 9999999999999999),
    ],
)
def test_case_074_amounts_are_exact(bank, dialect, adapter, amount, currency, minor):
    page = dialect.page(Line(amount, currency=currency))
    bank.on("GET", dialect.transactions, Reply(200, page))
    [entry] = read(adapter())
    assert (entry.amount, entry.currency) == (minor, currency)


@pytest.mark.parametrize("amount", ["1,00", "1e3", "NaN", "", "1.005", "1 000.00", "٣"])
def test_case_074_an_amount_that_is_not_exact_is_refused(bank, dialect, adapter, amount):
    bank.on("GET", dialect.transactions, Reply(200, dialect.page(Line(amount))))
    with pytest.raises(base.ContractViolation):
        read(adapter())


def test_money_in_is_positive_and_money_out_negative(bank, dialect, adapter):
    bank.on("GET", dialect.transactions, Reply(200, dialect.page(Line("5.00"), Line("-7.00"))))
    assert amounts(adapter()) == [500, -700]
    reverse = base.BankProfile(signs="reversed")
    assert amounts(adapter(reverse)) == [-500, 700]


def test_pending_entries_are_marked(bank, dialect, adapter):
    page = dialect.page(Line("1.00"), pending=[Line("2.00")])
    bank.on("GET", dialect.transactions, Reply(200, page))
    assert [(entry.amount, entry.pending) for entry in read(adapter())] == [
        (100, False),
        (200, True),
    ]


@pytest.mark.parametrize("blank", ["", " ", "\t"])
def test_a_blank_id_is_none(bank, dialect, adapter, blank):
    bank.on("GET", dialect.transactions, Reply(200, dialect.page(Line("1.00", id=blank))))
    assert read(adapter())[0].entry_reference is None


def test_a_person_is_claimed_only_where_one_is(bank, dialect, adapter):
    bank.on("GET", dialect.transactions, Reply(200, dialect.page()))
    one = adapter()
    pages_of(one)
    pages_of(one, user_ip="192.0.2.7")
    without, attended = (set(each.headers.values()) for each in bank.asked)
    assert "192.0.2.7" not in without
    assert "192.0.2.7" in attended


def test_every_call_has_an_id_of_its_own_that_errors_carry(bank, dialect, adapter):
    bank.on("GET", dialect.transactions, Reply(400, dialect.error("FORMAT_ERROR")))
    ids = set()
    for _try in range(2):
        with pytest.raises(base.Permanent) as caught:
            pages_of(adapter())
        ids.add(caught.value.request_id)
        assert caught.value.request_id in bank.asked[-1].headers.values()
    assert len(ids) == 2
