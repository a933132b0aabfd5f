"""What is done to a thread as a whole: its title, its room, whether it is open and comes first."""

from django.db import transaction
from django.utils.translation import gettext as _

from members.audit.actions import note
from members.people.models import Person
from networks.discussions.actions import make_findable
from networks.discussions.models import Post, Room, Thread
from networks.discussions.rules import MOST_PINNED
from peernet.lib import clock
from peernet.lib.errors import Refused

from .models import Deed, ThreadChange
from .rules import OPPOSITE, SLIP


@transaction.atomic
def rename(thread: Thread, title: str, *, by: Person) -> None:
    """Give the thread another title. The old one is kept nowhere."""
    thread = _locked(thread)
    if thread.author_id == by.pk and thread.closed_at and not _hosts(thread, by):
        raise Refused(_("This thread was closed, so its title stays as it is."))
    if thread.title == title:
        return
    thread.title = title
    thread.save(update_fields=["title"])
    make_findable(thread)
    # One's own title is one's own words: the log does not say who writes in which room.
    _tell(thread, Deed.RENAMED, by, logged=thread.author_id != by.pk)


@transaction.atomic
def close(thread: Thread, *, by: Person) -> None:
    """Nobody can reply from now on. What was said can still be read."""
    thread = _locked(thread)
    if thread.closed_at is None:
        thread.closed_at = clock.now()
        thread.save(update_fields=["closed_at"])
        _tell(thread, Deed.CLOSED, by)


@transaction.atomic
def reopen(thread: Thread, *, by: Person) -> None:
    """Replies are welcome again."""
    thread = _locked(thread)
    if thread.closed_at:
        thread.closed_at = None
        thread.save(update_fields=["closed_at"])
        _tell(thread, Deed.REOPENED, by)


@transaction.atomic
def pin(thread: Thread, *, by: Person) -> None:
    """Let the thread come first in its room's list; a few at most."""
    # Two who pin at once must not both find the last place.
    Room.objects.select_for_update(no_key=True).get(pk=thread.room_id)
    thread = _locked(thread)
    if thread.pinned_at:
        return
    _room_for_one_more(thread.room)
    thread.pinned_at = clock.now()
    thread.save(update_fields=["pinned_at"])
    _tell(thread, Deed.PINNED, by)


@transaction.atomic
def unpin(thread: Thread, *, by: Person) -> None:
    """Let the thread stand where its last post puts it."""
    thread = _locked(thread)
    if thread.pinned_at:
        thread.pinned_at = None
        thread.save(update_fields=["pinned_at"])
        _tell(thread, Deed.UNPINNED, by)


@transaction.atomic
def move(thread: Thread, room: Room, *, by: Person) -> None:
    """Take the thread to another room of its network. Nothing leaves a trusted room.

    It is pinned no longer: what comes first is each room's own choice.
    """
    thread = _locked(thread)
    if thread.room.trusted:
        raise Refused(_("What is said in a trusted room stays there, so this cannot be moved."))
    if room.network_id != thread.network_id:
        raise Refused(_("A thread can be moved only within its network."))
    if room.pk == thread.room_id:
        return
    source = thread.room
    if not room.takes(source):
        raise Refused(_("More people could read it there than here, so it cannot be moved there."))
    thread.room, thread.pinned_at = room, None
    thread.save(update_fields=["room", "pinned_at"])
    make_findable(thread)
    _tell(thread, Deed.MOVED, by, from_room=source, to_room=room)


def _locked(thread: Thread) -> Thread:
    """The thread as it is now; others who change it or write in it wait until we are done."""
    rows = Thread.objects.select_for_update(of=("self",)).select_related("network", "room")
    thread = rows.get(pk=thread.pk)
    if thread.last_post_id is None:
        raise Refused(_("This thread was deleted meanwhile."))
    if thread.network.closed_at:
        raise Refused(_("This network has closed, so nothing can be changed in it."))
    return thread


def _hosts(thread: Thread, person: Person) -> bool:
    return person.has_perm("networks.facilitate", thread.network)


def _room_for_one_more(room: Room) -> None:
    standing = Thread.objects.filter(room=room, last_post_id__isnull=False)
    if standing.exclude(pinned_at=None).count() >= MOST_PINNED:
        raise Refused(
            _("%(most)s threads are pinned in this room already. Unpin one of them first.")
            % {"most": MOST_PINNED}
        )


def _tell(thread: Thread, deed: Deed, by: Person, *, logged: bool = True, **rooms: Room) -> None:
    """A line in the thread; and one on the trail, which names no title and no room."""
    if logged:
        note(f"thread.{deed}", by=by, network_id=thread.network_id, about_id=thread.pk)
    mine = ThreadChange.objects.filter(network=thread.network_id, thread=thread)
    last = mine.order_by("-pk").first()
    slip = last and last.by_id == by.pk and last.at > clock.now() - SLIP
    if slip and last.deed == OPPOSITE.get(deed):
        last.delete()
        return
    newest = Post.objects.filter(network=thread.network_id, thread=thread).order_by("-pk")
    ThreadChange.objects.create(
        network_id=thread.network_id,
        thread=thread,
        by=by,
        deed=deed,
        after_post_id=newest.values_list("pk", flat=True)[0],
        **rooms,
    )
