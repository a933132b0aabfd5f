"""The page of a thread, in two statements: the thread as its reader finds it, and the posts of one
part of it, as kept beside them. Read as tuples: no page is opened more often."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from markupsafe import Markup

from members.people.models import Person
from networks.charter.queries import owes
from networks.discussions.models import Post, Room, Thread
from networks.discussions.queries import HEARS, as_read, rooms_with_news
from networks.discussions.rules import (
    ARTICLE,
    ENTERS,
    ENTRY,
    POSTS_A_PAGE,
    POSTS_BEFORE_THE_NEW,
    VISIBLE,
    called,
)
from networks.files.queries import of_posts_in
from networks.network.models import Network
from networks.reading.queries import Muted
from peernet.lib import clock, words
from peernet.lib.rendered import Rendering, fill

AVATAR = Rendering("ui/people.html", "avatar")
DEEDS = Rendering("networks/discussions/_deeds.html", "deeds")
DESCRIBE = Rendering("networks/discussions/_deeds.html", "describe")
LAST = 2**62  # behind every post


class Opened(NamedTuple):
    """A thread as its reader finds it. `drafts`, `changed`: whether there are drafts of theirs for
    it, and lines about what was done to it."""

    thread: Thread  # with `mark`, `first_id`, `newest_id` and `hears`, as discussions gives it
    muted: Muted
    audience: int
    drafts: bool
    changed: bool
    owes: bool  # whether they are asked to accept house rules before they write


class Listed(NamedTuple):
    """What stands around a list of threads. `news`: rooms with something unread; `audience`: how
    many read the rooms that are for all, and of each room how many read that one; `drafts`: whether
    the reader has any in this network."""

    rooms: list[Room]
    news: set[int]
    muted: Muted
    audience: int
    drafts: bool
    owes: frozenset[int]  # in which rooms they are asked to accept house rules before they write


class Article(NamedTuple):
    """A post as its reader sees it."""

    id: int
    author_id: int | None
    deleted: bool
    html: Markup


class Part(NamedTuple):
    """A part of a thread, oldest first. `new_from`: the post above which the line "new since your
    last visit" stands. `read_to`: how far opening this part moves the reader's mark."""

    posts: list[Article]
    earlier: bool
    later: bool
    new_from: int | None
    read_to: int | None


# A room as pages show it.
PLACE = ("id", "name", "kind", "cohort_id", "cohorts_from", "all_from")
ROOM = ", ".join(f"room.{name}" for name in PLACE)
# The number of `networks.discussions.queries.readers`: nobody has two spells at once.
AUDIENCE = """(
    SELECT count(*) FROM networks_membership spell
    WHERE spell.network_id = %(network)s AND spell.since <= %(now)s
      AND (spell.until IS NULL OR spell.until > %(now)s)
      AND NOT EXISTS (SELECT FROM members_person gone
                      WHERE gone.id = spell.person_id AND NOT gone.is_active))"""
# The same of a cohort's own room.
INSIDE = """(
    SELECT count(*) FROM networks_cohortspell part
    JOIN networks_membership spell ON spell.network_id = %(network)s
         AND spell.person_id = part.person_id AND spell.until IS NULL
    JOIN members_person reader ON reader.id = part.person_id AND reader.is_active
    WHERE part.cohort_id = room.cohort_id AND part.until IS NULL)"""
READERS = f"CASE WHEN room.cohort_id IS NULL THEN {AUDIENCE} ELSE {INSIDE} END"
MUTED_PLACES = """ARRAY(  -- rooms; 0: all talk of the network
    SELECT coalesce(mute.room_id, 0) FROM networks_mute mute
    WHERE mute.network_id = %(network)s AND mute.person_id = %(person)s
      AND mute.thread_id IS NULL)"""

OPENED = f"""
SELECT thread.title, thread.author_id, thread.last_post_id, thread.last_post_at,
       thread.started_at, thread.closed_at, thread.pinned_at, thread.began_as, entry.reads_from,
       CASE WHEN thread.started_at >= entry.reads_from THEN thread.posts_count ELSE (
            SELECT count(*) FROM networks_post post WHERE post.network_id = thread.network_id
               AND post.thread_id = thread.id AND post.posted_at >= entry.reads_from) END,
       {ROOM},
       (SELECT last_post_id FROM networks_readmark mark WHERE mark.network_id = thread.network_id
               AND mark.thread_id = thread.id AND mark.person_id = %(person)s),
       (SELECT id FROM networks_post post WHERE post.network_id = thread.network_id
               AND post.thread_id = thread.id AND post.posted_at >= entry.reads_from
               ORDER BY id LIMIT 1),
       (SELECT id FROM networks_post post WHERE post.network_id = thread.network_id
               AND post.thread_id = thread.id ORDER BY id DESC LIMIT 1),
       {HEARS},
       {READERS}, {MUTED_PLACES},
       EXISTS (SELECT FROM networks_mute mute WHERE mute.network_id = thread.network_id
               AND mute.person_id = %(person)s AND mute.thread_id = thread.id),
       EXISTS (SELECT FROM networks_draft draft WHERE draft.person_id = %(person)s
               AND draft.thread_id = thread.id AND draft.gone_at IS NULL),
       EXISTS (SELECT FROM networks_threadchange change
               WHERE change.network_id = thread.network_id AND change.thread_id = thread.id),
       {owes("thread.network_id", "room.id", "%(person)s")}
FROM networks_thread thread JOIN networks_room room ON room.id = thread.room_id {ENTRY}
WHERE thread.network_id = %(network)s AND thread.id = %(thread)s AND {VISIBLE}
"""  # noqa: S608 -- HEARS and VISIBLE are our own


