from ast import literal_eval

from lxml import etree

from odoo.tests import new_test_user

from odoo.addons.bank_sync.core.matching.values import Proposal, Reason

from .booking_common import BookingCommon


class TestBankMatchDecisionMeasures(BookingCommon):
    """The rates on screen are about what they say, whatever else is in the log."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader = new_test_user(
            cls.env, "measures", "bank_sync.group_user", company_id=cls.env.company.id
        )

    def _booked(self, by):
        invoice = self.invoice(100.0)
        line = self.bank_line(100.0, "paid")
        proposal = Proposal(
            self.claims(invoice), 0.9999, (Reason.EXACT_AMOUNT,), partner=self.customer.id
        )
        line._book_proposals({line: proposal}, {line: {"by": by}})
        return line

    def _rates(self, lines, *groups):
        domain = [("statement_line_id", "in", lines.ids)]
        return (
            self.env["bank.match.decision"]
            .with_user(self.reader)
            ._read_group(domain, groups, ["straight_through_rate:avg", "automatic_precision:avg"])
        )

    def test_three_of_four_by_themselves_are_75_percent_and_all_right(self):
        lines = self._booked("rule") + self._booked("rule") + self._booked("rule")
        lines += self._booked("user")
        self.assertEqual(self._rates(lines), [(75.0, 100.0)])

    def test_a_line_booked_twice_counts_once_and_the_first_time_as_wrong(self):
        """Automatic, undone, then by hand: a person did it, and automation was wrong."""
        kept, undone = self._booked("rule"), self._booked("rule")
        undone.action_undo_match()
        self.assertEqual(self._rates(kept + undone), [(100.0, 50.0)])
        invoice = self.invoice(100.0)
        undone._match_manually(Proposal(self.claims(invoice), 1.0, (), partner=self.customer.id))
        self.assertEqual(self._rates(kept + undone), [(50.0, 50.0)])

    def test_found_wrong_in_review_is_wrong_though_it_stands(self):
        lines = self._booked("rule") + self._booked("rule")
        lines[0].bank_decision_ids.sudo().write({"review": "wrong"})
        self.assertEqual(self._rates(lines), [(100.0, 50.0)])

    def test_time_to_match_is_told_in_hours_and_of_bookings_only(self):
        lines = self._booked("rule") + self._booked("user")
        lines.bank_decision_ids.flush_recordset()
        for line, seconds in zip(lines, (1800, 12600), strict=True):
            self.env.cr.execute(
                "UPDATE bank_match_decision SET seconds = %s WHERE statement_line_id = %s",
                [seconds, line.id],
            )
        lines.bank_decision_ids.invalidate_recordset()
        decisions = self.env["bank.match.decision"].with_user(self.reader)
        domain = [("statement_line_id", "in", lines.ids)]
        self.assertEqual(decisions._read_group(domain, [], ["hours:avg"]), [(2.0,)])
        self.assertEqual(sorted(decisions.search(domain).mapped("hours")), [0.5, 3.5])
        lines[0].action_undo_match()
        self.assertEqual(decisions._read_group(domain, [], ["hours:avg"]), [(2.0,)])

    def test_precision_of_the_reviewed_share_leaves_out_what_nobody_looked_at(self):
        """One of two reviewed was wrong: 50 %, though three of four stand."""
        lines = self._booked("rule") + self._booked("rule") + self._booked("rule")
        lines += self._booked("rule")
        decisions = lines.bank_decision_ids.sudo()
        decisions.write({"review": False})
        decisions[0].write({"review": "wrong"})
        decisions[1].write({"review": "confirmed"})
        [view] = (
            self.env["bank.match.decision"]
            .get_views([(self.env.ref("bank_sync.bank_match_decision_view_search").id, "search")])[
                "views"
            ]
            .values()
        )
        arch = etree.fromstring(view["arch"])
        domain = literal_eval(arch.find(".//filter[@name='reviewed']").get("domain"))
        [(precision,)] = (
            self.env["bank.match.decision"]
            .with_user(self.reader)
            ._read_group(
                [*domain, ("statement_line_id", "in", lines.ids)], [], ["automatic_precision:avg"]
            )
        )
        self.assertEqual(precision, 50.0)

    def test_where_nothing_booked_itself_precision_is_unknown_not_zero(self):
        [(rate, precision)] = self._rates(self._booked("user"))
        self.assertEqual(rate, 0.0)
        self.assertFalse(precision)
        self.assertIsNot(precision, 0.0)

    def test_the_rates_are_measures_by_kind_bank_and_week(self):
        """What pivot and graph ask for, asked as they ask."""
        lines = self._booked("rule") + self._booked("user")
        decisions = self.env["bank.match.decision"].with_user(self.reader)
        described = decisions.fields_get(["straight_through_rate", "automatic_precision"])
        self.assertEqual({field["aggregator"] for field in described.values()}, {"avg"})
        for group in ("kind", "journal_id", "bank_id", "decided_at:week"):
            [found] = decisions.formatted_read_group(
                [("statement_line_id", "in", lines.ids)],
                [group],
                ["straight_through_rate:avg", "automatic_precision:avg", "hours:avg"],
            )
            self.assertEqual(found["straight_through_rate:avg"], 50.0)
            self.assertEqual(found["automatic_precision:avg"], 100.0)

    def test_another_company_is_not_counted(self):
        lines = self._booked("rule")
        stranger = new_test_user(
            self.env,
            "stranger",
            "bank_sync.group_user",
            company_id=self.env["res.company"].create({"name": "Other"}).id,
        )
        decisions = self.env["bank.match.decision"].with_user(stranger)
        self.assertFalse(decisions.search([("statement_line_id", "in", lines.ids)]))
