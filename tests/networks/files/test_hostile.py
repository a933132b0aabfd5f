"""What people, and those who mean harm, send as files. None may be a fault, run, or overflow."""

import io
import struct
import zlib

import pytest
from PIL import Image

from networks.files import rules
from networks.files.models import File
from peernet.lib import kinds
from tests import cast
from tests.networks.files.things import CSV, PDF, office, packed, picture, sheet, stored, upload

pytestmark = pytest.mark.django_db
WORD = "openxmlformats-officedocument.wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
KINDS = "it is none of these: pictures (JPEG"


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def bomb(width, height):
    """A PNG that says it is enormous."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n"
        + head
        + chunk(b"IDAT", zlib.compress(b"\0" * 9999))
        + chunk(b"IEND", b"")
    )


def unpacking_to_much():
    return office(WORD, **{"word/media/zeros": b"\0" * (301 * 1024 * 1024)})


def utf16(*names):
    return OLD + b"".join(name.encode("utf-16-le") for name in names)


REFUSED = {
    "nothing in it": (b"", "is empty"),
    "blanks only": (b" \r\n\t ", KINDS),
    "a web page": (b"<!DOCTYPE html><script>alert(1)</script>", KINDS),
    "a web page behind words": (b"Minutes\n\n<ScRiPt >alert(1)</sCrIpT>", KINDS),
    "a web page in UTF-16": ("<html><body onload=alert(1)>".encode("utf-16"), KINDS),
    "a drawing that runs": (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', KINDS),
    "a drawing behind XML": (b'\xef\xbb\xbf<?xml version="1.0"?><svg onload="alert(1)"/>', KINDS),
    "a program": (b"MZ\x90\x00" + b"\0" * 100, KINDS),
    "a program for Linux": (b"\x7fELF" + b"\0" * 100, KINDS),
    "a script": (b"#!/bin/sh\nrm -rf /\n", KINDS),
    "a zip file": (packed(parts={"a.exe": b"MZ"}), KINDS),
    "a broken zip file": (b"PK\x03\x04" + b"\xff" * 200, KINDS),
    "a spreadsheet cut off": (sheet()[:900], KINDS),
    "a Java program": (packed(parts={"META-INF/MANIFEST.MF": "Main-Class: x"}), KINDS),
    "a Word file with macros": (office(WORD, **{"word/vbaProject.bin": b"x"}), "holds macros"),
    "a workbook with old macros": (office(WORD, **{"xl/macroSheets/1.xml": b"x"}), "holds macros"),
    "OpenDocument with macros": (
        packed(parts={"mimetype": ODT, "Basic/Standard/a.xml": b"x"}),
        "holds macros",
    ),
    "one that says it has macros": (office("ms-word.document.macroEnabled"), "holds macros"),
    "an old Word file with macros": (utf16("WordDocument", "_VBA_PROJECT"), "holds macros"),
    "an old installer": (utf16("Property"), KINDS),
    "a file that unpacks to 300 MB": (unpacking_to_much, "unpacks to far more"),
    "a file of 6,000 parts": (
        lambda: office(WORD, **{f"p{n}": b"" for n in range(6000)}),
        "unpacks",
    ),
    "a picture as large as a street": (bomb(60_000, 60_000), "50 million points"),
    "a picture as large as a house": (bomb(9_000, 9_000), "50 million points"),
    "a picture cut off": (picture(800, 800, "JPEG")[:700], "is damaged"),
    "only the head of a picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "is damaged"),
    "a picture without points": (b"GIF89a" + b"\0" * 20, "is damaged"),
    "a JPEG that is a page": (b"\xff\xd8\xff<script>alert(1)</script>", "is damaged"),
    "a GIF that is a script": (b"GIF89a/*\x00*/=1;alert(1)//", "is damaged"),
    "a WebP of nothing": (b"RIFF\x10\0\0\0WEBPVP8 " + b"\0" * 8, "is damaged"),
    "a picture from an iPhone": (b"\0\0\0\x18ftypheic\0\0\0\0heicmif1", "Save it as JPEG"),
    "a song": (b"ID3\x03\0\0\0" + b"\0" * 60, KINDS),
    "a film": (b"\0\0\0\x18ftypmp42" + b"\0" * 60, KINDS),
    "rich text": (b"{\\rtf1\\ansi Hello}", KINDS),
    "PostScript": (b"%!PS-Adobe-3.0\n", KINDS),
    "noise": (bytes(range(256)) * 9, KINDS),
}
TAKEN = {
    "CSV in UTF-8": (CSV, "a.csv", "a.csv"),
    "CSV from an old Excel": ("Näme;Töwn".encode("cp1252"), "a.csv", "a.csv"),
    "text in UTF-16": ("Minutes ŵ".encode("utf-16"), "a.txt", "a.txt"),
    "text with a smaller-than sign": (b"5 < 6, <b@example.org>", "a.txt", "a.txt"),
    "text called a page": (b"Minutes", "a.html", "a.html.txt"),
    "text called a script": (b"del *.*", "run.bat", "run.bat.txt"),
    "PDF called a program": (PDF, "a.exe", "a.exe.pdf"),
    "a picture called a PDF": (picture(), "a.pdf", "a.pdf.png"),
    "Word": (office(WORD), "A plan.DOCX", "A plan.docx"),
    "a spreadsheet": (sheet(), "a.xlsx", "a.xlsx"),
    "an old spreadsheet": (utf16("Workbook"), "a.xls", "a.xls"),
    "OpenDocument": (
        packed(parts={"mimetype": ODT}), "a.odt", "a.odt",
    ),
    "a PDF that is a zip file, too": (PDF + packed(parts={"a": b"b"}), "a.pdf", "a.pdf"),
}  # fmt: skip
NAMES = {
    "../../etc/passwd": "passwd.pdf",
    "..\\..\\boot.ini": "boot.ini.pdf",
    "a" * 300 + ".pdf": "a" * 100 + ".pdf",
    "invoice\u202efdp.exe": "invoicefdp.exe.pdf",
    "a\x00b\x07\x1b.pdf": "ab.pdf",
    "  .pdf": "File.pdf",
    "...": "File.pdf",
    ".htaccess": "htaccess.pdf",
    "\u200b\ufeff.pdf": "File.pdf",
    "a<script>alert(1)<.pdf": "a script alert(1).pdf",
    'x"; filename="evil.html': "x ; filename= evil.html.pdf",
    "Über uns – Sitzung 3.PDF": "Über uns – Sitzung 3.pdf",
    "👩🏽‍🦼.pdf": None,
    "CON:1|2?.pdf": "CON 1 2.pdf",
}


@pytest.fixture
def thread():
    place = cast.network()
    return cast.thread(place, cast.member(place))[0]


def post(signed_in, thread, data, name):
    sent = {"text": "Words", "files": [upload(data, name)]}
    address = f"/n/{thread.network.slug}/talk/{thread.pk}/"
    return signed_in(thread.author).post(address, sent)


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_on_no_list_is_refused_with_a_reason(signed_in, thread, what):
    data, reason = REFUSED[what]
    answer = post(signed_in, thread, data() if callable(data) else data, "minutes.txt")
    assert answer.status_code == 422
    assert "“minutes.txt” was not added: " in answer.content.decode()
    assert reason in answer.content.decode()
    assert not File.objects.exists()
    assert ">Words</textarea>" in answer.content.decode().replace("\n", "")


@pytest.mark.parametrize("what", TAKEN)
def test_what_people_really_have_is_taken_as_what_it_is(signed_in, thread, what):
    data, sent, called = TAKEN[what]
    assert post(signed_in, thread, data, sent).status_code == 302
    assert File.objects.get().name == called


@pytest.mark.parametrize("name", NAMES)
def test_no_name_is_taken_at_its_word(signed_in, thread, name):
    assert post(signed_in, thread, PDF, name).status_code == 302
    found = File.objects.get()
    assert found.name.endswith(".pdf")
    assert not set(found.name) & set('/\\:*?"<>|\r\n\x00\u202e\u200b')
    assert found.stored.name.startswith("files/")
    assert found.stored.name.endswith(".pdf")
    got = signed_in(thread.author).get(f"/n/{thread.network.slug}/files/{found.pk}/")
    assert got.headers["Content-Disposition"].startswith("attachment; filename")
    assert got.getvalue() == PDF


@pytest.mark.parametrize(("name", "called"), [pair for pair in NAMES.items() if pair[1]])
def test_a_name_is_made_safe_and_stays_readable(name, called):
    # The browser's part, and Django's, is to give the last step of a path.
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    assert rules.called(last, kinds.KINDS["pdf"]) == called


def test_where_a_picture_was_taken_is_gone_and_it_stands_upright(signed_in, thread):
    made = Image.new("RGB", (90, 40), "teal")
    made.paste("orange", (0, 0, 30, 40))  # left; the camera was held on its side
    about = Image.Exif()
    about[274], about[271] = 6, "CanaryCamera"
    about.get_ifd(0x8825)[2] = (51.0, 28.0, 38.0)
    raw = io.BytesIO()
    made.save(raw, "JPEG", exif=about, comment=b"CanaryComment", quality=95)
    assert b"Canary" in raw.getvalue()
    post(signed_in, thread, raw.getvalue() + b"CanaryTail", "IMG_2041.JPG")
    file = File.objects.get()
    for part in (file.stored, file.small):
        data = part.read()
        assert b"Canary" not in data
        with Image.open(io.BytesIO(data)) as again:
            assert again.size == (40, 90)
            assert not again.getexif()
            red, _green, blue = again.convert("RGB").getpixel((20, 10))
            assert red > 200 > blue + 50


def test_a_photo_with_a_second_one_behind_it_is_taken(signed_in, thread):
    raw = io.BytesIO()
    pair = [Image.new("RGB", (40, 30), colour) for colour in ("red", "blue")]
    pair[0].save(raw, "MPO", save_all=True, append_images=pair[1:])
    assert post(signed_in, thread, raw.getvalue(), "IMG_1.JPG").status_code == 302
    assert File.objects.get().kind == "jpeg"


def test_a_moving_picture_stands_still(signed_in, thread):
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue", "green")]
    raw = io.BytesIO()
    frames[0].save(raw, "GIF", save_all=True, append_images=frames[1:])
    post(signed_in, thread, raw.getvalue(), "a.gif")
    file = File.objects.get()
    assert (file.kind, file.name) == ("png", "a.gif.png")


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_a_picture_of_every_sort_of_colour_is_taken(signed_in, thread, mode):
    raw = io.BytesIO()
    Image.new(mode, (30, 20)).save(raw, "JPEG" if mode == "CMYK" else "PNG")
    assert post(signed_in, thread, raw.getvalue(), "a.png").status_code == 302
    assert File.objects.get().width == 30


def test_a_small_picture_is_light_whatever_it_shows(thread):
    raw = io.BytesIO()
    Image.effect_noise((480, 480), 90).save(raw, "JPEG", quality=80)
    file = stored(thread.posts.get(), thread.author, raw.getvalue(), "noise.jpg")
    assert len(file.small.read()) <= 14 * 1024


def test_a_file_too_large_is_not_even_kept_in_memory(signed_in, thread, settings):
    settings.FILE_MAX_BYTES = 1024
    answer = post(signed_in, thread, b"a" * 13 * 1024 * 1024, "a.txt")
    assert "larger than 1 KB" in answer.content.decode()
    assert answer.wsgi_request.FILES["files"].size == 12 * 1024 * 1024 + 1


def test_a_hundred_and_one_files_are_no_fault(signed_in, thread):
    sent = {"text": "Words", "files": [upload(PDF, f"{n}.pdf") for n in range(101)]}
    address = f"/n/{thread.network.slug}/talk/{thread.pk}/"
    assert signed_in(thread.author).post(address, sent).status_code in (400, 422)
