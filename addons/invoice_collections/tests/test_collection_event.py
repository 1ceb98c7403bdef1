import psycopg2

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL, mute_logger

from .common import NOON, CollectionCommon


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestCollectionEvent(CollectionCommon):
    """The record of events can be added to, and nothing else, by nobody."""

    def setUp(self):
        super().setUp()
        self.events = self.env["collection.event"].sudo()
        self._invoice(7)
        self._run()
        self.event = self._case().event_ids[:1]

    def _refused(self, statement):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.IntegrityError, msg=statement.code) as caught,
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(statement)
        self.assertIn("append-only", str(caught.exception))

    def test_the_database_itself_refuses_changes(self):
        self.env.flush_all()
        for statement in (
            SQL("UPDATE collection_event SET kind = 'nothing' WHERE id = %s", self.event.id),
            SQL("UPDATE collection_event SET payload = '{}' WHERE id = %s", self.event.id),
            SQL("DELETE FROM collection_event WHERE id = %s", self.event.id),
            SQL("TRUNCATE collection_event"),
        ):
            with self.subTest(statement=statement.code):
                self._refused(statement)

    def test_nobody_changes_or_removes_an_event_through_odoo(self):
        for attempt in (
            lambda: self.event.write({"kind": "nothing"}),
            self.event.unlink,
        ):
            with self.assertRaises(UserError):
                attempt()

    def test_a_seal_is_written_once_and_changes_nothing_else(self):
        self.events._seal(self.company)
        self.assertTrue(self.event.hash)
        self._refused(SQL("UPDATE collection_event SET hash = 'x' WHERE id = %s", self.event.id))
        fresh = self.events._log("something", company=self.company)
        self.env.flush_all()
        self._refused(
            SQL("UPDATE collection_event SET hash = 'x', kind = 'y' WHERE id = %s", fresh.id)
        )

    def test_the_chain_verifies_and_goes_on(self):
        self.assertGreater(self.events._seal(self.company), 0)
        self.assertEqual(self.events._seal(self.company), 0)
        self.events._log("later", company=self.company)
        self.assertEqual(self.events._seal(self.company), 1)
        sealed, broken = self.events._verify(self.company)
        self.assertEqual(sealed, self.events.search_count([("company_id", "=", self.company.id)]))
        self.assertIsNone(broken)

    def test_a_change_behind_the_databases_back_shows(self):
        self.events._seal(self.company)
        second = self.events.search([("company_id", "=", self.company.id), ("sequence", "=", 2)])
        self.env.cr.execute("ALTER TABLE collection_event DISABLE TRIGGER USER")
        self.env.cr.execute(
            SQL("""UPDATE collection_event SET payload = '{"x": 1}' WHERE id = %s""", second.id)
        )
        self.env.cr.execute("ALTER TABLE collection_event ENABLE TRIGGER USER")
        self.env.invalidate_all()
        self.assertEqual(self.events._verify(self.company)[1], 2)

    def test_a_collector_verifies_the_record_from_the_screen(self):
        found = self.policy.with_user(self.collector).action_verify_events()["params"]
        self.assertEqual(found["type"], "success")
        self.assertTrue(self.event.hash)

    def test_companies_have_chains_of_their_own(self):
        other = self._create_company(name="Second Seller")
        self.events._log("something", company=other)
        self.events._seal(self.company)
        self.events._seal(other)
        self.assertEqual(
            self.events.search([("company_id", "=", other.id)], order="id").mapped("sequence")[0], 1
        )
        self.assertIsNone(self.events._verify(other)[1])

    def test_behaviour_40_the_events_say_what_was_sent_to_whom_and_why(self):
        queued = self.events.search(
            [("kind", "=", "touchpoint_queued"), ("company_id", "=", self.company.id)]
        )
        payload = queued.payload
        self.assertEqual(payload["to"], "corner.bookshop@customer.example")
        self.assertEqual(payload["items"][0][3], "100.00")
        self.assertEqual(len(payload["body_sha256"]), 64)
        self.assertEqual(queued.case_id, self._case())

    def test_a_changed_policy_is_an_event_with_old_and_new(self):
        self.policy.with_user(self.manager).write({"cap_count": 9, "min_amount": 2.5})
        event = self.events.search([("kind", "=", "policy_changed")], limit=1)
        self.assertEqual(event.payload, {"cap_count": [3, 9], "min_amount": ["1.0", "2.5"]})
        self.assertEqual(event.user_id, self.manager)
