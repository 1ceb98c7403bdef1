from datetime import timedelta

from odoo.tests import JsonRpcException, freeze_time, tagged
from odoo.tools import SQL, mute_logger

from .test_public_plan import DebtorPlanCase


@tagged("post_install", "-at_install")
class TestPublicPlanRunning(DebtorPlanCase):
    """A running plan: paid, paid early, changed, by the debtor alone."""

    def _form(self, plan, **values):
        """Return the payment form of a plan, as the browser would ask for it."""
        csrf = self._csrf(self._page(self._open()))
        data = {"csrf_token": csrf, "plan": str(plan.id), **values}
        return self._page(self._open(f"{self.path}/pay", data=data))

    def _pay_plan(self, plan, **values):
        """Pay what a plan asks for, to the end; return the transaction."""
        [form] = self._form(plan, **values).xpath("//form[@id='o_payment_form']")
        with mute_logger("odoo.addons.payment.models.payment_transaction"):
            self._pay(form.get("data-access-token"))
        tx = self._last_transaction()
        self.assertEqual(tx.amount, float(form.get("data-amount")))
        tx._set_done()
        tx._post_process()
        self.env.invalidate_all()
        return tx

    def _shown(self, plan, name=""):
        return self._text(self._page(self._open(f"{self.path}/plan/{plan.id}{name}")))

    # === INSTALLMENTS === #

    def test_an_installment_is_paid(self):
        plan = self._agreed()
        page = self._page(self._open(f"{self.path}/plan/{plan.id}"))
        self.assertIn("$ 47.61", self._text(page.xpath("//main/section")[0]))
        data = {"csrf_token": self._csrf(page), "plan": str(plan.id)}
        paying = self._page(self._open(f"{self.path}/pay", data=data))
        [form] = paying.xpath("//form[@id='o_payment_form']")
        self.assertEqual(float(form.get("data-amount")), 47.61)
        with mute_logger("odoo.addons.payment.models.payment_transaction"):
            self._pay(form.get("data-access-token"))
        tx = self._last_transaction()
        tx._set_done()
        tx._post_process()
        self.assertEqual(self.late.amount_residual, 52.39)
        self.env.invalidate_all()
        self.assertEqual(plan.paid_amount, 47.61)
        text = self._text(self._page(self._open(f"{self.path}/plan/{plan.id}")))
        self.assertIn("Paid $ 47.61 of $ 142.81", text)

    def test_while_a_payment_is_under_way_a_plan_is_not_paid_twice(self):
        plan = self._agreed()
        [form] = self._form(plan).xpath("//form[@id='o_payment_form']")
        with mute_logger("odoo.addons.payment.models.payment_transaction"):
            self._pay(form.get("data-access-token"))
        tx = self._last_transaction()
        tx._set_done()
        # A provider that really takes money, which is not installed in every test database.
        self.env.execute_query(
            SQL(
                "UPDATE payment_provider SET code = 'card' WHERE id = %s RETURNING id",
                tx.provider_id.id,
            )
        )
        self.env.invalidate_all()
        self.assertFalse(self._form(plan).xpath("//form[@id='o_payment_form']"))
        self.assertNotIn("Pay this installment", self._shown(plan))
        with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
            self._pay(form.get("data-access-token"))

    def test_a_plan_of_somebody_else_cannot_be_paid(self):
        plan = self._agreed()
        self.path = self._case(self.other)._debtor_path()
        csrf = self._csrf(self._page(self._open()))
        data = {"csrf_token": csrf, "plan": str(plan.id)}
        page = self._page(self._open(f"{self.path}/pay", data=data))
        self.assertTrue(page.xpath("//*[@role='alert']"))

    def test_the_installment_of_a_plan_is_transferred(self):
        euro_free = self.env["res.partner.bank"].create(
            {"acc_number": "BE71 0961 2345 6769", "partner_id": self.company.partner_id.id}
        )
        (self.late + self.later).partner_bank_id = euro_free
        plan = self._agreed()
        csrf = self._csrf(self._page(self._open()))
        data = {"csrf_token": csrf, "plan": str(plan.id)}
        text = self._text(self._page(self._open(f"{self.path}/transfer", data=data)))
        self.assertIn("$ 47.61", text)
        self.assertIn(self.late.name, text)

    def test_a_deposit_comes_first(self):
        self.offer.deposit_percent = 20.0
        plan = self._agreed()
        self.assertEqual(plan.state, "accepted")
        self.assertIn("It begins once we have received $ 28.00", self._shown(plan))
        self._pay_plan(plan)
        self.assertEqual((plan.state, plan.paid_amount), ("active", 28.0))

    def test_what_a_plan_charges_is_paid_by_the_plan_alone(self):
        self.offer.write({"upfront_fee": 10.0})
        plan = self._agreed()
        self.assertEqual(plan.move_ids.mapped("amount_total"), [10.0])
        page = self._page(self._open())
        self.assertIn(plan.move_ids.name, self._text(page))
        self.assertFalse(page.xpath("//input[@name='invoice'][@checked]"))
        self.assertNotIn("due today", self._text(page))
        tx = self._pay_plan(plan)
        self.assertEqual((tx.amount, plan.paid_amount), (10.0, 10.0))

    # === EARLY === #

    def test_who_pays_all_at_once_saves_the_interest_to_come(self):
        # act/365, 15 days: 140.00 * 0.12 * 15 / 365 = 0.690 of the 2.8x to come.
        self.offer.day_count = "act_365"
        plan = self._agreed()
        interest = plan.version_id.total_interest
        with freeze_time(self.today + timedelta(days=15)):
            text = self._shown(plan, "/settle")
            self.assertIn("To pay today $ 140.69", text)
            self.assertIn(f"You save $ {interest - 0.69:.2f}", text)
            tx = self._pay_plan(plan, settle="1")
            self.assertEqual((tx.amount, tx.collection_plan_id), (140.69, plan))
            self.assertEqual(plan.state, "completed")
            self.assertEqual((self.late + self.later).mapped("amount_residual"), [0.0, 0.0])
            self.assertEqual(plan.move_ids.mapped("amount_total"), [0.69])
            self.assertEqual(plan.move_ids.amount_residual, 0.0)
            self.assertIn("All of it is paid", self._shown(plan))
            self.assertEqual(self._open(f"{self.path}/plan/{plan.id}/settle").status_code, 404)

    def test_an_early_end_that_was_signed_is_not_charged_after_a_payment(self):
        plan = self._agreed()
        [form] = self._form(plan, settle="1").xpath("//form[@id='o_payment_form']")
        self._pay_plan(plan)
        with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
            self._pay(form.get("data-access-token"))

    # === OTHER TERMS === #

    def _ask(self, plan, **typed):
        path = f"{self.path}/plan/{plan.id}/change"
        csrf = self._csrf(self._page(self._open(path)))
        return self._open(path, data={"csrf_token": csrf, **typed})

    def test_what_a_change_costs_is_shown_before_it_is_asked_for(self):
        self.offer.pause_how = "shift"
        plan = self._agreed()
        change = plan._preview_pause(2)
        text = self._shown(plan, "/change")
        self.assertIn("A pause of 2 months", text)
        self.assertIn(f"It costs you $ {change.extra_cost / 100:.2f} more", text)
        self.assertRegex(text, r"Smaller payments: 5 of \$ 2\d.\d\d")
        self.assertFalse(plan.proposed_id, "looking changes nothing")

    def test_a_pause_is_offered_and_accepted(self):
        self.offer.pause_how = "shift"
        plan = self._agreed()
        last = plan.last_due
        page = self._page(self._ask(plan, what="pause"))
        text = self._text(page)
        self.assertIn("We offer you a change", text)
        self.assertIn("So far From now on", text)
        self.assertFalse(plan.paused_until)
        answer = self._accept(page, plan)
        self.assertEqual(answer.status_code, 200, answer.text[:2000])
        self.env.invalidate_all()
        self.assertEqual((plan.state, plan.version_id.kind), ("paused", "pause"))
        self.assertEqual(plan.version_id.accepted_name, "Jeanne Blanche")
        self.assertGreater(plan.last_due, last)
        self.assertIn("there is nothing to pay before", self._shown(plan))

    def test_smaller_payments_are_asked_of_a_person(self):
        plan = self._agreed()
        answer = self._ask(plan, what="count_5", note="Slow <b>season</b>")
        self.assertIn("We look at your request", answer.text)
        [task] = self.case.activity_ids.filtered(
            lambda activity: activity.summary == "Asks for other terms of a payment plan"
        )
        self.assertIn("5 of", task.note)
        self.assertIn("Slow <b>season</b>", task.note.striptags())
        self.assertEqual(plan.version_id.number, 1)

    def test_what_is_wrong_with_a_wish_is_told(self):
        plan = self._agreed()
        tasks = self.case.activity_ids
        for typed, sentence in (
            ({}, "choose what you need"),
            ({"what": "count_99"}, "choose what you need"),
            ({"what": "other"}, "in a few words"),
        ):
            with self.subTest(typed=typed):
                self.assertIn(sentence, self._alert(self._ask(plan, **typed)))
        self.env.invalidate_all()
        self.assertEqual(self.case.activity_ids, tasks)

    def test_a_plan_that_does_not_run_cannot_be_changed_or_settled(self):
        plan, _page = self._offered()
        for name in ("/change", "/settle"):
            self.assertEqual(self._open(f"{self.path}/plan/{plan.id}{name}").status_code, 404)
