"""What a file really is, read from its content: a name says nothing.

Only what is on the list may stay. Each kind is opened by what knows it (Pillow in pictures.py,
Python's own zipfile here), not only looked at from outside; nothing inside is ever run or unpacked.
"""

import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peernet.lib.errors import Refused


@dataclass(frozen=True)
class Kind:
    """A kind of file: its code, what people call it, its media type, and the endings that names
    of it may have (the first is given to names with another one)."""

    code: str
    label: str | Promise
    media_type: str
    endings: tuple[str, ...]
    picture: bool = False


OFFICE = "application/vnd.openxmlformats-officedocument."
OPEN = "application/vnd.oasis.opendocument."
PICTURE = gettext_lazy("Picture")
KINDS = {
    kind.code: kind
    for kind in [
        Kind("jpeg", PICTURE, "image/jpeg", ("jpg", "jpeg"), picture=True),
        Kind("png", PICTURE, "image/png", ("png",), picture=True),
        Kind("webp", PICTURE, "image/webp", ("webp",), picture=True),
        Kind("gif", PICTURE, "image/gif", ("gif",), picture=True),  # kept as PNG
        Kind("pdf", "PDF", "application/pdf", ("pdf",)),
        Kind(
            "docx", gettext_lazy("Word document"), OFFICE + "wordprocessingml.document", ("docx",)
        ),
        Kind("xlsx", gettext_lazy("Excel workbook"), OFFICE + "spreadsheetml.sheet", ("xlsx",)),
        Kind(
            "pptx",
            gettext_lazy("PowerPoint slides"),
            OFFICE + "presentationml.presentation",
            ("pptx",),
        ),
        Kind("doc", gettext_lazy("Word document"), "application/msword", ("doc",)),
        Kind("xls", gettext_lazy("Excel workbook"), "application/vnd.ms-excel", ("xls",)),
        Kind("ppt", gettext_lazy("PowerPoint slides"), "application/vnd.ms-powerpoint", ("ppt",)),
        Kind("odt", gettext_lazy("OpenDocument text"), OPEN + "text", ("odt",)),
        Kind("ods", gettext_lazy("OpenDocument sheet"), OPEN + "spreadsheet", ("ods",)),
        Kind("odp", gettext_lazy("OpenDocument slides"), OPEN + "presentation", ("odp",)),
        Kind("text", gettext_lazy("Text"), "text/plain", ("txt", "csv", "tsv", "md")),
    ]
}
ACCEPT = ",".join(f".{ending}" for kind in KINDS.values() for ending in kind.endings)
MAIN_PARTS = {
    b"wordprocessingml.document.main+xml": "docx",
    b"spreadsheetml.sheet.main+xml": "xlsx",
    b"presentationml.presentation.main+xml": "pptx",
    b"presentationml.slideshow.main+xml": "pptx",
}
OPEN_KINDS = {(OPEN + name).encode(): code for name, code in
              [("text", "odt"), ("spreadsheet", "ods"), ("presentation", "odp")]}  # fmt: skip
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OLD_STREAMS = {"WordDocument": "doc", "Workbook": "xls", "PowerPoint Document": "ppt"}
MACROS = re.compile(r"vbaproject|^xl/macrosheets/|^basic/|^scripts/")
MOST_UNPACKED, MOST_PARTS = 300 * 1024 * 1024, 5_000
BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, struct.error, RuntimeError, EOFError, OSError,
              ValueError, OverflowError, KeyError)  # fmt: skip
# A page, a drawing or a script can be written in letters only, and still run where it is opened.
RUNS = re.compile(
    r"<(!doctype|\?xml|html|head|body|script|svg|iframe|math|style|meta|link)\b", re.I
)
NOT_WORDS = ("{\\rtf", "%!PS", "#!", "MZ", "<?", "<%")
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
LOOKED_AT = 64 * 1024  # characters of a text


def kind_of(data: bytes) -> Kind | None:
    """The kind of this content; None for what is on no list. Raises Refused for what is on it
    but must not stay: macros, and what unpacks to far more than it is."""
    for mark, code in [(b"\xff\xd8\xff", "jpeg"), (b"\x89PNG\r\n\x1a\n", "png"),
                       (b"GIF87a", "gif"), (b"GIF89a", "gif"), (b"%PDF-", "pdf")]:  # fmt: skip
        if data.startswith(mark):
            return KINDS[code]
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return KINDS["webp"]
    if data[4:11] == b"ftyphei" or data[4:12] == b"ftypmif1":
        raise Refused(_("it is a HEIC photo, which many cannot open. Save it as JPEG"))
    if data.startswith(b"PK\x03\x04"):
        return _packed(data)
    if data.startswith(OLD_OFFICE):
        return _old_office(data)
    return KINDS["text"] if _is_text(data) else None


def _packed(data: bytes) -> Kind | None:
    """Word, Excel, PowerPoint and OpenDocument are zip files that say what they are."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as bundle:
            code = _code_in(bundle)
            parts = bundle.infolist()
    except BROKEN_ZIP:
        return None
    if code is None:
        return None
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Refused(_("it unpacks to far more than it should"))
    names = [part.filename.lower() for part in parts]
    if any(MACROS.search(name) for name in names):
        raise Refused(_with_macros())
    return KINDS[code]


def _code_in(bundle: zipfile.ZipFile) -> str | None:
    names = set(bundle.namelist())
    if "mimetype" in names:
        return OPEN_KINDS.get(_start(bundle, "mimetype").strip())
    if "[Content_Types].xml" not in names:
        return None
    said = _start(bundle, "[Content_Types].xml")
    if b"macroEnabled" in said:
        raise Refused(_with_macros())
    return next((code for mark, code in MAIN_PARTS.items() if mark in said), None)


def _start(bundle: zipfile.ZipFile, name: str) -> bytes:
    with bundle.open(name) as part:
        return part.read(256 * 1024)


def _old_office(data: bytes) -> Kind | None:
    """Word, Excel and PowerPoint before 2007: named streams inside, in UTF-16."""
    if "_VBA_PROJECT".encode("utf-16-le") in data:
        raise Refused(_with_macros())
    found = (code for name, code in OLD_STREAMS.items() if name.encode("utf-16-le") in data)
    code = next(found, None)
    return KINDS[code] if code else None


def _is_text(data: bytes) -> bool:
    text = _decoded(data)
    if text is None or CONTROLS.search(text) or not text.strip():
        return False
    start = text[:LOOKED_AT].lstrip()
    return not start.startswith(NOT_WORDS) and not RUNS.search(start)


def _decoded(data: bytes) -> str | None:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _with_macros() -> str:
    return _("it holds macros, small programs that run when it is opened. Save it without them")
