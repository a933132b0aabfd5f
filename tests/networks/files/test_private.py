"""A file is shown to whoever may read its post now, each time anew, and to nobody else."""

import pytest
from django.core.files.storage import default_storage

from members.audit.models import AuditEntry
from networks.discussions import actions as talk
from networks.discussions.models import Thread
from networks.files.models import File
from networks.membership.models import Membership
from peernet.lib import clock
from tests import cast
from tests.networks.files.things import CSV, PDF, picture, sheet, stored, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return cast.network()


@pytest.fixture
def ann(place):
    return cast.member(place)


@pytest.fixture
def file(place, ann):
    """A picture in a thread."""
    return stored(cast.thread(place, ann)[1], ann, picture(), "tea.png")


def at(file, part=""):
    return f"/n/{file.network.slug}/files/{file.pk}/{part}"


def others(file):
    """(address, status) of what must not be found, for whoever is no reader of the post."""
    return [at(file), at(file, "small/")]


def test_only_members_see_a_file_and_former_ones_no_more(client, signed_in, place, ann, file):
    signed_out = client.get(at(file))
    assert signed_out.status_code == 302
    assert signed_out.headers["Location"].startswith("/accounts/login/")
    elsewhere = cast.coordinator(cast.network("Libraries"))
    for stranger in (cast.person(), cast.former_member(place), elsewhere):
        assert not File.objects.visible_to(stranger).exists()
        for address in others(file):
            assert signed_in(stranger).get(address).status_code == 404
    bob = cast.member(place, "Bob Lee")
    assert signed_in(bob).get(at(file)).status_code == 200
    Membership.objects.filter(person=bob).update(until=clock.now(), reason="left")
    assert signed_in(bob).get(at(file)).status_code == 404


def test_a_file_is_not_found_under_another_network(signed_in, file):
    other = cast.network("Libraries")
    both = cast.member(other, person=file.owner)
    assert signed_in(both).get(f"/n/{other.slug}/files/{file.pk}/").status_code == 404


def test_a_file_that_waits_is_nobodys_to_see(signed_in, place, ann):
    thread = cast.thread(place, ann)[0]
    address = f"/n/{place.slug}/talk/{thread.pk}/"
    signed_in(ann).post(address, {"text": "", "files": [upload(PDF, "a.pdf")]})
    assert signed_in(ann).get(at(File.objects.get())).status_code == 404


def test_the_file_of_a_deleted_post_is_gone_at_once_and_back_with_it(signed_in, ann, file):
    post = file.post
    talk.reply(post.thread, words="Thank you", by=cast.member(file.network, "Bob Lee"))
    taken = talk.delete(post, by=ann)
    for address in others(file):
        assert signed_in(ann).get(address).status_code == 404
    talk.restore(post, taken, by=ann)
    assert signed_in(ann).get(at(file)).status_code == 200


def test_a_closed_network_still_shows_them_to_its_members_and_to_nobody_else(
    signed_in, place, ann, file
):
    place.closed_at = clock.now()
    place.save()
    assert signed_in(ann).get(at(file)).status_code == 200
    assert signed_in(cast.person("Oz")).get(at(file)).status_code == 404


@pytest.mark.parametrize("number", [0, 2**31, 2**63, 10**30])
def test_numbers_that_no_file_has_are_not_found(signed_in, place, ann, number):
    for part in ("", "small/"):
        assert signed_in(ann).get(f"/n/{place.slug}/files/{number}/{part}").status_code == 404


def test_a_paper_has_no_small_picture(signed_in, ann, file):
    paper = stored(file.post, ann, PDF, "a.pdf")
    assert signed_in(ann).get(at(paper, "small/")).status_code == 404


