"""The copy of one's own data is packed by a worker: asked for once, kept for a week, nobody
else's."""

from datetime import timedelta
from threading import Thread

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.db import connection
from django.test import Client

from members.notices.actions import send_due
from members.privacy import actions
from members.privacy.models import KEPT, Archive
from members.privacy.queries import folder as archives
from members.privacy.tasks import tick_archives, tick_upkeep
from peernet.lib import clock
from peernet.pages.actions import close_account
from tests import cast
from tests.letters import later, signed_in
from tests.members.privacy.archives import download, link

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return archives()


@pytest.fixture
def ann():
    return cast.person("Ann Lee")


def files(folder):
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def polls(client, **headers):
    page = BeautifulSoup(client.get("/you/data/", headers=headers).content, "html.parser")
    return bool(page.select("[data-hx-get='/you/data/']"))


def test_the_request_only_asks_and_the_page_waits_for_the_worker(ann, folder):
    client = signed_in(ann)
    assert not polls(client)
    page = client.post("/you/data/", follow=True).content.decode()
    assert "We are packing it" in page
    assert ">Look again<" in page, "without JavaScript there is a link"
    assert files(folder) == []
    assert polls(client, HX_Request="true")
    tick_archives()
    assert not polls(client, HX_Request="true")
    part = client.get("/you/data/", headers={"HX-Request": "true"})
    assert "Your copy is ready" in part.headers["HX-Trigger"]
    assert "<html" not in part.content.decode()
    assert client.get(link(client)).status_code == 200


def test_a_letter_says_that_it_is_ready_and_leads_to_the_page(ann):
    signed_in(ann).post("/you/data/")
    send_due()
    assert mail.outbox == []
    tick_archives()
    send_due()
    (letter,) = mail.outbox
    assert letter.to == [ann.email]
    assert "/you/data/\n" in letter.body


def test_twenty_presses_pack_one(ann, folder):
    client = signed_in(ann)
    assert {client.post("/you/data/").status_code for _press in range(20)} == {302}
    assert actions.pack_archives() == 1
    assert len(files(folder)) == 1


def test_the_next_takes_the_place_of_the_one_before_but_not_at_once(
    ann, folder, django_capture_on_commit_callbacks
):
    client = signed_in(ann)
    download(client)
    first, lying = link(client), files(folder)
    again = client.post("/you/data/")
    assert again.status_code == 429
    assert "You can ask again at" in again.content.decode()
    later(minutes=11)
    with django_capture_on_commit_callbacks(execute=True):
        download(client)
    assert client.get(first).status_code == 404
    assert len(files(folder)) == 1
    assert files(folder) != lying


def test_it_is_nobody_elses(ann):
    mine = signed_in(ann)
    download(mine)
    path = link(mine)
    assert signed_in(cast.person("Bo Lee")).get(path).status_code == 404
    assert Client().get(path).status_code == 302
    assert "no-store" in mine.get(path).headers["Cache-Control"]


def test_nobody_else_on_the_server_reads_it(ann, folder):
    download(signed_in(ann))
    (name,) = files(folder)
    assert folder.stat().st_mode & 0o077 == 0
    assert (folder / name).stat().st_mode & 0o077 == 0


def test_after_a_week_it_is_gone(ann, folder, django_capture_on_commit_callbacks):
    client = signed_in(ann)
    download(client)
    path = link(client)
    clock.travel(clock.now() + KEPT - timedelta(minutes=1))
    with django_capture_on_commit_callbacks(execute=True):
        tick_upkeep()
    assert link(client) == path
    later(minutes=1)
    assert link(client) is None
    assert client.get(path).status_code == 302
    with django_capture_on_commit_callbacks(execute=True):
        tick_upkeep()
    assert files(folder) == []
    assert not Archive.objects.exists()


def test_a_lost_file_can_be_asked_for_again(ann, folder):
    """After a restore, say: a backup does not hold it."""
    client = signed_in(ann)
    download(client)
    path = link(client)
    (folder / files(folder)[0]).unlink()
    assert client.get(path).headers["Location"] == "/you/data/"
    assert "Pack a copy" in client.get("/you/data/").content.decode()


def test_a_worker_that_died_leaves_it_to_the_next(ann, folder):
    client = signed_in(ann)
    client.post("/you/data/")
    dead = actions._claim()
    (folder / f"{dead.file}{actions.PART}").parent.mkdir(exist_ok=True)
    (folder / f"{dead.file}{actions.PART}").write_bytes(b"half of it")
    assert actions.pack_archives() == 0, "it may only be slow"
    later(minutes=16)
    assert actions.pack_archives() == 1
    assert link(client)
    tick_upkeep()
    assert len(files(folder)) == 1, "what the dead one left is gone"


def test_one_that_kills_its_worker_is_given_up(ann):
    client = signed_in(ann)
    client.post("/you/data/")
    for _death in range(actions.TRIES):
        assert actions._claim()
        later(minutes=16)
    assert actions._claim() is None
    assert "We could not pack it" in client.get("/you/data/").content.decode()


def test_a_full_disk_is_a_sentence_and_stops_nobody_else(ann, folder):
    client, bo = signed_in(ann), signed_in(cast.person("Bo Lee"))
    client.post("/you/data/")
    folder.parent.joinpath("archives").write_text("no folder can be made here")
    tick_archives()
    assert "perhaps the server has no room" in client.get("/you/data/").content.decode()
    folder.unlink()
    download(bo)
    later(minutes=11)
    download(client)


@pytest.mark.django_db(transaction=True)
def test_a_closed_account_leaves_none_not_even_one_that_is_being_packed(ann, folder, monkeypatch):
    client = signed_in(ann)
    download(client)
    close_account(address=ann.email, by=ann)
    assert files(folder) == []
    bo = cast.person("Bo Lee")
    signed_in(bo).post("/you/data/")
    packed = actions._pack

    def closed_meanwhile(archive):
        size = packed(archive)
        closing = Thread(
            target=elsewhere, args=(close_account,), kwargs={"address": bo.email, "by": bo}
        )
        closing.start()
        closing.join()
        return size

    monkeypatch.setattr(actions, "_pack", closed_meanwhile)
    tick_archives()
    assert files(folder) == []
    assert not Archive.objects.exists()


def elsewhere(deed, **words):
    """In another process' connection."""
    try:
        deed(**words)
    finally:
        connection.close()
