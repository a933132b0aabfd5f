"""A table is read out of the bytes somebody really has, or refused by its name and reason."""

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peernet.lib.errors import Refused
from peernet.lib.files import rows
from peernet.lib.workbooks import read_table

ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252",
             "iso8859-15", "mac-roman"]  # fmt: skip
TEXTS = [
    "Name,Email\nZoë Ball,zoe@x.org\n",
    "Name,Email\nJosé,j@x.org\nMaría García,m@x.org\n",
    "Enw,E-bost\nSiân Llyr,s@x.org\n",
    "Name,Organisation\nAnn,O’Brien’s “Hope” Café – Leeds\n",
    "Name,Fee\nAnn,£20\nBob,£30\n",
    "Name\nANDRÉ BJÖRK\nBjörk Strauß\nAntónio Gonçalves\n",
]


def refusal(data, name="members.csv"):
    with pytest.raises(Refused) as no:
        read_table(data, name)
    assert f"“{name}”" in str(no.value)
    return str(no.value)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("text", TEXTS)
def test_letters_survive_every_common_encoding(text, encoding):
    try:
        data = text.encode(encoding)
    except UnicodeEncodeError:
        pytest.skip("this encoding has no such letter")
    assert read_table(data).rows == [line.split(",") for line in text.splitlines()]


def test_the_euro_sign_tells_western_encodings_apart():
    for encoding in ("cp1252", "iso8859-15", "mac-roman"):
        assert read_table("Name,Fee\nAnn,€20\n".encode(encoding)).rows[1] == ["Ann", "€20"]


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_separator_is_the_one_by_which_rows_agree(sign):
    text = "\n".join(sign.join(row) for row in [
        ("Name", "Email", "Organisation"),
        ("Ann Lee", "ann@x.org", f'"Smith, Jones; Co{sign} Leeds"'),
        ("Bob", "bob@x.org", "Hope"),
    ])  # fmt: skip
    assert [len(row) for row in rows(text)] == [3, 3, 3]
    assert rows(text)[1][2] == f"Smith, Jones; Co{sign} Leeds"


def test_commas_in_every_cell_do_not_outdo_the_semicolons_between_them():
    text = "Name;Address\n" + "Lee, Ann;1 High St, Leeds, UK\n" * 50
    assert rows(text)[1] == ["Lee, Ann", "1 High St, Leeds, UK"]


def test_rows_of_uneven_length_still_have_one_separator():
    text = "a;b;c;d\n1;2\n1;2;3\n1;2;x, y\n1;2;3;x, y\n1;2;x, y\n"
    assert rows(text)[3] == ["1", "2", "x, y"]


def test_excels_own_line_about_the_separator_is_believed_and_keeps_its_row():
    assert rows("sep=;\nName, first;Email\nAnn;a@x.org") == [
        [], ["Name, first", "Email"], ["Ann", "a@x.org"],
    ]  # fmt: skip


def test_quoted_line_breaks_blank_lines_and_old_mac_line_ends_keep_rows_in_their_place():
    text = 'Name,Note\r\rAnn,"one\r\ntwo"\r,,,\rBob,x\r,,\r\r'
    assert rows(text) == [["Name", "Note"], [], ["Ann", "one\r\ntwo"], [], ["Bob", "x"]]


def test_a_quote_that_never_closes_swallows_nothing():
    assert rows('Name,Email\n"Ann,a@x.org\nBob,b@x.org') == [
        ["Name", "Email"], ["Ann", "a@x.org"], ["Bob", "b@x.org"],
    ]  # fmt: skip


def test_characters_nobody_can_see_are_not_in_cells():
    assert rows("Na\u200bme\x00,\u202eEmail\n\xa0Ann\xa0,e\u0301") == [
        ["Name", "Email"],
        ["Ann", "é"],
    ]


def packed(*names):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (packed("docs/a.csv"), "is a packed folder"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "is an old Excel workbook"),
        (b"%PDF-1.7\n%\xe2\xe3", "is a PDF"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "is a picture"),
        (b"\xff\xd8\xff\xe0" + bytes(50), "is a picture"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "is a picture"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(50), "is a picture"),
        (b"\x1f\x8b\x08\x00" + bytes(50), "is a packed folder"),
        (b"\n<html><table><tr><td>Ann</td></tr></table>", "is a web page"),
        (b"{\\rtf1\\ansi Ann}", "is a text document"),
        (b"", "is empty"),
        (b"\xef\xbb\xbf \r\n\r\n", "is empty"),
        (b",,,\n,,,\n,,", "is empty"),
        (bytes(range(256)) * 20, "holds no text"),
        ("\ufeffName\nZoë".encode("utf-16-le")[:-1], "is damaged"),
        (b"a" * (2 * 1024 * 1024 + 1), "is larger than 2 MB"),
        (b"a,b\n" * 5_001, "has 5,001 rows"),
        (b"a," * 60 + b"a", "has 61 columns"),
        (b"Name,Note\nAnn," + b"x" * 2_001, "has a cell of more than 2,000 characters"),
        (b"Name,Note\nAnn," + b"x" * 140_000, "has a cell of more than 2,000 characters"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_by_its_name_and_reason(data, reason):
    assert reason in refusal(data)


def test_an_old_workbook_is_told_how_to_become_a_table():
    said = refusal(b"\xd0\xcf\x11\xe0" + bytes(600), "members.xls")
    assert "“Excel workbook (.xlsx)” or “CSV UTF-8”" in said
    assert "paste" in said


def test_what_was_pasted_has_no_name_and_is_called_so():
    with pytest.raises(Refused, match="What you pasted is empty"):
        read_table(b"  ")


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=600))
def test_bytes_of_any_kind_are_a_table_or_refused(data):
    try:
        found = read_table(data, "x.csv")
    except Refused:
        return
    assert any(found.rows)
    assert all(not row or row[-1] for row in found.rows)


CELL = st.text(
    st.characters(
        categories=["L", "N", "P", "Zs"], include_characters="\n,;|\t\"'", max_codepoint=0x2FF
    ),
    max_size=12,
).map(str.strip)


@settings(max_examples=300, deadline=None)
@given(
    cells=st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=8),
    sign=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_a_spreadsheet_writes_is_read_back_as_it_was(cells, sign, encoding):
    cells = [["Name", "Email", "Organisation"]] * 10 + cells
    text = "\r\n".join(
        sign.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in cells
    )
    read = read_table(text.encode(encoding)).rows
    padded = [row + [""] * (3 - len(row)) for row in read]
    wanted = [[_plain(cell) for cell in row] for row in cells]
    while wanted and not any(wanted[-1]):
        wanted.pop()
    assert padded == wanted


def _plain(cell):
    return rows(f'"{cell.replace(chr(34), chr(34) * 2)}"\nx')[0][0] if cell.strip() else ""
