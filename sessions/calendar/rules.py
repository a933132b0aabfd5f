"""iCalendar as mail carries it (RFC 5545, 5546 and 6047) and as feeds do (RFC 7986). Pure: plain
values in, text out.

A mail's VCALENDAR is for one recipient: exactly one ATTENDEE, so no list of members leaks. A
feed's has none, and no organiser.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vCalAddress, vDuration, vRecur, vUri

from peernet.lib.mail import Method

PARTICIPATION = {"yes": "ACCEPTED", "maybe": "TENTATIVE", "no": "DECLINED"}
FAR = timedelta(days=730)  # how long an endless series' time zone is spelled out
OFTEN = timedelta(hours=1)  # how often a calendar program is asked to look at a feed again


@dataclass(frozen=True)
class Party:
    """Somebody in a calendar: the organiser, or the one recipient."""

    name: str
    address: str


@dataclass(frozen=True)
class Entry:
    """One VEVENT. `starts`, `excluded` and `instance` are naive wall-clock times in `zone`.

    `rule` makes it a series, `excluded` are the dates left out of it; `instance` makes it one
    changed date of a series, named by its first start.
    """

    uid: str
    sequence: int
    zone: str
    starts: datetime
    minutes: int
    summary: str
    description: str = ""
    location: str = ""
    address: str = ""  # of its page
    join: str = ""  # where to join online
    rule: str = ""
    excluded: tuple[datetime, ...] = ()
    instance: datetime | None = None
    status: str = "CONFIRMED"


@dataclass(frozen=True)
class Part:
    """What a feed shows of one rhythm or session: its events, and what their zone is for."""

    text: str
    zone: str
    first: date
    last: date


class Asked(NamedTuple):
    """A feed that a calendar program asks for; the network is none for a feed of all."""

    pk: int
    digest: str
    fetched_at: datetime | None
    person: int
    language: str
    network: int | None
    network_name: str | None


def document(
    method: Method,
    entries: list[Entry],
    *,
    organiser: Party,
    attendee: Party,
    reply: str = "",
    stamp: datetime,
    last: date,
) -> str:
    """The text of a text/calendar part: CRLF, lines folded at 75 octets.

    `stamp` is the moment of sending (UTC); `last` the last day that its time zone must cover.
    """
    calendar = _calendar()
    calendar.add("method", method)
    first = min(entry.starts.date() for entry in entries) - timedelta(days=1)
    # With no dates given icalendar writes every change of the clocks from 1970 to 2038.
    until = max(last, first) + timedelta(days=2)
    for zone in sorted({entry.zone for entry in entries}):
        calendar.add_component(Timezone.from_tzid(zone, first_date=first, last_date=until))
    for entry in entries:
        if method == "CANCEL":
            entry = replace(entry, join="", status="CANCELLED")
        event = _event(entry, stamp)
        event.add("organizer", _party(organiser))
        event.add("attendee", _attendee(attendee, reply))
        calendar.add_component(event)
    return calendar.to_ical().decode()


def digest(token: str) -> str:
    """How a feed's token is stored: it is 256 random bits, which no digest gives back."""
    return hashlib.sha256(token.encode()).hexdigest()


def event(entry: Entry, stamp: datetime) -> str:
    """One VEVENT of a feed, with nobody in it; `stamp` is when it last changed (UTC)."""
    return _event(entry, stamp).to_ical().decode()


@lru_cache(500)
def zone(name: str, first: date, last: date) -> str:
    """The VTIMEZONE of an IANA zone, spelled out for these days."""
    return Timezone.from_tzid(name, first_date=first, last_date=last).to_ical().decode()


def calendar(parts: list[Part], today: date, name: str = "") -> str:
    """The VCALENDAR of these parts, as `joined`. Whole years of each zone are spelled out, so that
    a new day alone makes no new text."""
    days = [today, *(day for one in parts for day in (one.first, one.last))]
    span = date(min(days).year - 1, 12, 31), date(max(days).year + 3, 1, 1)
    zones = [zone(one, *span) for one in sorted({one.zone for one in parts})]
    return joined([*zones, *(one.text for one in parts)], name)


def etag(text: str) -> str:
    """Another for every other text, and the same for the same."""
    return f'"{hashlib.sha256(text.encode()).hexdigest()}"'


def joined(parts: list[str], name: str = "") -> str:
    """The VCALENDAR of these components' texts; with a name it is a feed, to be fetched again."""
    calendar = _calendar()
    if name:
        calendar.add("name", name)
        calendar.add("x-wr-calname", name)  # what programs read that are older than RFC 7986
        calendar.add("refresh-interval", vDuration(OFTEN), {"VALUE": "DURATION"})
        calendar.add("x-published-ttl", vDuration(OFTEN))
    head, end, rest = calendar.to_ical().decode().partition("END:VCALENDAR")
    return head + "".join(parts) + end + rest


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//PeerNet//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    return calendar


def _event(entry: Entry, stamp: datetime) -> Event:
    here = ZoneInfo(entry.zone)
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", stamp)
    event.add("dtstart", entry.starts.replace(tzinfo=here))
    event.add("duration", timedelta(minutes=entry.minutes))
    if entry.instance:
        event.add("recurrence-id", entry.instance.replace(tzinfo=here))
    if entry.rule:
        event.add("rrule", vRecur.from_ical(entry.rule))
    if entry.excluded:
        event.add("exdate", [local.replace(tzinfo=here) for local in entry.excluded])
    event.add("summary", entry.summary)
    for name, text in [("description", entry.description), ("location", entry.location)]:
        if text:
            event.add(name, text)
    if entry.address:
        event.add("url", vUri(entry.address))
    if entry.join:
        event.add("conference", vUri(entry.join), {"VALUE": "URI", "FEATURE": "VIDEO"})
    event.add("status", entry.status)
    return event


def _attendee(party: Party, reply: str) -> vCalAddress:
    attendee = _party(party)
    attendee.params["ROLE"] = "REQ-PARTICIPANT"
    attendee.params["PARTSTAT"] = PARTICIPATION.get(reply, "NEEDS-ACTION")
    # Answers are given on our page: a calendar's own answer would go to a mailbox nobody reads.
    attendee.params["RSVP"] = "FALSE"
    return attendee


def _party(party: Party) -> vCalAddress:
    address = vCalAddress(f"mailto:{party.address}")
    # RFC 5545 3.2: a parameter's value has no quotes, semicolons of its own or control characters.
    name = "".join(c for c in party.name if c.isprintable() and c != '"').strip()
    if name:
        address.params["CN"] = name
    return address
