"""The aged receivables report against figures added up by hand."""

from odoo.addons.invoice_collections.core.aged_report import COLUMNS, Cell, sections

EUR, USD = 1, 2
CELLS = [
    # Anna: 100.00 EUR not due, 40.00 EUR 10 days late, 30.00 USD (worth 25.00 EUR) over 90.
    Cell(7, EUR, "not_due", 10_000, 10_000, 2),
    Cell(7, EUR, "1_30", 4_000, 4_000, 1),
    Cell(7, USD, "over_90", 3_000, 2_500, 1),
    # Bert: 60.00 USD (50.00 EUR) 45 days late, and 20.00 EUR of his are not assigned.
    Cell(8, USD, "31_60", 6_000, 5_000, 1),
    Cell(8, EUR, "credit", -2_000, -2_000, 1),
]


def test_in_company_currency_there_is_one_section_with_everything():
    [section] = sections(CELLS, EUR)
    assert [(line.key, line.amounts, line.total) for line in section.lines] == [
        (7, (10_000, 4_000, 0, 0, 2_500, 0), 16_500),
        (8, (0, 0, 5_000, 0, 0, -2_000), 3_000),
    ]
    assert section.total.amounts == (10_000, 4_000, 5_000, 0, 2_500, -2_000)
    assert (section.total.total, section.total.overdue, section.total.count) == (19_500, 11_500, 6)


def test_in_its_own_currency_nothing_is_added_across_currencies():
    euros, dollars = sections(CELLS, None)
    assert (euros.currency, euros.total.total) == (EUR, 12_000)
    assert (dollars.currency, dollars.total.total) == (USD, 9_000)
    assert [(line.key, line.total) for line in dollars.lines] == [(8, 6_000), (7, 3_000)]


def test_an_empty_book_has_no_sections():
    assert sections([], EUR) == []


def test_every_bucket_and_the_credits_have_a_column():
    assert COLUMNS == ("not_due", "1_30", "31_60", "61_90", "over_90", "credit")
