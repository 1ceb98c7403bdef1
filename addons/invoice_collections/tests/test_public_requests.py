from datetime import timedelta

from odoo.tests import tagged
from odoo.tools import mute_logger

from .debtor_page_common import DebtorPageCase

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8ffff3f0005fe02fea7d605d30000000049454e44ae426082"
)


@tagged("post_install", "-at_install")
class TestPublicRequests(DebtorPageCase):
    """A promise, a dispute with its evidence, a request for installments: told once, kept once."""

    def _send(self, name, *invoices, files=None, **typed):
        path = f"{self.path}/{name}"
        csrf = self._csrf(self._page(self._open(path)))
        data = {
            "csrf_token": csrf,
            **typed,
            "invoice": [str(invoice.id) for invoice in invoices],
        }
        return self._open(path, data=data, files=files)

    def _alert(self, answer):
        self.assertEqual(answer.status_code, 422, answer.text[:2000])
        return self._page(answer).xpath("//*[@role='alert']")[0].text_content()

    def _of_case(self, model):
        return self.env[model].search([("case_id", "=", self.case.id)])

    # === PROMISE === #

    def test_a_promise_is_taken(self):
        day = self.today + timedelta(days=5)
        answer = self._send("promise", self.late, date=str(day))
        self.assertIn("We rely on your word", answer.text)
        [promise] = self._of_case("collection.promise")
        self.assertEqual((promise.amount, promise.date), (100.0, day))
        self.assertEqual(promise.source, "customer")
        self.assertIn("You promised to pay this.", self._open().text)

    def test_a_promise_that_cannot_be_meant_so_is_refused_in_words(self):
        far = self.today + timedelta(days=400)
        self.assertIn(
            "within the next", self._alert(self._send("promise", self.late, date=str(far)))
        )
        gone = self.today - timedelta(days=1)
        self.assertIn("past", self._alert(self._send("promise", self.late, date=str(gone))))
        self.assertIn("choose at least", self._alert(self._send("promise", date=str(self.today))))
        self.assertFalse(self._of_case("collection.promise"))

    def test_a_part_is_promised_and_the_rest_is_still_asked_for(self):
        day = self.today + timedelta(days=5)
        self._send("promise", self.late, date=str(day), amount="40,25")
        [promise] = self._of_case("collection.promise")
        self.assertEqual((promise.amount, promise.date), (40.25, day))
        text = " ".join(self._page(self._open()).text_content().split())
        self.assertRegex(text, r"You promised to pay .*40.25.* of this")

    def test_no_more_is_promised_than_is_chosen(self):
        day = str(self.today + timedelta(days=5))
        for amount in ("100.01", "0", "-1", "much"):
            answer = self._send("promise", self.late, date=day, amount=amount)
            self.assertIn("an amount up to", self._alert(answer))
        self.assertFalse(self._of_case("collection.promise"))

    def test_sending_a_promise_again_changes_nothing(self):
        day = self.today + timedelta(days=5)
        self._send("promise", self.late, date=str(day))
        later = str(day + timedelta(days=3))
        self.assertIn(
            "promised a payment", self._alert(self._send("promise", self.late, date=later))
        )
        self.assertEqual(self._of_case("collection.promise").date, day)

    def test_nobody_promises_for_somebody_else(self):
        day = str(self.today + timedelta(days=5))
        self.assertIn("choose at least", self._alert(self._send("promise", self.foreign, date=day)))
        partners = self.debtor + self.other
        self.assertFalse(
            self.env["collection.promise"].search([("partner_id", "in", partners.ids)])
        )

    # === DISPUTE === #

    def test_a_part_of_an_invoice_is_disputed_with_a_photo(self):
        answer = self._send(
            "dispute",
            self.late,
            category="quality",
            amount="30,50",
            note="Two bottles <b>broken</b>",
            files=[("file", ("../../hall.png", PNG, "image/png"))],
        )
        self.assertIn("We look into it", answer.text)
        [dispute] = self._of_case("collection.dispute")
        self.assertEqual((dispute.amount, dispute.category), (30.5, "quality"))
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", "collection.dispute"), ("res_id", "=", dispute.id)]
        )
        self.assertEqual((attachment.name, attachment.raw), ("hall.png", PNG))
        page = self._page(self._open())
        self.assertIn("You dispute", page.text_content())
        [box] = page.xpath(f"//input[@name='invoice'][@value='{self.late.id}']")
        self.assertEqual(box.get("data-minor"), "6950", "what is disputed is not asked for")
        [form] = self._page(self._choose(self.late)).xpath("//form[@id='o_payment_form']")
        self.assertEqual(float(form.get("data-amount")), 69.5)

    def test_without_amount_all_of_it_is_disputed(self):
        self._send("dispute", self.late, category="not_ordered", note="Never ordered")
        self.assertEqual(self._of_case("collection.dispute").amount, 100.0)

    def test_what_is_missing_in_a_dispute_is_told(self):
        for invoices, typed, sentence in (
            ((), {}, "choose at least one"),
            ((self.foreign,), {}, "choose at least one"),
            ((self.late, self.later), {}, "choose one invoice"),
            ((self.late,), {"category": "made_up"}, "what is wrong"),
            ((self.late,), {"note": "  "}, "what happened"),
            ((self.late,), {"amount": "1.234"}, "an amount up to"),
            ((self.late,), {"amount": "100.01"}, "an amount up to"),
            ((self.late,), {"amount": "-5"}, "an amount up to"),
        ):
            with self.subTest(typed=typed, sentence=sentence):
                values = {"category": "price", "note": "Too much", **typed}
                self.assertIn(sentence, self._alert(self._send("dispute", *invoices, **values)))
        self.assertFalse(self._of_case("collection.dispute"))

    def test_files_a_browser_would_run_are_refused(self):
        for name, content in (
            ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>"),
            ("a.pdf", b"<html><script>alert(1)</script></html>"),
            ("a.png", b"MZ\x90\x00"),
        ):
            answer = self._send(
                "dispute",
                self.late,
                category="price",
                note="See file",
                files=[("file", (name, content, "image/png"))],
            )
            self.assertIn("Only PDF documents and pictures", self._alert(answer))
        self.assertFalse(self._of_case("collection.dispute"))

    def test_the_same_amount_is_not_disputed_twice(self):
        values = {"category": "price", "note": "Too much"}
        self._send("dispute", self.late, **values)
        self.assertIn("can be disputed", self._alert(self._send("dispute", self.late, **values)))
        self.assertEqual(len(self._of_case("collection.dispute")), 1)

    def test_a_flood_of_disputes_is_stopped(self):
        values = {"category": "price", "note": "Too much", "amount": "1"}
        for _time in range(10):
            self._send("dispute", self.late, **values)
        self.assertIn("a lot for one day", self._alert(self._send("dispute", self.late, **values)))
        self.assertEqual(len(self._of_case("collection.dispute")), 10)

    # === INSTALLMENTS === #

    def test_a_request_for_installments_reaches_a_person_and_agrees_nothing(self):
        day = self.today + timedelta(days=10)
        values = {"count": "4", "date": str(day), "note": "Roof <i>leaks</i>"}
        self.assertIn(
            "We look at your request", self._send("plan/ask", self.late, self.later, **values).text
        )
        self._send("plan/ask", self.late, self.later, **values)
        [task] = self.case.activity_ids.filtered(
            lambda activity: activity.summary == "Asks for installments"
        )
        self.assertIn("Roof <i>leaks</i>", task.note.striptags())
        self.assertIn("140.00", task.note)
        self.assertFalse(self.late._collection_hold_reasons()[self.late])

    def test_a_customer_in_difficulty_gets_no_more_automatic_reminders(self):
        values = {"count": "4", "date": str(self.today), "hardship": "1"}
        self._send("plan/ask", self.late, **values)
        self.env.invalidate_all()
        self.assertEqual((self.case.state, self.case.hold_reason), ("on_hold", "reply"))
        self.assertEqual(self.late._collection_hold_reasons()[self.late], {"reply"})
        self.assertIn("Says to be in serious difficulty", self.case.activity_ids.mapped("summary"))

    def test_saying_so_does_not_shorten_a_pause_of_ours(self):
        until = self.today + timedelta(days=90)
        self.case._hold("hold", until)
        self._send("plan/ask", self.late, count="4", date=str(self.today), hardship="1")
        self.env.invalidate_all()
        self.assertEqual((self.case.pause_reason, self.case.pause_until), ("hold", until))

    def test_what_is_wrong_with_a_request_is_told(self):
        yesterday = str(self.today - timedelta(days=1))
        for typed, sentence in (
            ({"count": "1"}, "from 2 to 12"),
            ({"count": "1000"}, "from 2 to 12"),
            ({"date": yesterday}, "past"),
            ({"date": ""}, "enter a date"),
        ):
            values = {"count": "3", "date": str(self.today), **typed}
            self.assertIn(sentence, self._alert(self._send("plan/ask", self.late, **values)))
        self.assertFalse(self.case.activity_ids)

    def test_a_flood_of_requests_and_reports_is_stopped(self):
        for number in range(10):
            day = str(self.today + timedelta(days=number))
            self._send("plan/ask", self.late, count="4", date=day)
            typed = {"paid_date": str(self.today), "reference": f"Transfer {number}"}
            self._send("already-paid", self.late, **typed)
        again = self._send("plan/ask", self.late, count="5", date=str(self.today))
        self.assertIn("a lot for one day", self._alert(again))
        again = self._send("already-paid", self.late, paid_date=str(self.today), reference="X")
        self.assertIn("a lot for one day", self._alert(again))
        self.assertEqual(len(self._of_case("collection.paid.claim")), 10)

    # === WHAT CAME OF IT === #

    def test_the_customer_sees_what_came_of_it(self):
        self.assertIn("Nothing in the last", self._open(f"{self.path}/told").text)
        self._send("promise", self.late, date=str(self.today + timedelta(days=5)))
        self._send("dispute", self.later, category="price", note="Too much")
        self._of_case("collection.dispute")._transition("review")
        text = " ".join(self._page(self._open(f"{self.path}/told")).text_content().split())
        for part in ("You promised", "100.00", "You disputed", "40.00", "In review"):
            self.assertIn(part, text)
        other = self._open(f"{self._case(self.other)._debtor_path()}/told")
        self.assertNotIn("You promised", other.text)

    # === ALL OF THEM === #

    def test_without_the_token_of_the_form_nothing_happens(self):
        for name in (
            "promise",
            "dispute",
            "plan",
            "plan/ask",
            "details",
            "already-paid",
            "transfer",
        ):
            with mute_logger("odoo.http"):
                answer = self._open(f"{self.path}/{name}", data={"invoice": str(self.late.id)})
            self.assertEqual(answer.status_code, 400, name)

    def test_a_revoked_link_takes_nothing_down(self):
        csrf = self._csrf(self._page(self._open()))
        self.case.action_revoke_links()
        for name in (
            "promise",
            "dispute",
            "plan",
            "plan/ask",
            "details",
            "already-paid",
            "payments",
        ):
            answer = self._open(
                f"{self.path}/{name}",
                data={"csrf_token": csrf, "invoice": str(self.late.id)}
                if name != "payments"
                else None,
            )
            self.assertEqual(answer.status_code, 404, name)
