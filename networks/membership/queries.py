"""Who belongs where, at any moment."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Case, Q, QuerySet, Value, When

from members.notices.rules import Hearing
from members.people.models import Person
from networks.funding.models import FunderSeat
from networks.network.models import Cohort, Network
from peernet.lib import clock

from .models import CohortSpell, Membership, Pause, Role
from .rules import SECOND_THOUGHTS

RUNS = (Role.FACILITATOR, Role.COORDINATOR)


def members(
    network: Network, *, cohort: Cohort | None = None, at: datetime | None = None
) -> QuerySet[Person]:
    """People in the network (or one cohort of it) at a moment, aware; now by default."""
    when = at or clock.now()
    spells = Membership.objects.filter(network=network).at(when)
    people = Person.objects.filter(is_active=True, pk__in=spells.values("person"))
    if cohort:
        inside = CohortSpell.objects.filter(cohort=cohort).at(when)
        people = people.filter(pk__in=inside.values("person"))
    return people


def cohorts_of(person: Person) -> QuerySet[CohortSpell]:
    """The person's times in cohorts that are going on."""
    return CohortSpell.objects.filter(person=person).current()


def coordinators(network: Network) -> QuerySet[Person]:
    """Who looks after the network now."""
    spells = Membership.objects.filter(network=network, role=Role.COORDINATOR).current()
    return Person.objects.filter(is_active=True, pk__in=spells.values("person"))


def coordinators_by_network(person: Person) -> dict[Network, list[Person]]:
    """Who looks after each of the person's networks, both by name; two queries."""
    mine = {place.pk: place for place in networks_of(person)}
    spells = Membership.objects.filter(
        network__in=mine, role=Role.COORDINATOR, person__is_active=True
    ).current()  # fmt: skip
    found: dict[Network, list[Person]] = {place: [] for place in mine.values()}
    for spell in spells.select_related("person").order_by("person__name", "pk"):
        found[mine[spell.network_id]].append(spell.person)
    return found


def networks_of(person: Person) -> QuerySet[Network]:
    """The networks that the person is in now, by name."""
    return readable_by(person).filter(closed_at=None)


def readable_by(person: Person) -> QuerySet[Network]:
    """The networks whose words the person may read, by name: those they are in, and of these also
    the closed ones."""
    mine = Membership.objects.filter(person=person).current().values("network")
    return Network.objects.filter(pk__in=mine).order_by("name")


def may_hear(person_id: int, network_id: int) -> bool:
    """Whether the person has to do with the network: its members, and who sits for a funder of
    it."""
    spells = Membership.objects.filter(person_id=person_id, network_id=network_id)
    seats = FunderSeat.objects.filter(person_id=person_id, until=None)
    return (
        spells.current().exists()
        or seats.filter(funder__programmes__grants__network=network_id).exists()
    )


def hearing(person_id: int, network_id: int) -> Hearing:
    """How the person hears of the network now (settings.NOTICE_GUARD)."""
    spells = Membership.objects.filter(person_id=person_id, network_id=network_id).current()
    spell = spells.select_related("network").first()
    if spell is None:
        return Hearing.FUNDER if may_hear(person_id, network_id) else Hearing.NOTHING
    if spell.network.closed_at:
        return Hearing.CLOSED
    return Hearing.BREAK if on_break(spell.network, [person_id]) else Hearing.ALL


def on_break(network: Network, people: Iterable[int] | None = None) -> dict[int, Pause]:
    """Who of the network's members (or of `people`, by id) takes a break now: id -> the break."""
    rows = Pause.objects.filter(network=network).on(clock.today(network.zone))
    if people is not None:
        rows = rows.filter(person__in=people)
    return {row.person_id: row for row in rows}


def break_of(network: Network, person: Person) -> Pause | None:
    """The person's break from the network that is going on."""
    return on_break(network, [person.pk]).get(person.pk)


def breaks_of(person: Person, networks: Iterable[Network]) -> list[Pause]:
    """The person's breaks from these networks that are going on."""
    rows = Pause.objects.filter(person=person, ended_at=None, network__in=list(networks))
    found = rows.select_related("network").order_by("network__name")
    return [row for row in found if not row.back_on or row.back_on > clock.today(row.network.zone)]


def breaks_that_are_over() -> list[Pause]:
    """Breaks whose last day is past, and which nobody has ended yet."""
    # A day early in UTC, because it may be tomorrow there; the network's own day decides.
    soon = clock.now().date() + timedelta(days=1)
    rows = Pause.objects.filter(ended_at=None, back_on__lte=soon, network__closed_at=None)
    found = rows.select_related("network", "person").order_by("pk")
    return [row for row in found if row.back_on <= clock.today(row.network.zone)]


def last_spell(person: Person, slug: str) -> Membership | None:
    """The person's last time in the network with this address, over or not."""
    spells = Membership.objects.filter(person=person, network__slug=slug)
    return spells.select_related("network").order_by("-since", "-pk").first()


def member_with_address(network: Network, email: str) -> Person | None:
    """The member who reads mail at this address, whichever of their addresses it is."""
    other = Q(emailaddress__email__iexact=email, emailaddress__verified=True)
    mine = Q(email__iexact=email) | other
    return Person.objects.filter(mine, pk__in=members(network).values("pk")).distinct().first()


def address_given(network: Network, person: Person, path: str) -> Case:
    """Where people read mail, for a network's archive: of who is in it now. Whoever left is
    written to no more."""
    here = members(network).order_by().values("pk")
    return Case(When(pk__in=here, then=path), default=Value(""))


def owns_address(person: Person, email: str) -> bool:
    """Whether the person has shown that they read mail at this address."""
    return (
        person.email.lower() == email.lower()
        or person.emailaddress_set.filter(email__iexact=email, verified=True).exists()
    )


def spell_of(network: Network, person: Person) -> Membership | None:
    """The person's time in the network that is going on."""
    return Membership.objects.filter(network=network, person=person).current().first()


def just_left(person: Person) -> QuerySet[Membership]:
    """What the person left so lately that they can still think again."""
    spells = Membership.objects.filter(
        person=person,
        reason="left",
        until__gt=clock.now() - SECOND_THOUGHTS,
        network__closed_at=None,
    )
    back = Membership.objects.filter(person=person, until=None).values("network")
    return spells.exclude(network__in=back).select_related("network").order_by("-until")
