"""What happens on the way to a bank: every adapter must come through unharmed."""

import gzip
import json
import logging
import os
import socket
import ssl
import stat
import time
from datetime import date

import pytest

from odoo.addons.bank_sync.connectors import base
from odoo.addons.bank_sync.connectors.certificate import ClientCertificate, tls_context

from .dialects import Line
from .reading import amounts, pages_of, read
from .scripted_bank import Authority, Reply, ScriptedBank


def consent(adapter):
    return adapter.start_consent(
        redirect_url="https://odoo.example/back",
        cancel_url="https://odoo.example/no",
        valid_until=date(2026, 8, 1),
        user_ip="192.0.2.1",
    )


def closed_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def test_case_001_refused_connection_is_temporary(adapter):
    with pytest.raises(base.Temporary) as caught:
        pages_of(adapter(url=f"http://127.0.0.1:{closed_port()}"))
    assert caught.value.code == "refused"
    assert caught.value.request_id


def test_case_001_unknown_host_is_temporary(adapter):
    with pytest.raises(base.Temporary) as caught:
        pages_of(adapter(url="https://no-such-bank.invalid"))
    assert caught.value.code == "refused"


def check_tried_three_times(bank, dialect, adapter, fault):
    bank.on("GET", dialect.transactions, Reply(fault=fault))
    with pytest.raises(base.Temporary) as caught:
        pages_of(adapter())
    assert caught.value.code == "cut_off"
    assert len(bank.seen("GET", dialect.transactions)) == 3


def test_case_002_a_read_that_is_reset_is_tried_three_times(bank, dialect, adapter):
    check_tried_three_times(bank, dialect, adapter, "reset")


def test_case_004_a_read_without_any_answer_is_tried_three_times(bank, dialect, adapter):
    check_tried_three_times(bank, dialect, adapter, "empty")


@pytest.mark.parametrize("fault", ["reset", "empty"])
def test_case_002_a_read_that_comes_through_at_last_is_whole(bank, dialect, adapter, fault):
    whole = Reply(200, dialect.page(Line("1.00")))
    bank.on("GET", dialect.transactions, Reply(fault=fault), Reply(fault=fault), whole)
    assert amounts(adapter()) == [100]


def test_case_003_an_order_is_sent_once_and_then_unknown(bank, dialect, adapter):
    for fault in ("reset", "empty", "short"):
        bank.on("POST", dialect.consents, Reply(201, b"{}", fault=fault))
        with pytest.raises((base.Ambiguous, base.Temporary)):
            consent(adapter())
        assert len(bank.seen("POST", dialect.consents)) == 1
        bank.asked.clear()


@pytest.mark.parametrize("fault", ["short", "bad_chunk"])
def test_case_005_a_body_that_breaks_off_is_no_page(bank, dialect, adapter, fault):
    bank.on("GET", dialect.transactions, Reply(200, dialect.page(Line("1.00")), fault=fault))
    with pytest.raises(base.Temporary) as caught:
        pages_of(adapter())
    assert caught.value.code == "cut_off"


def check_deadline(bank, dialect, adapter, fault):
    reply = Reply(200, dialect.page(*[Line("1.00")] * 50), fault=fault)
    bank.on("GET", dialect.transactions, reply)
    started = time.monotonic()
    with pytest.raises(base.Temporary) as caught:
        pages_of(adapter(deadline=0.5))
    assert caught.value.code == "too_slow"
    assert time.monotonic() - started < 3
    assert len(bank.seen("GET", dialect.transactions)) == 1


def test_case_006_slow_headers_end_at_the_deadline(bank, dialect, adapter):
    check_deadline(bank, dialect, adapter, "slow_headers")


def test_case_007_a_byte_at_a_time_ends_at_the_deadline(bank, dialect, adapter):
    check_deadline(bank, dialect, adapter, "dribble")


def test_case_006_silence_ends_at_the_deadline(bank, dialect, adapter):
    def sleepy(_asked):
        time.sleep(1.5)
        return Reply(200, dialect.page())

    bank.on("GET", dialect.transactions, sleepy)
    with pytest.raises(base.Temporary):
        pages_of(adapter(deadline=0.4))


def test_case_008_five_gigabytes_are_not_even_begun(bank, dialect, adapter):
    promised = {"Content-Length": str(5 * 1024**3)}
    bank.on("GET", dialect.transactions, Reply(200, b"{", headers=promised, fault="dribble"))
    with pytest.raises(base.ContractViolation) as caught:
        pages_of(adapter())
    assert caught.value.code == "too_large"


def test_case_008_an_endless_body_is_cut_at_the_cap(bank, dialect, adapter):
    bank.on("GET", dialect.transactions, Reply(200, b"x" * 4096, fault="endless"))
    with pytest.raises(base.ContractViolation) as caught:
        pages_of(adapter(max_bytes=1_000_000))
    assert caught.value.code == "too_large"


