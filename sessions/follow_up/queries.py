"""What was written and agreed in a session, and who may add to it."""

from dataclasses import dataclass

from django.db.models import OuterRef, Q, QuerySet, Subquery

from members.people.models import Person
from networks.handover.models import Kind
from networks.handover.queries import giver
from peernet.lib import clock, seen, suppression
from sessions.attendance.models import Attendance
from sessions.attendance.queries import mine
from sessions.cadence.models import Session, SessionState
from sessions.cadence.queries import audience, following, invited_to
from sessions.meetings.models import Answer, Reply

from .models import AgreedAction, Notes, Outcome

MOST_SHOWN = 20  # things still open from before
MOST_NAMES = 100  # in a list to choose from: of a larger group, those who took part


@dataclass(frozen=True)
class Kept:
    """What a list of sessions says of one: whether there are notes, how much was agreed."""

    notes: bool = False
    agreed: int = 0


@dataclass(frozen=True)
class After:
    """What a session's page shows one person from its beginning on."""

    notes: Notes | None
    agreed: list[AgreedAction]
    was_there: bool
    minutes: int | None  # how long they were there, if somebody knows
    count: int | None  # how many were there, as far as it may be told
    may_write: bool
    next: Session | None


def after(session: Session, person: Person, *, runs: bool) -> After:
    """What is there of a session that has begun, for somebody who may see it."""
    own = mine(person, [session])
    people = Attendance.objects.filter(session=session).count()
    return After(
        notes=Notes.objects.filter(session=session).select_related("by").first(),
        agreed=list(agreed(session)),
        was_there=session.pk in own,
        minutes=own.get(session.pk),
        count=suppression.count(people),
        may_write=may_write(session, person, runs=runs),
        next=following(session) or _next_here(session, person),
    )


def agreed(session: Session) -> QuerySet[AgreedAction]:
    """What was agreed, in the order it was written; `given_by` of each: who had it before."""
    return _told(AgreedAction.objects.filter(session=session)).order_by("pk")


def still_open(session: Session) -> list[AgreedAction]:
    """What earlier sessions of the same rhythm agreed and nobody has settled, oldest first."""
    if session.cadence_id is None:
        return []
    before = Q(session__cadence=session.cadence_id, session__starts_at__lt=session.starts_at)
    rows = AgreedAction.objects.filter(before, outcome=Outcome.OPEN)
    return list(_told(rows).order_by("pk")[:MOST_SHOWN])


def takes_place(session: Session) -> bool:
    """Whether there can be notes of it: it has begun, and was not called off."""
    met = session.state in (SessionState.PLANNED, SessionState.HELD)
    return met and session.starts_at <= clock.now()


def may_write(session: Session, person: Person, *, runs: bool) -> bool:
    """Whether the person, who may see the session, may write its notes: who runs the network
    (`runs`) or led it, who was there, and who had said yes."""
    if not takes_place(session):
        return False
    if runs or person.pk in (session.facilitator_id, session.taken_on_by_id):
        return True
    came = Attendance.objects.filter(session=session, person=person).exists()
    return came or Answer.objects.filter(session=session, person=person, reply=Reply.YES).exists()


def may_settle(action: AgreedAction, person: Person, *, runs: bool) -> bool:
    """Whether the person may say that it is done: whoever promised it, or writes the notes."""
    return action.who_id == person.pk or may_write(action.session, person, runs=runs)


def could_do(session: Session, also: int | None = None) -> QuerySet[Person]:
    """Whom something can be agreed with: those the session is for; of a large group only those
    who said yes or were there. And `also`, the person who has promised it already."""
    people = audience(session)
    if people.count() > MOST_NAMES:
        yes = Answer.objects.filter(session=session, reply=Reply.YES).values("person")
        came = Attendance.objects.filter(session=session, person__isnull=False).values("person")
        people = people.filter(Q(pk__in=yes) | Q(pk__in=came))
    found = Q(pk__in=people.order_by().values("pk")) | Q(pk=also)
    return Person.objects.filter(found).order_by("name", "pk")


def mark(action: AgreedAction) -> str:
    """A short fingerprint of what was agreed, for a form to carry."""
    return seen.mark(action, ("what", "who", "due"))


def _told(rows: QuerySet[AgreedAction]) -> QuerySet[AgreedAction]:
    before = giver(Kind.ACTION, OuterRef("pk"))
    return rows.select_related("who", "session__network").annotate(given_by=Subquery(before))


def _next_here(session: Session, person: Person) -> Session | None:
    """The next sure session of the network that is for the person."""
    here = invited_to(person).filter(network=session.network_id).exclude(pk=session.pk)
    return here.sure().future(clock.now()).first()