def opened(network: Network, person: Person, pk: int) -> Opened | None:
    """The thread, if the person may read it; one statement."""
    ask = {"network": network.pk, "thread": pk, "person": person.pk, "now": clock.now()}
    with connection.cursor() as cursor:
        cursor.execute(OPENED, ask)
        row = cursor.fetchone()
    return _opened(network, pk, *row) if row else None


def _opened(network: Network, pk: int, *row: Any) -> Opened:
    (title, author, last, last_at, started, closed, pinned, began_as, reads_from, count,
     *rest) = row  # fmt: skip
    (mark, first, newest, hears, audience, rooms, mute, drafts, changed, owed) = rest[len(PLACE) :]
    room = _room(network, reads_from, *rest[: len(PLACE)])
    thread = Thread(
        pk=pk, network=network, room=room, title=title, author_id=author, posts_count=count,
        last_post_id=last, last_post_at=last_at, started_at=started, closed_at=closed,
        pinned_at=pinned, began_as=began_as,
    )  # fmt: skip
    thread.mark, thread.first_id, thread.newest_id, thread.hears = mark, first, newest, hears
    thread.reads_from = reads_from
    muted = Muted(0 in rooms, frozenset(rooms) - {0}, frozenset({pk} if mute else ()))
    return Opened(as_read(thread), muted, audience, drafts, changed, owed)


def _room(network: Network, reads_from: datetime, *row: Any, audience: int = 0) -> Room:
    room = Room(network=network, **dict(zip(PLACE, row, strict=True)))
    room.reads_from, room.audience = reads_from, audience
    return room


LISTED = f"""
SELECT {ROOM}, entry.reads_from, {READERS}, {AUDIENCE}, {MUTED_PLACES},
       EXISTS (SELECT FROM networks_draft draft WHERE draft.person_id = %(person)s
               AND draft.network_id = %(network)s AND draft.gone_at IS NULL),
       {owes("room.network_id", "room.id", "%(person)s")}
FROM networks_room room {ENTRY}
WHERE room.network_id = %(network)s AND {ENTERS}
ORDER BY room.id
"""  # noqa: S608 -- AUDIENCE and MUTED_PLACES are our own


def listed(network: Network, person: Person, *, news: bool = True) -> Listed:
    """What stands around a list of threads of the network; a second statement where there are
    several rooms, for their news."""
    with connection.cursor() as cursor:
        cursor.execute(LISTED, {"network": network.pk, "person": person.pk, "now": clock.now()})
        rows = cursor.fetchall()
    many = len(PLACE)
    rooms = [_room(network, row[many], *row[:many], audience=row[many + 1]) for row in rows]
    audience, muted, drafts = rows[0][many + 2 : -1] if rows else (0, [], False)
    owing = frozenset(row[0] for row in rows if row[-1])
    places = Muted(0 in muted, frozenset(muted) - {0}, frozenset())
    new = rooms_with_news(rooms, person) if news and len(rooms) > 1 else set()
    return Listed(rooms, new, places, audience, drafts, owing)


# Some posts up to a point and some behind it. What is kept is read where it looks as it should,
# else what it is made of.
POSTS = """
SELECT post.id, post.author_id, CASE WHEN writer.is_active THEN writer.name END, post.posted_at,
       post.edited_at, post.deleted_at,
       CASE WHEN post.look = %(look)s AND post.article <> '' THEN post.article END,
       CASE WHEN post.look <> %(look)s OR post.article = '' THEN post.html END
FROM (
    (SELECT * FROM networks_post WHERE network_id = %(network)s AND thread_id = %(thread)s
        AND posted_at >= %(from)s AND id <= %(point)s ORDER BY id DESC LIMIT %(up_to)s)
    UNION ALL
    (SELECT * FROM networks_post WHERE network_id = %(network)s AND thread_id = %(thread)s
        AND posted_at >= %(from)s AND id > %(point)s ORDER BY id LIMIT %(behind)s)
) post
LEFT JOIN members_person writer ON writer.id = post.author_id
ORDER BY post.id
"""


class Row(NamedTuple):
    """A post and its writer; `kept` is None where it looks otherwise by now."""

    id: int
    author_id: int | None
    name: str | None  # None: the account is closed
    posted_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    kept: str | None
    html: str | None


