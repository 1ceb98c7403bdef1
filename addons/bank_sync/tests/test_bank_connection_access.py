from datetime import date

from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import BankSyncCommon
from .scripted import scripted_bank


@tagged("post_install", "-at_install")
class TestBankConnectionAccess(BankSyncCommon):
    """The certificate a company shows its bank."""

    def setUp(self):
        super().setUp()
        self.authority = scripted_bank().Authority()
        self.connection = (
            self.env["bank.connection"]
            .with_user(self.manager)
            .create({"name": "Banque du Parc", "base_url": "https://bank.example"})
        )

    def give(self, days):
        certificate, key = self.authority.issue("sme", days=days)
        self.connection.write({"certificate": certificate})
        self.connection.write({"certificate_key": key})

    def test_certificate_key_and_authorities_reach_the_bank(self):
        self.give(90)
        self.connection.write({"bank_authorities": self.authority.pem, "signs_requests": True})
        options = self.connection._transport_options()
        self.assertIn("PRIVATE KEY", options["certificate"].key)
        self.assertEqual(options["authorities"], self.authority.pem)
        self.assertTrue(options["signer"])
        self.assertFalse(self.connection.read(["certificate_key"])[0]["certificate_key"])

    def test_what_cannot_be_read_is_refused_when_it_is_entered(self):
        with self.assertRaises(ValidationError):
            self.connection.write({"certificate": "nonsense"})
        with self.assertRaises(ValidationError):
            self.connection.write({"bank_authorities": "nonsense"})
        certificate, _key = self.authority.issue("sme")
        _other, foreign = self.authority.issue("another")
        self.connection.write({"certificate": certificate})
        for key in (foreign, "nonsense"):
            with self.assertRaises(UserError):
                self.connection.write({"certificate_key": key})

    def test_case_011_the_end_of_our_certificate_is_said_sixty_thirty_and_seven_days_before(self):
        self.give(90)
        until = self.connection.certificate_valid_until
        self.assertIsInstance(until, date)
        said = []
        for left in (61, 60, 59, 30, 29, 8, 7, 1, 0):
            with freeze_time(date.fromordinal(until.toordinal() - left)):
                before = self.connection.certificate_warned_days
                self.connection._watch_certificate()
                if self.connection.certificate_warned_days != before:
                    said.append(left)
        self.assertEqual(said, [60, 30, 7])
        self.assertEqual(len(self.connection.activity_ids), 1)
        self.assertEqual(self.connection.activity_ids.date_deadline, until)

    def test_a_new_certificate_takes_the_task_back(self):
        self.give(5)
        self.connection._watch_certificate()
        self.assertTrue(self.connection.activity_ids)
        self.give(365)
        self.connection._watch_certificate()
        self.assertFalse(self.connection.activity_ids)
        self.assertFalse(self.connection.certificate_warned_days)
