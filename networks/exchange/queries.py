"""What is asked for and offered in a network."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from members.organisations.models import Organisation
from members.people.models import Person
from networks.discussions.models import Post, PostWords
from networks.discussions.rules import WORDS, called
from networks.membership.queries import members
from networks.network.models import Network
from networks.seats.models import Holding
from peernet.lib import text

from .models import Entry, EntryTag, Kind, Topic
from .rules import (
    ALIKE,
    COMMON,
    ENTRIES_A_PAGE,
    LOOKED_THROUGH,
    MET,
    MONTHS,
    MOST_HELPERS,
    MOST_SUGGESTED,
    ON_THE_FRONT_PAGE,
    RECENT,
    STANDING,
    SUGGESTED_TAGS,
    terms,
)

SHOWN = ("standing", "met", "over", "mine")


def visible_to(person: Person, network: Network) -> QuerySet[Entry]:
    """The network's asks and offers that the person may read, each with its first `words`."""
    first = Post.objects.filter(network=OuterRef("network"), thread=OuterRef("thread"))
    rows = Entry.objects.visible_to(person).filter(network=network)
    return rows.told().annotate(
        words=Subquery(first.order_by("pk").values("text")[:1]),
        first_id=Subquery(first.order_by("pk").values("pk")[:1]),
    )


def picked(
    rows: QuerySet[Entry], person: Person, *, show: str = "standing", kind: str = "",
    about: str = "", tag: str = "", words: str = "",
) -> QuerySet[Entry]:  # fmt: skip
    """Those of `rows` that fit all that was asked for; "" asks for nothing. `show`: one of SHOWN.
    `words` are found in titles and in whatever was said about them, or among the tags."""
    if show == "mine":
        rows = rows.filter(by=person)
    elif show == "met":
        rows = rows.filter(state=MET)
    elif show == "over":
        rows = rows.exclude(state=MET).exclude(pk__in=Entry.objects.standing().values("pk"))
    else:
        rows = rows.standing()
    fields = {name: value for name, value in (("kind", kind), ("about", about)) if value}
    rows = rows.filter(**fields)
    if tag:
        rows = rows.filter(Exists(_tagged(tag)))
    return rows.filter(_says(words)) if words else rows


def _tagged(word: str) -> QuerySet[EntryTag]:
    return EntryTag.objects.filter(network=OuterRef("network"), entry=OuterRef("pk"), word=word)


def _says(asked: str) -> Q:
    wanted = SearchQuery(asked, config=WORDS, search_type="websearch")
    said = PostWords.objects.filter(
        network=OuterRef("network"), post__thread=OuterRef("thread"), words=wanted
    )
    return Q(Exists(said)) | Q(Exists(_tagged(asked.lower())))


def page(rows: QuerySet[Entry], before: int | None) -> tuple[list[Entry], int | None]:
    """ENTRIES_A_PAGE of the rows, newest first, from before the number `before`, each with the
    beginning of its words as `line`; and the number to go on from, if there are more."""
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: ENTRIES_A_PAGE + 1])
    more = len(found) > ENTRIES_A_PAGE
    for row in found:
        row.line = text.excerpt(row.words or "")
    return found[:ENTRIES_A_PAGE], found[ENTRIES_A_PAGE - 1].pk if more else None


def newest(network: Network, person: Person) -> list[Entry]:
    """The few newest that still stand, for the network's front page."""
    rows = Entry.objects.visible_to(person).filter(network=network).standing()
    return list(
        rows.select_related("thread", "by", "organisation").order_by("-pk")[:ON_THE_FRONT_PAGE]
    )


def tags_used(network: Network, person: Person) -> list[str]:
    """The tags that the network's newest asks and offers bear most often: something to begin with
    for whoever writes one. Of those that the person may read."""
    known = Entry.objects.visible_to(person).filter(network=network, state__in=STANDING)
    lately = known.order_by("-pk").values("pk")[:RECENT]
    words = EntryTag.objects.filter(network=network, entry__in=lately).order_by()
    often = words.values("word").annotate(n=Count("pk")).order_by("-n", "word")
    return [row["word"] for row in often[:SUGGESTED_TAGS]]


