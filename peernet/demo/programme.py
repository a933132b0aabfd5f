"""The thirteen networks whose money ended eight months ago, and their builders' community."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.utils.text import slugify

from members.notices.models import Notice, NoticeState
from members.people.models import Person
from networks.funding.models import Funder, Programme
from networks.links.actions import DERIVED
from networks.links.models import Flow, Link, LinkKind, MadeOf
from networks.links.rules import FACTS, FIGURES, MONEY, PEOPLE, SESSIONS
from networks.membership.models import Membership, Role
from networks.network.models import Network
from networks.seats.models import Holding
from peernet.lib import clock

from . import history, story, talk
from .cast import ZONE, Cast, accept, grant, moment, network
from .sectors import BUILDERS, SECTORS, Sector

RAN_FOR = timedelta(days=548)  # 18 months
ENDED = timedelta(days=240)
SHY = [FACTS, FIGURES]  # what a network gives that keeps its dates and its money to itself
SECOND = 0.2  # share of people who come from the same organisation as another


def run(cast: Cast, funder: Funder) -> Network:
    """Make them all; returns the builders' community."""
    programme = Programme.objects.create(
        funder=funder, name=story.PROGRAMME, slug=slugify(story.PROGRAMME)
    )
    last = clock.today(ZONE) - ENDED
    first = last - RAN_FOR
    leads, places = [], {}
    for number, sector in enumerate(SECTORS):
        begun = last - timedelta(days=sector.late) if sector.late else first
        place = places[sector.name] = network(
            sector.name, sector.purpose, moment(begun), number % 8 + 1, story.CARE_CHARTER
        )
        grant(place, programme, sector.amount, begun, last)
        people = _members(cast, place, sector, begun)
        leads.append(people[0].person)
        history.write(people, sector, begun, last, cast.dice)
        talk.write(place.rooms.get(), sector.talk, {n: m.person for n, m in enumerate(people)})
        if not sector.after:
            _drift_away(people[1:], last, cast)
    for sector in SECTORS:
        if sector.closed:
            _close(places[sector.name], places.get(sector.joined), sector)
    _have_been_told(places.values())
    builders = _builders(cast, leads, first, last)
    _link(builders, places, leads)
    return builders


def _members(cast: Cast, place: Network, sector: Sector, begun: date) -> list[Membership]:
    """Who leads it, and then the others, each with an organisation."""
    opened = moment(begun)
    found = [cast.join(place, cast.person(), None, opened, role=Role.COORDINATOR)]
    body = None
    for _number in range(sector.members):
        if body is None or cast.dice.random() > SECOND:
            body = cast.body(region=cast.dice.choice(sector.regions))
        since = opened + timedelta(days=cast.dice.randint(1, 60))
        found.append(cast.join(place, cast.person(), body, since))
    return found


def _drift_away(people: list[Membership], last: date, cast: Cast) -> None:
    """When nobody carries on, people leave one by one in the months after the money."""
    for one in cast.dice.sample(people, len(people) // 2):
        one.until = moment(last + timedelta(days=cast.dice.randint(20, 120)))
        one.reason = "left"
        one.save(update_fields=["until", "reason"])
        held = Holding.objects.filter(person=one.person, seat__network=one.network)
        held.update(until=one.until, reason=one.reason)


def _close(place: Network, successor: Network | None, sector: Sector) -> None:
    """A good end: said in the last session, or the way to another network."""
    day = clock.today(ZONE) - timedelta(days=sector.closed)
    Network.objects.filter(pk=place.pk).update(closed_at=moment(day, 17))
    if successor:
        for one in place.memberships.current().filter(role=Role.MEMBER):
            came = {"network": successor, "person": one.person, "since": moment(day)}
            accept(Membership.objects.create(**came))


def _have_been_told(places: Iterable[Network]) -> None:
    """What was taken on was so weeks ago, and its letters went then."""
    then = clock.now() - timedelta(days=20)
    rows = Notice.objects.waiting().filter(network_id__in=[place.pk for place in places])
    rows.update(state=NoticeState.SENT, created_at=then, due_at=then, settled_at=then)


def _link(builders: Network, places: dict[str, Network], leads: list[Person]) -> None:
    """All are part of the builders' community, which is made of their coordinators; two who ask one
    another for help stand side by side, and a third has been asked."""
    first = builders.opened_at
    MadeOf.objects.create(network=builders, role=Role.COORDINATOR, since=first, by=leads[0])
    builders.memberships.filter(role=Role.MEMBER).update(came_by=DERIVED)
    for number, place in enumerate(places.values()):
        opened = max(first, place.opened_at)
        link = Link.objects.create(
            kind=LinkKind.CHILD, upper=builders, lower=place, asker=builders, asked_by=leads[0],
            asked_at=opened, agreed_at=opened, answered_by=leads[number],
        )  # fmt: skip
        gives = SHY if place.name in story.SHY else [FACTS, SESSIONS, FIGURES, MONEY]
        _flows(link, builders, [FACTS, SESSIONS])
        _flows(link, place, gives)
        if closed := Network.objects.get(pk=place.pk).closed_at:
            gone = builders.memberships.filter(person=leads[number], role=Role.MEMBER)
            gone.update(until=closed + timedelta(days=1), reason=DERIVED)
    shops, pubs = places["Community Shops"], places["Community Pubs"]
    link = Link.objects.create(
        kind=LinkKind.PEER, upper=shops, lower=pubs, asker=shops, asked_at=first, agreed_at=first
    )
    for one in (shops, pubs):
        _flows(link, one, [FACTS, SESSIONS])


def beside(builders: Network, care: Network) -> None:
    """The Health and Social Care community stands beside the builders, and another network has
    asked it, too."""
    opened = care.opened_at
    link = Link.objects.create(
        kind=LinkKind.PEER,
        upper=care,
        lower=builders,
        asker=care,
        asked_at=opened,
        agreed_at=opened,
    )
    for one in (care, builders):
        _flows(link, one, [FACTS, SESSIONS, PEOPLE])
    libraries = Network.objects.get(name=SECTORS[0].name, demo=True)
    lead = libraries.memberships.current().get(role=Role.COORDINATOR).person
    asked = Link.objects.create(
        kind=LinkKind.PEER, upper=libraries, lower=care, asker=libraries, asked_by=lead,
        words=story.MAY_WE, asked_at=clock.now() - timedelta(days=2),
    )  # fmt: skip
    _flows(asked, libraries, [FACTS, SESSIONS])


def _flows(link: Link, giver: Network, gives: Iterable[str]) -> None:
    since = link.agreed_at or link.asked_at
    Flow.objects.bulk_create(Flow(link=link, giver=giver, what=one, since=since) for one in gives)


def _builders(cast: Cast, leads: list[Person], first: date, last: date) -> Network:
    place = network(BUILDERS.name, BUILDERS.purpose, moment(first), 2, story.CARE_CHARTER)
    people = [
        cast.join(place, one, None, moment(first), role=Role.MEMBER if number else Role.COORDINATOR)
        for number, one in enumerate(leads)
    ]
    history.write(people, BUILDERS, first, last, cast.dice)
    talk.write(place.rooms.get(), BUILDERS.talk, dict(enumerate(leads)))
    return place
