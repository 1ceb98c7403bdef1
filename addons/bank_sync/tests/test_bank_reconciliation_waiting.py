from freezegun import freeze_time

from odoo import Command, fields
from odoo.tests import tagged

from odoo.addons.bank_sync.core.matching.values import Proposal
from odoo.addons.bank_sync.core.reconciliation_statement import Part

from .booking_common import BookingCommon
from .reconciliation_common import ReconciliationCommon


@tagged("post_install", "-at_install")
class TestBankReconciliationWaiting(BookingCommon, ReconciliationCommon):
    """What was not matched, not at the bank and not paid on a day, as it stood then."""

    def setUp(self):
        super().setUp()
        self.yesterday = self.days(-1)

    def _line(self, amount, text="x", days=-1, **values):
        day = self.days(days)
        line = self.bank_line(amount, text, date=day, bank_booking_date=day, **values)
        self.env.cr.execute(
            "UPDATE account_bank_statement_line SET create_date = %s WHERE id = %s",
            [fields.Datetime.to_datetime(day), line.id],
        )
        return line

    def test_a_line_matched_today_waited_yesterday_and_not_today(self):
        invoice = self.document("out_invoice", 100.0)
        line = self._line(100.0)
        self.book(line, *self.claims(invoice), by="person")
        before, after = self.section(self.yesterday), self.section(fields.Date.today())
        [waiting] = before.waiting
        self.assertEqual((waiting.amount, waiting.since), (10000, fields.Date.today()))
        self.assertEqual((before.position.unmatched, before.since), (10000, (10000, 1)))
        self.assertEqual((after.waiting, after.position.unmatched), ([], 0))

    def test_a_line_that_books_itself_on_arrival_never_waited(self):
        """Yesterday's lines arrive this morning and match at once: nobody had to do anything."""
        invoice = self.document("out_invoice", 100.0)
        day = self.yesterday
        line = self.bank_line(100.0, "x", date=day, bank_booking_date=day)
        self.book(line, *self.claims(invoice))
        self.assertEqual(self.section(day).waiting, [])

    def test_a_match_outside_of_ours_is_told_by_its_reconciliation(self):
        invoice = self.document("out_invoice", 100.0)
        line = self._line(100.0)
        _liquidity, suspense, _other = line._seek_for_lines()
        item = self.item(invoice)
        suspense.sudo().write({"account_id": item.account_id.id, "partner_id": self.customer.id})
        (suspense + item).sudo().reconcile()
        self.assertFalse(line.bank_booked_at)
        [waiting] = self.section(self.yesterday).waiting
        self.assertEqual(waiting.since, fields.Date.today())
        self.assertEqual(self.section(fields.Date.today()).waiting, [])

    def test_of_a_line_matched_in_part_only_the_rest_waits(self):
        invoice = self.document("out_invoice", 70.0)
        line = self._line(100.0)
        line._match_manually(Proposal(self.claims(invoice), 1.0, (), partner=self.customer.id))
        [waiting] = self.section(fields.Date.today()).waiting
        self.assertEqual((waiting.amount, waiting.since), (3000, None))

    def test_dollars_on_suspense_are_told_in_dollars(self):
        journal = (
            self.env["account.journal"]
            .sudo()
            .create({"name": "USD", "type": "bank", "code": "USDB", "currency_id": self.usd.id})
        )
        self._line(100.0, journal=journal)
        self._line(-30.0, journal=journal)
        section = self.section(fields.Date.today(), journals=journal)
        self.assertEqual((section.way.ledger, section.position.unmatched), (7000, 7000))
        self.assertEqual(section.currency, self.usd)

    def test_a_line_told_in_another_currency_waits_with_its_own_amount(self):
        self._line(100.0, foreign_currency_id=self.usd.id, amount_currency=125.0)
        self.assertEqual(self.section(fields.Date.today()).position.unmatched, 10000)

    def test_euro_and_dollar_journals_stand_side_by_side_each_in_its_currency(self):
        journal = (
            self.env["account.journal"]
            .sudo()
            .create({"name": "USD", "type": "bank", "code": "USDB", "currency_id": self.usd.id})
        )
        self._line(100.0, journal=journal)
        self._line(50.0)
        sections = self.report(fields.Date.today(), journals=self.journal + journal).sections
        told = {section.currency.name: section.way.ledger for section in sections}
        self.assertEqual(told, {"EUR": 5000, "USD": 10000})

    def test_journals_without_connection_are_told_by_odoos_statements(self):
        """Opened with 100.00, closed with 130.00; the next one opens with 150.00: 20.00 missing."""
        first, second = self._line(30.0, days=-5), self._line(5.0, days=-3)
        later = self._line(1.0, days=-2)
        for line, start, end in ((first, 100.0, 130.0), (second, 150.0, 155.0)):
            self.env["account.bank.statement"].create(
                {
                    "name": f"until {end}",
                    "balance_start": start,
                    "balance_end_real": end,
                    "line_ids": [Command.set(line.ids)],
                }
            )
        self.on_account(100.0, self.days(-9))
        section = self.section(fields.Date.today())
        self.assertEqual(section.way.bank, 15500)
        self.assertEqual(section.way.unexplained, 0)
        self.assertEqual(
            self.parts(section),
            {Part.BEFORE: -10000, Part.GAP: -2000, Part.SINCE: 100, Part.OTHER: 10000},
        )
        self.assertEqual(later.statement_id.id, False)

    def test_a_payment_of_ours_is_outstanding_until_the_bank_has_it(self):
        outstanding = self._account("Outstanding", "asset_current", "513900")
        outstanding.reconcile = True
        methods = self.journal.inbound_payment_method_line_ids.sudo()
        methods.payment_account_id = outstanding
        invoice = self.document("out_invoice", 100.0, invoice_date=self.days(-9))
        register = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        payment = register.create(
            {"journal_id": self.journal.id, "payment_date": self.days(-3)}
        )._create_payments()
        line = self._line(100.0)
        item = payment.move_id.line_ids.filtered(lambda one: one.account_id == outstanding)
        _liquidity, suspense, _other = line._seek_for_lines()
        suspense.sudo().account_id = outstanding
        (suspense + item).sudo().reconcile()
        before = self.section(self.days(-2))
        self.assertEqual([one.amount for one in before.outstanding], [10000])
        self.assertEqual((before.position.receipts, before.position.own), (10000, 10000))
        self.assertEqual(self.section(self.days(-4)).outstanding, [])
        after = self.section(fields.Date.today())
        self.assertEqual(
            (after.outstanding, after.way.ledger, after.position.own), ([], 10000, 10000)
        )

    def _registered(self):
        """Return a payment of 100.00 registered three days ago, without a way of paying's account.

        Odoo then puts it on an account of the company's own choice.
        """
        self.journal.inbound_payment_method_line_ids.sudo().payment_account_id = False
        invoice = self.document("out_invoice", 100.0, invoice_date=self.days(-9))
        register = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        values = {"journal_id": self.journal.id, "payment_date": self.days(-3)}
        return register.create(values)._create_payments()

    def test_a_payment_on_an_account_odoo_chose_is_outstanding_too(self):
        payment = self._registered()
        self.assertTrue(payment.outstanding_account_id)
        section = self.section(fields.Date.today())
        self.assertEqual([(one.amount, one.entry) for one in section.outstanding], [(10000, True)])
        self.assertEqual((section.way.ledger, section.position.own), (0, 10000))

    def test_a_payment_without_entry_is_outstanding_too(self):
        """Where accounting is installed, Odoo keeps some payments without a journal entry."""
        payment = self._registered()
        payment.move_id.sudo().button_draft()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_payment SET move_id = NULL, state = 'in_process' WHERE id = %s",
            [payment.id],
        )
        self.env.invalidate_all()
        section = self.section(fields.Date.today())
        self.assertEqual([(one.amount, one.entry) for one in section.outstanding], [(10000, False)])
        self.assertEqual((section.way.ledger, section.position.own), (0, 10000))

    def test_open_items_are_what_the_receivable_account_says_on_every_day(self):
        """100.00 invoiced, 40.00 of it paid four days later, the rest today."""
        invoice = self.document("out_invoice", 100.0, invoice_date=self.days(-9))
        self.document("out_refund", 15.0, invoice_date=self.days(-2))
        for amount, days in ((40.0, -5), (60.0, 0)):
            line = self._line(amount, days=days)
            claim = self.claims(invoice)[0]
            claim = type(claim)(claim.item, round(amount * 100), 0)
            self.book(line, claim)
        receivable = self.item(invoice).account_id
        for days in range(-10, 1):
            day = self.days(days)
            [[balance]] = self.env["account.move.line"]._read_group(
                [
                    ("account_id.account_type", "=", "asset_receivable"),
                    ("company_id", "=", self.company.id),
                    ("parent_state", "=", "posted"),
                    ("date", "<=", day),
                ],
                aggregates=["balance:sum"],
            )
            found = sum(one["total"] for one in self.report(day).open_totals())
            with self.subTest(day=day):
                self.assertEqual(found, round((balance or 0) * 100))
        self.assertEqual(receivable.account_type, "asset_receivable")
        [(_company, [(_side, items), _payable])] = self.report(self.days(-3)).open_items()
        [item] = items.items()
        self.assertEqual((item.amount, item.worth, item.party), (6000, 6000, self.customer.name))

    def test_ages_are_counted_from_the_day_of_the_report(self):
        due = self.days(-40)
        self.document("out_invoice", 100.0, invoice_date=due, invoice_date_due=due)
        for days, age in ((-40, 0), (-39, 1), (-10, 1), (-9, 2), (0, 2)):
            [found] = self.report(self.days(days)).open_totals()
            with self.subTest(days=days):
                self.assertEqual([bool(amount) for amount in found["ages"]].index(True), age)

    def test_best_proposal_and_colleague_stand_beside_a_line(self):
        invoice = self.document("out_invoice", 100.0)
        line = self._line(100.0)
        line.sudo().bank_match_user_id = self.env.user
        self.suggestions.sudo().create(
            {
                "statement_line_id": line.id,
                "company_id": self.company.id,
                "currency_id": self.eur.id,
                "rank": 1,
                "score": 0.81,
                "kind": "unnamed",
                "partner_id": invoice.partner_id.id,
            }
        )
        report = self.report(fields.Date.today())
        [waiting] = report.sections[0].waiting
        self.assertEqual(report.state_text(waiting), "No reference · 81 %")
        self.assertEqual(waiting.user, self.env.user.name)

    def test_a_timezone_decides_what_day_it_is(self):
        """At 23:30 UTC it is tomorrow in Tokyo: tomorrow's report may be made there."""
        self.company.sudo().partner_id.tz = "Asia/Tokyo"
        with freeze_time("2026-03-10 23:30:00"):
            self.assertTrue(self.report(fields.Date.to_date("2026-03-11")))
