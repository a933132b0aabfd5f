"""Which organisation has which place, and who holds it, now and on any day."""

from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Lower

from members.organisations.models import Organisation
from members.people.models import Person
from networks.network.models import Network

from .models import Ending, Holding, Part, Seat

PAGE = 50
RANK = Case(When(part=Part.LEAD, then=0), When(part=Part.DEPUTY, then=1), default=2)


def organisations(network: Network) -> QuerySet[Organisation]:
    """The organisations that have a place in the network now, by name."""
    here = Seat.objects.filter(network=network).current().values("organisation")
    return Organisation.objects.filter(pk__in=here)


def seat_of(network: Network, organisation: int | Organisation) -> Seat | None:
    """The organisation's place in the network, with both."""
    rows = Seat.objects.filter(network=network, organisation=organisation).current()
    return rows.select_related("network", "organisation").first()


def page_of_seats(
    network: Network, *, text: str = "", after: int | None = None
) -> tuple[list[Seat], int | None]:
    """PAGE of the network's seats by the organisation's name, from beyond the organisation with
    the id `after`, whose name holds each word of `text`; each with how many hold it (`people`);
    and the id to go on from, if there are more."""
    rows = Seat.objects.filter(network=network).current().select_related("organisation")
    for word in text.split():
        rows = rows.filter(organisation__name__icontains=word)
    rows = rows.annotate(name_key=Lower("organisation__name"), people=_people())
    last = rows.filter(organisation=after).first() if after else None
    if last:
        same = Q(name_key=last.name_key, organisation__gt=last.organisation_id)
        rows = rows.filter(Q(name_key__gt=last.name_key) | same)
    found = list(rows.order_by("name_key", "organisation")[: PAGE + 1])
    return found[:PAGE], found[PAGE - 1].organisation_id if len(found) > PAGE else None


def _people() -> Coalesce:
    """How many people hold a seat now."""
    here = Holding.objects.filter(seat=OuterRef("pk"), person__is_active=True).current()
    counted = here.order_by().values("seat").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


def standing(network: Network) -> tuple[int, int]:
    """Organisations that somebody speaks for now, and those of them for which one person does."""
    rows = Seat.objects.filter(network=network).current().annotate(people=_people())
    counted = rows.aggregate(
        held=Count("pk", filter=Q(people__gt=0)), alone=Count("pk", filter=Q(people=1))
    )
    return counted["held"], counted["alone"]


def alone(network: Network | None = None) -> QuerySet[Seat]:
    """Seats (in the network, or in all that are open) that one person holds now."""
    rows = Seat.objects.filter(network=network) if network else Seat.objects.all()
    rows = rows.current().filter(network__closed_at=None).annotate(people=_people())
    return rows.filter(people=1).select_related("network", "organisation")


def holders(seat: Seat) -> QuerySet[Holding]:
    """Who holds the seat now, leads first, each with the person."""
    return ranked(Holding.objects.filter(seat=seat, person__is_active=True).current())


def past_holders(seat: Seat) -> QuerySet[Holding]:
    """Who held the seat before, the last first; a change of part is no ending."""
    rows = Holding.objects.filter(seat=seat, until__isnull=False).exclude(reason=Ending.PART)
    return rows.select_related("person").order_by("-until", "-pk")


def ranked(rows: QuerySet[Holding]) -> QuerySet[Holding]:
    """Leads first, then deputies, then observers; each longest here first."""
    return rows.select_related("person").order_by(RANK, "since", "pk")


def holdings_of(network: Network, person: Person) -> QuerySet[Holding]:
    """The seats that the person holds in the network now, the one they lead first."""
    rows = Holding.objects.filter(seat__network=network, person=person).current()
    return rows.select_related("seat__organisation").order_by(RANK, "since", "pk")


def ended_with(network: Network, person: Person, until: datetime) -> QuerySet[Holding]:
    """What the person held in the network when their time in it ended."""
    rows = Holding.objects.filter(seat__network=network, person=person, until=until)
    return rows.exclude(reason=Ending.PART).select_related("seat__organisation").order_by("pk")


# --- For lists of people: rows with `person`, `network` and, where they are over, `until` ---------


def held_with(*, at: datetime | None = None) -> QuerySet[Holding]:
    """What a row's person holds in its network: at a moment, or else as its spell stands (it goes
    on, or it ended together with it). To be used inside a query of such rows."""
    theirs = Holding.objects.filter(person=OuterRef("person"), seat__network=OuterRef("network"))
    theirs = theirs.at(at) if at else theirs.filter(Q(until=None) | Q(until=OuterRef("until")))
    return theirs.order_by(RANK, Lower("seat__organisation__name"), "pk")


def with_organisations(rows: QuerySet, *, at: datetime | None = None) -> QuerySet:
    """Each row with the names of the organisations its person speaks for (`bodies`), the one they
    lead first, with their regions (`regions`) and parts (`parts`) in the same order."""
    theirs = held_with(at=at)
    return rows.annotate(
        bodies=ArraySubquery(theirs.values("seat__organisation__name")),
        regions=ArraySubquery(theirs.values("seat__organisation__region")),
        parts=ArraySubquery(theirs.values("part")),
    )


def by_organisation(rows: QuerySet) -> QuerySet:
    """Each row with what sorts it by organisation: `body_key`, and `alone` for those in none."""
    theirs = held_with()
    first = theirs.annotate(key=Lower("seat__organisation__name")).values("key")[:1]
    return rows.annotate(
        body_key=Coalesce(Subquery(first), Value("")),
        # A number: compared, `NOT EXISTS (…) > true` is to PostgreSQL NOT (EXISTS (…) > true).
        alone=Case(When(Exists(theirs.order_by()), then=0), default=1),
    )


def speaks_for(word: str) -> Exists:
    """The condition that a row's person speaks for an organisation with the word in its name."""
    return Exists(held_with().order_by().filter(seat__organisation__name__icontains=word))
