"""Starting threads, replying, changing and deleting one's own words, and what was read."""

import uuid
from typing import NamedTuple

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from members.audit.actions import note
from members.causes.actions import announce
from members.people.models import Person
from networks.charter import queries as charters
from networks.charter.actions import accept_shown
from networks.network.models import Cohort, Network
from peernet.lib import clock, once, text
from peernet.lib.errors import Refused

from .models import Follow, Post, ReadMark, Room, RoomKind, Thread
from .rules import ARTICLE, EVERYTHING, OPENS, WORDS, changed, mail_due

HAS_CLOSED = lazy("This network has closed, so nothing new can be written in it.")
# What everybody who comes later may read is found, and no other words, titles among them.
# The configuration (unaccent, English word stems) is made by a migration; rules.WORDS names it.
FINDABLE = f"""INSERT INTO networks_postwords (post_id, network_id, words)
SELECT post.id, post.network_id, setweight(to_tsvector('{WORDS}',
        CASE WHEN thread.started_at >= room.all_from THEN thread.title ELSE '' END), 'A')
    || to_tsvector('{WORDS}', post.text)
FROM networks_post AS post
JOIN networks_thread AS thread ON thread.id = post.thread_id
JOIN networks_room AS room ON room.id = thread.room_id AND room.kind = 'open'
    AND room.cohort_id IS NULL AND post.posted_at >= room.all_from
WHERE post.network_id = %(network)s AND post.thread_id = %(thread)s
    AND (%(post)s::bigint IS NULL OR post.id = %(post)s) AND post.deleted_at IS NULL
ON CONFLICT (post_id) DO UPDATE SET words = EXCLUDED.words"""  # noqa: S608 -- constants only
NOT_FINDABLE = """DELETE FROM networks_postwords AS gone
USING networks_post AS post, networks_thread AS thread, networks_room AS room
WHERE post.network_id = %(network)s AND post.thread_id = %(thread)s AND gone.post_id = post.id
    AND thread.id = post.thread_id AND room.id = thread.room_id
    AND (post.deleted_at IS NOT NULL OR room.kind <> 'open' OR room.cohort_id IS NOT NULL
         OR post.posted_at < room.all_from)"""
# What a room's stricter rule takes out of the search at once.
NO_MORE_FINDABLE = """DELETE FROM networks_postwords AS gone
USING networks_post AS post, networks_thread AS thread
WHERE thread.network_id = %(network)s AND thread.room_id = %(room)s
    AND post.network_id = thread.network_id AND post.thread_id = thread.id
    AND gone.post_id = post.id"""


class Taken(NamedTuple):
    """What `delete` took out: the words, and the thread's title, which goes with its last post."""

    text: str
    title: str


@transaction.atomic
def open_room(
    network: Network,
    *,
    name: str,
    kind: str,
    history: str = "",
    cohort: Cohort | None = None,
    by: Person,
    key: uuid.UUID | None = None,
) -> Room:
    """Open a further room for talk. A trusted room stays trusted: nothing weakens that later.

    `history`: what of it is for those who join later (rules.OPENS; "": as is usual for its kind).
    `cohort`: only those in it enter.
    """
    open_first_room(network)
    opens = OPENS[history]._asdict() if history else {}
    try:
        room, new = once.create(
            Room, key, network=network, name=name, kind=kind, cohort=cohort, **opens
        )
    except IntegrityError:
        raise Refused(_("There is already a room with that name. Choose another one.")) from None
    if new:
        note("room.opened", by=by, network_id=network.pk, about_id=room.pk, kind=str(kind))
    return room


@transaction.atomic
def change_history(room: Room, history: str, *, by: Person) -> Room:
    """Let another rule hold for what of the room is for those who join later (rules.OPENS).

    A stricter one holds for all that was said, a looser one for what is said from now on.
    """
    row = Room.objects.select_for_update(no_key=True).get(pk=room.pk)
    if row.history == history:
        return row
    row.cohorts_from, row.all_from = changed(row.opens, history, clock.now())
    row.save(update_fields=["cohorts_from", "all_from"])
    if history != EVERYTHING:
        with connection.cursor() as cursor:
            cursor.execute(NO_MORE_FINDABLE, {"network": row.network_id, "room": row.pk})
    note("room.history", by=by, network_id=row.network_id, about_id=row.pk, history=history)
    return row


