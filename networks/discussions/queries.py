"""What is said where, and what of it somebody has not read. Lists are read as tuples: a page of
talk is opened more often than any other, and its cost is Python's, not the database's."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils.translation import gettext as _

from members.people.models import Person
from networks.membership.queries import members
from networks.network.models import Network
from networks.preferences.models import Talk
from peernet.lib import clock, text

from .models import Post, ReadMark, Room, RoomKind, Thread
from .rules import (
    LOOKED_THROUGH,
    MOST_NEW,
    MOST_PINNED,
    NEVER,
    NEWEST,
    QUOTED,
    THREADS_A_PAGE,
    Key,
    called,
    how_many_new,
    subject,
)


class ThreadRow(NamedTuple):
    """A thread as a list shows it; `when` is aware, `unread` is at most MOST_NEW + 1, and nought
    for one that the reader muted, by itself or with its room. Of one that began before they came,
    `posts_count` counts what they may read."""

    id: int
    title: str
    room_name: str
    slug: str
    network_name: str
    started_by: str
    last_by: str
    when: datetime
    posts_count: int
    unread: int
    muted: bool
    pinned: bool
    closed: bool

    @property
    def replies(self) -> int:
        return self.posts_count - 1

    @property
    def new(self) -> str:
        """ "3 new", or nothing."""
        return how_many_new(self.unread)

    @property
    def url(self) -> str:
        """Where to read on: at the first new post, if there is one."""
        return reverse("thread", args=(self.slug, self.id)) + ("#new" if self.unread else "")

    @property
    def key(self) -> Key:
        return Key(self.when, self.id)


class News(NamedTuple):
    """What is new for somebody in all their networks. `private`: sentences and addresses that
    say only in which network a trusted room has something new."""

    threads: list[ThreadRow]
    private: list[tuple[str, str]]


def rooms(network: Network, person: Person) -> list[Room]:
    """The rooms of the network that the person may enter, the first one first. Of each
    `reads_from` says from which moment on they read what is said there."""
    found = list(Room.objects.visible_to(person).filter(network=network).order_by("pk"))
    for room in found:
        room.network = network
    return found


def readers(network: Network, room: Room | None = None) -> QuerySet[Person]:
    """Who can read what is written now in the network's rooms, or in this one: all members, or
    those of the room's cohort. Exactly those whom `visible_to` lets in."""
    return members(network, cohort=room.cohort if room else None)


def audience(network: Network, room: Room | None = None) -> int:
    """How many people can read what is written now."""
    return readers(network, room).count()


def hearers(thread: Thread) -> QuerySet[Person]:
    """Whoever wants a mail for each new post in the thread, as of now."""
    now = clock.now()
    who = RawSQL(_hearers("%s", "%s"), (now, now, now, thread.pk))  # noqa: S611 -- our own, with values
    return Person.objects.filter(is_active=True, pk__in=who)


def hearers_of(post: Post) -> QuerySet[Person]:
    """Whoever is to be mailed a post: who was there when it was written, by what they want now.
    That somebody has written in the thread since makes them no hearer of what was said before."""
    # Without a word of the thread's row, so that its writers are looked up once for all readers.
    wrote = "post.network_id = %s AND post.thread_id = %s AND post.id < %s"
    at, where = post.posted_at, (post.network_id, post.thread_id, post.pk)
    sql = _hearers("%s", "%s", wrote)
    who = RawSQL(sql, (at, at, at, post.thread_id, *where))  # noqa: S611 -- our own, with values
    return Person.objects.filter(is_active=True, pk__in=who).exclude(pk=post.author_id)


IN_THE_THREAD = "post.network_id = thread.network_id AND post.thread_id = thread.id"


