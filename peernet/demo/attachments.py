"""What people in the demo's talk have added to their posts: made here, the same each time."""

import io
from uuid import UUID

import openpyxl
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from PIL import Image, ImageDraw, ImageFont

from networks.discussions.models import Post
from networks.files import actions

PRICES = [("Who", "Per hour", "Half day"), ("Local groups", 8, 26), ("Charities", 14, 46),
          ("Everybody else", 24, 80)]  # fmt: skip
ROOMS = [("Hall", (40, 40, 760, 560)), ("Kitchen", (780, 40, 1160, 290)),
         ("Quiet room", (780, 310, 1160, 560))]  # fmt: skip
NOTES = [
    ("Charge by\nthe half day", "#FFE08A", (70, 110)),
    ("Ring three\npeople first", "#BFE3D0", (450, 90)),
    ("Ask the GP\nto lunch", "#F9C7B4", (830, 120)),
    ("A quiet room\nis worth it", "#C9DDF2", (260, 400)),
    ("Who will be\nfacilitator\nnext time?", "#E2D3F2", (650, 410)),
]
POLICY = [
    "Lone working",
    "",
    "1  Somebody knows where you are and when you will be back.",
    "2  Ring in before and after each visit.",
    "3  If you do not ring, we ring you. Then we come.",
    "4  You may always leave. Nobody will ask you to explain.",
    "",
    "Checked by the council in spring.",
]


def add() -> None:
    """Files for three of the stories' threads."""
    _to("We went to three prices", {"hall and rooms.png": _plan(), "hire prices.xlsx": _prices()},
        "A plan of the ground floor: a hall, and a kitchen and a quiet room beside it")  # fmt: skip
    _to("Ours is two pages", {"lone-working policy.pdf": _policy()}, "")
    _to("I came away with three things", {"flip chart.jpg": _flip_chart()},
        "A flip chart with five coloured notes: “Ring three people first”, and others")  # fmt: skip


def _to(words: str, files: dict[str, bytes], described: str) -> None:
    post = Post.objects.select_related("network", "author").get(text__startswith=words)
    sent = [UploadedFile(ContentFile(data), name, size=len(data)) for name, data in files.items()]
    key = UUID(int=post.pk)
    parcel = actions.receive(post.network, sent, described=described, by=post.author, key=key)
    actions.add(post, parcel, by=post.author)


def _plan() -> bytes:
    paper = Image.new("RGB", (1200, 600), "#FBFAF7")
    pen = ImageDraw.Draw(paper)
    for name, box in ROOMS:
        pen.rectangle(box, outline="#0B5D57", width=8)
        middle = ((box[0] + box[2]) // 2, (box[1] + box[3]) // 2)
        pen.text(middle, name, "#1D2B2A", font=ImageFont.load_default(44), anchor="mm")
    return _saved(paper, "PNG")


def _flip_chart() -> bytes:
    paper = Image.new("RGB", (1200, 800), "#F1EFE9")
    pen = ImageDraw.Draw(paper)
    for words, colour, (x, y) in NOTES:
        pen.rectangle((x, y, x + 300, y + 240), fill=colour)
        pen.multiline_text((x + 24, y + 40), words, "#1D2B2A", font=ImageFont.load_default(40))
    return _saved(paper, "JPEG")


def _policy() -> bytes:
    paper = Image.new("RGB", (1240, 1754), "white")
    pen = ImageDraw.Draw(paper)
    for number, line in enumerate(POLICY):
        size = 56 if number == 0 else 36
        pen.text((120, 140 + 76 * number), line, "black", font=ImageFont.load_default(size))
    return _saved(paper, "PDF", resolution=150)


def _prices() -> bytes:
    book = openpyxl.Workbook()
    for row in PRICES:
        book.active.append(row)
    to = io.BytesIO()
    book.save(to)
    return to.getvalue()


def _saved(picture: Image.Image, form: str, **how: object) -> bytes:
    to = io.BytesIO()
    picture.save(to, form, **how)
    return to.getvalue()
