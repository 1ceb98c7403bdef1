"""What users of other systems complain of, and must not here: messages, queues and evidence.

Numbered as in the list of peers' issues; the other numbers stand in ``test_pains_money``.
"""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL, mute_logger

from .cadence_common import CadenceCommon
from .common import NOON, TODAY
from .test_gateways import GatewayCase

TOMORROW = TODAY + timedelta(days=1)


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestPainsOfMessages(GatewayCase, CadenceCommon):
    """The right person, once, with a status that is true."""

    def _waiting(self, partner=None):
        self._invoice(7, partner=partner)
        self._run()
        touchpoint = self._touchpoints(partner_id=(partner or self.customer).id)
        self.assertEqual(touchpoint.state, "queued")
        return touchpoint

    # === 11: THE STATUS OF A REMINDER IS WRONG === #

    def test_pain_11_who_is_on_the_blacklist_is_neither_written_to_nor_queued_for_ever(self):
        touchpoint = self._waiting()
        self.env["mail.blacklist"].sudo()._add(self.customer.email)
        self.assertEqual(self._send_queue(), [])
        self.assertEqual((touchpoint.state, touchpoint.block_reason), ("blocked", "opt_out"))
        self.assertEqual(touchpoint.mail_id.state, "cancel")

    def test_pain_11_a_text_to_a_number_on_the_blacklist_is_not_sent(self):
        self._lead("sms")
        touchpoint = self._waiting()
        self.env["phone.blacklist"].sudo().add("+33612345678")
        self._send_texts()
        self.assertEqual((touchpoint.block_reason, self.gateway.asked), ("opt_out", []))

    def test_pain_11_what_was_sent_at_the_second_attempt_is_sent(self):
        touchpoint = self._waiting()
        touchpoint._record_failure("unknown", "450 greylisted")
        touchpoint.mail_id.state = "exception"
        self.assertEqual(touchpoint.state, "failed")
        touchpoint.mail_id.action_retry()
        self.assertEqual(len(self._send_queue()), 1)
        self.assertEqual((touchpoint.state, touchpoint.failure_reason), ("sent", False))

    # === 12: WRONG RECIPIENT === #

    def test_pain_12_the_mail_goes_to_the_address_of_the_moment_and_says_so(self):
        touchpoint = self._waiting()
        self.customer.email = "new@customer.example"
        self.assertEqual(self._send_queue(), ["new@customer.example"])
        self.assertEqual((touchpoint.state, touchpoint.address), ("sent", "new@customer.example"))
        self.assertEqual(touchpoint.contact_point_id.address, "new@customer.example")
        [event] = self._case().event_ids.filtered(
            lambda event: event.kind == "touchpoint_readdressed"
        )
        self.assertEqual(event.payload["to"], "new@customer.example")

    def test_pain_12_an_invoice_address_that_is_named_later_gets_it_instead(self):
        touchpoint = self._waiting()
        clerk = self.env["res.partner"].create(
            {
                "name": "Ada Clerk",
                "parent_id": self.customer.id,
                "type": "invoice",
                "email": "ada@customer.example",
            }
        )
        self.assertEqual(self._send_queue(), ["ada@customer.example"])
        self.assertEqual(touchpoint.contact_id, clerk)
        self.assertEqual(
            touchpoint.message_id.notification_ids.res_partner_id, clerk, "the evidence is true"
        )

    def test_pain_12_a_colleague_who_is_no_invoice_address_gets_nothing(self):
        self.env["res.partner"].create(
            [
                {
                    "name": f"Other {kind}",
                    "parent_id": self.customer.id,
                    "type": kind,
                    "email": f"{kind}@customer.example",
                }
                for kind in ("contact", "delivery", "other")
            ]
        )
        self._waiting()
        self.assertEqual(self._send_queue(), ["corner.bookshop@customer.example"])

    def test_pain_12_an_address_that_was_removed_is_asked_for(self):
        touchpoint = self._waiting()
        self.customer.email = False
        self.assertEqual(self._send_queue(), [])
        self.assertEqual((touchpoint.state, touchpoint.block_reason), ("blocked", "no_address"))
        self.assertEqual(len(self._case().activity_ids), 1)

    def test_pain_12_a_text_goes_to_the_number_of_the_moment(self):
        self._lead("sms")
        touchpoint = self._waiting()
        self.customer.phone = "+33 6 98 76 54 32"
        self._send_texts()
        self.assertEqual(self.gateway.forms()[0]["To"], "+33698765432")
        self.assertEqual((touchpoint.state, touchpoint.address), ("sent", "+33698765432"))

    def test_pain_12_an_address_that_died_since_gets_nothing_more(self):
        touchpoint = self._waiting()
        touchpoint.contact_point_id._bounce(True, "no such user")
        self.assertEqual(self._send_queue(), [])
        self.assertEqual(touchpoint.state, "blocked")

    # === 14: ALL OR NOTHING === #

    @mute_logger(
        "odoo.addons.invoice_collections.models.collection_letter",
        "odoo.addons.mail.models.mail_render_mixin",
    )
    def test_pain_14_one_who_cannot_be_reminded_stops_nobody_else(self):
        mute = self._customer("Mute Shop")
        mute.write({"email": False, "phone": False, "street": False})
        paused, fine = self._customer("Paused Shop"), self._customer("Fine Shop")
        for customer in mute | paused | fine:
            self._invoice(7, partner=customer)
        self.company._collection_evaluate()
        self._case(paused)._hold("hold", note="talking")
        self.assertEqual(self._run()["sent"], 1)
        self.assertEqual(self._send_queue(), ["fine.shop@customer.example"])

    def test_pain_14_one_held_invoice_of_five_leaves_four_to_be_asked_for(self):
        invoices = self._invoices([{"days_overdue": 7, "amount": 100.0}] * 5)
        with self._held(invoices[0], "dispute"):
            self.assertEqual(self._run()["sent"], 1)
        self.assertEqual(self._touchpoints().net_amount, 400.0)

    # === 15: QUEUES STOP SILENTLY === #

    def test_pain_15_a_queue_nobody_works_off_is_told_once(self):
        self.policy.user_id = self.manager
        self._waiting()
        for days in (1, 2):
            with freeze_time(f"{TODAY + timedelta(days=days)} 12:00:00"):
                self._run()
        [task] = self.policy.activity_ids
        self.assertEqual(task.user_id, self.manager)
        self.assertIn("still wait", task.summary)

    def test_pain_15_what_waits_for_its_hour_is_no_alarm(self):
        self._rule(channel="email", has_hours=True, hour_from=14.0, hour_to=18.0)
        with freeze_time("2026-03-10 15:00:00"):
            self._waiting()
        with freeze_time("2026-03-10 20:00:00"):
            self._send_queue()
        with freeze_time("2026-03-11 09:00:00"):
            self._run()
        self.assertFalse(self.policy.activity_ids)

    def test_pain_15_a_company_that_fails_stops_no_other(self):
        other = self._create_company(name="Second Seller")
        self._invoice(7)
        engine = type(self.env["collection.engine"])
        run = engine._run

        def fail_for_other(record, company, *args, **how):
            if company == other:
                raise ValueError
            return run(record, company, *args, **how)

        self.env.flush_all()
        with (
            patch.object(engine, "_run", fail_for_other),
            mute_logger("odoo.addons.invoice_collections.models.collection_case"),
            self.enter_registry_test_mode(),
        ):
            self.env.ref("invoice_collections.collection_case_cron_nightly").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(self._touchpoints().mapped("state"), ["queued"])

    # === 19: BATCHES, AND PICKING A HUNDRED AGAIN === #

    def test_pain_19_of_many_approved_at_once_those_that_changed_are_left_out_and_the_rest_go(self):
        self.policy.cadence_id.step_ids.sudo().needs_approval = True
        customers = [self._customer(f"Shop {number}") for number in range(6)]
        invoices = self._invoices([{"days_overdue": 7, "partner": one} for one in customers])
        self._run()
        selection = self._touchpoints().with_user(self.manager)
        self.assertEqual(set(selection.mapped("state")), {"waiting"})
        self._pay(invoices[0])
        self._case(customers[1])._hold("hold", note="talking")
        selection.action_approve()
        states = [self._touchpoints(partner_id=one.id).state for one in customers]
        self.assertEqual(states, ["superseded", "blocked", *["queued"] * 4])
        # The same selection again: nothing happens twice.
        selection.action_approve()
        self.assertEqual(len(self._send_queue()), 4)
        self.assertEqual(self._send_queue(), [])

    # === 20: AN AUDIT LOG NOBODY CAN MANAGE === #

    def test_pain_20_nights_on_which_nothing_changes_leave_one_line_each(self):
        self._waiting()
        self.customer_two = self._customer("Held Shop")
        self._invoice(7, partner=self.customer_two)
        self.company._collection_evaluate()
        self._case(self.customer_two)._hold("hold", note="talking")
        self._run()
        events = self.env["collection.event"].sudo()
        of_company = [("company_id", "=", self.company.id)]
        last = events.search(of_company, order="id desc", limit=1)
        for _again in range(3):
            self._run()
        new = events.search([*of_company, ("id", ">", last.id)])
        self.assertEqual(new.mapped("kind"), ["run_finished"] * 3)

    @mute_logger("odoo.sql_db")
    def test_pain_20_the_log_is_chained_and_refuses_to_be_changed(self):
        self._waiting()
        events = self.env["collection.event"].sudo()
        self.env.flush_all()
        self.assertGreater(events._seal(self.company), 0)
        sealed, broken = events._verify(self.company)
        self.assertGreater(sealed, 0)
        self.assertIsNone(broken)
        with self.assertRaises(UserError):
            events.search([("company_id", "=", self.company.id)], limit=1).write({"kind": "x"})
        with self.assertRaisesRegex(Exception, "append-only"), self.env.cr.savepoint():
            self.env.cr.execute(SQL("DELETE FROM collection_event"))


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestPainsOfVolume(CadenceCommon):
    """Ten thousand invoices on one customer, and a customer of two companies."""

    def _columns(self, model, *left_out):
        names = [
            name
            for name, field in sorted(self.env[model]._fields.items())
            if field.store and field.column_type and name not in ("id", *left_out)
        ]
        return SQL(", ").join(SQL.identifier(name) for name in names)

    def _multiply(self, move, first, last):
        """Copy a posted invoice straight in the ledger: posting thousands takes minutes."""
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """
                WITH made AS (
                    INSERT INTO account_move (name, sequence_number, %(columns)s)
                    SELECT 'BULK/' || number, 500000 + number, %(columns)s
                      FROM account_move, generate_series(%(first)s, %(last)s) number
                     WHERE id = %(move)s
                 RETURNING id AS made_id, name AS made_name)
                INSERT INTO account_move_line (move_id, move_name, %(line_columns)s)
                SELECT made_id, made_name, %(line_columns)s
                  FROM made, account_move_line line
                 WHERE line.move_id = %(move)s
             RETURNING id
                """,
                columns=self._columns("account.move", "name", "sequence_number"),
                line_columns=self._columns("account.move.line", "move_id", "move_name"),
                first=first,
                last=last,
                move=move.id,
            )
        )
        # As the database does by itself a minute later.
        self.env.cr.execute(SQL("ANALYZE account_move, account_move_line"))
        self.env.invalidate_all()

    def _planned(self):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        engine = self.env["collection.engine"].sudo().with_company(self.company)
        planned = engine._plan(self.company.sudo(), TODAY)
        return self.env.cr.sql_log_count - before, planned

    def test_pain_07_ten_thousand_invoices_on_one_customer_are_one_message(self):
        invoice = self._invoice(7)
        self.company._collection_evaluate()
        self._multiply(invoice, 1, 199)
        some, _planned = self._planned()
        self._multiply(invoice, 200, 9_999)
        many, [plan] = self._planned()
        self.assertEqual(plan.message.due_total, 10_000 * 100_00)
        # Odoo reads at most a thousand records at once.
        self.assertLess(many - some, 60, (some, many))
        self.assertEqual(self._run()["sent"], 1)
        touchpoint = self._touchpoints()
        self.assertEqual(touchpoint.net_amount, 1_000_000.0)
        self.assertLess(len(touchpoint.message_id.body), 400_000, "a letter people can open")
        self.assertEqual(len(self._send_queue()), 1)
        self.assertEqual(self._run()["sent"], 0)

    def test_a_customer_of_two_companies_hears_from_each_of_its_own_invoices_alone(self):
        other = self._create_company(name="Second Seller")
        ours = self._invoice(7, 100.0)
        journal = self.env["account.journal"].sudo()
        journal = journal.search([("company_id", "=", other.id), ("type", "=", "sale")], limit=1)
        theirs = (
            self.env["account.move"]
            .with_company(other)
            .sudo()
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.customer.id,
                    "journal_id": journal.id,
                    "invoice_date": ours.invoice_date,
                    "invoice_date_due": ours.invoice_date_due,
                    "invoice_line_ids": [
                        Command.create({"name": "Work", "price_unit": 70.0, "tax_ids": False})
                    ],
                }
            )
        )
        theirs.action_post()
        self._run()
        other._collection_run()
        told = self.env["collection.touchpoint"].sudo()
        told = told.search([("partner_id", "=", self.customer.id)])
        self.assertEqual(
            {(one.company_id, one.net_amount, one.move_line_ids.move_id) for one in told},
            {(self.company, 100.0, ours), (other, 70.0, theirs)},
        )
        # A pause with one is none with the other.
        self._case()._hold("hold", note="talking")
        mine = told.filtered(lambda one: one.company_id == self.company)
        self._send_queue()
        self.assertEqual((mine.state, (told - mine).state), ("blocked", "sent"))
