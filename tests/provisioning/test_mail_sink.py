"""The mail sink, as Odoo and a curious person meet it."""

import smtplib
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from email.message import EmailMessage

import pytest

from .shell import ROOT

SINK = ROOT / "bin" / "lib" / "mail_sink.py"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Sink:
    def __init__(self, folder):
        self.folder = folder
        self.smtp_port, self.web_port = free_port(), free_port()
        self.process = subprocess.Popen(
            [
                sys.executable,
                str(SINK),
                f"--smtp-port={self.smtp_port}",
                f"--web-port={self.web_port}",
                f"--folder={folder}",
            ],
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                self.get("/health")
                socket.create_connection(("127.0.0.1", self.smtp_port)).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError("the mail sink did not start")

    def get(self, path):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"http://127.0.0.1:{self.web_port}{path}", timeout=10) as answer:
            return answer.headers, answer.read().decode()

    def send(self, subject="Hello", html="", to=("ann@example.com",), **headers):
        message = EmailMessage()
        message["From"] = "Maison Tilleul <books@example.com>"
        message["To"] = "somebody.else@example.com"
        message["Subject"] = subject
        for name, value in headers.items():
            message[name.replace("_", "-")] = value
        message.set_content("plain text")
        if html:
            message.add_alternative(html, subtype="html")
        with smtplib.SMTP("127.0.0.1", self.smtp_port) as client:
            client.send_message(message, to_addrs=list(to))

    def newest(self):
        return max(path.stem for path in self.folder.glob("*.eml"))


@pytest.fixture
def sink(tmp_path):
    server = Sink(tmp_path / "mails")
    yield server
    server.process.terminate()
    assert server.process.wait(timeout=10) == 0


def test_every_mail_is_kept_with_those_it_was_really_sent_to(sink):
    sink.send(subject="Rechnung über 12,30 €", to=("ann@example.com", "bcc@example.com"))
    assert len(list(sink.folder.glob("*.eml"))) == 1
    text = (sink.folder / f"{sink.newest()}.eml").read_text()
    assert text.startswith("X-Envelope-From: books@example.com")
    page = sink.get("/")[1]
    assert "Rechnung über 12,30 €" in page
    assert "ann@example.com, bcc@example.com" in page


def test_the_newest_mail_comes_first(sink):
    for number in range(3):
        sink.send(subject=f"Mail {number}")
    page = sink.get("/")[1]
    assert page.index("Mail 2") < page.index("Mail 1") < page.index("Mail 0")


def test_a_mails_html_can_neither_run_nor_load_anything(sink):
    sink.send(html="<script>alert(1)</script><img src='https://tracker.example/x.png'>")
    name = sink.newest()
    page = sink.get(f"/mails/{name}")[1]
    assert 'sandbox="allow-popups' in page
    assert "allow-scripts" not in page
    assert "<script>" not in page
    policy = sink.get(f"/mails/{name}/html")[0]["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "https:" not in policy


def test_what_a_mail_says_about_itself_is_shown_as_text(sink):
    sink.send(subject="<b>bold</b>")
    assert "&lt;b&gt;bold&lt;/b&gt;" in sink.get("/")[1]
    assert "<b>bold</b>" not in sink.get(f"/mails/{sink.newest()}")[1]


@pytest.mark.parametrize("name", ["..%2F..%2Fetc%2Fpasswd", "x", "20260101-000000-000000-0001"])
def test_no_other_file_can_be_read_through_the_page(sink, name):
    with pytest.raises(urllib.error.HTTPError) as refused:
        sink.get(f"/mails/{name}")
    assert refused.value.code == 404


def test_a_mail_with_an_unknown_charset_is_still_shown(sink):
    raw = (
        b"From: a@example.com\r\nSubject: odd\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: text/plain; charset=klingon\r\n\r\nstill readable\r\n"
    )
    with smtplib.SMTP("127.0.0.1", sink.smtp_port) as client:
        client.sendmail("a@example.com", ["b@example.com"], raw)
    assert "still readable" in sink.get(f"/mails/{sink.newest()}")[1]


def test_the_command_lists_and_shows_mails(sink):
    sink.send(subject="First")
    sink.send(subject="Second")
    command = [sys.executable, str(ROOT / "bin/lib/mails.py"), f"--folder={sink.folder}"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert [line.split()[-1] for line in listed.splitlines()] == ["Second", "First"]
    shown = subprocess.run([*command, "2"], capture_output=True, text=True, check=True).stdout
    assert "Subject: First" in shown
    assert "plain text" in shown
    missing = subprocess.run([*command, "3"], capture_output=True, text=True, check=False)
    assert missing.returncode == 1
    assert "there are 2" in missing.stderr


def test_a_taken_port_is_said_in_one_line(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = subprocess.run(
            [
                sys.executable,
                str(SINK),
                f"--smtp-port={taken.getsockname()[1]}",
                f"--web-port={free_port()}",
                f"--folder={tmp_path}",
            ],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1
