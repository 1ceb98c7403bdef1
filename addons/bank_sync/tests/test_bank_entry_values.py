import datetime
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from odoo.addons.bank_sync.core.statement import Charge, Entry, EntryDetail
from odoo.addons.bank_sync.models.bank_entry_values import clean, entry_to_values, row_to_entry

from .common import BankSyncCommon

TEXT = st.none() | st.text(st.characters(), max_size=20)
#: Odoo keeps amounts as floats: every balance of real life, to the cent.
MONEY = st.integers(-(10**14), 10**14)
CURRENCY = st.sampled_from(["EUR", "USD", "JPY", "KWD"])
RATE = st.none() | st.decimals("0.0001", "9999", places=6)
CHARGES = st.lists(st.builds(Charge, MONEY, CURRENCY, st.none() | st.booleans()), max_size=2)
TEXTS = {
    "servicer_reference": TEXT,
    "end_to_end_id": TEXT,
    "mandate_id": TEXT,
    "creditor_reference": TEXT,
    "counterparty_name": TEXT,
    "counterparty_account": TEXT,
    "ultimate_name": TEXT,
    "bank_transaction_code": TEXT,
    "return_reason": TEXT,
    "exchange_rate": RATE,
    "charges": CHARGES.map(tuple),
    "remittance": st.lists(st.text(st.characters(), max_size=20), max_size=3).map(tuple),
}
DETAIL = st.builds(EntryDetail, st.none() | MONEY, st.none() | CURRENCY, **TEXTS)
ENTRY = st.builds(
    Entry,
    st.none() | st.dates(datetime.date(1900, 1, 1)),
    st.none() | st.dates(datetime.date(1900, 1, 1)),
    MONEY,
    CURRENCY,
    entry_reference=TEXT,
    description=TEXT,
    batch_reference=TEXT,
    batch_size=st.none() | st.integers(1, 2**31 - 1),
    reversal=st.booleans(),
    details=st.lists(DETAIL, max_size=3).map(tuple),
    **TEXTS,
)


@tagged("post_install", "-at_install")
class TestBankEntryValues(BankSyncCommon):
    """What the bank says goes into the database and comes out again as it was."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        accounts_sudo = cls.env["bank.connection.account"].sudo()
        cls.account = accounts_sudo.create(
            {"company_id": cls.company.id, "currency_id": cls.eur.id}
        )
        cls.currencies = accounts_sudo._currencies(["EUR", "USD", "JPY", "KWD"])
        for currency in cls.currencies.values():
            currency.active = True

    def through_the_database(self, entries):
        rows = (
            self.env["bank.entry"]
            .sudo()
            .create(
                [
                    {
                        **entry_to_values(entry, self.currencies),
                        "account_id": self.account.id,
                        "company_id": self.company.id,
                        "state": "booked",
                        "fingerprint": str(number),
                    }
                    for number, entry in enumerate(entries)
                ]
            )
        )
        self.env.flush_all()
        self.env.invalidate_all()
        read = [row_to_entry(row) for row in rows]
        rows.unlink()
        return read

    @settings(
        max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    @given(st.lists(ENTRY, min_size=1, max_size=12))
    def test_every_entry_comes_back_as_it_went_in(self, entries):
        entries = [clean(entry) for entry in entries]
        self.assertEqual(self.through_the_database(entries), entries)

    def test_on_whose_behalf_was_paid_comes_back_although_it_is_no_part_of_equality(self):
        detail = EntryDetail(100, "EUR", ultimate_name="Real Payer")
        entry = Entry(None, None, 100, "EUR", details=(detail,), ultimate_name="Real Payer")
        (again,) = self.through_the_database([entry])
        told = (again.ultimate_name, again.details[0].ultimate_name)
        self.assertEqual(told, ("Real Payer", "Real Payer"))

    def test_what_was_ordered_comes_back_exactly(self):
        ordered = [
            Entry(
                datetime.date(2026, 3, 2),
                None,
                9000,
                "EUR",
                original_amount=amount,
                original_currency=currency,
                exchange_rate=Decimal("1.085000000000000001"),
            )
            for amount, currency in (
                (10000, "USD"),
                (-1, "USD"),
                (0, "USD"),
                (12345, "KWD"),
                (987654321, "JPY"),
                (5, "XQQ"),
                (99999999999, "CLF"),
            )
        ]
        self.assertEqual(self.through_the_database(ordered), ordered)
