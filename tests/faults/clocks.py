"""The clock is put forward and back, and jumps: each reminder comes once, at the right local hour.

Time goes by in steps of a minute, through the jobs that the beat rings; what was due when is found
here by looking at the wall clock of each minute, and not by the rules that PeerNet goes by.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.test import override_settings

from members.notices.models import Notice
from members.notices.tasks import tick_outbox
from members.people.models import Person
from peernet.lib import clock
from sessions.cadence.models import Session
from sessions.meetings.models import Answer, Reply
from sessions.meetings.tasks import tick_reminders
from tests import cast

from . import Result, Scenario
from .stage import Stage, stage

ZONES = ["Europe/London", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
BEFORE = {7 * 1440: 7 * DAY, 1440: DAY, 60: HOUR}  # minutes in a notice, and what they mean
A_LOOK = timedelta(seconds=5)  # after the full minute
AROUND = (-95 * MINUTE, 80 * MINUTE)  # of a moment, watched minute by minute
STEP = 30 * MINUTE  # between the moments for which something is due


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


# The moments at which clocks change, and two at which calendars do; in order.
MOMENTS = [
    at(2026, 10, 25, 1),  # London, back
    at(2027, 3, 28, 1),  # London, forward
    at(2027, 4, 3, 15),  # Lord Howe, half an hour back
    at(2027, 10, 2, 15, 30),  # Lord Howe, half an hour forward
    at(2027, 11, 7, 6),  # New York, back
    at(2027, 12, 31, 18, 30),  # the year ends in Kolkata
    at(2028, 1, 1),  # and in London
    at(2028, 2, 29),  # a leap day begins in London
    at(2028, 3, 12, 7),  # New York, forward
]


@dataclass(frozen=True)
class Owed:
    """One reminder; `first` and `last`: the moments between which its minute lies. They differ
    only where the wall clock never shows the time."""

    person: str
    session: int
    offset: int
    first: datetime
    last: datetime


def due(start: datetime, zone: str, offset: int) -> tuple[datetime, datetime]:
    """When the wall clock in `zone` first shows the hour of the start, `offset` before."""
    moment = start - BEFORE[offset]
    if offset == 60:
        return moment, moment
    wanted = start.astimezone(ZoneInfo(zone)).replace(tzinfo=None) - BEFORE[offset]
    minutes = [moment + n * MINUTE for n in range(-180, 181)]
    shown = [one.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for one in minutes]
    if wanted in shown:
        found = minutes[shown.index(wanted)]
        return found, found
    skipped = next(n for n, wall in enumerate(shown) if wall > wanted)
    gap = shown[skipped] - shown[skipped - 1] - MINUTE
    return minutes[skipped], minutes[skipped] + gap


class Town:
    """A network with somebody in each zone, who come to all its sessions."""

    def __init__(self) -> None:
        self.place = cast.network()
        self.people = [cast.member(self.place, "Ann Lee", zone=zone) for zone in ZONES]
        self.sessions: list[Session] = []

    def meet(self, start: datetime) -> None:
        meeting = cast.session(self.place, starts=start)
        rows = [Answer(session=meeting, person=one, reply=Reply.YES) for one in self.people]
        Answer.objects.bulk_create(rows)
        self.sessions.append(meeting)

    def owed(self, since: datetime, until: datetime) -> list[Owed]:
        """All reminders that fall due after `since`, up to `until`."""
        every = [
            Owed(person.email, meeting.pk, offset, *due(meeting.starts_at, person.zone, offset))
            for person in self.people
            for meeting in self.sessions
            for offset in BEFORE
        ]
        return [one for one in every if since < one.first and one.last <= until]


def live(here: Stage, ticks: list[datetime]) -> dict[tuple[str, int, int], list[int]]:
    """Let those minutes go by, with their jobs; which reminders came at which of them."""
    mail = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": here.sink.port, "MAIL_IS_SET_UP": True}
    mail["EMAIL_BACKEND"] = "django.core.mail.backends.smtp.EmailBackend"
    came, seen = defaultdict(list), len(here.sink.taken)
    with override_settings(**mail):
        for number, minute in enumerate(ticks):
            clock.travel(minute + A_LOOK)
            tick_reminders()
            tick_outbox()
            for letter in here.sink.taken[seen:]:
                name = letter.message_id.split("@")[0]
                row = Notice.objects.get(pk=name.removeprefix("<notice-"))
                came[letter.to, row.about_id, row.offset].append(number)
            seen = len(here.sink.taken)
    return came


def compared(
    owed: list[Owed], came: dict[tuple[str, int, int], list[int]], ticks: list[datetime]
) -> Result:
    """What was owed beside what came. Late is counted in minutes that went by."""
    lost, late, broken = 0, 0, set()
    for one in owed:
        found = came.get((one.person, one.session, one.offset))
        if not found:
            lost += 1
            continue
        if ticks[found[0]] < one.first:
            broken.add(f"{one.first - ticks[found[0]]} before its time")
        latest = next(number for number, minute in enumerate(ticks) if minute >= one.last)
        late = max(late, found[0] - latest)
    known = {(one.person, one.session, one.offset) for one in owed}
    if strange := set(came) - known:
        broken.add(f"{len(strange)} that nobody was owed")
    doubled = sum(len(found) - 1 for found in came.values())
    return Result(len(owed), lost, doubled, late * 60.0, tuple(sorted(broken)))


def minutes(since: datetime, until: datetime) -> list[datetime]:
    return [since + n * MINUTE for n in range((until - since) // MINUTE + 1)]


def watched(here: Stage, starts: list[datetime], ticks: list[datetime]) -> Result:
    """What comes of sessions with those starts, planned a minute before the first tick."""
    clock.travel(ticks[0] - MINUTE)
    town = Town()
    for start in starts:
        town.meet(start)
    came = live(here, ticks)
    owed = town.owed(ticks[0] - MINUTE, max(ticks))
    Person.objects.filter(pk__in=[one.pk for one in town.people]).update(is_active=False)
    return compared(owed, came, ticks)


def changes(times: int) -> Result:
    """So many of the moments, minute by minute, with a day, a week and an hour to go."""
    results = []
    with stage() as here:
        for moment in MOMENTS[:times]:
            steps = [moment + n * STEP for n in range(-1, 3)]
            starts = [step + DAY for step in steps]
            starts += [moment + 7 * DAY + STEP / 2, moment + HOUR]
            results.append(watched(here, starts, minutes(*(moment + one for one in AROUND))))
    return together(results)


def jumps(times: int) -> Result:
    """An hour forward, an hour back, in turns: what fell due in it comes at once, and only once."""
    results = []
    with stage() as here:
        for number in range(times):
            begin = at(2026, 6, 2 + number, 9)
            starts = [begin + DAY + n * 15 * MINUTE for n in range(1, 6)]
            before, after = (20, 80) if number % 2 == 0 else (70, 10)
            ticks = minutes(begin, begin + before * MINUTE)
            ticks += minutes(begin + after * MINUTE, begin + 85 * MINUTE)
            results.append(watched(here, starts, ticks))
    return together(results)


def together(results: list[Result]) -> Result:
    return Result(
        of=sum(one.of for one in results),
        lost=sum(one.lost for one in results),
        doubled=sum(one.doubled for one in results),
        late=max(one.late or 0.0 for one in results),
        broken=tuple(sorted({what for one in results for what in one.broken})),
    )


SCENARIOS = [
    Scenario("clocks change, a leap day, a year ends", changes, quick=2, full=9, latest=60),
    Scenario("clock an hour forward, an hour back", jumps, quick=2, full=4, latest=60),
]
