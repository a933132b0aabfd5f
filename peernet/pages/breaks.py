"""What a break touches, and what somebody missed in one."""

from dataclasses import dataclass
from datetime import date, datetime

from members.people.models import Person
from networks.discussions.models import RoomKind, Thread
from networks.network.models import Network
from peernet.lib import clock
from sessions.cadence.models import Session, SessionState
from sessions.cadence.queries import invited_to, visible_to
from sessions.meetings.models import Answer, Reply


def coming_to(network: Network, person: Person, until: date | None) -> list[Session]:
    """Sure sessions to come, before the day (None: all), that the person said yes or maybe to."""
    said = Answer.objects.filter(person=person, reply__in=[Reply.YES, Reply.MAYBE])
    ahead = invited_to(person).filter(network=network, pk__in=said.values("session"))
    ahead = ahead.sure().future(clock.now())
    return list(ahead.filter(date__lt=until) if until else ahead)


@dataclass(frozen=True)
class Missed:
    """What happened in a network while somebody was away."""

    threads: int  # with something new in them, in rooms that are not private
    held: int
    next: Session | None


def missed(network: Network, person: Person, since: datetime) -> Missed:
    """What happened since then (aware), as counts: no titles and no names leave a room here."""
    threads = Thread.objects.visible_to(person).filter(
        network=network, room__kind=RoomKind.OPEN, last_post_at__gt=since
    )
    held = visible_to(person).filter(
        network=network, state=SessionState.HELD, starts_at__range=(since, clock.now())
    )
    ahead = invited_to(person).filter(network=network).sure().future(clock.now())
    return Missed(threads.count(), held.count(), ahead.first())
