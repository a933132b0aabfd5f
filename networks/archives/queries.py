"""What goes into a network's archive, by the declarations; what of it is in clear, and what is
sealed. Nothing here knows a model but those of rooms: each says of itself how it goes in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Exists, Min, OuterRef, Q, QuerySet
from django.utils import formats
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from members.people.models import Person
from members.privacy.models import ArchiveState
from members.privacy.queries import moment
from networks.discussions.models import Room, RoomKind
from networks.network.models import Network
from peernet.lib import clock
from peernet.lib.portable import Portable

from .models import NetworkArchive, SealedRoom

BATCH = 1_000  # rows read at once, and on one page


@dataclass(frozen=True)
class Column:
    """One of the fields that go in: its name for machines, its label, and its words."""

    name: str
    label: str
    words: Callable[[Any], str]


@dataclass(frozen=True)
class Part:
    """One kind of things of a network, and which rows of it."""

    model: type[models.Model]
    said: Portable
    network: Network
    person: Person

    @property
    def name(self) -> str:
        return self.model._meta.model_name or ""

    @property
    def title(self) -> str:
        return str(self.said.title)

    def columns(self) -> list[Column]:
        """The row's own number first, so that others can point at it."""
        own = [Column("id", _("Number"), str)]
        given = [self._column(path) for path in self.said.fields]
        return own + given + [Column(name, capfirst(name), _shown) for name in self.said.made]

    def rows(self) -> QuerySet:
        """All there are, also those that the person may not read."""
        found = Q()
        for way in self.said.at:
            to = self.network.pk
            found |= Q(**{way: to})
        if self.said.only:
            found &= import_string(self.said.only)(self.network, self.person)
        rows = self.model._base_manager.filter(found, **self.said.where)
        wide = any("__" in way for way in self.said.at)  # a person may have two spells
        return (rows.distinct() if wide else rows).order_by("pk")

    def in_clear(self) -> QuerySet:
        """What of it the person reads here too."""
        rows = self.rows()
        return rows.filter(self._readable()) if self.said.room else rows

    def to_seal(self, room: Room) -> QuerySet:
        """What was said in this room that the person may not read."""
        return self.rows().filter(~self._readable(), **{self.said.room: room.pk})

    def batches(self, rows: QuerySet) -> Iterator[list[tuple]]:
        """The rows as their columns have them, some at a time: memory does not grow with them."""
        names = [self._expression(path) for path in self.said.fields]
        made = [import_string(way) for way in self.said.made.values()]
        after = 0
        while found := list(rows.filter(pk__gt=after).values_list("pk", *names)[:BATCH]):
            after = found[-1][0]
            yield [(*row, *(make(row[0]) for make in made)) for row in found]

    def _readable(self) -> Exists:
        rooms = Room.objects.visible_to(self.person).filter(kind=RoomKind.OPEN)
        rooms = rooms.filter(reads_from__lte=OuterRef(self.said.said))
        return Exists(rooms.filter(pk=OuterRef(self.said.room)))

    def _expression(self, path: str) -> Any:
        if path in self.said.through:
            return import_string(self.said.through[path])(self.network, self.person, path)
        return path

    def _column(self, path: str) -> Column:
        labels, model, field = [], self.model, None
        for name in path.split("__"):
            field = model._meta.get_field(name)
            labels.append(capfirst(str(field.verbose_name)))
            model = field.related_model or model
        codes = dict(field.flatchoices) if hasattr(field, "flatchoices") else {}
        if path in self.said.words:
            codes = import_string(self.said.words[path])
        return Column(path, ": ".join(labels), lambda value: _shown(value, codes))


def declared() -> Iterator[tuple[type[models.Model], Portable]]:
    """Every model that goes into a network's archive, the network first, then wing by wing."""
    for model in sorted(apps.get_models(), key=lambda model: model is not Network):
        said = model.__dict__.get("portable")
        if isinstance(said, Portable) and said.at:
            yield model, said


def parts(network: Network, person: Person) -> list[Part]:
    return [Part(model, said, network, person) for model, said in declared()]


def sealed_rooms(
    network: Network, person: Person, found: list[Part]
) -> list[tuple[Room, datetime]]:
    """The rooms of which the person may not read all, each with when the first of that was said;
    no trusted room: nothing of theirs leaves, sealed or not."""
    rooms = []
    for room in Room.objects.filter(network=network, kind=RoomKind.OPEN).order_by("pk"):
        moments = [
            part.to_seal(room).order_by().aggregate(at=Min(part.said.said))["at"]
            for part in found
            if part.said.room
        ]
        if any(moments):
            rooms.append((room, min(filter(None, moments))))
    return rooms


def trusted(network: Network) -> int:
    """How many rooms are left out altogether."""
    return Room.objects.filter(network=network, kind=RoomKind.TRUSTED).count()


def archive_of(network: Network, person: Person) -> NetworkArchive | None:
    """The copy that the person asked for last; None when there is none, or no longer."""
    row = NetworkArchive.objects.filter(network=network, by=person).order_by("-pk").first()
    if row and row.state == ArchiveState.READY and not is_there(row):
        return None
    return row


def folder() -> Path:
    """Where the packed copies lie: no server of files reaches there."""
    return Path(settings.VAR_DIR) / "network-archives"


def is_there(archive: NetworkArchive) -> bool:
    """Whether its file can be had: made, not too old, and not lost with a server's disk."""
    if archive.state != ArchiveState.READY or clock.now() >= archive.kept_until:
        return False
    return (folder() / archive.file).is_file()


def outcome(archive: NetworkArchive | None) -> str:
    """What a screen reader says to whoever waited for it."""
    there = archive and archive.state == ArchiveState.READY
    return _("The copy is ready.") if there else _("The copy could not be packed.")


def opens_for(network: Network, person: Person) -> list[SealedRoom]:
    """What the person may open, newest archive first: sealed parts of rooms that they are in, and
    of which they may read all that was sealed."""
    rooms = Room.objects.visible_to(person).filter(pk=OuterRef("room"))
    found = SealedRoom.objects.filter(Exists(rooms.filter(reads_from__lte=OuterRef("first_at"))))
    found = found.filter(archive__network=network, archive__state=ArchiveState.READY)
    return list(found.select_related("archive", "room").order_by("-archive", "room"))


def _shown(value: Any, codes: dict[Any, str | Promise] | None = None) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return formats.date_format(value, "j F Y", use_l10n=False)
    return str((codes or {}).get(value, value) if isinstance(value, str | int) else value)


def own_part(_person: Person) -> tuple[str, str, dict[str, str], list[tuple]]:
    """Somebody's part of the archives that lie here, for their download: it is in their data
    already, and the file is another's (settings.OWN_DATA)."""
    return "networks.NetworkArchive", _("Copies of networks"), {}, []


def kept_out() -> list[tuple[str, str]]:
    """What goes into no network's archive, and why not: for the read-me."""
    found = []
    for model in apps.get_models():
        said = model.__dict__.get("portable")
        if isinstance(said, Portable) and said.why:
            found.append((capfirst(str(model._meta.verbose_name_plural)), said.why))
    return found
