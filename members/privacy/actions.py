"""What the declarations promise: a copy of one's own data, and its erasure."""

import json
import logging
import secrets
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from traceback import format_tb
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError, models, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Cast, Concat
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from members.audit.actions import note
from members.notices.actions import tell
from members.people.models import Person
from members.people.queries import letters_about_changes
from peernet.lib import clock, tombstones, words
from peernet.lib.errors import Refused
from peernet.lib.personal import Declaration

from . import queries
from .models import KEPT, Archive, ArchiveState

logger = logging.getLogger(__name__)
STYLE = Path(__file__).with_name("read-me.css")
NOWHERE = "@erased.invalid"  # RFC 2606: no mail can ever reach it
PART = ".part"  # behind the name of a file that is being written
LEASE, TRIES = timedelta(minutes=15), 3  # a gigabyte of files takes less than a minute


@transaction.atomic
def ask_for_archive(*, by: Person) -> Archive:
    """Have a copy of everything we hold about somebody packed; a worker does it within seconds.

    While one is under way, asking again changes nothing; else it takes the place of the one
    before. Raises Refused within ten minutes of that.
    """
    Person.objects.select_for_update(no_key=True).get(pk=by.pk)  # two presses at once ask once
    before = Archive.objects.filter(person=by).first()
    if before and before.under_way:
        return before
    if before and not before.is_settled:
        again = words.clock(before.again_from)
        raise Refused(
            _("You asked for it just now. You can ask again at %(time)s.") % {"time": again}
        )
    _forget(Archive.objects.filter(person=by))
    note("data.asked", by=by, about_id=by.pk)
    return Archive.objects.create(person=by)


def pack_archives(limit: int = 20) -> int:
    """Pack what was asked for; returns how many were dealt with. Any number of workers may do this
    at once, and one that dies leaves its work to the next."""
    done = 0
    while done < limit and (archive := _claim()):
        done += 1
        try:
            size = _pack(archive)
        except DatabaseError:
            raise
        except Exception as fault:  # a full disk; or a fault of ours, which must stop nobody else's
            where = "".join(format_tb(fault.__traceback__))  # what it says may name somebody
            logger.error("own data could not be packed: %s\n%s", type(fault).__name__, where)
            _remove([archive.file])
            _mine(archive).update(state=ArchiveState.FAILED, busy_until=None, file="")
        else:
            _ready(archive, size)
    return done


def forget_archives() -> None:
    """Delete copies a week after they were ready, and files that no row knows."""
    old = clock.now() - KEPT
    _forget(Archive.objects.filter(Q(ready_at__lte=old) | Q(state="failed", asked_at__lte=old)))
    if queries.folder().is_dir():
        known = set(Archive.objects.values_list("file", flat=True))
        lying = {path.name for path in queries.folder().iterdir()}
        _remove(name for name in lying if name.removesuffix(PART) not in known)


@transaction.atomic
def erase(person: Person, *, by: Person) -> None:
    """Do with every row about the person what its model declares, and end all that lets them in.

    For good: nothing brings it back. The row of the Person stays, without a name or an address,
    so that what is kept does not fall over.
    """
    theirs = queries.addresses(person)
    merged = list(person.aliases.values_list("pk", "joined_at"))  # older backups know these
    _forget(Archive.objects.filter(person=person))
    letters_about_changes(person).delete()  # some went to addresses that are no longer theirs
    for _give, forget in settings.OWN_DATA:
        import_string(forget)(person)
    for model, said in queries.declared():
        rows = queries.rows_about(model, said, person, theirs)
        if said.erase == "delete":
            rows.delete()
        elif said.erase == "blank":
            rows.update(**_blanks(model, said))
    _end_sessions(person, theirs)
    person.refresh_from_db()
    person.is_active = person.is_operator = False
    person.last_login = None
    person.token_version += 1
    person.set_unusable_password()  # another hash: a session that we missed is signed out, too
    person.save()
    note("person.erased", by=by, about_id=person.pk)
    for number, joined_at in [(person.pk, person.joined_at), *merged]:
        transaction.on_commit(partial(tombstones.keep, number, joined_at))


@transaction.atomic
def _claim() -> Archive | None:
    """The next to be packed, ours for a while; one at which TRIES workers died is given up."""
    now = clock.now()
    late = Q(state=ArchiveState.PACKING, busy_until__lte=now)
    rows = Archive.objects.filter(Q(state=ArchiveState.ASKED) | late).order_by("pk")
    archive = rows.select_for_update(skip_locked=True).first()
    if archive is None:
        return None
    if archive.attempts >= TRIES:
        archive.state, archive.busy_until = ArchiveState.FAILED, None
        archive.save()
        return _claim()
    archive.state, archive.busy_until = ArchiveState.PACKING, now + LEASE
    archive.attempts += 1
    archive.file = f"{secrets.token_hex(16)}.zip"  # of this try: one given up may still be writing
    archive.save()
    return archive


