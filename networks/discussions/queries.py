"""What is said where, and what of it somebody has not read. Lists are read as tuples: a page of
talk is opened more often than any other, and its cost is Python's, not the database's."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, When
from django.urls import reverse
from django.utils.translation import gettext as _
from markupsafe import Markup

from members.people.models import Person
from networks.membership.queries import members
from networks.network.models import Network
from networks.preferences.models import Talk
from networks.preferences.queries import chose as chose_talk
from peernet.lib import text

from .models import Follow, Mute, Post, ReadMark, Room, RoomKind, Thread
from .rules import (
    MOST_NEW,
    NEWEST,
    POSTS_A_PAGE,
    POSTS_BEFORE_THE_NEW,
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
    say only in which network a trusted room has something new."""

    threads: list[ThreadRow]
    private: list[tuple[str, str]]


class PostRow(NamedTuple):
    id: int
    author_id: int | None
    name: str | None
    posted_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    html: str

    @property
    def author(self) -> str:
        return called(self.name)

    @property
    def body(self) -> Markup:
        """What was said, as safe HTML: peernet.lib.text made and cleaned it when it was written."""
        return Markup(self.html)  # noqa: S704 -- cleaned by nh3, in actions


class PostsPage(NamedTuple):
    """A part of a thread, oldest first. `new_from`: the post above which the line "new since your
    last visit" stands. `read_to`: how far opening this part moves the reader's mark."""

    posts: list[PostRow]
    earlier: bool
    later: bool
    new_from: int | None
    read_to: int | None


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
    """Whoever wants a mail for each new post in the thread, as of now. The one place that says so:
    those who follow it, those who chose each post of the network, and those who wrote in it and
    did not choose to hear of talk once a week; nobody who stopped mail about it, or about talk, or
    who muted it.
    """
    follows = Follow.objects.filter(network=thread.network_id, thread=thread)
    wrote = Post.objects.filter(network=thread.network_id, thread=thread).standing()
    chose = {talk: chose_talk(talk, thread.network_id).values("person") for talk in Talk}
    wants = Q(pk__in=follows.filter(on=True).values("person")) | Q(pk__in=chose[Talk.EACH])
    takes_part = Q(pk__in=wrote.values("author")) & ~Q(pk__in=chose[Talk.WEEKLY])
    return (
        readers(Network(pk=thread.network_id))
        .filter(wants | takes_part)
        .exclude(pk__in=chose[Talk.NOTHING])
        .exclude(pk__in=follows.filter(on=False).values("person"))
        .exclude(pk__in=deaf_to(thread))
    )


def deaf_to(thread: Thread) -> QuerySet:
    """The ids of the people who muted the thread, its room or all talk of its network."""
    mutes = Mute.objects.filter(
        Q(room=None) | Q(room__threads=thread.pk),
        Q(thread=None) | Q(thread=thread.pk),
        network=thread.network_id,
    )
    return mutes.values("person")


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


def posts_page(
    found: Thread, person: Person, *, after: int | None = None, before: int | None = None
) -> PostsPage:
    """A part of a thread that came from `thread`: behind or before a post, or else where the
    reader stopped; the end of it when they have read all."""
    rows = _posts_to_show(found, after, before)
    mark = found.mark or 0
    earlier = rows[0].id > found.first_id
    # Only what follows on from what was read is read now: a jump to the end leaves a gap unread.
    follows_on = not earlier or mark >= rows[0].id or (after is not None and mark >= after)
    fresh = (
        row.id
        for row in rows
        if row.id > mark and row.author_id != person.pk and not row.deleted_at
    )
    return PostsPage(
        posts=rows,
        earlier=earlier,
        later=rows[-1].id < found.newest_id,
        new_from=next(fresh, None) if found.mark is not None else None,
        read_to=rows[-1].id if follows_on and rows[-1].id > mark else None,
    )


def posts_after(found: Thread, pk: int) -> list[PostRow]:
    """The next posts behind one that the reader has on the screen."""
    return _rows(_posts(found).filter(pk__gt=pk).order_by("pk")[:POSTS_A_PAGE])


def quote(found: Thread, pk: int) -> str:
    """A post of the thread as Markdown, to be answered in a reply: its first words, and the way
    to it. No name: whoever closes their account takes it with them. "" when there are no words."""
    post = Post.objects.filter(network=found.network_id, thread=found, pk=pk).first()
    if post is None or not post.text.strip():
        return ""
    way = reverse("thread", args=(found.network.slug, found.pk)) + f"?before={pk + 1}#post-{pk}"
    words = text.excerpt(post.text, QUOTED)
    return f"> {words}\n> [{_('This was said here')}]({way})"


def _posts_to_show(found: Thread, after: int | None, before: int | None) -> list[PostRow]:
    posts = _posts(found)
    if found.posts_count <= POSTS_A_PAGE:
        return _rows(posts.order_by("pk"))
    if after is not None and (
        rows := _rows(posts.filter(pk__gt=after).order_by("pk")[:POSTS_A_PAGE])
    ):
        return rows
    if before is not None and (rows := _last(posts.filter(pk__lt=before))):
        return rows
    if found.mark is None:
        return _rows(posts.order_by("pk")[:POSTS_A_PAGE])
    if found.mark >= found.last_post_id:
        return _last(posts)
    known = posts.filter(pk__lte=found.mark).order_by("-pk")[:POSTS_BEFORE_THE_NEW]
    new = posts.filter(pk__gt=found.mark).order_by("pk")[: POSTS_A_PAGE - POSTS_BEFORE_THE_NEW]
    return _rows(known.union(new, all=True).order_by("pk"))


def _posts(found: Thread) -> QuerySet:
    name = Case(When(author__is_active=True, then="author__name"))  # None: the account is closed
    posts = Post.objects.filter(network_id=found.network_id, thread=found).annotate(name=name)
    return posts.values_list(
        "pk", "author_id", "name", "posted_at", "edited_at", "deleted_at", "html"
    )


def _rows(posts: QuerySet) -> list[PostRow]:
    return [PostRow(*row) for row in posts]


def _last(posts: QuerySet) -> list[PostRow]:
    return _rows(posts.order_by("-pk")[:POSTS_A_PAGE])[::-1]


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
