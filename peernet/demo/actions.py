"""Makes the demonstration: the same people and words each time, at dates around today."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.text import slugify

from members.organisations.models import Affiliation, Organisation
from members.people.models import Person
from networks.discussions.models import Post, Room, Thread
from networks.funding.models import Funder, FunderSeat, Grant, Programme
from networks.membership.models import CharterAcceptance, Invitation, Membership, Role, Seat
from networks.network.models import Charter, Cohort, Network
from networks.network.rules import slugs
from peernet.lib import clock, text

from . import attachments, history, story

ZONE = "Europe/London"
RAN_FOR = timedelta(days=548)  # the programme's 18 months


@transaction.atomic
def tell_story() -> bool:
    """Make the demo's people, networks and histories; False when they are there already."""
    if Person.objects.filter(demo=True).exists():
        return False
    cast = Cast(Random(2020))
    funder = Funder.objects.create(name=story.FUNDER, demo=True)
    ruth = cast.person(story.FUNDER_PERSON)
    FunderSeat.objects.create(funder=funder, email=ruth.email, person=ruth, since=clock.now())
    operator = cast.person(story.OPERATOR)
    Person.objects.filter(pk=operator.pk).update(is_operator=True)
    _programme(cast, funder)
    _care(cast, funder)
    attachments.add()
    return True


class Cast:
    """Makes people, each with a name, an address and an organisation of their own."""

    def __init__(self, dice: Random) -> None:
        self.dice = dice
        self.taken: set[str] = set()
        self.pool = [f"{first} {last}" for first in story.FIRST_NAMES for last in story.LAST_NAMES]
        dice.shuffle(self.pool)
        self.bodies = [f"{place} {kind}" for place in story.PLACES for kind in story.KINDS]
        dice.shuffle(self.bodies)

    def person(self, name: str = "") -> Person:
        """Somebody new; a name from the pool when none is given. Without quiet hours."""
        name = name or next(n for n in self.pool if n not in self.taken)
        self.taken.add(name)
        address = f"{slugify(name).replace('-', '.')}@example.org"
        made = Person.objects.create_user(address, name=name, quiet_hours=False, demo=True)
        EmailAddress.objects.create(user=made, email=address, verified=True, primary=True)
        return made

    def body(self, name: str = "", region: str = "") -> Organisation:
        """An organisation; a name from the pool when none is given."""
        made, _ = Organisation.objects.get_or_create(
            name=name or self.bodies.pop(), defaults={"region": region, "demo": True}
        )
        return made

    def join(
        self, place: Network, person: Person, body: Organisation | None, since: datetime,
        role: str = Role.MEMBER, cohort: Cohort | None = None,
    ) -> Membership:  # fmt: skip
        """The person's time in the network begins, with a seat for their organisation."""
        seat = None
        if body:
            seat, _ = Seat.objects.get_or_create(
                network=place, organisation=body, until=None, defaults={"since": since}
            )
            Affiliation.objects.get_or_create(
                person=person, organisation=body, until=None, defaults={"since": since}
            )
        for charter in place.charters.all():
            CharterAcceptance.objects.get_or_create(
                charter=charter, person=person, defaults={"at": since}
            )
        return Membership.objects.create(
            network=place, person=person, seat=seat, role=role, cohort=cohort, since=since
        )


def network(
    name: str, purpose: str, opened: datetime, accent: int, charter: str, slug: str = ""
) -> Network:
    """A network with its house rules and its first room."""
    place = Network.objects.create(
        name=name, slug=slug or next(slugs(name)), purpose=purpose, zone=ZONE, accent=accent,
        opened_at=opened, demo=True,
    )  # fmt: skip
    Charter.objects.create(network=place, version=1, text=charter, published_at=opened)
    Room.objects.create(network=place, name="Everyone", opened_at=opened)
    return place


def _grant(place: Network, programme: Programme, amount: int, first: date, last: date) -> Grant:
    return Grant.objects.create(
        network=place, programme=programme, amount=Decimal(amount), starts_on=first, ends_on=last,
        network_agreed_at=clock.now(), funder_agreed_at=clock.now(),
    )  # fmt: skip


