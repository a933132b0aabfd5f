"""Sessions that have been, and who came: written straight into the past."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from members.people.models import Person
from networks.funding.queries import funded_until
from networks.membership.models import Membership
from networks.network.models import Network
from networks.seats.models import Holding
from peernet.lib import clock
from sessions.attendance.models import Attendance, Source
from sessions.cadence import actions as cadence_actions
from sessions.cadence.models import Cadence, Session, SessionState, SessionType
from sessions.meetings.models import Answer, Reply, Why

from . import story
from .sectors import Sector

THREE_WEEKS = timedelta(weeks=3)
HELD, MISSED = SessionState.HELD, SessionState.MISSED
LATELY = 4  # the last sessions, of which one is not recorded yet
LINK = "https://meet.example.org/peers"


@dataclass
class Book:
    """Rows that are written together at the end."""

    sessions: list[Session] = field(default_factory=list)
    came: list[tuple[Session, Person, int]] = field(default_factory=list)
    away: list[tuple[Session, Person]] = field(default_factory=list)

    def add(self, session: Session, people: list[Membership], share: float, dice: Random) -> None:
        """A session; if it was held, this share of who was a member then came."""
        self.sessions.append(session)
        if session.state != SessionState.HELD:
            return
        for n, one in enumerate(people):
            if one.since > session.starts_at:
                continue
            if dice.random() < share:
                self.came.append((session, one.person, dice.randint(70, 92)))
            elif n % 2:  # they had said so
                self.away.append((session, one.person))

    def write(self) -> None:
        Session.objects.bulk_create(self.sessions)
        Attendance.objects.bulk_create(
            Attendance(
                session=session, person=person, minutes=minutes, source=Source.FILE,
                shown_name=person.name, at=session.ends_at,
            )
            for session, person, minutes in self.came
        )  # fmt: skip
        Answer.objects.bulk_create(
            Answer(
                session=session, person=person, reply=Reply.NO, at=session.starts_at,
                why=Why.values[n % len(Why.values)],
            )
            for n, (session, person) in enumerate(self.away)
        )  # fmt: skip


def write(people: list[Membership], sector: Sector, first: date, last: date, dice: Random) -> None:
    """A programme network's meetings: every three weeks while funded, and what was left after.
    Who leads it comes first among `people`."""
    place, lead = people[0].network, people[0].person
    rhythm = _cadence(place, lead, _weekday(first, 3), "Peer session", time(14), end=last)
    book, today = Book(), clock.today(rhythm.zone)
    for day in _days(rhythm.first_date, last, 3):
        state = HELD if dice.random() < sector.held else MISSED
        book.add(_session(rhythm, day, state), people, sector.turnout, dice)
    if not sector.after:
        book.write()
        _end(rhythm, clock.now() - timedelta(days=60))
        return
    after = rhythm
    begins = _weekday(last + timedelta(days=1 + sector.silent), 3)
    if sector.every != 3 or sector.silent:
        _end(rhythm, _at(rhythm, last))
        title = "Weekly call" if sector.every == 1 else "Peer session"
        after = _cadence(place, lead, begins, title, time(14), last, weeks=sector.every)
    else:
        begins = next(day for day in _days(rhythm.first_date, today, 3) if day > last)
    _after(book, after, people, sector, begins, dice)
    book.write()
    _go_on(after, people, sector)


def _after(
    book: Book,
    rhythm: Cadence,
    people: list[Membership],
    sector: Sector,
    begins: date,
    dice: Random,
) -> None:
    """What was left when the money had gone: each session somebody's own doing."""
    until = clock.today(rhythm.zone) - timedelta(days=sector.closed)
    here = [one for one in people if not sector.only or _region(one) == sector.only]
    for number, day in enumerate(_days(begins, until - timedelta(days=1), sector.every)):
        state = HELD if dice.random() < sector.after else MISSED
        session = _session(rhythm, day, state)
        if state == HELD:
            session.taken_on_by, session.alone = people[number % sector.leads].person, True
            session.facilitator = session.taken_on_by
        book.add(session, here, sector.turnout * (1 if sector.every == 1 else 0.8), dice)