def _hearers(thread: str, now: str, wrote: str = IN_THE_THREAD) -> str:
    """The one place that says who hears of a thread, if their account is open: its readers who
    follow it, who chose each post of the network, and who wrote in it and did not choose to hear
    of talk once a week; nobody who stopped mail about it, or about talk, or who muted it."""
    return f"""
    SELECT spell.person_id
    FROM networks_thread thread
    JOIN networks_membership spell ON spell.network_id = thread.network_id
         AND spell.since <= {now} AND (spell.until IS NULL OR spell.until > {now})
    JOIN networks_room place ON place.id = thread.room_id
         AND (place.cohort_id IS NULL OR EXISTS (
             SELECT FROM networks_cohortspell inside WHERE inside.cohort_id = place.cohort_id
                AND inside.person_id = spell.person_id
                AND inside.since <= {now} AND inside.until IS NULL))
    LEFT JOIN networks_preference chose ON chose.network_id = thread.network_id
         AND chose.person_id = spell.person_id
    LEFT JOIN networks_follow follow ON follow.network_id = thread.network_id
         AND follow.thread_id = thread.id AND follow.person_id = spell.person_id
    WHERE thread.id = {thread}
      AND coalesce(chose.talk, '') <> '{Talk.NOTHING}' AND follow.on IS DISTINCT FROM false
      AND (follow.on OR chose.talk = '{Talk.EACH}' OR (
          coalesce(chose.talk, '') <> '{Talk.WEEKLY}' AND spell.person_id IN (
              SELECT author_id FROM networks_post post
              WHERE {wrote} AND post.deleted_at IS NULL)))
      AND NOT EXISTS (
          SELECT FROM networks_mute mute WHERE mute.network_id = thread.network_id
             AND mute.person_id = spell.person_id
             AND (mute.room_id IS NULL OR mute.room_id = thread.room_id)
             AND (mute.thread_id IS NULL OR mute.thread_id = thread.id))
    """  # noqa: S608 -- the arguments are our own placeholders


# For the statements of pages, with the parameters `person`, `thread` and `now`.
HEARS = f"""EXISTS ({_hearers("%(thread)s", "%(now)s")} AND spell.person_id = %(person)s)"""

# A row that names neither room nor thread mutes all talk of its network.
MUTED = """EXISTS (
    SELECT FROM networks_mute mute
    WHERE mute.network_id = thread.network_id AND mute.person_id = %(person)s
      AND (mute.room_id IS NULL OR mute.room_id = thread.room_id)
      AND (mute.thread_id IS NULL OR mute.thread_id = thread.id)
)"""

# Each room is read from its newest thread on (`threads_of_room`), and no further than its window:
# how many there are makes no difference. The rooms are those that `Room.objects.visible_to` gave:
# nothing else lets a thread in here. What is pinned stands apart, or in its own place.
WINDOW = """
SELECT thread.*, mark.last_post_id AS read_to, place.reads_from
FROM unnest(%(networks)s::bigint[], %(rooms)s::bigint[], %(from)s::timestamptz[])
     AS place (network_id, room_id, reads_from)
CROSS JOIN LATERAL (
    (SELECT * FROM networks_thread thread
     WHERE thread.network_id = place.network_id AND thread.room_id = place.room_id
       AND thread.last_post_id IS NOT NULL AND thread.last_post_at >= place.reads_from
       AND NOT (%(apart)s AND thread.pinned_at IS NOT NULL)
       AND (thread.last_post_at, thread.id) < (%(at)s, %(id)s)
     ORDER BY thread.last_post_at DESC, thread.id DESC LIMIT %(window)s)
    UNION ALL
    (SELECT * FROM networks_thread thread
     WHERE %(apart)s AND %(first)s
       AND thread.network_id = place.network_id AND thread.room_id = place.room_id
       AND thread.last_post_id IS NOT NULL AND thread.last_post_at >= place.reads_from
       AND thread.pinned_at IS NOT NULL
     ORDER BY thread.last_post_at DESC, thread.id DESC LIMIT %(most_pinned)s)
) thread
LEFT JOIN networks_readmark mark ON mark.network_id = thread.network_id
      AND mark.person_id = %(person)s AND mark.thread_id = thread.id
"""

NEW_TO_THEM = """
    SELECT FROM networks_post post
    WHERE post.network_id = thread.network_id AND post.thread_id = thread.id
      AND post.id > coalesce(thread.read_to, 0) AND post.posted_at >= thread.reads_from
      AND post.deleted_at IS NULL AND post.author_id IS DISTINCT FROM %(person)s
"""
ORDER = """ORDER BY %(apart)s AND thread.pinned_at IS NOT NULL DESC,
         thread.last_post_at DESC, thread.id DESC"""

