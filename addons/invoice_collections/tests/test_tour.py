from odoo.tests import HttpCase, tagged

from .common import CollectionCommon


@tagged("post_install", "-at_install")
class TestTour(CollectionCommon, HttpCase):
    """A collector's walk through the screens, in a real browser."""

    def test_a_collector_walks_from_the_cases_to_what_was_said(self):
        invoice = self._invoice(0)
        invoice.line_ids.filtered(lambda line: line.display_type == "payment_term").write(
            {"date_maturity": self.company._collection_today()}
        )
        self.policy.working_days_only = False
        self.company._collection_run()
        self.start_tour(
            "/odoo/action-invoice_collections.collection_case_action",
            "invoice_collections_case",
            login="cora",
        )
