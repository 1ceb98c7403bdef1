"""What a call from outside reaches with ids of another company: nothing at all."""

import inspect

from odoo import Command
from odoo.exceptions import AccessError, MissingError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .import_common import ImportPageCommon, entry, statement

REFUSALS = (AccessError, MissingError, UserError, ValidationError)


@tagged("post_install", "-at_install")
class TestForeignIds(ImportPageCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        other = (
            cls.env["res.company"].sudo().create({"name": "Strangers", "currency_id": cls.eur.id})
        )
        cls.strangers = [
            new_test_user(
                cls.env,
                f"stranger_{group}",
                f"bank_sync.group_{group}",
                company_id=other.id,
                company_ids=[Command.set(other.ids)],
            )
            for group in ("user", "manager")
        ]

    def theirs(self):
        """Return one record of every model of ours that this company has."""
        told = statement(entry(5000, "a"), entry(2000, "b"))
        page = self.page(told)
        self.book(page, told)
        wrong = self.page(statement(entry(1, "w"), closing=7, name="W"))
        connection = (
            self.env["bank.connection"]
            .with_user(self.manager)
            .create({"name": "Bank", "base_url": "https://bank.example"})
        )
        mapping = self.env["bank.statement.mapping"].create({"name": "M"})
        self.env["bank.secret"]._store(connection, "access_token", "verysecret")
        guide = self.env["bank.connection.wizard"].with_user(self.manager).create({})
        document = self.document(wrong)
        return [
            page,
            wrong,
            connection,
            mapping,
            guide,
            document,
            self.document(page),
            document.file_statement_ids,
            self.entries(),
            self.entries().account_id,
            self.entries().run_id,
            self.env["bank.event"].search([("company_id", "=", self.company.id)]),
            self.lines(),
        ]

    def calls(self, records):
        """Yield the names of what a call from outside may reach of ours, with arguments."""
        for name, method in inspect.getmembers(type(records), inspect.isfunction):
            ours = any(
                name in vars(one) and "odoo.addons.bank_sync." in one.__module__
                for one in type(records).__mro__
            )
            private = name.startswith("_") or getattr(method, "_api_private", False)
            if not ours or private or name in {"create", "init"}:
                continue
            wanted = list(inspect.signature(method).parameters.values())[1:]
            yield (
                name,
                [
                    {"vals": {}, "attachment_ids": []}.get(one.name, 1)
                    for one in wanted
                    if one.default is one.empty and one.kind is one.POSITIONAL_OR_KEYWORD
                ],
            )

    def reach(self, records, name, arguments, user):
        """Return what a stranger gets: nothing when refused, or where an action leads."""
        foreign = records[:1].with_user(user)
        foreign = foreign.with_context(allowed_company_ids=user.company_id.ids)
        foreign.env.invalidate_all()
        try:
            with self.env.cr.savepoint():
                answer = getattr(foreign, name)(*arguments)
                self.env.flush_all()
        except REFUSALS:
            return None
        return answer

    def test_no_call_with_ids_of_another_company_says_or_does_anything(self):
        for records in self.theirs():
            self.assertTrue(records)
            for name, arguments in self.calls(records):
                for user in self.strangers:
                    with self.subTest(f"{records._name}.{name} as {user.login}"):
                        answer = self.reach(records, name, arguments, user)
                        # Where it leads to is asked for access again, record by record.
                        kind = answer["type"] if answer else "ir.actions.none"
                        self.assertTrue(kind.startswith("ir.actions."), answer)