# First those that are shown, in their order, so that looking stops when there are enough of them;
# then what is said of each. Counting what is new stops at one more than we show, however long
# somebody was away.
THREADS = f"""
WITH shown AS MATERIALIZED (
    SELECT thread.*, {MUTED} AS muted
    FROM (SELECT * FROM ({WINDOW}) thread {ORDER} OFFSET 0) thread
    WHERE NOT %(only_new)s OR (
        thread.last_post_id > coalesce(thread.read_to, 0) AND NOT {MUTED}
        AND (SELECT count(*) FROM ({NEW_TO_THEM} LIMIT 1) one) > 0)
    {ORDER} LIMIT %(limit)s
)
SELECT thread.id, thread.room_id, thread.title, thread.started_at,
       CASE WHEN starter.is_active THEN starter.name END,
       CASE WHEN poster.is_active THEN poster.name END,
       thread.last_post_at,
       CASE WHEN thread.started_at >= thread.reads_from THEN thread.posts_count ELSE (
            SELECT count(*) FROM networks_post post WHERE post.network_id = thread.network_id
              AND post.thread_id = thread.id AND post.posted_at >= thread.reads_from) END,
       CASE WHEN thread.muted OR thread.last_post_id <= coalesce(thread.read_to, 0) THEN 0
            ELSE (SELECT count(*) FROM ({NEW_TO_THEM} LIMIT %(most)s) counted) END,
       thread.muted, thread.pinned_at IS NOT NULL, thread.closed_at IS NOT NULL
FROM shown thread
JOIN networks_post last_post ON last_post.id = thread.last_post_id
LEFT JOIN members_person starter ON starter.id = thread.author_id
LEFT JOIN members_person poster ON poster.id = last_post.author_id
{ORDER}
"""  # noqa: S608 -- the parts are our own

# Rooms in whose window something is unread.
ROOMS_WITH_NEWS = f"""
SELECT place.room_id
FROM unnest(%(networks)s::bigint[], %(rooms)s::bigint[], %(from)s::timestamptz[])
     AS place (network_id, room_id, reads_from)
WHERE EXISTS (
    SELECT FROM (
        SELECT * FROM networks_thread thread
        WHERE thread.network_id = place.network_id AND thread.room_id = place.room_id
          AND thread.last_post_id IS NOT NULL AND thread.last_post_at >= place.reads_from
        ORDER BY thread.last_post_at DESC, thread.id DESC LIMIT %(window)s
    ) thread
    LEFT JOIN networks_readmark mark ON mark.network_id = thread.network_id
          AND mark.person_id = %(person)s AND mark.thread_id = thread.id
    WHERE thread.last_post_id > coalesce(mark.last_post_id, 0) AND NOT {MUTED}
)
"""  # noqa: S608 -- MUTED is our own


def threads(
    within: Iterable[Room],
    person: Person,
    *,
    only_new: bool = False,
    apart: bool = False,
    before: Key = NEWEST,
    limit: int = THREADS_A_PAGE,
) -> list[ThreadRow]:
    """Threads of these rooms (from `visible_to`), newest activity first, from `before` on.

    `only_new` leaves out what was read or muted; it looks through the newest LOOKED_THROUGH of each
    room. `apart`: those that are pinned come first, on the first page only and beside the limit.
    """
    places = {room.pk: room for room in within}
    ask = places_of(places.values(), person) | {"at": before.at, "id": before.id}
    pinned = MOST_PINNED * len(ask["rooms"]) if apart else 0
    ask |= {"most": MOST_NEW + 1, "most_pinned": MOST_PINNED, "first": before == NEWEST}
    ask |= {"only_new": only_new, "apart": apart, "limit": limit + pinned}
    ask["window"] = LOOKED_THROUGH if only_new else limit
    with connection.cursor() as cursor:
        cursor.execute(THREADS, ask)
        return [_thread_row(places[row[1]], *row) for row in cursor]


def rooms_with_news(within: Iterable[Room], person: Person) -> set[int]:
    """Which of these rooms (from `visible_to`) hold something the person has not read, of the
    newest LOOKED_THROUGH threads of each."""
    with connection.cursor() as cursor:
        cursor.execute(ROOMS_WITH_NEWS, places_of(within, person) | {"window": LOOKED_THROUGH})
        return {pk for (pk,) in cursor}


def latest(within: Iterable[Room], person: Person, limit: int = 5) -> list[ThreadRow]:
    """A network's newest threads, for its front page. Those of trusted rooms stay there."""
    return threads([room for room in within if not room.trusted], person, limit=limit)


