from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import SponsorBankCommon


@tagged("post_install", "-at_install")
class TestBankSharingConsent(SponsorBankCommon):
    def test_staff_see_a_company_only_while_its_consent_is_effective(self):
        consent = self.create_consent(granted=False)
        seen = self.env["bank.sharing.consent"].with_user(self.staff)
        self.assertFalse(seen.search([]))
        consent.action_grant()
        self.assertEqual(seen.search([]), consent)
        consent.action_revoke()
        self.assertFalse(seen.search([]))

    def test_a_consent_holds_through_its_last_day_and_not_longer(self):
        last_day = self.create_consent(valid_until=self.today)
        seen = self.env["bank.sharing.consent"].with_user(self.staff)
        self.assertEqual(seen.search([]), last_day)
        last_day.action_revoke()
        self.create_consent(valid_until=self.today - timedelta(days=1))
        self.assertFalse(seen.search([]))

    def test_staff_of_another_bank_see_nothing(self):
        consent = self.create_consent()
        self.assertFalse(self.env["bank.sharing.consent"].with_user(self.other_staff).search([]))
        with self.assertRaises(AccessError):
            consent.with_user(self.other_staff).read(["company_id"])

    def test_staff_change_nothing_and_read_no_invoice(self):
        consent = self.create_consent()
        with self.assertRaises(AccessError):
            consent.with_user(self.staff).action_revoke()
        with self.assertRaises(AccessError):
            self.invoice.with_user(self.staff).read(["amount_residual"])

    def test_a_collector_may_read_and_not_grant(self):
        consent = self.create_consent(granted=False)
        self.assertEqual(consent.with_user(self.collector).state, "draft")
        with self.assertRaises(AccessError):
            consent.with_user(self.collector).action_grant()

    def test_what_was_granted_cannot_be_widened_or_deleted(self):
        consent = self.create_consent(share_debtor_names=False)
        with self.assertRaises(UserError):
            consent.share_debtor_names = True
        with self.assertRaises(UserError):
            consent.unlink()
        self.assertFalse(consent.share_debtor_names)

    def test_a_revoked_consent_stays_revoked(self):
        consent = self.create_consent()
        consent.action_revoke()
        with self.assertRaises(UserError):
            consent.action_grant()

    def test_nothing_chosen_is_no_consent(self):
        consent = self.create_consent(granted=False, share_receivables=False)
        with self.assertRaises(UserError):
            consent.action_grant()

    def test_a_company_shares_once_with_each_bank(self):
        self.create_consent()
        second = self.create_consent(granted=False)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            second.action_grant()
            second.flush_recordset()

    def test_granting_and_revoking_leave_their_events(self):
        consent = self.create_consent()
        consent.action_revoke()
        events = (
            self.env["collection.event"]
            .with_user(self.manager)
            .search([("res_model", "=", consent._name), ("res_id", "=", consent.id)], order="id")
        )
        self.assertEqual(events.mapped("kind"), ["sharing_granted", "sharing_revoked"])
        self.assertEqual(events.user_id, self.manager)
        self.assertEqual(events[0].payload["scopes"], ["share_receivables"])

    def test_no_call_from_outside_grants_or_reopens_a_consent(self):
        consents = self.env["bank.sharing.consent"].with_user(self.manager)
        values = {"company_id": self.company.id, "bank_id": self.bank.id}
        with self.assertRaises(AccessError):
            consents.create({**values, "state": "granted"})
        consent = self.create_consent()
        consent.action_revoke()
        for forged in ({"state": "draft"}, {"granted_at": False}):
            with self.subTest(forged), self.assertRaises(AccessError):
                consent.with_user(self.manager).write(forged)
