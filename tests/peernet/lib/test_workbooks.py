"""A workbook is read as a person sees it, or refused by its name and reason; no bytes break it."""

import io
import random
import re
import zipfile
from datetime import date, datetime, time, timedelta
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from peernet.lib.errors import Refused
from peernet.lib.workbooks import MAX_ENTRIES, as_text, read_table, sheets

PEOPLE = [["Name", "Email"], ["Zoë Ball", "zoe@x.org"], ["Bob", "bob@x.org"]]


def saved(book):
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def workbook(*tables, titles=()):
    """The bytes of a workbook with these tables, one a sheet."""
    book = Workbook()
    book.remove(book.active)
    for number, table in enumerate(tables):
        sheet = book.create_sheet(titles[number] if titles else f"Sheet {number + 1}")
        for row in table:
            sheet.append(row)
    return saved(book)


def parts(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files, kind=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", kind) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def changed(data, part, old, new):
    """The workbook with something in one of its parts replaced."""
    files = parts(data)
    assert old in files[part]
    return packed(files | {part: files[part].replace(old, new, 1)})


def with_shared_strings(data):
    """As Excel itself writes words: in a part of their own, by number."""
    files, words = parts(data), []

    def number(cell):
        words.append(cell[2])
        return b'<c%s t="s"><v>%d</v></c>' % (cell[1], len(words) - 1)

    inline = rb'<c([^>]*) t="inlineStr"><is>(<t[^>]*>[^<]*</t>)</is></c>'
    files[SHEET1] = re.sub(inline, number, files[SHEET1])
    items = b"".join(b"<si>%s</si>" % word for word in words)
    space = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    files[STRINGS] = b'<sst xmlns="%s">%s</sst>' % (space, items)
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    entry = b'<Override PartName="/%s" ContentType="%s"/></Types>' % (STRINGS.encode(), kind)
    types = files["[Content_Types].xml"].replace(b"</Types>", entry)
    return packed(files | {"[Content_Types].xml": types})


def refusal(data, name="members.xlsx"):
    with pytest.raises(Refused) as no:
        sheets(data, name)
    assert f"“{name}”" in str(no.value)
    return str(no.value)


SHEET1, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
HALF_PAST_TWO = datetime(2026, 5, 3, 14, 30)  # noqa: DTZ001 -- a sheet's clock has no zone

# --- What a person sees ------------------------------------------------------------------------


def test_the_cells_of_a_sheet_are_read_as_text():
    assert read_table(workbook(PEOPLE)).rows == PEOPLE
    shared = with_shared_strings(workbook(PEOPLE))
    assert b"Bob" not in parts(shared)[SHEET1]
    assert read_table(shared).rows == PEOPLE


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (12, "12"), (12.0, "12"), (0.1 + 0.2, "0.3"), (447700900123, "447700900123"),
        (4.5e16, "45000000000000000"), (-3, "-3"), (True, "TRUE"), (False, "FALSE"),
        (date(2026, 5, 3), "2026-05-03"), (HALF_PAST_TWO, "2026-05-03 14:30"),
        (HALF_PAST_TWO.replace(second=5), "2026-05-03 14:30:05"), (time(9, 5), "09:05"),
        (timedelta(hours=26, minutes=3), "26:03"), ("  Zoë\u200b ", "Zoë"), (None, ""),
        ("#N/A", "#N/A"),
    ],
)  # fmt: skip
def test_numbers_dates_and_ticks_read_as_expected(value, shown):
    assert read_table(workbook([["x", value, "y"]])).rows == [["x", shown, "y"]]


@pytest.mark.parametrize(
    ("value", "shape", "shown"),
    [(7, "00000", "00007"), (0.25, "0%", "25%"), (0.125, "0.0%", "12.5%"), (1.5, "#,##0", "1.5")],
)  # fmt: skip
def test_a_numbers_shape_is_kept_where_it_carries_meaning(value, shape, shown):
    book = Workbook()
    book.active["A1"] = value
    book.active["A1"].number_format = shape
    assert read_table(saved(book)).rows == [[shown]]


@pytest.mark.parametrize("value", [float("inf"), float("nan"), 1e300])
def test_no_number_breaks_the_reading(value):
    assert as_text(value)


def test_a_formula_is_read_as_what_it_showed():
    data = workbook([["a", '=LOWER("ANN@X.ORG")']])
    shown = changed(data, SHEET1, b"<v />", b"<v>ann@x.org</v>")
    shown = changed(shown, SHEET1, b'<c r="B1">', b'<c r="B1" t="str">')
    assert read_table(shown).rows == [["a", "ann@x.org"]]


def test_hidden_rows_are_read_and_counted():
    book = Workbook()
    for row in PEOPLE:
        book.active.append(row)
    book.active.row_dimensions[2].hidden = True
    book.active.row_dimensions[9].hidden = True  # nothing is in it
    (found,) = sheets(saved(book))
    assert (found.rows, found.hidden) == (PEOPLE, 1)