def test_nothing_that_is_served_can_run_or_stay_behind(signed_in, ann, file):
    sent = [(PDF, "a.pdf"), (sheet(), "a.xlsx"), (CSV, "a.csv"), (b"<b>bold</b>", "a.html")]
    papers = [stored(file.post, ann, data, name) for data, name in sent]
    client = signed_in(ann)
    for address in [at(file), at(file, "small/"), *map(at, papers)]:
        answer = client.get(address)
        assert answer.status_code == 200
        assert "no-store" in answer.headers["Cache-Control"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        policy = answer.headers["Content-Security-Policy"].split("; ")
        style, frames = "style-src 'unsafe-inline'", "frame-ancestors 'none'"
        assert policy == ["default-src 'none'", style, frames, "sandbox"]
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert "html" not in answer.headers["Content-Type"]
        assert "svg" not in answer.headers["Content-Type"]
        shown = answer.headers["Content-Disposition"].startswith("inline")
        assert shown == answer.headers["Content-Type"].startswith("image/")
    assert client.post(at(file)).status_code == 405


def test_a_file_on_the_disk_has_a_name_nobody_can_guess_and_is_not_a_page(client, signed_in, file):
    path = default_storage.path(file.stored.name)
    assert "tea" not in path
    for folder in ("media/", "static/", ""):
        address = f"/{folder}{file.stored.name}"
        assert signed_in(file.owner).get(address).status_code == 404


def test_a_file_that_is_missing_on_the_disk_is_a_sentence_and_the_words_stay(signed_in, ann, file):
    for part in (file.stored, file.small):
        default_storage.delete(part.name)
    client = signed_in(ann)
    answer = client.get(at(file))
    assert answer.status_code == 404
    assert "the file itself is not on the server any more" in answer.content.decode()
    assert client.get(at(file, "small/")).status_code == 404
    page = client.get(f"/n/{file.network.slug}/talk/{file.post.thread_id}/").content.decode()
    assert "By the hour?" in page


def test_a_full_disk_is_a_sentence_and_the_words_stay(signed_in, place, ann, settings, tmp_path):
    thread = cast.thread(place, ann)[0]
    settings.MEDIA_ROOT = tmp_path / "not a folder"
    settings.MEDIA_ROOT.write_text("in the way: as unwritable as a full disk, also for root")
    sent = {"text": "Words", "files": [upload(PDF, "a.pdf")]}
    answer = signed_in(ann).post(f"/n/{place.slug}/talk/{thread.pk}/", sent)
    assert answer.status_code == 422
    assert "there is no room on the server just now" in answer.content.decode()
    assert ">\nWords</textarea>" in answer.content.decode()
    assert not File.objects.exists()


def test_a_disk_that_is_full_while_a_file_comes_in_is_a_sentence_too(
    signed_in, place, ann, monkeypatch
):
    thread = cast.thread(place, ann)[0]
    monkeypatch.setattr("tempfile.tempdir", "/nowhere")  # no file can be made there
    sent = {"text": "Words", "files": [upload(b"a" * 3_000_000, "a.txt"), upload(PDF, "b.pdf")]}
    answer = signed_in(ann).post(f"/n/{place.slug}/talk/{thread.pk}/", sent)
    assert answer.status_code == 422
    assert "“a.txt” was not added: there is no room on the server" in answer.content.decode()
    assert ">\nWords</textarea>" in answer.content.decode()
    assert [file.name for file in File.objects.all()] == ["b.pdf"]


def test_no_word_of_a_file_leaves_a_trusted_room(signed_in, place, ann, caplog):
    room = place.rooms.create(name="Rants", kind="trusted")
    client = signed_in(ann)
    files = [upload(picture(), "canaryname.png"), upload(PDF, "canarypaper.pdf")]
    sent = {"title": "T", "text": "W", "room": room.pk, "described": "canaryalt", "files": files}
    client.post(f"/n/{place.slug}/talk/new/?room={room.pk}", sent)
    assert Thread.objects.get().room == room
    canaries = ("canaryname", "canarypaper", "canaryalt")
    dan = cast.coordinator(place)
    rest = ("", "talk/", "run/", "sent/", "log/", "people/")
    looking = ["/", *(f"/n/{place.slug}/{part}" for part in rest)]
    seen = [signed_in(dan).get(address).content.decode() for address in looking]
    for file in File.objects.all():
        signed_in(dan).get(at(file))
        default_storage.delete(file.stored.name)
        signed_in(dan).get(at(file))
    said = "".join([*seen, caplog.text, str(list(AuditEntry.objects.values()))])
    assert [canary for canary in canaries if canary in said] == []
    inside = signed_in(dan).get(f"/n/{place.slug}/talk/{Thread.objects.get().pk}/").content.decode()
    assert all(canary in inside for canary in canaries[1:])
