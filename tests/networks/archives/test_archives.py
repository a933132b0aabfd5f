"""A coordinator takes everything of a network: all of it that they may read in clear, other open
rooms sealed to those who read them, and nothing of a trusted room."""

import csv
import hashlib
import io
import json
import re
import subprocess
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from members.audit.models import AuditEntry
from members.notices.actions import send_due
from members.privacy.actions import erase
from members.privacy.models import ArchiveState
from networks.archives import actions, queries, writing
from networks.archives.models import NetworkArchive, SealedRoom
from networks.cohorts.actions import open_cohort, put_in
from networks.discussions import actions as talk
from networks.discussions.models import Post, RoomKind
from networks.membership.models import Membership
from networks.phone.actions import open_line
from peernet.lib import clock
from peernet.lib.errors import Refused
from sessions.follow_up.models import AgreedAction
from tests import cast
from tests.networks.files.things import PDF, stored

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
OPEN, THEIRS, RANT, EARLY = "qzopen", "qztheirs", "qzrant", "qzearly"
NUMBER, DRAFTED = "07700900123", "qzdraft"


class House:
    """A network with rooms that Dan, who looks after it, is in and is not in."""

    def __init__(self):
        self.place = cast.network()
        self.dan = cast.coordinator(self.place)
        self.ann = cast.member(self.place, "Ann Lee", organisation="Octopus Centre")
        self.gus = cast.former_member(self.place)
        self.cohort = open_cohort(
            self.place, name="Cohort 1", starts_on=clock.today(self.place.zone), by=self.dan
        )
        put_in(self.cohort, [self.ann], by=self.dan)
        everyone = self.place.rooms.get(cohort=None)
        self.theirs = self.room("Table two", RoomKind.OPEN, cohort=self.cohort)
        said = [(everyone, OPEN), (self.theirs, THEIRS)]
        said += [(self.room("Wins", RoomKind.TRUSTED), RANT)]
        said += [(self.room("Cohort rants", RoomKind.TRUSTED, cohort=self.cohort), RANT)]
        for room, word in said:
            talk.start_thread(room, title=f"{word}title", words=f"{word} =1+1", by=self.ann)
            stored(Post.objects.last(), self.ann, PDF, f"{word}.pdf")
        session = cast.session(self.place)
        AgreedAction.objects.create(session=session, what="Ring the council", who=self.ann)
        open_line(self.place, number=NUMBER, times="Noon", topics="Rotas", by=self.ann)

    def room(self, name, kind, cohort=None):
        return talk.open_room(self.place, name=name, kind=kind, cohort=cohort, by=self.dan)

    def packed(self):
        actions.ask(self.place, by=self.dan)
        assert actions.pack_due() == 1
        made = queries.archive_of(self.place, self.dan)
        assert made.state == ArchiveState.READY
        return zipfile.ZipFile(queries.folder() / made.file)


@pytest.fixture
def house(settings, tmp_path):
    settings.MEDIA_ROOT, settings.VAR_DIR = tmp_path / "media", tmp_path / "var"
    return House()


@pytest.fixture
def bundle(house):
    return house.packed()


def everything(bundle):
    """All that whoever has the archive can read."""
    return "".join(
        f"{name} {bundle.read(name).decode('utf-8', 'replace')}" for name in bundle.namelist()
    )


def rows(bundle, kind):
    return json.loads(bundle.read(f"data/{kind}.json"))


def part(bundle, number=1):
    [name] = [one for one in bundle.namelist() if one.endswith(f"part-{number}.zip.p7m")]
    return bundle.read(name)


def brought(house, person, content, signed_in):
    file = SimpleUploadedFile("room-1-part-1.zip.p7m", content)
    return signed_in(person).post(reverse("sealed", args=[house.place.slug]), {"part": file})


def test_it_has_everything_that_the_coordinator_reads_three_times_over(house, bundle):
    assert [one["text"] for one in rows(bundle, "post")] == [f"{OPEN} =1+1"]
    assert rows(bundle, "agreedaction")[0]["who__name"] == "Ann Lee"
    people = {one["name"]: one["email"] for one in rows(bundle, "person")}
    assert people["Ann Lee"] == house.ann.email
    assert people["Gus Hill"] == ""  # who has left is written to no more
    spells = Membership.objects.filter(network=house.place)
    assert len(rows(bundle, "membership")) == spells.count()
    assert {one["deed"] for one in rows(bundle, "auditentry")} >= {"cohort.opened", "archive.asked"}
    table = bundle.read("data/post.csv").decode("utf-8-sig")
    assert next(csv.DictReader(io.StringIO(table)))["Text"] == f"{OPEN} =1+1"
    index = bundle.read("read-me.html").decode()
    assert house.place.name in index
    for link in re.findall(r'href="([^"#]+)"', index):
        assert link in bundle.namelist(), link
    [thread] = rows(bundle, "thread")
    page = bundle.read(f"talk/{thread['id']}.html").decode()
    assert OPEN in page
    [file] = re.findall(r'href="../(files/[^"]+)"', page)
    assert bundle.read(file) == PDF