def test_rows_keep_their_numbers_and_blank_ones_are_empty():
    book = Workbook()
    book.active["B3"] = "Ann"
    assert read_table(saved(book)).rows == [[], [], ["", "Ann"]]


def test_only_sheets_with_cells_count_and_shown_ones_come_first():
    data = workbook([], PEOPLE, PEOPLE[:2], titles=["Notes", "Old", "Members"])
    data = changed(data, "xl/workbook.xml", b'name="Old" sheetId="2" state="visible"',
                   b'name="Old" sheetId="2" state="hidden"')  # fmt: skip
    assert [(found.title, found.is_hidden) for found in sheets(data)] == [
        ("Members", False), ("Old", True),
    ]  # fmt: skip


def test_an_empty_row_far_below_costs_nothing():
    data = changed(workbook(PEOPLE), SHEET1, b"</sheetData>",
                   b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>')  # fmt: skip
    assert read_table(data).rows == PEOPLE


# --- What is refused ---------------------------------------------------------------------------

FULL = parts(with_shared_strings(workbook(PEOPLE)))
TYPES = FULL["[Content_Types].xml"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (workbook([]), "is empty"),
        (workbook([["x"]] * 5_001), "more than 5,000 rows in the sheet “Sheet 1”"),
        (workbook([["x"] * 61]), "more than 60 columns in the sheet “Sheet 1”"),
        (workbook(*[[["x"]]] * 51), "more than 50 sheets"),
        (packed(FULL | {"xl/vbaProject.bin": b"x"}), "holds macros"),
        (packed(FULL | {"[Content_Types].xml": TYPES.replace(
            b"openxmlformats-officedocument.spreadsheetml.sheet", b"ms-excel.sheet.macroEnabled"
        )}), "holds macros"),
        (packed({"mimetype": "application/vnd.oasis.opendocument.text"}), "is an OpenDocument"),
        (packed({"[Content_Types].xml": "", "xl/workbook.bin": ""}), "is a binary Excel workbook"),
        (packed({"[Content_Types].xml": "", "word/document.xml": ""}), "is a text document"),
        (packed({"Index/Document.iwa": ""}), "is a Numbers document"),
        (packed({"people.csv": "a@x.org"}), "is a packed folder"),
        (packed(FULL)[:-30], "is damaged or cut off"),
        (packed({**FULL, SHEET1: FULL[SHEET1].split(b"</row>")[1]}), "is damaged or cut off"),
        (packed({**FULL, "xl/workbook.xml": b"<x"}), "is damaged or cut off"),
        (packed(FULL | {"a": bytes(30 * 1024 * 1024)}), "unpacks to more than we take"),
        (packed(FULL | {f"{n}": bytes(1024 * 1024) for n in range(41)}), "unpacks to more"),
        (packed(FULL | dict.fromkeys(map(str, range(MAX_ENTRIES)), b"")), "unpacks to more"),
        (b"PK\x03\x04" + b"x" * 2 * 1024 * 1024, "is larger than 2 MB"),
    ],
)  # fmt: skip
def test_what_is_no_workbook_of_ours_is_refused_by_its_name_and_reason(data, reason):
    assert reason in refusal(data)


@pytest.mark.parametrize(
    ("stream", "reason"),
    [
        ("EncryptedPackage", "is protected with a password"),
        ("WordDocument", "is a text document"),
        ("Workbook", "is an old Excel workbook"),
    ],
)
def test_files_of_the_older_kind_are_told_apart(stream, reason):
    data = b"\xd0\xcf\x11\xe0" + bytes(600) + stream.encode("utf-16-le") + bytes(100)
    with pytest.raises(Refused, match=f"“a” {reason}"):
        read_table(data, "a")


def test_a_packed_part_behind_a_password_is_refused():
    data = bytearray(packed(FULL))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        for hit in re.finditer(re.escape(mark), bytes(data)):
            data[hit.start() + at] |= 1
    assert "protected with a password" in refusal(bytes(data))


@pytest.mark.parametrize("part", [SHEET1, "xl/workbook.xml", "xl/styles.xml", STRINGS])
def test_no_entity_is_expanded(part):
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    body = re.sub(rb"^<\?xml[^>]*>", b"", FULL[part])
    assert "is damaged" in refusal(packed(FULL | {part: bomb + body}))


def test_a_part_that_lies_about_its_size_is_not_unpacked_beyond_it():
    data = packed(
        {**FULL, SHEET1: FULL[SHEET1].replace(b"</sheetData>", b" " * 10**7 + b"</sheetData>")}
    )
    size = len(FULL[SHEET1]) + 10**7
    assert data.count(size.to_bytes(4, "little")) == 2
    assert "is damaged" in refusal(data.replace(size.to_bytes(4, "little"), b"\x64\0\0\0"))


def test_a_full_sheet_is_read_in_time():
    rows = [[f"Person {n}", f"p{n}@x.org", n, "Octopus Centre", "North"] for n in range(5_000)]
    data = workbook(rows)
    began = perf_counter()
    assert len(read_table(data).rows) == 5_000
    assert perf_counter() - began < 5


