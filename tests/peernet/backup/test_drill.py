"""The drill: back up, lose everything, restore; and every way in which a backup can be bad."""

import hashlib
import json
import zipfile
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core import mail as outbox
from django.core.management import CommandError, call_command

from members.notices import actions
from members.notices.models import Notice, NoticeState
from members.people.models import Person
from peernet.backup import archive, database
from peernet.lib import clock
from tests.networks.files.things import PDF, stored
from tests.peernet.backup.conftest import WORDS, wipe
from tests.world import world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lost(media, elsewhere, tmp_path):
    """A world with a message that is due and one that is not yet, backed up and then lost."""
    house = world()
    ivy, now = house.invitation, clock.now()
    actions.tell_address(ivy.email, "invitation", ivy.pk, network_id=house.place.pk)
    person = Person.objects.filter(pk=house["member"].pk)
    later = {"network_id": house.place.pk, "due": now + timedelta(days=1)}
    actions.tell(person, "session", house.session.pk, **later)
    file = tmp_path / "peernet.backup"
    call_command("backup", str(file))
    before = database.fingerprint()
    elsewhere()
    wipe(media)
    return file, before


def hashed(media):
    """The checksum of every file there is."""
    files = [path for path in media.rglob("*") if path.is_file()]
    return {path.relative_to(media): hashlib.sha256(path.read_bytes()).digest() for path in files}


def test_after_the_drill_every_row_and_every_file_is_back(lost, media):
    file, before = lost
    files = {Path("a/b/notes.pdf"): hashlib.sha256(WORDS).digest(),
             Path("empty"): hashlib.sha256(b"").digest()}  # fmt: skip
    assert database.tables() == []
    said = StringIO()
    found = archive._checked(zipfile.ZipFile(file))
    assert found["tables"] == before
    call_command("restore", str(file), stdout=said)
    assert "every row and every file" in said.getvalue()
    after = database.fingerprint()
    changed = {name for name in before if before[name] != after[name]}
    # That it was restored, and below; and everybody signs in again.
    signed_in = {"django_session", "members_device"}
    assert changed == {"members_auditentry", "members_notice"} | signed_in
    assert hashed(media) == files
    assert (media / "a/b/notes.pdf").read_bytes() == WORDS
    assert Person.objects.filter(name="Amina Begum").exists()


def test_a_file_in_talk_is_there_again_after_the_drill(media, elsewhere, tmp_path, client):
    house = world()
    file = stored(house.post, house["member"], PDF, "notes.pdf")
    call_command("backup", str(tmp_path / "b"), stdout=StringIO())
    elsewhere()
    wipe(media)
    call_command("restore", str(tmp_path / "b"), stdout=StringIO())
    client.force_login(house["member"], "allauth.account.auth_backends.AuthenticationBackend")
    answer = client.get(f"/n/care/files/{file.pk}/")
    assert answer.getvalue() == PDF


def test_what_may_have_gone_is_not_sent_twice_and_waits_for_an_operator(lost):
    call_command("restore", str(lost[0]), stdout=StringIO())
    assert actions.send_due() == 0
    assert outbox.outbox == []
    perhaps = Notice.objects.get(kind="invitation")
    assert perhaps.state == NoticeState.UNCERTAIN
    assert Notice.objects.get(kind="session").state == NoticeState.PENDING
    actions.retry(perhaps, by=Person.objects.get(is_operator=True))
    assert actions.send_due() == 1
    assert outbox.outbox[0].extra_headers["Message-ID"] == f"<{perhaps.message_name}@localhost>"


def test_who_knows_that_nothing_went_can_have_it_sent_once(lost):
    call_command("restore", str(lost[0]), "--send-again", stdout=StringIO())
    assert actions.send_due() == 1
    assert actions.send_due() == 0


def test_an_id_given_out_after_the_backup_is_never_given_again(lost):
    last = int(lost[1]["members_person"][0])
    call_command("restore", str(lost[0]), stdout=StringIO())
    assert Person.objects.create_user("new@example.org").pk > last + database.GAP / 2


def test_the_backup_is_for_its_owner_alone_and_never_written_over(media, tmp_path):
    file = tmp_path / "one"
    call_command("backup", str(file), stdout=StringIO())
    assert file.stat().st_mode & 0o077 == 0
    with pytest.raises(CommandError, match="never written over"):
        call_command("backup", str(file))
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_database_or_a_folder_with_something_in_it_is_left_alone(lost, media, tmp_path):
    (media / "here").write_text("mine")
    with pytest.raises(CommandError, match="not empty"):
        call_command("restore", str(lost[0]))
    assert (media / "here").read_text() == "mine"
    (media / "here").unlink()
    call_command("restore", str(lost[0]), stdout=StringIO())
    with pytest.raises(CommandError, match="database is not empty"):
        call_command("restore", str(lost[0]))


def rewritten(file, change):
    """The archive with `change(name, bytes)` in place of each part; None leaves it out."""
    to = file.with_name("bad")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(to, "w") as new:
        for name in old.namelist():
            if (data := change(name, old.read(name))) is not None:
                new.writestr(name, data)
    return to


def manifest(**said):
    """A change that says something else in the manifest."""
    return lambda name, data: (
        json.dumps(json.loads(data) | said).encode() if name == archive.MANIFEST else data
    )


CHANGES = {
    "another dump": lambda name, data: data + b"x" if name == archive.DUMP else data,
    "another upload": lambda name, data: b"x" if name.endswith("pdf") else data,
    "no upload": lambda name, data: None if name.endswith("pdf") else data,
    "no dump": lambda name, data: None if name == archive.DUMP else data,
    "no manifest": lambda name, data: None if name == archive.MANIFEST else data,
    "no JSON": lambda name, data: b"{" if name == archive.MANIFEST else data,
    "a list": lambda name, data: b"[]" if name == archive.MANIFEST else data,
    "a newer format": manifest(format=2),
    "a newer PeerNet": manifest(migrations=["networks.9999_from_tomorrow"]),
    "an empty list of parts": manifest(files={}),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_bad_backup_is_refused_and_nothing_is_written(lost, media, change):
    with pytest.raises(CommandError):
        call_command("restore", str(rewritten(lost[0], change)))
    assert database.tables() == []
    assert list(media.iterdir()) == []


@pytest.mark.parametrize("bad", ["cut", "flipped", "other", "missing"])
def test_a_broken_file_is_refused_and_nothing_is_written(lost, media, bad):
    file, _before = lost
    whole = bytearray(file.read_bytes())
    if bad == "flipped":
        whole[len(whole) // 3] ^= 1
    file.write_bytes(whole[: len(whole) // 2] if bad == "cut" else whole)
    if bad == "other":
        file.write_bytes(b"no archive")
    if bad == "missing":
        file.unlink()
    with pytest.raises(CommandError):
        call_command("restore", str(file))
    assert database.tables() == []


def test_a_name_that_leaves_the_folder_of_uploads_is_refused(lost, media, tmp_path):
    bad = tmp_path / "bad"
    with zipfile.ZipFile(lost[0]) as old, zipfile.ZipFile(bad, "w") as new:
        about = json.loads(old.read(archive.MANIFEST))
        about["files"]["media/../../out"] = hashlib.sha256(b"x").hexdigest()
        for name in old.namelist():
            new.writestr(name, old.read(name) if name != archive.MANIFEST else json.dumps(about))
        new.writestr("media/../../out", b"x")
    with pytest.raises(CommandError, match="outside of the uploads"):
        call_command("restore", str(bad))
    assert not Path(media / "../../out").resolve().exists()
