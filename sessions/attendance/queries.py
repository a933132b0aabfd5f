"""Who was at a session, and who could have been."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q, QuerySet

from members.organisations.models import Affiliation
from members.people.models import Person
from networks.membership.models import CohortSpell, Membership
from sessions.cadence.models import Session
from sessions.meetings.models import Answer, Reply

from .models import Attendance, AttendanceFile, Participant, Standing
from .rules import Known, fold


@dataclass(frozen=True)
class Choice:
    """Somebody who can be chosen, under a label that no other on the roll has."""

    known: Known
    label: str


def could_have_come(session: Session) -> QuerySet[Person]:
    """Everybody who was in the network when the session began, or has come into it since."""
    spells = Membership.objects.filter(network=session.network_id)
    spells = spells.filter(Q(until=None) | Q(until__gt=session.starts_at))
    return Person.objects.filter(is_active=True, pk__in=spells.values("person")).order_by("name")


def roll(session: Session) -> list[Choice]:
    """Those who could have come, with their proven addresses; namesakes with what tells them
    apart. Three queries, however many they are."""
    places = Affiliation.objects.filter(until=None).select_related("organisation")
    people = could_have_come(session).prefetch_related(
        "emailaddress_set", Prefetch("affiliations", places)
    )
    knowns = [
        Known(
            person.pk,
            person.shown_name,
            frozenset(a.email.casefold() for a in person.emailaddress_set.all() if a.verified),
        )
        for person in people
    ]
    many = _shared(fold(known.name) for known in knowns)
    labels = [
        _told_apart(person, known) if fold(known.name) in many else known.name
        for person, known in zip(people, knowns, strict=True)
    ]
    return [Choice(*pair) for pair in zip(knowns, labels, strict=True)]


def to_tick(session: Session) -> QuerySet[Person]:
    """Those whom a facilitator can tick: who could have come and is in no participants file."""
    by_file = Attendance.objects.filter(session=session, file__isnull=False, person__isnull=False)
    people = could_have_come(session).exclude(pk__in=by_file.values("person"))
    if session.cohort_id:
        mine = CohortSpell.objects.filter(cohort=session.cohort_id).values("person")
        came = Attendance.objects.filter(session=session).values("person")
        people = people.filter(Q(pk__in=mine) | Q(pk__in=came))
    return people


def ticked(session: Session) -> list[int]:
    """The people a facilitator has ticked who are in no file."""
    rows = Attendance.objects.filter(session=session, file=None, person__isnull=False)
    return list(rows.values_list("person", flat=True))


def there(session: Session) -> list[Attendance]:
    """Everybody who was there, members first and by name; `walked_in` says no "yes" came before."""
    rows = Attendance.objects.filter(session=session).select_related("person", "file")
    yes = said_yes(session)
    found = sorted(rows, key=lambda row: (row.person is None, row.shown.casefold(), row.pk))
    for row in found:
        row.walked_in = row.person_id is not None and row.person_id not in yes
    return found


def mine(person: Person, sessions: Iterable[Session]) -> dict[int, int | None]:
    """Session id -> how many minutes the person themselves was there (None: nobody knows), of
    those they were at. Never of anybody else: it is shown to them."""
    rows = Attendance.objects.filter(person=person, session__in=[one.pk for one in sessions])
    return dict(rows.values_list("session", "minutes"))


def said_yes(session: Session) -> set[int | None]:
    """The people who had answered yes, and whoever runs the session."""
    rows = Answer.objects.filter(session=session, reply=Reply.YES)
    return {*rows.values_list("person", flat=True), session.facilitator_id}


def files(session: Session) -> QuerySet[AttendanceFile]:
    """The session's participants files, newest first, with how many people are in each."""
    rows = AttendanceFile.objects.filter(session=session).annotate(people=Count("participants"))
    return rows.order_by("-uploaded_at", "-pk")


def file_of(session: Session, pk: int) -> QuerySet[AttendanceFile]:
    """One file of this session, or none."""
    return AttendanceFile.objects.filter(session=session, pk=pk)


def mark(participants: Iterable[Participant]) -> str:
    """A short fingerprint of who is taken for whom, for a form to carry (peernet.lib.seen)."""
    said = "\n".join(f"{one.pk} {one.standing} {one.person_id}" for one in participants)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def counted(session: Session) -> QuerySet[Participant]:
    """The people in the files that somebody has checked, without those left out."""
    rows = Participant.objects.filter(file__session=session, file__confirmed_at__isnull=False)
    return rows.filter(standing__in=[Standing.MEMBER, Standing.GUEST]).order_by("file", "pk")


def _shared(names: Iterable[str]) -> set[str]:
    seen: set[str] = set()
    twice: set[str] = set()
    for name in names:
        (twice if name in seen else seen).add(name)
    return twice


def _told_apart(person: Person, known: Known) -> str:
    places = ", ".join(sorted(row.organisation.name for row in person.affiliations.all()))
    # Two Ann Lees of one organisation, or of none: the day each came tells them apart.
    return f"{known.name} ({places or '…'}, {person.joined_at:%Y-%m-%d})"