def news_for(person: Person, limit: int = 5) -> News:
    """What is new in all networks of the person, for Home; of trusted rooms only that there is."""
    rooms = Room.objects.visible_to(person).filter(network__closed_at=None)
    mine = list(rooms.select_related("network"))
    trusted = [room for room in mine if room.kind == RoomKind.TRUSTED]
    new = rooms_with_news(trusted, person) if trusted else set()
    sentence = _("There is something new in a trusted room of %(network)s")
    places = {
        room.network.name: reverse("talk", args=(room.network.slug,))
        for room in trusted
        if room.pk in new
    }
    return News(
        threads([room for room in mine if not room.trusted], person, only_new=True, limit=limit),
        [(sentence % {"network": name}, url) for name, url in sorted(places.items())],
    )


def thread(network: Network, person: Person, pk: int) -> Thread | None:
    """A thread that the person may read, as they may: with `reads_from` (from which moment on),
    `mark` (how far they have read; None: not at all), `first_id` and `newest_id` of its posts, and
    `hears` (whether each new post is mailed them)."""
    heard = hearers(Thread(pk=pk, network=network)).filter(pk=person.pk)
    posts = Post.objects.filter(network=network, thread=OuterRef("pk")).values("pk")
    mark = ReadMark.objects.filter(network=network, thread=OuterRef("pk"), person=person)
    place = Room.objects.visible_to(person).filter(pk=OuterRef("room"))
    found = (
        Thread.objects.visible_to(person)
        .filter(network=network, pk=pk)
        .select_related("room", "network")
        .annotate(
            mark=Subquery(mark.values("last_post_id")),
            reads_from=Subquery(place.values("reads_from")),
        )
        .annotate(
            first_id=Subquery(
                posts.filter(posted_at__gte=OuterRef("reads_from")).order_by("pk")[:1]
            ),
            newest_id=Subquery(posts.order_by("-pk")[:1]),
            hears=Exists(heard),
        )
        .first()
    )
    return found and as_read(found)


def as_read(found: Thread) -> Thread:
    """The thread (with `reads_from`) without what was said in it before its reader came."""
    found.title = subject(found.title, found.started_at, found.reads_from)
    return found


def subject_for(found: Thread, person: Person) -> str:
    """What the thread is called for the person, wherever it stands: in a mail, beside a draft."""
    room = Room.objects.visible_to(person).filter(pk=found.room_id).first()
    return subject(found.title, found.started_at, room.reads_from if room else NEVER)


def title_given(person: Person, path: str) -> Case:
    """The titles of threads for somebody's own archive: those they may read, and their own.
    `path`: from a row to its thread's title."""
    thread = path.removesuffix("__title")
    rooms = Room.objects.visible_to(person).filter(pk=OuterRef(f"{thread}__room"))
    theirs = Q(Exists(rooms.filter(reads_from__lte=OuterRef(f"{thread}__started_at"))))
    return Case(When(theirs | Q(**{f"{thread}__author": person}), then=path), default=Value(""))


def room_given(network: Network, person: Person, path: str) -> Case:
    """The names of rooms for a network's archive: of those that its coordinator may enter."""
    mine = Room.objects.visible_to(person).filter(network=network)
    return Case(When(pk__in=mine.values("pk"), then=path), default=Value(""))


def quote(found: Thread, pk: int) -> str:
    """A post of the thread as Markdown, to be answered in a reply: its first words, and the way
    to it. No name: whoever closes their account takes it with them. "" when there are no words."""
    posts = Post.objects.filter(network=found.network_id, thread=found)
    post = posts.filter(posted_at__gte=found.reads_from, pk=pk).first()
    if post is None or not post.text.strip():
        return ""
    way = reverse("thread", args=(found.network.slug, found.pk)) + f"?before={pk + 1}#post-{pk}"
    words = text.excerpt(post.text, QUOTED)
    return f"> {words}\n> [{_('This was said here')}]({way})"


def places_of(within: Iterable[Room], person: Person) -> dict:
    places = list(within)
    return {
        "person": person.pk,
        "networks": [room.network_id for room in places],
        "rooms": [room.pk for room in places],
        "from": [room.reads_from for room in places],
    }


def _thread_row(place: Room, *row: Any) -> ThreadRow:
    pk, _room, title, started, starter, poster, *rest = row
    slug, network = place.network.slug, place.network.name
    title = subject(title, started, place.reads_from)
    by = called(starter) if started >= place.reads_from else ""
    return ThreadRow(pk, title, place.name, slug, network, by, called(poster), *rest)
