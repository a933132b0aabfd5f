"""One file that holds all of PeerNet: the database, the uploads, and a checksum of each part."""

import hashlib
import json
import shutil
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command

from members.access.actions import sign_out_everybody
from members.audit.actions import note
from members.causes.actions import spread
from members.notices.actions import doubt_all_due, tell_of
from members.people.models import Person
from members.privacy.actions import erase
from peernet.lib import clock, tombstones
from peernet.lib.errors import Refused
from peernet.pages.actions import close_account

from . import database

FORMAT = 1
MANIFEST, DUMP, MEDIA = "manifest.json", "database.dump", "media/"
CHUNK = 1024 * 1024


def write(to: Path) -> str:
    """Write a backup to `to`, which must not exist; returns its SHA-256.

    Raises Refused. What was begun and not finished is removed.
    """
    if to.exists():
        raise Refused(f"{to} is there already: a backup is never written over another.")
    with tempfile.TemporaryDirectory(dir=to.parent, prefix=".peernet-backup-") as folder:
        part, dumped = Path(folder) / "part", Path(folder) / "dump"
        with database.one_moment() as moment:
            database.dump(dumped, moment)
            about = {
                "format": FORMAT,
                "made_at": clock.now().isoformat(),
                "migrations": database.migrations(),
                "tables": database.fingerprint(),
            }
        _pack(part, dumped, about)
        part.chmod(0o600)  # everything about everybody is in it
        part.rename(to)
    return _sum_of(to)


def _pack(part: Path, dumped: Path, about: dict[str, Any]) -> None:
    """The uploads come after the dump: each file that a row of it names is there already."""
    sums = {}
    with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as bundle:
        for name, path in [(DUMP, dumped), *_uploads()]:
            bundle.write(path, name)
            sums[name] = _sum_in(bundle, name)
        bundle.writestr(MANIFEST, json.dumps(about | {"files": sums}, indent=1))


def _uploads() -> list[tuple[str, Path]]:
    root = Path(settings.MEDIA_ROOT)
    found = sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    return [(MEDIA + path.relative_to(root).as_posix(), path) for path in found]


@dataclass(frozen=True)
class Restored:
    """What was done beyond reading: messages kept as "perhaps sent", accounts closed again."""

    held: int
    closed: int


def restore(source: Path, *, send_again: bool = False) -> Restored:
    """Read a backup, of this PeerNet or an older one, into an empty database and an empty folder
    of uploads.

    What was due by now may have gone before the loss: it is kept as "perhaps sent", unless
    `send_again`. Everybody signs in again, and who closed their account since stays gone. Raises
    Refused, and then nothing was changed but for a media folder that may hold some of the files.
    """
    if database.tables():
        raise Refused("The database is not empty. Restore into a new one, and nothing is lost.")
    if _uploads():
        raise Refused(f"{settings.MEDIA_ROOT} is not empty. Move it away first.")
    try:
        with zipfile.ZipFile(source) as bundle, tempfile.TemporaryDirectory() as folder:
            about = _checked(bundle)
            database.load(Path(bundle.extract(DUMP, folder)))
            _unpack_uploads(bundle, about)
    except (zipfile.BadZipFile, EOFError) as broken:
        raise Refused(f"{source} is no whole backup: {broken}.") from broken
    if database.fingerprint() != about["tables"]:
        raise Refused("The rows are not those of the backup. Do not use this database.")
    call_command("migrate", interactive=False, verbosity=0)  # an older one's tables, as ours are
    database.leave_a_gap()
    sign_out_everybody()  # a session that its owner has ended since must not live again
    closed = _close_again()
    while spread(tell_of):
        pass  # what was announced is as good as written
    held = 0 if send_again else doubt_all_due("It may have gone before the backup was restored.")
    note("backup.restored", by=None, held=held, closed=closed)
    return Restored(held, closed)


def _close_again() -> int:
    """Erase those whose account was open when the backup was made, and closed since; how many."""
    gone = tombstones.kept()
    there = Person.objects.filter(pk__in=[pk for pk, _joined in gone], is_active=True)
    closed = [person for person in there if (person.pk, person.joined_at.isoformat()) in gone]
    for person in closed:
        try:
            close_account(address=person.email, by=person)
        except Refused:  # they look after a network alone again: better without than with them
            erase(person, by=person)
    return len(closed)


def _checked(bundle: zipfile.ZipFile) -> dict[str, Any]:
    """The manifest, after every part of the archive was read and found to be as it was written."""
    names = set(bundle.namelist())
    try:
        about = json.loads(bundle.read(MANIFEST))
        sums, done = about["files"], about["migrations"]
        known = about["format"] == FORMAT
    except (KeyError, TypeError, ValueError) as broken:
        raise Refused("This is no backup of PeerNet: it has no list of its parts.") from broken
    if not known:
        raise Refused("This backup was made by a newer PeerNet. Restore it with that one.")
    if names != set(sums) | {MANIFEST} or DUMP not in names:
        raise Refused("The backup is damaged: its parts are not those on its list.")
    for name, expected in sums.items():
        if name != DUMP and not _inside_media(name):
            raise Refused(f"The backup names a file outside of the uploads: {name}.")
        if _sum_in(bundle, name) != expected:
            raise Refused(f"The backup is damaged: {name} is not as it was written.")
    if newer := database.unknown(done):
        raise Refused(f"This backup was made by a newer PeerNet, which has {newer[0]}.")
    return about


def _inside_media(name: str) -> bool:
    root = Path(settings.MEDIA_ROOT).resolve()
    return name.startswith(MEDIA) and (root / name.removeprefix(MEDIA)).resolve().is_relative_to(
        root
    )


def _unpack_uploads(bundle: zipfile.ZipFile, about: dict[str, Any]) -> None:
    for name in about["files"]:
        if name == DUMP:
            continue
        to = Path(settings.MEDIA_ROOT) / name.removeprefix(MEDIA)
        to.parent.mkdir(parents=True, exist_ok=True)
        with bundle.open(name) as packed, to.open("wb") as plain:
            shutil.copyfileobj(packed, plain, CHUNK)


def _sum_in(bundle: zipfile.ZipFile, name: str) -> str:
    with bundle.open(name) as packed:
        return _sum(packed)


def _sum_of(path: Path) -> str:
    with path.open("rb") as file:
        return _sum(file)


def _sum(stream: Any) -> str:
    seen = hashlib.sha256()
    while chunk := stream.read(CHUNK):
        seen.update(chunk)
    return seen.hexdigest()
