from odoo.tests import TransactionCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestResCompany(TransactionCase):
    def test_a_company_is_made_by_somebody_who_knows_nothing_of_matching(self):
        maker = new_test_user(
            self.env, "company_maker", "base.group_erp_manager,base.group_partner_manager"
        )
        company = self.env["res.company"].with_user(maker).create({"name": "New"})
        kinds = company.sudo().bank_auto_kind_ids
        self.assertEqual(kinds, company._bank_first_kinds())
        self.assertTrue(kinds)
