"""A download opens in a spreadsheet as words, dates and numbers, and runs nothing."""

import csv
import io
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from peernet.lib.exports import as_csv, as_xlsx, attachment
from peernet.lib.files import tidy
from peernet.lib.workbooks import read_table

HEADING = ["Name", "Since"]


def in_excel(data):
    return list(load_workbook(io.BytesIO(data)).active.iter_rows())


def in_csv(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(
    "words",
    ["=1+1", "+441134960000", "-2", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u200b=1", "＝1",
     '=HYPERLINK("http://x","y")', "=cmd|' /C calc'!A0"],
)  # fmt: skip
def test_words_that_a_spreadsheet_would_run_are_only_words(words):
    (cell, _since) = in_excel(as_xlsx(HEADING, [[words, None]]))[1]
    assert (cell.data_type, cell.value, cell.quotePrefix) == ("s", tidy(words), True)
    assert in_csv(as_csv(HEADING, [[words, None]]))[1] == ["'" + tidy(words), ""]


def test_dates_and_numbers_are_dates_and_numbers():
    day = date(2026, 5, 3)
    name, since = in_excel(as_xlsx(HEADING, [["Zoë", day]]))[1]
    assert (name.value, since.value.date(), since.is_date) == ("Zoë", day, True)
    assert in_csv(as_csv(HEADING, [[-5, day]]))[1] == ["-5", "2026-05-03"]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=20), min_size=2, max_size=2))
def test_whatever_is_written_nothing_in_it_runs(cells):
    row = in_excel(as_xlsx(HEADING, [cells]))[1:]
    assert all(cell.data_type != "f" for cells in row for cell in cells)
    assert not any(
        cell.startswith(("=", "+", "-", "@")) for cell in in_csv(as_csv(HEADING, [cells]))[1]
    )


def test_what_we_write_we_read_again():
    rows = [["Zoë Ball", "2026-05-03"], ['O’Brien, "Bob"', "x\ny"]]
    for data in (as_xlsx(HEADING, rows), as_csv(HEADING, rows)):
        assert read_table(data, "own").rows == [HEADING, *rows]


def test_a_download_has_its_name_and_kind():
    answer = attachment("csv", "care-2026-05-03", HEADING, [])
    assert answer["Content-Disposition"] == 'attachment; filename="care-2026-05-03.csv"'
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbfName,Since")
