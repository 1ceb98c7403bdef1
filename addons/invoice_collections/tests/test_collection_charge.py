from datetime import date
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common import NOON, TODAY
from .law_common import LawCommon

_DUE = date(2026, 2, 8)


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestCollectionCharge(LawCommon):
    """Charges as records: worked out once, claimed once, by those who may."""

    def _charges(self, *moves, today=TODAY):
        charges = self.env["collection.charge"].sudo()
        for move in moves:
            charges |= self._record(move, today)
        return charges

    # === CLAIM === #

    def test_a_claim_is_one_invoice_a_customer_and_currency_without_tax(self):
        other = self._customer("Second")
        moves = [
            self._late(_DUE, 1_000),
            self._late(_DUE, 2_000),
            self._late(_DUE, 3_000, currency=self.gbp),
            self._late(_DUE, 500, other),
        ]
        charges = self._charges(*moves)
        claims = self.env["account.move"].browse(
            charges.with_user(self.manager).action_claim()["domain"][0][2]
        )
        self.assertEqual(
            {(claim.partner_id, claim.currency_id) for claim in claims},
            {(self.customer, self.eur), (self.customer, self.gbp), (other, self.eur)},
        )
        self.assertEqual(len(claims), 3)
        self.assertFalse(claims.invoice_line_ids.tax_ids)
        self.assertEqual(sum(claims.mapped("amount_tax")), 0)
        self.assertEqual(set(claims.mapped("state")), {"posted"})
        for charge in charges:
            self.assertEqual(charge.claim_line_id.price_total, charge.amount)
            self.assertIn(charge.move_id.name, charge.claim_line_id.name)

    def test_a_claim_takes_the_accounts_and_the_tax_of_the_policy(self):
        group = self.env["account.tax.group"].create(
            {
                "name": "None",
                "company_id": self.company.id,
                "country_id": self.company.account_fiscal_country_id.id,
            }
        )
        tax = self.env["account.tax"].create(
            {
                "name": "Outside the scope",
                "amount": 0,
                "type_tax_use": "sale",
                "tax_group_id": group.id,
                "company_id": self.company.id,
            }
        )
        income = self.company_data["default_account_revenue"]
        own = income.copy({"name": "Late-payment interest"})
        self.policy.write({"charge_tax_id": tax.id, "interest_account_id": own.id})
        charges = self._charges(self._late(_DUE, 1_000))
        charges.with_user(self.manager).action_claim()
        lines = {charge.kind: charge.claim_line_id for charge in charges}
        self.assertEqual(lines["interest"].account_id, own)
        self.assertEqual(lines["fixed_sum"].account_id, income)
        self.assertEqual((lines["interest"] | lines["fixed_sum"]).tax_ids, tax)

    def test_a_claim_is_worked_out_anew(self):
        move = self._late(_DUE, 10_000)
        charges = self._charges(move, today=date(2026, 2, 18))
        interest = charges.filtered(lambda charge: charge.kind == "interest")
        self.assertEqual(interest.amount, 28.14)
        charges.with_user(self.manager).action_claim()
        self.assertEqual(interest.amount, 84.41)

    def test_one_waived_line_of_a_claim_is_credited_alone(self):
        charges = self._charges(self._late(_DUE, 10_000))
        charges.with_user(self.manager).action_claim()
        claim = charges.claim_move_id
        fixed = charges.filtered(lambda charge: charge.kind == "fixed_sum")
        fixed.with_user(self.manager).action_waive()
        self.assertEqual(fixed.state, "credited")
        self.assertEqual((charges - fixed).state, "claimed")
        self.assertAlmostEqual(claim.amount_residual, 84.41)
        self.assertIn("mona", fixed.waive_reason)
        self._pay(claim)
        self.assertEqual((charges - fixed).state, "paid")
        self.assertEqual(fixed.state, "credited")

    def test_every_move_of_a_charge_is_an_event(self):
        charges = self._charges(self._late(_DUE, 10_000))
        charges.with_user(self.manager).action_claim()
        charges.with_user(self.manager).action_waive()
        kinds = (
            self.env["collection.event"]
            .sudo()
            .search([("res_model", "=", "collection.charge"), ("res_id", "in", charges.ids)])
            .mapped("kind")
        )
        self.assertEqual(sorted(kinds), ["charge_claimed"] * 2 + ["charge_credited"] * 2)

    def test_only_a_manager_claims_and_waives(self):
        charges = self._charges(self._late(_DUE, 10_000))
        for user in (self.collector, new_test_user(self.env, "emil", groups="base.group_user")):
            for button in ("action_claim", "action_waive"):
                with self.subTest(user=user.login, button=button), self.assertRaises(AccessError):
                    getattr(charges.with_user(user), button)()
        self.assertEqual(set(charges.mapped("state")), {"computed"})

    def test_a_final_charge_moves_no_more(self):
        charges = self._charges(self._late(_DUE, 10_000))
        charges.with_user(self.manager).action_waive()
        with self.assertRaises(UserError):
            charges._transition("claimed")

    @mute_logger("odoo.sql_db")
    def test_the_database_refuses_a_second_sum(self):
        charge = self._charges(self._late(_DUE, 10_000)).filtered(lambda c: c.kind == "fixed_sum")
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            charge.copy()

    def test_the_case_works_charges_out_and_shows_them(self):
        self._late(_DUE, 10_000)
        self.company._collection_evaluate()
        case = self._case().with_user(self.collector)
        action = case.action_compute_charges()
        found = self.env["collection.charge"].with_user(self.collector).search(action["domain"])
        self.assertEqual(len(found), 2)
        self.assertEqual(case.charge_ids, found)
        with Form(case) as form:
            self.assertFalse(form.charge_note)
        self.assertIn(
            "10.27 % on", interest := found.filtered(lambda c: c.kind == "interest").explanation
        )
        self.assertIn("for 30 days until 03/10/2026", interest)

    def test_nothing_is_told_where_the_policy_is_silent(self):
        self.policy.charge_mode = "none"
        move = self._late(date(2026, 3, 3), 1_000)
        self.assertFalse(self._told(move))
        self._run()
        self.assertFalse(self._touchpoints().charge_rows)
        self.assertFalse(self.env["collection.charge"].sudo().search([("move_id", "=", move.id)]))

    def test_the_letter_says_what_has_accrued_in_its_language(self):
        customer = self._customer("Atelier", lang="fr_FR")
        self._late(date(2026, 3, 3), 1_000, customer)
        self._run()
        [touchpoint] = self._touchpoints()
        # 10.27 % for seven days.
        self.assertEqual([row["minor"] for row in touchpoint.charge_rows], [1_97, 40_00])
        self.assertIn("1,97", touchpoint.message_id.body.replace("\xa0", " "))
        self.assertEqual(touchpoint.net_amount, 1_000)

    def test_a_letter_leaves_while_somebody_else_works_charges_out(self):
        move = self._late(date(2026, 3, 3), 1_000)
        self._run()
        touchpoint = self._touchpoints()
        policies = type(self.policy)
        with patch.object(policies, "try_lock_for_update", lambda policy: policy.browse()):
            touchpoint._prepare_charges(date(2026, 3, 11))
        interest = self.env["collection.charge"].sudo().search([("move_id", "=", move.id)])
        self.assertEqual(interest.filtered("date_from").date_to, TODAY)
        self.assertEqual(touchpoint.charge_rows[0]["minor"], 2_25)

    # === LAW === #

    def test_a_sum_of_the_law_is_not_asked_in_another_currency(self):
        self._seller_in("uk")
        self.assertNotIn("fixed_sum", self._told(self._late(date(2024, 5, 31), 1_000), TODAY))

    def test_a_reminder_of_many_invoices_costs_one_fee(self):
        self._seller_in("dk")
        self.company.currency_id = dkk = self._currency("DKK")
        self.policy.write({"reminder_fee": 120.0})
        moves = [self._late(date(2026, 3, 3), 1_000, currency=dkk) for _n in range(3)]
        self._run()
        self._send_queue()
        self.assertEqual([self._told(move).get("fee") for move in moves], [100_00, None, None])

    def test_a_companys_own_rules_replace_the_shipped_ones(self):
        manager = self.manager
        own = self.env.ref("invoice_collections.rule_set_fr").with_user(manager).copy()
        self._seller_in("fr")
        move = self._late(_DUE, 10_000)
        with self.assertRaisesRegex(UserError, "No rule of"):
            own.action_verify()
        line = own.line_ids.filtered(
            lambda rule: rule.kind == "fixed_sum" and rule.segment == "b2b"
        )
        line.value = 35.0
        line.action_verify()
        own.action_verify()
        self.assertEqual(self._told(move), {"fixed_sum": 35_00})
        own.action_supersede()
        self.assertEqual(self._told(move)["fixed_sum"], 40_00)

    def test_two_rates_on_one_day_are_refused(self):
        rates = self.env["collection.reference.rate"].with_user(self.manager)
        values = {"code": "X", "date_from": "2026-01-01", "date_to": "2026-06-30", "value": 1}
        rates.create(values)
        with self.assertRaisesRegex(ValidationError, "two rates"):
            rates.create({**values, "date_from": "2026-06-30", "date_to": "2026-12-31"})

    # === ACCESS === #

    def test_the_shipped_law_is_read_by_all_and_edited_by_none(self):
        for name in ("rule_set_de", "rule_de_interest_b2b", "rate_de_base_2026_01"):
            figure = self.env.ref(f"invoice_collections.{name}")
            self.assertTrue(figure.with_user(self.collector).display_name)
            with self.subTest(name=name), self.assertRaises(AccessError):
                figure.with_user(self.manager).write({"note": "Ours now"})
            with self.subTest(name=name), self.assertRaises(AccessError):
                figure.with_user(self.manager).unlink()

    def test_nobody_verifies_by_writing(self):
        rates = self.env["collection.reference.rate"].with_user(self.manager)
        values = {"code": "X", "date_from": "2026-01-01", "date_to": "2026-06-30", "value": 1}
        with self.assertRaises(AccessError):
            rates.create({**values, "verified": True})
        with self.assertRaises(AccessError):
            rates.create(values).verified = True

    def test_another_company_sees_no_charge_and_no_rule_of_ours(self):
        other = self._create_company(name="Second Seller")
        stranger = new_test_user(
            self.env,
            "fred",
            groups="invoice_collections.group_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        charges = self._charges(self._late(_DUE, 10_000))
        own = self.env.ref("invoice_collections.rule_set_fr").with_user(self.manager).copy()
        for records in (charges, own, own.line_ids):
            theirs = self.env[records._name].with_user(stranger)
            self.assertFalse(theirs.search([("id", "in", records.ids)]))
        with self.assertRaises(AccessError):
            charges.with_user(stranger).action_claim()

    # === SPEED === #

    def test_a_hundred_items_need_no_more_queries_than_ten(self):
        def count(lines):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(lines._collection_charges(TODAY)), len(lines))
            return self.env.cr.sql_log_count - before

        moves = self.env["account.move"].union(*(self._late(_DUE, 100) for _n in range(100)))
        lines = self._item(moves).sudo()
        count(lines[:10])
        self.assertEqual(count(lines), count(lines[:10]))

    def test_the_night_decides_about_charges_of_paid_invoices(self):
        move = self._late(_DUE, 10_000)
        charges = self._charges(move)
        self._pay(move)
        with self.enter_registry_test_mode():
            self.env.ref(
                "invoice_collections.collection_charge_cron_follow"
            ).method_direct_trigger()
        self.assertEqual(set(charges.mapped("state")), {"waived"})

    def test_a_claim_whose_payment_came_back_is_claimed_again(self):
        charges = self._charges(self._late(_DUE, 10_000))
        charges.with_user(self.manager).action_claim()
        self._pay(charges.claim_move_id)
        self.assertEqual(set(charges.mapped("state")), {"paid"})
        self._item(charges.claim_move_id).remove_move_reconcile()
        charges._follow_payments(self.company, TODAY)
        self.assertEqual(set(charges.mapped("state")), {"claimed"})
