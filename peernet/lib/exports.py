"""Tables as files for a spreadsheet, CSV and Excel's own; no cell of them is a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date

from django.http import HttpResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from peernet.lib import files

KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# How a cell begins that a spreadsheet may run, also in the wide letters of East Asian keyboards.
RUNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
# What XML cannot hold: one such letter, and Excel calls the whole file damaged.
NEVER = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LONGEST = 32_767  # characters in a cell of Excel's

Cell = str | int | float | date | None  # a moment goes as the date or the words it is shown as


def attachment(
    kind: str, name: str, heading: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> HttpResponse:
    """The table as a file to keep, `name` being what it is called without its ending."""
    body = as_xlsx(heading, rows) if kind == "xlsx" else as_csv(heading, rows)
    leave = f'attachment; filename="{name}.{kind}"'
    return HttpResponse(
        body,
        content_type=KINDS[kind],
        headers={"Content-Disposition": leave, "X-Robots-Tag": "noindex"},
    )


def as_csv(heading: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """With the mark by which Excel knows UTF-8. Words that a spreadsheet would run begin with '."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    for row in ([*heading], *rows):
        writer.writerow([plain(cell) for cell in row])
    return file.getvalue().encode("utf-8-sig")


def as_xlsx(heading: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Words are kept as words, whatever they begin with; dates and numbers as such."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    for at in range(1, len(heading) + 1):
        sheet.column_dimensions[get_column_letter(at)].width = 24
    names = [_cell(sheet, name) for name in heading]
    for name in names:
        name.font = Font(bold=True)
    sheet.append(names)
    for row in rows:
        sheet.append([_cell(sheet, cell) for cell in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _clean(text: str) -> str:
    return NEVER.sub("", files.tidy(text)).strip()


def plain(cell: Cell) -> str:
    if not isinstance(cell, str):
        return "" if cell is None else str(cell)
    text = _clean(cell)
    return f"'{text}" if text.startswith(RUNS) else text


def _cell(sheet: object, value: Cell) -> WriteOnlyCell:
    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value)
    text = _clean(value)[:LONGEST]
    cell = WriteOnlyCell(sheet, text)
    if text.startswith(RUNS):
        cell.data_type = "s"  # else a word with = in front becomes a formula
        cell.quotePrefix = True  # and stays none when somebody edits it
    return cell
