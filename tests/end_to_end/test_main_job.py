"""The promise of the product, end to end: money in, the right reminders out, both sides agree."""

import email
import email.policy
import re
import signal
import time

import pytest
import requests

#: Whose letters are meant; Odoo's other demo companies and its notices use the same sink.
SENDER = "accounts@maison-tilleul.example"


@pytest.fixture(scope="module")
def first_run(house):
    return house.main_job()


def letters(house):
    """Return the demo company's mails as (message, HTML)."""
    mails = [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in sorted(house.mail_dir.glob("*.eml"))
    ]
    return [
        (mail, mail.get_body(("html", "plain")).get_content())
        for mail in mails
        if SENDER in mail["From"]
    ]


def test_the_company_and_the_bank_agree_to_the_cent(first_run):
    summary, code = first_run
    assert summary["problems"] == []
    assert code == 0
    accounts = summary["bank"]["accounts"]
    assert {key[-3:] for key in accounts} == {"EUR", "USD"}
    assert all(account["entries_at_bank"] > 10 for account in accounts.values())


def test_exact_payments_book_themselves_and_none_wrongly(first_run):
    matching = first_run[0]["matching"]
    assert matching["wrong"] == 0
    # Three of five customers quote number and amount exactly; the rest needs a person.
    assert matching["booked"] > 30
    assert matching["suggested"] > 0


def test_each_reminder_is_one_mail_in_its_customers_language(house, first_run):
    summary, _code = first_run
    sent = letters(house)
    assert len(sent) == summary["reminders"]["sent"] > 10
    recipients = [mail["To"] for mail, _text in sent]
    assert len(set(recipients)) == len(recipients)
    assert all(f"{house.odoo_url}/collections/" in text for _mail, text in sent)
    for greeting in ("Bonjour", "Guten Tag", "Hello"):
        assert any(greeting in text for _mail, text in sent), greeting


def test_a_debtors_link_opens_the_page_and_changes_nothing(house, first_run):
    _mail, text = letters(house)[0]
    link = re.search(rf"{re.escape(house.odoo_url)}/collections/[^\"'\s<]+", text)[0]
    first, second = requests.get(link, timeout=60), requests.get(link, timeout=60)
    assert first.status_code == second.status_code == 200
    assert "INV/" in first.text
    assert requests.get(link[:-3] + "abc", timeout=60).status_code == 404


def test_running_it_again_sends_nothing_twice_and_doubles_no_line(house, first_run):
    before, _code = first_run
    again, code = house.main_job()
    assert code == 0, again["problems"]
    assert again["reminders"]["mails"] == before["reminders"]["mails"]
    for key, account in again["bank"]["accounts"].items():
        assert account["statement_lines"] == account["entries_at_bank"]
        assert account["entries_at_bank"] >= before["bank"]["accounts"][key]["entries_at_bank"]


def test_odoo_killed_in_the_middle_of_a_sync_loses_and_doubles_nothing(house, first_run):
    account = requests.get(f"{house.bank_url}/sim/truth", timeout=60).json()["accounts"][0]
    payments = [
        {"amount": f"{10 + number}.00", "currency": account["currency"], "debtor_name": "Late Lark"}
        for number in range(60)
    ]
    requests.post(
        f"{house.bank_url}/sim/payments",
        json={"account": account["resource_id"], "payments": payments},
        timeout=60,
    ).raise_for_status()
    job = house.begin_main_job()
    time.sleep(2.5)
    house.odoo.stop(signal.SIGKILL)
    job.communicate(timeout=120)
    house.odoo.start()
    summary, code = house.main_job()
    assert code == 0, summary["problems"]