def organisations(
    network: Network, person: Person, *, also: Organisation | None = None
) -> list[Organisation]:
    """The organisations for which the person may ask or offer: those they belong to now, and the
    one whose seat they hold here; `also` the one that it stands for already."""
    seat = Holding.objects.filter(seat__network=network, person=person).current()
    mine = Q(affiliations__person=person, affiliations__until=None)
    held = Q(pk__in=seat.values("seat__organisation"))
    named = Q(pk=also.pk) if also else Q(pk__in=[])
    return list(Organisation.objects.filter(mine | held | named).distinct())


def helpers(entry: Entry) -> list[Person]:
    """Who may have met it: members who wrote in its thread, those who wrote last first."""
    posts = Post.objects.filter(network=entry.network_id, thread=entry.thread_id).standing()
    last = posts.filter(author=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    wrote = members(entry.network).filter(pk__in=posts.values("author")).exclude(pk=entry.by_id)
    return list(wrote.annotate(last=Subquery(last)).order_by("-last")[:MOST_HELPERS])


def met_by(entry: Entry) -> str:
    """The name of who met it, if they agreed to be named."""
    return (
        entry.met_by.shown_name if entry.named and entry.met_by and entry.met_by.is_active else ""
    )


def poster(entry: Entry) -> str:
    return called(entry.by.name if entry.by.is_active else None)


Row = tuple[str, str, str, str, str, str, str, str, str, date, date]


def table(rows: QuerySet[Entry], zone: str) -> Iterator[Row]:
    """A row for a spreadsheet for each of them, newest first; days in the IANA zone."""
    here = ZoneInfo(zone)
    for one in rows.order_by("-pk").iterator(chunk_size=500):
        yield (
            one.get_kind_display(),
            one.thread.title,
            one.get_about_display(),
            ", ".join(tag.word for tag in one.tags.all()),
            poster(one),
            one.organisation.name if one.organisation else "",
            one.get_state_display(),
            one.came,
            met_by(one),
            one.made_at.astimezone(here).date(),
            (one.ended_at or one.expires_at).astimezone(here).date(),
        )


class Month(NamedTuple):
    """How many were put up in a month of the network's own calendar, and how many were met."""

    of: date
    asks: int
    offers: int
    met: int


# What was moved to a trusted room is in no figure.
BY_MONTH = """
SELECT month::date, count(*) FILTER (WHERE kind = 'ask' AND put_up = month),
    count(*) FILTER (WHERE kind = 'offer' AND put_up = month), count(*) FILTER (WHERE met = month)
FROM (
    SELECT entry.kind, date_trunc('month', entry.made_at AT TIME ZONE %(zone)s) AS put_up,
        CASE WHEN entry.state = 'met'
             THEN date_trunc('month', entry.ended_at AT TIME ZONE %(zone)s) END AS met
    FROM networks_entry entry
    JOIN networks_thread thread ON thread.id = entry.thread_id
    JOIN networks_room room ON room.id = thread.room_id AND room.kind = 'open'
    WHERE entry.network_id = %(network)s AND thread.last_post_id IS NOT NULL
) entry, LATERAL (SELECT DISTINCT unnest(ARRAY[put_up, met])) AS months (month)
WHERE month IS NOT NULL GROUP BY month ORDER BY month DESC LIMIT %(months)s
"""


def by_month(network: Network) -> list[Month]:
    """The last MONTHS months in which something was put up or met, the newest first; exact, for
    those who may read the rows."""
    ask = {"network": network.pk, "zone": network.zone, "months": MONTHS}
    with connection.cursor() as cursor:
        cursor.execute(BY_MONTH, ask)
        return [Month(*row) for row in cursor]


def standing(network: Network) -> int:
    """How many can be answered now."""
    return Entry.objects.filter(network=network, thread__room__kind="open").standing().count()


# --- What fits ---------------------------------------------------------------------------------


class Fit(NamedTuple):
    """What may help whoever put something up, where it is, and why we think so."""

    title: str
    url: str
    note: str
    why: str
    entry: int | None  # its number; None for a person
    made_at: datetime


# Of the newest that stand, no more than a few are compared, so the cost is flat. What counts is a
# tag that both bear (or nearly), and a word of one's title or tags that the other says anywhere.
FITS = """
WITH near AS MATERIALIZED ({near}
), tag AS (SELECT word FROM networks_entrytag WHERE entry_id = %(entry)s
), entry AS (
    SELECT entry.thread_id, entry.about, said.words,
        tsvector_to_array(ts_filter(said.words, '{{a}}'))
        || ARRAY(SELECT unnest(tsvector_to_array(to_tsvector(%(config)s::regconfig, tag.word)))
                 FROM networks_entrytag tag WHERE tag.entry_id = entry.thread_id) AS key
    FROM networks_entry entry
    JOIN LATERAL (SELECT id FROM networks_post post WHERE post.network_id = entry.network_id
        AND post.thread_id = entry.thread_id ORDER BY id LIMIT 1) root ON true
    JOIN networks_postwords said ON said.post_id = root.id
    WHERE entry.thread_id = %(entry)s OR entry.thread_id IN (SELECT * FROM near)
), mine AS (SELECT * FROM entry WHERE thread_id = %(entry)s
), compared AS (
    SELECT entry.thread_id, (entry.about = mine.about)::int AS same,
        ARRAY(SELECT DISTINCT theirs.word FROM networks_entrytag theirs JOIN tag
              ON theirs.word = tag.word OR similarity(theirs.word, tag.word) >= %(alike)s
              WHERE theirs.entry_id = entry.thread_id ORDER BY theirs.word) AS tags,
        ARRAY((SELECT unnest(mine.key) INTERSECT SELECT unnest(tsvector_to_array(entry.words))
               UNION SELECT unnest(entry.key)
               INTERSECT SELECT unnest(tsvector_to_array(mine.words)))
              EXCEPT SELECT unnest(%(common)s::text[])) AS words
    FROM entry, mine WHERE entry.thread_id <> mine.thread_id
)
SELECT thread_id, tags, words FROM compared WHERE tags <> '{{}}' OR words <> '{{}}'
ORDER BY 3 * cardinality(tags) + cardinality(words) + same DESC, thread_id DESC LIMIT %(most)s
"""
# The words as they stand there, for the reason: from their stems.
AS_SAID = """
SELECT ts_headline(%s::regconfig, %s, (SELECT string_agg(quote_literal(one), ' | ')
    FROM unnest(%s::text[]) one)::tsquery, %s)
"""
ASKED_ABOUT = """
SELECT topic.id, topic.word FROM unnest(%(terms)s::text[]) WITH ORDINALITY AS term (word, place)
CROSS JOIN LATERAL (
    SELECT topic.id, topic.word FROM networks_topic topic
    WHERE topic.network_id = %(network)s AND topic.word %% term.word
      AND topic.person_id <> %(by)s AND similarity(topic.word, term.word) >= %(alike)s
    ORDER BY similarity(topic.word, term.word) DESC, topic.id DESC LIMIT %(most)s) topic
ORDER BY term.place LIMIT 50
"""


def fits(entry: Entry, person: Person) -> list[Fit]:
    """At most three offers that may meet an ask, or asks that an offer may meet, each with the
    reason; for an ask also people who said that one can ask them about it. All that the person
    may read, in this network's open rooms. A fixed number of statements."""
    if not entry.stands:
        return []
    found = [*_entries_that_fit(entry, person)]
    if entry.kind == Kind.ASK and len(found) < MOST_SUGGESTED:
        found += _people_who_know(entry)
    return found[:MOST_SUGGESTED]


def _entries_that_fit(entry: Entry, person: Person) -> Iterator[Fit]:
    others = Entry.objects.visible_to(person).standing().filter(network=entry.network_id)
    others = others.exclude(by=entry.by_id).exclude(kind=entry.kind).order_by("-pk").values("pk")
    near, params = others[:LOOKED_THROUGH].query.sql_with_params()
    named = {f"near_{at}": value for at, value in enumerate(params)}
    sql = FITS.format(near=near % tuple(f"%({name})s" for name in named))
    ask = named | {"entry": entry.pk, "config": WORDS, "alike": ALIKE, "common": COMMON.split()}
    with connection.cursor() as cursor:
        cursor.execute(sql, ask | {"most": MOST_SUGGESTED})
        chosen = {pk: (tags, words) for pk, tags, words in cursor}
    rows = visible_to(person, entry.network).in_bulk(list(chosen)) if chosen else {}
    for pk, (tags, words) in chosen.items():
        if row := rows.get(pk):
            yield _fit(row, tags, [] if tags else _as_said(row, words))


def _fit(row: Entry, tags: list[str], words: list[str]) -> Fit:
    named = {"name": poster(row), "what": ", ".join((tags or words)[:3])}
    if tags:
        why = _("also tagged “%(what)s”") % named
    elif row.kind == Kind.OFFER:
        why = _("%(name)s offers: %(what)s") % named
    else:
        why = _("%(name)s asks for: %(what)s") % named
    note = " · ".join(filter(None, [row.get_kind_display(), poster(row)]))
    url = reverse("entry", args=(row.network.slug, row.pk))
    return Fit(row.thread.title, url, note, why, row.pk, row.made_at)


def _as_said(row: Entry, stems: list[str]) -> list[str]:
    said = f"{row.thread.title} {row.words or ''}"
    marks = f"StartSel={text.BEGIN}, StopSel={text.END}, HighlightAll=true"
    with connection.cursor() as cursor:
        cursor.execute(AS_SAID, [WORDS, said, stems, marks])
        (shown,) = cursor.fetchone()
    marked = re.findall(f"{text.BEGIN}(.*?){text.END}", shown)
    return list(dict.fromkeys(word.lower() for word in marked))


def _people_who_know(entry: Entry) -> Iterator[Fit]:
    tags = [tag.word for tag in entry.tags.all()]
    ask = {"terms": terms(entry.thread.title, tags), "network": entry.network_id}
    with connection.cursor() as cursor:
        cursor.execute(ASKED_ABOUT, ask | {"by": entry.by_id, "alike": ALIKE, "most": 10})
        alike = [pk for pk, _word in cursor]
    here = Topic.objects.standing().select_related("person").in_bulk(alike)
    people: dict[int, Topic] = {}
    for pk in alike:
        if pk in here:
            people.setdefault(here[pk].person_id, here[pk])
    for topic in [*people.values()][:MOST_SUGGESTED]:
        url = reverse("person", args=(entry.network.slug, topic.person_id))
        why = _("says: ask me about “%(topic)s”") % {"topic": topic.word}
        yield Fit(topic.person.shown_name, url, "", why, None, entry.made_at)


# --- What people can be asked about --------------------------------------------------------------


def topics_of(network: Network, person: Person) -> list[str]:
    """What the person is glad to be asked about in the network."""
    rows = Topic.objects.filter(network=network, person=person)
    return list(rows.values_list("word", flat=True))


def topics(network: Network, people: Iterable[int]) -> dict[int, list[str]]:
    """The same of many at once, by their ids; one query."""
    found: dict[int, list[str]] = {}
    rows = Topic.objects.filter(network=network, person__in=list(people))
    for person, word in rows.values_list("person", "word"):
        found.setdefault(person, []).append(word)
    return found
