"""What is asked for and offered in a network."""

from collections.abc import Iterable, Iterator
from datetime import date
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

from . import helping
from .helping import Fit, Need
from .models import Entry, EntryTag, Kind, Topic
from .rules import (
    ENTRIES_A_PAGE,
    MET,
    MONTHS,
    MOST_HELPERS,
    MOST_SUGGESTED,
    ON_THE_FRONT_PAGE,
    RECENT,
    STANDING,
    SUGGESTED_TAGS,
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


def fits(entry: Entry, person: Person) -> list[Fit]:
    """At most three offers that may meet an ask, or asks that an offer may meet, each with the
    reason; for an ask also people. All that the person may read, in this network's open rooms;
    nobody who takes a break or would rather not be named. A fixed number of statements."""
    if not entry.stands:
        return []
    first = Post.objects.filter(network=entry.network_id, thread=entry.thread_id).order_by("pk")
    words = first.values_list("text", flat=True).first() or ""
    tags = [tag.word for tag in entry.tags.all()]
    said = {"title": entry.thread.title, "words": words, "about": entry.about, "tags": tags}
    return who_could_help(Need(entry.network, entry.by, entry.kind, **said), person)


def who_could_help(need: Need, person: Person) -> list[Fit]:
    """The same of what is only being written."""
    readable = Entry.objects.visible_to(person).filter(network=need.network)
    found = [*_entries_that_fit(need, readable, person)]
    if need.kind == Kind.ASK and len(found) < MOST_SUGGESTED:
        found += helping.people(need, readable)
    return found[:MOST_SUGGESTED]


def _entries_that_fit(need: Need, readable: QuerySet[Entry], person: Person) -> Iterator[Fit]:
    chosen = helping.entries(need, readable)
    rows = visible_to(person, need.network).in_bulk(list(chosen)) if chosen else {}
    for pk, (tags, words) in chosen.items():
        if row := rows.get(pk):
            said = [] if tags else helping.as_said(row.thread.title, row.words or "", words)
            yield _fit(row, tags, said)


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
