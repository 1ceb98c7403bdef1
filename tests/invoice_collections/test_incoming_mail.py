"""What a mail that comes back is, told by its headers and codes; samples as servers write them."""

from email import message_from_string

import pytest

from odoo.addons.invoice_collections.core import incoming_mail


@pytest.mark.parametrize(
    ("headers", "subject"),
    [
        ({"Auto-Submitted": "auto-replied"}, ""),
        ({"auto-submitted": "auto-generated; type=vacation"}, ""),
        ({"X-Autoreply": "yes"}, ""),
        ({"X-Autorespond": "Your message"}, ""),
        ({"Precedence": "auto_reply"}, ""),
        ({"Return-Path": "<>"}, ""),
        ({}, "Automatic reply: Reminder"),
        ({}, "Out of Office: Reminder"),
        ({}, "Abwesenheitsnotiz: Mahnung"),
        ({}, "Réponse automatique : rappel"),
        ({}, "Respuesta automática: recordatorio"),
        ({}, "Automatisch antwoord: herinnering"),
    ],
)
def test_machines_are_told_from_people(headers, subject):
    assert incoming_mail.is_automatic(headers, subject)


@pytest.mark.parametrize(
    ("headers", "subject"),
    [
        ({}, "Re: Reminder"),
        ({"Auto-Submitted": "no"}, "Re: Reminder"),
        ({"X-Auto-Response-Suppress": "All"}, "Re: Reminder"),
        ({"Precedence": "normal"}, ""),
        ({}, "Our office is out of paper"),
    ],
)
def test_people_are_not_taken_for_machines(headers, subject):
    assert not incoming_mail.is_automatic(headers, subject)


@pytest.mark.parametrize(
    ("words", "permanent"),
    [
        ("550 5.1.1 The email account that you tried to reach does not exist", True),
        ("550 5.1.10 RESOLVER.ADR.RecipientNotFound", True),
        ("553 sorry, no mailbox here by that name", True),
        ("552 5.2.2 The email account is over quota", False),
        ("550 5.7.1 Message rejected due to content restrictions", False),
        ("451 4.7.1 Greylisting in action, please come back later", False),
        ("421 try again later", False),
        ("Connection refused", False),
        ("10.5.1.1 said nothing", False),
        ("", False),
    ],
)
def test_only_what_says_so_makes_an_address_dead(words, permanent):
    assert incoming_mail.is_permanent(words).permanent is permanent


def _notice(status, action):
    return message_from_string(
        "Content-Type: multipart/report; boundary=cut\n\n--cut\nContent-Type: text/plain\n\n"
        "550 5.1.1 quoted from elsewhere\n--cut\nContent-Type: message/delivery-status\n\n"
        f"Reporting-MTA: dns; mx\n\nAction: {action}\nStatus: {status}\n\n--cut--\n"
    )


def test_a_notice_counts_by_its_own_status_not_by_what_it_quotes():
    failure = incoming_mail.read_failure(_notice("4.2.2", "failed"))
    assert (failure.permanent, failure.delayed, failure.code) == (False, False, "4.2.2")


def test_a_server_that_still_tries_says_so():
    assert incoming_mail.read_failure(_notice("4.4.1", "delayed")).delayed


def test_a_notice_without_status_is_read_by_its_words():
    words = message_from_string("Content-Type: text/plain\n\n550 5.1.1 user unknown\n")
    assert incoming_mail.read_failure(words).permanent
    nothing = message_from_string("Content-Type: text/plain\n\nIt did not work.\n")
    assert not incoming_mail.read_failure(nothing).permanent
