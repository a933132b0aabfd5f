"""From the bytes of the text file somebody really has to its rows of cells (workbooks.py reads
Excel's own).

CSV has no encoding and no separator written into it: both are found here. What is not a table
of text is refused by its name and its reason, with what to do instead.
"""

import csv
import io
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext as _

from peernet.lib.errors import Refused

MB = 1024 * 1024
MAX_BYTES = 2 * MB
MAX_ROWS, MAX_COLUMNS, MAX_CELL = 5_000, 60, 2_000
SEPARATORS = "\t;|,"  # in a tie the earlier wins: commas are common inside cells, tabs never are
SAMPLE = 200  # lines that are looked at to find the separator
# Control characters, marks that turn the reading direction, and spaces nobody can see.
UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
UNREAD = "\x00end"  # a line of our own after the last: lost inside a quote that never closes

BOMS = [
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
]
CONTROLS = re.compile(rb"[\x01-\x08\x0e-\x1f]")
SINGLE_BYTE = ("cp1252", "iso8859-15", "mac-roman")  # the first wins a tie


@dataclass(frozen=True)
class Size:
    """How much of a file is taken; a workbook may have `times` as many cells as usual."""

    bytes: int
    rows: int
    times: int = 1


USUAL = Size(MAX_BYTES, MAX_ROWS)
# Who is to be invited: 50,000 people with titles and headings above them. A worker writes it down.
LONG = Size(10 * MB, 50_020, times=3)


@dataclass(frozen=True)
class Table:
    """Cells as text. Row 0 is the file's row 1; a blank row is an empty list."""

    rows: list[list[str]]


def table(text: str, name: str = "", size: Size = USUAL) -> Table:
    """The table in a text, for example one pasted from a sheet. Raises Refused."""
    try:
        return checked(rows(text), name, size)
    except csv.Error:
        raise Refused(_too_long_a_cell(name)) from None


def checked(found: list[list[str]], name: str = "", size: Size = USUAL) -> Table:
    """These rows as a table, if there are some and not too many. Raises Refused."""
    width, longest = max(map(len, found), default=0), max(map(_longest, found), default=0)
    if not any(letter.isalnum() for row in found for cell in row for letter in cell):
        raise Refused(_("%(file)s is empty.") % {"file": called(name)})
    if len(found) > size.rows:
        raise Refused(
            _("%(file)s has %(rows)s rows. Split it into parts of %(most)s rows or fewer.")
            % {"file": called(name), "rows": f"{len(found):,}", "most": f"{size.rows:,}"}
        )
    if width > MAX_COLUMNS:
        raise Refused(
            _("%(file)s has %(columns)s columns. Keep the ones you need, %(most)s at most.")
            % {"file": called(name), "columns": width, "most": MAX_COLUMNS}
        )
    if longest > MAX_CELL:
        raise Refused(_too_long_a_cell(name))
    return Table(found)


def decode(data: bytes, name: str = "", size: Size = USUAL) -> str:
    """The text in a file called `name`, whatever its encoding. Raises Refused."""
    check_weight(data, name, size)
    if not data.strip(b"\x00\x1a \t\r\n"):
        raise Refused(_("%(file)s is empty.") % {"file": called(name)})
    if reason := _no_text(data):
        raise Refused(reason % {"file": called(name)})
    encoding = next((encoding for bom, encoding in BOMS if data.startswith(bom)), _utf16(data))
    if not encoding and (b"\x00" in data or len(CONTROLS.findall(data)) > len(data) / 100):
        raise Refused(_no_table() % {"file": called(name)})
    try:
        return data.decode(encoding or "utf-8").rstrip("\x1a")
    except UnicodeDecodeError:
        if encoding:
            raise Refused(_damaged() % {"file": called(name)}) from None
    return _single_byte(data).rstrip("\x1a")


