"""What was said where the reader may read it. Only what everybody who comes later may read has
words to be found by: nothing of trusted rooms, nor of those whose words are for who was there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.urls import reverse
from markupsafe import Markup

from members.people.models import Person
from networks.discussions.rules import ENTRY, WORDS, called, subject
from networks.membership.queries import readable_by
from networks.network.models import Network
from peernet.lib import clock
from peernet.lib.text import BEGIN, END, marked

from .rules import MOST, NEWEST, PAGE, YEAR


class Hit(NamedTuple):
    """A thread in which the words were found: in its title or in `posts` of its posts; `post` is
    the one that fits best, and what is shown of it."""

    thread: int
    post: int
    slug: str
    network: str
    title: str
    author: str
    at: datetime
    words: Markup
    posts: int

    @property
    def url(self) -> str:
        """To the post itself."""
        page = reverse("thread", args=(self.slug, self.thread))
        return f"{page}?before={self.post + 1}#post-{self.post}"


@dataclass(frozen=True)
class Found:
    """A page of hits, how many threads there are, and whether only the newest posts were looked
    at because there were too many."""

    hits: list[Hit]
    threads: int = 0
    capped: bool = False
    more: bool = False


# Written out each time, not joined: so PostgreSQL knows how common the words are when it plans.
WANTED = "websearch_to_tsquery(%(config)s, %(text)s)"
COUNT = f"""SELECT count(*) FROM (
    SELECT FROM networks_postwords
    WHERE network_id = ANY(%(networks)s) AND words @@ {WANTED} LIMIT %(most)s + 1) AS found"""  # noqa: S608 -- constants only
ALL_HITS = f"""SELECT post_id, ts_rank(words, {WANTED}, 1) AS rank
    FROM networks_postwords WHERE network_id = ANY(%(networks)s) AND words @@ {WANTED}"""  # noqa: S608 -- constants only
# Each network's newest by its own index: what very many posts say is soon met with.
NEWEST_HITS = f"""SELECT found.post_id, ts_rank(found.words, {WANTED}, 1) AS rank
    FROM unnest(%(networks)s::bigint[]) AS place (id)
    CROSS JOIN LATERAL (
        SELECT post_id, words FROM networks_postwords
        WHERE network_id = place.id AND words @@ {WANTED}
        ORDER BY post_id DESC LIMIT %(newest)s) AS found
    ORDER BY found.post_id DESC LIMIT %(newest)s"""  # noqa: S608 -- constants only
SHOWN = """
WITH hit AS MATERIALIZED ({hits}
), weighed AS MATERIALIZED (
    SELECT post.id, post.thread_id, post.posted_at,
        count(*) OVER (PARTITION BY post.thread_id) AS posts,
        row_number() OVER (PARTITION BY post.thread_id ORDER BY weight.of DESC, post.id DESC)
            AS place, weight.of AS weight
    FROM hit
    JOIN networks_post AS post ON post.id = hit.post_id AND post.deleted_at IS NULL
    CROSS JOIN LATERAL (SELECT hit.rank / (1 + greatest(0, extract(
        epoch FROM %(now)s - post.posted_at)) / %(year)s) AS of) AS weight
), best AS MATERIALIZED (
    SELECT weighed.* FROM weighed
    JOIN networks_thread AS thread ON thread.id = weighed.thread_id
    JOIN networks_room AS room ON room.id = thread.room_id AND room.kind = 'open'
        AND room.cohort_id IS NULL AND weighed.posted_at >= room.all_from
    WHERE place = 1
), page AS (
    SELECT *, count(*) OVER () AS threads FROM best
    ORDER BY weight DESC, id DESC LIMIT %(page)s OFFSET %(from)s
)
SELECT page.thread_id, page.id, network.slug, network.name, thread.title, thread.started_at,
    entry.reads_from, author.name,
    post.posted_at, ts_headline(%(config)s, post.text, {wanted}, %(shown)s), page.posts,
    page.threads
FROM page
JOIN networks_post AS post ON post.id = page.id
JOIN networks_thread AS thread ON thread.id = page.thread_id
JOIN networks_room AS room ON room.id = thread.room_id {entry}
JOIN networks_network AS network ON network.id = post.network_id
LEFT JOIN members_person AS author ON author.id = post.author_id
ORDER BY page.weight DESC, page.id DESC"""


def search(person: Person, text: str, *, network: Network | None = None, page: int = 0) -> Found:
    """Threads in which all words of the text were said, in the person's networks or in one of
    them, best first: by how well they fit, and newer ones before older ones. `page` from 0.

    Three statements. Understands "these words", or, -without.
    """
    places = readable_by(person).order_by()
    if network:
        places = places.filter(pk=network.pk)
    rows = {
        "networks": list(places.values_list("pk", flat=True)), "config": WORDS, "text": text,
        "most": MOST, "newest": NEWEST, "now": clock.now(), "year": YEAR, "person": person.pk,
        "page": PAGE, "from": page * PAGE,
        "shown": f"StartSel={BEGIN}, StopSel={END}, MaxFragments=2, MaxWords=35, MinWords=15, "
                 'FragmentDelimiter=" … "',
    }  # fmt: skip
    [(number,)] = _rows(COUNT, rows)
    capped = number > MOST
    found = _rows(_shown(NEWEST_HITS if capped else ALL_HITS), rows)
    threads = found[0][-1] if found else 0
    hits = [_hit(*row[:-1]) for row in found]
    return Found(hits, threads, capped, more=(page + 1) * PAGE < threads)


def _shown(hits: str) -> str:
    return SHOWN.replace("{hits}", hits).replace("{wanted}", WANTED).replace("{entry}", ENTRY)


def _rows(sql: str, values: dict[str, Any]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def _hit(
    thread: int, post: int, slug: str, network: str, title: str, started: datetime,
    reads_from: datetime, author: str | None, at: datetime, words: str, posts: int,
) -> Hit:  # fmt: skip
    title = subject(title, started, reads_from)
    return Hit(thread, post, slug, network, title, called(author), at, marked(words), posts)