def test_case_008_a_packed_bomb_is_cut_at_the_cap(bank, dialect, adapter):
    bomb = gzip.compress(b" " * 200_000_000, 9)
    assert len(bomb) < 300_000
    packed = Reply(200, bomb, headers={"Content-Encoding": "gzip"})
    bank.on("GET", dialect.transactions, packed)
    with pytest.raises(base.ContractViolation) as caught:
        pages_of(adapter(max_bytes=1_000_000))
    assert caught.value.code == "too_large"


def test_a_packed_page_is_unpacked(bank, dialect, adapter):
    content = Reply(200, dialect.page(Line("1.00"))).content()
    packed = Reply(200, gzip.compress(content), headers={"Content-Encoding": "gzip"})
    bank.on("GET", dialect.transactions, packed)
    assert amounts(adapter()) == [100]


@pytest.mark.parametrize("packing", ["br", "deflate", "gzip"])
def test_a_packing_we_did_not_ask_for_or_a_damaged_one_is_refused(bank, dialect, adapter, packing):
    reply = Reply(200, b"\x1f\x8bnonsense-nonsense", headers={"Content-Encoding": packing})
    bank.on("GET", dialect.transactions, reply)
    with pytest.raises(base.ContractViolation) as caught:
        pages_of(adapter())
    assert caught.value.code == "bad_encoding"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_case_009_redirects_are_never_followed_and_leak_nothing(bank, dialect, adapter, status):
    stranger = ScriptedBank()
    try:
        away = Reply(status, b"", headers={"Location": f"{stranger.url}{dialect.consents}"})
        bank.on("GET", dialect.transactions, away)
        bank.on("POST", dialect.consents, away)
        with pytest.raises(base.ContractViolation) as caught:
            pages_of(adapter())
        assert caught.value.code == "redirect"
        with pytest.raises(base.BankError):
            consent(adapter())
        assert len(bank.asked) == 2
        assert not stranger.asked
    finally:
        stranger.stop()


@pytest.fixture
def tls(tmp_path):
    """Return a maker of banks that speak TLS under an authority of the test."""
    running = []

    def make(authority, **options):
        running.append(ScriptedBank(authority.server_context(tmp_path, **options)))
        return running[-1]

    yield make
    for each in running:
        each.stop()


def test_case_010_only_the_banks_own_authority_is_trusted(tls, dialect, adapter):
    ours, foreign = Authority(), Authority()
    bank = tls(ours)
    bank.on("GET", dialect.transactions, Reply(200, dialect.page(Line("1.00"))))
    assert amounts(adapter(url=bank.url, authorities=ours.pem)) == [100]
    bank.asked.clear()
    for authorities in (None, foreign.pem):
        with pytest.raises(base.Permanent) as caught:
            pages_of(adapter(url=bank.url, authorities=authorities))
        assert caught.value.code == "tls"
    assert not bank.asked


@pytest.mark.parametrize("options", [{"days": -1}, {"hosts": ("bank.example",)}])
def test_case_010_an_expired_or_foreign_certificate_is_a_hard_stop(tls, dialect, adapter, options):
    authority = Authority()
    bank = tls(authority, **options)
    with pytest.raises(base.Permanent) as caught:
        pages_of(adapter(url=bank.url, authorities=authority.pem))
    assert caught.value.code == "tls"
    assert not bank.asked


@pytest.mark.parametrize("version", ["TLSv1_2", "TLSv1_3"])
def test_case_011_our_certificate_is_shown_and_a_refused_one_names_its_last_day(
    tls, dialect, adapter, version
):
    authority = Authority()
    bank = tls(authority, clients=authority.pem, version=version)
    bank.on("GET", dialect.transactions, Reply(200, dialect.page(Line("1.00"))))
    good = ClientCertificate(*authority.issue("sme"))
    options = {"url": bank.url, "authorities": authority.pem}
    assert amounts(adapter(certificate=good, **options)) == [100]
    bank.asked.clear()
    expired = ClientCertificate(*authority.issue("sme", days=-3))
    for certificate in (expired, None):
        with pytest.raises(base.BankError) as caught:
            pages_of(adapter(certificate=certificate, **options))
        # A server that hangs up before its refusal has been read leaves us only a broken line.
        assert caught.value.code in {"client_certificate", "cut_off"}
        if caught.value.code == "client_certificate" and certificate:
            assert expired.last_day.isoformat() in caught.value.detail
    assert not bank.asked


def test_case_011_a_key_that_is_not_the_certificates_is_noticed_before_any_call(adapter):
    authority = Authority()
    (certificate, _key), (_other, key) = authority.issue("a"), authority.issue("b")
    for pair in ((certificate, key), (certificate, "nonsense"), ("nonsense", key)):
        with pytest.raises(base.Permanent) as caught:
            adapter(certificate=ClientCertificate(*pair))
        assert caught.value.code == "client_certificate"


