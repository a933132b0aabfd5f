"""Which house rules are in force, and who has accepted which version of them."""

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from markupsafe import Markup

from members.people.models import Person
from networks.membership.models import CharterAcceptance, Membership
from networks.membership.queries import members
from networks.network.models import Charter, Network
from peernet.lib import clock, text

from .rules import Line, changed

PEOPLE_A_PAGE = 50
PLACE = Coalesce("room", 0)  # NULL equals nothing


class Owed(NamedTuple):
    """A text that somebody is asked to accept. `accepted`: the version they accepted last in this
    stay (None: none), and `changed` what differs since."""

    charter: Charter
    accepted: Charter | None
    changed: list[Line]

    @property
    def html(self) -> Markup:
        """The text as it reads."""
        return text.html(self.charter.text)


class Standing(NamedTuple):
    """How a text stands with those it is for; `accepted`: it, or a version it only corrects."""

    accepted: int
    members: int


def owes(network: str, room: str, person: str) -> str:
    """SQL, for the statements of pages: whether the person has not accepted what is in force for
    who writes in the room. Who is not in the network owes nothing: the door says no to them."""
    return f"""EXISTS (
    SELECT FROM networks_charter text
    JOIN networks_membership stay ON stay.network_id = text.network_id
         AND stay.person_id = {person} AND stay.until IS NULL
    WHERE text.network_id = {network} AND (text.room_id IS NULL OR text.room_id = {room})
      AND text.asks AND text.text <> ''
      AND NOT EXISTS (
          SELECT FROM networks_charter later WHERE later.network_id = text.network_id
             AND later.room_id = text.room_id AND later.version > text.version
             AND later.text = '')
      AND NOT EXISTS (
          SELECT FROM networks_charteracceptance said
          JOIN networks_charter theirs ON theirs.id = said.charter_id
          WHERE said.person_id = stay.person_id
            AND said.at >= coalesce(stay.here_since, stay.since)
            AND theirs.network_id = text.network_id
            AND theirs.room_id IS NOT DISTINCT FROM text.room_id
            AND theirs.version >= text.version))"""  # noqa: S608 -- the arguments are our own


# Whether somebody may write something new, in one statement: is it closed, and do they owe.
MAY_WRITE = f"""SELECT network.closed_at IS NOT NULL, {owes("network.id", "%(room)s", "%(person)s")}
FROM networks_network network WHERE network.id = %(network)s"""  # noqa: S608 -- our own


def standing_of(network: int, room: int | None, person: Person) -> tuple[bool, bool]:
    """Whether the network is closed, and whether the person owes a yes to its texts or the room's
    before they write there."""
    with connection.cursor() as cursor:
        cursor.execute(MAY_WRITE, {"network": network, "room": room, "person": person.pk})
        return cursor.fetchone()


WAITING = f"""SELECT network.id
FROM networks_network network
WHERE network.id = ANY(%(networks)s::bigint[])
  AND {owes("network.id", "NULL::bigint", "%(person)s")}"""  # noqa: S608 -- our own


def waiting(person: Person, networks: Iterable[Network]) -> list[Network]:
    """Those of the networks whose house rules the person has yet to accept."""
    places = {one.pk: one for one in networks}
    with connection.cursor() as cursor:
        cursor.execute(WAITING, {"networks": list(places), "person": person.pk})
        found = {pk for (pk,) in cursor}
    return [one for pk, one in places.items() if pk in found]


def owed(network: int, room: int | None, person: Person) -> list[Owed]:
    """What the person is asked to accept before they write: the house rules, and what the room adds
    to them (None: any room)."""
    if not standing_of(network, room, person)[1]:
        return []
    places = [None, room] if room else [None]
    return [one for place in places if (one := _owed(network, place, person))]


def history(network: Network, room: int | None) -> list[Charter]:
    """Every version, newest first, with who made it."""
    rows = network.charters.filter(room=room).select_related("published_by", "room")
    return list(rows.order_by("-version"))


def accepted_by(network: int, room: int | None, person: Person) -> CharterAcceptance | None:
    """What the person accepted last of these texts, since they came."""
    said = CharterAcceptance.objects.filter(
        person=person,
        charter__network=network,
        charter__room=room,
        at__gte=Subquery(_stay(person, network)),
    )
    return said.select_related("charter").order_by("-charter__version", "at").first()


