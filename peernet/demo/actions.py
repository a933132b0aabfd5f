"""Makes the demonstration: the same people and words each time, at dates around today."""

from datetime import date, timedelta
from random import Random

from django.db import transaction
from django.utils.text import slugify

from members.organisations.models import Affiliation, Organisation
from members.people.models import Person
from networks.discussions.models import Room, RoomKind
from networks.funding.models import Funder, FunderSeat, Programme
from networks.imports.actions import start_import
from networks.imports.models import Import, ImportState
from networks.invitations.models import Invitation
from networks.membership.models import Role
from networks.network.models import Cohort, Network
from networks.seats.models import Ending, Holding
from peernet.lib import clock

from . import (
    agreed,
    attachments,
    away,
    board,
    cohorts,
    handing,
    history,
    joining,
    notes,
    programme,
    promises,
    story,
    surveys,
    talk,
    whereabouts,
)
from .cast import ZONE, Cast, grant, moment, network


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
    builders = programme.run(cast, funder)
    dan = _care(cast, funder)
    cast.join(builders, dan, None, clock.now() - timedelta(days=300))
    programme.beside(builders, Network.objects.get(slug="care", demo=True))
    board.write()
    joining.open_doors(cast)
    handing.write()
    whereabouts.write()
    agreed.write()
    talk.mark_read()
    surveys.tell()
    attachments.add()
    cohorts.ready(Network.objects.get(slug="care", demo=True), dan)
    promises.write()
    away.tell(cast)
    return True


def _care(cast: Cast, funder: Funder) -> Person:
    """The Health and Social Care community, where the demo's member and coordinator are."""
    today = clock.today(ZONE)
    begun = today - timedelta(days=330)
    place = network(story.CARE, story.CARE_PURPOSE, moment(begun, 9), 1, story.CARE_CHARTER, "care")
    Network.objects.filter(pk=place.pk).update(leads_invite=True)
    fund = Programme.objects.create(
        funder=funder, name=story.CARE_PROGRAMME, slug=slugify(story.CARE_PROGRAMME)
    )
    grant(place, fund, 90_000, begun, today + timedelta(days=118))
    dan, fay = cast.person(story.COORDINATOR), cast.person(story.FACILITATOR)
    people = [
        cast.join(place, dan, None, moment(begun), role=Role.COORDINATOR),
        cast.join(place, fay, None, moment(begun), role=Role.FACILITATOR),
    ]
    for number, (start, names) in enumerate(
        [(begun, story.CARE_FIRST), (begun + timedelta(days=190), story.CARE_SECOND)], start=1
    ):
        name, welcome, _said = story.COHORTS[number - 1]
        cohort = Cohort.objects.create(
            network=place, name=f"Cohort {number}", starts_on=start, starts_at=moment(start),
            welcome=welcome,
        )  # fmt: skip
        Room.objects.create(network=place, name=name, kind=RoomKind.TRUSTED, cohort=cohort)
        for who, body, region in names:
            body = cast.body(body, region)
            people.append(cast.join(place, cast.person(who), body, moment(start), cohort=cohort))
    history.write_care(people, begun, cast.dice)
    names = {one.person.name: one.person for one in people}
    _more_holders(place, names, begun)
    _entered_twice(place, cast.body("The Octopus Care Hub", "London"), begun)
    notes.write(place, names)
    talk.write(place.rooms.get(cohort=None), story.CARE_TALK, names)
    trusted = Room.objects.create(network=place, name=story.RANTS, kind=RoomKind.TRUSTED)
    talk.write(trusted, story.CARE_RANTS, names)
    for name, _welcome, said in story.COHORTS:
        talk.write(place.rooms.get(name=name), said, names)
    cohorts.tell(place, dan, names)
    _waiting(place, dan)
    return dan


def _more_holders(place: Network, names: dict[str, Person], begun: date) -> None:
    """An organisation with three people and others with two; and one whom somebody left."""
    for name, body, part, first, last in story.CARE_MORE:
        spell = {
            "person": names[name],
            "since": moment(begun + timedelta(days=first)),
            "until": moment(begun + timedelta(days=last)) if last else None,
        }
        seat = place.seats.get(organisation__name=body)
        reason = Ending.MOVED if last else ""
        Holding.objects.create(seat=seat, part=part, reason=reason, **spell)
        Affiliation.objects.create(organisation=seat.organisation, **spell)


def _entered_twice(place: Network, body: Organisation, begun: date) -> None:
    """Somebody wrote a name otherwise: the page of likely doubles has something to show."""
    place.seats.create(organisation=body, since=moment(begun))


def _waiting(place: Network, dan: Person) -> None:
    """Two people of a list who were invited and have not joined yet: Run shows them. Another list
    waits for him to look at it; it writes an organisation nearly as it is called."""
    when = clock.now() - timedelta(days=3)
    sent = Import.objects.create(
        network=place, by=dan, agreed_by=dan, filename="autumn.csv", state=ImportState.APPLIED,
        started_at=when, settled_at=when, total=2, done=2, counts={"invite": 2, "no_address": 1},
        result=[
            [2, "nia.powell@example.org", "invite", ""],
            [3, "george.atkins@example.org", "invite", ""],
            [4, "", "no_address", "There is no address in this row."],
        ],
    )  # fmt: skip
    for name in ("Nia Powell", "George Atkins"):
        Invitation.objects.create(
            network=place, name=name, email=f"{slugify(name).replace('-', '.')}@example.org",
            invited_by=dan, invited_at=when, batch=sent,
        )  # fmt: skip
    start_import(place, text=story.LIST, by=dan)