@transaction.atomic
def open_first_room(network: Network) -> Room:
    """The room that every network has from the start; found again when it is there."""
    # Two people who write the first thread at once must meet in one room.
    Network.objects.select_for_update(no_key=True).get(pk=network.pk)
    first = Room.objects.filter(network=network).order_by("pk").first()
    return first or Room.objects.create(network=network, name=_("Everyone"), kind=RoomKind.OPEN)


@transaction.atomic
def start_thread(
    room: Room,
    *,
    title: str,
    words: str,
    by: Person,
    key: uuid.UUID | None = None,
    began_as: str = "",
    accepts: str = "",
) -> Thread:
    """Start a thread with its first post. The same form sent twice makes one thread.

    `accepts`: the house rules whose text stood over the button (networks/charter).
    """
    _may_write(room.network_id, room.pk, by, accepts)
    thread, new = once.create(
        Thread,
        _key(key, room.pk, by.pk, title, words),
        network_id=room.network_id,
        room=room,
        title=title,
        author=by,
        began_as=began_as,
    )
    if new:
        post = _add(thread, words, by, None)[0]
        mark_read(thread, by, post.pk)
    return thread


@transaction.atomic
def reply(
    thread: Thread, *, words: str, by: Person, key: uuid.UUID | None = None, accepts: str = ""
) -> Post:
    """Add a post at the end of a thread. The same form sent twice makes one post. `accepts`: as
    in `start_thread`."""
    thread = _locked(thread)
    if thread.last_post_id is None:
        raise Refused(_("This thread was deleted while you were writing. You can start a new one."))
    _may_write(thread.network_id, thread.room_id, by, accepts)
    if thread.closed_at:
        raise Refused(_("This thread was closed, so nobody can reply to it any more."))
    before = thread.last_post_id
    post, new = _add(thread, words, by, _key(key, thread.pk, by.pk, words))
    if new:
        # Who had read everything has now read this, too. Others keep what they have not read.
        marks = ReadMark.objects.filter(network=thread.network_id, thread=thread, person=by)
        marks.filter(last_post_id__gte=before).update(last_post_id=post.pk)
    return post


def version(post: Post) -> str:
    """Which text of a post somebody has on the screen; it changes with each edit."""
    return post.edited_at.isoformat() if post.edited_at else "0"


@transaction.atomic
def edit(post: Post, *, words: str, was: str, by: Person, more: bool = False) -> Post:
    """Change one's own post. `was`: the version that the writer started from. `more`: something
    besides the words changes with it.

    Refused when the post was changed elsewhere meanwhile.
    """
    post = _own(post, by)
    if post.deleted_at:
        raise Refused(_("This post was deleted meanwhile. You can write a new one."))
    if words == post.text and not more:
        return post
    if was != version(post):
        raise Refused(_("This post was changed in another window while you were writing."))
    post.text, post.html = words, text.html(words)
    post.edited_at = clock.now()
    post.save(update_fields=["text", "html", "edited_at"])
    make_findable(post.thread, post)
    return post


@transaction.atomic
def delete(post: Post, *, by: Person) -> Taken | None:
    """Delete one's own post: its words leave the database at once, its place stays.

    With the last post that stood, the thread goes, and its title with it. Returns what was taken
    out, for `restore`; None when it was deleted already.
    """
    thread = _locked(post.thread)
    post = _own(post, by)
    if post.deleted_at:
        return None
    taken = Taken(post.text, thread.title)
    post.text = post.html = ""
    post.deleted_at = clock.now()
    post.article, post.look = ARTICLE.kept(post, ())
    post.save(update_fields=["text", "html", "deleted_at", "article", "look"])
    _look_for_the_last(thread)
    if thread.last_post_id is None:
        thread.title = ""
        thread.save(update_fields=["title"])
    make_findable(thread)
    return taken


@transaction.atomic
def restore(post: Post, taken: Taken, *, by: Person) -> Post:
    """Put one's own deleted post back where it was, with its thread if that had gone."""
    thread = _locked(post.thread)
    post = _own(post, by)
    _still_open(thread.network)
    if post.deleted_at is None:
        return post
    post.text, post.html, post.deleted_at = taken.text, text.html(taken.text), None
    post.save(update_fields=["text", "html", "deleted_at"])
    if not thread.title:
        thread.title = taken.title
        thread.save(update_fields=["title"])
    _look_for_the_last(thread)
    make_findable(thread)
    return post


