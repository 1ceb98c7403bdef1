"""Which channel a contact takes; the figures are those of the design's worked example."""

from decimal import Decimal

import pytest

from odoo.addons.invoice_collections.core import channels

#: Chance and cost in cents of the worked example: capital at 10 % a year, 8 days gained.
WORKED = {
    "email": ("0.30", "1"),
    "push": ("0.22", "0.1"),
    "sms": ("0.38", "7"),
    "letter": ("0.35", "120"),
    "call": ("0.45", "90"),
}
ALL = tuple(WORKED)


def options(**refusals):
    return [
        channels.Option(name, channels.usual(Decimal(chance)), Decimal(cost), refusals.get(name))
        for name, (chance, cost) in WORKED.items()
    ]


def select(amount=100_00, refusals=None, **wish):
    return channels.select(
        options(**(refusals or {})), channels.Wish(amount, **wish), channels.Worth()
    )


@pytest.mark.parametrize(
    ("amount", "channel", "euros"),
    [
        (100_00, "email", "0.06"),
        (100_00, "sms", "0.01"),
        (100_00, "call", "-0.80"),
        (1000_00, "sms", "0.76"),
        (20000_00, "call", "18.83"),
    ],
)
def test_a_channel_is_worth_what_the_worked_example_says(amount, channel, euros):
    value = select(amount).values[channel]
    assert round(value / 100, 2) == Decimal(euros)


@pytest.mark.parametrize(
    ("amount", "best"), [(100_00, "email"), (1000_00, "sms"), (20000_00, "call")]
)
def test_the_best_channel_grows_with_the_amount(amount, best):
    assert select(amount, order=ALL, best=True).channel == best


def test_four_successes_of_five_move_three_in_ten_to_seven_in_fifteen():
    belief = channels.learn(channels.usual(Decimal("0.3")), succeeded=4, failed=1)
    assert round(belief.chance, 3) == Decimal("0.467")


def test_without_news_a_belief_returns_to_what_is_usual():
    usual = channels.usual(Decimal("0.3"))
    bad = channels.learn(usual, failed=30)
    chances = [channels.fade(bad, usual, weeks).chance for weeks in (0, 10, 50, 500)]
    assert chances == sorted(chances)
    assert round(chances[-1], 3) == Decimal("0.300")


def test_the_order_of_a_step_wins_over_what_is_worth_most():
    chosen = select(20000_00, order=("email", "call"))
    assert (chosen.channel, chosen.reason) == ("email", "ordered")


def test_the_next_of_the_order_takes_over():
    chosen = select(refusals={"email": "bounced"}, order=("email", "sms"))
    assert (chosen.channel, chosen.reason) == ("sms", "next_in_order")


def test_behaviour_22_without_mail_and_number_a_letter_and_without_anything_nothing():
    unreachable = {"email": "no_address", "sms": "no_address", "push": "disabled"}
    chosen = select(refusals=unreachable)
    assert (chosen.channel, chosen.reason) == ("letter", "fallback")
    nothing = select(refusals={**unreachable, "letter": "no_address", "call": "no_address"})
    assert (nothing.channel, nothing.reason) == (None, "no_address")


def test_nobody_who_opted_out_is_written_to_on_a_channel_the_step_did_not_name():
    chosen = select(refusals={"email": "opt_out"})
    assert (chosen.channel, chosen.reason) == (None, "opt_out")


def test_behaviour_23_an_opt_out_is_honoured_however_much_is_at_stake():
    chosen = select(20000_00, {"call": "opt_out"}, order=ALL, best=True)
    assert chosen.channel != "call"


def test_behaviour_23_a_statutory_notice_goes_by_mail_or_letter_only():
    chosen = select(refusals={"sms": "opt_out"}, order=("sms", "email"), statutory=True)
    assert (chosen.channel, chosen.reason) == ("email", "statutory")


def test_behaviour_24_who_wants_letters_only_gets_legal_notices_by_letter_only():
    refusals = dict.fromkeys(("email", "push", "sms", "call"), "opt_out")
    chosen = select(refusals=refusals, order=("email",), statutory=True)
    assert (chosen.channel, chosen.reason) == ("letter", "statutory")


def test_behaviour_24_a_notice_the_law_demands_reaches_even_who_wants_nothing():
    chosen = select(refusals=dict.fromkeys(ALL, "opt_out"), statutory=True)
    assert chosen.channel == "letter"


def test_trying_out_never_takes_a_more_intrusive_channel():
    for amount in (1_00, 100_00, 1000_00, 5000_00, 20000_00):
        best = select(amount, order=ALL, best=True)
        tried = select(amount, order=ALL, best=True, draw=0)
        if tried.reason == "explored":
            rank = channels.CHANNELS.index
            assert rank(tried.channel) < rank(best.channel)


def test_nothing_is_tried_out_on_the_vulnerable():
    assert select(20000_00, order=ALL, best=True, draw=0).reason == "explored"
    assert select(20000_00, order=ALL, best=True, draw=0, cautious=True).reason == "best"


def test_one_contact_in_ten_tries_and_one_debtor_in_twenty_is_held_out():
    draws = [channels.draw(debtor, 3, "2026-W11") for debtor in range(10_000)]
    assert 900 < sum(draw < channels.EXPLORED for draw in draws) < 1100
    assert 400 < sum(channels.is_held_out(debtor, 50) for debtor in range(10_000)) < 600