def _go_on(rhythm: Cadence, people: list[Membership], sector: Sector) -> None:
    """The dates to come: taken on where people take turns, else waiting for somebody."""
    if sector.closed:
        _end(rhythm, clock.now() - timedelta(days=sector.closed))
        return
    cadence_actions.extend(rhythm)
    ahead = rhythm.sessions.waiting_for_somebody(clock.now())
    for number, session in enumerate(ahead[: sector.leads // 2]):
        cadence_actions.take_on(session, by=people[number].person)


def _end(rhythm: Cadence, at: datetime) -> None:
    rhythm.ended_at = at
    rhythm.save(update_fields=["ended_at"])


def _region(one: Membership) -> str:
    held = Holding.objects.filter(person=one.person, seat__network=one.network).first()
    return held.seat.organisation.region if held else ""


def _days(first: date, last: date, weeks: int) -> Iterator[date]:
    """Every so many weeks from the first day to the last."""
    while first <= last:
        yield first
        first += timedelta(weeks=weeks)


def _at(rhythm: Cadence, day: date) -> datetime:
    return datetime.combine(day, rhythm.time, ZoneInfo(rhythm.zone))


def write_care(people: list[Membership], begun: date, dice: Random) -> None:
    """The Health and Social Care rhythm: held as planned, the last one not yet recorded."""
    place = people[0].network
    soon = _weekday(clock.today(place.zone) + timedelta(days=3), 1)
    first = soon - THREE_WEEKS * ((soon - begun) // THREE_WEEKS)
    end = funded_until(place)
    rhythm = _cadence(place, people[0].person, first, story.CARE_TITLE, time(10), end)
    book, days = Book(), list(_days(first, soon - timedelta(days=1), 3))
    for number, day in enumerate(days):
        state = MISSED if number == 5 else HELD
        session = _session(rhythm, day, SessionState.PLANNED if day == days[-1] else state)
        lately = number >= len(days) - LATELY
        here = [one for one in people if not lately or one.person.name not in story.QUIET]
        book.add(session, here, 0.78, dice)
    book.write()
    cadence_actions.extend(rhythm)
    _answer_next(rhythm, people, dice)


def _answer_next(rhythm: Cadence, people: list[Membership], dice: Random) -> None:
    upcoming = rhythm.sessions.ahead(clock.now()).first()
    for person in (one.person for one in people):
        if person.name != "Amina Begum" and dice.random() < 0.7:
            reply = dice.choices([Reply.YES, Reply.MAYBE, Reply.NO], [7, 2, 1])[0]
            Answer.objects.create(session=upcoming, person=person, reply=reply)


def _cadence(
    place: Network,
    lead: Person,
    first: date,
    title: str,
    at: time,
    end: date | None = None,
    weeks: int = 3,
) -> Cadence:
    return Cadence.objects.create(
        network=place, title=title, type=SessionType.ACTION_LEARNING,
        rule=f"FREQ=WEEKLY;INTERVAL={weeks}", first_date=first, time=at, zone=place.zone,
        minutes=90, link=LINK, facilitator=lead, planned_by=lead, covered_until=end,
        planned_at=datetime.combine(first, at, ZoneInfo(place.zone)) - timedelta(days=14),
    )  # fmt: skip


def _session(rhythm: Cadence, day: date, state: SessionState) -> Session:
    starts = _at(rhythm, day)
    ends = starts + timedelta(minutes=rhythm.minutes)
    return Session(
        network=rhythm.network, cadence=rhythm, slot=f"{day}T{rhythm.time:%H:%M}",
        title=rhythm.title, type=rhythm.type, date=day, time=rhythm.time, zone=rhythm.zone,
        minutes=rhythm.minutes, starts_at=starts, ends_at=ends, link=rhythm.link,
        facilitator=rhythm.facilitator, state=state,
        settled_at=ends if state != SessionState.PLANNED else None,
    )  # fmt: skip


def _weekday(day: date, weekday: int) -> date:
    """The first such weekday (Monday is 0) on or after `day`."""
    return day + timedelta(days=(weekday - day.weekday()) % 7)
