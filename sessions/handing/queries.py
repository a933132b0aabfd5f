"""What can be handed on with a seat, and what was, as far as each of the two may read it."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from members.people.models import Person
from networks.discussions.models import Follow, Post, Room, RoomKind, Thread
from networks.discussions.rules import subject
from networks.exchange.models import Entry
from networks.exchange.rules import STANDING
from networks.files.models import File
from networks.handover.models import Handover, HandoverItem, Kind
from networks.membership.queries import members
from networks.network.models import Network
from peernet.lib import words
from sessions.attendance.models import Attendance
from sessions.cadence.queries import visible_to
from sessions.follow_up.models import AgreedAction, Outcome

MOST = 25  # of each kind: a pack is looked through in one go


class Thing(NamedTuple):
    """One thing, as its reader finds it."""

    kind: str
    id: int
    title: str
    url: str
    meta: str = ""


class Handed(NamedTuple):
    """One thing of the pack, with its row."""

    item: HandoverItem
    thing: Thing


def to_choose(row: Handover) -> list[Thing]:
    """What the leaver may hand on: theirs, in rooms and sessions that they may see, and once it is
    known who follows, that those may see, too. Nothing of trusted rooms, no drafts, no messages."""
    reader = row.successor or row.leaver
    found: list[Thing] = []
    for kind in Kind.values:
        mine = _mine(row, kind)
        found += _things(row.network, reader, kind, mine[:MOST])
    return found


def pack(row: Handover, reader: Person) -> list[Handed]:
    """What was chosen, as the reader finds it now: what they may not read is left out, and so is
    what is gone."""
    items = list(row.items.order_by("pk"))
    found = {}
    for kind in Kind.values:
        ids = [item.about_id for item in items if item.kind == kind]
        rows = _rows(row.network, reader, kind).filter(pk__in=ids) if ids else ()
        found |= {(one.kind, one.id): one for one in _things(row.network, reader, kind, rows)}
    shown = [(item, found.get((item.kind, item.about_id))) for item in items]
    return [Handed(item, thing) for item, thing in shown if thing]


def grouped(found: Collection[Handed]) -> list[tuple[str, list[Handed]]]:
    """The pack by kind, each with its heading."""
    by = [(kind, [one for one in found if one.item.kind == kind]) for kind in Kind]
    return [(str(kind.label), rows) for kind, rows in by if rows]


def movable(row: Handover, kind: str) -> Iterator[AgreedAction | Entry]:
    """What of the pack changes hands: still the leaver's and open, and such that who follows may
    read it from its first word on."""
    ids = row.items.filter(kind=kind, handed_at=None).values("about_id")
    reads = _reads_from(row.network, row.successor)
    for one in _rows(row.network, row.successor, kind).filter(pk__in=ids).filter(_own(row, kind)):
        if kind == Kind.ACTION or _whole(one.thread, reads):
            yield one


def threads_of(row: Handover) -> QuerySet[Thread]:
    """Threads of the pack that who follows may read, and has not chosen about by themselves."""
    ids = row.items.filter(kind=Kind.THREAD).values("about_id")
    known = Follow.objects.filter(thread=OuterRef("pk"), person=row.successor)
    rows = _rows(row.network, row.successor, Kind.THREAD).filter(pk__in=ids)
    return rows.filter(~Exists(known))


# --- Rows, by kind -------------------------------------------------------------------------------


def _rows(network: Network, reader: Person, kind: str) -> QuerySet:
    """All of the kind in the network that the reader may see; nothing of trusted rooms."""
    rooms = Room.objects.filter(network=network, kind=RoomKind.OPEN)
    if kind == Kind.ACTION:
        seen = visible_to(reader).filter(network=network).order_by().values("pk")
        return AgreedAction.objects.filter(session__in=seen).select_related("session__network")
    if kind == Kind.ENTRY:
        return Entry.objects.visible_to(reader).filter(network=network).select_related("thread")
    if kind == Kind.THREAD:
        return Thread.objects.visible_to(reader).filter(network=network, room__in=rooms)
    if kind == Kind.FILE:
        rows = File.objects.visible_to(reader).filter(network=network)
        return rows.filter(post__thread__room__in=rooms).select_related("post__thread")
    return members(network).exclude(pk=reader.pk)


def _own(row: Handover, kind: str) -> Q:
    """The condition that something is the leaver's to hand on."""
    leaver = row.leaver
    if kind == Kind.ACTION:
        return Q(who=leaver, outcome=Outcome.OPEN)
    if kind == Kind.ENTRY:
        # Also what ran out meanwhile: whoever follows may keep it up.
        return Q(organisation=row.seat.organisation_id, by=leaver, state__in=STANDING)
    if kind == Kind.THREAD:
        follows = Follow.objects.filter(thread=OuterRef("pk"), person=leaver)
        wrote = Post.objects.standing().filter(thread=OuterRef("pk"), author=leaver)
        return Exists(follows.filter(on=True)) | (Exists(wrote) & ~Exists(follows.filter(on=False)))
    if kind == Kind.FILE:
        return Q(owner=leaver)
    return ~Q(pk__in=[leaver.pk, row.successor_id or leaver.pk])


