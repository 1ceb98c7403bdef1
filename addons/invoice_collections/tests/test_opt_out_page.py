from odoo.tests import tagged

from .debtor_page_common import DebtorPageCase


@tagged("post_install", "-at_install")
class TestOptOutPage(DebtorPageCase):
    """Being left alone by one click, without login."""

    def test_opening_the_link_changes_nothing(self):
        page = self._page(self._open(f"{self.path}/stop/email"))
        self.assertIn("No more reminders by e-mail?", page.text_content())
        self.assertFalse(self.case.opt_out_ids)

    def test_behaviour_23_one_click_stops_the_channel_and_only_it(self):
        page = self._page(self._open(f"{self.path}/stop/sms", data={"x": "1"}))
        self.assertIn("You get no more reminders by text message.", page.text_content())
        self.assertEqual(self.case.opt_out_ids.mapped("channel"), ["sms"])
        self.assertEqual(self.case.opt_out_ids.source, "link")

    def test_a_mail_programs_own_click_counts(self):
        data = {"List-Unsubscribe": "One-Click"}
        self.assertEqual(self._open(f"{self.path}/stop/email", data=data).status_code, 200)
        self.case.invalidate_recordset()
        self.assertTrue(self.case.opt_out)

    def test_a_customer_can_change_their_mind(self):
        self._open(f"{self.path}/stop/email", data={"x": "1"})
        self._open(f"{self.path}/stop/email", data={"again": "1"})
        self.case.invalidate_recordset()
        self.assertFalse(self.case.opt_out)

    def test_a_link_that_opens_nothing_stops_nothing(self):
        forged = self.path[:-4] + "AAAA"
        for path in (f"{forged}/stop/email", f"{self.path}/stop/telegraph"):
            self.assertEqual(self._open(path, data={"x": "1"}).status_code, 404)
        self.assertFalse(self.env["collection.opt.out"].search([]))
