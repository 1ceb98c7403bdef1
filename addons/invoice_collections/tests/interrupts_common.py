from datetime import timedelta

from odoo.tests import freeze_time

from .common import TODAY, CollectionCommon


class InterruptsCommon(CollectionCommon):
    """Promises and disputes as a collector takes them; days pass under a frozen clock."""

    def _lines(self, moves):
        return moves.line_ids.filtered(lambda line: line.account_type == "asset_receivable")

    def _opened_case(self):
        self.company._collection_evaluate()
        return self._case().with_user(self.collector)

    def _promise(self, moves, date, amount=None, source="phone"):
        case = self._opened_case()
        return (
            self.env["collection.promise"]
            .with_user(self.collector)
            ._take(case, self._lines(moves), amount, date, source)
        )

    def _dispute(self, amounts, **values):
        case = self._opened_case()
        return (
            self.env["collection.dispute"]
            .with_user(self.collector)
            ._open(
                case,
                {self._lines(move): amount for move, amount in amounts.items()},
                values.get("category", "price"),
                values.get("note", "Not what we agreed"),
                values.get("source", "email"),
                values.get("attachments", ()),
            )
        )

    def _day(self, days):
        """Freeze the clock so many days after today, at noon."""
        return freeze_time(f"{TODAY + timedelta(days=days)} 12:00:00")

    def _pay_on(self, moves, amount, date):
        register = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=moves.ids)
            .create({"group_payment": True, "amount": amount, "payment_date": date})
        )
        register._create_payments()
