import base64
import hashlib
from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .debtor_page_common import DebtorPageCase

#: Moves the slider to six payments, and waits for what they come to.
SLIDE = """
(async () => {
    const slider = document.querySelector("#o_debtor_count");
    slider.value = "6";
    slider.dispatchEvent(new Event("input", {bubbles: true}));
    const shown = () => document.querySelector(".o_debtor_cost").textContent;
    for (let tries = 0; tries < 200 && !shown().includes("24.16"); tries++) {
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    if (!shown().includes("24.16")) {
        console.error(`not worked out again: ${shown().slice(0, 300)}`);
    } else if (!location.search.includes("count=6")) {
        console.error("a reload would forget the choice");
    } else {
        console.log("test successful");
    }
})();
"""


class DebtorPlanCase(DebtorPageCase):
    """A debtor who may pay in 2 to 6 monthly installments at 12 % a year."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor.is_company = True
        cls.env["collection.plan.offer"].search([]).active = False
        cls.offer = cls.env["collection.plan.offer"].create(
            {
                "name": "Monthly",
                "company_id": cls.company.id,
                "count_min": 2,
                "count_max": 6,
                "method": "annuity",
                "rate": 12.0,
                "day_count": "30_360",
                "auto_amount": 500.0,
            }
        )

    def _text(self, node):
        return " ".join(" ".join(node.itertext()).split())

    def _calculate(self, *invoices, **typed):
        args = [f"invoice={invoice.id}" for invoice in invoices]
        args += [f"{name}={value}" for name, value in {"try": 1, **typed}.items()]
        return self._page(self._open(f"{self.path}/plan?{'&'.join(args)}"))

    def _want(self, page):
        """Press "I want this plan" on the calculator."""
        [form] = page.xpath("//form[.//input[@name='seen']]")
        data = [(one.get("name"), one.get("value")) for one in form.xpath(".//input")]
        return self._open(f"{self.path}/plan", data=data)

    def _plan(self):
        self.env.invalidate_all()
        return self.env["collection.plan"].search([("case_id", "=", self.case.id)], limit=1)

    def _accept(self, page, plan=None, **typed):
        """Press "Accept" on the page of a plan."""
        plan = plan or self._plan()
        [form] = page.xpath("//form[contains(@action, '/accept')]")
        data = {one.get("name"): one.get("value") for one in form.xpath(".//input")}
        data.update({"name": "Jeanne Blanche", "agree": "1", **typed})
        return self._open(f"{self.path}/plan/{plan.id}/accept", data=data)

    def _alert(self, answer):
        self.assertEqual(answer.status_code, 422, answer.text[:2000])
        return self._page(answer).xpath("//*[@role='alert']")[0].text_content()

    def _offered(self):
        page = self._page(self._want(self._calculate(self.late, self.later, count=3)))
        return self._plan(), page

    def _agreed(self):
        plan, page = self._offered()
        self.assertEqual(self._accept(page).status_code, 200)
        self.env.invalidate_all()
        return plan


@tagged("post_install", "-at_install")
class TestPublicPlan(DebtorPlanCase):
    """A plan worked out, chosen, read and accepted by the debtor alone."""

    # === CALCULATOR === #

    def test_the_calculator_says_what_it_costs(self):
        # 140.00 at 12 %, 30/360, in 3: 1 % a month on the balance. The level installment is
        # 140 * 0.01 / (1 - 1.01⁻³) = 47.6031, rounded up; interest 1.40 + 0.94 + 0.47 = 2.81.
        page = self._calculate(self.late, self.later, count=3)
        text = self._text(page.xpath("//*[@id='o_debtor_quote']")[0])
        self.assertIn("2 \N{MULTIPLICATION SIGN} $ 47.61", text)
        self.assertIn("at the end $ 47.59", text)
        self.assertIn("It costs you $ 2.81", text)
        self.assertIn("You pay in all $ 142.81", text)

    def test_working_it_out_changes_nothing(self):
        events = self.env["collection.event"].search_count([])
        self._open(f"{self.path}/plan")
        self._calculate(self.late, count=4, wait=10)
        self._calculate(count="x", wait="-3", offer="9" * 40, invoice="\x00")
        self.assertFalse(self._plan())
        self.assertEqual(self.env["collection.event"].search_count([]), events)

    def test_sliders_stay_within_the_offer(self):
        for typed, expected in (({"count": 99}, "6"), ({"count": 1}, "2"), ({"count": "x"}, "4")):
            with self.subTest(typed=typed):
                [slider] = self._calculate(self.late, **typed).xpath("//input[@name='count']")[:1]
                self.assertEqual(slider.get("value"), expected)
                self.assertEqual((slider.get("min"), slider.get("max")), ("2", "6"))

    def test_scenarios_stand_side_by_side(self):
        page = self._calculate(self.late, self.later, count=3)
        rows = page.xpath("//table[caption[contains(., 'same debt')]]/tbody/tr")
        self.assertEqual([self._text(row.xpath("./th")[0])[0] for row in rows], list("23456"))
        [current] = [row for row in rows if row.get("aria-current")]
        self.assertIn("$ 2.81", self._text(current))
        [link] = rows[-1].xpath(".//a/@href")
        slider = self._page(self._open(link)).xpath("//input[@name='count']")[0]
        self.assertEqual(slider.get("value"), "6")

    def test_a_slider_asks_the_server_again(self):
        ids = "&".join(f"invoice={invoice.id}" for invoice in self.late + self.later)
        self.browser_js(
            f"{self.path}/plan?try=1&count=3&{ids}",
            SLIDE,
            # The script of the page takes the button away: from then on it listens.
            ready="document.querySelector('form[data-live] button')?.hidden",
        )

    def test_only_ones_own_open_invoices_count(self):
        page = self._calculate(self.late, self.foreign, count=2)
        self.assertNotIn(self.foreign.name, page.text_content())
        self.assertIn("$ 100.00", self._text(page.xpath("//*[@id='o_debtor_quote']")[0]))

    def test_what_is_disputed_is_in_no_plan(self):
        self.case._debtor_dispute(
            self.case._debtor_choose({self.late.id})["rows"][0], None, "price", "No", []
        )
        page = self._calculate()
        self.assertEqual(page.xpath("//input[@type='checkbox']/@value"), [str(self.later.id)])

    def test_without_an_offer_a_person_is_asked(self):
        self.offer.active = False
        answer = self._open(f"{self.path}/plan")
        self.assertTrue(answer.url.endswith("/plan/ask"))
        self.assertIn("This is a request", answer.text)

    # === CHOOSE === #

    def test_a_small_plan_is_offered_at_once(self):
        plan, page = self._offered()
        self.assertEqual((plan.state, plan.source, plan.principal), ("offered", "customer", 140.0))
        self.assertEqual(plan.line_ids.move_id, self.late + self.later)
        text = self._text(page)
        self.assertIn("It counts once you accept it", text)
        self.assertIn("2 \N{MULTIPLICATION SIGN} $ 47.61", text)
        self.assertIn("You pay in all $ 142.81", text)
        self.assertFalse(self.late._collection_hold_reasons()[self.late], "nothing agreed yet")

    def test_a_large_plan_waits_for_a_person(self):
        self.offer.auto_amount = 139.99
        plan, page = self._offered()
        self.assertEqual(plan.state, "quote")
        self.assertIn("We look at it and answer you", self._text(page))
        self.assertFalse(page.xpath("//form[contains(@action, '/accept')]"))
        self.assertIn("Asks for installments", self.case.activity_ids.mapped("summary"))

    def test_what_changed_meanwhile_is_shown_anew(self):
        page = self._calculate(self.late, self.later, count=3)
        self.offer.rate = 13.0
        answer = self._want(page)
        self.assertIn("Something has changed", self._alert(answer))
        self.assertFalse(self._plan())

    def test_bent_choices_make_no_plan(self):
        page = self._calculate(self.late, count=3)
        csrf = self._csrf(page)
        [seen] = page.xpath("//input[@name='seen']/@value")
        for typed in (
            {"count": "3"},
            {"count": "3", "invoice": str(self.foreign.id)},
            {"count": "600", "invoice": str(self.late.id)},
            {"count": "3", "invoice": str(self.late.id), "offer": "0", "wait": "1"},
        ):
            with self.subTest(typed=typed):
                data = {"csrf_token": csrf, "seen": seen, **typed}
                self.assertEqual(self._open(f"{self.path}/plan", data=data).status_code, 422)
        self.assertFalse(self._plan())

    # === ACCEPT === #

    def test_acceptance_is_kept_as_evidence(self):
        plan, page = self._offered()
        [consent] = page.xpath("//label[input[@name='agree']]/span")
        text = consent.text_content()
        answer = self._accept(page, name="  Jeanne   Blanche ")
        self.assertIn("Thank you. The plan is agreed.", answer.text)
        self.env.invalidate_all()
        version = plan.version_id
        self.assertEqual((plan.state, version.state), ("active", "accepted"))
        self.assertEqual(version.accepted_name, "Jeanne Blanche")
        self.assertEqual(version.accepted_text, text)
        self.assertEqual(version.accepted_ip, "127.0.0.1")
        self.assertTrue(version.accepted_at)
        digest = hashlib.sha256(version.snapshot.encode()).hexdigest()
        self.assertEqual((version.accepted_hash, version.sha256), (digest, digest))
        self.assertIn("in a payment plan", self._open().text)

    def test_what_was_agreed_is_among_what_was_told(self):
        self._agreed()
        text = self._text(self._page(self._open(f"{self.path}/told")))
        self.assertIn("You asked to pay $ 140.00 in installments", text)
        self.assertIn("Your next payment is $ 47.61", text)

    def test_an_invoice_in_a_plan_is_not_called_late(self):
        before = self._text(self._page(self._open()))
        self.assertIn("Overdue $ 100.00", before)
        self._agreed()
        text = self._text(self._page(self._open()))
        self.assertNotIn("Overdue", text)
        self.assertNotIn("days overdue", text)
        self.assertFalse(self._page(self._open()).xpath("//input[@name='invoice'][@checked]"))
        self.assertIsNone(self.case._debtor_choose_overdue(self.company.currency_id.id))

    def test_without_name_or_consent_nothing_is_agreed(self):
        plan, page = self._offered()
        for typed, sentence in (
            ({"name": " "}, "first and last name"),
            ({"agree": ""}, "agree to the plan"),
            ({"seen": "0" * 64}, "has changed"),
            ({"seen": ""}, "has changed"),
        ):
            with self.subTest(typed=typed):
                self.assertIn(sentence, self._alert(self._accept(page, **typed)))
        self.env.invalidate_all()
        self.assertEqual(plan.state, "offered")

    def test_opening_the_address_of_the_acceptance_accepts_nothing(self):
        plan, _page = self._offered()
        for action in ("accept", "withdraw"):
            with mute_logger("odoo.http"):
                answer = self._open(f"{self.path}/plan/{plan.id}/{action}")
            self.assertEqual(answer.status_code, 405)
        with mute_logger("odoo.http"):
            answer = self._open(
                f"{self.path}/plan/{plan.id}/accept", data={"name": "Jeanne Blanche", "agree": "1"}
            )
        self.assertEqual(answer.status_code, 400)
        self.env.invalidate_all()
        self.assertEqual(plan.state, "offered")

    def test_an_expired_offer_is_not_accepted(self):
        plan, _page = self._offered()
        with freeze_time(self.today + timedelta(days=15)):
            shown = self._page(self._open(f"{self.path}/plan/{plan.id}"))
            self.assertFalse(shown.xpath("//form[contains(@action, '/accept')]"))
            self.assertIn("expired", self._text(shown))
            plan.invalidate_recordset()
            with self.assertRaisesRegex(UserError, "expired"):
                self.case._debtor_accept(plan, plan.proposed_id.sha256, "Jeanne Blanche", None)

    def test_a_second_browser_that_accepts_too_changes_nothing(self):
        plan, page = self._offered()
        self._accept(page)
        version = plan.version_id
        self.env.invalidate_all()
        first = version.accepted_at
        self.assertIn("not on offer any more", self._alert(self._accept(page, name="Some Body")))
        self.env.invalidate_all()
        self.assertEqual((version.accepted_name, version.accepted_at), ("Jeanne Blanche", first))

    def test_of_two_plans_on_the_same_invoice_one_is_accepted(self):
        first, first_page = self._offered()
        second_page = self._page(self._want(self._calculate(self.late, count=2)))
        second = self._plan()
        self.assertNotEqual(first, second)
        self._accept(second_page, second)
        answer = self._accept(first_page, first)
        self.assertIn("not on offer any more", self._alert(answer))
        self.env.invalidate_all()
        self.assertEqual((first.state, second.state), ("cancelled", "active"))

    def test_an_invoice_paid_meanwhile_stops_the_acceptance(self):
        plan, page = self._offered()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.later.ids
        ).create({})._create_payments()
        self.assertEqual(self._accept(page).status_code, 422)
        self.env.invalidate_all()
        self.assertNotIn(plan.state, ("accepted", "active"))

    def test_why_nobody_may_agree_is_for_colleagues_only(self):
        plan, page = self._offered()
        self.debtor.collection_insolvency_date = self.company._collection_today()
        said = self._alert(self._accept(page))
        self.assertIn("talk to us", said)
        self.assertNotIn("insolvency", said)
        self.env.invalidate_all()
        self.assertEqual(plan.state, "offered")

    def test_what_was_disclosed_is_downloaded(self):
        plan, page = self._offered()
        [path] = set(page.xpath("//a[contains(@href, '/document/')]/@href"))
        answer = self._open(path)
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(hashlib.sha256(answer.content).hexdigest(), plan.proposed_id.document_hash)
        self.assertEqual(self._open(f"{self.path}/plan/{plan.id}/document/7").status_code, 404)

    # === STRANGERS === #

    def test_nobody_else_opens_or_accepts_it(self):
        plan, page = self._offered()
        [form] = page.xpath("//form[contains(@action, '/accept')]")
        data = {one.get("name"): one.get("value") for one in form.xpath(".//input")}
        theirs = self._case(self.other)._debtor_path()
        self.assertEqual(self._open(f"{theirs}/plan/{plan.id}").status_code, 404)
        self.assertEqual(self._open(f"{theirs}/plan/{plan.id}/document/1").status_code, 404)
        for action in ("accept", "withdraw", "change"):
            answer = self._open(f"{theirs}/plan/{plan.id}/{action}", data=data)
            self.assertEqual(answer.status_code, 404, action)
        for name in ("settle", "change"):
            self.assertEqual(self._open(f"{theirs}/plan/{plan.id}/{name}").status_code, 404, name)
        self.assertNotIn(plan.name, self._open(theirs).text)

    def test_a_revoked_link_opens_no_plan(self):
        plan, page = self._offered()
        self.case.action_revoke_links()
        self.assertEqual(self._open(f"{self.path}/plan/{plan.id}").status_code, 404)
        self.assertEqual(self._accept(page, plan).status_code, 404)
        self.assertEqual(plan.state, "offered")

    def test_what_a_person_prepares_is_not_shown_before_it_is_offered(self):
        lines = self.late.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        plan = self.env["collection.plan"]._quote(lines, self.offer, 2)
        self.assertEqual(self._open(f"{self.path}/plan/{plan.id}").status_code, 404)
        self.assertNotIn(plan.name, self._open().text)
        plan._offer()
        self.assertIn(plan.name, self._open().text)

    # === CONSUMERS === #

    def _consumer(self, licensed):
        self.debtor.is_company = False
        policy = self.company._collection_policy()
        policy.consumer_credit = licensed
        policy.consumer_credit_document = base64.b64encode(b"licence") if licensed else False

    def test_a_consumer_gets_no_plan_the_law_forbids(self):
        self._consumer(licensed=False)
        page = self._calculate(self.late, count=3)
        self.assertIn("not possible", self._text(page.xpath("//*[@id='o_debtor_quote']")[0]))
        self.assertFalse(page.xpath("//input[@name='seen']"))

    def test_a_consumer_withdraws_in_time(self):
        self._consumer(licensed=True)
        plan, page = self._offered()
        self.assertIn("withdraw within 14 days", self._text(page))
        shown = self._page(self._accept(page))
        path = f"{self.path}/plan/{plan.id}/withdraw"
        data = {"csrf_token": self._csrf(shown)}
        self.assertIn("confirm", self._alert(self._open(path, data=data)))
        answer = self._open(path, data={**data, "sure": "1"})
        self.assertIn("You have withdrawn", answer.text)
        self.env.invalidate_all()
        self.assertEqual(plan.state, "cancelled")
        self.assertNotIn("in a payment plan", self._open().text)

    def test_nobody_withdraws_too_late(self):
        self._consumer(licensed=True)
        plan = self._agreed()
        with freeze_time(self.today + timedelta(days=15)):
            page = self._page(self._open(f"{self.path}/plan/{plan.id}"))
            self.assertFalse(page.xpath("//form[contains(@action, '/withdraw')]"))
            data = {"csrf_token": self._csrf(self._page(self._open(f"{self.path}/promise")))}
            answer = self._open(f"{self.path}/plan/{plan.id}/withdraw", data={**data, "sure": "1"})
            self.assertIn("is over", self._alert(answer))