def test_case_012_the_environment_has_no_influence(tls, dialect, adapter, monkeypatch, tmp_path):
    authority = Authority()
    bank = tls(authority)
    bank.on("GET", dialect.transactions, Reply(200, dialect.page(Line("1.00"))))
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login evil password evil")
    bundle = tmp_path / "bundle.pem"
    bundle.write_text(authority.pem)
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "https_proxy", "http_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
    assert amounts(adapter(url=bank.url, authorities=authority.pem)) == [100]
    assert bank.asked[0].headers["authorization"] == "Bearer hush-hush"
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, str(bundle))
    with pytest.raises(base.Permanent):
        pages_of(adapter(url=bank.url))


PAGE = "<!DOCTYPE html><html><body>JBWEB000065: HTTP Status 400</body></html>"


@pytest.mark.parametrize("content_type", ["text/html", "application/json"])
@pytest.mark.parametrize("status", [200, 400, 403])
def test_case_013_a_page_for_people_is_no_statement_and_is_kept(
    bank, dialect, adapter, status, content_type
):
    bank.on("GET", dialect.transactions, Reply(status, PAGE, content_type=content_type))
    with pytest.raises(base.ContractViolation) as caught:
        pages_of(adapter())
    assert caught.value.code == "html_page"
    assert caught.value.raw == PAGE.encode()


NAME = "Zoë Müller, Œuvre"


@pytest.mark.parametrize(
    ("codec", "content_type"),
    [
        ("utf-8", "application/json"),
        ("utf-8-sig", "application/json"),
        ("utf-8", "text/plain; charset=iso-8859-1"),
        ("cp1252", "application/json; charset=windows-1252"),
        ("utf-16", "application/json"),
    ],
)
def test_case_014_texts_are_right_in_whatever_charset(bank, dialect, adapter, codec, content_type):
    content = json.dumps(dialect.page(Line("1.00", NAME)), ensure_ascii=False).encode(codec)
    bank.on("GET", dialect.transactions, Reply(200, content, content_type=content_type))
    [entry] = read(adapter())
    assert entry.remittance == (NAME,)


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8"])
def test_case_014_letters_nobody_can_tell_are_an_error(bank, dialect, adapter, content_type):
    body = Reply(200, dialect.page(Line("1.00", "Zoe"))).content().replace(b"Zoe", b"Zo\xeb")
    bank.on("GET", dialect.transactions, Reply(200, body, content_type=content_type))
    with pytest.raises(base.ContractViolation) as caught:
        read(adapter())
    assert caught.value.raw == body


def test_no_cookie_is_kept(bank, dialect, adapter):
    page = Reply(200, dialect.page(), headers={"Set-Cookie": "session=1; Path=/"})
    bank.on("GET", dialect.transactions, page)
    one = adapter()
    pages_of(one)
    pages_of(one)
    assert "cookie" not in bank.asked[-1].headers


def test_logs_hold_neither_secrets_nor_texts(bank, dialect, adapter, caplog):
    bank.on("GET", dialect.transactions, Reply(200, dialect.page(Line("1.00", "Secret words"))))
    with caplog.at_level(logging.DEBUG):
        read(adapter())
    ours = "\n".join(r.getMessage() for r in caplog.records if "bank_sync" in r.name)
    assert dialect.transactions in ours
    assert not any(word in ours for word in ("hush-hush", "Secret", "2026-03-01", "C1"))


def test_a_client_certificate_shows_its_key_to_nobody():
    authority = Authority()
    certificate = ClientCertificate(*authority.issue("sme"))
    assert "PRIVATE KEY" not in repr(certificate)


def file_with_our_key(monkeypatch):
    """Return the path the library reads our key from, where it leads, and who may read it.

    The library reads keys from files alone, so this is the one place where ours could be left.
    """
    given = []
    load = ssl.SSLContext.load_cert_chain

    def watched(context, path):
        link = os.readlink(path) if os.path.islink(path) else path
        given.append((path, link, stat.S_IMODE(os.stat(path).st_mode)))
        load(context, path)

    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", watched)
    tls_context(client=ClientCertificate(*Authority().issue("sme")))
    [found] = given
    return found


@pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="memory has names on Linux alone")
def test_our_key_has_a_name_on_no_disk(monkeypatch):
    path, link, _mode = file_with_our_key(monkeypatch)
    assert link.startswith("/memfd:")
    assert not os.path.islink(path) or os.readlink(path) != link, "the memory is given back"


def test_where_it_must_lie_on_a_disk_it_is_ours_alone_and_gone_at_once(monkeypatch):
    monkeypatch.delattr(os, "memfd_create", raising=False)
    path, _link, mode = file_with_our_key(monkeypatch)
    assert mode == 0o600
    assert not os.path.exists(path)
    assert not os.path.exists(os.path.dirname(path))
