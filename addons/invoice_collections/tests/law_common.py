from datetime import date

from odoo import Command

from .common import TODAY, CollectionCommon


class LawCommon(CollectionCommon):
    """A company whose country, currency and policy of charges a test chooses."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.charge_mode = "announce"
        cls.eur = cls._currency("EUR")
        cls.gbp = cls._currency("GBP")
        cls._seller_in("de")
        cls.company.currency_id = cls.eur

    @classmethod
    def _currency(cls, name):
        currency = cls.env["res.currency"].with_context(active_test=False)
        currency = currency.search([("name", "=", name)])
        currency.active = True
        return currency

    @classmethod
    def _seller_in(cls, code):
        cls.company.account_fiscal_country_id = cls.env.ref(f"base.{code}")

    @classmethod
    def _consumer(cls, name, code, **values):
        return cls._customer(
            name, is_company=False, country_id=cls.env.ref(f"base.{code}").id, **values
        )

    @classmethod
    def _late(cls, due, amount, partner=None, currency=None):
        """Post an invoice that fell due on a day."""
        move = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": (partner or cls.customer).id,
                "company_id": cls.company.id,
                "currency_id": (currency or cls.eur).id,
                "invoice_date": min(due, date(2024, 1, 2)) if due < TODAY else due,
                "invoice_date_due": due,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create({"name": "Work", "price_unit": amount, "tax_ids": False})
                ],
            }
        )
        move.action_post()
        return move

    @classmethod
    def _pay_on(cls, moves, day, amount=None):
        """Register a payment on a day."""
        register = (
            cls.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=moves.ids)
            .create({"payment_date": day, **({"amount": amount} if amount else {})})
        )
        return register._create_payments()

    @staticmethod
    def _item(move):
        return move.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )

    def _told(self, move, today=TODAY):
        """Return ``{kind: minor units}`` of what an invoice bears, as a collector's screen asks."""
        charges = self._item(move).with_user(self.collector)._collection_charges(today)
        return {kind: amount for kind, amount, _rule, _why in charges.get(self._item(move).id, [])}

    def _record(self, move, today=TODAY):
        return self.env["collection.charge"]._record(self._item(move), today)