def _mine(archive: Archive) -> QuerySet[Archive]:
    """The row, unless it went with its account meanwhile, or to another worker."""
    return Archive.objects.filter(pk=archive.pk, file=archive.file)


@transaction.atomic
def _ready(archive: Archive, size: int) -> None:
    changes = {"state": ArchiveState.READY, "busy_until": None, "ready_at": clock.now()}
    if _mine(archive).update(**changes, bytes=size):
        tell(Person.objects.filter(pk=archive.person_id), "own_data", archive.pk)
    else:
        _remove([archive.file])


def _pack(archive: Archive) -> int:
    """Write the file, whole or not at all; returns its size in bytes. Raises OSError."""
    person = archive.person
    queries.folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    to = queries.folder() / archive.file
    part = to.with_name(to.name + PART)
    with timezone.override(ZoneInfo(person.zone)), translation.override(person.language):
        part.touch(mode=0o600)
        _write(part, person)
    part.rename(to)
    return to.stat().st_size


def _write(to: Path, person: Person) -> None:
    """A zip with everything we hold about somebody, for machines (JSON) and for people (HTML), and
    their files."""
    parts = queries.parts(person)
    made = {"person": person.pk, "made_at": clock.now(), "parts": [_plain(part) for part in parts]}
    shown = [(part.title, part.as_shown()) for part in parts if part.rows]
    stored = {name for part in parts for name in part.stored()}
    context = {"parts": shown, "files": stored, "at": queries.moment(clock.now())}
    page = render_to_string("members/privacy/own_data.html", context)
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("read-me.html", page)
        bundle.writestr("read-me.css", STYLE.read_text())
        made["missing"] = list(_pack_files(bundle, parts))
        bundle.writestr("data.json", json.dumps(made, cls=DjangoJSONEncoder, indent=1))


def _forget(rows: QuerySet[Archive]) -> None:
    """Delete the rows, and their files once that is certain."""
    names = list(rows.values_list("file", flat=True))
    rows.delete()
    transaction.on_commit(partial(_remove, names))


def _remove(names: Iterable[str]) -> None:
    for name in filter(None, names):
        for path in (queries.folder() / name, queries.folder() / f"{name}{PART}"):
            try:
                path.unlink(missing_ok=True)
            except OSError as broken:  # upkeep tries again
                logger.error("a copy of own data is left: %s", type(broken).__name__)


def _pack_files(bundle: zipfile.ZipFile, parts: list[queries.Part]) -> Iterator[str]:
    """Put what the parts' columns name into the zip, at that name; gives those that are lost."""
    for name in (name for part in parts for name in part.stored()):
        try:
            content = default_storage.open(name)
        except FileNotFoundError:
            yield name
            continue
        as_it_is = zipfile.ZipInfo(name)  # pictures and documents are packed already
        with content, bundle.open(as_it_is, "w", force_zip64=True) as to:
            shutil.copyfileobj(content, to)


def _plain(part: queries.Part) -> dict:
    names = [column.name for column in part.columns]
    rows = [dict(zip(names, row, strict=True)) for row in part.rows]
    return {"kind": part.model, "title": part.title, "rows": rows}


def _blanks(model: type[models.Model], said: Declaration) -> dict:
    return {name: _emptied(model._meta.get_field(name)) for name in said.blank}


def _emptied(field: models.Field):
    """Nothing, or, where a row must have an address, one of its own at which nobody is."""
    if isinstance(field, models.EmailField) and not field.blank:
        random = Cast(RandomUUID(), models.CharField())
        return Concat(models.Value("gone-"), random, models.Value(NOWHERE))
    return field.get_default()


def _end_sessions(person: Person, theirs: set[str]) -> None:
    """Delete the sessions, not only end them: allauth keeps in them how somebody signed in. Also
    those of browsers nobody is signed in with, where an address of theirs was typed."""
    ours, typed = str(person.pk), [address.lower() for address in theirs]
    gone = []
    for session in Session.objects.iterator():
        data = session.get_decoded()
        words = str(data).lower()
        if data.get("_auth_user_id") == ours or any(address in words for address in typed):
            gone.append(session.pk)
    Session.objects.filter(pk__in=gone).delete()


def forget_expired_sign_ins() -> None:
    """Remove sign-ins that have run out, and with them what signed-out people had typed."""
    Session.objects.filter(expire_date__lt=clock.now()).delete()