def mark_read(thread: Thread, person: Person, up_to: int) -> None:
    """The person has seen this thread up to this post; never backwards, one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO networks_readmark (network_id, thread_id, person_id, last_post_id)
            VALUES (%s, %s, %s, %s)
            ON CONFLICT (network_id, person_id, thread_id)
            DO UPDATE SET last_post_id = EXCLUDED.last_post_id
            WHERE networks_readmark.last_post_id < EXCLUDED.last_post_id""",
            [thread.network_id, thread.pk, person.pk, up_to],
        )


def mark_unread(post: Post, *, by: Person) -> None:
    """From this post on, the thread is new to the person again."""
    ReadMark.objects.update_or_create(
        network_id=post.network_id,
        thread_id=post.thread_id,
        person=by,
        defaults={"last_post_id": post.pk - 1},
    )


@transaction.atomic
def follow(thread: Thread, person: Person, *, on: bool, by: Person) -> None:
    """The person gets a mail for each new post of the thread from now on, or none.

    Raises Refused when it is not their own doing.
    """
    if person != by:
        raise Refused(_("Only they can change this."))
    Follow.objects.update_or_create(
        network_id=thread.network_id, thread=thread, person=person, defaults={"on": on}
    )
    note("mail.chosen", by=by, network_id=thread.network_id, about_id=person.pk)


def make_findable(thread: Thread, post: Post | None = None) -> None:
    """Let search find the thread's posts (or this one) by what is said now; one statement, or two.
    Whoever changes words, a title or a room calls this. Nothing in a trusted room is found."""
    rows = {"network": thread.network_id, "thread": thread.pk, "post": post and post.pk}
    with connection.cursor() as cursor:
        cursor.execute(FINDABLE, rows)
        if post is None or post.deleted_at:
            cursor.execute(NOT_FINDABLE, rows)


def _still_open(network: Network) -> None:
    closed = Network.objects.filter(pk=network.pk).exclude(closed_at=None)
    if closed.exists():
        raise Refused(HAS_CLOSED)


def _may_write(network: int, room: int, by: Person, accepts: str) -> None:
    """Who writes something new has accepted the house rules in force; one statement says so."""
    closed, owes = charters.standing_of(network, room, by)
    if closed:
        raise Refused(HAS_CLOSED)
    if owes:
        accept_shown(network, room, accepts, by=by)


def _locked(thread: Thread) -> Thread:
    """The thread as it is now; others who write in it wait until we are done."""
    rows = Thread.objects.select_for_update(of=("self",)).select_related("network")
    return rows.get(pk=thread.pk)


def _own(post: Post, by: Person) -> Post:
    post = Post.objects.select_for_update().get(pk=post.pk)
    if post.author_id != by.pk:
        raise Refused(_("Only the person who wrote a post can change it."))
    return post


def _key(key: uuid.UUID | None, *parts: object) -> uuid.UUID | None:
    """The form's key and what was written: the same words are a double, others are not. A form
    kept open (the browser's Back) must not swallow what is written into it the second time."""
    return key and uuid.uuid5(key, "\n".join(str(part) for part in parts))


def _add(thread: Thread, words: str, by: Person, key: uuid.UUID | None) -> tuple[Post, bool]:
    """The post, and whether it is new; the thread's counters with it."""
    said = {"text": words, "html": text.html(words), "posted_at": clock.now()}
    article, look = ARTICLE.kept(Post(**said), ())
    whose = {"network_id": thread.network_id, "thread": thread, "author": by}
    post, new = once.create(Post, key, **whose, **said, article=article, look=look)
    if new:
        thread.posts_count += 1
        thread.last_post_id, thread.last_post_at = post.pk, post.posted_at
        thread.save(update_fields=["posts_count", "last_post_id", "last_post_at"])
        make_findable(thread, post)
        announce("post", post.pk, network_id=thread.network_id, due=mail_due(post.posted_at))
    return post, new


def _look_for_the_last(thread: Thread) -> None:
    """Set anew which post is the last that stands; a thread with none keeps its time."""
    posts = Post.objects.filter(network=thread.network_id, thread=thread)
    last = posts.standing().order_by("-pk").first()
    thread.last_post_id = last and last.pk
    thread.last_post_at = last.posted_at if last else thread.last_post_at
    thread.save(update_fields=["last_post_id", "last_post_at"])
