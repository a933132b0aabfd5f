"""What is said where, and what of it somebody has not read. Lists are read as tuples: a page of
talk is opened more often than any other, and its cost is Python's, not the database's."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet, Subquery
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
    MOST_NEW,
    NEWEST,
    QUOTED,
    THREADS_A_PAGE,
    Key,
    called,
    how_many_new,
)


class ThreadRow(NamedTuple):
    """A thread as a list shows it; `when` is aware, `unread` is at most MOST_NEW + 1, and nought
    for one that the reader muted, by itself or with its room."""

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
    say only in which network a private room has something new."""

    threads: list[ThreadRow]
    private: list[tuple[str, str]]


def rooms(network: Network, person: Person) -> list[Room]:
    """The rooms of the network that the person may enter, the first one first."""
    return list(Room.objects.visible_to(person).filter(network=network).order_by("pk"))


def readers(network: Network) -> QuerySet[Person]:
    """Who can read what is written in the network's rooms now, trusted ones too: all members,
    until rooms have people of their own. Exactly those whom `visible_to` lets in."""
    return members(network)


def audience(network: Network) -> int:
    """How many people can read what is written now."""
    return readers(network).count()


def hearers(thread: Thread) -> QuerySet[Person]:
    """Whoever wants a mail for each new post in the thread, as of now."""
    now = clock.now()
    who = RawSQL(_hearers("%s", "%s"), (now, now, thread.pk))  # noqa: S611 -- our own, with values
    return Person.objects.filter(pk__in=who)


def _hearers(thread: str, now: str) -> str:
    """The one place that says who hears of a thread: its readers who follow it, who chose each
    post of the network, and who wrote in it and did not choose to hear of talk once a week;
    nobody who stopped mail about it, or about talk, or who muted it."""
    return f"""
    SELECT spell.person_id
    FROM networks_thread thread
    JOIN networks_membership spell ON spell.network_id = thread.network_id
         AND spell.since <= {now} AND (spell.until IS NULL OR spell.until > {now})
    JOIN members_person reader ON reader.id = spell.person_id AND reader.is_active
    LEFT JOIN networks_preference chose ON chose.network_id = thread.network_id
         AND chose.person_id = spell.person_id
    LEFT JOIN networks_follow follow ON follow.network_id = thread.network_id
         AND follow.thread_id = thread.id AND follow.person_id = spell.person_id
    WHERE thread.id = {thread}
      AND coalesce(chose.talk, '') <> '{Talk.NOTHING}' AND follow.on IS DISTINCT FROM false
      AND (follow.on OR chose.talk = '{Talk.EACH}' OR (
          coalesce(chose.talk, '') <> '{Talk.WEEKLY}' AND spell.person_id IN (
              SELECT author_id FROM networks_post post WHERE post.network_id = thread.network_id
                 AND post.thread_id = thread.id AND post.deleted_at IS NULL)))
      AND NOT EXISTS (
          SELECT FROM networks_mute mute WHERE mute.network_id = thread.network_id
             AND mute.person_id = spell.person_id
             AND (mute.room_id IS NULL OR mute.room_id = thread.room_id)
             AND (mute.thread_id IS NULL OR mute.thread_id = thread.id))
    """  # noqa: S608 -- the arguments are our own placeholders


# For the statements of pages, with the parameters `person`, `thread` and `now`.
HEARS = f"""EXISTS ({_hearers("%(thread)s", "%(now)s")} AND spell.person_id = %(person)s)"""
# What `Thread.objects.visible_to` says.
VISIBLE = """(thread.last_post_id IS NOT NULL AND EXISTS (
    SELECT FROM networks_membership mine WHERE mine.network_id = thread.network_id
       AND mine.person_id = %(person)s AND mine.until IS NULL))"""


# A row that names neither room nor thread mutes all talk of its network.
MUTED = """EXISTS (
    SELECT FROM networks_mute mute
    WHERE mute.network_id = thread.network_id AND mute.person_id = %(person)s
      AND (mute.room_id IS NULL OR mute.room_id = thread.room_id)
      AND (mute.thread_id IS NULL OR mute.thread_id = thread.id)
)"""

# The rooms are those that `Room.objects.visible_to` gave: nothing else lets a thread in here.
# Counting what is new stops at one more than we show, however long somebody was away.
THREADS = f"""
SELECT thread.id, thread.title, room.name, network.slug, network.name,
       CASE WHEN starter.is_active THEN starter.name END,
       CASE WHEN poster.is_active THEN poster.name END,
       thread.last_post_at, thread.posts_count, unread.posts,
       hearing.muted, thread.pinned_at IS NOT NULL, thread.closed_at IS NOT NULL
FROM networks_thread thread
JOIN networks_room room ON room.id = thread.room_id
JOIN networks_network network ON network.id = thread.network_id
JOIN networks_post last_post ON last_post.id = thread.last_post_id
LEFT JOIN members_person starter ON starter.id = thread.author_id
LEFT JOIN members_person poster ON poster.id = last_post.author_id
LEFT JOIN networks_readmark mark ON mark.network_id = thread.network_id
      AND mark.thread_id = thread.id AND mark.person_id = %(person)s
CROSS JOIN LATERAL (SELECT {MUTED} AS muted) hearing
CROSS JOIN LATERAL (
    SELECT count(*) AS posts FROM (
        SELECT FROM networks_post post
        WHERE post.network_id = thread.network_id AND post.thread_id = thread.id
          AND post.id > coalesce(mark.last_post_id, 0)
          AND post.deleted_at IS NULL AND post.author_id IS DISTINCT FROM %(person)s
          AND NOT hearing.muted
        LIMIT %(most)s
    ) counted
) unread
WHERE thread.network_id = ANY(%(networks)s::bigint[]) AND thread.room_id = ANY(%(rooms)s::bigint[])
  AND thread.last_post_id > CASE WHEN %(only_new)s THEN coalesce(mark.last_post_id, 0) ELSE 0 END
  AND (unread.posts > 0 OR NOT %(only_new)s)
  AND (%(pinned)s::boolean IS NULL OR (thread.pinned_at IS NOT NULL) = %(pinned)s::boolean)
  AND (thread.last_post_at, thread.id) < (%(at)s, %(id)s)
ORDER BY thread.last_post_at DESC, thread.id DESC
LIMIT %(limit)s
"""  # noqa: S608 -- MUTED is our own

