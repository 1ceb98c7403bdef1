from datetime import timedelta

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .debtor_page_common import DebtorPageCase


@tagged("post_install", "-at_install")
class TestPublicPaidClaim(DebtorPageCase):
    """ "I have paid": waited for a few days, once, and then a person looks."""

    def _report(self, *invoices, **typed):
        path = f"{self.path}/already-paid"
        csrf = self._csrf(self._page(self._open(path)))
        data = [
            ("csrf_token", csrf),
            ("paid_date", str(typed.get("paid_date", self.today - timedelta(days=1)))),
            ("reference", typed.get("reference", "Rent 17")),
            *[("invoice", str(invoice.id)) for invoice in invoices],
        ]
        return self._open(path, data=data)

    def _claims(self):
        return self.env["collection.paid.claim"].search([("case_id", "=", self.case.id)])

    def _reasons(self, invoice):
        self.env.invalidate_all()
        return invoice._collection_hold_reasons()[invoice]

    def test_what_is_reported_is_waited_for(self):
        answer = self._report(self.late)
        self.assertIn("We look for your payment", answer.text)
        [claim] = self._claims()
        self.assertEqual(claim.line_ids.move_id, self.late)
        self.assertEqual((claim.amount, claim.reference), (100.0, "Rent 17"))
        self.assertEqual(claim.paid_date, self.today - timedelta(days=1))
        self.assertEqual(claim.source, "link")
        self.assertEqual(self._reasons(self.late), {"pending_money"})
        self.assertEqual(self._reasons(self.later), set())
        self.assertIn("You told us that you paid this.", self._open().text)
        [event] = self.env["collection.event"].search([("kind", "=", "paid_claimed")])
        self.assertEqual(event.case_id, self.case)
        self.assertEqual(event.payload["amount"], "100.00")

    def test_no_reminder_of_what_is_waited_for(self):
        self.company._collection_policy().working_days_only = False
        self.debtor.email = "debtor@customer.example"
        self._report(self.late, self.later)
        self.env.invalidate_all()
        self.company._collection_run(today=self.late.invoice_date_due + timedelta(days=14))
        touchpoints = self.env["collection.touchpoint"].search([("case_id", "=", self.case.id)])
        self.assertFalse(touchpoints.filtered(lambda touchpoint: touchpoint.state != "blocked"))

    def test_saying_it_twice_is_saying_it_once(self):
        self._report(self.late)
        self._report(self.late)
        self.assertEqual(len(self._claims()), 1)

    def test_saying_it_again_wins_no_more_time(self):
        self._report(self.late)
        claim = self._claims()
        claim.wait_until = self.today - timedelta(days=1)
        with self.enter_registry_test_mode():
            self.env.ref(
                "invoice_collections.collection_paid_claim_cron_follow_up"
            ).method_direct_trigger()
        self.assertEqual(claim.state, "unconfirmed")
        self.assertIn(
            "Reported as paid, but no money found", self.case.activity_ids.mapped("summary")
        )
        self.assertEqual(self._reasons(self.late), set())
        self._report(self.late, reference="really", paid_date=self.today)
        self.assertEqual(len(self._claims()), 2)
        self.assertEqual(self._reasons(self.late), set(), "waited for once, not twice")
        self.assertIn("Reported as paid once more", self.case.activity_ids.mapped("summary"))

    def test_money_confirms_it(self):
        self._report(self.late)
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.late.ids
        ).create({})._create_payments()
        self.assertEqual(self._claims().state, "confirmed")

    def test_what_is_wrong_is_told_and_nothing_is_taken_down(self):
        tomorrow = self.today + timedelta(days=1)
        for invoices, typed, sentence in (
            ((), {}, "choose at least one invoice"),
            ((self.foreign,), {}, "choose at least one invoice"),
            ((self.late,), {"paid_date": "soon"}, "enter a date"),
            ((self.late,), {"paid_date": tomorrow}, "still to come"),
        ):
            with self.subTest(sentence=sentence, typed=typed):
                answer = self._report(*invoices, **typed)
                self.assertEqual(answer.status_code, 422)
                alert = self._page(answer).xpath("//*[@role='alert']")[0].text_content()
                self.assertIn(sentence, alert)
        self.assertFalse(self._claims())

    def test_two_currencies_are_two_reports(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        foreign = self._invoice(self.debtor, 5.0, -1, currency=euro)
        answer = self._report(self.late, foreign)
        self.assertIn("one currency at a time", answer.text)
        self.assertFalse(self._claims())

    def test_without_the_token_of_the_form_nothing_happens(self):
        with mute_logger("odoo.http"):
            answer = self._open(
                f"{self.path}/already-paid",
                data={"invoice": str(self.late.id), "paid_date": str(self.today)},
            )
        self.assertEqual(answer.status_code, 400)
        self.assertFalse(self._claims())

    def test_opening_the_form_writes_nothing(self):
        self._open(f"{self.path}/already-paid?invoice={self.late.id}&paid_date={self.today}")
        self.assertFalse(self._claims())

    def test_only_the_customers_own_open_items_can_be_claimed(self):
        lines = self.foreign.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        with self.assertRaises(UserError):
            self.env["collection.paid.claim"]._take(self.case, lines, 777.0, self.today)

    def _collector(self):
        return new_test_user(
            self.env,
            "cora",
            groups="invoice_collections.group_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )

    def test_a_collector_stops_waiting(self):
        self._report(self.late)
        collector = self._collector()
        self._claims().with_user(collector).action_withdraw()
        self.assertEqual(self._reasons(self.late), set())
        self.assertEqual(self._claims().state, "withdrawn")

    # === TOLD TO A PERSON === #

    def _take(self, user, **values):
        action = self.case.with_user(user).action_paid_claim()
        take = self.env[action["res_model"]].with_user(user).with_context(**action["context"])
        form = Form(take)
        for name, value in values.items():
            form[name] = value
        form.save().action_apply()

    def test_a_collector_takes_down_what_the_customer_says_is_paid(self):
        collector = self._collector()
        self._take(collector, reference=" Rent   17 ", source="email")
        [claim] = self._claims()
        self.assertEqual(claim.line_ids.move_id, self.late, "what is overdue is proposed")
        self.assertEqual((claim.amount, claim.paid_date), (100.0, self.today))
        self.assertEqual((claim.reference, claim.source), ("Rent 17", "email"))
        self.assertEqual(claim.user_id, collector)
        self.assertEqual(self._reasons(self.late), {"pending_money"})
        [event] = self.env["collection.event"].search([("kind", "=", "paid_claimed")])
        self.assertEqual((event.user_id, event.payload["source"]), (collector, "email"))
        self.assertIn("You told us that you paid this.", self._open().text)

    def test_a_person_cannot_take_down_nonsense_either(self):
        collector = self._collector()
        for values, sentence in (
            ({"paid_date": self.today + timedelta(days=1)}, "paid by today"),
            ({"amount": 100.01}, "at most what is open"),
            ({"amount": 0.0}, "more than nothing"),
        ):
            with self.subTest(values=values), self.assertRaisesRegex(UserError, sentence):
                self._take(collector, **values)
        self.assertFalse(self._claims())
