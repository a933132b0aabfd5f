"""What nobody can see any more leaves the disk; what somebody can see stays."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command

from members.notices.models import Heartbeat
from networks.discussions import actions as talk
from networks.files.models import File
from networks.files.tasks import tick_files
from peernet.lib import clock
from tests import cast
from tests.networks.files.things import PDF, picture, stored, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def post(media):
    place = cast.network()
    return cast.thread(place, cast.member(place))[1]


def on_disk(media):
    return sorted(path for path in media.rglob("*") if path.is_file())


def test_files_of_a_deleted_post_leave_the_disk_when_undo_is_over(media, post, travel):
    stored(post, post.author, picture(), "a.png")
    kept = stored(cast.thread(post.network, post.author)[1], post.author, PDF, "b.pdf")
    talk.delete(post, by=post.author)
    travel(clock.now() + timedelta(hours=23))
    tick_files()
    assert len(on_disk(media)) == 3
    travel(clock.now() + timedelta(hours=2))
    tick_files()
    assert [path.name for path in on_disk(media)] == [Path(kept.stored.name).name]
    assert File.objects.get() == kept


def test_files_of_an_abandoned_form_leave_after_a_day(media, post, signed_in, travel):
    address = f"/n/{post.network.slug}/talk/{post.thread_id}/"
    signed_in(post.author).post(address, {"text": "", "files": [upload(PDF, "a.pdf")]})
    travel(clock.now() + timedelta(hours=23))
    tick_files()
    assert File.objects.count() == len(on_disk(media)) == 1
    travel(clock.now() + timedelta(hours=2))
    tick_files()
    assert File.objects.count() == len(on_disk(media)) == 0


def test_what_no_row_names_leaves_unless_it_is_just_coming_in(media, post):
    kept = stored(post, post.author, picture(), "a.png")
    new, old = (media / f"files/ab/{name}.pdf" for name in ("new", "old"))
    new.parent.mkdir(parents=True, exist_ok=True)
    for path in (new, old):
        path.write_bytes(PDF)
    past = (clock.now() - timedelta(hours=3)).timestamp()
    for path in (old, *(media / part.name for part in (kept.stored, kept.small))):
        os.utime(path, (past, past))
    tick_files()
    assert new.exists()
    assert not old.exists()
    assert len(on_disk(media)) == 3


def test_it_runs_with_the_others_and_is_watched(post):
    call_command("sweep")
    assert Heartbeat.objects.filter(job="files").exists()


def test_it_is_no_trouble_when_there_are_no_files_at_all(media):
    tick_files()
    assert on_disk(media) == []


def test_stored_files_are_for_their_owner_alone(media, post):
    stored(post, post.author, PDF, "a.pdf")
    assert [path.stat().st_mode & 0o077 for path in on_disk(media)] == [0]
    assert (media / "files").stat().st_mode & 0o077 == 0
