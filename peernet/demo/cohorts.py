"""What each cohort of the Health and Social Care community has of its own; and the copy of the
network that its coordinator asked for this morning."""

from datetime import UTC, datetime, time, timedelta

from members.people.models import Person
from networks.archives import actions as archives
from networks.archives.models import NetworkArchive
from networks.discussions.models import Room
from networks.network.models import Cohort, Network
from peernet.lib import clock
from sessions.attendance.models import Attendance, Source
from sessions.cadence.actions import Plan, plan
from sessions.cadence.models import Session, SessionState, SessionType
from sessions.cadence.rules import instant

from . import story, talk
from .history import LINK

AGO, AHEAD = timedelta(days=75), timedelta(days=16)


def tell(place: Network, dan: Person, names: dict[str, Person]) -> None:
    """A session behind each cohort and a series before it; and a room that Dan is not in."""
    for number, cohort in enumerate(place.cohorts.all()):
        _met(cohort, number)
        first = clock.today(place.zone) + AHEAD + timedelta(days=number)
        plan(
            place,
            Plan(
                first=datetime.combine(first, time(16)), title=story.CARE_CIRCLE,
                type=SessionType.DROP_IN, rhythm="6", minutes=60, link=LINK, place="",
                facilitator=dan, cohort=cohort,
            ),
            by=dan,
        )  # fmt: skip
    name, said = story.CARE_TABLE
    room = Room.objects.create(network=place, name=name, cohort=place.cohorts.last())
    talk.write(room, said, names)


def ready(place: Network, dan: Person) -> None:
    """The coordinator's copy, packed; they may ask for another."""
    archives.ask(place, by=dan)
    archives.pack_due()
    earlier = clock.now() - timedelta(hours=2)
    NetworkArchive.objects.filter(network=place).update(asked_at=earlier)


def _met(cohort: Cohort, number: int) -> None:
    place = cohort.network
    day = clock.today(place.zone) - AGO + timedelta(days=number)
    starts = instant(datetime.combine(day, time(16)), place.zone).astimezone(UTC)
    ends = starts + timedelta(minutes=60)
    met = Session.objects.create(
        network=place, cohort=cohort, title=story.CARE_CIRCLE, type=SessionType.DROP_IN, date=day,
        time=time(16), zone=place.zone, minutes=60, starts_at=starts, ends_at=ends, link=LINK,
        state=SessionState.HELD, settled_at=ends,
    )  # fmt: skip
    there = cohort.spells.current().filter(since__lte=starts).select_related("person")
    there = there.exclude(person__name__in=story.QUIET)
    Attendance.objects.bulk_create(
        Attendance(session=met, person=one.person, source=Source.TICK, at=ends) for one in there
    )