def part(
    found: Thread, person: Person, page: str, *, after: int | None = None, before: int | None = None
) -> Part:
    """A part of a thread that came from `opened`: behind or before a post, or else where the
    reader stopped; the end of it when they have read all. `page`: the thread's address."""
    rows = _rows_to_show(found, after, before)
    mark = found.mark or 0
    earlier = rows[0].id > found.first_id
    # Only what follows on from what was read is read now: a jump to the end leaves a gap unread.
    follows_on = not earlier or mark >= rows[0].id or (after is not None and mark >= after)
    fresh = (
        row.id
        for row in rows
        if row.id > mark and row.author_id != person.pk and not row.deleted_at
    )
    return Part(
        posts=_articles(found, rows, person, page),
        earlier=earlier,
        later=rows[-1].id < found.newest_id,
        new_from=next(fresh, None) if found.mark is not None else None,
        read_to=rows[-1].id if follows_on and rows[-1].id > mark else None,
    )


def behind(
    found: Thread, person: Person, page: str, *, pk: int, fresh: int | None = None
) -> list[Article]:
    """The next posts behind one that the reader has on the screen. `fresh`: the one that gets the
    focus, because they have just written it."""
    rows = _rows(found, pk, 0, POSTS_A_PAGE)
    return _articles(found, rows, person, page, fresh)


def _rows_to_show(found: Thread, after: int | None, before: int | None) -> list[Row]:
    if found.posts_count <= POSTS_A_PAGE:
        return _rows(found, 0, 0, POSTS_A_PAGE)
    if after is not None and (rows := _rows(found, after, 0, POSTS_A_PAGE)):
        return rows
    if before is not None and (rows := _rows(found, before - 1, POSTS_A_PAGE, 0)):
        return rows
    if found.mark is None:
        return _rows(found, 0, 0, POSTS_A_PAGE)
    if found.mark >= found.last_post_id:
        return _rows(found, LAST, POSTS_A_PAGE, 0)
    known = POSTS_BEFORE_THE_NEW
    return _rows(found, found.mark, known, POSTS_A_PAGE - known)


def _rows(found: Thread, point: int, up_to: int, behind: int) -> list[Row]:
    ask = {"network": found.network_id, "thread": found.pk, "look": ARTICLE.look}
    ask["from"] = found.reads_from
    with connection.cursor() as cursor:
        cursor.execute(POSTS, ask | {"point": point, "up_to": up_to, "behind": behind})
        return [Row(*row) for row in cursor]


# --- What depends on the reader ------------------------------------------------------------------


class Own(dict[str, str]):
    """What fills the holes of the reader's own post; it asks them what their pictures show."""

    def __init__(self, page: str, post: int, values: Mapping[str, str]) -> None:
        super().__init__(values)
        self.page, self.post = page, post

    def __missing__(self, hole: str) -> Markup:
        _describe, picture, name = hole.split(" ", 2)
        return DESCRIBE.plain(self.page, self.post, picture, name)


class Others(dict[str, str]):
    """What fills the holes of somebody else's post: there is nothing more to ask."""

    def __missing__(self, hole: str) -> str:
        return ""


def _articles(
    found: Thread, rows: list[Row], person: Person, page: str, fresh: int | None = None
) -> list[Article]:
    made = _made_now(found.network_id, [row for row in rows if row.kept is None])
    deeds = {mine: DEEDS.made(mine, not found.closed_at, page) for mine in (True, False)}
    avatars: dict[str, Markup] = {}
    articles = []
    for row, ago in zip(rows, words.ages(row.posted_at for row in rows), strict=True):
        mine = row.author_id == person.pk
        name = called(row.name)
        values = {
            "id": str(row.id),
            "next": str(row.id + 1),
            "here": f"{page}?before={row.id + 1}#post-{row.id}",
            "mine": " mine" if mine else "",
            "focus": "autofocus" if row.id == fresh else "",
            "name": name,
            "avatar": avatars.get(name) or avatars.setdefault(name, AVATAR.plain(name)),
            "ago": ago,
        }
        values["deeds"] = fill(deeds[mine], values)
        holes = Own(page, row.id, values) if mine else Others(values)
        html = fill(row.kept if row.kept is not None else made[row.id], holes)
        articles.append(Article(row.id, row.author_id, row.deleted_at is not None, html))
    return articles


def _made_now(network: int, rows: Iterable[Row]) -> dict[int, str]:
    """What was not kept as it should look by now, made for this page; no page keeps it."""
    posts = [
        Post(pk=row.id, html=row.html, posted_at=row.posted_at, edited_at=row.edited_at,
             deleted_at=row.deleted_at)
        for row in rows
    ]  # fmt: skip
    files = of_posts_in([network], [post.pk for post in posts]) if posts else {}
    return {post.pk: ARTICLE.made(post, files.get(post.pk, ())) for post in posts}