ROOMS_WITH_NEWS = f"""
SELECT DISTINCT thread.room_id
FROM networks_thread thread
LEFT JOIN networks_readmark mark ON mark.network_id = thread.network_id
      AND mark.thread_id = thread.id AND mark.person_id = %(person)s
WHERE thread.network_id = ANY(%(networks)s::bigint[]) AND thread.room_id = ANY(%(rooms)s::bigint[])
  AND thread.last_post_id > coalesce(mark.last_post_id, 0) AND NOT {MUTED}
"""  # noqa: S608 -- MUTED is our own


def threads(
    within: Iterable[Room],
    person: Person,
    *,
    only_new: bool = False,
    pinned: bool | None = None,
    before: Key = NEWEST,
    limit: int = THREADS_A_PAGE,
) -> list[ThreadRow]:
    """Threads of these rooms (from `visible_to`), newest activity first, from `before` on.

    `only_new` leaves out what was read or muted; `pinned` gives only those that are, or are not.
    """
    ask = _places(within, person)
    ask |= {"pinned": pinned, "only_new": only_new, "most": MOST_NEW + 1, "limit": limit}
    ask |= {"at": before.at, "id": before.id}
    with connection.cursor() as cursor:
        cursor.execute(THREADS, ask)
        return [_thread_row(*row) for row in cursor]


def rooms_with_news(within: Iterable[Room], person: Person) -> set[int]:
    """Which of these rooms (from `visible_to`) hold something the person has not read."""
    with connection.cursor() as cursor:
        cursor.execute(ROOMS_WITH_NEWS, _places(within, person))
        return {pk for (pk,) in cursor}


def latest(network: Network, person: Person, limit: int = 5) -> list[ThreadRow]:
    """The network's newest threads, for its front page. Those of trusted rooms stay there."""
    return threads(
        [room for room in rooms(network, person) if not room.trusted], person, limit=limit
    )


def news_for(person: Person, limit: int = 5) -> News:
    """What is new in all networks of the person, for Home; of trusted rooms only that there is."""
    rooms = Room.objects.visible_to(person).filter(network__closed_at=None)
    mine = list(rooms.select_related("network"))
    trusted = [room for room in mine if room.kind == RoomKind.TRUSTED]
    new = rooms_with_news(trusted, person) if trusted else set()
    sentence = _("There is something new in a private room of %(network)s")
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
    """A thread that the person may read, with `mark` (how far they have read; None: not at all),
    `first_id` and `newest_id` of its posts, and `hears` (whether each new post is mailed them)."""
    heard = hearers(Thread(pk=pk, network=network)).filter(pk=person.pk)
    posts = Post.objects.filter(network=network, thread=OuterRef("pk")).values("pk")
    mark = ReadMark.objects.filter(network=network, thread=OuterRef("pk"), person=person)
    return (
        Thread.objects.visible_to(person)
        .filter(network=network, pk=pk)
        .select_related("room", "network")
        .annotate(
            mark=Subquery(mark.values("last_post_id")),
            first_id=Subquery(posts.order_by("pk")[:1]),
            newest_id=Subquery(posts.order_by("-pk")[:1]),
            hears=Exists(heard),
        )
        .first()
    )


def quote(found: Thread, pk: int) -> str:
    """A post of the thread as Markdown, to be answered in a reply: its first words, and the way
    to it. No name: whoever closes their account takes it with them. "" when there are no words."""
    post = Post.objects.filter(network=found.network_id, thread=found, pk=pk).first()
    if post is None or not post.text.strip():
        return ""
    way = reverse("thread", args=(found.network.slug, found.pk)) + f"?before={pk + 1}#post-{pk}"
    words = text.excerpt(post.text, QUOTED)
    return f"> {words}\n> [{_('This was said here')}]({way})"


def _places(within: Iterable[Room], person: Person) -> dict:
    pairs = [(room.network_id, room.pk) for room in within]
    return {
        "person": person.pk,
        "networks": list({network for network, _room in pairs}),
        "rooms": [room for _network, room in pairs],
    }


def _thread_row(*row: object) -> ThreadRow:
    pk, title, room, slug, network, starter, poster, *rest = row
    return ThreadRow(pk, title, room, slug, network, called(starter), called(poster), *rest)