def test_its_checksums_are_those_of_its_files(bundle):
    sums = dict(
        reversed(line.split("  "))
        for line in bundle.read("SHA256SUMS").decode().split("\n")
        if line
    )
    assert set(sums) == set(bundle.namelist()) - {"SHA256SUMS"}
    for name, digest in sums.items():
        assert hashlib.sha256(bundle.read(name)).hexdigest() == digest, name


def test_nothing_is_in_clear_that_the_coordinator_may_not_read(house, bundle):
    read = everything(bundle)
    assert OPEN in read
    for word in (THEIRS, RANT, NUMBER, "Table two"):
        assert word not in read, word
    assert "2 trusted rooms" in bundle.read("read-me.html").decode()


def test_the_coordinator_cannot_open_the_room_they_are_not_in_and_its_people_can(
    house, bundle, signed_in
):
    sealed = part(bundle)
    assert brought(house, house.dan, sealed, signed_in).status_code == 422
    row = SealedRoom.objects.get()
    key = reverse("sealed_key", args=[house.place.slug, row.pk])
    assert signed_in(house.dan).post(key).status_code == 404
    answer = brought(house, house.ann, sealed, signed_in)
    inner = zipfile.ZipFile(io.BytesIO(answer.content))
    read = everything(inner)
    assert THEIRS in read
    assert RANT not in read
    assert OPEN not in read
    assert [inner.read(name) for name in inner.namelist() if "files/" in name] == [PDF]
    deed = AuditEntry.objects.get(deed="archive.opened")
    assert (deed.actor_id, deed.detail) == (house.ann.pk, {"room": house.theirs.pk})
    outsider = cast.person("Nobody Here")
    assert brought(house, outsider, sealed, signed_in).status_code == 404


def test_a_part_opens_with_the_key_and_a_common_tool_and_with_nothing_less(
    house, bundle, signed_in, tmp_path
):
    row = SealedRoom.objects.get()
    key = signed_in(house.ann).post(reverse("sealed_key", args=[house.place.slug, row.pk])).content
    (tmp_path / "part").write_bytes(part(bundle))
    (tmp_path / "key").write_bytes(key)
    (tmp_path / "locked").write_text(row.key)  # as it lies in a copy of the database

    def opens(name):
        command = ["openssl", "cms", "-decrypt", "-binary", "-inform", "DER", "-in", "part"]
        more = ["-inkey", name, "-passin", "pass:", "-out", "out.zip"]
        return subprocess.run([*command, *more], cwd=tmp_path, capture_output=True).returncode == 0

    assert opens("key")
    assert THEIRS in everything(zipfile.ZipFile(tmp_path / "out.zip"))
    assert not opens("locked")
    assert AuditEntry.objects.filter(deed="archive.key_given", actor_id=house.ann.pk).exists()


def test_who_came_to_the_room_later_opens_nothing_that_was_said_before(
    house, bundle, signed_in, travel
):
    talk.change_history(house.theirs, "joining", by=house.ann)
    travel(clock.now() + HOUR)
    late = cast.member(house.place, "Late Larry")
    put_in(house.cohort, [late], by=house.dan)
    assert brought(house, late, part(bundle), signed_in).status_code == 422
    assert not queries.opens_for(house.place, late)
    assert queries.opens_for(house.place, house.ann)


def test_what_was_said_before_the_coordinator_came_is_sealed_too(house, travel):
    """By the rule of an open room; the thread goes on under another title."""
    everyone = house.place.rooms.get(name="Everyone")
    talk.change_history(everyone, "joining", by=house.dan)
    thread = everyone.threads.get()
    travel(clock.now() + HOUR)
    house.dan = cast.coordinator(house.place, "New Nell", since=clock.now())
    travel(clock.now() + HOUR)
    talk.reply(thread, words="Since then", by=house.ann)
    bundle = house.packed()
    read = everything(bundle)
    assert OPEN not in read
    assert "Since then" in bundle.read(f"talk/{thread.pk}.html").decode()
    assert "A thread that began before you came" in bundle.read(f"talk/{thread.pk}.html").decode()
    assert set(SealedRoom.objects.values_list("room", flat=True)) == {everyone.pk, house.theirs.pk}


def test_two_coordinators_take_turns_and_nobody_asks_twice_an_hour(house, travel):
    second = cast.coordinator(house.place, "Eve Hart")
    first = actions.ask(house.place, by=house.dan)
    assert actions.ask(house.place, by=house.dan) == first
    with pytest.raises(Refused, match="another coordinator"):
        actions.ask(house.place, by=second)
    actions.pack_due()
    with pytest.raises(Refused, match="just now"):
        actions.ask(house.place, by=house.dan)
    assert actions.ask(house.place, by=second)
    travel(clock.now() + HOUR)
    actions.pack_due()
    assert actions.ask(house.place, by=house.dan) != first


