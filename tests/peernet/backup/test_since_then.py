"""What went on beside a backup and after it: people who wrote, letters on their way, sessions that
were ended, accounts that were closed, another PeerNet."""

import resource
import threading
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from members.audit.models import AuditEntry
from members.causes.models import Cause
from members.notices import actions
from members.notices.models import Notice, NoticeState
from members.people.models import Person
from networks.discussions import actions as talk
from networks.discussions.models import Post
from peernet.backup import database
from peernet.lib import clock, tombstones
from peernet.pages.actions import close_account
from tests import cast
from tests.faults.writers import Cast, halves
from tests.peernet.backup.conftest import wipe
from tests.world import world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def kept(settings, tmp_path, media):
    """A folder of its own for what outlives the database."""
    settings.VAR_DIR = tmp_path
    return tmp_path / "kept.backup"


@pytest.fixture
def lose(elsewhere, media):
    """Lose the database and the uploads."""

    def all_of_it():
        elsewhere()
        wipe(media)

    return all_of_it


def back_up(file):
    call_command("backup", str(file), stdout=StringIO())


def restored(file, **how):
    said = StringIO()
    call_command("restore", str(file), stdout=said, **how)
    return said.getvalue()


@contextmanager
def writing(town):
    """Somebody replies without pause; gives the list of what was kept."""
    stop, kept = threading.Event(), []

    def write():
        try:
            while not stop.is_set():
                kept.append(talk.reply(town.first, words=f"word {len(kept)}", by=town.member).pk)
        finally:
            connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield kept
    finally:
        stop.set()
        writer.join(60)


def until(kept, count):
    waited = threading.Event()
    for _ in range(6_000):
        if len(kept) >= count:
            return
        waited.wait(0.01)
    pytest.fail(f"only {len(kept)} were written")


def test_a_backup_made_while_people_write_is_of_one_moment(kept, lose):
    town = Cast()
    with writing(town) as written:
        until(written, 5)
        before = written[-1]
        back_up(kept)
        until(written, len(written) + 2)
    lose()
    restored(kept)
    there = set(Post.objects.values_list("pk", flat=True))
    assert {pk for pk in written if pk <= before} <= there
    assert written[-1] not in there
    assert list(halves()) == []


def test_a_letter_that_was_on_its_way_is_not_sent_twice(kept, lose, mailoutbox):
    house = world()
    ivy = house.invitation
    actions.tell_address(ivy.email, "invitation", ivy.pk, network_id=house.place.pk)
    assert actions.claim().state == NoticeState.LEASED
    back_up(kept)
    lose()
    restored(kept)
    clock.travel(clock.now() + timedelta(hours=1))
    actions.send_due()
    assert Notice.objects.get(kind="invitation").state == NoticeState.UNCERTAIN
    assert mailoutbox == []


def test_what_was_announced_and_told_since_is_not_sent_twice(kept, lose, mailoutbox):
    house = world()
    thread = cast.thread(house.place, house["member"])[0]
    talk.reply(thread, words="It was told while the backup was away.", by=house["coordinator"])
    back_up(kept)
    lose()
    clock.travel(clock.now() + timedelta(hours=1))
    restored(kept)
    actions.send_due()
    assert not Cause.objects.exists()
    told = Notice.objects.filter(kind="post", person=house["member"])
    assert {row.state for row in told} == {NoticeState.UNCERTAIN}
    assert mailoutbox == []


def test_everybody_signs_in_again(kept, lose, signed_in):
    client = signed_in(world()["member"])
    assert client.get("/you/").status_code == 200
    back_up(kept)
    lose()
    assert "Everybody signs in again" in restored(kept)
    assert not Session.objects.exists()
    assert client.get("/you/").status_code == 302


def test_who_closed_their_account_since_stays_gone(kept, lose):
    house = world()
    ann = house["member"]
    name, email = ann.name, ann.email
    back_up(kept)
    close_account(address=email, by=ann)
    assert name not in tombstones.path().read_text()
    assert email not in tombstones.path().read_text()
    lose()
    assert "closed since the backup, and now again: 1" in restored(kept)
    assert not Person.objects.get(pk=ann.pk).is_active
    assert not Person.objects.filter(name=name).exists()
    assert AuditEntry.objects.get(deed="backup.restored").detail["closed"] == 1


def test_so_does_who_looked_after_a_network_alone_and_nobody_else_does(kept, lose):
    house = world()
    dan, helper = house["coordinator"], house["member"]
    back_up(kept)
    cast.coordinator(house.place, "Eve Next")
    close_account(address=dan.email, by=dan)
    tombstones.keep(helper.pk, clock.now())  # of another site: the same id, another person
    lose()
    restored(kept)
    assert not Person.objects.get(pk=dan.pk).is_active
    assert Person.objects.get(pk=helper.pk).is_active


def test_without_the_list_of_closed_accounts_the_operator_is_told(kept, lose):
    world()
    back_up(kept)
    lose()
    assert "whoever closed theirs since the backup is back" in restored(kept)


def test_a_backup_of_an_older_peernet_is_brought_up_to_this_one(kept, lose, media, tmp_path):
    world()
    back_up(kept)
    lose()
    restored(kept)
    leaf = MigrationExecutor(connection).loader.graph.leaf_nodes("members")[0]
    before = MigrationExecutor(connection).loader.graph.node_map[leaf].parents
    parent = next(one.key for one in before if one.key[0] == "members")
    call_command("migrate", *parent, verbosity=0)
    older = tmp_path / "older.backup"
    back_up(older)
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    wipe(media)
    restored(older)
    assert ".".join(leaf) in database.migrations()
    assert Person.objects.filter(name="Amina Begum").exists()


def test_a_full_disk_is_a_sentence_and_leaves_no_part_of_a_backup(kept, tmp_path):
    (tmp_path / "media/large").write_bytes(b"x" * 400_000)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, before[1]))
    try:
        with pytest.raises(CommandError, match="No backup was made"):
            call_command("backup", str(kept))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert {path.name for path in tmp_path.iterdir()} <= {"media", "static"}
