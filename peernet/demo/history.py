"""Sessions that have been, and who came: written straight into the past."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from members.people.models import Person
from networks.funding.queries import funded_until
from networks.network.models import Network
from peernet.lib import clock
from sessions.attendance.models import Attendance, Source
from sessions.cadence import actions as cadence_actions
from sessions.cadence.models import Cadence, Session, SessionState, SessionType
from sessions.meetings.models import Answer, Reply

from . import story

THREE_WEEKS = timedelta(weeks=3)
TAKEN_ON = 0.8  # networks this lively after their money have somebody for the next session too
LINK = "https://meet.example.org/peers"


@dataclass
class Book:
    """Rows that are written together at the end."""

    sessions: list[Session] = field(default_factory=list)
    came: list[tuple[Session, Person, int]] = field(default_factory=list)

    def write(self) -> None:
        Session.objects.bulk_create(self.sessions)
        Attendance.objects.bulk_create(
            Attendance(
                session=session, person=person, minutes=minutes, source=Source.FILE,
                shown_name=person.name, at=session.ends_at,
            )
            for session, person, minutes in self.came
        )  # fmt: skip


def write(
    place: Network,
    people: list[Person],
    sector: story.Sector,
    first: date,
    last: date,
    dice: Random,
) -> None:
    """A programme network's meetings: every three weeks while funded, and what was left after."""
    rhythm = _cadence(place, people[0], _weekday(first, 3), "Peer session", time(14), end=last)
    book, day, today = Book(), rhythm.first_date, clock.today(rhythm.zone)
    while day < today:
        funded = day <= last
        state = SessionState.HELD
        if dice.random() > (sector.held if funded else sector.after):
            state = SessionState.MISSED
        session = _session(rhythm, day, state)
        if not funded and state == SessionState.HELD:
            session.taken_on_by, session.alone = dice.choice(people), True
        book.sessions.append(session)
        if state == SessionState.HELD:
            _attend(book, session, people, sector.turnout * (1 if funded else 0.7), dice)
        day += THREE_WEEKS
    book.write()
    if sector.after:
        cadence_actions.extend(rhythm)
        if sector.after >= TAKEN_ON:
            cadence_actions.take_on(rhythm.sessions.ahead(clock.now()).first(), by=people[0])
    else:
        rhythm.ended_at = clock.now() - timedelta(days=60)
        rhythm.save(update_fields=["ended_at"])


def write_care(place: Network, people: list[Person], begun: date, dice: Random) -> None:
    """The Health and Social Care rhythm: held as planned, the last one not yet recorded."""
    soon = _weekday(clock.today(place.zone) + timedelta(days=3), 1)
    first = soon - THREE_WEEKS * ((soon - begun) // THREE_WEEKS)
    end = funded_until(place)
    rhythm = _cadence(place, people[0], first, story.CARE_TITLE, time(10), end)
    book, day, missed = Book(), first, {5}
    while day < soon:
        number = len(book.sessions)
        state = SessionState.MISSED if number in missed else SessionState.HELD
        last_one = day + THREE_WEEKS >= soon
        session = _session(rhythm, day, SessionState.PLANNED if last_one else state)
        book.sessions.append(session)
        if session.state == SessionState.HELD:
            here = people[:8] if day < begun + timedelta(days=190) else people
            _attend(book, session, here, 0.78, dice)
        day += THREE_WEEKS
    book.write()
    cadence_actions.extend(rhythm)
    _answer_next(rhythm, people, dice)


def _answer_next(rhythm: Cadence, people: list[Person], dice: Random) -> None:
    upcoming = rhythm.sessions.ahead(clock.now()).first()
    for person in people:
        if person.name != "Amina Begum" and dice.random() < 0.7:
            reply = dice.choices([Reply.YES, Reply.MAYBE, Reply.NO], [7, 2, 1])[0]
            Answer.objects.create(session=upcoming, person=person, reply=reply)


def _cadence(
    place: Network, lead: Person, first: date, title: str, at: time, end: date | None = None
) -> Cadence:
    return Cadence.objects.create(
        network=place, title=title, type=SessionType.ACTION_LEARNING,
        rule="FREQ=WEEKLY;INTERVAL=3", first_date=first, time=at, zone=place.zone, minutes=90,
        link=LINK, facilitator=lead, planned_by=lead, covered_until=end,
        planned_at=datetime.combine(first, at, ZoneInfo(place.zone)) - timedelta(days=14),
    )  # fmt: skip


def _session(rhythm: Cadence, day: date, state: SessionState) -> Session:
    starts = datetime.combine(day, rhythm.time, ZoneInfo(rhythm.zone))
    ends = starts + timedelta(minutes=rhythm.minutes)
    return Session(
        network=rhythm.network, cadence=rhythm, slot=f"{day}T{rhythm.time:%H:%M}",
        title=rhythm.title, type=rhythm.type, date=day, time=rhythm.time, zone=rhythm.zone,
        minutes=rhythm.minutes, starts_at=starts, ends_at=ends, link=rhythm.link,
        facilitator=rhythm.facilitator, state=state,
        settled_at=ends if state != SessionState.PLANNED else None,
    )  # fmt: skip


def _attend(book: Book, session: Session, people: list[Person], share: float, dice: Random) -> None:
    for person in people:
        if dice.random() < share:
            book.came.append((session, person, dice.randint(70, 92)))


def _weekday(day: date, weekday: int) -> date:
    """The first such weekday (Monday is 0) on or after `day`."""
    return day + timedelta(days=(weekday - day.weekday()) % 7)
