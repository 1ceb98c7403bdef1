import csv
import io
import json
from datetime import date

from openpyxl import load_workbook

from odoo import http
from odoo.tests import HttpCase, freeze_time, tagged

from .common import NOON, CollectionCommon


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestExport(HttpCase, CollectionCommon):
    """Whatever a collector or manager sees as a list, they get as CSV and XLSX."""

    def _lists(self, user):
        """Return ``{model: list view}`` behind the menus that a user sees."""
        menus = self.env["ir.ui.menu"].with_user(user)
        root = self.env.ref("invoice_collections.menu_root")
        seen = menus.browse(menus._visible_menu_ids()).filtered(
            lambda menu: menu.parent_path.startswith(root.parent_path) and menu.action
        )
        actions = [
            menu.action for menu in seen.sudo() if menu.action._name == "ir.actions.act_window"
        ]
        lists = {one.res_model: dict(map(reversed, one.views)).get("list") for one in actions}
        return {model: view for model, view in sorted(lists.items()) if view is not None}

    def _export(self, kind, model, fields, context=None):
        data = {
            "model": model,
            "fields": [{"name": name, "label": name, "type": "char"} for name in fields],
            "ids": False,
            "domain": [],
            "import_compat": False,
            "context": context or {},
            "groupby": [],
        }
        return self.url_open(
            f"/web/export/{kind}",
            data={"data": json.dumps(data), "csrf_token": http.Request.csrf_token(self)},
        )

    def _columns(self, model, view):
        """Return the columns of the list of a model, as the web client exports them."""
        fields = self.env[model].with_user(self.manager).get_view(view, "list")["models"][model]
        shown = self.env[model].with_user(self.manager).fields_get()
        names = [
            name
            for name in sorted(fields)
            if name != "id" and shown.get(name, {}).get("exportable")
        ]
        return names[:6]

    def test_every_list_can_be_exported_by_both_roles(self):
        self._invoice(7, 1234.0)
        self._run()
        for user in (self.collector, self.manager):
            self.authenticate(user.login, user.login)
            lists = self._lists(user)
            self.assertGreater(len(lists), 8)
            for model, view in lists.items():
                columns = self._columns(model, view)
                with self.subTest(user=user.login, model=model):
                    answer = self._export("csv", model, columns)
                    self.assertEqual(answer.status_code, 200)
                    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
                    self.assertEqual(rows[0], columns)
                    answer = self._export("xlsx", model, columns)
                    self.assertEqual(answer.status_code, 200)
                    sheet = load_workbook(io.BytesIO(answer.content)).active
                    self.assertEqual(sheet.max_row, max(len(rows), 1))

    def test_the_export_of_the_aged_list_is_that_of_its_day(self):
        invoice = self._invoice(7, 1234.0)
        self._pay(invoice)
        self.authenticate("cora", "cora")
        columns = ["move_name", "residual"]
        today = self._export("csv", "collection.aged.item", columns)
        self.assertEqual(today.status_code, 200)
        self.assertNotIn("1234.0", today.text)
        context = {"as_of": str(date(2026, 3, 9)), "allowed_company_ids": self.company.ids}
        before = self._export("csv", "collection.aged.item", columns, context)
        self.assertIn("1234.0", before.text)

    def test_who_sees_no_collections_exports_none(self):
        self._invoice(7, 1234.0)
        self._run()
        user = self.env["res.users"].sudo().search([("login", "=", "cora")])
        user.group_ids = self.env.ref("base.group_user") | self.env.ref("base.group_allow_export")
        self.authenticate("cora", "cora")
        answer = self._export("csv", "collection.case", ["partner_id"])
        self.assertNotIn("Corner Bookshop", answer.text)
