"""Who could help with this? Of what somebody asks or offers, put up already or only being written:
which offers or asks of others fit, who says that one can ask them, and who met the like before."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from members.people.models import Person
from networks.discussions.rules import WORDS
from networks.membership.models import Pause
from networks.membership.queries import members
from networks.network.models import Network
from networks.preferences.models import Preference
from peernet.lib import clock, text

from .models import Entry, Kind, Outcome, State, Topic
from .rules import ALIKE, COMMON, LOOKED_THROUGH, MOST_SUGGESTED, terms


class Fit(NamedTuple):
    """What may help whoever puts something up, where it is, and why we think so."""

    title: str
    url: str
    note: str
    why: str
    entry: int | None  # its number; None for a person
    made_at: datetime


@dataclass(frozen=True)
class Need:
    """What somebody asks or offers: as it stands, or as it is being written."""

    network: Network
    by: Person
    kind: str
    title: str
    words: str
    about: str
    tags: Sequence[str]


def let_be(network: Network) -> Q:
    """The condition on a person of not being suggested: they take a break, or would rather not."""
    away = Pause.objects.filter(network=network).on(clock.today(network.zone))
    shy = Preference.objects.filter(network=network, suggest=False)
    return Q(pk__in=away.values("person")) | Q(pk__in=shy.values("person"))


def willing(network: Network) -> QuerySet[Person]:
    """Those in the network whom we may name to somebody who looks for help."""
    return members(network).exclude(let_be(network)).order_by()


# Of the newest no more than a few are compared, so the cost is flat. What counts is a tag that both
# bear (or nearly), and a word of one's title or tags that the other says anywhere.
COMPARE = """
WITH near AS MATERIALIZED ({near}
), mine AS MATERIALIZED (
    SELECT to_tsvector(%(config)s::regconfig, %(key)s) AS key,
           to_tsvector(%(config)s::regconfig, %(said)s) AS words
), entry AS (
    SELECT entry.thread_id, entry.about, said.words,
        tsvector_to_array(ts_filter(said.words, '{{a}}'))
        || ARRAY(SELECT unnest(tsvector_to_array(to_tsvector(%(config)s::regconfig, tag.word)))
                 FROM networks_entrytag tag WHERE tag.entry_id = entry.thread_id) AS key
    FROM networks_entry entry
    JOIN LATERAL (SELECT id FROM networks_post post WHERE post.network_id = entry.network_id
        AND post.thread_id = entry.thread_id ORDER BY id LIMIT 1) root ON true
    JOIN networks_postwords said ON said.post_id = root.id
    WHERE entry.thread_id IN (SELECT * FROM near)
), compared AS (
    SELECT entry.thread_id, (entry.about = %(about)s)::int AS same,
        ARRAY(SELECT DISTINCT theirs.word FROM networks_entrytag theirs
              JOIN unnest(%(tags)s::text[]) AS tag (word)
              ON theirs.word = tag.word OR similarity(theirs.word, tag.word) >= %(alike)s
              WHERE theirs.entry_id = entry.thread_id ORDER BY theirs.word) AS tags,
        ARRAY((SELECT unnest(tsvector_to_array(mine.key))
               INTERSECT SELECT unnest(tsvector_to_array(entry.words))
               UNION SELECT unnest(entry.key)
               INTERSECT SELECT unnest(tsvector_to_array(mine.words)))
              EXCEPT SELECT unnest(%(common)s::text[])) AS words
    FROM entry, mine
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


def compared(
    need: Need, among: QuerySet[Entry], most: int = MOST_SUGGESTED
) -> dict[int, tuple[list[str], list[str]]]:
    """Of the newest of `among`, those most like the need: number -> its tags, and its words (as
    stems), that they share. One statement."""
    near, params = among.order_by("-pk").values("pk")[:LOOKED_THROUGH].query.sql_with_params()
    named = {f"near_{at}": value for at, value in enumerate(params)}
    sql = COMPARE.format(near=near % tuple(f"%({name})s" for name in named))
    key = " ".join([need.title, *need.tags])
    ask = named | {
        "config": WORDS, "alike": ALIKE, "common": COMMON.split(), "about": need.about,
        "tags": list(need.tags), "key": key, "said": f"{key} {need.words}", "most": most,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(sql, ask)
        return {pk: (tags, words) for pk, tags, words in cursor}


def entries(need: Need, among: QuerySet[Entry]) -> dict[int, tuple[list[str], list[str]]]:
    """Offers that may meet an ask, or asks that an offer may meet, by people whom we may name."""
    others = among.standing().exclude(by=need.by).exclude(kind=need.kind)
    return compared(need, others.filter(by__in=willing(need.network).values("pk")))


def as_said(title: str, words: str, stems: list[str]) -> list[str]:
    """The stems' own words, as the title and the words have them."""
    marks = f"StartSel={text.BEGIN}, StopSel={text.END}, HighlightAll=true"
    with connection.cursor() as cursor:
        cursor.execute(AS_SAID, [WORDS, f"{title} {words}", stems, marks])
        (shown,) = cursor.fetchone()
    marked = re.findall(f"{text.BEGIN}(.*?){text.END}", shown)
    return list(dict.fromkeys(word.lower() for word in marked))


def people(need: Need, readable: QuerySet[Entry]) -> list[Fit]:
    """For an ask: who says that one can ask them about it, then who met such an ask before and is
    named for it, or gave what they offered. `readable`: what the asker may read."""
    found: dict[int, Fit] = {}
    for fit_of, fit in [*_who_know(need), *_who_did(need, readable)]:
        found.setdefault(fit_of, fit)
    return list(found.values())[:MOST_SUGGESTED]


def _who_know(need: Need) -> Iterator[tuple[int, Fit]]:
    ask = {"terms": terms(need.title, need.tags), "network": need.network.pk, "by": need.by.pk}
    with connection.cursor() as cursor:
        cursor.execute(ASKED_ABOUT, ask | {"alike": ALIKE, "most": 10})
        alike = [pk for pk, _word in cursor]
    here = Topic.objects.filter(person__in=willing(need.network).values("pk"))
    here = here.select_related("person").in_bulk(alike)
    for topic in (here[pk] for pk in alike if pk in here):
        why = _("says: ask me about “%(topic)s”") % {"topic": topic.word}
        yield topic.person_id, _person(need, topic.person, why)


def _who_did(need: Need, readable: QuerySet[Entry]) -> Iterator[tuple[int, Fit]]:
    """A helper only who agreed to be named; whoever offered stands beside the offer anyway."""
    here = willing(need.network).exclude(pk=need.by.pk).values("pk")
    helped = Q(kind=Kind.ASK, outcome=Outcome.MET_HERE, named=True, met_by__in=here)
    gave = Q(kind=Kind.OFFER, state=State.MET, by__in=here)
    alike = compared(need, readable.filter(helped | gave))
    rows = readable.select_related("thread", "by", "met_by").in_bulk(list(alike)) if alike else {}
    for row in (rows[pk] for pk in alike if pk in rows):
        said = {"title": row.thread.title}
        if row.kind == Kind.ASK and row.met_by:
            why = _("helped before with “%(title)s”") % said
            yield row.met_by.pk, _person(need, row.met_by, why)
        else:
            why = _("gave before: “%(title)s”") % said
            yield row.by_id, _person(need, row.by, why)


def _person(need: Need, person: Person, why: str) -> Fit:
    url = reverse("person", args=(need.network.slug, person.pk))
    return Fit(person.shown_name, url, "", why, None, clock.now())
