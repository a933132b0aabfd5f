"""What the declarations promise: a copy of one's own data, and its erasure."""

import json
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import IO

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models.functions import Cast, Concat
from django.template.loader import render_to_string
from django.utils.module_loading import import_string

from members.audit.actions import note
from members.people.models import Person
from members.people.queries import letters_about_changes
from peernet.lib import clock, tombstones
from peernet.lib.personal import Declaration

from . import queries

STYLE = Path(__file__).with_name("read-me.css")
NOWHERE = "@erased.invalid"  # RFC 2606: no mail can ever reach it


@transaction.atomic
def own_data(*, by: Person) -> IO[bytes]:
    """A zip with everything we hold about somebody, for machines (JSON) and for people (HTML), and
    their files. Raises OSError when the disk has no room for it."""
    parts = queries.parts(by)
    note("data.downloaded", by=by, about_id=by.pk)
    made = {"person": by.pk, "made_at": clock.now(), "parts": [_plain(part) for part in parts]}
    shown = [(part.title, part.as_shown()) for part in parts if part.rows]
    stored = {name for part in parts for name in part.stored()}
    context = {"parts": shown, "files": stored, "at": queries.moment(clock.now())}
    page = render_to_string("members/privacy/own_data.html", context)
    packed = tempfile.TemporaryFile()  # noqa: SIM115 -- whoever sends it closes it
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("read-me.html", page)
        bundle.writestr("read-me.css", STYLE.read_text())
        made["missing"] = list(_pack_files(bundle, parts))
        bundle.writestr("data.json", json.dumps(made, cls=DjangoJSONEncoder, indent=1))
    packed.seek(0)
    return packed


@transaction.atomic
def erase(person: Person, *, by: Person) -> None:
    """Do with every row about the person what its model declares, and end all that lets them in.

    For good: nothing brings it back. The row of the Person stays, without a name or an address,
    so that what is kept does not fall over.
    """
    theirs = queries.addresses(person)
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
    transaction.on_commit(partial(tombstones.keep, person.pk, person.joined_at))


def _pack_files(bundle: zipfile.ZipFile, parts: list[queries.Part]) -> Iterator[str]:
    """Put what the parts' columns name into the zip, at that name; gives those that are lost."""
    for name in (name for part in parts for name in part.stored()):
        try:
            content = default_storage.open(name)
        except FileNotFoundError:
            yield name
            continue
        with content, bundle.open(name, "w", force_zip64=True) as to:
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
