from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import NOON, CollectionCommon

#: Model -> what a collector may do; a manager may what stands in the third column.
MATRIX = {
    "collection.policy": ("r", "rw"),
    "collection.cadence": ("r", "rwcd"),
    "collection.cadence.step": ("r", "rwcd"),
    "collection.holiday": ("r", "rwcd"),
    "collection.contact.rule": ("r", "rwcd"),
    "collection.contact.day": ("r", "r"),
    "collection.case": ("rw", "rw"),
    "collection.touchpoint": ("r", "r"),
    "collection.touchpoint.item": ("r", "r"),
    "collection.event": ("r", "r"),
    "collection.aged.item": ("r", "r"),
    "collection.aged.report": ("rwcd", "rwcd"),
    "collection.channel": ("r", "rw"),
    "collection.channel.stat": ("r", "r"),
    "collection.contact.point": ("r", "r"),
    "collection.letter.batch": ("r", "r"),
    "collection.opt.out": ("r", "r"),
    "collection.paid.claim": ("r", "r"),
    "collection.agency": ("r", "rwcd"),
    "collection.handover": ("r", "rw"),
    "collection.handover.line": ("r", "r"),
    "collection.handover.payment": ("r", "r"),
    "collection.handover.recall": ("", "rwcd"),
    "collection.promise": ("r", "r"),
    "collection.promise.line": ("r", "r"),
    "collection.dispute": ("rw", "rw"),
    "collection.dispute.line": ("r", "r"),
    "collection.plan": ("r", "r"),
    "collection.plan.line": ("r", "r"),
    "collection.plan.version": ("r", "r"),
    "collection.plan.installment": ("r", "r"),
    "collection.plan.offer": ("r", "rwcd"),
    "collection.plan.calculator": ("rwcd", "rwcd"),
    "collection.plan.flow": ("r", "r"),
    "collection.plan.accrual.line": ("rwcd", "rwcd"),
    "collection.plan.accrual": ("rwcd", "rwcd"),
    "collection.plan.bulk.row": ("rwcd", "rwcd"),
    "collection.plan.bulk": ("rwcd", "rwcd"),
    "collection.plan.change": ("rwcd", "rwcd"),
    "collection.plan.calculator.scenario": ("rwcd", "rwcd"),
    "collection.rule.set": ("r", "rwcd"),
    "collection.rule.line": ("r", "rwcd"),
    "collection.reference.rate": ("r", "rwcd"),
    "collection.charge": ("r", "r"),
    "collection.notice": ("r", "r"),
    "collection.call.result": ("rwcd", "rwcd"),
    "collection.case.act": ("rwcd", "rwcd"),
    "collection.case.hold": ("rwcd", "rwcd"),
    "collection.statement": ("rwcd", "rwcd"),
    "collection.timeline": ("r", "r"),
    "collection.why": ("rwcd", "rwcd"),
    "collection.case.stops": ("rwcd", "rwcd"),
    "collection.paid.claim.take": ("rwcd", "rwcd"),
    "collection.promise.take": ("rwcd", "rwcd"),
    "collection.dispute.open": ("rwcd", "rwcd"),
    "collection.dispute.open.line": ("rwcd", "rwcd"),
    "collection.dispute.resolve": ("rwcd", "rwcd"),
    "collection.dispute.resolve.line": ("rwcd", "rwcd"),
    "collection.run.preview": ("", "rwcd"),
    "collection.run.preview.line": ("", "rwcd"),
    "collection.text.preview": ("", "rwcd"),
    "collection.planned.step": ("rwcd", "rwcd"),
}
OPERATIONS = {"r": "read", "w": "write", "c": "create", "d": "unlink"}


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestAccess(CollectionCommon):
    """Who may do what, model by model; nobody sees another company's customers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(NOON):
            cls._invoice(7)
            cls.company._collection_run()
        cls.other_company = cls._create_company(name="Second Seller")
        own = {
            "company_id": cls.other_company.id,
            "company_ids": [Command.set(cls.other_company.ids)],
        }
        cls.foreign_manager = new_test_user(
            cls.env, "fred", groups="invoice_collections.group_manager", **own
        )
        cls.employee = new_test_user(cls.env, "emil", groups="base.group_user")
        cls.accountant = new_test_user(cls.env, "anna", groups="account.group_account_user")
        cls.portal = new_test_user(cls.env, "paul", groups="base.group_portal")
        cls.customer_user = new_test_user(
            cls.env, "carla", groups="base.group_portal", partner_id=cls.customer.id
        )
        cls.public = cls.env.ref("base.public_user")

    def test_roles_and_models(self):
        nothing = dict.fromkeys(MATRIX, "")
        roles = {
            self.collector: {model: rights[0] for model, rights in MATRIX.items()},
            self.manager: {model: rights[1] for model, rights in MATRIX.items()},
            self.employee: nothing,
            self.accountant: nothing,
            self.portal: nothing,
            self.customer_user: nothing,
            self.public: nothing,
        }
        for user, models in roles.items():
            for model, rights in models.items():
                for letter, operation in OPERATIONS.items():
                    with self.subTest(user=user.sudo().login, model=model, operation=operation):
                        allowed = self.env[model].with_user(user).has_access(operation)
                        self.assertEqual(allowed, letter in rights)

    def test_every_model_of_the_addon_is_in_the_matrix(self):
        models = (
            self.env["ir.model"]
            .search([("model", "=like", "collection.%"), ("abstract", "=", False)])
            .filtered(lambda model: "invoice_collections" in model.modules.split(", "))
        )
        self.assertEqual(set(models.mapped("model")), set(MATRIX))

    def test_nobody_sees_another_companys_records(self):
        self.assertTrue(self._case().with_user(self.collector).partner_id)
        for model in (
            "collection.case",
            "collection.touchpoint",
            "collection.touchpoint.item",
            "collection.event",
            "collection.policy",
            "collection.cadence",
            "collection.cadence.step",
        ):
            with self.subTest(model=model):
                records = self.env[model].sudo().search([])
                company = "company_id"
                if model == "collection.touchpoint.item":
                    company = "touchpoint_id.company_id"
                elif model == "collection.cadence.step":
                    company = "cadence_id.company_id"
                ours = records.filtered_domain([(company, "=", self.company.id)])
                self.assertTrue(ours)
                with self.assertRaises(AccessError):
                    ours.with_user(self.foreign_manager).check_access("read")
                visible = self.env[model].with_user(self.foreign_manager).search([])
                self.assertFalse(visible & ours)

    def test_nobody_reads_what_another_company_previews_or_puts_on_hold(self):
        self._invoice(7, partner=self._customer("Previewed"))
        previews = self.env["collection.run.preview"].with_user(self.manager)
        preview = previews.browse(previews._open(self.company)["res_id"])
        hold = self.env["collection.case.hold"].with_user(self.collector)
        hold = hold.create({"case_ids": self._case().ids, "note": "between us"})
        for records in (preview, preview.line_ids, hold):
            with self.subTest(model=records._name):
                self.assertTrue(records)
                theirs = records.with_user(self.foreign_manager)
                self.assertFalse(theirs.search([("id", "in", records.ids)]))
                with self.assertRaises(AccessError):
                    theirs.check_access("read")

    def test_the_library_is_read_by_all_and_edited_by_none(self):
        library = self.env.ref("invoice_collections.cadence_standard")
        self.assertTrue(library.with_user(self.collector).name)
        with self.assertRaises(AccessError):
            library.with_user(self.manager).name = "Ours now"
        with self.assertRaises(AccessError):
            library.step_ids[:1].with_user(self.manager).offset_days = 3

    def test_nobody_outside_the_server_reads_what_links_are_made_of(self):
        for user in (self.collector, self.manager):
            with self.assertRaises(AccessError):
                self._case().with_user(user).read(["access_nonce"])

    def test_only_a_manager_starts_a_run(self):
        for user in (self.collector, self.employee):
            with self.assertRaises(AccessError):
                self.policy.with_user(user).action_run()
            with self.assertRaises(AccessError):
                self.policy.with_user(user).action_preview_run()
        self.assertEqual(list(self.policy.with_user(self.manager).action_run()), self.company.ids)

    def test_a_manager_cannot_run_another_company(self):
        with self.assertRaises(AccessError):
            self.policy.with_user(self.foreign_manager).action_run()
        with self.assertRaises(AccessError):
            self.policy.with_user(self.foreign_manager).action_preview_run()

    def test_the_buttons_of_a_case_are_not_for_strangers(self):
        case = self._case()
        for user in (self.foreign_manager, self.employee, self.customer_user):
            for button in (
                "action_open_debtor_page",
                "action_revoke_links",
                "action_resume",
                "action_evaluate",
            ):
                with self.subTest(user=user.login, button=button), self.assertRaises(AccessError):
                    getattr(case.with_user(user), button)()

    def test_the_dashboard_is_for_collectors(self):
        dashboard = self.env["collection.dashboard"]
        self.assertTrue(dashboard.with_user(self.collector).get_data()["tiles"])
        for user in (self.employee, self.accountant, self.portal, self.public):
            with self.assertRaises(AccessError):
                dashboard.with_user(user).get_data()

    def test_paying_an_invoice_needs_no_right_on_cases(self):
        invoice = self._invoice(7, partner=self._customer("Payer"))
        self.company._collection_run()
        register = (
            self.env["account.payment.register"]
            .with_user(self.env.user)
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({})
        )
        register._create_payments()
        self.assertEqual(self._case(invoice.partner_id).state, "clear")