SPACE = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'


@pytest.mark.parametrize(
    ("part", "body"),
    [
        (SHEET1, FULL[SHEET1].replace(b"<sheetData>", b"<sheetData><row>" + b"<c/>" * 801_000)),
        (SHEET1, FULL[SHEET1].replace(b"<row", b"<row>" + b"<c/>" * 16_385 + b"</row><row", 1)),
        (SHEET1, FULL[SHEET1].replace(b"<row", b"<row/>" * 151_000 + b"<row", 1)),
        (STRINGS, SPACE + b"<si/>" * 400_001 + b"</sst>"),
        ("xl/styles.xml", FULL["xl/styles.xml"].replace(b"</cellXfs>", b"<xf/>" * 30_001)),
    ],
    ids=["cells", "a row", "rows", "words", "styles"],
)
def test_a_small_file_of_millions_of_marks_is_refused_before_it_costs_time(part, body):
    began = perf_counter()
    assert "unpacks to more than we take" in refusal(packed(FULL | {part: body}))
    assert perf_counter() - began < 20


def test_no_large_part_is_taken_for_one_that_is_read_slowly():
    book, there = b"/xl/workbook.xml", b"/xl/worksheets/book.xml"
    moved = {"[Content_Types].xml": TYPES.replace(book, there)}
    data = packed(FULL | moved | {there.decode()[1:]: FULL["xl/workbook.xml"]})
    assert "is damaged" in refusal(data)


def test_what_stands_behind_the_cells_is_not_read():
    data = changed(packed(FULL), SHEET1, b"</sheetData>", b"</sheetData><mergeCells><mergeCell/>")
    assert read_table(data).rows == PEOPLE


# --- Anything at all ---------------------------------------------------------------------------

SMALL = with_shared_strings(workbook([*PEOPLE, [date(2026, 5, 3), 12, True, "=1+1", 0.5]], PEOPLE))
INSIDE = parts(SMALL)


def harmless(data):
    """It is read or refused, and nothing else; what is read keeps the limits."""
    try:
        found = sheets(data, "x.xlsx")
    except Refused:
        return
    for sheet in found:
        assert 0 < len(sheet.rows) <= 5_000
        assert all(len(row) <= 60 for row in sheet.rows)
        assert all(isinstance(cell, str) for row in sheet.rows for cell in row)


@settings(max_examples=400, deadline=None)
@given(seed=st.integers(), times=st.integers(1, 30))
def test_a_file_with_flipped_bytes_is_read_or_refused(seed, times):
    chance, data = random.Random(seed), bytearray(SMALL)
    for _ in range(times):
        data[chance.randrange(len(data))] = chance.randrange(256)
    harmless(bytes(data))


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(SMALL)), st.binary(max_size=40))
def test_a_file_cut_off_is_read_or_refused(at, tail):
    harmless(b"PK\x03\x04" + SMALL[4:at] + tail)


@settings(max_examples=600, deadline=None)
@given(
    part=st.sampled_from(sorted(INSIDE)),
    seed=st.integers(),
    piece=st.sampled_from([
        b"", b"-1", b"99999999999", b"1e999", b"NaN", b"<v>", b"</c>", b'"', b"&x;", b"A0",
        b"ZZZZ9", b"../../etc/passwd", b"\xff\xfe", b"x" * 5000, b' t="s"', b' t="d"', b' t="e"',
        b' s="999"',
    ]),
)  # fmt: skip
def test_a_part_with_something_put_in_its_way_is_read_or_refused(part, seed, piece):
    chance, body = random.Random(seed), INSIDE[part]
    hits = [hit.span() for hit in re.finditer(rb'"[^"]*"|>[^<]+<|<[^>]*>', body)]
    start, end = chance.choice(hits)
    if chance.random() < 0.7:
        start, end = start + 1, end - 1  # the value or the words, not the marks around them
    harmless(packed(INSIDE | {part: body[:start] + piece + body[end:]}))


@settings(max_examples=60, deadline=None)
@given(gone=st.sets(st.sampled_from(sorted(INSIDE)), min_size=1, max_size=3))
def test_a_file_that_lacks_parts_is_read_or_refused(gone):
    harmless(packed({name: body for name, body in INSIDE.items() if name not in gone}))


CELL = st.text(st.characters(categories=["L", "N", "P"], max_codepoint=0x2FFF), max_size=12)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(CELL.filter(lambda c: c[:1] != "="), max_size=4), max_size=6))
def test_words_are_read_back_as_they_were(rows):
    rows = [[as_text(cell) for cell in row] for row in rows]
    found = read_table(workbook([["Name"], *rows, ["End"]])).rows
    wanted = [["Name"], *rows, ["End"]]
    assert [_trimmed(row) for row in wanted] == found


def _trimmed(row):
    while row and not row[-1]:
        row = row[:-1]
    return row
