"""What the declarations say, and what the rows say about one person. Nothing here knows a model:
the wings above declare theirs, and Django knows them all."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils import formats, timezone
from django.utils.module_loading import import_string
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from members.people.models import Person
from peernet.lib import clock, words
from peernet.lib.personal import Declaration

from .models import Archive, ArchiveState
from .rules import THIRD_PARTY


@dataclass(frozen=True)
class Column:
    """One of the fields that people are given: its name for machines, and its label."""

    name: str
    label: str
    field: models.Field


@dataclass(frozen=True)
class Part:
    """One kind of rows about somebody."""

    model: str  # "networks.Post"
    title: str
    columns: list[Column]
    rows: list[tuple]

    def as_shown(self) -> list[list[tuple[str, str]]]:
        """Each row as pairs of a label and words; what is empty is left out."""
        shown = [
            [(c.label, _shown(c.field, value)) for c, value in zip(self.columns, row, strict=True)]
            for row in self.rows
        ]
        return [[pair for pair in row if pair[1]] for row in shown]

    def stored(self) -> list[str]:
        """The names of the files that the rows hold."""
        at = [n for n, c in enumerate(self.columns) if isinstance(c.field, models.FileField)]
        return [row[n] for row in self.rows for n in at if row[n]]


def declared() -> Iterator[tuple[type[models.Model], Declaration]]:
    """Every model that holds something about people, with what it says of it: the Person first."""
    upwards = list(reversed(apps.get_models()))  # the lowest wing, closest to the person, first
    for model in sorted(upwards, key=lambda model: model is not Person):
        own = model.__dict__.get("personal")
        said = own if isinstance(own, Declaration) else THIRD_PARTY.get(model._meta.label)
        if said and (said.about or said.did):
            yield model, said


def title(model: type[models.Model], said: Declaration) -> str:
    """What people call such rows."""
    return str(said.title) or capfirst(model._meta.verbose_name_plural)


def addresses(person: Person) -> set[str]:
    """Every address at which the person has shown that they read mail."""
    rows = person.emailaddress_set.filter(verified=True)
    return {person.email, *rows.values_list("email", flat=True)}


def rows_about(
    model: type[models.Model], said: Declaration, person: Person, theirs: Iterable[str]
) -> models.QuerySet:
    """The rows about the person, whom we know by account or by one of `theirs`, their addresses."""
    about = _at(said.about, person)
    for field in said.address:
        for address in theirs:
            about |= models.Q(**{f"{field}__iexact": address})
    return model._base_manager.filter(about).order_by("pk")


def parts(person: Person) -> list[Part]:
    """Everything the declarations give to a person, kind by kind; kinds without a row too."""
    theirs = addresses(person)
    found = []
    for model, said in declared():
        about = rows_about(model, said, person, theirs)
        given = [
            import_string(said.through[path])(person, path) if path in said.through else path
            for path in said.download
        ]
        found.append(_part(model, title(model, said), about, said.download, given))
        if said.did:
            made = model._base_manager.filter(_at(said.did, person)).exclude(pk__in=about)
            name = _("%(what)s, made by you for others") % {"what": title(model, said)}
            rows, fields = made.order_by("pk"), said.did_download
            found.append(_part(model, name, rows, fields, fields))
    return [*found, *(_given(*import_string(give)(person)) for give, _erase in settings.OWN_DATA)]


def folder() -> Path:
    """Where the packed copies lie: no server of files reaches there."""
    return Path(settings.VAR_DIR) / "archives"


def archive_of(person: Person) -> Archive | None:
    """The copy that somebody asked for; None when there is none, or no longer."""
    row = Archive.objects.filter(person=person).first()
    if row and row.state == ArchiveState.READY and not is_there(row):
        return None
    return row


def outcome(archive: Archive | None) -> str:
    """What a screen reader says to whoever waited for it."""
    there = archive and archive.state == ArchiveState.READY
    return _("Your copy is ready.") if there else _("Your copy could not be packed.")


def is_there(archive: Archive) -> bool:
    """Whether its file can be had: made, not too old, and not lost with a server's disk."""
    if archive.state != ArchiveState.READY or clock.now() >= archive.kept_until:
        return False
    return (folder() / archive.file).is_file()


def _given(model: str, title: str, labels: dict[str, str], rows: list[tuple]) -> Part:
    """What a room gives by itself, because no column leads from the person to it."""
    columns = [Column(name, label, models.TextField()) for name, label in labels.items()]
    return Part(model, title, columns, rows)


def moment(value: datetime) -> str:
    """A moment for a file that is kept for years: always with its year."""
    there = timezone.localtime(value)
    return f"{formats.date_format(there, 'j F Y', use_l10n=False)}, {words.clock(value)}"


def _at(paths: Iterable[str], person: Person) -> models.Q:
    found = models.Q(pk__in=[])
    for path in paths:
        found |= models.Q(pk=person.pk) if path == "self" else models.Q(**{path: person})
    return found


def _part(
    model: type[models.Model],
    name: str,
    rows: models.QuerySet,
    fields: Iterable[str],
    given: Iterable[Any],
) -> Part:
    # given: what is read for each of the fields.
    columns = [_column(model, path) for path in fields]
    return Part(model._meta.label, name, columns, list(rows.values_list(*given)))


def _column(model: type[models.Model], path: str) -> Column:
    labels, field = [], None
    for name in path.split("__"):
        field = model._meta.get_field(name)
        labels.append(capfirst(str(field.verbose_name)))
        model = field.related_model or model
    return Column(path, ": ".join(labels), field)


def _shown(field: models.Field, value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return formats.date_format(value, "j F Y", use_l10n=False)
    if isinstance(value, dict):  # what a third party's table keeps in one field
        return json.dumps(value, ensure_ascii=False)
    return str(dict(field.flatchoices).get(value, "" if value is None else value))