def _programme(cast: Cast, funder: Funder) -> None:
    """The thirteen networks whose money ended eight months ago, and their builders' community."""
    programme = Programme.objects.create(
        funder=funder, name=story.PROGRAMME, slug=slugify(story.PROGRAMME)
    )
    last = clock.today(ZONE) - timedelta(days=240)
    first = last - RAN_FOR
    opened = _moment(first, 9)
    builders = network(story.BUILDERS, story.BUILDERS_PURPOSE, opened, 2, story.CARE_CHARTER)
    for number, sector in enumerate(story.SECTORS):
        place = network(sector.name, sector.purpose, opened, number % 8 + 1, story.CARE_CHARTER)
        _grant(place, programme, sector.amount, first, last)
        lead = cast.person()
        cast.join(place, lead, None, opened, role=Role.COORDINATOR)
        role = Role.COORDINATOR if number == 0 else Role.MEMBER
        cast.join(builders, lead, None, opened, role=role)
        people = [lead]
        for _number in range(sector.members):
            body = cast.body(region=cast.dice.choice(sector.regions))
            people.append(cast.person())
            cast.join(place, people[-1], body, opened + timedelta(days=cast.dice.randint(1, 60)))
        if not sector.after:
            _drift_away(place, people[1:], last, cast.dice)
        history.write(place, people, sector, first, last, cast.dice)


def _drift_away(place: Network, people: list[Person], last: date, dice: Random) -> None:
    """When nobody carries on, people leave one by one in the months after the money."""
    for person in dice.sample(people, len(people) // 2):
        until = _moment(last + timedelta(days=dice.randint(20, 120)), 9)
        place.memberships.filter(person=person).update(until=until, reason="left")


def _care(cast: Cast, funder: Funder) -> None:
    """The Health and Social Care community, where the demo's member and coordinator are."""
    today = clock.today(ZONE)
    begun = today - timedelta(days=330)
    place = network(
        story.CARE, story.CARE_PURPOSE, _moment(begun, 9), 1, story.CARE_CHARTER, "care"
    )
    programme = Programme.objects.create(
        funder=funder, name=story.CARE_PROGRAMME, slug=slugify(story.CARE_PROGRAMME)
    )
    _grant(place, programme, 90_000, begun, today + timedelta(days=118))
    dan, fay = cast.person(story.COORDINATOR), cast.person(story.FACILITATOR)
    cast.join(place, dan, None, _moment(begun, 9), role=Role.COORDINATOR)
    cast.join(place, fay, None, _moment(begun, 9), role=Role.FACILITATOR)
    people = [dan, fay]
    for number, (start, names) in enumerate(
        [(begun, story.CARE_FIRST), (begun + timedelta(days=190), story.CARE_SECOND)], start=1
    ):
        cohort = Cohort.objects.create(network=place, name=f"Cohort {number}", starts_on=start)
        for name, body, region in names:
            people.append(cast.person(name))
            cast.join(place, people[-1], cast.body(body, region), _moment(start, 9), cohort=cohort)
    history.write_care(place, people, begun, cast.dice)
    _talk(place, {person.name: person for person in people})
    _waiting(place, dan)


def _talk(place: Network, people: dict[str, Person]) -> None:
    room = place.rooms.get()
    for title, posts in story.CARE_TALK:
        first, last = clock.now() - timedelta(days=posts[0][1]), None
        thread = Thread.objects.create(
            network=place, room=room, title=title, author=people[posts[0][0]], started_at=first
        )
        for number, (name, days, words) in enumerate(posts):
            at = clock.now() - timedelta(days=days) + timedelta(minutes=7 * number)
            last = Post.objects.create(
                network=place, thread=thread, author=people[name], text=words,
                html=text.html(words), posted_at=at,
            )  # fmt: skip
        thread.posts_count, thread.last_post_id = len(posts), last.pk
        thread.last_post_at = last.posted_at
        thread.save(update_fields=["posts_count", "last_post_id", "last_post_at"])


def _waiting(place: Network, dan: Person) -> None:
    """Two people who were invited and have not joined yet: Run shows them."""
    for name, days in (("Nia Powell", 12), ("George Atkins", 3)):
        Invitation.objects.create(
            network=place, name=name, email=f"{slugify(name).replace('-', '.')}@example.org",
            invited_by=dan, invited_at=clock.now() - timedelta(days=days),
        )  # fmt: skip


def _moment(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), ZoneInfo(ZONE))