def test_a_coordinator_asks_hears_of_it_and_downloads_it_for_a_week(
    house, signed_in, mailoutbox, travel
):
    page = reverse("network_archive", args=[house.place.slug])
    client = signed_in(house.dan)
    assert client.post(page).status_code == 302
    assert "We are packing it" in client.get(page).content.decode()
    actions.pack_due()
    send_due()
    assert [one.to for one in mailoutbox if "copy of the network is ready" in one.subject] == [
        [house.dan.email]
    ]
    made = NetworkArchive.objects.get()
    file = reverse("network_archive_file", args=[house.place.slug, made.pk])
    assert zipfile.ZipFile(io.BytesIO(client.post(file).getvalue())).testzip() is None
    assert AuditEntry.objects.filter(deed="archive.fetched", actor_id=house.dan.pk).exists()
    # What another coordinator may read is another matter.
    assert signed_in(cast.coordinator(house.place, "Eve Hart")).post(file).status_code == 404
    travel(clock.now() + timedelta(days=7))
    client = signed_in(house.dan)
    assert client.post(file).status_code == 302
    actions.forget_files()
    assert list(queries.folder().iterdir()) == []
    assert SealedRoom.objects.exists()  # the file is theirs now, and must still open
    assert "Pack a copy" in client.get(page).content.decode()


def test_who_no_longer_looks_after_the_network_gets_nothing(house, signed_in):
    actions.ask(house.place, by=house.dan)
    Membership.objects.filter(person=house.dan).update(role="member")
    actions.pack_due()
    assert NetworkArchive.objects.get().state == ArchiveState.FAILED
    assert (
        signed_in(house.dan).get(reverse("network_archive", args=[house.place.slug])).status_code
        == 403
    )


def test_who_closes_their_account_is_in_no_file_that_lies_here(house, bundle):
    made = actions._claim() or NetworkArchive.objects.get()
    erase(house.ann, by=house.ann)
    assert not queries.is_there(NetworkArchive.objects.get(pk=made.pk))


def test_one_that_was_being_packed_meanwhile_is_packed_again(house, travel, monkeypatch):
    write = actions.write

    def erased_meanwhile(to, archive, **how):
        write(to, archive, **how)
        erase(house.ann, by=house.ann)

    actions.ask(house.place, by=house.dan)
    monkeypatch.setattr(actions, "write", erased_meanwhile)
    actions.pack_due(limit=1)
    monkeypatch.undo()
    assert NetworkArchive.objects.get().state == ArchiveState.PACKING
    travel(clock.now() + HOUR)
    actions.pack_due()
    made = NetworkArchive.objects.get()
    assert "Ann Lee" not in everything(zipfile.ZipFile(queries.folder() / made.file))


def test_a_fault_leaves_no_file_and_no_key_and_stops_nobody_elses(house, monkeypatch, settings):
    other = House()
    actions.ask(house.place, by=house.dan)
    actions.ask(other.place, by=other.dan)
    write = actions.write

    def broken(to, archive, **how):
        write(to, archive, **how)
        if archive.network_id == house.place.pk:
            raise OSError("no room on the disk")

    monkeypatch.setattr(actions, "write", broken)
    assert actions.pack_due() == 2
    states = dict(NetworkArchive.objects.values_list("network", "state"))
    assert states == {house.place.pk: "failed", other.place.pk: "ready"}
    assert len(list(queries.folder().iterdir())) == 1
    assert set(SealedRoom.objects.values_list("archive__network", flat=True)) == {other.place.pk}


def test_a_worker_that_died_leaves_its_work_to_the_next(house, travel):
    actions.ask(house.place, by=house.dan)
    assert actions._claim()
    assert actions.pack_due() == 0
    travel(clock.now() + HOUR)
    assert actions.pack_due() == 1
    assert NetworkArchive.objects.get().state == ArchiveState.READY
    assert SealedRoom.objects.count() == 1


def test_many_rows_are_read_some_at_a_time_and_a_large_room_becomes_several_parts(
    house, monkeypatch
):
    monkeypatch.setattr(queries, "BATCH", 2)
    monkeypatch.setattr(writing, "FULL", 1_000)
    for number in range(4):
        talk.start_thread(house.theirs, title=f"T{number}", words="w" * 700, by=house.ann)
    bundle = house.packed()
    row = SealedRoom.objects.get()
    assert row.parts > 2
    assert len([one for one in bundle.namelist() if one.endswith(".p7m")]) == row.parts
    assert len(rows(bundle, "person")) == 3
    assert "pages/person-2.html" in bundle.namelist()
