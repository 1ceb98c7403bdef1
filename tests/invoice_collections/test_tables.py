"""Files for spreadsheets: exact amounts, and no text that runs."""

import csv
import io
from datetime import date

import pytest
from openpyxl import load_workbook

from odoo.addons.invoice_collections.core.tables import MAX_CELL, Money, Table, to_csv, to_xlsx

FORMULAS = ("=1+1", "+1+1", "-1+1", "@SUM(A1)", "=cmd|' /C calc'!A0", " =1", "\t=1", "\r=1")


def read(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_of_a_csv_begins_like_a_formula(text):
    assert read(to_csv([Table("One", [text], [[text]])])) == [[f"'{text}"], [f"'{text}"]]


def test_no_cell_of_a_workbook_is_a_formula():
    book = load_workbook(io.BytesIO(to_xlsx([Table("One", ["Name"], [[t] for t in FORMULAS])])))
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert cells[1].value == "=1+1"


def test_amounts_and_days_are_numbers_and_days():
    table = Table("One", ["a", "b", "c"], [[Money(-1250), Money(7, 0), date(2026, 3, 1)]])
    assert read(to_csv([table]))[1] == ["-12.50", "7", "2026-03-01"]
    sheet = load_workbook(io.BytesIO(to_xlsx([table]))).active
    assert (sheet["A2"].value, sheet["A2"].number_format) == (-12.5, "#,##0.00")
    assert (sheet["B2"].value, sheet["B2"].number_format) == (7, "#,##0")
    assert sheet["C2"].value.date() == date(2026, 3, 1)


def test_a_very_small_amount_is_no_scientific_notation():
    assert read(to_csv([Table("One", ["a"], [[Money(5, 8)]])]))[1] == ["0.00000005"]


def test_several_tables_stand_under_their_titles():
    one, two = Table("One", ["a"], [["x"]]), Table("Two", ["b"], [["y"]])
    assert read(to_csv([one, two])) == [["One"], ["a"], ["x"], [], ["Two"], ["b"], ["y"]]
    assert load_workbook(io.BytesIO(to_xlsx([one, two]))).sheetnames == ["One", "Two"]


def test_a_text_longer_than_a_cell_is_cut_and_a_title_with_odd_signs_is_named():
    content = to_xlsx(
        [Table("A/B: [very] long *title* that no sheet can bear", ["a"], [["x" * 99999]])]
    )
    book = load_workbook(io.BytesIO(content))
    assert len(book.active["A2"].value) == MAX_CELL
    assert len(book.sheetnames[0]) <= 31
