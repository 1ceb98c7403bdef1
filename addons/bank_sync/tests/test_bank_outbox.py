from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.bank_sync.connectors.base import (
    Ambiguous,
    AuthExpired,
    ContractViolation,
    Permanent,
    QuotaExceeded,
    Temporary,
)
from odoo.addons.bank_sync.core.payment_status import (
    BatchStatus,
    PaymentStatus,
    PaymentStatusReport,
    StatusReason,
)

from .common import answered
from .order_desk import OrderDesk
from .outbox_common import OutboxCommon


@tagged("post_install", "-at_install")
class TestBankOutbox(OutboxCommon):
    # === WRITING === #

    def test_an_order_is_a_row_of_the_business_and_is_sent_by_the_relay_alone(self):
        intent = self.order()
        self.assertEqual((intent.state, self.desk.calls), ("queued", []))
        self.relay()
        [sent] = self.desk.calls
        self.assertEqual(intent.state, "sent")
        self.assertEqual(sent.key, intent.key)
        self.assertEqual(sent.end_to_end_id, sent.body["endToEndIdentification"])
        self.assertEqual(sent.body["instructedAmount"], {"currency": "EUR", "amount": "12.50"})
        self.relay()
        self.assertEqual(len(self.desk.calls), 1)

    def test_an_order_rolled_back_with_its_business_never_leaves(self):
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.order()
            raise ZeroDivisionError
        self.relay()
        self.assertFalse(self.desk.calls)

    def test_the_same_order_again_is_the_same_row(self):
        self.assertEqual(self.order(), self.order())
        self.assertNotEqual(self.order(), self.order(version=2))

    def test_two_transactions_cannot_write_the_same_order(self):
        intent = self.order()
        self.env.flush_all()
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            intent.copy({"key": intent.key})
            self.env.flush_all()

    def test_case_090_the_same_key_with_a_changed_body_is_refused_before_sending(self):
        self.order(12.5)
        with self.assertRaisesRegex(UserError, "other contents"):
            self.order(13.5)
        self.relay()
        self.assertEqual([c.body["instructedAmount"]["amount"] for c in self.desk.calls], ["12.50"])

    def test_case_090_a_bank_that_refuses_the_key_ends_the_order_once(self):
        self.desk.before = [Permanent("http_422", "key used with another body")]
        intent = self.order()
        self.days_pass(1)
        self.assertEqual((intent.state, intent.bank_reason), ("failed", "http_422"))
        self.assertEqual(len(self.desk.calls), 1)
        self.assertTrue(intent.activity_ids)

    def test_a_body_changed_in_the_database_is_not_sent(self):
        intent = self.order()
        intent.body = intent.body.replace("12.50", "92.50")
        self.relay()
        self.assertEqual((intent.state, intent.problem_code), ("failed", "tampered"))
        self.assertFalse(self.desk.calls)

    def test_an_order_every_bank_would_refuse_is_refused_here(self):
        for amount in (0.0, -1.0):
            with self.subTest(amount=amount), self.assertRaisesRegex(UserError, "above zero"):
                self.order(amount)
        self.payee.acc_number = "DE00370400440532013000"
        with self.assertRaisesRegex(UserError, "valid IBAN"):
            self.order()

    # === FAILURES === #

    def test_what_surely_did_not_reach_the_bank_is_tried_again_with_the_same_key(self):
        self.desk.before = [Temporary("refused"), QuotaExceeded("quota", retry_after=3600)]
        intent = self.order()
        self.relay()
        self.assertEqual(intent.state, "queued")
        self.later(minutes=2)
        self.assertEqual(intent.state, "queued")
        self.later(minutes=50)
        self.assertEqual(len(self.desk.calls), 2, "the bank asked to wait for an hour")
        self.later(minutes=11)
        self.assertEqual(intent.state, "sent")
        self.assertEqual(len({call.key for call in self.desk.calls}), 1)

    def test_after_three_days_without_a_bank_a_manager_may_send_it_again(self):
        self.desk.before = [Temporary("refused")] * 500
        intent = self.order()
        self.days_pass(4)
        self.assertEqual(intent.state, "dead")
        self.assertTrue(intent.activity_ids)
        self.desk.before = []
        with self.assertRaisesRegex(UserError, "Only managers"):
            intent.with_user(self.env.user).sudo(False).action_replay()
        intent.with_user(self.manager).sudo(False).action_replay()
        self.relay()
        self.assertEqual((intent.state, len(self.desk.executed)), ("sent", 1))

    def test_only_a_certain_answer_leaves_no_doubt(self):
        certain = {
            "queued": (Temporary("refused"), QuotaExceeded("quota"), AuthExpired("unauthorised")),
            "failed": (Permanent("FORMAT_ERROR"),),
            "unknown": (
                Ambiguous("cut_off"),
                Temporary("unavailable"),
                ContractViolation("not_json"),
                answered(409, Permanent("http_409")),
                answered(409, Permanent("STATUS_INVALID")),
                RuntimeError("a bug"),
            ),
        }
        number = 0
        for state, errors in certain.items():
            for error in errors:
                number += 1
                with self.subTest(error=error):
                    self.desk.before = [error]
                    intent = self.order(about=f"x,{number}")
                    with mute_logger("odoo.addons.bank_sync.models.bank_outbox_relay"):
                        self.relay()
                        if state == "unknown":
                            self.later(minutes=6)
                    self.assertEqual(intent.state, state)
                    intent.next_at = False

    def test_a_row_we_stumble_over_stops_no_other(self):
        first, second = self.order(about="x,1"), self.order(about="x,2")
        relay = type(self.env["bank.outbox"])
        send = relay._send

        def stumble(intent):
            if intent.id == first.id:
                raise ZeroDivisionError
            send(intent)

        with (
            patch.object(relay, "_send", stumble),
            mute_logger("odoo.addons.bank_sync.models.bank_outbox_relay"),
        ):
            self.relay()
        self.assertEqual((first.state, second.state), ("queued", "sent"))

    # === DOUBT === #

    def _doubtful(self, desk):
        """Return an order whose answer was lost after the bank executed it."""
        self.opened(desk)
        desk.after = [Ambiguous("cut_off")]
        intent = self.order()
        self.relay()
        self.assertEqual((intent.state, len(desk.executed)), ("unknown", 1))
        return intent

    def test_case_089_a_bank_that_can_be_asked_is_asked(self):
        intent = self._doubtful(OrderDesk(searchable=True))
        self.later(minutes=2)
        self.assertEqual(intent.state, "sent")
        self.assertEqual((len(self.desk.calls), len(self.desk.executed)), (1, 1))

    def test_case_089_else_the_statement_tells(self):
        intent = self._doubtful(OrderDesk())
        self.later(hours=5)
        self.assertEqual(intent.state, "unknown")
        entry = {
            "account_id": self.account.id,
            "company_id": self.company.id,
            "state": "booked",
            "currency_id": self.eur.id,
            "end_to_end_id": intent.end_to_end_id,
        }
        entries_sudo = self.env["bank.entry"].sudo()
        entries_sudo.create({**entry, "amount": 12.5, "fingerprint": "the return of it"})
        self.later(hours=5)
        self.assertEqual(intent.state, "unknown", "money that comes in is no execution")
        booked = entries_sudo.create({**entry, "amount": -12.5, "fingerprint": "it"})
        self.later(hours=5)
        self.assertEqual((intent.state, intent.entry_id), ("confirmed", booked))
        self.assertEqual(len(self.desk.calls), 1)

    def test_case_089_else_a_person_decides_after_three_days(self):
        intent = self._doubtful(OrderDesk())
        self.days_pass(2)
        self.assertFalse(intent.activity_ids)
        self.days_pass(2)
        self.assertEqual((intent.state, len(self.desk.calls)), ("unknown", 1))
        self.assertEqual(len(intent.activity_ids), 1)
        intent.with_user(self.manager).sudo(False).action_mark_executed()
        self.assertEqual(intent.state, "confirmed")
        self.assertFalse(intent.activity_ids)
        self.days_pass(1)
        self.assertEqual(len(self.desk.calls), 1)

    def test_case_089_a_person_may_say_that_it_never_arrived(self):
        intent = self._doubtful(OrderDesk())
        self.desk.executed.clear()
        intent.with_user(self.manager).sudo(False).action_send_again()
        self.relay()
        self.assertEqual((intent.state, len(self.desk.executed)), ("sent", 1))

    def test_case_089_the_same_key_goes_out_again_while_the_bank_knows_it(self):
        intent = self._doubtful(OrderDesk(remembers=24 * 3600))
        self.later(minutes=2)
        self.assertEqual((intent.state, len(self.desk.calls)), ("sent", 2))
        self.assertEqual(len(self.desk.executed), 1)

    def test_case_089_but_not_once_the_bank_may_have_forgotten_it(self):
        intent = self._doubtful(OrderDesk(remembers=1800))
        self.later(minutes=26)
        self.assertEqual((intent.state, len(self.desk.calls)), ("unknown", 1))

    def test_an_order_the_bank_says_it_never_got_is_sent_again_when_nothing_can_be_on_its_way(self):
        self.opened(OrderDesk(searchable=True))
        self.desk.before = [Ambiguous("cut_off")]
        intent = self.order()
        self.relay()
        for _number in range(5):
            self.later(minutes=10)
            self.assertEqual(intent.state, "unknown")
        self.days_pass(1)
        self.assertEqual((intent.state, len(self.desk.executed)), ("sent", 1))

    # === ORDER === #

    def test_a_later_order_about_the_same_thing_waits_for_certainty(self):
        first = self._doubtful(OrderDesk())
        second = self.order(13.5, version=2)
        other = self.order(about="account.move,8")
        self.days_pass(1)
        self.assertEqual((second.state, other.state), ("queued", "sent"))
        first.with_user(self.manager).sudo(False).action_mark_executed()
        self.relay()
        self.assertEqual(second.state, "sent")

    def test_what_waits_can_be_taken_back_and_what_is_sent_cannot(self):
        waiting, sent = self.order(about="x,1"), self.order(about="x,2")
        waiting.with_user(self.manager).sudo(False).action_cancel()
        self.relay()
        self.assertEqual((waiting.state, len(self.desk.calls)), ("failed", 1))
        with self.assertRaisesRegex(UserError, "moved on"):
            sent.with_user(self.manager).sudo(False).action_cancel()

    # === WHAT THE BANK SAYS === #

    def test_case_091_a_status_never_takes_an_order_back(self):
        intent = self.order()
        told = []
        for status in (
            "ACTC",
            "ACSP",
            "RCVD",
            "ACWC",
            "PATC",
            "X-NEW",
            "ACSP",
            "ACSC",
            "RCVD",
            "RJCT",
        ):
            self.desk.status = status
            self.later(hours=7)
            told.append((intent.bank_status, intent.state))
        self.assertEqual(
            told,
            [
                ("ACTC", "sent"),
                ("ACSP", "sent"),
                ("RCVD", "sent"),
                ("ACWC", "unknown"),
                ("PATC", "unknown"),
                ("X-NEW", "unknown"),
                ("ACSP", "sent"),
                ("ACSC", "confirmed"),
                # Done: the bank is not asked any more.
                ("ACSC", "confirmed"),
                ("ACSC", "confirmed"),
            ],
        )
        said = [event.payload.get("bank_status") for event in intent.event_ids[::-1]]
        self.assertEqual(
            [word for word in said if word],
            ["ACTC", "ACSP", "RCVD", "ACWC", "PATC", "X-NEW", "ACSP", "ACSC"],
        )
        self.assertEqual(len(self.desk.calls), 1)

    def test_a_refusal_learned_later_ends_the_order(self):
        intent = self.order()
        self.relay()
        self.desk.status = "RJCT"
        self.later(hours=1)
        self.assertEqual(intent.state, "failed")

    # === A COPY === #

    def test_a_neutralised_copy_sends_nothing(self):
        self.order()
        self.env["ir.config_parameter"].sudo().set_param("database.is_neutralized", "True")
        self.days_pass(1)
        self.assertFalse(self.desk.calls)

    def test_a_restored_backup_sends_nothing_its_original_may_have_sent(self):
        self.connection._stamp()
        intent = self.order()
        self.connection.database_mark = "that of the database it was copied from"
        self.days_pass(1)
        self.assertEqual((self.connection.state, self.desk.calls), ("suspended", []))
        self.connection.with_user(self.manager).action_confirm_database()
        self.assertEqual(intent.state, "unknown")
        self.days_pass(4)
        self.assertEqual((intent.state, self.desk.calls), ("unknown", []))
        self.assertTrue(intent.activity_ids)

    def test_a_status_report_of_the_bank_moves_its_orders(self):
        paid, refused, waiting = (self.order(about=f"x,{number}") for number in range(3))
        waiting.next_at = False
        self.relay()
        theirs = self.env["res.company"].sudo().create({"name": "Theirs"})
        report = PaymentStatusReport(
            message_id="M1",
            created=None,
            original_message_id=None,
            original_message_name=None,
            status="PART",
            batches=(
                BatchStatus(
                    None,
                    "ACSC",
                    payments=(
                        PaymentStatus(None, end_to_end_id=paid.end_to_end_id),
                        PaymentStatus(
                            "RJCT", (StatusReason("AC04"),), end_to_end_id=refused.end_to_end_id
                        ),
                        PaymentStatus("RJCT", end_to_end_id=waiting.end_to_end_id),
                    ),
                ),
            ),
        )
        self.assertFalse(self.outbox._apply_status_report(theirs, report))
        self.outbox._apply_status_report(self.company, report)
        self.assertEqual(
            [intent.state for intent in (paid, refused, waiting)],
            ["confirmed", "failed", "queued"],
        )
        self.assertEqual(refused.bank_reason, "AC04")

    def test_a_bank_that_is_not_connected_gets_nothing(self):
        self.order()
        self.connection._transition("revoked")
        self.days_pass(1)
        self.assertFalse(self.desk.calls)

    # === ROLES === #

    def test_orders_are_the_managers_to_see_and_nobodys_to_write(self):
        intent = self.order()
        clerk = new_test_user(self.env, "outbox_clerk", "account.group_account_invoice")
        for user in (clerk, self.env.user):
            with self.assertRaises(AccessError):
                intent.with_user(user).sudo(False).read(["body"])
        mine = intent.with_user(self.manager).sudo(False)
        self.assertTrue(mine.read(["body"]))
        for attempt in (
            lambda: mine.write({"state": "confirmed"}),
            mine.unlink,
            mine.copy,
        ):
            with self.assertRaises(AccessError):
                attempt()
