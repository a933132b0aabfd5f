"""From a workbook (.xlsx) to its sheets of cells as text, as a person sees them.

A workbook is a packed folder of XML that a stranger made: it is weighed before it is unpacked,
and whatever breaks while it is read is a damaged file, refused by its name and reason.
"""

import io
import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _
from openpyxl.reader.excel import ExcelReader, _find_workbook_part
from openpyxl.worksheet._reader import DATA_TAG, ROW_TAG, WorkSheetParser
from openpyxl.xml.functions import iterparse

from peernet.lib import files
from peernet.lib.errors import Refused
from peernet.lib.files import MAX_COLUMNS, USUAL, Size, Table, called

MAX_ENTRIES, MAX_UNPACKED = 1_000, 30 * 1024 * 1024
# Sheets of a person pack to a tenth, endless empty rows to a hundredth; bombs to a thousandth.
MAX_RATIO, SMALL = 250, 1024 * 1024
MAX_SHEETS = 50
# Reading takes its time by the mark, not by the byte: a small file can hold millions of them.
SHEETS, STRINGS = "xl/worksheets/", "xl/sharedStrings.xml"
MAX_MARKS, MAX_MARKS_OF_STRINGS, MAX_OTHER_MARKS = 800_000, 400_000, 30_000
MAX_CELLS, MAX_CELLS_OF_ROW = 150_000, 16_384  # with empty ones; Excel's own rows have no more
PERCENT = re.compile(r"^0(?:\.(0+))?%$")

# What openpyxl says of colours and charts that it leaves out is nothing to us.
warnings.filterwarnings("ignore", module="openpyxl")


@dataclass(frozen=True)
class Sheet:
    """One sheet's cells as text; row 0 is row 1. `hidden`: how many rows with cells nobody sees."""

    title: str
    rows: list[list[str]]
    hidden: int = 0
    is_hidden: bool = False  # the sheet itself


def read_table(data: bytes, name: str = "") -> Table:
    """The table in a file, of text or a workbook's first. Raises Refused, naming the file."""
    if not is_workbook(data):
        return files.table(files.decode(data, name), name)
    return files.checked(sheets(data, name)[0].rows, name)


def is_workbook(data: bytes) -> bool:
    """Whether these bytes are packed as workbooks (and other things) are."""
    return data.startswith(files.ZIP)


def sheets(data: bytes, name: str = "", size: Size = USUAL) -> list[Sheet]:
    """The sheets with something in them, those that are shown first. Raises Refused for none,
    and for what is no workbook, is locked, holds macros, or unpacks to too much."""
    files.check_weight(data, name, size)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _weigh(archive, name, size)
            _look_inside(archive, name)
        found = [sheet for sheet in _read(data, name, size) if sheet.rows]
    except Refused:
        raise
    except Exception as fault:  # a damaged file breaks a parser in any way there is
        raise Refused(_damaged() % {"file": called(name)}) from fault
    if not found:
        raise Refused(_("%(file)s is empty.") % {"file": called(name)})
    return sorted(found, key=lambda sheet: sheet.is_hidden)


def as_text(value: Any, number_format: str = "") -> str:
    """What a cell holds, as a person expects to read it; dates as 2026-05-03, which no country
    reads otherwise."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number(value, number_format)
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat("seconds" if value.second else "minutes")
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
    return files.tidy(str(value))


def _number(value: float, number_format: str) -> str:
    """Without the tail that binary fractions have; a number kept as 00123 keeps its zeros."""
    if percent := PERCENT.match(number_format):
        return f"{value * 100:.{len(percent[1] or '')}f}%"
    text = f"{value:.15g}"
    if "e" in text and abs(value) < 1e18 and value == int(value):
        text = str(int(value))
    zeros = re.fullmatch(r"0{2,20}", number_format) and text.isdigit()
    return text.zfill(len(number_format)) if zeros else text


def _moment(value: datetime) -> str:
    value = (value + timedelta(milliseconds=500)).replace(microsecond=0)
    if value.time() == time():
        return value.date().isoformat()
    return value.isoformat(" ", "seconds" if value.second else "minutes")


# --- Reading ---------------------------------------------------------------------------------


class _Reader(ExcelReader):
    """openpyxl's, which does not take a large part for something that it reads slowly."""

    def read_workbook(self) -> None:
        if _find_workbook_part(self.package).PartName[1:].startswith((SHEETS, STRINGS)):
            raise ValueError
        super().read_workbook()

    def read_chartsheet(self, sheet: object, rel: object) -> None:
        """A sheet that is a picture holds no cells."""