def people(charter: Charter) -> QuerySet[Person]:
    """Whom the text is for, by name; of each `version`, the last one accepted in this stay (None:
    none), and `accepted_at`."""
    said = CharterAcceptance.objects.filter(
        person=OuterRef("pk"), charter__network=charter.network_id, charter__room=charter.room_id,
        at__gte=OuterRef("stay"),
    ).order_by("-charter__version", "at")  # fmt: skip
    cohort = charter.room.cohort if charter.room else None
    return (
        members(charter.network, cohort=cohort)
        .annotate(stay=Subquery(_stay(OuterRef("pk"), charter.network_id)))
        .annotate(
            version=Subquery(said.values("charter__version")[:1]),
            accepted_at=Subquery(said.values("at")[:1]),
        )
        .order_by("name", "pk")
    )


def owing(charter: Charter) -> QuerySet[Person]:
    """Who has not accepted what is in force since this version."""
    asked = _asking(charter)
    return people(charter).filter(Q(version=None) | Q(version__lt=asked))


def page_of_people(
    charter: Charter, after: int | None, *, waiting: bool
) -> tuple[list[Person], int | None]:
    """A page of them, and behind whom the next one begins."""
    rows = owing(charter) if waiting else people(charter)
    if after and (last := Person.objects.filter(pk=after).first()):
        rows = rows.filter(Q(name__gt=last.name) | Q(name=last.name, pk__gt=last.pk))
    found = list(rows[: PEOPLE_A_PAGE + 1])
    more = len(found) > PEOPLE_A_PAGE
    return found[:PEOPLE_A_PAGE], found[PEOPLE_A_PAGE - 1].pk if more else None


def counts(charter: Charter) -> list[tuple[int | None, int]]:
    """How many accepted which version last, newest first; None: none."""
    rows = people(charter).order_by().values("version").annotate(n=Count("pk"))
    return list(rows.order_by(F("version").desc(nulls_last=True)).values_list("version", "n"))


def standing(charter: Charter) -> Standing:
    """How many of those it is for have accepted it."""
    said = counts(charter)
    asked = _asking(charter)
    good = sum(n for version, n in said if version is not None and version >= asked)
    return Standing(good, sum(n for _version, n in said))


def to_review() -> list[Charter]:
    """What is in force in open networks and is to be looked at again by now: on the day that it is
    where the network is."""
    somewhere = clock.now().date() + timedelta(days=1)  # east of us it is tomorrow already
    due = Charter.objects.filter(review_on__lte=somewhere, network__closed_at=None)
    rows = due.filter(in_force()).select_related("network", "room__cohort")
    return [row for row in rows if row.review_on <= clock.today(row.network.zone)]


def in_force() -> Exists:
    """No newer version of the text stands behind a row."""
    here = {"network": OuterRef("network"), "version__gt": OuterRef("version")}
    newer = Charter.objects.annotate(place=PLACE).filter(
        place=Coalesce(OuterRef("room"), 0), **here
    )
    return ~Exists(newer)


def _owed(network: int, room: int | None, person: Person) -> Owed | None:
    rows = Charter.objects.filter(network=network, room=room).select_related("room", "network")
    now = rows.order_by("-version").first()
    if now is None or not now.text:
        return None
    said = accepted_by(network, room, person)
    if said and said.charter.version >= _asking(now):
        return None
    mine = said.charter if said else None
    return Owed(now, mine, changed(mine.text, now.text) if mine else [])


def _asking(charter: Charter) -> int:
    """The version that whoever accepted it accepted: this one, or the one it corrects."""
    if charter.asks:
        return charter.version
    rows = Charter.objects.filter(network=charter.network_id, room=charter.room_id, asks=True)
    return (
        rows.filter(version__lt=charter.version)
        .order_by("-version")
        .values_list("version", flat=True)[0]
    )


def _stay(person: Person | OuterRef, network: int) -> QuerySet:
    spells = Membership.objects.filter(person=person, network=network).current()
    return spells.values(at=Coalesce("here_since", "since"))[:1]
