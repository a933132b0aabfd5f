"""After somebody has closed their account neither their name nor any address of theirs stands
anywhere: in the database, the files, a backup made later, Valkey, or what the processes said."""

import base64
import io
import json
import logging
import pickle
import zlib

import pytest
from django.conf import settings as real
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client

from members.notices.actions import send_due
from members.privacy.tasks import tick_archives, tick_upkeep
from networks.discussions.models import Post
from networks.files.tasks import tick_files
from networks.imports.actions import start_import
from networks.imports.tasks import tick_drafts
from peernet.lib.logs import Line
from sessions.calendar.actions import make_address
from tests import cast, traces
from tests.letters import later, signed_in
from tests.members.privacy.archives import download
from tests.members.privacy.life import ADDRESS, CANARIES, NAME, OTHER, lived
from tests.networks.files.things import packed, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings, tmp_path):
    """Everything that is written to the disk."""
    settings.VAR_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    return tmp_path


@pytest.fixture
def said():
    """What the processes say from now on, as their lines."""
    to = io.StringIO()
    handler = logging.StreamHandler(to)
    handler.setFormatter(Line())
    loggers = [logging.getLogger(name) for name in ("", *real.LOGGING["loggers"])]
    for logger in loggers:
        logger.addHandler(handler)
    yield to
    for logger in loggers:
        logger.removeHandler(handler)


class Stumbles:
    """A planted fault that says whom it stumbled over, as a driver's or a mail server's does."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path == "/privacy/":
            raise ValueError(f"{NAME} <{ADDRESS}> is there twice")
        return self.get_response(request)


def more_of_life(zoe, place):
    """What leaves no row of a model: half-done sign-ins, words typed while signed out, mails, a
    feed in the cache, a list that somebody else pasted, and faults."""
    for typed in (ADDRESS, ADDRESS.upper(), OTHER):
        Client().post("/accounts/login/", {"login": typed})
    signed_out = Client()
    signed_out.post("/you/profile/", {"name": NAME, "email": OTHER})
    stored(Post.objects.filter(author=zoe).earliest("pk"), zoe, words_document(), "minutes.docx")
    start_import(place, text=f"Name,Email\n{NAME},{ADDRESS.title()}\n", by=cast.coordinator(place))
    browser = signed_in(zoe)
    browser.raise_request_exception = False
    assert browser.get(f"/calendar/{make_address(zoe, by=zoe)}.ics").status_code == 200
    browser.get(f"/{ADDRESS}/")
    browser.post("/you/profile/", {"name": NAME, "zone": f"{NAME}/London"})
    assert browser.get("/privacy/").status_code == 500
    assert Client(enforce_csrf_checks=True).post("/you/", {"name": NAME}).status_code == 403
    browser.post("/you/data/")
    tick_archives()
    send_due()
    return browser


def words_document():
    """A Word document by her."""
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    kind = f'<Types><Override ContentType="{main}.main+xml"/></Types>'
    parts = {"[Content_Types].xml": kind, "word/document.xml": f"<w>By {NAME}</w>"}
    return packed(parts=parts)


def everything(folder):
    return traces.of_database() | traces.of_files(folder) | traces.of_valkey()


@pytest.mark.django_db(transaction=True)  # a backup looks from outside
def test_neither_name_nor_address_is_left_anywhere(folder, said, settings):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.Stumbles"]
    zoe, place = lived()
    browser = more_of_life(zoe, place)
    before = traces.found(CANARIES, everything(folder))
    assert {"table public.members_person", "sessions of browsers, unpacked"} <= set(before)
    assert any(name.startswith("file ") for name in before)
    assert any("archives/" in name for name in before)
    closed = browser.post("/you/close/", {"address": ADDRESS}, follow=True)
    assert "Your account is closed." in closed.content.decode()
    later(hours=25)  # a list that somebody pasted and left goes within a day
    for tick in (tick_drafts, tick_files, tick_upkeep):
        tick()
    call_command("backup", str(folder / "later.backup"), stdout=io.StringIO())
    assert traces.found(CANARIES, everything(folder)) == []
    lines = said.getvalue()
    assert lines.count('"ERROR"') >= 1
    assert traces.found(CANARIES, {"what was said": lines.encode()}) == []


# --- The guard itself: each place, each way of writing ------------------------------------------

MAIL = ADDRESS.encode()


@pytest.mark.parametrize(
    "written",
    [
        MAIL, MAIL.upper(), MAIL.hex().encode(), base64.b64encode(MAIL),
        base64.b64encode(b"To: " + MAIL), base64.urlsafe_b64encode(b"x" + MAIL + b" and more"),
        json.dumps({"to": ADDRESS}).encode(), b"To=3A zenobia=40quagmire.example",
        b"/join/?mail=zenobia%40quagmire.example", pickle.dumps({"name": NAME}),
        zlib.compress(MAIL), NAME.encode("utf-16-le"), packed(parts={"a/b.xml": f"<w>{NAME}</w>"}),
        packed(parts={f"{NAME}.txt": "x"}),
    ],
    ids=range(14),
)  # fmt: skip
def test_it_is_found_however_it_is_written(written):
    assert traces.found(CANARIES, {"here": written}) == ["here"]
    assert traces.found(CANARIES, {"here": b"Somebody else altogether"}) == []


def test_it_is_found_wherever_it_is_kept(folder):
    cache.set("chart:1", NAME)
    (folder / "media").mkdir()
    (folder / "media/list.xlsx").write_bytes(packed(parts={"xl/a.xml": ADDRESS}))
    place = cast.network(f"Friends of {NAME}")
    browser = Client().session
    browser["typed"] = {"email": OTHER}
    browser.save()
    names = traces.found(CANARIES, everything(folder))
    assert place.pk
    assert {name.split(" ")[0] for name in names} == {"file", "sessions", "table", "valkey"}


def test_a_long_life_is_downloaded_whole(signed_in, folder):
    zoe, place = lived()
    made = download(signed_in(zoe))
    assert {"data.json", "read-me.html"} <= set(made.namelist())
    assert any(name.startswith("files/") for name in made.namelist())
    assert place.name in made.read("read-me.html").decode()