def check_weight(data: bytes, name: str, size: Size) -> None:
    """Raises Refused for a file that is larger than that."""
    if len(data) > size.bytes:
        raise Refused(
            _("%(file)s is larger than %(most)s MB. Send less of it.")
            % {"file": called(name), "most": size.bytes // MB}
        )


def rows(text: str) -> list[list[str]]:
    """The cells of each row, tidied, without the empty ones at its end; blank rows are [].

    Raises csv.Error for a cell of more than 131,072 characters.
    """
    text = text.lstrip("\ufeff")
    first, _newline, rest = text.partition("\n")
    if re.fullmatch(r"sep=.\r?", first):  # what Excel itself writes to say its separator
        found = [[], *_parse(rest, first[4])]
    else:
        found = _parse(text, separator(text))
    clean = [_without_tail([tidy(cell) for cell in row]) for row in found]
    return _without_tail(clean)


def separator(text: str) -> str:
    """What stands between cells: the sign by which most rows have the same number of them."""
    sample = "".join(islice(io.StringIO(text), SAMPLE))
    return max(SEPARATORS, key=lambda sign: _agreement(_parse(sample, sign)))


def called(name: str) -> str:
    """How a refusal names what was sent: the file by its name, or what was pasted."""
    return f"“{name}”" if name else _("What you pasted")


def _agreement(found: list[list[str]]) -> float:
    """How much of a table this sign makes, 0 to 1: do rows have several cells, and as many?"""
    widths = [len(row) for row in found if any(map(str.strip, row))]
    several = Counter(width for width in widths if width > 1)
    alike = max(several.values(), default=0)
    return round((several.total() + alike) / (2 * len(widths) or 1), 3)


def _parse(text: str, sign: str) -> list[list[str]]:
    """The cells, with quotes read; as they stand when a quote is opened and never closed."""
    found = list(csv.reader(io.StringIO(f"{text}\n{UNREAD}", newline=""), delimiter=sign))
    if found[-1] != [UNREAD]:
        plain = csv.reader(io.StringIO(text, newline=""), delimiter=sign, quoting=csv.QUOTE_NONE)
        return [[cell.strip(' "') for cell in row] for row in plain]
    return found[:-1]


def _longest(row: list[str]) -> int:
    return max(map(len, row), default=0)


def tidy(cell: str) -> str:
    """A cell's text without what nobody can see."""
    if not (cell.isascii() and cell.isprintable()):
        cell = UNSEEN.sub("", unicodedata.normalize("NFC", cell))
    return cell.strip()


def _without_tail(items: list) -> list:
    while items and not items[-1]:
        items.pop()
    return items


# --- Encodings -------------------------------------------------------------------------------


def _utf16(data: bytes) -> str | None:
    """UTF-16 without its mark: Latin letters leave every second byte zero."""
    half = len(data) // 2
    even, odd = data[0::2].count(0), data[1::2].count(0)
    if max(even, odd) < half * 0.4 or min(even, odd) > half * 0.05:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _single_byte(data: bytes) -> str:
    """The reading in which the letters beyond ASCII stand where such letters stand."""
    texts = []
    for encoding in SINGLE_BYTE:
        try:
            texts.append(data.decode(encoding))
        except UnicodeDecodeError:
            continue  # this encoding has no letter for one of the bytes
    return max(texts, key=_likelihood)


LIKELY = {
    **dict.fromkeys("éèêëáàâäíïóôöúùûüñçåøæßŵŷ", 2),
    **dict.fromkeys("ìîòãõýÿšžœ", 1),
}
ODD = re.compile(r"(?s)(^|.)([^\x00-\x7f])(?=(.?))")


def _likelihood(text: str) -> int:
    return sum(_fits(*match.groups()) for match in ODD.finditer(text[:200_000]))


def _fits(before: str, sign: str, after: str) -> int:
    """How well one sign stands between its neighbours: 2 well, -3 badly."""
    inside = before.isalpha() and after.isalpha()
    if sign.isalpha() and sign not in "ªº":
        if not (before.isalpha() or after.isalpha()):
            return -2
        if sign.islower():
            return LIKELY.get(sign, -1)
        return -3 if before.islower() or after.isdigit() else 1
    if sign == "’":
        return 2 if before in "ODdoLl" or after in "st" or not inside else 1
    if sign in "“‘":
        return 2 if not before.isalpha() and after.isalpha() else -2
    if sign == "”":
        return 2 if not after.isalpha() else -2
    if sign in "£€":
        return 2 if after.isdigit() or before.isdigit() else 0
    if sign in "–—…°½¼¾§©®™«»\xa0":
        return -1 if inside else 1
    return -2


# --- What is no table of text ----------------------------------------------------------------

OLE, ZIP = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")
PACKED = (ZIP, b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"BZh", b"PK\x05\x06")


def _no_text(data: bytes) -> str:
    """Why these bytes cannot be a table in text, told by how they begin; "" when they may be."""
    start = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if data.startswith(OLE):
        return _ole(data)
    if data.startswith(b"%PDF"):
        return _("%(file)s is a PDF. Send the sheet it was made from, saved as CSV or XLSX.")
    is_picture = data.startswith(PICTURES) or data[4:12] in (b"ftypheic", b"ftypmif1")
    if is_picture or (data.startswith(b"RIFF") and data[8:12] == b"WEBP"):
        return _("%(file)s is a picture. Send the sheet itself, saved as CSV or XLSX.")
    if data.startswith(PACKED):
        return _("%(file)s is a packed folder. Unpack it and send the sheet inside.")
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<?xml")):
        return _("%(file)s is a web page.") + " " + how_to_save()
    if start.startswith(b"{\\rtf"):
        return _("%(file)s is a text document.") + " " + how_to_save()
    return ""


def _ole(data: bytes) -> str:
    """Old Excel and Word files, and new ones behind a password, are of one kind."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return locked()
    if "WordDocument".encode("utf-16-le") in data:
        return _("%(file)s is a text document.") + " " + how_to_save()
    return _("%(file)s is an old Excel workbook.") + " " + how_to_save()


def locked() -> str:
    """The refusal of what only opens with a password."""
    return _(
        "%(file)s is protected with a password. Save it without one (in Excel: File, Info, "
        "Protect Workbook, Encrypt with Password) and send that file."
    )


def how_to_save() -> str:
    """What to do with a file of another program."""
    return _(
        "Open it, choose “Save as” or “Download”, pick “Excel workbook (.xlsx)” or “CSV UTF-8”, "
        "and send that file. Or select the cells, copy them, and paste them where people are added."
    )


def _damaged() -> str:
    return _("%(file)s is damaged or cut off. Save it again as CSV and send the new file.")


def _no_table() -> str:
    return _("%(file)s holds no text we can read.") + " " + how_to_save()


def _too_long_a_cell(name: str) -> str:
    return _(
        "%(file)s has a cell of more than %(most)s characters. Shorten it, or look for a "
        "quotation mark that is opened and not closed."
    ) % {"file": called(name), "most": f"{MAX_CELL:,}"}