def _mine(row: Handover, kind: str) -> QuerySet:
    """What the leaver may choose, newest first, people by how often both came to a session."""
    rows = _rows(row.network, row.leaver, kind).filter(_own(row, kind))
    if row.successor and kind != Kind.PERSON:
        rows = rows.filter(pk__in=_rows(row.network, row.successor, kind).order_by().values("pk"))
    if kind != Kind.PERSON:
        return rows.order_by("-pk")
    came = Attendance.objects.filter(person=row.leaver, session__network=row.network)
    met = Attendance.objects.filter(session__in=came.values("session"), person__in=rows)
    often = met.order_by().values("person").annotate(n=Count("pk")).order_by("-n", "person")
    return rows.filter(pk__in=[pk for pk, _n in often.values_list("person", "n")[:MOST]])


def _reads_from(network: Network, reader: Person) -> dict[int, datetime]:
    rows = Room.objects.visible_to(reader).filter(network=network)
    return dict(rows.values_list("pk", "reads_from"))


def _whole(thread: Thread, reads: dict[int, datetime]) -> bool:
    """Whether the thread may be read from its first word on."""
    return thread.room_id in reads and thread.started_at >= reads[thread.room_id]


def _things(network: Network, reader: Person, kind: str, rows: Collection) -> Iterator[Thing]:
    reads = _reads_from(network, reader) if kind in (Kind.ENTRY, Kind.THREAD, Kind.FILE) else {}
    for one in rows:
        yield _thing(network, reads, kind, one)


def _thing(network: Network, reads: dict[int, datetime], kind: str, one) -> Thing:  # noqa: ANN001 -- one of five models
    slug = network.slug
    if kind == Kind.ACTION:
        day = words.day(one.session.starts_at)
        said = _("agreed on %(day)s") % {"day": day}
        return Thing(kind, one.pk, one.what, one.session.get_absolute_url(), said)
    if kind == Kind.PERSON:
        return Thing(kind, one.pk, one.shown_name, reverse("person", args=[slug, one.pk]))
    thread = {Kind.THREAD: lambda: one, Kind.ENTRY: lambda: one.thread,
              Kind.FILE: lambda: one.post.thread}[kind]()  # fmt: skip
    title = subject(thread.title, thread.started_at, reads[thread.room_id])
    if kind == Kind.ENTRY:
        kind_of = one.get_kind_display()
        return Thing(kind, one.pk, title, reverse("entry", args=[slug, one.pk]), kind_of)
    url = reverse("thread", args=[slug, thread.pk])
    if kind == Kind.THREAD:
        return Thing(kind, one.pk, title, url)
    return Thing(
        kind, one.pk, one.name, f"{url}?before={one.post_id + 1}#post-{one.post_id}", title
    )