def _read(data: bytes, name: str, size: Size) -> Iterator[Sheet]:
    # data_only: of a formula the result that the sheet showed when it was saved.
    reader = _Reader(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    reader.read()
    book = reader.wb
    if len(book.worksheets) > MAX_SHEETS:
        raise Refused(
            _("%(file)s has more than %(most)s sheets. Copy the one you need into a new file.")
            % {"file": called(name), "most": MAX_SHEETS}
        )
    for number, sheet in enumerate(book.worksheets, start=1):
        rows, hidden = _rows(book, sheet, name, size)
        title = files.tidy(sheet.title)[:100] or str(number)
        yield Sheet(title, rows, hidden, sheet.sheet_state != "visible")


def _rows(book: Any, sheet: Any, name: str, size: Size) -> tuple[list[list[str]], int]:
    """The rows of one sheet, and how many of them are hidden."""
    found: list[list[str]] = []
    hidden = 0
    with sheet._get_source() as source:
        parser = WorkSheetParser(
            source, sheet._shared_strings, data_only=True, epoch=book.epoch,
            date_formats=book._date_formats, timedelta_formats=book._timedelta_formats,
        )  # fmt: skip
        for number, cells in _parsed(parser, source, name, size):
            row = _row(book, cells, sheet.title, name)
            if row:
                _fill(found, number, sheet.title, name, size)
                found[number - 1] = row
                hidden += parser.row_dimensions.get(str(number), {}).get("hidden") in ("1", "true")
            parser.row_dimensions.clear()
    return found, hidden


def _parsed(parser: Any, source: Any, name: str, size: Size) -> Iterator[tuple[int, list[dict]]]:
    """The rows of cells, and nothing that stands around them. openpyxl's own way would fill each
    gap with empty rows, a million if a cell stands far below."""
    read = 0
    for _event, element in iterparse(source):
        if element.tag == ROW_TAG:
            read += len(element) + 1
            if read > MAX_CELLS * size.times or len(element) > MAX_CELLS_OF_ROW:
                raise Refused(_too_much() % {"file": called(name)})
            yield parser.parse_row(element)
            element.clear()
        elif element.tag == DATA_TAG:
            return


def _fill(found: list[list[str]], number: int, title: str, name: str, size: Size) -> None:
    """Make room for the row of that number."""
    if not 0 < number <= size.rows:
        raise Refused(
            _("%(file)s has more than %(most)s rows in the sheet “%(sheet)s”. Split it into parts.")
            % {"file": called(name), "most": f"{size.rows:,}", "sheet": title}
        )
    found.extend([] for _row in range(number - len(found)))


def _row(book: Any, cells: list[dict], title: str, name: str) -> list[str]:
    texts = {
        cell["column"]: text
        for cell in cells
        if (text := as_text(cell["value"], _format(book, cell)))
    }
    width = max(texts, default=0)
    if width > MAX_COLUMNS:
        raise Refused(
            _(
                "%(file)s has more than %(most)s columns in the sheet “%(sheet)s”. "
                "Keep the ones you need."
            )
            % {"file": called(name), "most": MAX_COLUMNS, "sheet": title}
        )
    return [texts.get(column, "") for column in range(1, width + 1)]


def _format(book: Any, cell: dict) -> str:
    """How the sheet shows a number: "0%", "00000"."""
    if cell["data_type"] != "n" or not cell["style_id"]:
        return ""
    kind = book._cell_styles[cell["style_id"]].numFmtId
    return {9: "0%", 10: "0.00%"}.get(kind) or (
        book._number_formats[kind - 164] if kind >= 164 else ""
    )


# --- What is no workbook ---------------------------------------------------------------------


def _weigh(archive: zipfile.ZipFile, name: str, size: Size) -> None:
    """Refuse what would unpack to too much. Python unpacks no part beyond the size it states."""
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    dense = any(
        part.file_size > SMALL and part.file_size > MAX_RATIO * part.compress_size for part in parts
    )
    if any(part.flag_bits & 1 for part in parts):
        raise Refused(files.locked() % {"file": called(name)})
    heavy = len(parts) > MAX_ENTRIES or unpacked > MAX_UNPACKED * size.times or dense
    if heavy or not _quick(archive, parts, size):
        raise Refused(_too_much() % {"file": called(name)})


def _quick(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo], size: Size) -> bool:
    """Whether no part holds so many marks that reading it would keep everybody waiting."""
    marks: Counter = Counter()
    for part in parts:
        kind = next((kind for kind in (SHEETS, STRINGS) if part.filename.startswith(kind)), "")
        marks[kind] += archive.read(part).count(b"<") * (not _is_picture(part.filename))
    return (
        marks[SHEETS] <= MAX_MARKS * size.times
        and marks[STRINGS] <= MAX_MARKS_OF_STRINGS * size.times
        and marks[""] <= MAX_OTHER_MARKS
    )


def _look_inside(archive: zipfile.ZipFile, name: str) -> None:
    """Refuse what is packed like a workbook and is none that we read."""
    if reason := _other(set(archive.namelist()), archive):
        raise Refused(reason % {"file": called(name)})


def _other(names: set[str], archive: zipfile.ZipFile) -> str:
    if "mimetype" in names and b"opendocument" in archive.read("mimetype"):
        return _("%(file)s is an OpenDocument file.") + " " + files.how_to_save()
    if "xl/workbook.bin" in names:
        return _("%(file)s is a binary Excel workbook.") + " " + files.how_to_save()
    if any(part.endswith("vbaProject.bin") for part in names) or _says_macros(archive, names):
        return _("%(file)s holds macros, so we do not open it.") + " " + files.how_to_save()
    if any(part.endswith(".iwa") for part in names):
        return _("%(file)s is a Numbers document.") + " " + files.how_to_save()
    if any(part.startswith(("word/", "ppt/")) for part in names):
        return _("%(file)s is a text document or slides.") + " " + files.how_to_save()
    if "[Content_Types].xml" not in names:
        return _("%(file)s is a packed folder. Unpack it and send the sheet inside.")
    return ""


def _says_macros(archive: zipfile.ZipFile, names: set[str]) -> bool:
    kinds = "[Content_Types].xml"
    return kinds in names and b"macroEnabled" in archive.read(kinds)


def _is_picture(name: str) -> bool:
    return name.startswith("xl/media/")


def _too_much() -> str:
    return _(
        "%(file)s unpacks to more than we take. Copy the cells you need into a new workbook, "
        "without pictures and empty rows, and send that."
    )


def _damaged() -> str:
    return _("%(file)s is damaged or cut off. Save it again and send the new file.")
