"""What is asked for and offered in a network."""

from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo

from django.contrib.postgres.search import SearchQuery
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from members.organisations.models import Organisation
from members.people.models import Person
from networks.discussions.models import Post, PostWords
from networks.discussions.rules import WORDS, called
from networks.membership.models import Membership
from networks.membership.queries import members
from networks.network.models import Network
from peernet.lib import text

from .models import Entry, EntryTag
from .rules import (
    ENTRIES_A_PAGE,
    MET,
    MOST_HELPERS,
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


def tags_used(network: Network) -> list[str]:
    """The tags that the network's newest asks and offers bear most often: something to begin with
    for whoever writes one."""
    lately = Entry.objects.filter(network=network, state__in=STANDING).order_by("-pk")[:RECENT]
    words = EntryTag.objects.filter(network=network, entry__in=lately.values("pk")).order_by()
    often = words.values("word").annotate(n=Count("pk")).order_by("-n", "word")
    return [row["word"] for row in often[:SUGGESTED_TAGS]]


def organisations(
    network: Network, person: Person, *, also: Organisation | None = None
) -> list[Organisation]:
    """The organisations for which the person may ask or offer: those they belong to now, and the
    one whose seat they hold here; `also` the one that it stands for already."""
    seat = Membership.objects.filter(network=network, person=person).current()
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
