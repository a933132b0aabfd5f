"""What somebody has begun to write. Only ever their own: each query takes the writer."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from members.people.models import Person
from networks.discussions.models import Room, RoomKind, Thread
from networks.discussions.rules import ALWAYS, NEVER, subject
from networks.network.models import Network
from peernet.lib.text import excerpt

from .models import Draft
from .rules import EXCERPT, sender, words


class Place(NamedTuple):
    """Where words are to go: to a thread, or to a new one in a room (None: in any open room)."""

    network: Network
    thread: Thread | None = None
    room: Room | None = None


class Box(NamedTuple):
    """A write box as a page shows it: which draft it goes on with ("": none), and the words of
    that draft. `others`: further drafts for the same place, newest first."""

    draft: int | str = ""
    version: int = 0
    turn: int = 0
    title: str = ""
    text: str = ""
    room: int | None = None
    saved_at: datetime | None = None
    others: tuple[Draft, ...] = ()
    unsaved: bool = False  # the form holds words that no draft holds yet


class Row(NamedTuple):
    """A draft in the list of somebody's own. Of one for a trusted room only that there is one:
    others may see the screen. `url`: where to go on writing, "" when the place is gone."""

    id: int
    place: str
    network: str
    words: str
    text: str
    saved_at: datetime
    url: str


def box(
    place: Place,
    person: Person,
    wanted: int | None = None,
    typed: Mapping[str, str] | None = None,
) -> Box:
    """The write box for this place, with the draft that was asked for, else the newest.

    `typed`: what waited through a sign-in; it was the last on this screen, so it stands first.
    """
    found = list(_here(place, person).order_by("-saved_at", "-pk"))
    if typed:
        began, mine = sender(typed), words(typed)
        known = (began.draft, began.version)
        others = [
            draft
            for draft in found
            if (draft.pk, draft.version) != known and (draft.title, draft.text) != mine
        ]
        return Box(began.draft or "", began.version, others=tuple(others), unsaved=True)
    if not found:
        return Box()
    first = next((draft for draft in found if draft.pk == wanted), found[0])
    return Box(
        draft=first.pk,
        version=first.version,
        title=first.title,
        text=first.text,
        room=first.room_id,
        saved_at=first.saved_at,
        others=tuple(draft for draft in found if draft is not first),
    )


def rows(person: Person) -> list[Row]:
    """All that the person has begun to write, newest first."""
    mine = Draft.objects.filter(person=person).waiting()
    found = list(
        mine.select_related("network", "thread__room", "room").order_by("-saved_at", "-pk")
    )
    rooms = dict(Room.objects.visible_to(person).values_list("pk", "reads_from"))
    return [_row(draft, rooms) for draft in found]


def _here(place: Place, person: Person) -> QuerySet[Draft]:
    mine = Draft.objects.filter(person=person, network=place.network, thread=place.thread).waiting()
    if place.thread:
        return mine
    if place.room:
        return mine.filter(room=place.room)
    return mine.filter(Q(room=None) | Q(room__kind=RoomKind.OPEN, room__cohort=None))


def _row(draft: Draft, rooms: Mapping[int, datetime]) -> Row:
    thread = draft.thread
    room = thread.room if thread else draft.room
    private = bool(room and room.trusted)
    reads_from = rooms.get(room.pk, NEVER) if room else ALWAYS
    standing = thread is None or (thread.last_post_id and thread.last_post_at >= reads_from)
    open_here = bool(draft.network.closed_at is None and standing and reads_from < NEVER)
    if thread:
        thread.title = subject(thread.title, thread.started_at, reads_from)
    return Row(
        id=draft.pk,
        place=_place(draft, private, open_here),
        network=draft.network.name,
        words="" if private else draft.title or excerpt(draft.text, EXCERPT),
        text="" if private or open_here else draft.text,
        saved_at=draft.saved_at,
        url=_url(draft) if open_here else "",
    )


def _place(draft: Draft, private: bool, open_here: bool) -> str:
    if private:
        return _("Something in a trusted room")
    if draft.thread is None:
        return _("A new thread")
    if not open_here:
        return _("A reply in a thread you can no longer read")
    return _("A reply in “%(title)s”") % {"title": draft.thread.title}


def _url(draft: Draft) -> str:
    slug = draft.network.slug
    if draft.thread_id:
        return f"{reverse('thread', args=(slug, draft.thread_id))}?draft={draft.pk}#reply"
    room = f"&room={draft.room_id}" if draft.room and not draft.room.for_all else ""
    return f"{reverse('thread_new', args=(slug,))}?draft={draft.pk}{room}"
